"""Recordings of nodes (`NAME.frames.gz`, `.messages.jsonl.gz`, `.truth.csv.gz`) and runs of the room world, as what the engine takes in."""

import csv
import gzip
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.radio.reflection_world import ReflectionCase, reflection_run
from engine.model.errors import InputError
from engine.model.radio.radio import CsiBatch, NodeChanged, NodeState
from engine.model.site import Position, read_mac
from engine.model.time import SECOND
from engine.sources.node.collector import FrameCollector
from engine.sources.node.frame import refusal
from engine.sources.simulated.waves.batches import room_batches, room_positions

TICK_S = 0.1
EPOCH_NS = 1_767_225_600 * SECOND
FLAT_RSSI_DBM = -50
_RECORD = struct.Struct("<dH")
_RSSI_AT = 20
_LEAD_S = 0.05  # the simulator's first frame comes so long after its start, at most 0.06 s
_ALL_AT_ONCE = 100_000

Truth = tuple[Position, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TickData:
    """One tick: when (ns), seconds since the start, what arrived before it, and where everybody is."""

    now_ns: int
    t_s: float
    batch: CsiBatch | None
    truth: Truth


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What the engine is told of a room with nodes. `walkers`: how many there are, `falls`: how often somebody falls."""

    name: str
    nodes: tuple[NodeChanged, ...]
    walkers: int
    falls: int
    ticks: Iterator[TickData]


def recordings(folder: Path) -> list[str]:
    """Names of the recordings in a folder. Raises InputError when it has none."""
    names = sorted(path.name.removesuffix(".frames.gz") for path in folder.glob("*.frames.gz"))
    if not names:
        raise InputError("captures", f"{folder} holds no NAME.frames.gz")
    return names


def recording(folder: Path, name: str, with_rssi: bool) -> Run:
    """A recording through the node border's own rules. Raises InputError (field `captures`) when a file is damaged."""
    try:
        frames = list(_frames(gzip.decompress((folder / f"{name}.frames.gz").read_bytes())))
        messages = gzip.decompress((folder / f"{name}.messages.jsonl.gz").read_bytes()).decode().splitlines()
        hellos = [message for message in (json.loads(line)["message"] for line in messages) if message.get("type") == "hello"]
        truth = _truth(gzip.decompress((folder / f"{name}.truth.csv.gz").read_bytes()).decode().splitlines())
    except (OSError, EOFError, ValueError, KeyError, struct.error) as error:
        raise InputError("captures", f"{name} cannot be read: {error}") from None
    return Run(
        name=name,
        nodes=tuple(_node(hello) for hello in hellos),
        walkers=len(truth),
        falls=sum(bool(rows[:, 3].max() - rows[:, 3].min() > 1.0) for rows in truth.values()),
        ticks=_ticks(frames, truth, with_rssi),
    )


def reflected(case: ReflectionCase, seed: int, with_rssi: bool) -> Run:
    """A made-up run in the manner of the recordings, by the same way into the engine."""
    made = reflection_run(case, seed)
    nodes = tuple(NodeChanged(EPOCH_NS, mac, NodeState.ONLINE, place, 6) for mac, place in made.nodes.items())
    return Run(f"{case.name}, seed {seed}", nodes, case.walkers, 0, _ticks(made.frames, made.truth, with_rssi))


def room(name: str, with_rssi: bool = True, **options: Any) -> Run:
    """A run of our own room world (static path, scattering, walls, noise, gain control); options as of `room_batches`."""
    places = room_positions(options.get("space", "5x5x2.5"), options.get("nodes", 4))
    nodes = tuple(NodeChanged(EPOCH_NS, mac, NodeState.ONLINE, place, 6, simulated=True) for mac, place in places.items())
    falls = int(options.get("scenario") == "fall")
    return Run(name, nodes, options.get("walkers", 1), falls, _room_ticks(with_rssi, options))


def _room_ticks(with_rssi: bool, options: Mapping[str, Any]) -> Iterator[TickData]:
    for number, step in enumerate(room_batches(**options), start=1):
        batch = step.batch if with_rssi else _flat(step.batch)
        yield TickData(step.now_ns, number * TICK_S, batch, tuple(someone.position for someone in step.truth))


def _frames(data: bytes) -> Iterator[tuple[float, bytes]]:
    at = 0
    while at < len(data):
        arrival_s, size = _RECORD.unpack_from(data, at)
        at += _RECORD.size + size
        yield arrival_s, data[at - size : at]


def _truth(lines: list[str]) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """Rows t (s), x, y, z of each walker."""
    rows: dict[str, list[list[float]]] = {}
    for row in csv.DictReader(lines):
        rows.setdefault(row["walker_id"], []).append([float(row["timestamp_ms"]) / 1000, *(float(row[axis]) for axis in "xyz")])
    return {walker: np.array(each) for walker, each in rows.items()}


def _node(hello: Mapping[str, Any]) -> NodeChanged:
    place = tuple(float(hello[f"pos_{axis}"]) for axis in "xyz") if "pos_x" in hello else None
    announced = (place[0], place[1], place[2]) if place else None
    return NodeChanged(EPOCH_NS, read_mac(hello["mac"]), NodeState.ONLINE, announced, int(hello.get("ap_channel", 6)))


def _ticks(frames: list[tuple[float, bytes]], truth: Mapping[str, Any], with_rssi: bool) -> Iterator[TickData]:
    """Ten a second of the arrival times. The truth's clock starts with the simulator, just before the first frame."""
    start_s, collector, at = frames[0][0] - _LEAD_S, FrameCollector(_ALL_AT_ONCE), 0
    for number in range(1, int((frames[-1][0] - start_s) / TICK_S) + 1):
        now_s = start_s + number * TICK_S
        while at < len(frames) and frames[at][0] <= now_s:
            frame = frames[at][1] if with_rssi else _without_rssi(frames[at][1])
            if refusal(frame) is None and frame[_RSSI_AT + 3]:
                collector.add(frame, EPOCH_NS + round(frames[at][0] * SECOND))
            at += 1
        now_ns = EPOCH_NS + round(now_s * SECOND)
        yield TickData(now_ns, number * TICK_S, collector.drain(now_ns)[0], _at(truth, number * TICK_S))


def _at(truth: Mapping[str, Any], t_s: float) -> Truth:
    rows = [each[int(np.abs(each[:, 0] - t_s).argmin())] for each in truth.values()]
    return tuple((float(row[1]), float(row[2]), float(row[3])) for row in rows)


def _without_rssi(frame: bytes) -> bytes:
    return frame[:_RSSI_AT] + bytes([FLAT_RSSI_DBM & 0xFF]) + frame[_RSSI_AT + 1 :]


def _flat(batch: CsiBatch) -> CsiBatch:
    return replace(batch, rssi_dbm=np.full(len(batch), FLAT_RSSI_DBM, np.int8))
