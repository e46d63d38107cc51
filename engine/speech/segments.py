"""Cutting a stream of sound into utterances.

Hysteresis: speech starts above one probability and ends after a pause below a lower one. Sound before the start and after the end is
included, because words begin and end more quietly than the detector hears. What is too long is cut; what is too short is a noise.
"""

from collections import deque
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.speech.voice import RATE_HZ, WINDOW, Samples

_WINDOW_S = WINDOW / RATE_HZ
_GAP_NS = SECOND // 2


class Voice(Protocol):
    def probability(self, window: Samples) -> float: ...

    def reset(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SegmentRules:
    """Probabilities 0–1, lengths in seconds."""

    start: float = 0.5
    end: float = 0.35
    pause_s: float = 0.5
    shortest_s: float = 0.25
    longest_s: float = 8.0
    before_s: float = 0.3
    after_s: float = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """(n,) float32 samples at 16 kHz with pre- and post-roll; the times are those of the speech itself."""

    samples: Samples
    started_ns: int
    ended_ns: int


class Segmenter:
    """One per microphone, one thread. Holds at most `longest_s` of sound."""

    def __init__(self, voice: Voice, rules: SegmentRules | None = None) -> None:
        self._voice = voice
        self._rules = rules or SegmentRules()
        self._rest = np.zeros(0, np.float32)
        self._rest_ns = 0  # when the first sample of the rest was taken
        self._recent: deque[Samples] = deque(maxlen=max(1, round(self._rules.before_s / _WINDOW_S)))
        self._speech: list[Samples] = []
        self._quiet = 0
        self._voiced = 0
        self._started_ns = 0
        self._last_voiced_ns = 0

    def feed(self, samples: Samples, started_ns: int) -> Iterator[Segment]:
        """Samples at 16 kHz, the first taken at `started_ns`. A gap of more than half a second ends what was being said."""
        expected_ns = self._rest_ns + _ns(len(self._rest))
        if abs(started_ns - expected_ns) > _GAP_NS:
            yield from self.flush()
            self._reset_voice()
        self._rest_ns = started_ns - _ns(len(self._rest))
        self._rest = np.concatenate([self._rest, samples])
        while len(self._rest) >= WINDOW:
            window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
            at_ns = self._rest_ns
            self._rest_ns += _ns(WINDOW)
            yield from self._step_window(window, at_ns)

    def flush(self) -> Iterator[Segment]:
        """The sound has ended: what was being said, as far as it came."""
        if self._speech:
            yield from self._finish()

    def _reset_voice(self) -> None:
        self._voice.reset()
        self._rest = np.zeros(0, np.float32)
        self._recent.clear()

    def _step_window(self, window: Samples, at_ns: int) -> Iterator[Segment]:
        probability = self._voice.probability(window)
        if not self._speech:
            if probability < self._rules.start:
                self._recent.append(window)
                return
            self._begin_speech(at_ns)
        self._speech.append(window)
        self._count_silence(probability, at_ns)
        if self._quiet * _WINDOW_S >= self._rules.pause_s or len(self._speech) * _WINDOW_S >= self._rules.longest_s:
            yield from self._finish()

    def _begin_speech(self, at_ns: int) -> None:
        self._speech = list(self._recent)
        self._recent.clear()
        self._started_ns = at_ns
        self._quiet = self._voiced = 0

    def _count_silence(self, probability: float, at_ns: int) -> None:
        if probability < self._rules.end:
            self._quiet += 1
            return
        self._quiet = 0
        self._voiced += 1
        self._last_voiced_ns = at_ns + _ns(WINDOW)

    def _finish(self) -> Iterator[Segment]:
        spare = max(0, self._quiet - round(self._rules.after_s / _WINDOW_S))
        kept = self._speech[: len(self._speech) - spare]
        self._recent.extend(self._speech[len(kept) :])
        self._speech = []
        if self._voiced * _WINDOW_S >= self._rules.shortest_s:
            yield Segment(np.concatenate(kept), self._started_ns, self._last_voiced_ns)


def _ns(samples: int) -> int:
    return samples * SECOND // RATE_HZ
