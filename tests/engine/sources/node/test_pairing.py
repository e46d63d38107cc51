"""Pairing is open for a while, and somebody is told who opened it."""

import pytest

from engine.model.errors import InputError
from engine.model.time import SECOND, ManualClock
from engine.sources.node.pairing import MOST_MINUTES, PairingDoor


def test_it_closes_by_itself_and_each_change_is_told_with_who_made_it(caplog: pytest.LogCaptureFixture) -> None:
    clock, told = ManualClock(SECOND), []
    door = PairingDoor(clock, lambda pairing, by: told.append((pairing.open, by)))
    assert not door.is_open
    door.open("ada", 10.0)
    clock.advance_to(SECOND + 600 * SECOND - 1)
    assert door.is_open
    clock.advance_to(SECOND + 600 * SECOND)
    assert not door.is_open and not door.is_open
    assert told == [(True, "ada"), (False, "time")]
    assert "by ada" in caplog.text and "by time" in caplog.text


def test_it_is_closed_by_hand_before_its_time() -> None:
    clock, told = ManualClock(SECOND), []
    door = PairingDoor(clock, lambda pairing, by: told.append((pairing.open, by)))
    door.open("ada", 10.0)
    door.close("bea")
    clock.advance_to(3600 * SECOND)
    assert not door.is_open and told == [(True, "ada"), (False, "bea")]


@pytest.mark.parametrize("minutes", [0.0, -1.0, MOST_MINUTES + 1, float("nan"), float("inf")])
def test_it_is_not_left_open_for_ever(minutes: float) -> None:
    door = PairingDoor(ManualClock(SECOND))
    with pytest.raises(InputError):
        door.open("ada", minutes)
    assert not door.is_open
