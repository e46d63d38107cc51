"""What speaks for an event: parts that add up, each of a sensor."""

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.evidence import CERTAIN, MOST_OF_A_SCORE, MOST_SEEN, of_event, total
from engine.model.event import EventKind
from engine.model.radio.fused import Assertion, AssertionKind, FusedIdentity, FusedSource, FusedStatus, FusedTrack, SourceKind
from engine.model.time import SECOND
from tests.fakes.alerting import START_NS, event

SPREAD = ((0.1, 0.0, 0.0), (0.0, 0.1, 0.0), (0.0, 0.0, 0.1))


def person(*sources: tuple[SourceKind, str], face: bool = False) -> FusedTrack:
    claims = (Assertion(AssertionKind.FACE, "ada", 3.0, START_NS, "door"),) if face else ()
    identity = FusedIdentity("ada", "Ada", "#4cc2ff", 3.0, 0.95, claims, (3.0,)) if face else None
    seen = tuple(FusedSource(kind, f"{kind}-1", sensor, START_NS, 0.3) for kind, sensor in sources)
    return FusedTrack("fu-1", 1, FusedStatus.CONFIRMED, (1, 1, 1), SPREAD, (0, 0, 0), START_NS, START_NS, seen, identity)


@pytest.mark.parametrize("kind", [EventKind.CAMERA_LOST, EventKind.NODE_LOST])
def test_that_a_sensor_is_silent_is_a_fact(kind: EventKind) -> None:
    (part,) = of_event(event(kind, confidence=0.5), None, START_NS)
    assert part.source == "fact" and part.log_odds == CERTAIN


@hypothesis.settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 4000))
def test_surer_and_longer_speak_for_it_within_bounds(confidence: float, seconds: float) -> None:
    seen_ns = START_NS + round(seconds * SECOND)
    odds = total(of_event(event(confidence=confidence), None, seen_ns))
    assert -MOST_OF_A_SCORE <= odds <= MOST_OF_A_SCORE + MOST_SEEN
    assert odds <= total(of_event(event(confidence=min(confidence + 0.1, 1.0)), None, seen_ns)) + 1e-9
    assert odds <= total(of_event(event(confidence=confidence), None, seen_ns + SECOND))


def test_other_sensors_that_follow_them_speak_for_it_once_each() -> None:
    told = event(confidence=0.5)
    alone = person((SourceKind.CAMERA, "door"))
    both = person((SourceKind.CAMERA, "door"), (SourceKind.CAMERA, "yard"), (SourceKind.CAMERA, "yard"), (SourceKind.RADIO, "radio"))
    assert of_event(told, alone, START_NS) == of_event(told, None, START_NS)
    parts = of_event(told, both, START_NS)
    assert [(part.source, part.sensor_id) for part in parts] == [("camera", "door"), ("camera", "yard"), ("radio", "radio")]
    faced = of_event(told, person((SourceKind.CAMERA, "door"), (SourceKind.BLE, "node"), face=True), START_NS)
    assert [part.source for part in faced] == ["camera", "phone", "face"]


def test_a_contradiction_is_told_by_no_single_sensor() -> None:
    assert of_event(event(EventKind.TWO_PLACES, camera_id="", confidence=1.0), None, START_NS)[0].source == "identity"
    assert of_event(event(EventKind.PRESENCE, camera_id=""), None, START_NS)[0].sensor_id == "radio"


def test_that_somebody_is_there_says_less_about_what_they_do() -> None:
    both = person((SourceKind.CAMERA, "door"), (SourceKind.CAMERA, "hall"))
    there, fallen = (of_event(event(kind, camera_id="door"), both, START_NS) for kind in (EventKind.PERSON, EventKind.FALL))
    assert total(fallen) == pytest.approx(total(there) - 1.0)
