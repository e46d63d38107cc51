"""The demo's world in a process of its own.

To draw four cameras and to work out eight nodes' radio waves takes as much of Python as all that the engine makes of them. In threads of
the engine it would hold the interpreter's lock as often, and the screen's thread waits for that lock at every return from Qt.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from engine.model.errors import EnvironmentFault
from engine.sources.child_process import end_process
from engine.sources.simulated.falls import Fall, FallScript
from engine.sources.simulated.nodes.phones import SimulatedAdvert
from engine.sources.simulated.plan import DEMO, CameraPlan
from engine.sources.simulated.stage import Eye, StageHere
from engine.sources.simulated.waves.air import Air

log = logging.getLogger(__name__)

BEGINS_S = 300.0  # on a machine that is very busy it takes long to begin, and would take longer if it were begun anew
ANSWER_S = 60.0
_NICENESS = 5
GOES_S = 2.0  # a process that does not end by itself is ended
_FRESH = multiprocessing.get_context("spawn")  # a copy of this one would hold its locks and files
_AIR = "air"


class StageProcess:
    """Starts at the first question, and again at the next one after it has died. Any thread; one question at a time of each sensor."""

    def __init__(self, falls: FallScript | None = None) -> None:
        self.falls = falls or FallScript()
        self._canvases = {camera.id: _FRESH.RawArray("B", 3 * camera.size[0] * camera.size[1]) for camera in DEMO.cameras}
        self._sensors = {sensor: threading.Lock() for sensor in (*self._canvases, _AIR)}
        self._lock = threading.Lock()  # guards what follows
        self._process: Any = None
        self._has_answered = False
        self._pipes: dict[str, Connection] = {}
        self._closed = False

    def eye(self, plan: CameraPlan) -> Eye:
        return _FarEye(self, plan)

    def air(self) -> Air:
        return _FarAir(self)

    def close(self) -> None:
        """Whoever asks meanwhile or afterwards gets an EnvironmentFault."""
        with self._lock:
            self._closed = True
            self._end()

    def canvas(self, camera_id: str, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
        """A copy of what was drawn last, (H, W, 3)."""
        width, height = size
        return np.frombuffer(self._canvases[camera_id], np.uint8).reshape(height, width, 3).copy()

    def ask(self, sensor: str, question: tuple[Any, ...]) -> Any:
        """Raises EnvironmentFault: `interrupted`; it ended, and is started again by the next question."""
        with self._sensors[sensor]:
            pipe = self._pipe(sensor)
            try:
                pipe.send((self.falls(), question))
                if not pipe.poll(ANSWER_S if self._has_answered else BEGINS_S):
                    raise EOFError
                answer = pipe.recv()
                self._has_answered = True
            except (EOFError, OSError, ValueError) as error:
                self._forget(pipe)
                raise EnvironmentFault("interrupted", "The process that plays the simulated site has ended.") from error
        if isinstance(answer, _Bug):
            raise RuntimeError(answer.trace)
        return answer

    def _pipe(self, sensor: str) -> Connection:
        with self._lock:
            if self._closed:
                raise EnvironmentFault("interrupted", "The simulated site has been closed.")
            if self._process is None:
                self._start()
            return self._pipes[sensor]

    def _start(self) -> None:
        pairs = {sensor: _FRESH.Pipe() for sensor in self._sensors}
        theirs = {sensor: pair[1] for sensor, pair in pairs.items()}
        process = _FRESH.Process(target=play, args=(theirs, self._canvases), name="simulated-site", daemon=True)
        try:
            process.start()
        except OSError as error:
            for ours, _ in pairs.values():
                ours.close()
            raise EnvironmentFault(
                "no_process", f"The simulated site needs a process of its own, which could not be started ({error})."
            ) from error
        finally:
            for pipe in theirs.values():
                pipe.close()
        self._process, self._has_answered = process, False
        self._pipes = {sensor: pair[0] for sensor, pair in pairs.items()}

    def _forget(self, pipe: Connection) -> None:
        """Its process is of no use any more, unless another sensor has said so before."""
        with self._lock:
            if pipe in self._pipes.values():
                log.warning("the process that plays the simulated site has ended")
                self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        end_process(process, GOES_S)
        self._pipes = {}


class _FarEye:
    def __init__(self, stage: StageProcess, plan: CameraPlan) -> None:
        self._stage, self._plan = stage, plan

    def render(self, t_s: float) -> npt.NDArray[np.uint8]:
        self._stage.ask(self._plan.id, (t_s,))
        return self._stage.canvas(self._plan.id, self._plan.size)


class _FarAir:
    def __init__(self, stage: StageProcess) -> None:
        self._stage = stage

    def frames(self, cell: int, rates_hz: Sequence[float], booted_s: Sequence[float]) -> list[tuple[int, bytes]]:
        return cast(list[tuple[int, bytes]], self._stage.ask(_AIR, ("frames", cell, list(rates_hz), list(booted_s))))

    def phones_heard_by(self, node: int, report: int) -> tuple[SimulatedAdvert, ...]:
        return cast(tuple[SimulatedAdvert, ...], self._stage.ask(_AIR, ("heard", node, report)))


# in that process


class _Bug:
    def __init__(self, trace: str) -> None:
        self.trace = trace


class _Players:
    """Draws and works out as `StageHere` does; each sensor is made at its first question."""

    def __init__(self, canvases: dict[str, Any]) -> None:
        self._stage = StageHere()
        self._canvases = canvases
        self._eyes: dict[str, Eye] = {}
        self._air: Air | None = None

    def answer(self, sensor: str, falls: tuple[Fall, ...], question: tuple[Any, ...]) -> Any:
        for fall in falls[len(self._stage.falls()) :]:  # none is ever taken back
            self._stage.falls.add(fall)
        if sensor == _AIR:
            return self._hear(*question)
        self._draw(sensor, *question)
        return None

    def _draw(self, camera_id: str, t_s: float) -> None:
        if camera_id not in self._eyes:
            plan = DEMO.camera(camera_id)
            assert plan is not None
            self._eyes[camera_id] = self._stage.eye(plan)
        picture = self._eyes[camera_id].render(t_s)
        np.frombuffer(self._canvases[camera_id], np.uint8)[:] = picture.ravel()

    def _hear(self, what: str, *about: Any) -> Any:
        if self._air is None:
            self._air = self._stage.air()
        return self._air.frames(*about) if what == "frames" else self._air.phones_heard_by(*about)


def play(pipes: dict[str, Connection], canvases: dict[str, Any]) -> None:
    """The process's body: until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal goes to both; the other side says when it is over
    if hasattr(os, "nice"):
        os.nice(_NICENESS)  # what makes something of it goes first
    players = _Players(canvases)
    sensors = {pipe: sensor for sensor, pipe in pipes.items()}
    with suppress(EOFError, OSError):
        while True:
            for pipe in cast(list[Connection], wait(list(sensors))):
                falls, question = pipe.recv()
                pipe.send(_answered(players, sensors[pipe], falls, question))


def _answered(players: _Players, sensor: str, falls: tuple[Fall, ...], question: tuple[Any, ...]) -> Any:
    try:
        return players.answer(sensor, falls, question)
    except Exception as error:  # noqa: BLE001 - the top of a process: whoever asked is told
        return _Bug(f"{type(error).__name__}: {error}")
