"""Whether radio answers in time: in words for *System*, for as long as it does not."""

import time
from collections import deque
from collections.abc import Callable, Iterable

SILENT_S = 3.0  # ten results a second are due
SLOW_S = 1.0  # between results, on average
AVERAGED = 10  # results
QUIET_SHARE = 0.25  # of the frames that nodes are told to send
LOADED = "Close other programs, use fewer cameras or nodes, or a faster machine."


class Pulse:
    """`answered` belongs to the engine thread; the rest to whoever looks, once a second. `steady_s`: a steady clock, seconds."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._answers: deque[float] = deque((steady_s(),), maxlen=AVERAGED + 1)
        self._blind: tuple[float, str] | None = None

    def answered(self, trouble: str = "") -> None:
        """A result came. `trouble`: why it locates nobody, as a sentence; empty: it does."""
        now_s = self._steady_s()
        self._answers.append(now_s)
        self._blind = None if not trouble else (now_s if self._blind is None else self._blind[0], trouble)

    def sentences(self, frames_hz: float, told_hz: float) -> Iterable[str]:
        """`frames_hz` arrive from nodes that are told to send `told_hz`, together. Nothing where nodes send nothing."""
        if frames_hz <= 0.0:
            return
        answers, blind, now_s = tuple(self._answers), self._blind, self._steady_s()
        silent_s = now_s - answers[-1]
        each_s = (answers[-1] - answers[0]) / max(len(answers) - 1, 1)
        if silent_s > SILENT_S:
            sent = f"although nodes send {frames_hz:.0f} frames/s"
            yield f"Radio has given no result for {silent_s:.0f} s, {sent}. Nobody is located. {LOADED}"
        elif len(answers) > AVERAGED and each_s > SLOW_S:
            yield f"Radio is behind: a result every {each_s:.1f} s instead of every 0.1 s. People are located late or not at all. {LOADED}"
        elif blind is not None and now_s - blind[0] > SILENT_S:
            yield f"Radio has located nobody for {now_s - blind[0]:.0f} s, although nodes send {frames_hz:.0f} frames/s. {blind[1]}"
        elif frames_hz < QUIET_SHARE * told_hz:
            yield f"Nodes send {frames_hz:.0f} of {told_hz:.0f} frames/s. People may not be located. Check the nodes' network and power."
