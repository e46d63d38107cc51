"""How right a map was: the share of the next day's incidents in the riskiest part of the area, and how sure that is.

Hit rate and PAI = hit rate / share of the area (Chainey, Tompson & Uhlig 2008); PEI* = hits / the most that any map could have had in as
much area (Hunt 2016). Cells of equal risk that the border cuts through count by the part of them that is inside.
"""

import numpy as np

from engine.model.risk.risk import MapScore, PeerScore
from engine.model.value_class import dataclass
from engine.risk.forecast_area import Field
from engine.risk.grid import Numbers, Values

DRAWS = 2000
_SEED = 20190101  # the same scores always have the same interval
LEAST_DAYS = 14  # with fewer, nothing is said


def caught(risks: Field, places: Numbers, shares: Values) -> Values:
    """(S, N) how much of each incident, at `places` among the cells (−1: outside, missed), lies in the riskiest shares (S,) of them."""
    ranked = np.sort(risks)[::-1]
    wanted = shares * len(risks)
    edge = ranked[np.minimum(np.ceil(wanted).astype(np.int64), len(risks)) - 1][:, None]
    above = len(risks) - np.searchsorted(ranked[::-1], edge[:, 0], side="right")
    tied = len(risks) - np.searchsorted(ranked[::-1], edge[:, 0], side="left") - above
    part = (wanted - above) / tied
    at = risks[places]
    inside = np.where(at > edge, 1.0, np.where(at == edge, part[:, None], 0.0))
    return np.where(places < 0, 0.0, inside)


def best_possible(places: Numbers, cells: int, share: float) -> float:
    """The most incidents that any map could have in a share of so many cells."""
    counts = np.sort(np.unique(places[places >= 0], return_counts=True)[1])[::-1]
    whole, part = divmod(share * cells, 1.0)
    full = counts[: int(whole)].sum()
    return float(full + (part * counts[int(whole)] if len(counts) > whole else 0.0))


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


class DrawnDays:
    """Days drawn anew, with repetition, `DRAWS` times (bootstrap): the days of one run, whatever is asked of them.

    Args:
        counts: (D,) incidents of each day.
    """

    def __init__(self, counts: Values) -> None:
        days = len(counts)
        drawn = np.random.default_rng(_SEED).multinomial(days, np.full(days, 1.0 / days), DRAWS).astype(np.float64)
        self._drawn = drawn
        self._totals = np.maximum(drawn @ counts, 1e-9)

    def interval(self, hits: Values) -> Interval:
        """95 % interval of the rate of `hits` (D,) a day; of a difference of rates where hits are differences."""
        low, high = np.quantile(self._drawn @ hits / self._totals, [0.025, 0.975])
        return Interval(float(low), float(high))


@dataclass(frozen=True, slots=True)
class Measured:
    """One map, one share of the area. low, high: 95 % interval of the hit rate."""

    hit: float
    pai: float
    pei: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A peer, and by how much the forecast's hit rate is above the peer's: 95 % interval over the same days."""

    measured: Measured
    ahead: float
    ahead_low: float
    ahead_high: float


class Tally:
    """Hits of several maps on the same days, collected day by day. One thread.

    Args:
        shares: of the area that count as riskiest.
    """

    def __init__(self, shares: tuple[float, ...]) -> None:
        self.shares = shares
        self._shares = np.array(shares)
        self._counts: list[int] = []
        self._best: list[list[float]] = []
        self._hits: dict[str, list[Values]] = {}

    def add_day(self, maps: dict[str, Field], places: Numbers) -> None:
        """A day: maps by name, each (cells,), and where its incidents were. The same names every day."""
        self._counts.append(len(places))
        cells = len(next(iter(maps.values())))
        self._best.append([best_possible(places, cells, share) for share in self.shares])
        for name, risks in maps.items():
            self._hits.setdefault(name, []).append(caught(risks, places, self._shares).sum(axis=1))

    @property
    def days(self) -> int:
        return len(self._counts)

    @property
    def incidents(self) -> int:
        return sum(self._counts)

    def names(self) -> tuple[str, ...]:
        return tuple(self._hits)

    def measured(self, name: str, share: float, drawn: DrawnDays) -> Measured:
        hits = self._column(name, share)
        hit = float(hits.sum()) / max(self.incidents, 1)
        best = sum(row[self.shares.index(share)] for row in self._best)
        interval = drawn.interval(hits)
        return Measured(hit, hit / share, float(hits.sum()) / max(best, 1e-9), interval.low, interval.high)

    def compared(self, name: str, peer: str, share: float, drawn: DrawnDays) -> Compared:
        ahead = self._column(name, share) - self._column(peer, share)
        interval = drawn.interval(ahead)
        return Compared(self.measured(peer, share, drawn), float(ahead.sum()) / max(self.incidents, 1), interval.low, interval.high)

    def drawn_days(self) -> DrawnDays:
        return DrawnDays(np.array(self._counts, np.float64))

    def _column(self, name: str, share: float) -> Values:
        return np.array([hits[self.shares.index(share)] for hits in self._hits[name]])


def map_score(tally: Tally, name: str, share: float) -> MapScore | None:
    """The score of a map beside all others of a tally; None: there are too few days to say anything."""
    if tally.days < LEAST_DAYS or not tally.incidents:
        return None
    drawn = tally.drawn_days()
    own = tally.measured(name, share, drawn)
    rest = [(peer, tally.compared(name, peer, share, drawn)) for peer in tally.names() if peer != name]
    peers = tuple(PeerScore(peer, found.measured.hit, found.measured.pai) for peer, found in rest)
    beats = all(found.ahead_low > 0 for _, found in rest)
    return MapScore(share, tally.days, tally.incidents, own.hit, own.pai, own.pei, own.low, own.high, peers, beats)
