import json
from collections import Counter

import numpy as np
import pytest

from engine.fusion.motion import Motion
from engine.fusion.sighting import Sighting
from engine.fusion.tracker import FloorTracker, Followings
from engine.model.radio.fused import SourceKind
from engine.model.time import SECOND
from tests.engine.fusion.made_floor import Ids, MadeFloor

STEPS = 400


@pytest.mark.parametrize("seed", range(4))
def test_the_fused_track_is_nearer_than_any_single_sensor_and_each_person_is_one(seed):
    floor, tracker, ids = MadeFloor(seed, dead={seed % 4: (12.0, 25.0)}), FloorTracker(), Ids()
    fused: dict[str, list[float]] = {}
    single: dict[str, list[float]] = {}
    counts: Counter[int] = Counter()
    for _ in range(STEPS):
        seen = floor.step()
        people = tracker.step(floor.now_ns, seen, ids).people
        floor.align(people, seen)
        counts[len(people)] += 1
        for sighting in seen:
            true = floor.spots[int(sighting.id[-1])]
            single.setdefault(sighting.sensor_id, []).append(float(np.hypot(*(sighting.xy - true))))
            fused.setdefault(sighting.sensor_id, []).append(min(float(np.hypot(*(p.motion.xy - true))) for p in people))
    assert {sensor for sensor in single if np.median(fused[sensor]) >= np.median(single[sensor])} == set()
    assert counts[3] > 0.95 * STEPS


def test_uncertainty_is_honest():
    floor, tracker, ids, inside = MadeFloor(9), FloorTracker(), Ids(), []
    for step in range(STEPS):
        people = tracker.step(floor.now_ns, floor.step(), ids).people
        if step > 30:
            for spot in floor.spots:
                near = min(people, key=lambda person: float(np.hypot(*(person.motion.xy - spot))))
                inside.append(near.motion.distance2(spot, np.zeros((2, 2)))[0] < 2.3)  # 68 % of two dimensions
    assert 0.5 < np.mean(inside) < 0.97


def test_radio_carries_on_when_the_cameras_die_with_wider_uncertainty():
    floor = MadeFloor(2, people=1, dead=dict.fromkeys(range(4), (10.0, 60.0)))
    tracker, ids = FloorTracker(), Ids()
    before = [tracker.step(floor.now_ns, floor.step(), ids).people for _ in range(90)][-1]
    wide_before, known = before[0].motion.sigma_m, before[0].id
    after = [tracker.step(floor.now_ns, floor.step(), ids).people for _ in range(200)][-1]
    assert [person.id for person in after] == [known]
    assert after[0].motion.sigma_m > 1.3 * wide_before
    assert set(after[0].sources) == {"radio"}


def sighting(
    sensor: str, name: str, xy: tuple[float, float], now_ns: int, look: np.ndarray | None = None, spread: float = 0.05
) -> Sighting:
    kind = SourceKind.RADIO if sensor == "radio" else SourceKind.CAMERA
    return Sighting(kind, name, sensor, now_ns, np.array(xy), spread * np.eye(2), look=look)


def test_a_blob_that_begins_elsewhere_becomes_the_person_of_the_camera():
    tracker, ids = FloorTracker(), Ids()
    ended = []
    for step in range(60):
        now_ns = (100 + step) * SECOND // 10
        off = max(3.0 - 0.15 * step, 0.1)
        result = tracker.step(now_ns, [sighting("c0", "t", (4, 4), now_ns), sighting("radio", "b", (4 + off, 4), now_ns, spread=0.3)], ids)
        ended += result.merged
    assert len(result.people) == 1 and set(result.people[0].sources) == {"c0", "radio"}
    assert ended == [("ft-2", "ft-1")]


def test_two_in_one_camera_stay_two_however_near():
    tracker, ids = FloorTracker(), Ids()
    for step in range(80):
        now_ns = (100 + step) * SECOND // 10
        result = tracker.step(now_ns, [sighting("c0", "t1", (4, 4), now_ns), sighting("c0", "t2", (4.3, 4), now_ns)], ids)
    assert len(result.people) == 2


def test_who_went_through_a_blind_spot_is_known_again_by_looks():
    look, other = np.eye(8)[0], np.eye(8)[1]
    for seen_again, same in ((look, True), (other, False)):
        tracker, ids = FloorTracker(), Ids()
        for step in range(20):
            now_ns = (100 + step) * SECOND // 10
            first = tracker.step(now_ns, [sighting("c0", "t1", (1 + 0.1 * step, 4), now_ns, look)], ids).people[0].id
        while now_ns < 40 * SECOND:
            now_ns += SECOND // 10
            tracker.step(now_ns, [], ids)
        result = tracker.step(now_ns, [sighting("c1", "t9", (9, 4), now_ns, seen_again)], ids)
        assert (result.people[0].id == first) is same


