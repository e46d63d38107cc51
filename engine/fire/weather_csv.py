"""Noon weather as text: a heading, then a day a line. Excel's ways are understood: byte order marks, semicolons, decimal commas.

A line whose day is no date, comes twice or is out of order is left out and named, as is a day with a value that is no number. The whole
text is refused, naming field and line, where a column is missing, or where fewer than half of its lines hold a day in its order.
"""

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime

from engine.model.errors import InputError
from engine.model.fire.fire import NoonWeather
from engine.model.value_class import dataclass

COLUMNS = ("date", "temperature", "humidity", "wind", "rain")
_ALSO_CALLED = {  # beside their own names: those of cffdrs and of weather services
    "temperature": ("temp", "t", "temperature_2m"),
    "humidity": ("rh", "relative_humidity", "relative_humidity_2m"),
    "wind": ("ws", "wind_speed", "wind_speed_10m"),
    "rain": ("prec", "precipitation", "rainfall"),
}
_DATE_PARTS = {"year": ("yr",), "month": ("mon", "mo"), "day": ()}  # beside their own names: those of cffdrs
_CALLED = _ALSO_CALLED | _DATE_PARTS
_NOTHING = ("", "na", "n/a", "nan", "null", "none", "-")
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class WeatherRow:
    """`line`: of the text, from 1. `cells`: as they were given. `wrong`: a value that is no number, as a sentence; it is NaN in `noon`.

    noon: None where the line has no day that can be used; `wrong` says why.
    """

    line: int
    cells: tuple[str, ...]
    noon: NoonWeather | None
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a text that is not laid out as usual.

    names: (column, what the heading calls it). skip: lines before the heading. date_format: of `strptime`; empty: ISO.
    """

    names: tuple[tuple[str, str], ...] = ()
    skip: int = 0
    date_format: str = ""

    def __post_init__(self) -> None:
        unknown = next((column for column, _ in self.names if column not in COLUMNS), None)
        if unknown is not None:
            raise InputError("column", f"{unknown!r} is none of {', '.join(COLUMNS)}")


_USUAL_LAYOUT = Layout()


@dataclass(frozen=True, slots=True)
class WeatherTable:
    heading: tuple[str, ...]
    rows: tuple[WeatherRow, ...] = field(default=())

    @property
    def noons(self) -> list[NoonWeather]:
        """Of the lines that have a day, in its order."""
        return [row.noon for row in self.rows if row.noon is not None]

    @property
    def left_out(self) -> list[WeatherRow]:
        """Lines without a day that can be used."""
        return [row for row in self.rows if row.noon is None]


def decoded(data: bytes) -> str:
    """The text of a file. Raises InputError (`FILE`)."""
    kind = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(kind)
    except UnicodeDecodeError as error:
        raise InputError("FILE", f"is not UTF-8 text (byte {error.start}). Save it as CSV UTF-8") from None


def read_weather(text: str, layout: Layout = _USUAL_LAYOUT) -> WeatherTable:
    """Raises InputError: `FILE`, or the column, with the line."""
    lines = io.StringIO(text.removeprefix("\ufeff"), newline=None).readlines()  # splitlines knows more ends of lines than files do
    heading_line = next((line for line in lines[layout.skip :] if line.strip()), "")
    if not heading_line:
        raise InputError("FILE", "holds no line with a heading")
    delimiter = max(_DELIMITERS, key=heading_line.count)
    reader = csv.reader(io.StringIO("".join(lines[layout.skip :])), delimiter=delimiter)
    cells = _cells(reader, layout.skip)
    line, heading = next(cells)
    places = _column_indexes(heading, layout.names, line)
    reading = _Reading(places, layout.date_format, delimiter == ";")
    return _checked(WeatherTable(heading, tuple(_in_order(reading.read_row(line, row) for line, row in cells))))


def _cells(reader: "Iterator[list[str]]", skipped: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Lines that are not blank, with their numbers."""
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield getattr(reader, "line_num", 0) + skipped, tuple(cells)
    except csv.Error as error:
        raise InputError("FILE", f"line {getattr(reader, 'line_num', 0) + skipped}: {error}") from None


