"""A fall is raised once, watched on and ended; sitting, bending, lying down, walking, losing somebody are none."""

import json
from pathlib import Path

import pytest

from engine.model.event import Severity
from engine.model.radio.blob import Blob
from engine.model.site import RadioSettings
from engine.model.time import SECOND
from engine.radio.falls.falls import LOST_END_S, FallStage, FallWatch
from tests.engine.radio.fall_scenes import FALL, LYING_M, STANDING_M, STORIES_WITHOUT_FALL, Noise, Point, Watched, coasting, links, seconds
from tests.engine.radio.made_blobs import START_NS, blob
from tests.engine.radio.recorded_blobs import recorded

LONG_FALL: tuple[Point, ...] = (*FALL[:3], (260.0, 4.2, 3.2, LYING_M))
QUIET = 0.15


def noise(seed: int = 1, sigma_z_m: float = QUIET) -> Noise:
    return Noise(seed, 0.1, sigma_z_m)


@pytest.mark.parametrize("seed", range(5))
def test_a_fall_is_raised_once_soon_after_with_place_and_gates(seed: int) -> None:
    watched = Watched().play(FALL, noise(seed))
    assert watched.stages() == [FallStage.RAISED]
    fall = watched.raised()[0]
    assert 16.5 < seconds(fall) < 19.5, "six seconds after lying still"
    assert fall.position == pytest.approx((4.2, 3.2, LYING_M), abs=0.4)
    assert 10.3 * SECOND < fall.fell_ns - START_NS < 12 * SECOND
    assert (fall.severity, fall.certain, fall.level) == (Severity.CRITICAL, True, 0)
    assert all(gate.passed and gate.margin >= 0 for gate in fall.gates)
    assert [gate.gate for gate in fall.gates] == ["seen", "confidence", "drop", "certainty", "speed", "sudden", "low", "still"]
    assert watched.watch.fallen == {"bl-1"}


def test_falls_in_noise_are_mostly_found() -> None:
    found = [len(Watched().play(FALL, noise(seed, 0.3)).raised()) for seed in range(8)]
    assert max(found) == 1 and sum(found) >= 6


@pytest.mark.parametrize("name", STORIES_WITHOUT_FALL)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_no_fall_raises_none(name: str, seed: int) -> None:
    assert Watched().play(STORIES_WITHOUT_FALL[name], noise(seed)).raised() == []


@pytest.mark.parametrize(
    ("name", "why"),
    [("lies down slowly", "Went down slowly: sat or lay down."), ("falls and is up at once", "Was up again or moved on soon.")],
)
def test_what_came_near_says_why_it_was_none(name: str, why: str) -> None:
    watched = Watched().play(STORIES_WITHOUT_FALL[name], noise())
    assert [(change.stage, change.reason) for change in watched.changes] == [(FallStage.REJECTED, why)]
    failed = [gate for gate in watched.changes[0].gates if not gate.passed]
    assert failed and all(gate.margin < 0 for gate in failed)


def test_one_who_was_hardly_there_before_is_no_fall() -> None:
    """A bag that lands on a couch: something is seen for a moment, high, then low, then nothing moves."""
    bag: tuple[Point, ...] = ((0, 4, 3, 1.2), (1.2, 4, 3, 1.2), (1.6, 4, 3, 0.3), (30, 4, 3, 0.3))
    assert Watched().play(bag, noise()).raised() == []


def test_walking_on_after_a_bag_is_no_fall() -> None:
    def bag_disturbs(at_s: float, found: Blob) -> Blob:
        x, y, z = found.position
        return blob((x, y, z - 0.8)) if 10 <= at_s < 11 else found

    assert Watched().play(STORIES_WITHOUT_FALL["walks"], noise(), bag_disturbs).raised() == []


@pytest.mark.parametrize("at_s", [5.0, 9.0, 15.0])
def test_losing_somebody_is_no_fall(at_s: float) -> None:
    def lost(now_s: float, found: Blob) -> Blob | None:
        if now_s < at_s:
            return found
        x, y, z = found.position
        sinking = max(z - (now_s - at_s), 0.2)
        return coasting(blob((x, y, sinking))) if now_s < at_s + 2 else None

    watched = Watched().play(STORIES_WITHOUT_FALL["stands"], noise(), lost)
    assert watched.changes == [], "what a tracker makes up while it coasts is no evidence"


def test_one_who_lies_still_and_is_only_carried_along_is_watched_on() -> None:
    watched = Watched().play(FALL, noise(), lambda at_s, found: coasting(found) if at_s > 14 else found)
    assert watched.stages() == [FallStage.RAISED]
    assert watched.raised()[0].severity is Severity.CRITICAL


def test_one_who_is_lost_after_a_clear_drop_is_told_as_uncertain() -> None:
    watched = Watched().play(FALL, noise(), lambda at_s, found: None if at_s > 13.5 else found)
    fall = watched.raised()[0]
    assert (fall.severity, fall.certain) == (Severity.HIGH, False)
    assert "not certain" in fall.reason


def test_one_who_is_lost_while_links_move_is_not_taken_for_lying_there() -> None:
    watched = Watched()
    for at_s, found in scene(FALL):
        watched.see(at_s, () if at_s > 13.5 else (found,), links(moving=0.5))
    assert watched.raised() == []


def test_one_who_is_found_again_where_they_lay_is_the_same() -> None:
    def renamed(at_s: float, found: Blob) -> Blob | None:
        if 14 < at_s < 15:
            return None
        return found if at_s <= 14 else blob(found.position, blob_id="bl-2")

    watched = Watched().play(FALL, noise(), renamed)
    assert [(change.stage, change.fall_id, change.blob_id) for change in watched.changes] == [(FallStage.RAISED, "bl-1", "bl-2")]
    assert watched.watch.fallen == {"bl-2"}


