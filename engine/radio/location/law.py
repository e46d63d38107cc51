"""How the power that a body scatters into a link falls with depth at this site, and what links show when nobody is near: learned.

Neither the power of the nodes, nor the size of people, nor how steeply scattering falls is known beforehand. There is a family of laws
below the strongest level that the links have shown, powers of the depth and exponentials of the excess; which of them explains the links
best is settled by the evidence of each.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.radio.kernels import DEPTHS, LEVELS, Array, Bins
from engine.radio.location.likelihood import LEVEL_DB, depths_db, levels_db, steps_of

EXPONENTS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0)
RANGES_DB = (25.0, 40.0, 60.0)
DECAYS_DB_M = (20.0, 45.0)
FAMILY = (
    *(("power", exponent, reach) for reach in RANGES_DB for exponent in EXPONENTS),
    *(("exponential", decay, reach) for reach in RANGES_DB for decay in DECAYS_DB_M),
)
"""Kind of the law, how steep (exponent; dB per metre of excess), and how far below the top anything is seen (dB)."""
_SPREADS = ((0.9, 4.5), (0.1, 12.0))  # (share, dB) of levels around what is expected: heavier tails than one normal
_HALF_WAVE_M = 0.0615  # at 2.4 GHz
_FADED = 0.06  # share of levels that fade to nothing
_STRAY = 0.03  # share of levels that follow nothing
_HASTE, _EVERY = 300, 4  # ticks with motion in which two laws are weighed each; later one in so many ticks
_FORGET_S = 300.0
_EVIDENCE_S = 90.0
_LIKELY = {1.0: -8.0, 1.5: -5.0, 2.0: -3.0, 3.0: 0.0, 4.0: 0.0, 5.0: -1.0}  # log-odds beforehand: bodies are seen near, not from everywhere
_TOPS, _TOP_SHARE = 300, 0.9
_QUIET_BELIEF = 40.0
_QUIET_SEEN = 0.03
_QUIET = _QUIET_BELIEF * (1 - _QUIET_SEEN + _QUIET_SEEN * np.arange(LEVELS) / (LEVELS - 1))


def scatter_law(top_db: float, kind: str, steep: float, reach_db: float) -> Array:
    """(DEPTHS, LEVELS) chances of levels. What is further below the top than `reach_db` is not seen."""
    excess_m = _HALF_WAVE_M * (10 ** (depths_db() / 10) - 1)
    expected = top_db - steep * (depths_db() if kind == "power" else excess_m)
    off = levels_db()[None] - expected[:, None]
    chance = np.zeros(off.shape)
    for part, wide in _SPREADS:
        chance += part * LEVEL_DB / (wide * 2.5066282746310002) * np.exp(-0.5 * (off / wide) ** 2)
    chance *= (np.arange(LEVELS) > 0) & (levels_db() > top_db - reach_db)
    chance *= 1 - _FADED - _STRAY
    chance += _STRAY / LEVELS
    chance[:, 0] += 1 - chance.sum(axis=1)
    return chance


class ScatterLaw:
    """The fall of scattered power at one site. Deterministic; one thread."""

    def __init__(self) -> None:
        self.top_db = -300.0
        self._tops: deque[float] = deque()
        self._ranked: list[float] = []  # the same, rising
        self._evidence = np.zeros(len(FAMILY))
        self._settled = np.zeros(len(FAMILY))
        self._turns = 0
        self._family = np.zeros((len(FAMILY), LEVELS + 1, DEPTHS))  # as `steps`
        self._steps: Array | None = None

    @property
    def ready(self) -> bool:
        """Whether any link has ever shown anything."""
        return self.top_db > -200

    def see(self, scatter_db: Array) -> None:
        """Follow the strongest levels (of the ticks with motion in the last half minute, but for a tenth); the family hangs below."""
        strongest = float(scatter_db.max(initial=-300.0))
        if strongest > -200:
            if len(self._tops) >= _TOPS:
                del self._ranked[bisect_left(self._ranked, self._tops.popleft())]
            self._tops.append(strongest)
            insort(self._ranked, strongest)
            self._hang(self._ranked[int(_TOP_SHARE * (len(self._ranked) - 1))])

    def _hang(self, top_db: float) -> None:
        if abs(top_db - self.top_db) > LEVEL_DB / 2:
            self.top_db, self._steps = top_db, None
            self._family = np.stack([steps_of(scatter_law(top_db, *member)) for member in FAMILY])

    def steps(self) -> Array:
        """(LEVELS + 1, DEPTHS) distribution functions of one person's level, by the laws as they were weighed in the last full round.

        While no link has shown anything a person makes no difference to it.
        """
        if not self.ready:
            return np.ones((LEVELS + 1, DEPTHS))
        if self._steps is None:
            odds = self._settled + np.array([_LIKELY.get(steep, 0.0) for _, steep, _ in FAMILY])
            share: Array = np.exp(odds - odds.max())
            mixed: Array = np.einsum("f,fld->ld", share / share.sum(), self._family)
            self._steps = mixed
        return self._steps

    def due(self) -> tuple[int, ...]:
        """Which laws of the family to weigh at this tick with motion: two at first, later one now and then."""
        self._turns += 1
        if self._turns <= _HASTE:
            return tuple((2 * self._turns + next_) % len(FAMILY) for next_ in (0, 1))
        return ((self._turns // _EVERY) % len(FAMILY),) if self._turns % _EVERY == 0 else ()

    def member(self, which: int) -> Array:
        """As `steps`, of one law of the family."""
        return self._family[which]

    def weigh(self, which: int, evidence: float, dt_s: float) -> None:
        """Log-likelihood of what was just seen, under one law of the family."""
        each = 2.0 if self._turns <= _HASTE else 1.0 / _EVERY  # laws weighed in a tick, on the average
        self._evidence[which] += evidence * 2.0 / each
        self._evidence *= np.exp(-dt_s / each / _EVIDENCE_S)
        if which == len(FAMILY) - 1:
            self._settled, self._steps = self._evidence.copy(), None

    def state(self) -> dict[str, Any]:
        return {
            "top_db": self.top_db,
            "tops": list(self._tops),
            "evidence": self._evidence.tolist(),
            "settled": self._settled.tolist(),
            "turns": self._turns,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._hang(float(state["top_db"]))
        self._tops = deque(float(top) for top in state["tops"])
        self._ranked = sorted(self._tops)
        self._evidence, self._settled = np.array(state["evidence"], np.float64), np.array(state["settled"], np.float64)
        self._turns, self._steps = int(state["turns"]), None


class StrayLevels:
    """What each link shows while nobody is about: distribution functions per link, learned; mostly nothing to begin with."""

    def __init__(self) -> None:
        self._links: tuple[str, ...] = ()
        self._counts = np.zeros((0, LEVELS))
        self._functions: Array | None = None

    def follow(self, links: tuple[str, ...]) -> None:
        if links != self._links:
            known = dict(zip(self._links, self._counts, strict=True))
            self._counts = np.array([known.get(link, np.zeros(LEVELS)) for link in links]).reshape(-1, LEVELS)
            self._links = links
            self._functions = None

    def count(self, level: Bins, amount: float, dt_s: float) -> None:
        self._counts *= np.exp(-dt_s / _FORGET_S)
        self._counts[np.arange(len(level)), level] += amount
        self._functions = None

    def around(self, *levels: Bins) -> list[tuple[Array, Array]]:
        """Of each of some levels (L,), the distribution functions (L,) above and below it."""
        function = self._functions = self._of_counts() if self._functions is None else self._functions
        each = np.arange(len(function))
        return [(function[each, level], np.where(level > 0, function[each, level - 1], 0.0)) for level in levels]

    def _of_counts(self) -> Array:
        """(L, LEVELS) distribution functions."""
        counted = np.cumsum(self._counts, axis=1)
        return (counted + _QUIET) / (counted[:, -1:] + _QUIET_BELIEF)

    def state(self) -> dict[str, Any]:
        return {"links": list(self._links), "counts": self._counts.tolist()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._links = tuple(state["links"])
        self._counts = np.array(state["counts"], float).reshape(-1, LEVELS)
        self._functions = None
