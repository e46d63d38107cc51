import dataclasses
import json
from collections.abc import Callable

import numpy as np
import pytest

from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import InputError
from engine.model.ids import derived_id
from engine.model.time import SECOND
from engine.vision.tracking import Tracker, TrackerConfig

CONFIG = TrackerConfig()
Scene = Callable[[float], list[tuple[float, float]]]
"""Where people's centres are at a time in seconds."""


def boxes(*centres: tuple[float, float], height: float = 100.0) -> list[list[float]]:
    half_width, half_height = height * 0.2, height / 2
    return [[x - half_width, y - half_height, x + half_width, y + half_height] for x, y in centres]


def found(*centres: tuple[float, float], confidence: float = 0.9) -> Detections:
    return Detections.people(boxes(*centres), [confidence] * len(centres))


def play(tracker: Tracker, scene: Scene, rate: float, until_s: float, from_s: float = 0.0, number: int = 0) -> list[tuple[Track, ...]]:
    """Feed the scene at `rate` per second; the tracks after each update."""
    seen: list[tuple[Track, ...]] = []
    for step in range(round((until_s - from_s) * rate)):
        at_ns = round((from_s + step / rate) * SECOND)
        tracker.update(found(*scene(at_ns / SECOND)), at_ns, number + step)
        seen.append(tracker.tracks(at_ns))
    return seen


def walker(seconds: float) -> list[tuple[float, float]]:
    return [(100.0 + 80.0 * seconds, 200.0)]


def crossing(seconds: float) -> list[tuple[float, float]]:
    """Two people who pass each other at x = 300 after 2.5 s, 12 px apart in depth."""
    return [(100.0 + 80.0 * seconds, 200.0), (500.0 - 80.0 * seconds, 212.0)]


@pytest.mark.parametrize("rate", [5, 10, 25, 30])
def test_one_walker_is_one_confirmed_track_at_any_rate(rate: float) -> None:
    tracker = Tracker("gate")
    seen = play(tracker, walker, rate, 4.0)
    assert {track.id for tracks in seen for track in tracks} == {derived_id("tk", 0, 0)}
    (track,) = seen[-1]
    assert (track.status, track.number, track.camera_id, track.category) == (TrackStatus.CONFIRMED, 1, "gate", Category.PERSON)
    assert track.velocity_xy == pytest.approx((80.0, 0.0), abs=4.0)
    x = (track.box_xyxy[0] + track.box_xyxy[2]) / 2
    assert x == pytest.approx(100.0 + 80.0 * (4.0 - 1 / rate), abs=3.0)


def confirmed_after(rate: float) -> float:
    tracker = Tracker("c")
    seen = play(tracker, walker, rate, 3.0)
    return next(step for step, tracks in enumerate(seen) if tracks[0].status is TrackStatus.CONFIRMED) / rate


def test_confirmation_takes_several_detections_within_a_time() -> None:
    assert confirmed_after(5) == pytest.approx((CONFIG.confirm_hits - 1) / 5)
    for rate in (25, 100):
        assert CONFIG.confirm_after_s <= confirmed_after(rate) <= CONFIG.confirm_after_s + 1.5 / rate


