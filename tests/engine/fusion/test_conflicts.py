"""Contradictions over time: what interrupts them, and what speaks against them."""

import json

import pytest

from engine.fusion.conflicts import Claim, Conflict, ConflictWatch
from engine.model.event import EventKind
from engine.model.radio.fused import Assertion, AssertionKind, FusedStatus, FusedTrack
from engine.model.radio.radio import BleDeviceView
from engine.model.time import SECOND

NAMES = {"anna": "Anna", "bob": "Bob"}
FLAT = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.0))


def track(name: str, x: float = 2.0) -> FusedTrack:
    return FusedTrack(name, 1, FusedStatus.CONFIRMED, (x, 2.0, 0.0), FLAT, (0.0, 0.0, 0.0), 0, 0, ())


def told(track_id: str, **said: str) -> list[Claim]:
    """A face, said often, and whose phone it is."""
    kinds = {"face": AssertionKind.FACE, "phone": AssertionKind.BLE}
    return [Claim(track(track_id), Assertion(kinds[kind], person_id, 6.0, 0), 5.0, 9.0) for kind, person_id in said.items()]


class Watched:
    def __init__(self) -> None:
        self.watch, self.now_ns = ConflictWatch(), 1_000 * SECOND

    def run(self, seconds: float, claims: list[Claim], devices: tuple[BleDeviceView, ...] = ()) -> tuple[Conflict, ...]:
        found: tuple[Conflict, ...] = ()
        for _ in range(round(seconds * 10)):
            self.now_ns += SECOND // 10
            found = self.watch.step(self.now_ns, [claim.track for claim in claims], claims, devices, NAMES)
        return found


def test_a_badge_is_the_same_contradiction_on_another_track_and_after_a_break_that_does_not_count():
    scene = Watched()
    scene.run(8, told("one", face="bob", phone="anna"))
    assert scene.run(10, told("one", phone="anna")) == () and len(scene.watch.lasting) == 1
    (again,) = scene.run(4, told("other", face="bob", phone="anna"))
    assert again.kind is EventKind.BADGE_WITHOUT_OWNER and again.seen_s == pytest.approx(12, abs=0.5)
    scene.run(31, [])
    assert scene.watch.lasting == frozenset()


def test_a_badge_that_is_with_its_owner_takes_back_what_was_thought_twice_as_fast():
    scene = Watched()
    scene.run(8, told("one", face="bob", phone="anna"))
    scene.run(3, told("one", face="anna", phone="anna"))
    (again,) = scene.run(0.1, told("one", face="bob", phone="anna"))
    assert again.seen_s == pytest.approx(2, abs=0.5)
    scene.run(3, told("one", face="anna", phone="anna"))
    assert scene.watch.lasting == frozenset()


def test_a_phone_lies_where_its_owner_is_not_though_they_pass_it():
    scene = Watched()
    lying = (BleDeviceView("phone", "AA:BB:CC:00:00:01", person_id="anna", position=(8.0, 2.0, 1.0), sigma_m=1.5, left_behind=True),)
    assert len(scene.run(10, told("one", face="anna"), lying)) == 1
    near = [Claim(track("one", 7.0), Assertion(AssertionKind.FACE, "anna", 6.0, 0), 5.0, 9.0)]
    assert scene.run(5, near, lying) == () and len(scene.watch.lasting) == 1
    (again,) = scene.run(1, told("one", face="anna"), lying)
    assert again.seen_s > 10


def test_a_continued_state_goes_on_alike():
    scene, other = Watched(), Watched()
    scene.run(8, told("one", face="bob", phone="anna"))
    other.watch.restore(json.loads(json.dumps(scene.watch.state())))
    other.now_ns = scene.now_ns
    runs = [each.run(5, told("one", face="bob", phone="anna")) for each in (scene, other)]
    assert runs[0] == runs[1] and runs[0][0].seen_s > 12
