"""Figures of radio sensing: recordings of nodes and our own room world go through the pipeline, and its blobs are held against the truth.

Every run begins with a pipeline that knows nothing. Frames pass the rules of the node border and are gathered as live ones are; blobs
are those that `/api/blobs` would serve. The peer is a blob that stands in the middle of the room for ever: presence alone is worth nothing.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.radio.captures import EPOCH_NS, Run, recording, recordings, room
from benchmarks.radio.score import RadioScore, Seen
from benchmarks.radio.seeded import ROWS, over_seeds, seeds_of, targets_of
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.observation import EngineStarted, Numbered, Observation, SettingsChanged, Tick
from engine.model.settings import Settings
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker

_FOUR_ONE = {"presence": 0.95, "median_m": 0.5, "p90_m": 1.2}
_FLAT = {"presence": 0.9, "median_m": 0.7}
Progress = Callable[[str], None]


def run(captures: Path, with_rssi: bool, world: bool, seeds: int = 20, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Score every recording of a folder, and with `world` runs of our own room as well (two minutes).

    Returns:
        `{"bench", "cases", "peers", "targets", "skipped"}` of the bench contract; damaged recordings are named under `skipped`.
    Raises:
        InputError: the folder holds no recording that can be read.
    """
    runs, skipped = _read_all(captures, with_rssi)
    scored = [_scored(each, with_rssi, progress) for each in (*runs, *(_rooms(with_rssi, seeds) if world else ()))]
    cases, peers = [case for case, _ in scored], [peer for _, peer in scored]
    found = {"bench": "radio", "cases": cases, "peers": peers, "targets": list(_targets(cases, with_rssi))}
    return found | ({"skipped": skipped} if skipped else {})


def _read_all(captures: Path, with_rssi: bool) -> tuple[list[Run], list[str]]:
    runs: list[Run] = []
    skipped: list[str] = []
    for name in recordings(captures):
        try:
            runs.append(recording(captures, name, with_rssi))
        except InputError as error:
            skipped.append(str(error))
    if not runs:
        raise InputError("captures", "; ".join(skipped))
    return runs, skipped


def run_seeds(held_out: bool, seeds: int, progress: Progress = lambda _: None) -> dict[str, Any]:
    """The rows over seeds, each held against the fixed point in the same run.

    Returns:
        As `run`; each case is the mean over seeds with its interval.
    """
    cases, peers, targets = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for row in ROWS:
        both = [_scored(each, told, progress) for each, told in row.runs(seeds_of(held_out, seeds))]
        params = {"held_out": held_out, "rssi": not row.flat}
        case, peer = (over_seeds(name, params, [pair[at]["metrics"] for pair in both]) for at, name in _both_names(row.name))
        cases.append(case)
        peers.append(peer)
        targets += targets_of(row, case, peer)
    return {"bench": "radio", "cases": cases, "peers": peers, "targets": targets}


def _both_names(name: str) -> tuple[tuple[int, str], tuple[int, str]]:
    return (0, name), (1, f"fixed point, {name}")


def _rooms(with_rssi: bool, seeds: int) -> Iterator[Run]:
    for seed in range(1, seeds + 1):
        yield room(f"room walk, seed {seed}", with_rssi, seed=seed, duration_s=40.0)
    yield room("room two walkers", with_rssi, seed=101, walkers=2, duration_s=40.0)
    yield room("room fall", with_rssi, seed=102, scenario="fall", duration_s=40.0)
    yield room("room bag", with_rssi, seed=103, scenario="bag", duration_s=40.0)
    yield room("room empty", with_rssi, seed=104, walkers=0, scenario="empty", duration_s=180.0)


