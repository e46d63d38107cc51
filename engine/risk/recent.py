"""Which incidents still add to the risk around them, out of all that the record has."""

import math

import numpy as np

from engine.model.risk.risk import CATEGORIES, PastIncidents, RiskBump, RiskSettings
from engine.model.time import SECOND
from engine.risk.surface import IN_PLACE, NOTHING, bump_of

_MOST_SEVERE = 5


def half_life_ns(settings: RiskSettings) -> int:
    return round(settings.half_life_h * 3600 * SECOND)


def window_ns(settings: RiskSettings) -> int:
    """How long ago an incident may have occurred of which anything is left: the heaviest and most severe one."""
    heaviest = max((1.0, *map(settings.weight, CATEGORIES)))
    return math.ceil(half_life_ns(settings) * math.log2(IN_PLACE * heaviest * _MOST_SEVERE / 3 / NOTHING))


def recent_bumps(past: PastIncidents, settings: RiskSettings, now_ns: int) -> dict[str, RiskBump]:
    """What each of them adds, by incident."""
    weights = np.array([settings.weight(category) for category in CATEGORIES])
    age = (now_ns - past.occurred_ns) / half_life_ns(settings)
    left = IN_PLACE * weights[past.categories] * past.severities / 3 * np.exp2(-np.maximum(age, 0.0))
    found = (_bump(past, row, settings) for row in np.flatnonzero(left >= NOTHING).tolist())
    return {bump.incident_id: bump for bump in found}


def _bump(past: PastIncidents, row: int, settings: RiskSettings) -> RiskBump:
    at = float(past.latitudes[row]), float(past.longitudes[row])
    category = CATEGORIES[int(past.categories[row])]
    return bump_of(past.ids[row], *at, int(past.occurred_ns[row]), category, int(past.severities[row]), settings)
