"""What was left out because too much came at once, in words: for as long as it goes on, and a little longer."""

import time
from collections.abc import Callable, Iterable, Mapping

from engine.model.value_class import dataclass

TOLD_S = 30.0  # after the last loss


@dataclass(frozen=True, slots=True)
class Loss:
    """`count`: so far, it only rises. `sentence`: what to say, with `{count:,}` for how many were lost since this bout began."""

    count: int
    sentence: str


@dataclass(slots=True)
class _Bout:
    """Of losses of one kind: the count before it began, and when the last one was noticed."""

    before: int
    last_s: float


class Shedding:
    """Looked at once a second, on one thread.

    Args:
        losses: all counts by their kind, as they are now.
    """

    def __init__(self, losses: Callable[[], Mapping[str, Loss]], steady_s: Callable[[], float] = time.monotonic) -> None:
        self._losses, self._steady_s = losses, steady_s
        self._seen: dict[str, int] = {}
        self._bouts: dict[str, _Bout] = {}

    def sentences(self) -> Iterable[str]:
        now_s, losses = self._steady_s(), self._losses()
        for kind, loss in losses.items():
            self._compare_count(kind, loss.count, now_s)
        return [loss.sentence.format(count=loss.count - self._bouts[kind].before) for kind, loss in losses.items() if kind in self._bouts]

    def _compare_count(self, kind: str, count: int, now_s: float) -> None:
        before = self._seen.get(kind, 0)
        self._seen[kind] = count
        if count > before:
            self._bouts.setdefault(kind, _Bout(before, now_s)).last_s = now_s
        elif kind in self._bouts and now_s - self._bouts[kind].last_s > TOLD_S:
            del self._bouts[kind]
