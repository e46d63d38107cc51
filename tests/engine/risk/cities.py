"""Made-up cities: incidents that have places of their own, that draw others after them, and that have neither."""

import numpy as np

from engine.model.risk.risk import PastIncidents
from engine.model.time import SECOND
from engine.risk.backtest import DatedIncidents
from engine.risk.grid import Numbers, Values

DAY_NS = 86_400 * SECOND
START_NS = 20_000 * DAY_NS
MIDDLE = (52.0, 13.0)
HALF_M = 4000.0


def _degrees(metres: Values) -> tuple[Values, Values]:
    """Of metres east and north."""
    return MIDDLE[0] + metres[:, 1] / 111_195, MIDDLE[1] + metres[:, 0] / 111_195 / np.cos(np.radians(MIDDLE[0]))


def clustered(count: int, days: int, seed: int) -> tuple[Values, Values]:
    """(count,) days since the start, ascending; (count, 2) metres: a dozen places of their own, and a few anywhere."""
    draw = np.random.default_rng(seed)
    middles, widths = draw.uniform(-HALF_M, HALF_M, (12, 2)), draw.uniform(80, 500, 12)
    of = draw.choice(12, count, p=draw.dirichlet(np.ones(12)))
    metres = middles[of] + draw.normal(size=(count, 2)) * widths[of, None]
    anywhere = draw.random(count) < 0.15
    metres[anywhere] = draw.uniform(-HALF_M, HALF_M, (int(anywhere.sum()), 2))
    return np.sort(draw.uniform(0, days, count)), np.clip(metres, -HALF_M, HALF_M)


def without_pattern(count: int, days: int, seed: int) -> tuple[Values, Values]:
    draw = np.random.default_rng(seed)
    return np.sort(draw.uniform(0, days, count)), draw.uniform(-HALF_M, HALF_M, (count, 2))


def near_repeats(count: int, days: int, seed: int) -> tuple[Values, Values]:
    """Places without a pattern, each followed by others within days and a few hundred metres."""
    draw = np.random.default_rng(seed)
    at, metres = without_pattern(count // 3, days, seed)
    followers = np.repeat(np.arange(len(at)), 2)
    later = at[followers] + draw.exponential(5.0, len(followers))
    near = metres[followers] + draw.normal(size=(len(followers), 2)) * 120
    at, metres = np.concatenate([at, later]), np.concatenate([metres, near])
    order = np.argsort(at)
    order = order[at[order] < days]
    return at[order], np.clip(metres[order], -HALF_M, HALF_M)


def dated(city: tuple[Values, Values], days: int, category: Numbers | None = None) -> DatedIncidents:
    at, metres = city
    categories = np.zeros(len(at), np.int64) if category is None else category
    return DatedIncidents(*_degrees(metres), at.astype(np.int64), categories, days)


def recorded(city: tuple[Values, Values]) -> PastIncidents:
    at, metres = city
    count = len(at)
    latitudes, longitudes = _degrees(metres)
    occurred_ns = START_NS + (at * DAY_NS).astype(np.int64)
    ids = tuple(f"in-{number}" for number in range(count))
    return PastIncidents(ids, latitudes, longitudes, occurred_ns, np.zeros(count, np.int8), np.full(count, 3, np.int8))
