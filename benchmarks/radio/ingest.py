"""`bench ingest`: sixteen nodes at 50 Hz over real sockets from another process.

The border alone; the whole engine with radio switched off, as the peer; the whole engine.
"""

import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Never, cast

import numpy as np

from benchmarks import report
from benchmarks.radio import node_load
from console.site import running
from engine.gateway.border.bind import Bind
from engine.gateway.server import GatewayServer
from engine.model.observation import Observation, Tick
from engine.model.radio.radio import CsiBatch
from engine.model.result import StepResult
from engine.model.time import SystemClock
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.engine import Engine
from engine.runtime.local import LocalDoor
from engine.sources.node.firmware import FirmwareStore
from engine.sources.node.hub import NodeHub
from engine.sources.node.pairing import PairingDoor
from engine.sources.node.provisioning import Provisioner
from engine.sources.node.tokens import NodeTokens

TICK_S = 0.1
SETTLE_S = 20.0
SETTLED = 10  # looks in a row
BORDER_CORES = 1.0
TICK_MS = 100.0  # a step takes no longer than a tick


class NoSite:
    """Behind the border alone, where nothing but nodes comes in."""

    def report(self, *_: object) -> Never:
        raise AssertionError("nodes report nothing")


@dataclass(slots=True)
class Watched:
    """What was seen of an engine while the nodes sent. `fed`: whether frames came with the newest tick; others are not counted."""

    frames: int = 0
    taken: int = 0
    shed: float = 0.0
    level: int = 0
    blobs: int = 0
    fed: bool = False
    told: set[str] = field(default_factory=set[str])
    step_ms: list[float] = field(default_factory=list[float])


