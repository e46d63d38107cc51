"""CSV files of `watchroom bench ble`: anchors, readings, calibration, truth and positions; times in seconds since the first reading."""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.model.errors import EnvironmentFault, InputError
from engine.model.site import Position, check_finite
from engine.radio.ble.fingerprints import Fingerprints

Array = npt.NDArray[np.float64]
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


def read_anchors(path: Path) -> dict[str, Position]:
    anchors: dict[str, Position] = {}
    for line, row in _rows(path, "anchors", ("id", "x", "y", "z")):
        position = (_number(row, "x", "anchors", line), _number(row, "y", "anchors", line), _number(row, "z", "anchors", line))
        check_finite(f"anchors line {line}", position)
        anchors[row["id"].strip()] = position
    if not anchors:
        raise InputError("anchors", f"{path} has no anchor")
    return anchors


def read_readings(path: Path, anchors: Iterable[str]) -> list[Moment]:
    """In order of time. Rows without a strength are left out: the anchor heard nothing."""
    known = set(anchors)
    heard: list[tuple[float, str, str, str, float]] = []
    for line, row in _rows(path, "readings", ("t", "device", "anchor", "rssi")):
        anchor = _known(row, known, "readings", line)
        if _empty(row["rssi"]):
            continue
        heard.append((_seconds(row, "readings", line), row["device"].strip(), row["t"].strip(), anchor, _rssi(row, "readings", line)))
    heard.sort(key=lambda each: each[:2])
    return [
        Moment(device, group[0][2], seconds, {anchor: rssi for *_, anchor, rssi in group})
        for (seconds, device), group in ((key, list(rows)) for key, rows in groupby(heard, key=lambda each: each[:2]))
    ]


def read_calibration(path: Path, anchors: Iterable[str]) -> dict[str, Fingerprints]:
    known = set(anchors)
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for line, row in _rows(path, "calibration", ("t", "anchor", "rssi", "x", "y")):
        anchor = _known(row, known, "calibration", line)
        if not _empty(row["rssi"]):
            place = _number(row, "x", "calibration", line), _number(row, "y", "calibration", line)
            check_finite(f"calibration line {line}", place)
            rows.setdefault(anchor, []).append((*place, _rssi(row, "calibration", line)))
    if not rows:
        raise InputError("calibration", f"{path} has no reading")
    tables = {anchor: np.array(values, float) for anchor, values in rows.items()}
    return {anchor: Fingerprints(table[:, :2], table[:, 2]) for anchor, table in tables.items()}


def read_truth(path: Path) -> dict[str, tuple[Array, Array]]:
    """For every device its times (N,) in seconds, rising, and places (N, 2)."""
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for line, row in _rows(path, "truth", ("t", "device", "x", "y")):
        seconds = _seconds(row, "truth", line)
        rows.setdefault(row["device"].strip(), []).append((seconds, _number(row, "x", "truth", line), _number(row, "y", "truth", line)))
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


def _rows(path: Path, option: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise InputError(option, f"{path} has no column {missing[0]!r}; needed are {', '.join(columns)}")
            for row in reader:
                if any(row[column] is None for column in columns):
                    raise InputError(option, f"{path}, line {reader.line_num}: has fewer columns than the first line")
                yield reader.line_num, row
    except OSError as error:
        raise InputError(option, f"{path} cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(option, f"{path} is no CSV file: {error}") from None


def _number(row: dict[str, str], column: str, option: str, line: int) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(option, f"line {line}: {column} is {row[column][:40]!r}, which is no number")
    return value


def _seconds(row: dict[str, str], option: str, line: int) -> float:
    value = _number(row, "t", option, line)
    return value / next((unit for least, unit in _UNITS if abs(value) >= least), 1.0)


def _rssi(row: dict[str, str], option: str, line: int) -> float:
    value = _number(row, "rssi", option, line)
    if not -140 <= value <= 30:
        raise InputError(option, f"line {line}: rssi {value:g} is outside −140–30 dBm")
    return value


def _known(row: dict[str, str], anchors: set[str], option: str, line: int) -> str:
    anchor = row["anchor"].strip()
    if anchor not in anchors:
        raise InputError(option, f"line {line}: there is no anchor {anchor[:40]!r}")
    return anchor


def _empty(text: str) -> bool:
    return text.strip().lower() in ("", "nan")
