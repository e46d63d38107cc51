import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as run_settings
from hypothesis import strategies as st

from engine.model.radio.blob import BleMatch, Blob
from engine.model.radio.radio import BleDeviceView
from engine.model.settings import Settings
from engine.model.site import BleDeviceSettings, Position
from engine.radio.ble import IdentityAssigner, IdentityChange, PhoneLocator
from engine.radio.ble.matching import Matching
from tests.engine.radio.ble.made_phones import CORNERS, TWO, MadePhone, address, around, at, blob, persons, reports, settings

Way = Callable[[float], tuple[float, float]]
WEST: Way = lambda seconds: around(seconds, (2.2, 3), 1.3, 0.7)  # noqa: E731
EAST: Way = lambda seconds: around(seconds, (5.8, 3), 1.3, 0.7, 2.0)  # noqa: E731


@dataclass
class Room:
    """Phones that are carried along ways, and blobs that somebody else found; `step` is a tick."""

    scanners: dict[str, Position] = field(default_factory=lambda: dict(CORNERS))
    configured: Settings = field(default_factory=settings)
    every_s: float = 5.0

    def __post_init__(self) -> None:
        self.locator, self.assigner = PhoneLocator(), IdentityAssigner()
        for each in (self.locator, self.assigner):
            each.configure(self.configured)
            each.know(persons(5))
            each.place(self.scanners)
        self.changes: list[IdentityChange] = []

    def step(self, seconds: float, phones: Sequence[tuple[MadePhone, tuple[float, float]]], blobs: Sequence[Blob]) -> dict[str, BleMatch]:
        if round(seconds * 10) % round(self.every_s * 10) == 0:
            for report in reports(phones, seconds, self.scanners):
                self.locator.take(report)
        views = self.locator.locate(at(seconds))
        self.locator.witness(at(seconds), blobs)
        matches = self.assigner.assign(at(seconds), blobs, views)
        self.changes += self.assigner.changes
        people = [match.person_id or match.device for match in matches.values()]
        assert len(set(people)) == len(people), "a person is on one blob only"
        return matches


def _noisy(way: Way, seed: int) -> Way:
    """A blob's way: the true one and an error that changes slowly."""
    rng, error = np.random.default_rng(seed), np.zeros(2)

    def moved(seconds: float) -> tuple[float, float]:
        nonlocal error
        error = 0.95 * error + rng.normal(0, 0.1, 2)
        x, y = way(seconds)
        return x + float(error[0]), y + float(error[1])

    return moved


@pytest.mark.parametrize("scanners", [CORNERS, TWO])
@pytest.mark.parametrize("seed", range(3))
def test_two_people_with_phones_get_their_own_names(scanners: dict[str, Position], seed: int):
    room = Room(scanners)
    west, east = _noisy(WEST, seed), _noisy(EAST, seed + 10)
    one, other = MadePhone(address(0), 5.0, seed=seed), MadePhone(address(1), -5.0, seed=seed + 20)
    right = wrong = 0
    for tick in range(600):
        seconds = tick / 10
        blobs = [blob("west", west(seconds), seconds), blob("east", east(seconds), seconds)]
        matches = room.step(seconds, [(one, WEST(seconds)), (other, EAST(seconds))], blobs)
        for name, person in (("west", "p0"), ("east", "p1")):
            if name in matches and seconds > 15:
                right, wrong = right + (matches[name].person_id == person), wrong + (matches[name].person_id != person)
    assert wrong == 0
    assert right > 0.85 * 2 * 450


def test_one_walker_and_two_nodes_are_named_within_ten_seconds():
    """AS-4 of the protocol document: the first report comes after five seconds."""
    room, phone = Room(TWO, settings(1)), MadePhone(address(0))
    named_s = None
    for tick in range(10, 300):
        seconds = tick / 10
        matches = room.step(seconds, [(phone, WEST(seconds))], [blob("b", WEST(seconds), seconds)])
        if matches and named_s is None:
            named_s = seconds
        assert named_s is None or matches, "and stays so"
    assert named_s is not None and named_s <= 10
    match = matches["b"]
    assert (match.person_name, match.color, match.method, match.device) == ("Person 0", "#000000", "ranges", address(0))
    assert set(match.reported_by) == set(TWO)
    assert match.since_ns == at(named_s)
    assert [change.kind for change in room.changes] == ["named"]


def test_the_one_with_the_phone_is_told_from_a_guest():
    room, phone = Room(configured=settings(1)), MadePhone(address(0))
    for tick in range(600):
        seconds = tick / 10
        blobs = [blob("guest", WEST(seconds), seconds), blob("host", EAST(seconds), seconds)]
        matches = room.step(seconds, [(phone, EAST(seconds))], blobs)
    assert {name: match.person_id for name, match in matches.items()} == {"host": "p0"}
    assert "guest" not in {change.presence_id for change in room.changes if change.at_ns > at(15)}


