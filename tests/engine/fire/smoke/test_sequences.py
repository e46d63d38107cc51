"""P12, P15, P16, P23, P24: frames become sequences."""

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from engine.fire.smoke.sequences import MOST_LIVING, SequenceBuilder
from engine.model.fire.smoke import Lookout, LookoutView, SmokeFrame, SmokeLabel, SmokeSequence, ValidationState
from engine.model.time import SECOND
from tests.fakes.smoke import BOX, NOW_NS, frame, lookout, sequence, smoke

ELSEWHERE = (0.8, 0.8, 0.9, 0.9)


def fed(*frames: SmokeFrame, at: Lookout | None = None) -> SequenceBuilder:
    builder = SequenceBuilder()
    for each in frames:
        builder.take_frame(each, at)
    return builder


def only(builder: SequenceBuilder) -> SmokeSequence:
    (one,) = builder.living()
    return one


def seen_from(builder: SequenceBuilder) -> float:
    return (only(builder).started_ns - NOW_NS) / SECOND


def test_p15_two_in_300_s_are_none_and_three_begin_at_the_first() -> None:
    assert fed(smoke(0), smoke(100)).living() == ()
    assert fed(smoke(0), smoke(100), smoke(301)).living() == ()
    begun = only(fed(smoke(0), smoke(100), smoke(300)))
    assert (begun.started_ns, begun.last_seen_ns, begun.frames) == (NOW_NS, NOW_NS + 300 * SECOND, 3)
    assert begun.validation is ValidationState.WAITING


def test_p15_the_window_slides() -> None:
    assert seen_from(fed(smoke(0), smoke(200), smoke(400), smoke(450))) == 200


def test_p15_smoke_elsewhere_in_the_picture_does_not_count() -> None:
    assert fed(smoke(0), frame(10, (*ELSEWHERE, 0.5)), smoke(20)).living() == ()


def test_p16_a_gap_of_7199_s_is_the_same_and_of_7201_s_another() -> None:
    three = smoke(0), smoke(10), smoke(20)
    assert only(fed(*three, smoke(20 + 7199))).frames == 4
    later = fed(*three, smoke(20 + 7200), smoke(20 + 7201), smoke(20 + 7202))
    assert (seen_from(later), only(later).frames) == (7220, 3)


def test_p16_a_drift_of_005_matches_and_of_006_does_not() -> None:
    def drifted(by: float) -> int:
        moved = (BOX[2] + by, BOX[1], BOX[2] + by + 0.1, BOX[3], 0.5)
        return only(fed(smoke(0), smoke(10), smoke(20), frame(30, moved))).frames

    assert (drifted(0.05), drifted(0.06)) == (4, 3)


def test_p16_it_may_drift_on_and_on() -> None:
    frames = [frame(10 * step, (0.1 + 0.04 * step, 0.4, 0.2 + 0.04 * step, 0.5, 0.5)) for step in range(15)]
    assert only(fed(*frames)).frames == 15


def test_p12_the_highest_confidence_stays_and_only_the_primary_box_counts() -> None:
    assert only(fed(smoke(0, 0.4), smoke(1, 0.5), smoke(2, 0.3))).max_conf == 0.5
    sibling = (*ELSEWHERE, 0.9)
    frames = [frame(step, (*BOX, 0.5), sibling) for step in range(2)]
    assert only(fed(*frames, smoke(2, 0.5), smoke(3, 0.3))).max_conf == 0.5


def test_two_plumes_in_one_view_are_two_sequences() -> None:
    builder = fed(*(frame(step, (*BOX, 0.5), (*ELSEWHERE, 0.9)) for step in range(4)))
    assert sorted((each.max_conf, each.frames) for each in builder.living()) == [(0.5, 4), (0.9, 4)]
    assert len({each.id for each in builder.living()}) == 2


def test_p24_of_boxes_of_one_plume_the_most_confident_gives_the_bearing() -> None:
    """The right one is not the most confident: the reference took it all the same."""
    boxes = (0.40, 0.4, 0.50, 0.5, 0.8), (0.52, 0.4, 0.60, 0.5, 0.6)
    one = only(fed(*(frame(step, *boxes) for step in range(3)), at=lookout("c1", azimuth=100)))
    assert (one.azimuth_deg, one.cone_deg, one.max_conf) == (100 + 60 * (0.45 - 0.5), 6.0, 0.8)


def test_p24_a_more_confident_frame_turns_the_bearing_and_a_weaker_one_does_not() -> None:
    builder = fed(smoke(0), smoke(1), smoke(2), at=lookout("c1"))
    builder.take_frame(frame(3, (0.45, 0.4, 0.55, 0.5, 0.4)), lookout("c1"))
    assert only(builder).azimuth_deg == 357.0
    builder.take_frame(frame(4, (0.45, 0.4, 0.55, 0.5, 0.6)), lookout("c1"))
    assert (only(builder).azimuth_deg, only(builder).best_box) == (0.0, (0.45, 0.4, 0.55, 0.5))