def watched(tracker: FloorTracker, ids: Ids, seconds: float, seen: bool, begin_s: float, cameras: tuple[str, ...] = ()) -> Followings:
    """Somebody stands there, and one camera sees them or none; `cameras` should."""
    for step in range(round(seconds * 10)):
        now_ns = round((begin_s + step / 10) * SECOND)
        result = tracker.step(now_ns, [sighting("c0", "t1", (4, 4), now_ns)] if seen else [], ids, lambda xy: cameras)
    return result


def test_who_is_seen_no_more_is_lost_after_a_while_and_forgotten_after_a_minute():
    tracker, ids = FloorTracker(), Ids()
    watched(tracker, ids, 10, True, 1)
    assert len(watched(tracker, ids, 3, False, 11).people) == 1
    assert watched(tracker, ids, 6, False, 14).people == ()
    assert tracker.step(120 * SECOND, [], ids).ended == ("ft-1",)


def test_who_other_cameras_should_see_too_is_given_up_sooner():
    tracker, ids = FloorTracker(), Ids()
    watched(tracker, ids, 10, True, 1)
    assert watched(tracker, ids, 3.5, False, 11, ("c0", "c1", "c2")).people == ()


def test_what_is_seen_for_a_moment_is_shown_to_nobody_and_remembered_by_nobody():
    tracker, ids = FloorTracker(), Ids()
    assert [person.shown for person in watched(tracker, ids, 0.5, True, 1, ("c0", "c1", "c2")).people] == [False]
    after = watched(tracker, ids, 2, False, 1.5, ("c0", "c1", "c2"))
    assert after.people == () and [person.shown for person in watched(tracker, ids, 3, True, 4).people] == [True]


def test_a_blob_where_two_cameras_see_nobody_is_not_believed_and_one_in_a_blind_spot_is():
    for cameras, believed in ((("c0", "c1"), []), ((), [True])):
        tracker, ids = FloorTracker(), Ids()
        for step in range(60):
            now_ns = SECOND + step * SECOND // 10
            people = tracker.step(now_ns, [sighting("radio", "b", (4, 4), now_ns)], ids, lambda xy, cameras=cameras: cameras).people
        assert [person.shown for person in people if person.shown] == believed


def test_who_is_only_carried_along_begins_nobody():
    tracker = FloorTracker()
    blob = Sighting(SourceKind.RADIO, "b", "radio", SECOND, np.array([1.0, 1.0]), np.eye(2), measured=False)
    assert tracker.step(SECOND, [blob], Ids()).people == ()


def test_a_continued_state_goes_on_bit_for_bit():
    one, floor, ids = FloorTracker(), MadeFloor(3), Ids()
    for _ in range(50):
        one.step(floor.now_ns, floor.step(), ids)
    other = FloorTracker()
    other.restore(json.loads(json.dumps(one.state())))
    for _ in range(30):
        seen = floor.step()
        mine, theirs = one.step(floor.now_ns, seen, Ids()), other.step(floor.now_ns, seen, Ids())
        assert [p.motion.state.tolist() for p in mine.people] == [p.motion.state.tolist() for p in theirs.people]
    assert one.state() == other.state()


def test_unmeasured_the_spread_grows_as_a_walkers_does_and_the_velocity_fades():
    motion = Motion.at_rest(np.zeros(2), 0.01 * np.eye(2), 0)
    motion.state[2:] = (1.0, 0.0)
    chance, walkers, velocity = np.random.default_rng(0), np.zeros((20_000, 2)), np.tile([1.0, 0.0], (20_000, 1))
    motion.covariance[2:, 2:] = 0.0
    motion.covariance[:2, :2] = 0.0
    step_s = 0.02
    for _ in range(100):
        walkers += velocity * step_s
        velocity += -velocity / 1.5 * step_s + 0.8 * np.sqrt(2 * step_s / 1.5) * chance.standard_normal(velocity.shape)
    motion.predict(2 * SECOND)
    assert motion.xy == pytest.approx(walkers.mean(axis=0), abs=0.03)
    assert motion.place_covariance == pytest.approx(np.cov(walkers.T), abs=0.05)


def test_who_was_filmed_last_is_carried_on_in_the_dark_and_a_mere_blob_is_not_for_so_long():
    for sensor, carried in (("c0", True), ("radio", False)):
        tracker, ids = FloorTracker(), Ids()
        for step in range(100):
            now_ns = SECOND + step * SECOND // 10
            tracker.step(now_ns, [sighting(sensor, "s", (4, 4), now_ns)], ids)
        before = tracker.people[0].motion.sigma_m
        people = [tracker.step(now_ns + step * SECOND // 10, [], ids).people for step in range(1, 81)][-1]
        assert bool(people) is carried
        assert not people or people[0].motion.sigma_m > before + 2, "as wide as somebody may have gone"