def test_a_name_follows_when_the_presences_were_mixed_up():
    """Two blobs that met and went on with each other's ids: the names have to change over, without going back and forth."""
    room = Room()
    one, other = MadePhone(address(0)), MadePhone(address(1), seed=5)
    for tick in range(1200):
        seconds = tick / 10
        ways = (WEST, EAST) if seconds < 60 else (EAST, WEST)
        blobs = [blob("a", ways[0](seconds), seconds), blob("b", ways[1](seconds), seconds)]
        matches = room.step(seconds, [(one, WEST(seconds)), (other, EAST(seconds))], blobs)
        if seconds == 59:
            assert (matches["a"].person_id, matches["b"].person_id) == ("p0", "p1")
    assert (matches["a"].person_id, matches["b"].person_id) == ("p1", "p0")
    assert len([change for change in room.changes if change.kind == "named"]) <= 6


def test_a_name_is_released_when_its_phone_falls_silent_and_says_why():
    room, phone = Room(configured=settings(1)), MadePhone(address(0))
    for tick in range(900):
        seconds = tick / 10
        matches = room.step(seconds, [(phone, WEST(seconds))] if seconds < 30 else [], [blob("b", WEST(seconds), seconds)])
        assert bool(matches) or not 6 < seconds < 55
    assert not matches
    released = room.changes[-1]
    assert (released.kind, released.presence_id, released.person_name) == ("released", "b", "Person 0")
    assert "has been heard lately" in released.reason


def test_a_name_goes_over_to_the_next_presence():
    room, phone = Room(configured=settings(1)), MadePhone(address(0))
    for tick in range(400):
        seconds = tick / 10
        name = "first" if seconds < 20 else "second"
        matches = room.step(seconds, [(phone, WEST(seconds))], [blob(name, WEST(seconds), seconds)])
    assert set(matches) == {"second"}
    assert room.changes[-2].reason == "The presence has ended."


def test_a_person_with_two_phones_of_which_one_lies_at_home():
    room = Room(configured=settings(2, devices_of=[0]))
    carried, other, tablet = (MadePhone(address(index), seed=index) for index in range(3))
    for tick in range(600):
        seconds = tick / 10
        phones = [(carried, EAST(seconds)), (other, WEST(seconds)), (tablet, (0.5, 0.5))]
        matches = room.step(seconds, phones, [blob("east", EAST(seconds), seconds), blob("west", WEST(seconds), seconds)])
    assert {name: match.person_id for name, match in matches.items()} == {"east": "p0", "west": "p1"}


def test_a_phone_left_behind_names_nobody():
    room, phone = Room(configured=settings(1)), MadePhone(address(0), noise_db=1.0)
    for tick in range(4500):
        seconds = tick / 10
        matches = room.step(seconds, [(phone, (0.5, 0.5))], [blob("b", around(seconds, (6, 4), 1.2), seconds)])
    assert not matches


SPOT = (5.8, 3.0)  # in the middle of where EAST goes


def _share_named(seed: int, place: Way, walks_from_s: float, judged: range) -> float:
    """Of the judged seconds, those in which whoever goes EAST is named after the one phone."""
    room, phone, way, named = Room(configured=settings(1)), MadePhone(address(0), seed=seed), _noisy(EAST, seed), 0
    for tick in range(judged.stop * 10):
        seconds = tick / 10
        blobs = [blob("b", way(seconds), seconds)] if seconds >= walks_from_s else []
        matches = room.step(seconds, [(phone, place(seconds))], blobs)
        named += seconds >= judged.start and bool(matches)
    return named / 10 / len(judged)


@pytest.mark.parametrize(("walks_from_s", "judged"), [(120, range(120, 420)), (0, range(60, 300))], ids=["comes later", "is there first"])
def test_a_phone_that_lies_where_somebody_walks_seldom_names_them(walks_from_s: int, judged: range):
    """Their way fits it better than anything else: that it does not move along tells."""
    assert np.mean([_share_named(seed, lambda _: SPOT, walks_from_s, judged) for seed in range(4)]) < 0.3


def test_a_phone_that_is_put_down_stops_naming_and_one_that_goes_along_does_not():
    spot = EAST(60)
    put_down: Way = lambda seconds: EAST(seconds) if seconds < 60 else spot  # noqa: E731
    assert min(_share_named(seed, EAST, 0, range(10, 240)) for seed in range(4)) > 0.95
    assert min(_share_named(seed, put_down, 0, range(10, 60)) for seed in range(4)) > 0.95
    assert np.mean([_share_named(seed, put_down, 0, range(120, 240)) for seed in range(4)]) < 0.35


