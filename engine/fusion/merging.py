"""Two tracks that are one person: evidence gathered over seconds, for those that share no sensor."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.fusion.person import Followed

Pair = tuple[str, str]

SAME = 3.0  # log-likelihood ratio from which two are one
_MOST = 4.0
_ROOM_M2 = 25.0  # over which somebody else could be anywhere
_MEMORY_S = 1.0  # errors of a sensor last for about so long


class Merging:
    """Sequential log-likelihood ratio of "one person" against "two, each anywhere", for every pair that could be one (Wald 1945)."""

    def __init__(self) -> None:
        self._evidence: dict[Pair, float] = {}

    def step(self, people: Sequence[Followed], dt_s: float) -> list[Pair]:
        """Pairs of ids (older first) that are one person by now."""
        before, self._evidence = self._evidence, {}
        found: list[Pair] = []
        for index, older in enumerate(people):
            for younger in people[index + 1 :]:
                if older.sources.keys() & younger.sources.keys() or not younger.sources or not older.sources:
                    continue
                pair = (older.id, younger.id)
                news = _same(older, younger) * min(dt_s / _MEMORY_S, 1.0)
                self._evidence[pair] = min(max(before.get(pair, 0.0) + news, -_MOST), _MOST)
                if self._evidence[pair] >= SAME:
                    found.append(pair)
        return found

    def state(self) -> list[Any]:
        return [[*pair, value] for pair, value in self._evidence.items()]

    def restore(self, state: Sequence[Any]) -> None:
        self._evidence = {(str(one), str(other)): float(value) for one, other, value in state}


def _same(one: Followed, other: Followed) -> float:
    distance2, volume = one.motion.distance2(other.motion.xy, other.motion.place_covariance)
    return -0.5 * distance2 - 0.5 * volume - math.log(2 * math.pi) + math.log(_ROOM_M2)


def absorb(kept: Followed, gone: Followed) -> None:
    """`gone` was `kept` all along: its sources go over, and what is known of the place is joined."""
    kept.motion.update(np.array(gone.motion.xy), gone.motion.place_covariance)
    kept.sources = {**gone.sources, **kept.sources}
    kept.look = gone.look if kept.look is None else kept.look
    kept.belief, kept.shown = max(kept.belief, gone.belief), kept.shown or gone.shown
    kept.simulated = kept.simulated or gone.simulated


def ids(pairs: Sequence[Pair]) -> Mapping[str, str]:
    """The older by the younger, each younger once."""
    return {younger: older for older, younger in reversed(pairs)}