def test_p23_350_and_30_are_20() -> None:
    right = 0.98, 0.4, 1.0, 0.5, 0.5
    one = only(fed(*(frame(step, right) for step in range(3)), at=lookout("c1", azimuth=350, aov=60 / 0.98)))
    assert one.azimuth_deg is not None
    assert math.isclose(one.azimuth_deg, 20.0, abs_tol=0.001)


def test_p14_a_frame_without_smoke_is_kept_by_what_lives_and_changes_nothing() -> None:
    assert SequenceBuilder().take_frame(frame(0), None).attached_ids == ()
    builder = fed(smoke(0), smoke(10), smoke(20))
    before = only(builder)
    assert builder.take_frame(frame(140), None).attached_ids == (before.id,)
    assert builder.take_frame(frame(141), None).attached_ids == ()
    assert only(builder) == before


def test_the_same_picture_counts_once_and_a_late_one_at_its_time() -> None:
    builder = fed(smoke(10), smoke(10), smoke(10), smoke(20))
    assert builder.living() == ()
    assert not builder.take_frame(smoke(10), None).is_new_picture
    builder.take_frame(smoke(0), None)
    assert seen_from(builder) == 0


def test_masked_boxes_are_no_smoke() -> None:
    mask = (0.35, 0.3), (0.46, 0.3), (0.46, 0.6), (0.35, 0.6)
    at = Lookout("c1", 45, 5, 60, (LookoutView("0", 0.0, (mask,)),))
    assert fed(*(smoke(step) for step in range(5)), at=at).living() == ()
    half_out = (0.44, 0.4, 0.54, 0.5, 0.5)
    assert only(fed(*(frame(step, half_out) for step in range(5)), at=at)).frames == 5


def test_views_and_cameras_do_not_mix() -> None:
    frames = frame(0, (*BOX, 0.5)), frame(1, (*BOX, 0.5), view="1"), frame(2, (*BOX, 0.5), camera="c2")
    assert fed(*frames).living() == ()


def test_without_a_lookout_there_is_no_bearing() -> None:
    assert only(fed(smoke(0), smoke(1), smoke(2))).azimuth_deg is None


def test_what_others_said_of_it_stays() -> None:
    builder = fed(smoke(0), smoke(1), smoke(2))
    said = sequence("x", label=SmokeLabel.OTHER, plume_id="pl-1", max_conf=0.1, id=only(builder).id, camera="c1")
    builder.amend(said)
    builder.take_frame(smoke(3, 0.6), None)
    kept = only(builder)
    assert (kept.label, kept.plume_id, kept.max_conf, kept.frames) == (SmokeLabel.OTHER, "pl-1", 0.6, 4)


def test_what_was_deleted_begins_anew() -> None:
    builder = fed(smoke(0), smoke(1), smoke(2))
    builder.drop_sequence(only(builder).id)
    for step in (3, 4, 5):
        builder.take_frame(smoke(step), None)
    assert seen_from(builder) == 3


def test_a_picture_from_the_future_does_not_blind_the_view() -> None:
    builder = fed(smoke(10**8), smoke(0), smoke(1), smoke(2))
    assert seen_from(builder) == 0


BOXES = st.builds(lambda x, y, c: (x / 10, y / 10, x / 10 + 0.08, y / 10 + 0.08, c), st.integers(0, 9), st.integers(0, 9), st.floats(0, 1))
FRAMES = st.lists(st.tuples(st.integers(0, 20_000), st.lists(BOXES, max_size=5)), max_size=60)


@given(FRAMES, st.integers(0, 60))
def test_state_goes_on_bit_equal_and_everything_stays_within_bounds(frames: list[tuple[int, list[tuple[float, ...]]]], cut: int) -> None:
    through, before = SequenceBuilder(), SequenceBuilder()
    for after_s, boxes in frames[:cut]:
        assert through.take_frame(frame(after_s, *boxes), None) == before.take_frame(frame(after_s, *boxes), None)
    restored = SequenceBuilder()
    restored.restore(json.loads(json.dumps(before.state())))
    for after_s, boxes in frames[cut:]:
        last = {each.id: each for each in through.living()}
        done = through.take_frame(frame(after_s, *boxes), None)
        assert done == restored.take_frame(frame(after_s, *boxes), None)
        assert all((last[each.id].max_conf or 0) <= (each.max_conf or 0) for each in done.changed if each.id in last)
    assert through.state() == restored.state()
    assert len(through.living()) <= MOST_LIVING
