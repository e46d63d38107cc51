"""Times and lengths of time as text: the one place where a clock time is formatted for the screen.

Every time is site time. Seconds and zone always, relative time beside, never instead. `zone` is only for times of another site, such as
those of an evidence pack that came from elsewhere.
"""

from datetime import UTC, datetime, timedelta, tzinfo

from PySide6.QtCore import QLocale

from engine.model.time import MILLISECOND, SECOND
from widgets.look import site_zone
from widgets.number_text import number_text
from widgets.translation import tr


def clock_text(time_ns: int, now_ns: int | None = None, zone: tzinfo | None = None) -> str:
    """`21:04:07 CET`, with the date before it (`2026-01-02 21:04:07 CET`) unless it is the day of `now_ns`."""
    moment = local_time(time_ns, zone)
    same_day = now_ns is not None and local_time(now_ns, zone).date() == moment.date()
    return f"{moment:%H:%M:%S} {zone_text(moment)}" if same_day else f"{moment:%Y-%m-%d %H:%M:%S} {zone_text(moment)}"


def fine_clock_text(time_ns: int, zone: tzinfo | None = None) -> str:
    """`21:04:07.320 CET`, for single pictures."""
    return f"{fine_tick_text(time_ns, zone)} {zone_text(local_time(time_ns, zone))}"


def fine_tick_text(time_ns: int, zone: tzinfo | None = None) -> str:
    """`21:04:07.320`, where the zone stands beside."""
    return f"{local_time(time_ns, zone):%H:%M:%S}{thousandths_text(time_ns)}"


def thousandths_text(time_ns: int) -> str:
    """`.320`, or `,320`: what comes after the whole seconds of a clock."""
    return f"{QLocale().decimalPoint()}{time_ns // MILLISECOND % 1000:03d}"


def minute_text(time_ns: int, zone: tzinfo | None = None) -> str:
    """`Fri 2026-01-02 21:04 CET`."""
    moment = local_time(time_ns, zone)
    return f"{day_name(moment, short=True)} {moment:%Y-%m-%d %H:%M} {zone_text(moment)}"


def time_span_text(since_ns: int, until_ns: int, zone: tzinfo | None = None) -> str:
    """`Fri 2026-01-02 21:04:07–21:06:12 CET`; both with day and zone where those differ."""
    first, last = local_time(since_ns, zone), local_time(until_ns, zone)
    named = "" if zone_text(first) == zone_text(last) else f" {zone_text(first)}"
    if first.date() == last.date() and until_ns - since_ns < 86_400 * SECOND:
        return f"{day_name(first, short=True)} {first:%Y-%m-%d %H:%M:%S}{named}–{last:%H:%M:%S} {zone_text(last)}"
    return f"{first:%Y-%m-%d %H:%M:%S}{named}–{last:%Y-%m-%d %H:%M:%S} {zone_text(last)}"


def tick_text(time_ns: int, seconds: bool, zone: tzinfo | None = None) -> str:
    """`21:04`, `21:04:07`, where the zone stands beside. In the hour that comes twice, `02:30 CET`."""
    moment = local_time(time_ns, zone)
    return with_zone_if_twice(f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}", moment)


def short_clock_text(time_ns: int, now_ns: int, zone: tzinfo | None = None) -> str:
    """`21:04:07`, `02 Jan 21:04:07`, `2025-01-02 21:04:07`: small, for chips. The zone of another site, and of the hour that comes twice,
    is named."""
    moment, now = local_time(time_ns, zone), local_time(now_ns, zone)
    clock = f"{moment:%H:%M:%S}"
    shown = with_zone_if_twice(clock, moment) if moment.utcoffset() == local_time(time_ns).utcoffset() else f"{clock} {zone_text(moment)}"
    if moment.date() == now.date():
        return shown
    return f"{moment:%d} {month_name(moment, short=True)} {shown}" if moment.year == now.year else f"{moment:%Y-%m-%d} {shown}"


def hour_of_clock_text(begins_ns: int, zone: tzinfo | None = None) -> str:
    """`21:00–22:00`: a whole hour of the clock."""
    begins, ends = local_time(begins_ns, zone), local_time(begins_ns + 3600 * SECOND, zone)
    return with_zone_if_twice(f"{begins:%H}:00–{ends:%H}:00", begins)


