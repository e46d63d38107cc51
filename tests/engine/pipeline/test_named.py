"""A name in an event, and the surest of what it rests on."""

import pytest

from engine.model.event import Event, EventKind, Severity
from engine.model.radio.blob import BleMatch
from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity
from engine.pipeline.identities.event_identity import NOBODY, EventIdentity, identity_of

FACE, PHONE, LOOKS = AssertionKind.FACE, AssertionKind.BLE, AssertionKind.REID
EVENT = Event("ev-1", EventKind.PERSON, "cam", "t-1", Severity.LOW, 1, None, 1, 0.9, "de-1")


@pytest.mark.parametrize(
    ("told", "surest"),
    [((PHONE, FACE), FACE), ((FACE, PHONE), FACE), ((PHONE, PHONE), PHONE), ((LOOKS, PHONE), PHONE), ((None, LOOKS), LOOKS)],
)
def test_the_surest_of_one_name_stays(told: tuple[AssertionKind | None, ...], surest: AssertionKind) -> None:
    event = EVENT
    for by in told:
        event = EventIdentity("pe-1", "Ada", by).onto(event)
    assert (event.person_id, event.person, event.named_by) == ("pe-1", "Ada", surest)


def test_another_name_has_grounds_of_its_own() -> None:
    event = EventIdentity("pe-2", "Bo", PHONE).onto(EventIdentity("pe-1", "Ada", FACE).onto(EVENT))
    assert (event.person, event.named_by) == ("Bo", PHONE)
    assert NOBODY.onto(event) is event and EventIdentity("pe-2", "Bo", PHONE).onto(event) is event


def test_the_assertion_that_counts_most_is_what_a_name_rests_on() -> None:
    told = tuple(Assertion(kind, "pe-1", 1.0, 1) for kind in (PHONE, FACE))
    identity = FusedIdentity("pe-1", "Ada", "#fff", 4.0, 0.98, told, (1.0, 3.0))
    assert identity_of(identity) == EventIdentity("pe-1", "Ada", FACE)
    assert identity_of(BleMatch("pe-1", "Ada", "#fff", "aa", 0.9, "ranges", (), None, 1)).named_by is PHONE
    assert identity_of(None) is NOBODY