def test_one_detection_is_never_confirmed() -> None:
    tracker = Tracker("c")
    tracker.update(found((50, 80)), 0, 1)
    assert [track.status for track in tracker.tracks(0)] == [TrackStatus.TENTATIVE]
    for step in range(1, 20):
        tracker.update(Detections.empty(), step * SECOND // 10, 1 + step)
    assert tracker.tracks(2 * SECOND) == ()
    assert tracker.take_ended() == ()


@pytest.mark.parametrize("rate", [5, 25])
def test_people_who_cross_keep_their_ids(rate: float) -> None:
    seen = play(Tracker("c"), crossing, rate, 5.0)
    assert all(len(tracks) == 2 for tracks in seen)
    left, right = (next(t.id for t in seen[0] if round(t.box_xyxy[0]) == x) for x in (80, 480))
    at_end = {track.id: track.box_xyxy[0] for track in seen[-1]}
    assert at_end[left] > 400 > 200 > at_end[right]


@pytest.mark.parametrize("rate", [5, 25])
def test_a_gap_is_coasted_and_the_id_kept(rate: float) -> None:
    tracker = Tracker("c")
    before = play(tracker, walker, rate, 2.0)[-1]
    gap = [tracks for tracks in play(tracker, lambda _: [], rate, 3.0, from_s=2.0, number=1000)]
    assert all([track.status for track in tracks] == [TrackStatus.COASTING] for tracks in gap)
    assert gap[-1][0].box_xyxy[0] - before[0].box_xyxy[0] == pytest.approx(80.0, abs=6.0)
    after = play(tracker, walker, rate, 3.5, from_s=3.0, number=2000)
    assert [track.id for track in after[-1]] == [before[0].id]


@pytest.mark.parametrize("rate", [5, 25])
def test_a_track_ends_once_after_its_time(rate: float) -> None:
    tracker = Tracker("c")
    play(tracker, walker, rate, 2.0)
    last_seen_ns = tracker.tracks(2 * SECOND)[0].last_seen_ns
    play(tracker, lambda _: [], rate, 2.0 + CONFIG.coast_s + 1.0, from_s=2.0, number=1000)
    (ended,) = tracker.take_ended()
    assert (ended.status, ended.last_seen_ns, ended.number) == (TrackStatus.LOST, last_seen_ns, 1)
    assert tracker.take_ended() == ()


def test_time_alone_ends_tracks() -> None:
    tracker = Tracker("c")
    play(tracker, walker, 10, 2.0)
    tracker.expire(round((1.9 + CONFIG.coast_s) * SECOND))
    assert len(tracker.tracks(round((1.9 + CONFIG.coast_s) * SECOND))) == 1
    tracker.expire(round((2.0 + CONFIG.coast_s) * SECOND))
    assert [track.status for track in tracker.take_ended()] == [TrackStatus.LOST]
    assert tracker.tracks(10 * SECOND) == ()


def test_a_detector_slower_than_the_tentative_time_still_confirms() -> None:
    seen = play(Tracker("c"), lambda s: [(100.0 + 10 * s, 100.0)], 1.0, 8.0)
    assert [track.status for track in seen[-1]] == [TrackStatus.CONFIRMED]


def test_asking_for_a_later_time_changes_nothing() -> None:
    asked, left_alone = Tracker("c"), Tracker("c")
    for tracker in (asked, left_alone):
        play(tracker, walker, 10, 1.0)
    now, later = asked.tracks(round(0.9 * SECOND)), asked.tracks(round(1.2 * SECOND))
    assert later[0].box_xyxy[0] - now[0].box_xyxy[0] == pytest.approx(80.0 * 0.3, abs=2.0)
    assert asked.state() == left_alone.state()


def test_a_track_not_looked_for_is_shown_as_coasting_after_a_while() -> None:
    tracker = Tracker("c")
    play(tracker, walker, 10, 1.0)
    assert tracker.tracks(round(1.1 * SECOND))[0].status is TrackStatus.CONFIRMED
    assert tracker.tracks(round((1.0 + CONFIG.fresh_s) * SECOND))[0].status is TrackStatus.COASTING


def test_max_conf_never_falls() -> None:
    tracker, highest, given = Tracker("c"), 0.0, [0.8, 0.75, 0.95, 0.65, 0.3, 0.7, 0.2, 0.9]
    for step, confidence in enumerate(given):
        tracker.update(found((100.0 + step, 100.0), confidence=confidence), step * SECOND // 10, step)
        (track,) = tracker.tracks(step * SECOND // 10)
        if track.status is not TrackStatus.TENTATIVE or confidence >= CONFIG.strong_confidence:
            assert track.confidence == pytest.approx(confidence)
        assert track.max_conf >= highest
        highest = track.max_conf
    assert highest == pytest.approx(0.95)


def test_weak_detections_carry_a_track_but_not_for_ever() -> None:
    tracker = Tracker("c")
    play(tracker, lambda _: [(100.0, 100.0)], 10, 2.0)
    for step in range(20, 20 + round(CONFIG.coast_s * 10) - 2):
        tracker.update(found((100.0, 100.0), confidence=0.3), step * SECOND // 10, step)
        assert tracker.tracks(step * SECOND // 10)[0].status is TrackStatus.CONFIRMED
    for step in range(20 + round(CONFIG.coast_s * 10), 60):
        tracker.update(found((100.0, 100.0), confidence=0.3), step * SECOND // 10, step)
    assert len(tracker.take_ended()) == 1
    assert tracker.tracks(6 * SECOND) == ()


def test_weak_detections_begin_nothing() -> None:
    tracker = Tracker("c")
    for step in range(10):
        tracker.update(found((100.0, 100.0), confidence=CONFIG.birth_confidence - 0.05), step * SECOND // 10, step)
    assert tracker.tracks(SECOND) == ()


def test_no_detections_ever() -> None:
    tracker = Tracker("c")
    assert tracker.tracks(0) == ()
    tracker.update(Detections.empty(), 0, 0)
    tracker.expire(SECOND)
    assert tracker.tracks(SECOND) == () == tracker.take_ended()


def test_two_hundred_people() -> None:
    crowd = [(60.0 * (i % 20), 130.0 * (i // 20)) for i in range(200)]
    seen = play(Tracker("c"), lambda s: [(x + 20 * s, y) for x, y in crowd], 10, 1.0)
    assert [len({track.id for track in tracks}) for tracks in seen] == [200] * 10
    assert {track.number for track in seen[-1]} == set(range(1, 201))


def test_ids_tell_the_observation_and_the_order_of_birth() -> None:
    tracker = Tracker("c")
    tracker.update(found((50, 80), (350, 80)), 0, 42)
    assert [track.id for track in tracker.tracks(0)] == [derived_id("tk", 42, 0), derived_id("tk", 42, 1)]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_none_are_refused_and_change_nothing(value: float) -> None:
    tracker = Tracker("c")
    play(tracker, walker, 10, 1.0)
    before = tracker.state()
    for broken in (Detections.people([[0, 0, value, 10]], [0.9]), Detections.people([[0, 0, 5, 10]], [value])):
        with pytest.raises(InputError, match="not a finite number"):
            tracker.update(broken, 2 * SECOND, 99)
    assert tracker.state() == before


def test_time_does_not_run_backwards() -> None:
    tracker = Tracker("c")
    play(tracker, walker, 10, 1.0)
    before = tracker.state()
    with pytest.raises(InputError, match="backwards"):
        tracker.update(found((100, 100)), 0, 99)
    assert tracker.state() == before


def test_two_updates_at_one_time() -> None:
    tracker = Tracker("c")
    play(tracker, walker, 10, 1.0)
    tracker.update(found(*walker(0.9)), round(0.9 * SECOND), 99)
    assert len(tracker.tracks(round(0.9 * SECOND))) == 1


def test_boxes_without_area_are_passed_over() -> None:
    tracker = Tracker("c")
    tracker.update(Detections.people([[10, 10, 10, 50], [30, 30, 20, 90], [0, 0, 40, 100]], [0.9] * 3), 0, 1)
    assert len(tracker.tracks(0)) == 1


def test_kinds_do_not_mix() -> None:
    tracker = Tracker("c")
    play(tracker, lambda _: [(100.0, 100.0)], 10, 1.0)
    vehicle = Detections(np.array(boxes((100, 100)), np.float32), np.array([0.9], np.float32), np.array([Category.VEHICLE], np.int8))
    tracker.update(vehicle, SECOND, 99)
    assert [track.category for track in tracker.tracks(SECOND)] == [Category.PERSON, Category.VEHICLE]


def test_a_track_that_leaves_the_picture_ends_there() -> None:
    tracker = Tracker("c")
    play(tracker, walker, 10, 2.0)
    for step in range(20, 28):
        tracker.update(Detections.empty(), step * SECOND // 10, step, frame_size=(280, 400))
    assert [track.status for track in tracker.take_ended()] == [TrackStatus.LOST]


def looks(*centres: tuple[float, float], vectors: list[list[float]]) -> Detections:
    plain = found(*centres)
    return dataclasses.replace(plain, embeddings=np.array(vectors, np.float32))


def test_appearance_tells_apart_whom_boxes_cannot() -> None:
    """Two people stand in one place but for a few pixels, and change places unseen."""
    red, blue = [1.0, 0.0], [0.0, 1.0]
    tracker = Tracker("c")
    for step in range(8):
        tracker.update(looks((100, 100), (105, 100), vectors=[red, blue]), step * SECOND // 10, step)
    before = {round(track.box_xyxy[0]): track.id for track in tracker.tracks(7 * SECOND // 10)}
    tracker.update(looks((100, 100), (105, 100), vectors=[blue, red]), SECOND, 9)
    after = {track.id: track.box_xyxy[0] for track in tracker.tracks(SECOND)}
    assert after[before[80]] > after[before[85]]


def test_embeddings_may_come_go_and_change_size() -> None:
    tracker = Tracker("c")
    plans = [[1.0, 0.0], None, [1.0, 0.0, 0.0], None, [0.0, 1.0]]
    for step, vector in enumerate(plans):
        given = found((100, 100)) if vector is None else looks((100, 100), vectors=[vector])
        tracker.update(given, step * SECOND // 10, step)
    assert len(tracker.tracks(SECOND)) == 1


def noisy(step: int) -> Detections:
    """Eight walkers, some missed, some double, with embeddings: enough to reach every branch."""
    chance = np.random.default_rng(step)
    centres = [(50.0 + 90 * i + 6 * step * (-1) ** i, 120.0 + 20 * (i % 3)) for i in range(8)]
    kept = np.flatnonzero(chance.random(8) < 0.85)
    spots = np.array(boxes(*[centres[i] for i in kept])) + chance.normal(0, 2, (len(kept), 4))
    vectors = np.eye(8, dtype=np.float32)[kept]
    return Detections(
        spots.astype(np.float32), chance.uniform(0.2, 1.0, len(kept)).astype(np.float32), np.zeros(len(kept), np.int8), vectors
    )


def followed(tracker: Tracker, steps: range) -> list[object]:
    lived: list[object] = []
    for step in steps:
        at_ns = step * SECOND // 12
        tracker.update(noisy(step), at_ns, step)
        lived += [tracker.tracks(at_ns), tracker.take_ended() if step % 5 == 0 else ()]
    return lived


def test_the_same_input_gives_the_same_tracks() -> None:
    assert followed(Tracker("c"), range(80)) == followed(Tracker("c"), range(80))


@pytest.mark.parametrize("stop", [1, 7, 33, 52])
def test_a_restored_tracker_goes_on_bit_for_bit(stop: int) -> None:
    whole, first, second = Tracker("c"), Tracker("c"), Tracker("c")
    followed(whole, range(stop))
    followed(first, range(stop))
    second.restore(json.loads(json.dumps(first.state())))
    assert second.state() == first.state()
    assert followed(whole, range(stop, 80)) == followed(second, range(stop, 80))
    assert whole.state() == second.state()


def test_a_state_of_another_camera_or_setting_is_refused() -> None:
    state = Tracker("c").state()
    with pytest.raises(InputError, match="camera_id"):
        Tracker("d").restore(state)
    with pytest.raises(InputError, match="config"):
        Tracker("c", TrackerConfig(coast_s=9.0)).restore(state)
    with pytest.raises(InputError, match="version"):
        Tracker("c").restore(state | {"version": 0})


def test_a_damaged_state_is_refused_and_changes_nothing() -> None:
    tracker = Tracker("c")
    play(tracker, walker, 10, 1.0)
    good = tracker.state()
    cut = good["tracks"] | {"whole": Tracker("c").state()["tracks"]["whole"]}
    narrow = good["tracks"] | {"reals": good["tracks"]["looks"]}
    for broken in ({}, {"tracks": {}}, {"tracks": cut}, {"tracks": narrow}, {"shown": "x"}, {"ended": 3}, {"updated_ns": "now"}):
        with pytest.raises(InputError):
            tracker.restore(good | broken if broken else {})
    assert tracker.state() == good


@pytest.mark.parametrize(
    "wrong",
    [
        {"coast_s": -1.0},
        {"gate": float("nan")},
        {"measurement_noise": 0.0},
        {"trust": 1.5},
        {"strong_confidence": 0.9},
        {"birth_confidence": 2.0},
    ],
)
def test_a_setting_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        TrackerConfig(**wrong)  # type: ignore[arg-type]


def test_the_hidden_one_does_not_take_the_detection_of_the_one_in_front() -> None:
    """Two people meet and stand; the one behind is not detected, and the detection that is left lies between the two."""
    tracker = Tracker("c")
    play(tracker, lambda _: [(100.0, 100.0), (120.0, 100.0)], 10, 2.0)
    front, behind = (track.id for track in tracker.tracks(2 * SECOND))
    play(tracker, lambda _: [(102.0, 100.0)], 10, 2.3, from_s=2.0, number=100)
    tracker.update(found((111.5, 100.0)), round(2.3 * SECOND), 200)
    at_end = {track.id: track.status for track in tracker.tracks(round(2.3 * SECOND))}
    assert at_end == {front: TrackStatus.CONFIRMED, behind: TrackStatus.COASTING}
