"""The plain base of the risk map: the hot-spot formula of the reference system over the incidents of the last 30 days.

By cell and hour of the day: n incidents, mean severity s, h of them in the hour and p in the busiest one give
`min(1, 0.4·b + 0.3·s/5 + 0.3·t·b)` with `b = min(1, n/50)` and `t = 0.5 + 0.8·h/p`. It is a score, not a probability: one severe incident
alone makes 0.3, which is why the confidence, `0.6·mean(1 − days/30) + 0.4·min(1, n/20)`, is always shown beside it. A cell without
incidents has no data.
"""

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.risk.risk import PastIncidents
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.risk.grid import Grid, Numbers, Values

DAY_NS, HOUR_NS = 86_400 * SECOND, 3600 * SECOND
WINDOW_NS = 30 * DAY_NS
EXPIRES_NS = HOUR_NS
HOURS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What the window holds, by cell: `cells` (N,) sorted, `counts`, `severities` (mean), `confidences` (N,), and `categories` (N,) as bits
    by the numbers of categories."""

    cells: Numbers
    counts: Numbers
    severities: Values
    confidences: Values
    categories: Numbers

    @classmethod
    def none(cls) -> "Facts":
        numbers, values = np.zeros(0, np.int64), np.zeros(0)
        return cls(numbers, numbers, values, values, numbers)

    def find_rows(self, cells: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Where cells are among these, and which are there at all."""
        if not len(self.cells):
            return np.zeros(len(cells), np.int64), np.zeros(len(cells), bool)
        rows: Numbers = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        return rows, self.cells[rows] == cells


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """Risk of cells from the past: `cells` (N,) sorted, `risks` (24, N) float32 by hour of the day (UTC). `learnt`: it is a forecast."""

    cells: Numbers
    risks: Floats
    facts: Facts
    computed_ns: int = 0
    expires_ns: int = 0
    learnt: bool = False

    @classmethod
    def none(cls) -> "Base":
        return cls(np.zeros(0, np.int64), np.zeros((HOURS, 0), np.float32), Facts.none())


def plain_base(grid: Grid, past: PastIncidents, now_ns: int) -> Base:
    """The formula over those of `past` that occurred in the 30 days before `now_ns`. It expires after an hour."""
    recent = (past.occurred_ns > now_ns - WINDOW_NS) & (past.occurred_ns <= now_ns)
    cells, place = np.unique(grid.cells(past.latitudes[recent], past.longitudes[recent]), return_inverse=True)
    hits = _hits(place, past.occurred_ns[recent], len(cells))
    facts = _cell_facts(cells, place, past, recent, now_ns)
    return Base(cells, _formula(facts.counts, facts.severities, hits), facts, now_ns, now_ns + EXPIRES_NS)


def _hits(place: Numbers, occurred_ns: Numbers, count: int) -> Values:
    """(24, N) incidents by hour of the day."""
    hour = occurred_ns // HOUR_NS % HOURS
    return np.bincount(hour * count + place, minlength=HOURS * count).reshape(HOURS, count).astype(np.float64)


def _cell_facts(cells: Numbers, place: Numbers, past: PastIncidents, recent: npt.NDArray[np.bool_], now_ns: int) -> Facts:
    counts = np.bincount(place, minlength=len(cells))
    freshness = 1.0 - (now_ns - past.occurred_ns[recent]) / WINDOW_NS
    mean_freshness = np.bincount(place, freshness, len(cells)) / np.maximum(counts, 1)
    confidences = 0.6 * mean_freshness + 0.4 * np.minimum(1.0, counts / 20)
    severities = np.bincount(place, past.severities[recent], len(cells)) / np.maximum(counts, 1)
    categories = np.zeros(len(cells), np.int64)
    np.bitwise_or.at(categories, place, np.int64(1) << past.categories[recent].astype(np.int64))
    return Facts(cells, counts.astype(np.int64), severities, confidences, categories)


def _formula(counts: Numbers, severities: Values, hits: Values) -> Floats:
    much = np.minimum(1.0, counts / 50)
    temporal = 0.5 + 0.8 * hits / np.maximum(hits.max(axis=0, initial=0.0), 1.0)
    risks = np.minimum(1.0, 0.4 * much + 0.3 * severities / 5 + 0.3 * temporal * much)
    return risks.astype(np.float32)
