"""The frame around every bench: on what it ran, of which version, and whether its targets are met; as JSON or as tables for people."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from importlib import metadata
from math import exp, sqrt
from pathlib import Path
from typing import Any

import psutil

from engine import __version__
from engine.runtime.inference.kept_trials import processor_name

_PACKAGES = ("numpy", "opencv-python", "av", "onnxruntime", "PySide6", "sqlalchemy", "trackeval", "trackers", "dtaidistance")
ROOT = Path(__file__).resolve().parents[1]
_NOTHING = "–"
_Z = 1.96  # standard deviations to either side of 95 %
Case = dict[str, Any]
"""`{"name", "params", "metrics"}`; metrics are numbers, or None where there was nothing to measure."""


def case(name: str, params: dict[str, Any], metrics: dict[str, Any]) -> Case:
    return {"name": name, "params": params, "metrics": metrics}


def at_most(metric: str, target: float, measured: float | None) -> dict[str, Any]:
    """A target that is met from below; what could not be measured is not met."""
    return {"metric": metric, "target": target, "measured": measured, "met": measured is not None and measured <= target}


def at_least(metric: str, target: float, measured: float | None) -> dict[str, Any]:
    return {"metric": metric, "target": target, "measured": measured, "met": measured is not None and measured >= target}


def above(metric: str, target: float, measured: float | None) -> dict[str, Any]:
    return {"metric": metric, "target": target, "measured": measured, "met": measured is not None and measured > target}


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, Journal of the American Statistical Association 22, 1927); 0 to 1 where nothing was tried."""
    if not of:
        return 0.0, 1.0
    share, spread = hits / of, _Z**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def rate(count: int, hours: float) -> tuple[float, float]:
    """The 95 % interval of events an hour (Garwood, Biometrika 28, 1936); 0 to infinity where nothing was watched."""
    if hours <= 0:
        return 0.0, float("inf")
    low = _poisson_mean(count - 1, 0.975) if count else 0.0
    return low / hours, _poisson_mean(count, 0.025) / hours


def _poisson_mean(most: int, share: float) -> float:
    """Of the Poisson law by which at most so many events have this probability."""
    low, high = 0.0, most + 10.0 * sqrt(most + 1.0) + 10.0
    for _ in range(60):
        middle = (low + high) / 2
        term, total = exp(-middle), 0.0
        for number in range(most + 1):
            total += term
            term *= middle / (number + 1)
        low, high = (middle, high) if total > share else (low, middle)
    return low


def framed(result: dict[str, Any]) -> dict[str, Any]:
    """A bench's result with all that the contract asks for, in its order."""
    head = {"bench": result["bench"], "version": __version__, "machine": machine(), "commit": commit()}
    listed = {name: result.get(name, []) for name in ("cases", "peers", "targets")}
    return head | listed | ({"skipped": result["skipped"]} if "skipped" in result else {})


def machine() -> dict[str, Any]:
    """What figures depend on; nothing that names the machine or its user."""
    return {
        "processor": processor_name() or "unknown",
        "architecture": platform.machine(),
        "cores": usable_cores(),
        "memory_gib": round(psutil.virtual_memory().total / 1024**3, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": dict(_versions()),
        "load_1_min": round(psutil.getloadavg()[0], 2),
    }


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def commit(root: Path = ROOT) -> str | None:
    """Short id of the checkout's commit, with `+` when files differ from it; None for an installed package."""
    if not (root / ".git").exists():
        return None
    known = _git(root, "rev-parse", "--short=12", "HEAD")
    return known and known + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")


def tables(report: dict[str, Any]) -> str:
    """The report for people."""
    about = report["machine"]
    lines = [
        f"bench {report['bench']} · watchroom {report['version']} · commit {report['commit'] or 'unknown'}",
        f"{about['processor']} ({about['architecture']}), {about['cores']} cores, {about['memory_gib']} GiB, {about['system']}, "
        f"Python {about['python']}, load {about['load_1_min']} at the end",
    ]
    for title in ("cases", "peers"):
        for rows in _alike(report[title]):
            lines += ["", *_table([title, *rows[0]["metrics"]], [[row["name"], *row["metrics"].values()] for row in rows])]
    if report["targets"]:
        head = ["targets", "target", "measured", "met"]
        rows = [[t["metric"], t["target"], t["measured"], "yes" if t["met"] else "NO"] for t in report["targets"]]
        lines += ["", *_table(head, rows)]
    return "\n".join(lines)


def as_json(report: dict[str, Any]) -> str:
    return json.dumps(report, indent=1, ensure_ascii=False)


def _alike(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Those with the same metrics together, in the order of their first."""
    groups: dict[tuple[str, ...], list[Case]] = {}
    for row in cases:
        groups.setdefault(tuple(row["metrics"]), []).append(row)
    return iter(groups.values())


def _table(head: list[str], rows: list[list[Any]]) -> list[str]:
    texts = [head, *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(head))]
    lines = [_line(row, widths) for row in texts]
    return [lines[0], "─" * len(lines[0]), *lines[1:]]


def _line(row: list[str], widths: list[int]) -> str:
    """The name to the left, figures to the right."""
    figures = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join([row[0].ljust(widths[0]), *figures])


def _text(cell: Any) -> str:
    if cell is None:
        return _NOTHING
    return f"{cell:,.2f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)


def _versions() -> Iterator[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
