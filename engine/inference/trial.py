"""Whether a provider gives what the CPU gives, and how long it takes. Asked in a process of its own: `answer` is its body."""

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from engine.inference.provider import CPU, Provider, available
from engine.inference.runner import Blob, Runner, Tensor, open_runner
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Floats
from engine.model.value_class import dataclass

TOLERANCE = 0.01
"""Of every number of every output: this much, or this share of it. A score moves by a hundredth at most, an edge of a box by as little."""
_LONGEST_S = 0.5
_LEAST_RUNS, _MOST_RUNS = 5, 40
_BUSY = 1.5  # times the processor time that one waits for it
_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """Attributes:
    ms: of a run, where nothing else has to be done. processor_ms: of all threads that work for it.
    deviation: the largest from the CPU, in the measure of `TOLERANCE`. refusal: why it is not used, as a sentence; empty where it is.
    """

    provider: Provider
    ms: float = 0.0
    processor_ms: float = 0.0
    deviation: float = 0.0
    refusal: str = ""
    busy: bool = False  # the machine was: `ms` of a device says nothing, and is measured again


@dataclass(frozen=True, slots=True)
class TrialQuestion:
    """`scale`: the largest number that a pixel has for this network."""

    path: Path
    provider: Provider
    scale: float


def answer(pipe: Connection, question: TrialQuestion | None) -> None:
    """The trial, or where no question is asked, what providers there are."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(_NICENESS)
    pipe.send(available() if question is None else try_provider(question))
    pipe.close()


def try_provider(question: TrialQuestion) -> Trial:
    provider = question.provider
    reference = open_runner(question.path, CPU)
    feeds = [_feed(reference.inputs, question.scale, turn) for turn in range(2)]
    try:
        runner = open_runner(question.path, provider)
    except EnvironmentFault as fault:
        return Trial(provider, refusal=str(fault))
    deviation = max(_deviation(reference.run(feed), runner.run(feed)) for feed in feeds)
    if not deviation <= TOLERANCE:
        return Trial(provider, deviation=deviation, refusal=f"{provider.label} gives other results than the CPU.")
    waited_ms, processor_ms = measure(runner, feeds[0])
    if provider.on_cpu:  # who waits for a core that others use waits longer, and all providers of the CPU do
        return Trial(provider, processor_ms / provider.threads, processor_ms, deviation)
    cpu_waited_ms, cpu_processor_ms = measure(reference, feeds[0])
    return Trial(provider, waited_ms, processor_ms, deviation, busy=cpu_waited_ms > _BUSY * cpu_processor_ms)


def measure(runner: Runner, feed: Mapping[str, Blob]) -> tuple[float, float]:
    """Milliseconds of a run: as long as one waits (the shortest, as others use the machine too), and of the processor (the mean)."""
    runner.run(feed)
    waits_s: list[float] = []
    begun_s, used_s = time.perf_counter(), time.process_time()
    while len(waits_s) < _LEAST_RUNS or (len(waits_s) < _MOST_RUNS and time.perf_counter() - begun_s < _LONGEST_S):
        before_s = time.perf_counter()
        runner.run(feed)
        waits_s.append(time.perf_counter() - before_s)
    used_s = time.process_time() - used_s
    return min(waits_s) * 1000, used_s / len(waits_s) * 1000


def _feed(inputs: Sequence[Tensor], scale: float, turn: int) -> dict[str, Blob]:
    return {tensor.name: pattern(tensor.shape, turn) * np.float32(scale) for tensor in inputs}


def pattern(shape: Sequence[int | str | None], turn: int, batch: int = 1) -> Floats:
    """Soft waves with edges in them, 0–1, the same on every machine; a picture has no noise from pixel to pixel."""
    sizes = [size if isinstance(size, int) else batch for size in shape]
    across = np.arange(int(np.prod(sizes)), dtype=np.float64).reshape(sizes)
    for axis, size in enumerate(sizes):
        place = np.linspace(0, 1, size).reshape([-1 if each == axis else 1 for each in range(len(sizes))])
        across = np.sin((axis + 2 + turn) * 3.1 * place + (across if axis else 0.0)) + (place > 0.4 + 0.1 * turn)
    low, high = across.min(), across.max()
    return ((across - low) / max(high - low, 1e-9)).astype(np.float32)


def _deviation(expected: Sequence[Floats], found: Sequence[Floats]) -> float:
    """Infinite where shapes differ or something is no number."""
    if [one.shape for one in expected] != [one.shape for one in found]:
        return float("inf")
    apart = [np.max(np.abs(one - other) / (1 + np.abs(one)), initial=0.0) for one, other in zip(expected, found, strict=True)]
    return float(max(apart)) if np.isfinite(apart).all() else float("inf")
