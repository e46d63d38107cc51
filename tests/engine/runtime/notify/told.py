"""Alerts and settings for tests of what is told."""

from dataclasses import replace
from typing import Any

from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.notify_settings import AlertWants, ChannelKind, ChannelSettings, Security
from engine.model.alerts.settings import AlertSettings
from engine.model.event import EventKind, Severity
from engine.model.settings import Settings
from engine.model.site import Floor, Zone
from engine.model.time import SECOND, from_iso

RAISED_NS = from_iso("2026-09-21T14:13:20Z")  # a Monday
SLACK = ChannelSettings("team", ChannelKind.SLACK)


def alert(number: int = 1, **changes: Any) -> Alert:
    made = Alert(
        f"al-{number}",
        f"de-{number}",
        "urgent",
        EventKind.FALL,
        Severity.HIGH,
        RAISED_NS,
        RAISED_NS,
        event_id=f"ev-{number}",
        group=f"group-{number}",
        zone_id="kitchen",
        person="Ada",
        reason="Ada fell and lies still",
    )
    return replace(made, **changes)


def escalated(level: int, number: int = 1, **changes: Any) -> Alert:
    return alert(number, level=level, **changes)


def acknowledged(number: int = 1, **changes: Any) -> Alert:
    return alert(number, state=AlertState.ACKNOWLEDGED, **changes)


def mail(port: int = 0, **changes: Any) -> ChannelSettings:
    made = ChannelSettings(
        "nurses",
        ChannelKind.EMAIL,
        host="localhost",
        port=port,
        security=Security.NONE,
        sender="watchroom@home.test",
        recipients=("nurse@home.test",),
        allow_private=True,
    )
    return replace(made, **changes)


def broker(port: int = 0, **changes: Any) -> ChannelSettings:
    return replace(
        ChannelSettings("house", ChannelKind.MQTT, host="localhost", port=port, security=Security.NONE, allow_private=True), **changes
    )


def wanting(channel: ChannelSettings = SLACK, **wants: Any) -> ChannelSettings:
    return replace(channel, wants=AlertWants(**wants))


def site(*channels: ChannelSettings, zone: str = "Europe/Stockholm") -> Settings:
    return Settings(
        "Home", floor=Floor(zones=(Zone("kitchen", "Kitchen", 0, 0, 3, 3),)), alerts=AlertSettings(time_zone=zone), notifications=channels
    )


def minutes(count: float) -> int:
    return round(count * 60 * SECOND)
