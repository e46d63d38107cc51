"""What one site's part of a combined pack tells: its events and alerts in rows. Nothing in it is believed to be well formed."""

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from engine.alerts.words import alert_sentence
from engine.model.alerts.alert import Alert
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.places import place_name
from engine.model.settings import Settings
from engine.model.time import EVER_NS, SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_record
from engine.recording.pack.opening import OpenPack

MOST_ROWS = 40_000  # of one part: all that a pack holds of events and alerts
_VIDEO = "video/"
T = TypeVar("T", Event, Alert)


@dataclass(frozen=True, slots=True)
class Row:
    """Something that a site recorded. `at_ns`, `until_ns`: by the site's clock; `until_ns` None: it was still going on, or is a moment."""

    at_ns: int
    until_ns: int | None
    kind: str
    what: str
    place: str
    severity: int
    id: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class PartContents:
    """unread: how many rows could not be read, and are in the part only."""

    events: tuple[Row, ...]
    alerts: tuple[Row, ...]
    videos: int
    unread: int = 0


def read_contents(pack: OpenPack) -> PartContents:
    """Raises nothing for what is not as it should be: that is counted."""
    settings = _read_settings(_json(pack, "record/settings.json"))
    events, lost_events = _read_rows(Event, _json(pack, "record/events.json"))
    alerts, lost_alerts = _read_rows(Alert, _json(pack, "record/alerts.json"))
    return PartContents(
        tuple(_event_row(event, settings) for event in events),
        tuple(_alert_row(alert, settings) for alert in alerts),
        sum(name.startswith(_VIDEO) for name in pack.names),
        lost_events + lost_alerts,
    )


def on_console_clock(at_ns: int, clock_ahead_s: float | None) -> int:
    """A site's time as the console's clock had it."""
    return at_ns - round((clock_ahead_s or 0.0) * SECOND)


def _json(pack: OpenPack, name: str) -> Any:
    try:
        return json.loads(pack.small(name))
    except (InputError, ValueError, RecursionError):
        return None


def _read_settings(plain: Any) -> Settings:
    """For names of places; without any where they cannot be read."""
    try:
        return read_record(Settings, plain)
    except (InputError, ValueError, OverflowError, RecursionError):
        return Settings()


def _place(settings: Settings, camera_id: str, zone_id: str) -> str:
    camera = settings.camera(camera_id)
    names = (camera_id if camera is None else camera.name, place_name(settings, zone_id) if zone_id else "")
    return ", ".join(name for name in names if name)


def _dicts(values: Any) -> Iterator[dict[str, Any]]:
    if isinstance(values, list):
        yield from (value for value in values if isinstance(value, dict))  # pyright: ignore[reportUnknownVariableType]


def _read_rows(kind: type[T], values: Any) -> tuple[list[T], int]:
    found: list[T] = []
    plain = tuple(_dicts(values))
    for value in plain:
        try:
            row = read_record(kind, value)
        except (InputError, ValueError, OverflowError, RecursionError):
            continue
        if len(found) < MOST_ROWS and _is_time(row):
            found.append(row)
    return found, len(plain) - len(found)


def _is_time(row: Event | Alert) -> bool:
    times = (row.started_ns, row.ended_ns or 0) if isinstance(row, Event) else (row.raised_ns,)
    return all(0 <= at_ns < EVER_NS for at_ns in times)


def _event_row(event: Event, settings: Settings) -> Row:
    place = _place(settings, event.camera_id, event.zone_id)
    what = f"{alert_sentence(event.kind, '', event.reason)}{f' {event.person}.' if event.person else ''}"
    return Row(event.started_ns, event.ended_ns, "Event", what, place, event.severity.value, event.id, event.simulated)


def _alert_row(alert: Alert, settings: Settings) -> Row:
    place = _place(settings, alert.camera_id, alert.zone_id)
    what = f"{alert.reason}{f' ({alert.person})' if alert.person else ''}"
    return Row(alert.raised_ns, None, "Alert", what, place, alert.severity.value, alert.id, alert.simulated)