def _scored(each: Run, with_rssi: bool, progress: Progress) -> tuple[dict[str, Any], dict[str, Any]]:
    progress(each.name)
    score, null, falls, middle = RadioScore(), RadioScore(), 0, _middle(each)
    fallen: set[str] = set()
    for t_s, blobs, events, truth in _through(each):
        score.tick(t_s, blobs, truth)
        null.tick(t_s, [middle], truth)
        fallen |= events
        falls = len(fallen)
    params = {"recording": each.name, "nodes": len(each.nodes), "walkers": each.walkers, "true_falls": each.falls, "rssi": with_rssi}
    null_case = report.case(f"fixed point, {each.name}", {"recording": each.name}, null.metrics(0))
    return report.case(each.name, params, score.metrics(falls)), null_case


def _through(each: Run) -> Iterator[tuple[float, list[Seen], set[str], tuple[tuple[float, float, float], ...]]]:
    """The pipeline's blobs and the ids of falls, tick by tick."""
    pipeline, number = Pipeline(Tracker), 0

    def step(observation: Observation, now_ns: int) -> Any:
        nonlocal number
        number += 1
        return pipeline.step(Numbered(number, now_ns, observation))

    step(EngineStarted(EPOCH_NS, "bench"), EPOCH_NS)
    step(SettingsChanged(EPOCH_NS, Settings()), EPOCH_NS)
    for node in each.nodes:
        step(node, EPOCH_NS)
    for tick in each.ticks:
        if tick.batch is not None:
            step(tick.batch, tick.now_ns)
        result = step(Tick(tick.now_ns), tick.now_ns)
        blobs = [Seen(blob.id, blob.position, blob.covariance) for blob in result.radio.blobs] if result.radio else []
        falls = {event.id for event in result.events if event.kind is EventKind.FALL}
        yield tick.t_s, blobs, falls, tick.truth


def _middle(each: Run) -> Seen:
    places = np.array([node.announced for node in each.nodes if node.announced is not None]).reshape(-1, 3)
    x, y, z = ((places.min(axis=0) + places.max(axis=0)) / 2).tolist() if len(places) else (0.0, 0.0, 0.0)
    return Seen("middle", (x, y, z))


def _targets(cases: list[dict[str, Any]], with_rssi: bool) -> Iterator[dict[str, Any]]:
    for case in cases:
        name, params, metrics = case["name"], case["params"], case["metrics"]
        if name.startswith("room"):
            continue
        if params["walkers"] == 0:
            yield report.at_most(f"{name}: false_blobs_per_min", 0, metrics["false_blobs_per_min"])
        elif params["nodes"] == 2:
            if with_rssi:
                yield report.at_least(f"{name}: presence", 0.8, metrics["presence"])
        else:
            yield from _of_walkers(name, params, metrics, _FOUR_ONE if with_rssi else _FLAT)
    yield from _of_rooms([case for case in cases if case["name"].startswith("room")])


def _of_walkers(name: str, params: dict[str, Any], metrics: dict[str, Any], limits: dict[str, float]) -> Iterator[dict[str, Any]]:
    yield report.at_least(f"{name}: presence", limits["presence"], metrics["presence"])
    if params["walkers"] > 1:
        yield report.at_most(f"{name}: median_m", 0.8, metrics["median_m"])
        return
    for metric in ("median_m", "p90_m"):
        if metric in limits:
            yield report.at_most(f"{name}: {metric}", limits[metric], metrics[metric])
    if params["true_falls"] and params["rssi"]:  # without RSSI nothing at all is received of who lies on the floor
        yield report.at_least(f"{name}: falls", params["true_falls"], metrics["falls"])


def _of_rooms(rooms: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    walks = [case["metrics"]["median_m"] for case in rooms if case["name"].startswith("room walk")]
    if walks:
        found = [each for each in walks if each is not None]
        yield report.at_most("room walk: median over seeds of median_m", 0.6, float(np.median(found)) if found else None)
    for case in rooms:
        if case["name"] == "room empty":
            yield report.at_most("room empty: false_blobs_per_min", 1 / 60, case["metrics"]["false_blobs_per_min"])