def scene(points: tuple[Point, ...], seed: int = 1) -> list[tuple[float, Blob]]:
    kept: list[tuple[float, Blob]] = []
    Watched().play(points, noise(seed), lambda at_s, found: kept.append((at_s, found)) or found)
    return kept


def test_it_escalates_step_by_step_and_stays_one_fall() -> None:
    watched = Watched().play(LONG_FALL, noise())
    assert watched.stages() == [FallStage.RAISED, FallStage.ESCALATED, FallStage.ESCALATED]
    assert [change.level for change in watched.changes] == [0, 1, 2]
    raised_s = seconds(watched.changes[0])
    assert [seconds(change) - raised_s for change in watched.changes[1:]] == pytest.approx([60, 180], abs=0.2)
    assert {change.fall_id for change in watched.changes} == {"bl-1"}


def test_an_uncertain_fall_becomes_critical_when_nobody_answers() -> None:
    watched = Watched().play(LONG_FALL, noise(), lambda at_s, found: None if at_s > 13.5 else found)
    assert [change.severity for change in watched.changes] == [Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL]
    assert all("This is not certain" in change.reason for change in watched.changes), "lying there for longer makes it no surer"


def test_getting_up_ends_it_and_so_does_walking_away() -> None:
    up: tuple[Point, ...] = (*FALL[:3], (30, 4.2, 3.2, LYING_M), (32, 4.2, 3.2, STANDING_M), (40, 4.2, 3.2, STANDING_M))
    away: tuple[Point, ...] = (*FALL[:3], (30, 4.2, 3.2, LYING_M), (38, 0.2, 3.2, LYING_M), (42, 0.2, 3.2, LYING_M))
    for points in (up, away):
        watched = Watched().play(points, noise())
        assert watched.stages() == [FallStage.RAISED, FallStage.ENDED]
        assert 31 < seconds(watched.changes[1]) < 40
        assert watched.watch.fallen == frozenset()


def test_one_who_is_found_by_nobody_for_long_is_let_go() -> None:
    watched = Watched().play(FALL, noise())
    for tick in range(round((LOST_END_S + 2) * 10)):
        watched.see(40 + tick / 10, ())
    assert watched.stages()[-1] is FallStage.ENDED and "10 minutes" in watched.changes[-1].reason


def test_with_no_fresh_link_nothing_new_is_concluded() -> None:
    watched = Watched()
    for at_s, found in scene(FALL):
        watched.see(at_s, (found,) if at_s < 13.5 else (), links(age_s=60) if at_s >= 13.5 else links())
    assert watched.raised() == []


def test_the_settings_say_how_long_lying_still_makes_a_fall() -> None:
    watched = Watched()
    watched.watch.configure(RadioSettings(fall_still_s=12.0, fall_escalate_s=()))
    watched.play(FALL, noise())
    assert 22.5 < seconds(watched.raised()[0]) < 26


@pytest.mark.parametrize("cut_s", [9.0, 11.5, 14.5, 25.0])
def test_continued_from_its_state_it_says_the_same(cut_s: float) -> None:
    points: tuple[Point, ...] = (*FALL[:3], (28, 4.2, 3.2, LYING_M), (29, 4.2, 3.2, STANDING_M), (34, 4.2, 3.2, STANDING_M))
    whole, halved = Watched(), Watched()
    for at_s, found in scene(points):
        whole.see(at_s, (found,))
        halved.see(at_s, (found,))
        if at_s == cut_s:
            state = json.loads(json.dumps(halved.watch.state()))
            halved.watch = FallWatch()
            halved.watch.restore(state)
    assert halved.changes == whole.changes and len(whole.changes) == 2
    assert halved.watch.state() == whole.watch.state()


SOAK = [pytest.param(name, marks=pytest.mark.soak) for name in ("walk1_4n", "walk2_4n", "walk1_6n", "walk1_2n", "empty_4n")]


@pytest.mark.parametrize("name", ["fall", *SOAK])
def test_recordings_of_a_public_simulator_hold_one_fall(shared: Path, name: str) -> None:
    """Through links and fusion as they are: the fall at 10 s is found once, walking makes none."""
    watched = Watched()
    for at_s, blobs, features in recorded(next((shared / "data/csi/nodesim").glob(f"{name}*.frames.gz")), 20.0 if name == "fall" else 60.0):
        watched.see(at_s, blobs, features)
    found = [(round(fall.position[0], 1), round(fall.position[1], 1)) for fall in watched.raised()]
    assert len(found) == (name == "fall")
    if found:
        assert found[0] == pytest.approx((1.6, 3.6), abs=0.6)
        assert seconds(watched.raised()[0]) < 20


def test_two_may_fall_at_once() -> None:
    one, other = scene(FALL, 1), scene(FALL, 2)
    watched = Watched()
    for (at_s, a), (_, b) in zip(one, other, strict=True):
        x, y, z = b.position
        watched.see(at_s, (a, blob((x + 5, y, z), blob_id="bl-2")))
    assert sorted(change.fall_id for change in watched.raised()) == ["bl-1", "bl-2"]


def test_a_candidate_that_nobody_watches_on_is_decided_and_a_fall_is_not_decided_again() -> None:
    waiting = Watched().play((*FALL[:3], (15.0, 4.2, 3.2, LYING_M)), noise())
    assert waiting.stages() == []
    (change,) = waiting.watch.give_up(START_NS + 15 * SECOND)
    assert change.stage is FallStage.REJECTED and [gate.gate for gate in change.gates if not gate.passed] == ["still", "watched"]
    assert Watched().play(FALL, noise()).watch.give_up(START_NS + 30 * SECOND) == ()
