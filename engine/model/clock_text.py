"""Clock times in the engine's sentences, messages and reports: the one place of the engine that formats them, always by the site's clock.

The hour that comes twice when summer time ends carries the abbreviation of its zone. Programs get ISO 8601 in UTC (`to_iso`); so do
errors and the log, whose times the console turns into site time.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.model.time import MILLISECOND, SECOND
from engine.model.value_class import dataclass

_QUARTER_NS = 91 * 86_400 * SECOND


def local_time(at_ns: int, zone: tzinfo) -> datetime:
    """With its zone."""
    return datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(zone)


def clock_text(at: datetime, seconds: bool = False) -> str:
    """`21:04`, `21:04:07`; `02:30 CET` in the hour that comes twice. A time without a zone has none to name."""
    text = plain_clock_text(at, seconds)
    return f"{text} {zone_text(at)}" if comes_twice(at) else text


def plain_clock_text(at: datetime, seconds: bool = False) -> str:
    return f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"


def minute_of_day_text(minutes: int) -> str:
    """`06:30`; `24:00` is the end of a day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def hours_of_day_text(hour: int) -> str:
    """`21:00 to 22:00`."""
    return f"{minute_of_day_text(60 * hour)} to {minute_of_day_text(60 * ((hour + 1) % 24))}"


def comes_twice(at: datetime) -> bool:
    return at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()


def zone_text(at: datetime) -> str:
    """`CET`; `UTC+05:45` in zones that have no abbreviation."""
    name = at.tzname() or ""
    return name if name and name[0] not in "+-" else offset_text(at)


def zone_names(zone: tzinfo, at_ns: int) -> tuple[str, ...]:
    """Its abbreviations in the year before a time: that of winter and that of summer."""
    return tuple(dict.fromkeys(zone_text(local_time(at_ns - quarter * _QUARTER_NS, zone)) for quarter in range(4)))


def offset_text(at: datetime) -> str:
    """`UTC+02:00`."""
    offset = at.utcoffset() or timedelta()
    minutes = round(abs(offset).total_seconds() / 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def message_time_text(at_ns: int, time_zone: str) -> str:
    """Such as `2026-09-21 16:13:20 CEST (UTC+02:00)`, for who reads it anywhere."""
    at = local_time(at_ns, ZoneInfo(time_zone))
    return f"{at:%Y-%m-%d %H:%M:%S} {zone_text(at)} ({offset_text(at)})"


@dataclass(frozen=True, slots=True)
class ReportTimes:
    """Times of a report: local, with the zone's offset where the day stands. `zone`: an IANA name; UTC where this machine does not know
    it."""

    zone: str

    def clock(self, at_ns: int) -> str:
        """`14:03:27`."""
        return clock_text(self._local(at_ns), seconds=True)

    def moment(self, at_ns: int) -> str:
        """`21 Nov 14:03:27.120`."""
        at = self._local(at_ns)
        zone = f" {zone_text(at)}" if comes_twice(at) else ""
        return f"{at:%d %b %H:%M:%S}.{at_ns % SECOND // MILLISECOND:03d}{zone}"

    def full(self, at_ns: int) -> str:
        """`Saturday 21 November 2026, 14:03:27 CET (UTC+01:00)`."""
        at = self._local(at_ns)
        return f"{at:%A %d %B %Y, %H:%M:%S} {zone_text(at)} ({offset_text(at)})"

    def _local(self, at_ns: int) -> datetime:
        try:
            return local_time(at_ns, ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError):
            return local_time(at_ns, UTC)
