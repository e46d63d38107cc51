"""The measured flat of the shared data as the four files of `bench ble`: anchors, readings, calibration, truth.

M. Kolakowski, "Automated Calibration of RSS Fingerprinting Based Systems Using a Mobile Robot and Machine Learning", Sensors 21, 6270
(2021). Its tables have a row per time and a column per anchor; the robot's place is known at
every row, of the walking person only the path.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.ble.files import write_rows
from engine.model.errors import EnvironmentFault, InputError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FlatFiles:
    """`path`: (S, 4) x0, y0, x1, y1 of what the person walked along."""

    anchors: Path
    robot: Path
    walk: Path
    calibration: Path
    truth: Path
    path: Array


def convert(dataset: Path, into: Path) -> FlatFiles:
    """Writes the files into a folder. Raises InputError (field `dataset`) where the data set lacks a file."""
    robot, walk, calibration = (
        list(_table(dataset / name)) for name in ("tests/test_robot_df.csv", "tests/test_walk_df.csv", "calibration/calibration_df.csv")
    )
    made = FlatFiles(
        dataset / "anchors.csv",
        into / "robot.csv",
        into / "walk.csv",
        into / "calibration.csv",
        into / "truth.csv",
        _path(dataset / "tests/path_reference.csv"),
    )
    write_rows(made.robot, ("t", "device", "anchor", "rssi"), _readings(robot, "robot"))
    write_rows(made.walk, ("t", "device", "anchor", "rssi"), _readings(walk, "person"))
    fingerprints = ((t, anchor, rssi, row["x"], row["y"]) for row in calibration for t, anchor, rssi in _heard(row))
    write_rows(made.calibration, ("t", "anchor", "rssi", "x", "y"), fingerprints)
    write_rows(made.truth, ("t", "device", "x", "y"), ((_time(row), "robot", row["x"], row["y"]) for row in robot))
    return made


def distance_to(path: Array, places: Array) -> Array:
    """(N,) metres from each place (N, 2) to the nearest point of the path's segments (S, 4)."""
    start, along = path[:, :2], path[:, 2:] - path[:, :2]
    share = np.clip(((places[:, None] - start) * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-12), 0, 1)
    return np.linalg.norm(places[:, None] - start - share[..., None] * along, axis=-1).min(axis=1)


def _table(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)
    except OSError as error:
        raise InputError("dataset", f"{path} cannot be read: {error.strerror}") from None


def _path(path: Path) -> Array:
    try:
        return np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)
    except (OSError, ValueError) as error:
        raise EnvironmentFault("damaged_data", f"{path} does not hold a path: {error}") from None


def _time(row: dict[str, str]) -> str:
    return f"{float(row['ts']) / 1e9:.3f}"


def _heard(row: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for column, value in row.items():
        if column.startswith("rssi_") and value:
            yield _time(row), column.removeprefix("rssi_"), f"{float(value):.2f}"


def _readings(table: list[dict[str, str]], device: str) -> Iterator[tuple[str, str, str, str]]:
    for row in table:
        for t, anchor, rssi in _heard(row):
            yield t, device, anchor, rssi