def test_of_two_phones_the_one_that_goes_along_names():
    lies, goes = MadePhone(address(0), seed=2), MadePhone(address(1), -3.0, seed=52)
    room, way, said = Room(), _noisy(EAST, 2), list[str]()
    for tick in range(1800):
        seconds = tick / 10
        matches = room.step(seconds, [(lies, SPOT), (goes, EAST(seconds))], [blob("b", way(seconds), seconds)])
        said += [match.person_id for match in matches.values()] if seconds > 15 else []
    assert said.count("p1") > 0.85 * 1650 and said.count("p0") < 0.15 * 1650


def test_a_device_of_type_person_that_is_nobodys_stands_for_itself():
    configured = Settings(
        ble_devices=(BleDeviceSettings(address(0), "Alice", color="#4488ff"), BleDeviceSettings(address(1), "Keys", "tag"))
    )
    room, alice, keys = Room(configured=configured), MadePhone(address(0)), MadePhone(address(1), seed=3)
    for tick in range(200):
        seconds = tick / 10
        matches = room.step(seconds, [(alice, WEST(seconds)), (keys, WEST(seconds))], [blob("b", WEST(seconds), seconds)])
    assert (matches["b"].person_name, matches["b"].person_id, matches["b"].color) == ("Alice", "", "#4488ff")


def test_nobody_and_nothing_are_fine():
    room = Room()
    assert room.step(0.0, [], []) == {}
    assert room.step(0.1, [], [blob("b", (1, 1), 0.1)]) == {}
    assert room.step(5.0, [(MadePhone(address(0)), (1, 1))], []) == {}


def test_continues_bit_for_bit_from_its_state():
    def run(room: Room, phones: Sequence[MadePhone], start: int, end: int) -> list[dict[str, BleMatch]]:
        said: list[dict[str, BleMatch]] = []
        for tick in range(start, end):
            seconds = tick / 10
            blobs = [blob("a", WEST(seconds), seconds), blob("b", EAST(seconds), seconds)]
            said.append(room.step(seconds, [(phones[0], WEST(seconds)), (phones[1], EAST(seconds))], blobs))
        return said

    whole, half = Room(), Room()
    one, twin = ([MadePhone(address(0)), MadePhone(address(1), seed=1)] for _ in range(2))
    run(whole, one, 0, 333)
    run(Room(), twin, 0, 333)
    half.locator.restore(json.loads(json.dumps(whole.locator.state())))
    half.assigner.restore(json.loads(json.dumps(whole.assigner.state())))
    assert run(half, twin, 333, 700) == run(whole, one, 333, 700)
    assert half.assigner.state() == whole.assigner.state()


def test_the_confidence_is_that_of_the_pair_against_the_best_without_it():
    alone = Matching(np.array([[2.0]]))
    assert alone.best(np.zeros((1, 1))) == {0: 0}
    assert alone.confidence(0, 0) == pytest.approx(1 / (1 + np.exp(-2.0)))
    undecided = Matching(np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert undecided.confidence(0, 0) == pytest.approx(0.5)
    assert Matching(np.array([[-3.0]])).best(np.zeros((1, 1))) == {}


_VIEW = st.builds(
    lambda index, heard: BleDeviceView(address(index), address(index), person_id=f"p{index % 2}", heard=tuple(heard.items())),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from([*CORNERS, "unknown"]), st.integers(-127, 20), max_size=4),
)
_METRES = st.floats(-500, 500)
_BLOB = st.builds(lambda name, x, y, s: blob(name, (x, y), 0, s), st.sampled_from("abc"), _METRES, _METRES, st.floats(0, 50))
_BLOBS = st.lists(_BLOB, max_size=3, unique_by=lambda each: each.id)
_VIEWS = st.lists(_VIEW, max_size=4, unique_by=lambda each: each.device)


@run_settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(_BLOBS, _VIEWS), max_size=6))
def test_whatever_comes_confidences_are_shares_and_pairs_unique(steps: list[tuple[list[Blob], list[BleDeviceView]]]):
    assigner = IdentityAssigner()
    assigner.configure(settings())
    assigner.know(persons())
    assigner.place(CORNERS)
    for index, (blobs, views) in enumerate(steps):
        matches = assigner.assign(at(index * 3), blobs, views)
        assert set(matches) <= {each.id for each in blobs}
        assert len({match.person_id for match in matches.values()}) == len(matches)
        assert all(0 <= match.confidence <= 1 for match in matches.values())
    json.dumps(assigner.state(), allow_nan=False)
