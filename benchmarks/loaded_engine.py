"""The real engine with its gateway as a process of its own, so that its memory and processor time are its alone.

Run as a module it is that process: settings as JSON in its only argument, figures as one JSON line on stdout when it is done.
"""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from engine.model.errors import EnvironmentFault

_SAMPLE_S = 0.5
_START_S = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """What the engine is to watch, and for how long. `cameras`: (name, address) each; `data`: its folder."""

    data: str
    cameras: tuple[tuple[str, str], ...]
    warm_up_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the process measured between `from_ns` and `to_ns` of the engine's clock.

    Attributes:
        cpu_s: processor time by kind of thread; `native` are threads that are not Python's.
        memory_mib: resident, largest in the window. growth_mib: from its first to its last sample.
        threads, files: at the end. troubles: sentences of the health page at the end, errors included.
        health: figures of each camera's own health value at the end.
    """

    from_ns: int
    to_ns: int
    cpu_s: dict[str, float]
    memory_mib: float
    growth_mib: float
    threads: int
    files: int
    detector: str
    inference_ms: float
    backlog: int
    troubles: list[str]
    health: dict[str, dict[str, Any]]

    @property
    def seconds(self) -> float:
        return (self.to_ns - self.from_ns) / 1e9


def run_load(load: Load) -> Loaded:
    """Start the process and wait for its figures. Raises EnvironmentFault with its last words where it fails."""
    if getattr(sys, "frozen", False):
        raise EnvironmentFault("bundled", "This bench starts an engine as a process of its own and runs from an installation only.")
    command = [sys.executable, "-m", "benchmarks.loaded_engine", json.dumps(asdict(load))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_START_S + load.warm_up_s + load.seconds, cwd=_root())
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise EnvironmentFault("engine_failed", f"The engine to be measured did not run: {last}")
    return Loaded(**json.loads(lines[-1]))


def _root() -> Path:
    """From where `-m console…` finds this very code."""
    return Path(__file__).resolve().parents[1]


def serve(load: Load) -> Loaded:
    """In the measured process: run the engine, watch it, stop it."""
    from console.commands.engine import added_cameras
    from console.site import running
    from engine.gateway.border.bind import Bind

    added = added_cameras([f"{name}={url}" for name, url in load.cameras], demo=False)
    with running(Path(load.data), Bind.parse("127.0.0.1:0"), added, gateway_needed=True) as site:
        time.sleep(load.warm_up_s)
        return _watch(site.engine, load.seconds)


def _watch(engine: Any, seconds: float) -> Loaded:
    process = psutil.Process()
    from_ns, before = engine.clock.now_ns(), _cpu_by_thread(process)
    memory = [process.memory_info().rss]
    end_s = time.monotonic() + seconds
    while (left_s := end_s - time.monotonic()) > 0:
        time.sleep(min(_SAMPLE_S, left_s))
        memory.append(process.memory_info().rss)
    to_ns, after = engine.clock.now_ns(), _cpu_by_thread(process)
    snapshot = engine.snapshot(with_users=False)
    health = snapshot.health
    return Loaded(
        from_ns,
        to_ns,
        {name: round(spent - before.get(name, 0.0), 3) for name, spent in after.items()},
        round(max(memory) / 1024**2, 1),
        round((memory[-1] - memory[0]) / 1024**2, 1),
        process.num_threads(),
        process.num_fds() if os.name == "posix" else process.num_handles(),
        health.detector.name,
        round(health.detector.inference_ms, 2),
        health.writer_backlog,
        [*health.troubles, *(f"{note.component}: {note.message}" for note in health.errors)],
        {view.settings.name: _figures(view.health) for view in snapshot.cameras},
    )


def _figures(health: Any) -> dict[str, Any]:
    return {
        "state": health.state.value,
        "fps": round(health.fps, 2),
        "detector_hz": round(health.detector_hz, 2),
        "latency_ms": round(health.latency_ms, 2),
        "pictures": health.pictures,
        "reconnects": health.reconnects,
    }


def _cpu_by_thread(process: psutil.Process) -> dict[str, float]:
    names = {thread.native_id: _kind(thread.name) for thread in threading.enumerate()}
    spent: dict[str, float] = {}
    for thread in process.threads():
        kind = names.get(thread.id, "native")
        spent[kind] = spent.get(kind, 0.0) + thread.user_time + thread.system_time
    return spent


def _kind(name: str) -> str:
    """`capture-yard` → `capture`: one line for all threads of a kind."""
    return "sampler" if name == "MainThread" else next((kind for kind in ("capture", "infer") if name.startswith(f"{kind}-")), name)


def main(argument: str) -> None:
    given = json.loads(argument)
    given["cameras"] = tuple((name, url) for name, url in given["cameras"])
    print(json.dumps(asdict(serve(Load(**given)))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
