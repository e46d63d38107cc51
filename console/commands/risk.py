"""`watchroom risk backtest FILE.csv`: how right forecasts of incidents would have been, day by day, beside maps that are plain to see."""

import argparse
import json
from pathlib import Path
from typing import Any

from console.help.help_texts import add_action
from console.skipped import Skipped
from engine.model.errors import InputError
from engine.model.risk.risk import RiskSettings
from engine.risk.backtest import SHARES, AreaResult, Backtest, backtest
from engine.risk.forecast_table import Columns, Table, read_table
from engine.risk.grid import Grid
from engine.risk.scoring import Compared, Measured


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    test = add_action(actions, "backtest", "forecast every day of a table of incidents from the days before it, and score that")
    test.add_argument("file", type=Path, metavar="FILE", help="CSV with a header, one incident a line")
    test.add_argument("--time", default="", metavar="COL", help="column of times (default: found by usual names)")
    test.add_argument("--lat", default="", metavar="COL", help="column of latitudes, degrees")
    test.add_argument("--lon", default="", metavar="COL", help="column of longitudes, degrees")
    test.add_argument("--category", default="", metavar="COL", help="column of categories (may be missing)")
    test.add_argument("--tz", default="UTC", metavar="ZONE", help="zone of days, and of times that name none (default %(default)s)")
    test.add_argument("--cell", type=float, default=250.0, metavar="M", help="edge of a cell, metres (default %(default)g)")
    test.add_argument("--json", action="store_true", help="print one JSON document instead of tables")


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError naming what is wrong with the file or an option."""
    columns = Columns(parsed.time, parsed.lat, parsed.lon, parsed.category, parsed.tz)
    grid = _grid(parsed.cell)
    table = read_table(parsed.file, columns)
    skipped = Skipped()
    for line, why in table.left_out:
        skipped.add(parsed.file, line, why)
    skipped.tell()
    try:
        found = backtest(grid, table.incidents)
    except InputError as error:
        raise InputError("cell" if error.field == "cell_m" else error.field, error.message) from error
    print(json.dumps(as_plain(table, found, parsed.cell) | {"skipped": skipped.plain()}) if parsed.json else backtest_report(table, found))
    return 0


def as_plain(table: Table, found: Backtest, cell_m: float) -> dict[str, Any]:
    """The JSON document of docs/benchmarks.md; rates are shares of 1, intervals 95 %, bootstrap over days."""
    return {
        "days": found.days,
        "incidents": found.incidents,
        "burn_in_days": found.burn_in,
        "cell_m": cell_m,
        "area": {"what": "box around all incidents of the file", "cells": found.box.cells},
        "shares": _shares(found.box),
        "peers": _peers(found.box),
        "other_areas": {
            "box_of_burn_in": {"cells": found.box_of_burn_in.cells} | _both(found.box_of_burn_in),
            "cells_ever": {"cells": found.cells_ever.cells} | _both(found.cells_ever),
        },
        "columns": {
            "time": table.columns.time,
            "lat": table.columns.lat,
            "lon": table.columns.lon,
            "category": table.columns.category or None,
        },
        "tz": table.columns.zone,
        "first_day": table.first.isoformat(),
        "rows_without_place": table.without_place,
        "kernels": [
            {
                "bandwidth_m": kernel and kernel.bandwidth_m,
                "days": kernel.days if kernel and kernel.fades else None,
                "weight": round(weight, 4),
            }
            for kernel, weight in found.weights
        ],
        "smoothing": round(found.smoothing, 3),
    }


def _both(area: AreaResult) -> dict[str, Any]:
    return {"shares": _shares(area), "peers": _peers(area)}


def _shares(area: AreaResult) -> dict[str, Any]:
    return {f"{share:g}": _measured(measured) for share, measured in area.shares.items()}


def _peers(area: AreaResult) -> dict[str, Any]:
    return {name: {f"{share:g}": _compared(found) for share, found in by_share.items()} for name, by_share in area.peers.items()}


def _measured(measured: Measured) -> dict[str, Any]:
    return {
        "hit": round(measured.hit, 4),
        "pai": round(measured.pai, 3),
        "pei": round(measured.pei, 4),
        "ci95": [round(measured.low, 4), round(measured.high, 4)],
    }


def _compared(found: Compared) -> dict[str, Any]:
    ahead = {"ahead": round(found.ahead, 4), "ahead_ci95": [round(found.ahead_low, 4), round(found.ahead_high, 4)]}
    return _measured(found.measured) | ahead


def backtest_report(table: Table, found: Backtest) -> str:
    left = f", {table.without_place} rows without a place left out" if table.without_place else ""
    lines = [
        f"{found.incidents} incidents on {found.days} days, after {found.burn_in} days to learn from, "
        f"in {found.box.cells} cells around all incidents{left}.",
        "Share of each next day's incidents in the riskiest part of the area (95 % interval):",
        "",
        f"{'':12}" + "".join(f"{share:>26.0%}" for share in SHARES),
        f"{'forecast':12}" + "".join(f"{m.hit:.3f} ({m.low:.3f}–{m.high:.3f})".rjust(26) for m in found.box.shares.values()),
    ]
    lines += [f"{name:12}" + "".join(_beside(peer).rjust(26) for peer in by_share.values()) for name, by_share in found.box.peers.items()]
    return "\n".join([*lines, "", "In brackets after peers: how far the forecast is ahead of them, where that is sure; = where it is not."])


def _beside(peer: Compared) -> str:
    is_sure = peer.ahead_low > 0 or peer.ahead_high < 0
    return f"{peer.measured.hit:.3f} " + (f"({peer.ahead_low:+.3f} to {peer.ahead_high:+.3f})" if is_sure else "(=)")


def _grid(cell_m: float) -> Grid:
    try:
        return Grid(RiskSettings(cell_m=cell_m).cell_m)
    except InputError as error:
        raise InputError("cell", error.message) from error
