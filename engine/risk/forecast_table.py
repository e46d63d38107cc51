"""Incidents from a table of any city: columns found by their usual names or named, times with or without a zone, by local day."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.risk.backtest import DatedIncidents

USUAL = {
    "time": (
        *(
            "time",
            "datetime",
            "date_time",
            "timestamp",
            "occurred_at",
            "occurred",
            "occurred_on_date",
            "date_occurred",
            "incident_datetime",
        ),
        *("date_start", "start_time", "date", "published"),
    ),
    "lat": ("lat", "latitude", "y", "lat_wgs84", "point_y"),
    "lon": ("lon", "lng", "long", "longitude", "x", "lon_wgs84", "point_x"),
    "category": ("category", "offense_type", "offence_type", "primary_type", "offense", "crime_type", "type", "incident_type"),
}
LEAST_DAYS = 28
_FORMATS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S %z")
Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns to read; empty: found by usual names. zone: of times that name none, and of days."""

    time: str = ""
    lat: str = ""
    lon: str = ""
    category: str = ""
    zone: str = "UTC"


_USUAL_COLUMNS = Columns()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """`incidents` from the file, by local day from `first` on; `without_place`: rows left out because they name no place.

    left_out: (line, why) of rows that make no sense.
    """

    incidents: DatedIncidents
    first: date
    categories: tuple[str, ...]
    columns: Columns
    without_place: int
    left_out: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    day: date
    latitude: float
    longitude: float
    category: str


def read_table(path: Path, columns: Columns = _USUAL_COLUMNS) -> Table:
    """Rows that make no sense are left out and named.

    Raises InputError (`file`, `time`, `lat`, `lon`, `category`, `tz`): no such column, or fewer than half of the rows can be used; then the
    first reason, with its line.
    """
    zone = _zone(columns.zone)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            found = _resolve_columns(columns, list(reader.fieldnames or ()))
            rows, wrong = _read_rows(reader, found, zone)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError("file", f"{path.name} cannot be read as a table in UTF-8 ({error})") from error
    known = [row for row in rows if row is not None]
    if len(wrong) > len(rows):
        line, error = wrong[0]
        raise InputError(error.field, f"line {line}: {error.message} ({len(wrong)} of {len(rows) + len(wrong)} rows cannot be used)")
    if not known:
        raise InputError("file", f"{path.name} has no row with a time and a place")
    return replace(_table(known, found, len(rows) - len(known)), left_out=tuple((line, error.message) for line, error in wrong))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError("tz", f"{name!r} is no time zone (write for example Europe/Stockholm)") from error


def _resolve_columns(asked: Columns, names: list[str]) -> Columns:
    by_name = {name.strip().lower(): name for name in names}

    def find_column(field: str, given: str) -> str:
        if given and given.lower() not in by_name:
            raise InputError(field, f"there is no column {given!r}; there are {', '.join(names) or 'none'}")
        usual = next((by_name[name] for name in USUAL[field] if name in by_name), "")
        if not given and not usual and field != "category":
            raise InputError(field, f"no column has a usual name for it; name one of {', '.join(names) or 'none'} with --{field}")
        return by_name[given.lower()] if given else usual

    return Columns(
        find_column("time", asked.time),
        find_column("lat", asked.lat),
        find_column("lon", asked.lon),
        find_column("category", asked.category),
        asked.zone,
    )


def _read_rows(reader: "csv.DictReader[str]", columns: Columns, zone: tzinfo) -> tuple[list[_Read | None], list[tuple[int, InputError]]]:
    """One of each row that makes sense (None: it names no place), and the others' lines with what is wrong."""
    rows: list[_Read | None] = []
    wrong: list[tuple[int, InputError]] = []
    for row in reader:
        try:
            rows.append(_read_row(row, columns, zone))
        except InputError as error:
            wrong.append((reader.line_num, error))
    return rows, wrong


def _read_row(row: Row, columns: Columns, zone: tzinfo) -> _Read | None:
    latitude = _degrees(row, columns.lat, "lat", 90.0)
    longitude = _degrees(row, columns.lon, "lon", 180.0)
    day = _day(row.get(columns.time) or "", zone)
    if latitude is None or longitude is None or (latitude == 0.0 and longitude == 0.0):
        return None
    return _Read(day, latitude, longitude, (row.get(columns.category) or "").strip() if columns.category else "")


def _degrees(row: Row, column: str, field: str, most: float) -> float | None:
    text = (row.get(column) or "").strip()
    if text.lower() in ("", "na", "nan", "null", "none"):
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise InputError(field, f"{text[:40]!r} is no number of degrees") from error
    if not abs(value) <= most:
        raise InputError(field, f"{text[:40]} is outside ±{most:g}")
    return value


def _day(text: str, zone: tzinfo) -> date:
    """The local day; a time without a zone is local already."""
    moment = _moment(text.strip())
    if moment is None:
        raise InputError("time", f"{text[:40]!r} is no time (write for example 2026-01-02 03:04)")
    return (moment if moment.tzinfo is None else moment.astimezone(zone)).date()


def _moment(text: str) -> datetime | None:
    tries: list[Callable[[], datetime]] = [lambda: datetime.fromisoformat(text)]
    tries += [lambda form=form: datetime.strptime(text, form) for form in _FORMATS]  # noqa: DTZ007 - such times are local
    for attempt in tries:
        try:
            return attempt()
        except ValueError:
            continue
    return _padded(text)


def _padded(text: str) -> datetime | None:
    """`2025-06-20 1:07:42 +02:00`: an hour of one digit."""
    day, _, rest = text.partition(" ")
    if rest[1:2] != ":":
        return None
    try:
        return datetime.fromisoformat(f"{day} 0{rest.replace(' ', '')}")
    except ValueError:
        return None


def _table(rows: list[_Read], columns: Columns, without_place: int) -> Table:
    first, last = min(row.day for row in rows), max(row.day for row in rows)
    days = (last - first).days + 1
    if days < LEAST_DAYS:
        raise InputError("time", f"the file covers {days} days, at least {LEAST_DAYS} are needed")
    categories = tuple(sorted({row.category for row in rows}))
    number = {name: at for at, name in enumerate(categories)}
    incidents = DatedIncidents(
        np.array([row.latitude for row in rows]),
        np.array([row.longitude for row in rows]),
        np.array([(row.day - first).days for row in rows], np.int64),
        np.array([number[row.category] for row in rows], np.int64),
        days,
    )
    return Table(incidents, first, categories, columns, without_place)
