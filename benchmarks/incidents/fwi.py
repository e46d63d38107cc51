"""`bench fwi`: fire weather of a grid of cells, day after day, and how far it is from what xclim answered for the same days."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.report import ROOT, Case, at_least, at_most, case
from engine.fire.fwi import Codes, FireDays, Noon, fire_days
from engine.fire.season import USUAL_START
from engine.model.errors import InputError

KEPT = ROOT / "tests" / "engine" / "fire" / "xclim.npz"
NAMES = ("ffmc", "dmc", "dc", "isi", "bui", "fwi")
FIRST_DAY = np.datetime64("2023-01-01")  # of the answers
DAYS = 30
CELL_DAYS_S, P99, WORST = 1_000_000.0, 0.05, 0.15
Values = npt.NDArray[np.float64]


def run(cells: int = 250_000, answers: Path | None = None) -> dict[str, Any]:
    """
    Args:
        answers: of xclim, as `tests/engine/fire/oracle.py` keeps them; None: those of the checkout.

    Raises InputError: they are not there.
    """
    grids = [_grid("grid", cells, 1), _grid("one site", 1, 20)]
    errors = [_errors(name, answers or KEPT) for name in ("season", "days")]
    worst = max(error["metrics"]["fwi_max"] for error in errors)
    p99 = max(error["metrics"]["fwi_p99"] for error in errors)
    targets = [
        at_least("grid cell_days_s", CELL_DAYS_S, grids[0]["metrics"]["cell_days_s"]),
        at_most("FWI beside xclim, 99 % of days", P99, p99),
        at_most("FWI beside xclim, all days", WORST, worst),
    ]
    return {"bench": "fwi", "cases": [*grids, *errors], "peers": [], "targets": targets}


def _grid(name: str, cells: int, seed: int) -> Case:
    """A month of weather of every cell, each day after the one before; the best of three months counts, as others use the machine too."""
    rng = np.random.default_rng(seed)
    days = [_weather(rng, cells) for _ in range(5)]
    latitude = rng.uniform(-60, 70, cells)
    seconds = min(_month(days, cells, latitude) for _ in range(3))
    return case(name, {"cells": cells, "days": DAYS}, {"cell_days_s": cells * DAYS / seconds, "ms_a_day": seconds * 1e3 / DAYS})


def _month(days: list[Noon], cells: int, latitude: Values) -> float:
    codes = Codes.all_alike(USUAL_START, cells)
    begun_s = time.perf_counter()
    for day in range(DAYS):
        codes = fire_days(codes, days[day % len(days)], 7, latitude).codes
    return time.perf_counter() - begun_s


def _weather(rng: np.random.Generator, cells: int) -> Noon:
    rain = np.where(rng.random(cells) < 0.3, rng.gamma(0.7, 12, cells), 0.0)
    return Noon(rng.normal(18, 10, cells).clip(-40, 50), rng.uniform(5, 100, cells), rng.gamma(2, 8, cells).clip(0, 100), rain)


def _errors(name: str, answers: Path) -> Case:
    """How far each value is from xclim's, over all sites and days."""
    try:
        with np.load(answers, allow_pickle=False) as file:
            kept = {key.removeprefix(f"{name}_"): file[key].astype(np.float64) for key in file.files if key.startswith(f"{name}_")}
    except FileNotFoundError:
        raise InputError(
            "answers", f"{answers} does not exist; it comes with the source, and tests/engine/fire/oracle.py makes it"
        ) from None
    ours = _computed(kept["weather"] / 10, kept["start"], kept["latitude"])
    metrics = {}
    for each in NAMES:
        error = np.abs(ours[each] - kept[each])
        metrics |= {f"{each}_p99": float(np.quantile(error, 0.99)), f"{each}_max": float(error.max())}
    sites, days = kept["fwi"].shape
    return case(f"beside xclim: {name}", {"sites": sites, "days": days}, metrics)


def _computed(weather: Values, start: Values, latitude: Values) -> dict[str, Values]:
    codes, found = Codes(*start), list[FireDays]()
    months = (FIRST_DAY + np.arange(weather.shape[2])).astype("datetime64[M]").astype(np.int64) % 12 + 1
    for place, month in enumerate(months):
        found.append(fire_days(codes, Noon(*weather[:, :, place]), int(month), latitude))
        codes = found[-1].codes
    return {name: np.stack([getattr(day, name) for day in found], axis=1) for name in NAMES}