class _Kept:
    """A secret store for one run."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self._kept.get(key)

    def put(self, key: str, secret: str) -> None:
        self._kept[key] = secret


class _Border:
    """The node border without an engine behind it: frames are gathered, made into batches and dropped."""

    def __init__(self, folder: Path) -> None:
        self.clock = SystemClock()
        tokens, pairing = NodeTokens(_Kept()), PairingDoor(self.clock)
        pairing.open("bench", None)
        self.nodes = NodeHub(self.clock, tokens, pairing)
        self.firmware = FirmwareStore(folder / "firmware", self.clock)
        self.provisioner = Provisioner(tokens)

    def enter(self, token: str) -> Any:
        raise AssertionError("nobody signs in")

    enter_at_once = enter

    def note(self, done: object, outcome: str, by: str) -> None:
        raise AssertionError("nobody signs in")


def run(nodes: int, rate_hz: int, seconds: float, chosen: tuple[str, ...] = ()) -> dict[str, Any]:
    """`chosen`: the names of cases; all when empty."""
    opened: dict[str, Open] = {"border": _border, "engine, radio off": _engine_without, "engine": _engine}
    cases = [_case(name, opened[name], nodes, rate_hz, seconds) for name in (chosen or opened)]
    border, engine = cases[0]["metrics"], cases[-1]["metrics"]
    targets = [
        report.at_most("border: lost_percent", 0.0, border["lost_percent"]),
        report.at_most("border: cores", BORDER_CORES, border["cores"]),
        report.at_most("engine: lost_percent", 0.0, engine["lost_percent"]),
        report.at_most("engine: step_p99_ms", TICK_MS, engine["step_p99_ms"]),
    ]
    return {"bench": "ingest", "cases": cases, "targets": targets}


Open = Callable[[Path, Watched], Any]


def _case(name: str, opened: Open, nodes: int, rate_hz: int, seconds: float) -> report.Case:
    watched = Watched()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "data", watched) as (url, settled):
        load = node_load.start(url, nodes, rate_hz, seconds)
        began_s, cpu_s = time.perf_counter(), time.process_time()
        sent = node_load.result(load, seconds)
        cores = (time.process_time() - cpu_s) / (time.perf_counter() - began_s)
        _wait(settled)
    steps = np.array(watched.step_ms or [np.nan])
    metrics = {
        "sent_hz": round(sent.frames / sent.seconds, 1),
        "lost_percent": round(100 * (1 - watched.frames / sent.frames), 4),
        "shed_percent": round(100 * watched.shed / sent.frames, 4),
        "shed_level": watched.level,
        "taken": watched.taken,
        "cores": round(cores, 3),
        "step_median_ms": _figure(np.median(steps)),
        "step_p99_ms": _figure(np.percentile(steps, 99)),
        "sender_late_ms": sent.late_ms,
        "sender_cores": sent.cores,
        "ticks": len(watched.step_ms),
        "ticks_with_blobs": watched.blobs,
        "told": sorted(watched.told),
    }
    return report.case(name, {"nodes": nodes, "rate_hz": rate_hz, "seconds": seconds}, metrics)


def _figure(value: Any) -> float | None:
    return None if np.isnan(value) else round(float(value), 3)


def _wait(settled: Callable[[], bool]) -> None:
    """Until what was sent has been taken in, and nothing more comes."""
    end_s, calm = time.monotonic() + SETTLE_S, 0
    while calm < SETTLED and time.monotonic() < end_s:
        calm = calm + 1 if settled() else 0
        time.sleep(TICK_S)


@contextmanager
def _border(folder: Path, watched: Watched) -> Iterator[tuple[str, Callable[[], bool]]]:
    folder.mkdir()
    door, stop = _Border(folder), threading.Event()

    def drain() -> None:
        while not stop.wait(TICK_S):
            began_s = time.perf_counter()
            batches = [each for each in door.nodes.drain(door.clock.now_ns()) if isinstance(each, CsiBatch)]
            watched.step_ms.append(1000 * (time.perf_counter() - began_s))
            watched.taken += sum(map(len, batches))
            watched.shed += sum(batch.shed for batch in batches)
            watched.level = max(watched.level, door.nodes.shed_level)
            watched.frames = sum(view.frames for view in door.nodes.views())

    server = GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), Bind(), "bench", door)
    thread = threading.Thread(target=drain, name="drain")
    server.start()
    thread.start()
    try:
        yield server.url, lambda: watched.taken + watched.shed >= watched.frames > 0
    finally:
        stop.set()
        thread.join()
        server.stop()


@contextmanager
def _engine(folder: Path, watched: Watched) -> Iterator[tuple[str, Callable[[], bool]]]:
    with running(folder, Bind(), CommandLineSettings(pairing_open=True), gateway_needed=True) as site:
        _watch(site.engine, watched)
        yield site.url, lambda: watched.taken + watched.shed >= watched.frames > 0


@contextmanager
def _engine_without(folder: Path, watched: Watched) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Frames are received, gathered and kept in the journal; nothing is made of them."""
    with running(folder, Bind(), CommandLineSettings(pairing_open=True), gateway_needed=True) as site:
        engine = site.engine
        engine.change_settings(replace(engine.settings, radio=replace(engine.settings.radio, enabled=False)), "bench")
        _watch(engine, watched)
        yield site.url, lambda: watched.taken + watched.shed >= watched.frames > 0


def _kind(sentence: str) -> str:
    """Without its figures, which change from second to second."""
    return re.sub(r"\d[\d.]*", "N", sentence)


def _watch(engine: Engine, watched: Watched) -> None:
    """Look over the engine thread's shoulder: what it gathers before a tick, and how long the tick took."""
    radio = engine.radio
    gather, take = radio.gather, radio.on_step

    def gathered(now_ns: int) -> Sequence[Observation]:
        observations = gather(now_ns)
        batches = [each for each in observations if isinstance(each, CsiBatch)]
        watched.taken += sum(map(len, batches))
        watched.shed += sum(batch.shed for batch in batches)
        watched.level = max(watched.level, radio.hub.shed_level)
        watched.frames = sum(view.frames for view in radio.hub.views())
        watched.fed = bool(batches)
        return observations

    def taken(result: StepResult, observation: Observation) -> None:
        take(result, observation)
        if isinstance(observation, Tick) and watched.fed:
            watched.step_ms.append(radio.step_ms)
            watched.blobs += bool(result.radio is not None and result.radio.blobs)
            watched.told.update(_kind(sentence) for sentence in engine.condition.vitals.health.troubles)

    engine.core.gather = gathered
    radio.on_step = taken  # type: ignore[method-assign]
