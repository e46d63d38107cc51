"""Providers tried in a process of their own: a driver that crashes takes that one along, and not the engine."""

import multiprocessing
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol, cast

from engine.inference.provider import Provider
from engine.inference.trial import Trial, TrialQuestion, answer
from engine.sources.child_process import end_process
from engine.vision.manifest import DETECTOR, FACE_RECOGNITION, POSE_DETECTION, POSE_LANDMARKS, REID

LONGEST_S = 180.0  # TensorRT builds its engine first
_GOES_S = 2.0
_LOOKS_S = 0.2
_FRESH = multiprocessing.get_context("spawn")  # a copy of this one would hold its locks and files
ROLES = (DETECTOR, REID, FACE_RECOGNITION, POSE_DETECTION, POSE_LANDMARKS)
"""Of models that are tried: voice is too small for it, faces are found by OpenCV."""
_LARGE_PIXELS = frozenset({"yolox", "sface", "mobilefacenet"})  # adapters whose networks take 0–255


class Stopping(Protocol):
    """An event, or a job that may be cancelled."""

    def is_set(self) -> bool: ...


def scale_of(adapter: str) -> float:
    return 255.0 if adapter in _LARGE_PIXELS else 1.0


def providers_here(stopping: Stopping) -> tuple[Provider, ...]:
    """Besides the CPU; none where even looking for them fails."""
    found = _ask(None, stopping)
    return cast(tuple[Provider, ...], found) if isinstance(found, tuple) else ()


def tried(path: Path, provider: Provider, scale: float, stopping: Stopping) -> Trial | None:
    """None: stopped meanwhile."""
    found = _ask(TrialQuestion(path, provider, scale), stopping)
    if found is None or isinstance(found, Trial):
        return found
    return Trial(provider, refusal=f"{provider.label} {found} while it was tested.")


def _ask(question: TrialQuestion | None, stopping: Stopping) -> Any:
    """What the process says; how it ended, where it said nothing; None where `stopping` came first."""
    ours, theirs = _FRESH.Pipe()
    process = _FRESH.Process(target=answer, args=(theirs, question), name="provider-trial", daemon=True)
    try:
        process.start()
    except OSError:
        return "could not be started"
    finally:
        theirs.close()
    try:
        return _receive(ours, stopping)
    finally:
        ours.close()
        end_process(process, _GOES_S)


def _receive(pipe: Connection, stopping: Stopping) -> Any:
    until_s = time.monotonic() + LONGEST_S
    try:
        while not pipe.poll(_LOOKS_S):
            if stopping.is_set():
                return None
            if time.monotonic() > until_s:
                return "took too long"
        return pipe.recv()
    except (EOFError, OSError):
        return "crashed"
