"""Phones are held against people on the floor; blobs that are nobody's count as well."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.model.radio.blob import Blob
from engine.model.radio.fused import FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.settings import RadioSettings, Settings
from engine.model.site import ScannerCalibration
from engine.pipeline.radio.phones import PhoneLane
from tests.engine.radio.ble.made_phones import CORNERS, MadePhone, address, around, at, blob, persons, reports, settings

FLAT = ((0.02, 0.0, 0.0), (0.0, 0.02, 0.0), (0.0, 0.0, 0.0))


def followed(name: str, seconds: float, place: Callable[[float], tuple[float, float]], blob_id: str = "") -> FusedTrack:
    sources = (FusedSource(SourceKind.RADIO, blob_id, "radio", at(seconds), 0.5),) if blob_id else ()
    trail = tuple((at(seconds - ago), *place(seconds - ago)) for ago in (4.0, 3.0, 2.0, 1.0, 0.0))
    spot = (*place(seconds), 0.0)
    return FusedTrack(name, 1, FusedStatus.CONFIRMED, spot, FLAT, (0.0, 0.0, 0.0), at(0), at(seconds), sources, trail=trail)


def walk(seconds: float) -> tuple[float, float]:
    return around(seconds, (2.2, 3), 1.3, 0.7)


def guest(seconds: float) -> tuple[float, float]:
    return around(seconds, (5.8, 3), 1.3, 0.7)


class Scene:
    def __init__(self) -> None:
        self.lane, self.phone = PhoneLane(), MadePhone(address(0))
        self.lane.configure(settings(1))
        self.lane.know(persons(1))
        self.lane.place(CORNERS)

    def step(self, seconds: float, blobs: list[Blob], people: list[FusedTrack]) -> list[Blob]:
        if round(seconds * 10) % 50 == 0:
            for report in reports([(self.phone, walk(seconds))], seconds):
                self.lane.take(report)
        return self.lane.step(at(seconds), blobs, people)


def test_a_phone_goes_with_somebody_whom_only_cameras_see():
    scene = Scene()
    for tick in range(300):
        seconds = tick / 10
        scene.step(seconds, [blob("b", guest(seconds), seconds)], [followed("ft", seconds, walk)])
    assert {name: match.person_id for name, match in scene.lane.carried.items()} == {"ft": "p0"}


def test_a_blob_that_is_part_of_somebody_has_their_name_and_what_was_known_of_it_goes_over():
    scene = Scene()
    for tick in range(300):
        seconds = tick / 10
        people = [followed("ft", seconds, walk, "b")] if seconds > 20 else []
        (seen,) = scene.step(seconds, [blob("b", walk(seconds), seconds)], people)
        assert seen.identity is not None or seconds < 10
        assert set(scene.lane.carried) <= ({"ft"} if people else {"b"})


def test_nobody_is_named_while_nobody_watches():
    scene = Scene()
    for tick in range(300):
        scene.step(tick / 10, [], [followed("ft", tick / 10, walk)])
    assert scene.lane.carried
    scene.lane.idle()
    assert not scene.lane.carried


def test_a_blob_keeps_everything_but_its_name():
    scene = Scene()
    given = blob("b", (1, 1), 0.0)
    (seen,) = scene.step(0.0, [given], [])
    assert replace(seen, identity=given.identity) == given


class LearningScene:
    """Cameras follow somebody with a phone for three minutes, at two steps a second."""

    def __init__(self, site: Settings | None = None) -> None:
        self.site = settings(1) if site is None else site
        self.lane, self.phone = self._lane(), MadePhone(address(0), exponent=3.0)

    def _lane(self) -> PhoneLane:
        lane = PhoneLane()
        lane.configure(self.site)
        lane.know(persons(1))
        lane.place(CORNERS)
        return lane

    def run(self, first: int, last: int) -> None:
        for second in range(first, last):
            for report in reports([(self.phone, wide_walk(second))], second):
                self.lane.take(report)
            for later in (0.2, 0.7):
                self.lane.step(at(second + later), [], [followed("ft", second, wide_walk)])

    def resume(self) -> None:
        state = json.loads(json.dumps(self.lane.state()))
        self.lane = self._lane()
        self.lane.restore(state)


def wide_walk(seconds: float) -> tuple[float, float]:
    return around(seconds, (4, 3), 2.8, 0.8)


def plain(lane: PhoneLane) -> object:
    return json.loads(json.dumps(lane.state()))


def test_scanners_learn_their_path_loss_from_somebody_whom_cameras_follow():
    scene = LearningScene()
    scene.run(0, 180)
    assert [loss.scanner for loss in scene.lane.path_losses] == list(CORNERS)
    assert all(loss.readings >= 10 and 1.5 <= loss.exponent <= 5 for loss in scene.lane.path_losses)


def test_a_checkpoint_goes_on_as_if_nothing_had_been_and_over_the_same_map():
    straight, resumed = LearningScene(), LearningScene()
    straight.run(0, 130)
    resumed.run(0, 130)
    resumed.resume()
    for scene in (straight, resumed):
        scene.run(130, 200)
    assert straight.lane.path_losses
    assert plain(straight.lane) == plain(resumed.lane)
    assert straight.lane.devices == resumed.lane.devices


def test_an_interruption_keeps_what_was_learned_and_a_clock_that_was_set_back_does_not():
    scene = LearningScene()
    scene.run(0, 180)
    scene.lane.interrupt()
    assert scene.lane.path_losses
    scene.lane.set_back()
    assert not scene.lane.path_losses


def test_a_checkpoint_from_before_anything_could_be_learned_is_read():
    scene = LearningScene()
    scene.run(0, 90)
    state = {name: part for name, part in scene.lane.state().items() if name != "losses"}
    fresh = LearningScene()
    fresh.lane.restore(state)
    assert not fresh.lane.path_losses
    fresh.run(90, 95)


@pytest.mark.parametrize("calibrated", [True, False])
def test_what_an_administrator_calibrated_comes_before_what_was_learned(calibrated: bool):
    """All scanners calibrated: everything goes as if nothing had been learned."""
    rows = tuple(ScannerCalibration(mac, -57.0, 1.9, 5.0) for mac in CORNERS) if calibrated else ()
    site = replace(settings(1), radio=RadioSettings(calibrations=rows))
    learning, plain_scene = LearningScene(site), LearningScene(site)
    plain_scene.lane._losses.step = lambda *_: ()  # type: ignore[method-assign]
    for scene in (learning, plain_scene):
        scene.run(0, 180)
    assert learning.lane._losses.learned
    assert bool(learning.lane.path_losses) is not calibrated
    assert (learning.lane.devices == plain_scene.lane.devices) is calibrated


def test_what_was_learned_of_a_scanner_that_was_moved_goes():
    scene = LearningScene()
    scene.run(0, 180)
    moved = next(iter(CORNERS))
    scene.lane.place({**CORNERS, moved: (1.0, 1.0, 1.0)})
    assert [loss.scanner for loss in scene.lane.path_losses] == list(CORNERS)[1:]