def _column_indexes(heading: Sequence[str], names: Sequence[tuple[str, str]], line: int) -> Mapping[str, int]:
    """Where each column is; of a date in three columns, where each part is."""
    told = [name.strip().casefold() for name in heading]
    wanted = dict(names)

    def column_index(column: str) -> int | None:
        called = (wanted[column],) if column in wanted else (column, *_CALLED.get(column, ()))
        return next((told.index(name.strip().casefold()) for name in called if name.strip().casefold() in told), None)

    in_parts = column_index("date") is None and "date" not in wanted and all(column_index(part) is not None for part in _DATE_PARTS)
    found = {column: column_index(column) for column in ((*_DATE_PARTS, *COLUMNS[1:]) if in_parts else COLUMNS)}
    missing = [column for column, at in found.items() if at is None]
    if missing:
        there = ", ".join(repr(name.strip()) for name in heading if name.strip())
        raise InputError(
            missing[0],
            f"there is no column {' nor '.join(missing)} in line {line}, where the heading should be; it has {there or 'nothing'}. "
            "Say what the file calls it, or how many lines come before the heading",
        )
    return {column: at for column, at in found.items() if at is not None}


@dataclass(frozen=True, slots=True)
class _Reading:
    places: Mapping[str, int]
    date_format: str
    decimal_comma: bool

    def read_row(self, line: int, cells: tuple[str, ...]) -> WeatherRow:
        def cell(column: str) -> str:
            at = self.places[column]
            return cells[at].strip() if at < len(cells) else ""

        try:
            day = self._day(cell)
        except InputError as error:
            return WeatherRow(line, cells, None, error.message)
        values, wrong = list[float](), ""
        for column in COLUMNS[1:]:
            value = self._parse_figure(cell(column))
            wrong = wrong or (f"{column.capitalize()} {cell(column)[:40]!r} is not a number." if value is None else "")
            values.append(math.nan if value is None else value)
        return WeatherRow(line, cells, NoonWeather(day, *values), wrong)

    def _day(self, cell: Callable[[str], str]) -> date:
        if "date" in self.places:
            return _as_day(cell("date"), self.date_format)
        parts = [cell(part) for part in _DATE_PARTS]
        try:
            return date(*map(int, parts))
        except ValueError:
            raise InputError("date", f"{'-'.join(parts)!r} is no day") from None

    def _parse_figure(self, text: str) -> float | None:
        if text.casefold() in _NOTHING:
            return math.nan
        if "_" in text:  # which Python takes for a part of a number
            return None
        try:
            return float(text.replace(",", ".") if self.decimal_comma else text)
        except ValueError:
            return None


def _as_day(text: str, form: str) -> date:
    try:
        return (datetime.strptime(text, form) if form else datetime.fromisoformat(text)).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        wanted = f"as {form}" if form else "such as 2026-06-30"
        raise InputError("date", f"{text[:40]!r} is no day {wanted}") from None


def _in_order(rows: Iterator[WeatherRow]) -> Iterator[WeatherRow]:
    """A day that is not after the one before keeps its line and loses its weather."""
    before: tuple[int, date] | None = None
    for row in rows:
        if row.noon is None:
            yield row
        elif before is not None and row.noon.day <= before[1]:
            how = "is there twice" if row.noon.day == before[1] else f"comes after {before[1]}"
            wrong = f"{row.noon.day} {how} (line {before[0]}). Days have to be in order, each once"
            yield replace(row, noon=None, wrong=wrong)
        else:
            before = row.line, row.noon.day
            yield row


def _checked(table: WeatherTable) -> WeatherTable:
    """Where most lines have no day, the file is laid out in another way than was told, or in reverse."""
    wrong = table.left_out
    if len(wrong) * 2 > len(table.rows):
        raise InputError("date", f"line {wrong[0].line}: {wrong[0].wrong} ({len(wrong)} of {len(table.rows)} lines cannot be used)")
    return table
