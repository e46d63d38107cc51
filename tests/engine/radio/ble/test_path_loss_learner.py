"""What is learned of scanners while the site runs, of whom, and what is not."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from engine.model.radio.blob import BleMatch
from engine.model.radio.radio import BleDeviceView, BleSightings
from engine.model.settings import Settings
from engine.model.site import Position
from engine.radio.ble.path_loss_learner import FIT_EVERY_S, LEAST_NEW, PathLossLearner
from engine.radio.ble.path_loss_readings import MOST_COUNT, MOST_MEANS, PathLossReadings
from tests.engine.radio.ble.made_phones import CORNERS, address, at, blob, settings

POWERS = dict(zip(CORNERS, (-50.0, -56.0, -62.0, -68.0), strict=True))
EXPONENT = 2.6


class Walk:
    """A phone is carried around the floor; every second each scanner reports it. `run` goes on for so many seconds."""

    def __init__(self, seed: int = 1) -> None:
        self.learner = PathLossLearner()
        self.learner.configure(settings(1))
        self.learner.place(CORNERS)
        self.second = 0
        self.learned: list[str] = []
        self._draw = np.random.default_rng(seed)

    def run(self, seconds: int, confidence: float = 0.95, sigma_m: float = 0.3, named: bool = True) -> None:
        for _ in range(seconds):
            self.second += 1
            place = self._place()
            for scanner in CORNERS:
                self.learner.take(BleSightings(at(self.second), scanner, ()))
            carried = {"b": match(self.second, confidence)} if named else {}
            presence = replace(blob("b", place, self.second, sigma_m), trail=())
            self.learned += self.learner.step(at(self.second), [presence], [self._device(place)], carried)

    def _place(self) -> tuple[float, float]:
        return 4 + 3.5 * math.cos(self.second / 9), 3 + 2.5 * math.sin(self.second / 7)

    def _device(self, place: tuple[float, float]) -> BleDeviceView:
        heard = tuple((scanner, self._hear(place, scanner, spot)) for scanner, spot in CORNERS.items())
        # Where the phone is said to be is nonsense: whoever learned from it would learn nonsense.
        return BleDeviceView(address(0), address(0), heard=heard, position=(40.0, 40.0, 1.2), sigma_m=0.1)

    def _hear(self, place: tuple[float, float], scanner: str, spot: Position) -> int:
        away = max(math.dist((*place, 1.2), spot), 0.5)
        return round(POWERS[scanner] - 10 * EXPONENT * math.log10(away) + self._draw.normal(0, 3))


def match(second: int, confidence: float) -> BleMatch:
    return BleMatch("p0", "Person 0", "#000000", address(0), confidence, "position", (), None, at(min(0, second)))


def plain(learner: PathLossLearner) -> Mapping[str, object]:
    return json.loads(json.dumps(learner.state()))


def test_powers_and_exponents_are_learned_whatever_is_said_of_the_phone() -> None:
    walk = Walk()
    walk.run(400)
    found = walk.learner.learned
    assert set(found) == set(CORNERS)
    for scanner, learned in found.items():
        assert learned.loss.exponent == pytest.approx(EXPONENT, abs=0.7)
        level = learned.loss.power_dbm - 10 * learned.loss.exponent * math.log10(4.0)
        assert level == pytest.approx(POWERS[scanner] - 10 * EXPONENT * math.log10(4.0), abs=2.0)
        assert learned.readings > 100 and len(learned.shadowing.rssi) > 10


def test_nothing_is_learned_before_enough_was_heard_and_a_scanner_at_most_once_a_minute() -> None:
    walk = Walk()
    walk.run(LEAST_NEW // len(CORNERS) - 5)
    assert not walk.learner.learned
    walk.run(300)
    assert max(walk.learned.count(scanner) for scanner in CORNERS) <= 300 // FIT_EVERY_S + 1
    assert min(walk.learned.count(scanner) for scanner in CORNERS) >= 3


@pytest.mark.parametrize(("confidence", "sigma_m", "named"), [(0.4, 0.3, True), (0.95, 1.5, True), (0.95, 0.3, False)])
def test_nothing_is_learned_of_whose_place_or_phone_is_not_sure(confidence: float, sigma_m: float, named: bool) -> None:
    walk = Walk()
    walk.run(300, confidence, sigma_m, named)
    assert not walk.learner.learned


def test_nothing_is_learned_where_the_distance_is_always_the_same() -> None:
    walk = Walk()
    walk._place = lambda: (4.0, 3.0)  # type: ignore[method-assign]
    walk.run(300)
    assert not walk.learner.learned


def test_a_restored_learner_goes_on_bit_for_bit() -> None:
    walk, other = Walk(), Walk()
    walk.run(130)
    other.run(130)
    resumed = PathLossLearner()
    resumed.configure(settings(1))
    resumed.place(CORNERS)
    resumed.restore(plain(other.learner))
    other.learner = resumed
    assert plain(walk.learner) == plain(other.learner)
    for each in (walk, other):
        each.run(140)
    assert plain(walk.learner) == plain(other.learner)
    assert walk.learned == other.learned


def test_tags_with_a_place_are_learned_from_without_anybody() -> None:
    learner = PathLossLearner()
    spots: list[Position] = [(1.0, 1.0, 1.5), (7.0, 2.0, 0.5), (3.0, 5.0, 2.0), (6.0, 5.5, 1.0)]
    tags = settings(0, (9, 9, 9, 9)).ble_devices
    learner.configure(Settings(ble_devices=tuple(replace(tag, position=spot) for tag, spot in zip(tags, spots, strict=True))))
    learner.place(CORNERS)
    draw = np.random.default_rng(3)
    for second in range(200):
        views = [
            BleDeviceView(
                tag.address,
                tag.address,
                heard=tuple(
                    (scanner, round(POWERS[scanner] - 10 * EXPONENT * math.log10(math.dist(place, spot)) + draw.normal(0, 2)))
                    for scanner, place in CORNERS.items()
                ),
            )
            for tag, spot in zip(tags, spots, strict=True)
        ]
        learner.step(at(second), [], views, {})
    assert {scanner: learned.loss.exponent for scanner, learned in learner.learned.items()} == pytest.approx(
        dict.fromkeys(CORNERS, EXPONENT), abs=0.6
    )
    assert all(not len(learned.shadowing.rssi) for learned in learner.learned.values())  # they stand in one place: no map


def test_a_scanner_that_was_moved_begins_anew() -> None:
    walk = Walk()
    walk.run(200)
    moved = next(iter(CORNERS))
    assert walk.learner.place({**CORNERS, moved: (1.0, 1.0, 1.0)})
    assert set(walk.learner.learned) == set(CORNERS) - {moved}
    assert not walk.learner.place({**CORNERS, moved: (1.0, 1.0, 1.0)})


@pytest.mark.parametrize("why", ["forgotten", "handed", "erased"])
def test_nothing_is_kept_of_where_a_phone_was_that_is_somebody_elses_or_nobodys(why: str) -> None:
    walk = Walk()
    walk.run(100)
    assert address(0) in json.dumps(walk.learner.state()["readings"])
    if why == "forgotten":
        walk.learner.configure(Settings())
    elif why == "handed":
        walk.learner.configure(Settings(ble_devices=(replace(settings(1).ble_devices[0], person_id=""),)))
    else:
        walk.learner.forget_persons({"p0"})
    assert address(0) not in json.dumps(walk.learner.state()["readings"])


def test_a_state_that_makes_no_sense_is_nothing() -> None:
    walk = Walk()
    walk.run(130)
    state = walk.learner.state()
    broken = PathLossLearner()
    broken.restore({**state, "readings": {**state["readings"], "values": "no numbers"}, "learned": [{**state["learned"][0], "places": 3}]})
    assert not broken.learned
    broken.configure(settings(1))
    assert broken.step(at(1000), [], [], {}) == ()


def test_readings_are_bounded_in_number_and_in_memory() -> None:
    readings = PathLossReadings()
    for number in range(MOST_MEANS + 50):
        readings.add("s", f"d{number}", -60.0, 5.0, (1.5, 1.5))
    assert len(readings.means) == MOST_MEANS
    assert ("s", "d0", 1, 1) not in readings.means
    for _ in range(300):
        readings.add("s", "new", -50.0, 5.0, (1.5, 1.5))
    for _ in range(300):
        readings.add("s", "new", -70.0, 5.0, (1.5, 1.5))
    mean = readings.means["s", "new", 1, 1]
    assert mean.count == MOST_COUNT and mean.rssi == pytest.approx(-70.0, abs=0.1)