def day_text(time_ns: int, zone: tzinfo | None = None) -> str:
    """`2026-01-02`."""
    return f"{local_time(time_ns, zone):%Y-%m-%d}"


def file_time_text(time_ns: int, zone: tzinfo | None = None) -> str:
    """`2026-01-02 21.04.07`: for names of files, which take no colons everywhere."""
    return f"{local_time(time_ns, zone):%Y-%m-%d %H.%M.%S}"


def minute_of_day_text(minutes: int) -> str:
    """`06:30`: a time of every day, in minutes since midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def local_time(time_ns: int, zone: tzinfo | None = None) -> datetime:
    """By the clock of the site."""
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone or site_zone())


def zone_text(moment: datetime) -> str:
    """`CET`; `UTC+5:45` in zones that have no abbreviation."""
    name = moment.tzname() or ""
    return name if name and name[0] not in "+-" else offset_text(moment.utcoffset())


def offset_text(offset: timedelta | None) -> str:
    """`UTC`, `UTC+9`, `UTC-3:30`."""
    minutes = round((offset or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" if not minutes else f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def with_zone_if_twice(text: str, moment: datetime) -> str:
    """A clock time with its zone in the hour that comes twice when summer time ends."""
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return f"{text} {zone_text(moment)}" if twice else text


def machine_offset(time_ns: int) -> timedelta:
    """From UTC, of the clock of this computer at a time."""
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone().utcoffset() or timedelta()


def zone_note(time_ns: int) -> str:
    """`Times are site time (CET). This computer is in UTC+9.` Empty where both clocks show the same."""
    site, machine = local_time(time_ns), machine_offset(time_ns)
    if site.utcoffset() == machine:
        return ""
    return tr("Times are site time ({0}). This computer is in {1}.").format(zone_text(site), offset_text(machine))


def day_name(moment: datetime, short: bool = False) -> str:
    """`Tuesday`, `Tue`, in the language on screen."""
    return QLocale().standaloneDayName(moment.isoweekday(), _length(short))


def month_name(moment: datetime, short: bool = False) -> str:
    """`March`, `Mar`."""
    return QLocale().standaloneMonthName(moment.month, _length(short))


def day_number(moment: datetime) -> str:
    """The day of the month, beside the name of one: `2`, or `2.` in languages that count days by ordinals."""
    return f"{moment.day}." if _counts_days_by_ordinals() else str(moment.day)


def named_day(moment: datetime) -> str:
    """`Friday 2`, or `Freitag, 2.`: before the name of the month."""
    return f"{day_name(moment)}{',' if _counts_days_by_ordinals() else ''} {day_number(moment)}"


def _counts_days_by_ordinals() -> bool:
    return "d." in QLocale().dateFormat(QLocale.FormatType.LongFormat)


def _length(short: bool) -> QLocale.FormatType:
    return QLocale.FormatType.ShortFormat if short else QLocale.FormatType.LongFormat


def relative_text(time_ns: int, now_ns: int) -> str:
    """`now`, `12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`."""
    seconds = (now_ns - time_ns) // SECOND
    if seconds < 2:
        return tr("now")
    for size, template in ((86_400, tr("{0} d ago")), (3600, tr("{0} h ago")), (60, tr("{0} min ago"))):
        if seconds >= size:
            return template.format(seconds // size)
    return tr("{0} s ago").format(seconds)


def duration_text(length_ns: int) -> str:
    """`0.4 s`, `4 s`, `34 s`, `2 min 05 s`, `3 h 07 min`, `2 d 4 h`."""
    seconds = max(0, length_ns) / SECOND
    if seconds < 9.95:
        return tr("{0} s").format(number_text(round(seconds, 1), "g"))
    whole = round(seconds)
    if whole < 60:
        return tr("{0} s").format(whole)
    if whole < 3600:
        return tr("{0} min {1} s").format(whole // 60, f"{whole % 60:02d}")
    if whole < 86_400:
        return tr("{0} h {1} min").format(whole // 3600, f"{whole % 3600 // 60:02d}")
    return tr("{0} d {1} h").format(whole // 86_400, whole % 86_400 // 3600)


def counter_text(seconds: float) -> str:
    """A running clock: `0:12`, `12:07`, `1:02:07`."""
    whole = max(0, int(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
