"""Links to a moment: `watchroom://at/2026-01-02T03:04:05.678Z?camera=yard&event=ev-…`. They only navigate; nothing in them is obeyed."""

from datetime import UTC, datetime, tzinfo
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from engine.model.clock_text import local_time
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.time import SECOND, from_iso, to_iso
from engine.model.value_class import dataclass
from widgets.look import site_zone

SCHEME = "watchroom"
_LONGEST = 600
_LONGEST_ID = 120


@dataclass(frozen=True, slots=True)
class Jump:
    """`camera_id`, `event_id`: empty where the link names none. UTC ns."""

    at_ns: int
    camera_id: str = ""
    event_id: str = ""


def link_of(jump: Jump) -> str:
    parts = {"camera": jump.camera_id, "event": jump.event_id}
    named = urlencode({name: value for name, value in parts.items() if value}, quote_via=quote)
    return f"{SCHEME}://at/{to_iso(jump.at_ns)}" + (f"?{named}" if named else "")


def is_link(text: str) -> bool:
    return text.strip().lower().startswith(f"{SCHEME}:")


def read_link(text: str) -> Jump:
    """Raises InputError: no such link, or no time in it. What it says beside is left out."""
    try:
        parts = urlsplit(text.strip())
        if len(text) > _LONGEST or parts.scheme.lower() != SCHEME or parts.netloc.lower() != "at":
            raise ValueError(text[:40])
        at_ns = from_iso(unquote(parts.path.strip("/")))
        named = dict(parse_qsl(parts.query))
    except ValueError:
        raise InputError("link", f"is not a link to a moment; one looks like {SCHEME}://at/2026-01-02T03:04:05Z") from None
    if not 0 <= at_ns < 4_102_444_800 * SECOND:
        raise InputError("link", "names a time before 1970 or after 2099")
    return Jump(at_ns, _id(named.get("camera", "")), _id(named.get("event", "")))


def _id(text: str) -> str:
    """What cannot be an id of the record is no id."""
    return text if len(text) <= _LONGEST_ID and all(c.isalnum() or c in "-_.:" for c in text) else ""


def read_moment(text: str, now_ns: int, zone: tzinfo | None) -> int | None:
    """A time that somebody typed, by the site's clock: `21:04`, `21:04:07`, `2026-01-02`, `2026-01-02 21:04`, ISO with a zone.

    A time of day is that of today, or of yesterday where today's is still to come. None: it is no time.
    """
    cleaned = " ".join(text.split())
    for form in ("%H:%M", "%H:%M:%S"):
        if (clock := _read_time(cleaned, form)) is not None:
            return _time_of_day(clock, now_ns, zone)
    try:
        moment = datetime.fromisoformat(cleaned)
        placed = moment if moment.tzinfo is not None else _in_zone(moment, zone)
        at_ns = round(placed.timestamp() * 1000) * (SECOND // 1000)
    except (ValueError, OverflowError, OSError):
        return None
    return at_ns if at_ns >= 0 and any(mark in cleaned for mark in "-:") else None


def _read_time(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None


def _in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    return moment.replace(tzinfo=zone or site_zone())


def _time_of_day(clock: datetime, now_ns: int, zone: tzinfo | None) -> int:
    today = local_time(now_ns, zone or site_zone())
    placed = _in_zone(today.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0, tzinfo=None), zone)
    at_ns = int(placed.timestamp()) * SECOND
    return at_ns if at_ns <= now_ns else at_ns - 86_400 * SECOND


def link_to(event: Event) -> str:
    return link_of(Jump(event.started_ns, event.camera_id, event.id))
