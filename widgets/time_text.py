"""Times and lengths of time as text: seconds and zone always, relative time beside, never instead."""

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QLocale

from engine.model.time import MILLISECOND, SECOND
from widgets.look import shown_zone
from widgets.number_text import number_text
from widgets.translation import tr


def clock_text(time_ns: int, now_ns: int | None = None, zone: tzinfo | None = None) -> str:
    """`21:04:07 CET`, with the date before it (`2026-01-02 21:04:07 CET`) unless it is the day of `now_ns`. Zone None: this machine's."""
    moment = local_time(time_ns, zone)
    same_day = now_ns is not None and local_time(now_ns, zone).date() == moment.date()
    return moment.strftime("%H:%M:%S %Z" if same_day else "%Y-%m-%d %H:%M:%S %Z")


def fine_clock_text(time_ns: int, zone: tzinfo | None = None) -> str:
    """`21:04:07.320 CET`, for single pictures."""
    moment = local_time(time_ns, zone)
    return f"{moment:%H:%M:%S}{thousandths_text(time_ns)} {moment:%Z}"


def thousandths_text(time_ns: int) -> str:
    """`.320`, or `,320`: what comes after the whole seconds of a clock."""
    return f"{QLocale().decimalPoint()}{time_ns // MILLISECOND % 1000:03d}"


def local_time(time_ns: int, zone: tzinfo | None = None) -> datetime:
    """Zone None: the one that the operator wants times in."""
    return datetime.fromtimestamp(time_ns // SECOND, UTC).astimezone(zone or shown_zone())


def day_name(moment: datetime, short: bool = False) -> str:
    """`Tuesday`, `Tue`, in the language on screen."""
    return QLocale().standaloneDayName(moment.isoweekday(), _length(short))


def month_name(moment: datetime, short: bool = False) -> str:
    """`March`, `Mar`."""
    return QLocale().standaloneMonthName(moment.month, _length(short))


def day_number(moment: datetime) -> str:
    """The day of the month, beside the name of one: `2`, or `2.` in languages that count days by ordinals."""
    counts_by_ordinals = "d." in QLocale().dateFormat(QLocale.FormatType.LongFormat)
    return f"{moment.day}." if counts_by_ordinals else str(moment.day)


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
