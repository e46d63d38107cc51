"""`watchroom fwi`: fire weather of one place from its noon weather, a day a line."""

import argparse
import csv
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from console.skipped import Skipped
from engine.fire.season import USUAL_START, Season, SeasonState
from engine.fire.weather_csv import COLUMNS, Layout, WeatherRow, WeatherTable, decoded, read_weather
from engine.model.errors import EnvironmentFault, InputError
from engine.model.fire.fire import EFFIS, ClassBounds, FireDay, FireDayStatus, FireSettings

ADDED = ("ffmc", "dmc", "dc", "isi", "bui", "fwi", "class", "status", "reason")
SPIN_UP_DAYS = FireSettings().spin_up_days
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=f"CSV with the columns {', '.join(COLUMNS)} (noon, °C, %%, km/h, mm); - for stdin")
    parser.add_argument("--latitude", type=float, default=46.0, metavar="D", help="degrees north (default %(default)s)")
    parser.add_argument(
        "--start", default=_comma_separated(USUAL_START), metavar="F,D,C", help="FFMC, DMC and DC of the day before (default %(default)s)"
    )
    parser.add_argument(
        "--bounds", default=_comma_separated(EFFIS), metavar="B,…", help="upper bounds of the classes (default %(default)s: EFFIS)"
    )
    parser.add_argument(
        "--column", action="append", default=[], metavar="NAME=HEADING", help="what the file calls a column (may be repeated)"
    )
    parser.add_argument("--skip", type=int, default=0, metavar="LINES", help="lines before the heading (default %(default)s)")
    parser.add_argument("--date-format", default="", metavar="FORMAT", help="such as %%d/%%m/%%Y (default: ISO, 2026-06-30)")


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError, naming option, column or line."""
    start = FireSettings(start_codes=_three(_numbers("start", parsed.start, 3))).start_codes
    bounds = ClassBounds(_five(_numbers("bounds", parsed.bounds, 5)))
    season = Season(parsed.latitude, start, spin_up_days=0, bounds=bounds)
    table = read_weather(_text(parsed.file), _layout(parsed))
    _name_left_out(parsed.file, table)
    _write(table, computed(table, season))
    return 0


def _name_left_out(file: str, table: WeatherTable) -> None:
    skipped = Skipped()
    for row in table.rows:
        if row.wrong:
            skipped.add("stdin" if file == "-" else file, row.line, row.wrong)
    skipped.tell()


def computed(table: WeatherTable, season: Season) -> Iterator[FireDay]:
    """One for every row; rejected, with the reason, where it has no day."""
    state = SeasonState()
    for row in table.rows:
        if row.noon is None:
            yield FireDay(date.min, FireDayStatus.REJECTED, reason=f"{row.wrong.rstrip('.')}.")
            continue
        state, day = season.next(state, row.noon)
        yield _with_reason(row, day)


def _with_reason(row: WeatherRow, day: FireDay) -> FireDay:
    if day.status is FireDayStatus.REJECTED:
        return replace(day, reason=row.wrong or day.reason)
    if day.spun_up < SPIN_UP_DAYS:
        spin_up = f"Day {day.spun_up} of {SPIN_UP_DAYS} of spin-up: it still depends on the codes it began with."
        return replace(day, reason=f"{day.reason} {spin_up}".strip())
    return day


def _write(table: WeatherTable, days: Iterator[FireDay]) -> None:
    """The rows as they came, and what was computed behind; columns of the same name are replaced."""
    kept = [place for place, name in enumerate(table.heading) if name.strip() not in ADDED]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([*(_safe(table.heading[place]) for place in kept), *ADDED])
    for row, day in zip(table.rows, days, strict=True):
        given = [_safe(row.cells[place]) if place < len(row.cells) else "" for place in kept]
        out.writerow([*given, *_cells(day)])


def _cells(day: FireDay) -> list[str]:
    numbers = (day.ffmc, day.dmc, day.dc, day.isi, day.bui, day.fwi)
    said = "" if day.fire_class is None else day.fire_class.value
    return [*("" if value is None else f"{value:.4f}" for value in numbers), said, day.status.value, day.reason]


def _safe(cell: str) -> str:
    """No spreadsheet takes it for a formula."""
    if not cell.startswith(_FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def _text(file: str) -> str:
    if file == "-":
        return decoded(sys.stdin.buffer.read())
    try:
        return decoded(Path(file).read_bytes())
    except FileNotFoundError:
        raise InputError("FILE", f"{file} does not exist") from None
    except OSError as error:
        raise EnvironmentFault("unreadable", f"{file} cannot be read: {error.strerror}.") from None


def _layout(parsed: argparse.Namespace) -> Layout:
    if parsed.skip < 0:
        raise InputError("skip", f"{parsed.skip} is negative")
    pairs = [text.partition("=") for text in parsed.column]
    without = next((name for name, sign, heading in pairs if not sign or not heading.strip()), None)
    if without is not None:
        raise InputError("column", f"{without!r} needs the file's own name for it, such as temperature=Temp")
    return Layout(tuple((name.strip(), heading) for name, _, heading in pairs), parsed.skip, parsed.date_format)


def _numbers(name: str, text: str, count: int) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise InputError(name, f"{text!r} is not {count} numbers with commas between")
    return numbers


def _three(numbers: list[float]) -> tuple[float, float, float]:
    return numbers[0], numbers[1], numbers[2]


def _five(numbers: list[float]) -> tuple[float, float, float, float, float]:
    return numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]


def _comma_separated(numbers: tuple[float, ...]) -> str:
    return ",".join(f"{number:g}" for number in numbers)
