"""The key for Atlas is asked for once, and shown nowhere; how Atlas does is told when it changes."""

import pytest

from engine.incidents.atlas.breaker import Breaker
from engine.incidents.atlas.fault import BUSY, NO_KEY, SERVER, AtlasFault
from engine.model.errors import EnvironmentFault
from engine.model.incidents.atlas import AtlasState
from engine.model.incidents.atlas_call import AtlasTally
from engine.model.time import ManualClock
from engine.runtime.atlas.atlas_key import AtlasKey
from engine.runtime.atlas.atlas_pulse import AtlasPulse
from tests.fakes.ports import TroubleOf


class Keyring:
    def __init__(self, secret: str | None) -> None:
        self.secret = secret
        self.locked = False
        self.asked = 0

    def get(self) -> str | None:
        self.asked += 1
        if self.locked:
            raise EnvironmentFault("secrets_unreadable", "The keyring is locked.")
        return self.secret


def test_a_keyring_is_asked_once_until_something_changed() -> None:
    keyring = Keyring("s3cret")
    key = AtlasKey(None, keyring)
    assert (key(), key(), key.is_there, keyring.asked) == ("s3cret", "s3cret", True, 1)
    keyring.secret = None
    key.forget()
    assert (key(), key.is_there, keyring.asked) == (None, False, 2)
    assert "s3cret" not in repr(key)


def test_a_locked_keyring_is_asked_once_too() -> None:
    keyring = Keyring("s3cret")
    keyring.locked = True
    key = AtlasKey(None, keyring)
    for _ in range(3):
        with pytest.raises(AtlasFault) as raised:
            key()
        assert (raised.value.reason, str(raised.value)) == (NO_KEY, "The keyring is locked.")
    assert not key.is_there
    assert keyring.asked == 1
    keyring.locked = False
    key.try_again()
    assert key() == "s3cret"
    key.try_again()
    assert (key(), keyring.asked) == ("s3cret", 2)


def test_the_environment_goes_before_the_keyring() -> None:
    keyring = Keyring("stored")
    assert AtlasKey("given", keyring)() == "given"
    assert keyring.asked == 0


def test_trouble_is_told_once_and_its_end_too() -> None:
    clock, told = ManualClock(5), list[str | None]()
    pulse, breaker = AtlasPulse(clock, TroubleOf(told.append), ("url",)), Breaker(lambda: 0.0)
    pulse.show(False, breaker, None, False)
    assert (pulse.health.state, pulse.health.since_ns, pulse.health.overridden) == (AtlasState.OFF, 5, ("url",))
    clock.advance_to(7)
    pulse.show(True, breaker, 3, True)
    assert (pulse.health.state, pulse.health.reason, pulse.health.waiting) == (AtlasState.WORKING, "It was not called yet.", 3)
    pulse.attempted(AtlasTally(1), AtlasFault(SERVER, "It failed."))
    clock.advance_to(9)
    for _ in range(2):
        pulse.show(True, breaker, None, True)
    trouble = "Atlas does not work: It failed."
    assert (pulse.health.state, pulse.health.since_ns, pulse.health.waiting, told) == (AtlasState.DOWN, 9, 3, [trouble])
    pulse.attempted(AtlasTally(1, 1, 20.0), None)
    pulse.show(True, breaker, 0, True)
    assert (pulse.health.state, pulse.health.reason, told) == (AtlasState.WORKING, "", [trouble, None])
    pulse.attempted(AtlasTally(), AtlasFault(BUSY, "It asks for patience."))
    pulse.show(True, breaker, 0, True)
    assert (pulse.health.state, pulse.health.reason) == (AtlasState.WORKING, "It asks for patience.")
    assert pulse.take_tally() == AtlasTally(2, 1, 20.0)
    assert pulse.take_tally() == AtlasTally()
    pulse.attempted(AtlasTally(1), AtlasFault(SERVER, "It failed."))
    pulse.forget()
    pulse.show(True, breaker, 0, True)
    assert pulse.health.reason == "It was not called yet."
