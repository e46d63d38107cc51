"""Rows of the timeline: groups, names, what a filter leaves, what lies under a moment."""

import numpy as np

from engine.model.history.timeline import LaneKind, LaneMarks, LaneSpan, SpanState, Timeline, TimelineLane
from widgets.timeline.timeline_raster import raster
from widgets.timeline.timeline_rows import RowChoice, counts_at, rows_of, slimmed, spans_at, thinned

WORDS = {LaneKind.CAMERA: "Cameras", LaneKind.OBSERVED: "Watched", LaneKind.DECISIONS: "Decisions"}
NAMES = {"yard": "Yard", "gate": "North gate"}


def span(since: int, until: int, state: SpanState, reason: str = "") -> LaneSpan:
    return LaneSpan(since, until, state, reason)


def marks(kind: str, *counts: int, worst: int = 1) -> LaneMarks:
    return LaneMarks(kind, counts, tuple(worst if count else 0 for count in counts))


def timeline() -> Timeline:
    return Timeline(
        0,
        400,
        4,
        (
            TimelineLane(LaneKind.OBSERVED, "yard", (), (span(0, 400, SpanState.OBSERVED),)),
            TimelineLane(LaneKind.OBSERVED, "gate", (), (span(0, 100, SpanState.OBSERVED), span(100, 300, SpanState.BLIND, "no picture"))),
            TimelineLane(LaneKind.DECISIONS, "", (marks("held", 1, 0, 0, 2),)),
            TimelineLane(
                LaneKind.CAMERA, "yard", (marks("motion", 1, 5, 0, 0), marks("person", 0, 2, 0, 0)), (span(0, 50, SpanState.VIDEO),)
            ),
            TimelineLane(LaneKind.CAMERA, "gate", (marks("person", 0, 1, 0, 0),)),
        ),
    )


def names(choice: RowChoice) -> list[str]:
    return [row.name for row in rows_of(timeline(), NAMES, choice)]


def test_cameras_stand_first_and_what_was_watched_last() -> None:
    assert names(RowChoice(words=WORDS)) == ["Cameras", "Yard", "North gate", "Decisions", "Watched", "Yard", "North gate"]


def test_a_folded_group_adds_up_what_is_in_it_and_shows_who_saw_least() -> None:
    rows = rows_of(timeline(), NAMES, RowChoice(folded=frozenset({LaneKind.CAMERA, LaneKind.OBSERVED}), words=WORDS))
    assert [row.name for row in rows] == ["Cameras", "Decisions", "Watched"]
    cameras, _, watched = rows
    assert {mark.kind: mark.counts for mark in cameras.lane.marks} == {"motion": (1, 5, 0, 0), "person": (0, 3, 0, 0)}
    assert [(s.since_ns, s.until_ns, s.state) for s in watched.lane.spans] == [
        (0, 100, SpanState.OBSERVED),
        (100, 300, SpanState.BLIND),
        (300, 400, SpanState.OBSERVED),
    ]


def test_the_filter_takes_names_and_kinds_of_lanes_and_of_marks() -> None:
    assert names(RowChoice("north", words=WORDS)) == ["Cameras", "North gate", "Watched", "North gate"]
    assert names(RowChoice("decis", words=WORDS)) == ["Decisions"]
    rows = rows_of(timeline(), NAMES, RowChoice("motion", words=WORDS))
    assert [row.name for row in rows] == ["Cameras", "Yard"]
    assert [mark.kind for mark in rows[1].lane.marks] == ["motion"]
    assert names(RowChoice("nothing of the kind", words=WORDS)) == []


def test_a_camera_lane_knows_when_its_camera_was_blind() -> None:
    gate = next(row for row in rows_of(timeline(), NAMES, RowChoice(words=WORDS)) if row.key == "camera:gate")
    assert [s.state for s in gate.watched] == [SpanState.BLIND]


def test_a_lane_without_a_name_is_called_by_its_id() -> None:
    rows = rows_of(Timeline(0, 10, 1, (TimelineLane(LaneKind.CAMERA, "gone"),)), {}, RowChoice(words=WORDS))
    assert [row.name for row in rows] == ["Cameras", "gone"]


def test_what_lies_under_a_moment() -> None:
    yard = next(row for row in rows_of(timeline(), NAMES, RowChoice(words=WORDS)) if row.key == "camera:yard")
    assert counts_at(yard, timeline(), 150, reach=0) == {"motion": 5, "person": 2}
    assert counts_at(yard, timeline(), 350, reach=0) == {}
    assert counts_at(yard, timeline(), 9000) == {}
    assert [s.state for s in spans_at(yard.lane.spans, 49)] == [SpanState.VIDEO]
    assert spans_at(yard.lane.spans, 50) == ()


def test_spans_less_than_a_pixel_apart_are_drawn_as_one() -> None:
    many = tuple(span(n * 10, n * 10 + 9, SpanState.CLIP) for n in range(1000))
    assert thinned(many, 5) == (span(0, 9_999, SpanState.CLIP),)
    assert len(thinned(many, 1)) == 1000
    whole = Timeline(0, 10_000, 4, (TimelineLane(LaneKind.CAMERA, "yard", (), many),))
    assert len(slimmed(whole).lanes[0].spans) == 1


def test_one_alert_is_seen_among_a_thousand_motions() -> None:
    busy = raster((marks("motion", 1000, 1000), LaneMarks("raised", (0, 1), (0, 5))), 2, 20)
    assert busy is not None
    critical = (0x5C, 0x5C, 0xFF, 255)
    assert not (busy[:, 0] == critical).all(axis=1).any()
    assert (busy[:, 1] == critical).all(axis=1).any()


def test_one_event_is_clearly_there_and_more_are_higher() -> None:
    drawn = raster((marks("person", 0, 1, 40),), 3, 20)
    assert drawn is not None
    heights = (drawn[:, :, 3] > 0).sum(axis=0)
    assert heights[0] == 0
    assert 6 <= heights[1] < heights[2] == 20
    assert raster((marks("person", 0, 0),), 2, 20) is None


def test_kinds_are_stacked_and_fill_their_column_without_holes() -> None:
    drawn = raster((marks("motion", 3), marks("person", 3), marks("held", 3), marks("rejected", 1)), 1, 24)
    assert drawn is not None
    column = drawn[:, 0]
    filled = np.flatnonzero(column[:, 3])
    assert filled.tolist() == list(range(filled[0], 24))
    assert len({tuple(pixel) for pixel in column[filled]}) == 4
