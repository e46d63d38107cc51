"""What is said of an alert: the same for every way, written down when it is decided, drawn up by each way as it sends."""

import re
from collections.abc import Iterable
from typing import Any

from engine.alerts.words import alert_sentence, span_words
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.cap import cap_severity
from engine.model.clock_text import message_time_text
from engine.model.event import Severity
from engine.model.places import place_names
from engine.model.settings import Settings
from engine.model.time import SECOND, to_iso

LONGEST_REASON = 500
_WORDS = {
    Severity.MINIMAL: "Minimal",
    Severity.LOW: "Low",
    Severity.MODERATE: "Moderate",
    Severity.HIGH: "High",
    Severity.CRITICAL: "Critical",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def message(alert: Alert, settings: Settings, now_ns: int, with_names: bool, names: Iterable[str] = ()) -> dict[str, Any]:
    """As data. `names`: of everybody known; they and the alert's own person are taken out of the reason unless `with_names`.

    `time` is the site's, with its zone; `timestamp` the same in UTC. Places are called as the admin named them.
    """
    place = place_of(alert, settings)
    reason = one_line(alert.reason)[:LONGEST_REASON]
    return {
        "event_type": "alert",
        "title": title(alert, place),
        "what": what(alert, now_ns),
        "severity": _WORDS[alert.severity].lower(),
        "severity_level": int(alert.severity),
        "cap_severity": cap_severity(alert.severity).value,
        "kind": alert.kind.value,
        "zone": place,
        "person": one_line(alert.person) if with_names else "",
        "time": message_time_text(alert.raised_ns, settings.alerts.time_zone),
        "timestamp": to_iso(alert.raised_ns),
        "site": one_line(settings.site_name),
        "detail": reason if with_names else nameless(reason, (alert.person, *names)),
        "state": alert.state.value,
        "level": alert.level,
        "alert_id": alert.id,
        "event_id": alert.event_id,
        "simulated": alert.simulated,
        "link": f"watchroom://alert/{alert.id}",
    }


def test_message(settings: Settings, now_ns: int) -> dict[str, Any]:
    return {
        "event_type": "test",
        "title": "Test from Watchroom",
        "what": "A test. Nothing has happened.",
        "severity": "minimal",
        "severity_level": 1,
        "cap_severity": cap_severity(Severity.MINIMAL).value,
        "time": message_time_text(now_ns, settings.alerts.time_zone),
        "timestamp": to_iso(now_ns),
        "site": one_line(settings.site_name),
        "detail": "",
    }


def lines(said_of: dict[str, Any]) -> tuple[str, ...]:
    """The message for people, without its title. Parts that it does not have are left out."""
    parts = (
        str(said_of.get("detail", "")),
        str(said_of.get("what", "")),
        _line("Place", said_of.get("zone")),
        _line("Person", said_of.get("person")),
        _line("Severity", said_of.get("severity")),
        _line("Time", said_of.get("time")),
        _line("Site", said_of.get("site")),
        "SIMULATED: this is not real." if said_of.get("simulated") else "",
        str(said_of.get("link", "")),
    )
    return tuple(part for part in parts if part)


def title(alert: Alert, place: str) -> str:
    """Such as “Critical: Fall detected, Hall”; what is simulated says so first."""
    marks = ("SIMULATED: " if alert.simulated else "") + ("Closed: " if alert.state is AlertState.CLOSED else "")
    return one_line(f"{marks}{_WORDS[alert.severity]}: {alert_sentence(alert.kind, place).rstrip('.')}")


def what(alert: Alert, now_ns: int) -> str:
    """What has become of it, as a sentence; empty when it is new."""
    if alert.state is AlertState.CLOSED:
        verdict = f" as {alert.disposition.value}" if alert.disposition is not None else ""
        return f"The alert was closed{verdict}."
    if alert.level:
        return f"Nobody has acknowledged this alert for {span_words((now_ns - alert.raised_ns) / SECOND)}."
    return ""


def place_of(alert: Alert, settings: Settings) -> str:
    """The zone's, portal's or camera's name, as far as there is one."""
    places = place_names(settings)
    camera = settings.camera(alert.camera_id)
    return one_line(places.get(alert.zone_id, "") or (camera.name if camera is not None else "") or alert.zone_id)


def one_line(text: str) -> str:
    """Without breaks, control characters, and marks that turn the direction of writing: text from the world is data."""
    return " ".join(_CONTROL.sub(" ", text).split())


def nameless(text: str, names: Iterable[str]) -> str:
    """Each name, longest first and however it is written, becomes “somebody”."""
    for name in sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "somebody", text, flags=re.IGNORECASE)
    return text[:1].upper() + text[1:]


def _line(heading: str, value: object) -> str:
    return f"{heading}: {value}" if value else ""
