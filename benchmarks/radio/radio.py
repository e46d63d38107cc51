"""Figures of radio sensing: recordings of nodes and our own room world go through the pipeline, and its blobs are held against the truth.

Every run begins with a pipeline that knows nothing. Frames pass the rules of the node border and are gathered as live ones are; blobs
are those that `/api/blobs` would serve. Peers: a blob that stands in the middle of the room for ever, as presence alone is worth nothing;
and a radio tomographic image, which is told how many people there are.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.radio.captures import EPOCH_NS, Run, TickData, recording, recordings, room
from benchmarks.radio.score import RadioScore, Seen
from benchmarks.radio.seeded import differences, over_seeds, rows_of, targets_of
from benchmarks.radio.tomography import TomographicPeer
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
    cases, peers = [case for case, *_ in scored], [peer for _, *both in scored for peer in both]
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


def run_seeds(seeds: range, words: str | None = None, against: Path | None = None, progress: Progress = lambda _: None) -> dict[str, Any]:
    """The rows over seeds, each held against the peers in the same run.

    Args:
        words: how the names of the rows begin that run; all when None. against: a JSON report of another version over the same seeds.
    Returns:
        As `run`; each case is the mean over seeds with its interval, and each but one against that report.
    Raises:
        InputError: no row begins so (`row`), or the report cannot be read or is of other seeds (`against`).
    """
    cases, peers, targets = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    earlier = _earlier(against) if against is not None else {}
    for row in rows_of(words):
        scored = [_scored(each, told, progress) for each, told in row.runs(seeds)]
        params = {"first_seed": seeds.start, "rssi": not row.flat}
        names = (row.name, f"fixed point, {row.name}", f"tomographic image, {row.name}")
        case, middle, image = (over_seeds(name, params, [one[at]["metrics"] for one in scored]) for at, name in enumerate(names))
        cases.append(case)
        peers += [middle, image]
        targets += targets_of(row, case, middle)
    added = [differences(earlier[case["name"]], case) for case in cases if case["name"] in earlier]
    return {"bench": "radio", "cases": [*cases, *added], "peers": peers, "targets": targets}


def _earlier(report_file: Path) -> dict[str, dict[str, Any]]:
    """Cases by name of a report as `--json` printed it. Raises InputError (`against`)."""
    try:
        return {case["name"]: case for case in json.loads(report_file.read_text())["cases"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("against", f"{report_file} is no report of this bench: {error}") from None


def _rooms(with_rssi: bool, seeds: int) -> Iterator[Run]:
    for seed in range(1, seeds + 1):
        yield room(f"room walk, seed {seed}", with_rssi, seed=seed, duration_s=40.0)
    yield room("room two walkers", with_rssi, seed=101, walkers=2, duration_s=40.0)
    yield room("room fall", with_rssi, seed=102, scenario="fall", duration_s=40.0)
    yield room("room bag", with_rssi, seed=103, scenario="bag", duration_s=40.0)
    yield room("room empty", with_rssi, seed=104, walkers=0, scenario="empty", duration_s=180.0)


def _scored(each: Run, with_rssi: bool, progress: Progress) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Of ours, of the fixed point, and of the tomographic image."""
    progress(each.name)
    ours, null, imaged, middle, image = RadioScore(), RadioScore(), RadioScore(), _middle(each), _image(each)
    fallen: set[str] = set()
    for tick, blobs, events in _through(each):
        ours.tick(tick.t_s, blobs, tick.truth)
        null.tick(tick.t_s, [middle], tick.truth)
        imaged.tick(tick.t_s, image.blobs(tick.t_s, tick.batch), tick.truth)
        fallen |= events
    params = {"recording": each.name, "nodes": len(each.nodes), "walkers": each.walkers, "true_falls": each.falls, "rssi": with_rssi}
    peers = (("fixed point", null), ("tomographic image", imaged))
    point, picture = (report.case(f"{name}, {each.name}", {"recording": each.name}, score.metrics(0)) for name, score in peers)
    return report.case(each.name, params, ours.metrics(len(fallen))), point, picture


def _image(each: Run) -> TomographicPeer:
    """Nodes of our own room have gain control, so that only RSSI tells the level there."""
    places = {node.mac: node.announced for node in each.nodes if node.announced is not None}
    return TomographicPeer(places, each.walkers, by_csi=not any(node.simulated for node in each.nodes))


def _through(each: Run) -> Iterator[tuple[TickData, list[Seen], set[str]]]:
    """Each tick with the pipeline's blobs and the ids of falls."""
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
        yield tick, blobs, falls


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
