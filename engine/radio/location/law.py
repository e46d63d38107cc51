"""How the power that a body scatters into a link falls with depth at this site, and what links show when nobody is near: learned.

Neither the power of the nodes, nor the size of people, nor how steeply scattering falls is known beforehand. There is a family of laws
below the strongest level that the links have shown, powers of the depth and exponentials of the excess; which of them explains the links
best is settled by the evidence of each.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.radio.kernels import DEPTHS, LEVELS, Array, Bins, Depths, TickLevels
from engine.radio.location.likelihood import LEVEL_DB, depths_db, levels_db, steps_of

EXPONENTS = (2.0, 3.0, 4.0, 5.0)
RANGES_DB = (25.0, 40.0, 60.0)
DECAYS_DB_M = (20.0,)
LIFTS_DB = (0.0, 5.0)
FAMILY = (
    *(("power", exponent, reach, lift) for lift in LIFTS_DB for reach in RANGES_DB for exponent in EXPONENTS),
    *(("exponential", decay, reach, 0.0) for reach in RANGES_DB for decay in DECAYS_DB_M),
)
"""Kind of the law, how steep (exponent; dB per metre of excess), how far below the strongest level anything is seen (dB), and how far above
that one the law begins (dB): receivers that are full show no more, and nobody may have stood in a link yet."""
_SPREADS = ((0.9, 4.5), (0.1, 12.0))  # (share, dB) of levels around what is expected: heavier tails than one normal
_HALF_WAVE_M = 0.0615  # at 2.4 GHz
_FADED = 0.06  # share of levels that fade to nothing
_STRAY = 0.03  # share of levels that follow nothing
_HASTE, _EVERY = 300, 4  # ticks with motion in which a law is weighed each; later one in so many ticks
_FORGET_S = 300.0
_EVIDENCE_S = 90.0
# Log-odds beforehand: bodies are seen near, not from everywhere; and what the steepest leaves over of one person passes for another.
_LIKELY = {2.0: -3.0, 3.0: 0.0, 4.0: 0.0, 5.0: -6.0}
_TOPS, _TOP_SHARE = 300, 0.9
_QUIET_BELIEF = 40.0
_QUIET_SEEN = 0.03
_QUIET = _QUIET_BELIEF * (1 - _QUIET_SEEN + _QUIET_SEEN * np.arange(LEVELS) / (LEVELS - 1))


def scatter_law(top_db: float, kind: str, steep: float, reach_db: float, lift_db: float) -> Array:
    """(DEPTHS, LEVELS) chances of levels. What is further below the top than `reach_db` is not seen; the law begins `lift_db` above it."""
    expected = top_db + lift_db - fall_db(kind, steep)
    off = levels_db()[None] - expected[:, None]
    chance = np.zeros(off.shape)
    for part, wide in _SPREADS:
        chance += part * LEVEL_DB / (wide * 2.5066282746310002) * np.exp(-0.5 * (off / wide) ** 2)
    chance *= (np.arange(LEVELS) > 0) & (levels_db() > top_db - reach_db)
    chance *= 1 - _FADED - _STRAY
    chance += _STRAY / LEVELS
    chance[:, 0] += 1 - chance.sum(axis=1)
    return chance


def fall_db(kind: str, steep: float) -> Array:
    """(DEPTHS,) by how much the level that one person makes is expected below the top."""
    excess_m = _HALF_WAVE_M * (10 ** (depths_db() / 10) - 1)
    return steep * (depths_db() if kind == "power" else excess_m)


def one_for_two(falls_db: Array) -> Depths:
    """(DEPTHS, DEPTHS) the depth at which one person makes the power that two make together, where levels fall so with depth (DEPTHS,)."""
    power = 10 ** (-falls_db / 10)
    both_db = -10 * np.log10(power[:, None] + power[None])
    found: Depths = np.abs(falls_db - both_db[..., None]).argmin(axis=-1).astype(np.uint8)
    return found


_ONE_FOR_TWO = tuple(one_for_two(fall_db(kind, steep)) for kind, steep, _, _ in FAMILY)


class ScatterLaw:
    """The fall of scattered power at one site. Deterministic; one thread."""

    def __init__(self) -> None:
        self.top_db = -300.0
        self._tops: deque[float] = deque()
        self._ranked: list[float] = []  # the same, rising
        self._evidence = np.zeros(len(FAMILY))
        self._settled = np.zeros(len(FAMILY))
        self._turns = 0
        self._next = 0
        self._round: tuple[tuple[str, ...], TickLevels] | None = None
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
            odds = self._settled + np.array([_LIKELY.get(steep, 0.0) for _, steep, _, _ in FAMILY])
            share: Array = np.exp(odds - odds.max())
            mixed: Array = np.einsum("f,fld->ld", share / share.sum(), self._family)
            self._steps = mixed
        return self._steps

    def due(self, links: tuple[str, ...], seen: TickLevels) -> tuple[TickLevels, int | None]:
        """Which law of the family to weigh at this tick with motion, and by what these links showed: one a tick at first, later in some.

        All laws are weighed by the same levels, those with which the round began: levels of different ticks differ by more than laws do.
        """
        self._turns += 1
        if self._turns > _HASTE and self._turns % _EVERY:
            return seen, None
        if self._next == 0 or self._round is None or self._round[0] != links:
            self._round, self._next = (links, seen), 0
        which = self._next
        self._next = (which + 1) % len(FAMILY)
        return self._round[1], which

    def member(self, which: int) -> Array:
        """As `steps`, of one law of the family."""
        return self._family[which]

    def depths_of_two(self, which: int) -> Depths:
        """(DEPTHS, DEPTHS) the depth at which one person would scatter as much power as two do at these, by that law."""
        return _ONE_FOR_TWO[which]

    def weigh(self, which: int, evidence: float, dt_s: float) -> None:
        """Log-likelihood of what was just seen, under one law of the family."""
        each = 1.0 if self._turns <= _HASTE else 1.0 / _EVERY  # laws weighed in a tick, on the average
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
            "next": self._next,
            "round": _round_state(self._round),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._hang(float(state["top_db"]))
        self._tops = deque(float(top) for top in state["tops"])
        self._ranked = sorted(self._tops)
        self._evidence, self._settled = _of_family(state["evidence"]), _of_family(state["settled"])
        self._turns, self._steps = int(state["turns"]), None
        self._next, self._round = int(state.get("next", 0)), _round_of(state.get("round"))


def _of_family(values: Sequence[float]) -> Array:
    """(laws,) as they were kept; of another family nothing is known."""
    return np.array(values, np.float64) if len(values) == len(FAMILY) else np.zeros(len(FAMILY))


def _round_state(begun: tuple[tuple[str, ...], TickLevels] | None) -> dict[str, Any] | None:
    if begun is None:
        return None
    links, seen = begun
    columns = {"level": seen.level, "above": seen.stray[0], "below": seen.stray[1], "weight": seen.weight}
    return {"links": list(links), **{name: column.tolist() for name, column in columns.items()}}


def _round_of(state: Mapping[str, Any] | None) -> tuple[tuple[str, ...], TickLevels] | None:
    if state is None:
        return None
    above, below, weight = (np.array(state[name], np.float64) for name in ("above", "below", "weight"))
    return tuple(state["links"]), TickLevels(np.array(state["level"], np.intp), (above, below), weight)


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
