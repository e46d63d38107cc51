"""Times by the clock of the site, and back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.model.history.query import Span
from engine.model.time import SECOND


def local(at_ns: int, zone: ZoneInfo) -> datetime:
    """By the site's clock, without a zone."""
    return datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(zone).replace(tzinfo=None)


def utc_ns(at: datetime, zone: ZoneInfo, fold: int = 0) -> int:
    return int(at.replace(tzinfo=zone, fold=fold).timestamp()) * SECOND


def day_span(day: date, zone: ZoneInfo) -> Span:
    start = datetime.combine(day, time())
    return Span(utc_ns(start, zone), utc_ns(start + timedelta(days=1), zone))


def days_between(span: Span, zone: ZoneInfo) -> list[Span]:
    """The days of a span, cut at the site's midnights."""
    first = local(span.since_ns, zone).date()
    last = local(span.until_ns - 1, zone).date()
    days = [day_span(first + timedelta(days=at), zone) for at in range((last - first).days + 1)]
    return [Span(max(day.since_ns, span.since_ns), min(day.until_ns, span.until_ns)) for day in days]


def shift_days(span: Span, days: int, zone: ZoneInfo) -> Span:
    """The same by the clock, so many days on."""
    since, until = (local(at, zone) + timedelta(days=days) for at in (span.since_ns, span.until_ns))
    return Span(utc_ns(since, zone), utc_ns(until, zone, fold=1))


def on_day(span: Span, day: date, zone: ZoneInfo) -> Span:
    """The same by the clock, of another day."""
    return shift_days(span, (day - local(span.since_ns, zone).date()).days, zone)
