"""CSV files of `python -m benchmarks ble`: anchors, readings, calibration, truth and positions; times in seconds since the first reading.

A row that makes no sense is left out and named in `Skipped`; a file is refused (InputError, field: the option) where a column is missing or
nothing in it can be used.
"""

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from console.skipped import Skipped
from engine.model.errors import EnvironmentFault, InputError
from engine.model.site import Position, check_finite
from engine.radio.ble.fingerprints import Fingerprints

Array = npt.NDArray[np.float64]
Row: TypeAlias = dict[str, str]
T = TypeVar("T")
_LATEST = 9e18  # nanoseconds since 1970 that 64 bits can count
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))  # beyond the first, t counts ns, µs, ms since 1970; seconds otherwise


@dataclass(frozen=True, slots=True)
class Moment:
    """All that was heard of one device at one time. `t` is the text in the file, `seconds` the number; readings in dBm by anchor."""

    device: str
    t: str
    seconds: float
    readings: dict[str, float]


@dataclass(frozen=True, slots=True)
class Located:
    """One row of the answer: metres, and standard deviations."""

    device: str
    t: str
    seconds: float
    x: float
    y: float
    sx: float
    sy: float


def read_anchors(path: Path, skipped: Skipped) -> dict[str, Position]:
    def anchor(row: Row) -> tuple[str, Position]:
        position = (_number(row, "x"), _number(row, "y"), _number(row, "z"))
        check_finite("position", position)
        return row["id"].strip(), position

    anchors = dict(_read(path, "anchors", ("id", "x", "y", "z"), anchor, skipped))
    if not anchors:
        raise skipped.nothing_usable("anchors", path, "no anchor")
    return anchors


def read_readings(path: Path, anchors: Iterable[str], skipped: Skipped) -> list[Moment]:
    """In order of time. Rows without a strength say that the anchor heard nothing: they are no readings, and not counted."""
    known = set(anchors)

    def reading(row: Row) -> tuple[float, str, str, str, float] | None:
        anchor = _known(row, known)
        return None if _empty(row["rssi"]) else (_seconds(row), row["device"].strip(), row["t"].strip(), anchor, _rssi(row))

    columns = ("t", "device", "anchor", "rssi")
    heard = [each for each in _read(path, "readings", columns, reading, skipped) if each is not None]
    if not heard:
        raise skipped.nothing_usable("readings", path, "no reading with a strength")
    heard.sort(key=lambda each: each[:2])
    return [
        Moment(device, group[0][2], seconds, {anchor: rssi for *_, anchor, rssi in group})
        for (seconds, device), group in ((key, list(rows)) for key, rows in groupby(heard, key=lambda each: each[:2]))
    ]


def read_calibration(path: Path, anchors: Iterable[str], skipped: Skipped) -> dict[str, Fingerprints]:
    known = set(anchors)
    rows: dict[str, list[tuple[float, float, float]]] = {}

    def fingerprint(row: Row) -> None:
        anchor = _known(row, known)
        if not _empty(row["rssi"]):
            place = _number(row, "x"), _number(row, "y")
            check_finite("place", place)
            rows.setdefault(anchor, []).append((*place, _rssi(row)))

    list(_read(path, "calibration", ("t", "anchor", "rssi", "x", "y"), fingerprint, skipped))
    if not rows:
        raise skipped.nothing_usable("calibration", path, "no reading")
    tables = {anchor: np.array(values, float) for anchor, values in rows.items()}
    return {anchor: Fingerprints(table[:, :2], table[:, 2]) for anchor, table in tables.items()}


def read_truth(path: Path, skipped: Skipped) -> dict[str, tuple[Array, Array]]:
    """For every device its times (N,) in seconds, rising, and places (N, 2)."""
    rows: dict[str, list[tuple[float, float, float]]] = {}

    def place(row: Row) -> None:
        spot = _seconds(row), _number(row, "x"), _number(row, "y")
        rows.setdefault(row["device"].strip(), []).append(spot)

    list(_read(path, "truth", ("t", "device", "x", "y"), place, skipped))
    if not rows:
        raise skipped.nothing_usable("truth", path, "no place")
    tables = {device: np.array(sorted(values), float) for device, values in rows.items()}
    return {device: (table[:, 0], table[:, 1:]) for device, table in tables.items()}


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        raise EnvironmentFault("cannot_write", f"{path} cannot be written: {error.strerror}. Name another file.") from None


def write_positions(path: Path, located: Iterable[Located]) -> None:
    rows = ((each.t, each.device, *(f"{value:.3f}" for value in (each.x, each.y, each.sx, each.sy))) for each in located)
    write_rows(path, ("t", "device", "x", "y", "sx", "sy"), rows)


def _read(path: Path, option: str, columns: Sequence[str], use: Callable[[Row], T], skipped: Skipped) -> Iterator[T]:
    """What `use` makes of each row; those that it refuses are named."""

    def used(row: Row) -> list[T]:
        if any(row[column] is None for column in columns):  # pyright: ignore[reportUnnecessaryComparison]
            raise InputError(option, "has fewer columns than the first line")
        return [use(row)]

    for line, row in _rows(path, option, columns):
        yield from skipped.read_or_skip(path, line, partial(used, row)) or ()


def _rows(path: Path, option: str, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise InputError(option, f"{path} has no column {missing[0]!r}; needed are {', '.join(columns)}")
            for row in reader:
                yield reader.line_num, row
    except OSError as error:
        raise InputError(option, f"{path} cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(option, f"{path} is no CSV file: {error}") from None


def _number(row: Row, column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(column, f"{column} is {row[column][:40]!r}, which is no number")
    return value


def _seconds(row: Row) -> float:
    value = _number(row, "t")
    if abs(value) > _LATEST:
        raise InputError("t", f"t is {row['t'][:40]!r}, which is no time")
    return value / next((unit for least, unit in _UNITS if abs(value) >= least), 1.0)


def _rssi(row: Row) -> float:
    value = _number(row, "rssi")
    if not -140 <= value <= 30:
        raise InputError("rssi", f"rssi {value:g} is outside −140–30 dBm")
    return value


def _known(row: Row, anchors: set[str]) -> str:
    anchor = row["anchor"].strip()
    if anchor not in anchors:
        raise InputError("anchor", f"there is no anchor {anchor[:40]!r}")
    return anchor


def _empty(text: str) -> bool:
    return text.strip().lower() in ("", "nan")
