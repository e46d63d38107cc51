"""A gap is told where a camera was there and nothing was recorded, and nowhere else."""

from dataclasses import replace

import pytest

from engine.model.history.timeline import GetTimeline, LaneKind, LaneSpan, SpanState, Watched
from engine.model.time import SECOND
from engine.store import Store
from engine.store.timeline.video import BEING_WRITTEN_NS, gaps
from tests.engine.store.records import clip

LONG = 10_000


def span(since_s: float, until_s: float, state: SpanState = SpanState.VIDEO) -> LaneSpan:
    return LaneSpan(round(since_s * SECOND), round(until_s * SECOND), state)


def told(video: list[LaneSpan], watched: list[LaneSpan]) -> list[tuple[float, float]]:
    return [(gap.since_ns / SECOND, gap.until_ns / SECOND) for gap in gaps(video, watched, LONG * SECOND)]


@pytest.mark.parametrize(
    ("video", "watched", "found"),
    [
        ([], [span(0, 100, SpanState.BLIND), span(100, LONG, SpanState.BLIND)], []),
        ([span(0, 50), span(80, LONG)], [span(0, LONG, SpanState.OBSERVED)], [(50, 80)]),
        ([span(0, 50), span(52, LONG)], [span(0, LONG, SpanState.OBSERVED)], []),  # the cut between two files
        (
            [span(0, 50), span(80, LONG)],
            [span(0, 60, SpanState.PARTLY), span(60, 70, SpanState.BLIND), span(70, LONG, SpanState.OBSERVED)],
            [(50, 60), (70, 80)],
        ),
        ([span(0, 50), span(10, 90), span(95, LONG)], [span(0, 40, SpanState.PARTLY), span(40, LONG, SpanState.OBSERVED)], [(90, 95)]),
        ([span(20, 30)], [span(0, 9_000, SpanState.OBSERVED)], [(0, 20), (30, 9_000 - BEING_WRITTEN_NS / SECOND)]),
    ],
)
def test_gaps(video: list[LaneSpan], watched: list[LaneSpan], found: list[tuple[float, float]]) -> None:
    assert told(video, watched) == found


def test_a_cameras_lane_has_them_beside_its_video(store: Store) -> None:
    at_ns = clip(1).started_ns
    first = replace(clip(1), camera_id="yard", started_ns=at_ns, ended_ns=at_ns + 10 * SECOND)
    second = replace(clip(2), camera_id="yard", started_ns=at_ns + 60 * SECOND, ended_ns=at_ns + 70 * SECOND)
    store.save([first, second])
    store.watching.put(
        (
            Watched("yard", at_ns, at_ns + 2_000 * SECOND, SpanState.OBSERVED),
            Watched("microphone:m", at_ns, at_ns + SECOND, SpanState.BLIND, "Off."),
        )
    )
    timeline = store.answer(GetTimeline(at_ns, at_ns + 100 * SECOND))
    assert timeline is not None
    lanes = {(lane.kind, lane.id): lane.spans for lane in timeline.lanes}
    states = [(s.state, (s.since_ns - at_ns) // SECOND, (s.until_ns - at_ns) // SECOND) for s in lanes[LaneKind.CAMERA, "yard"]]
    assert states[:3] == [(SpanState.CLIP, 0, 10), (SpanState.GAP, 10, 60), (SpanState.CLIP, 60, 70)]
    assert lanes[LaneKind.OBSERVED, "microphone:m"][0].reason == "Off."
    assert (LaneKind.CAMERA, "microphone:m") not in lanes
