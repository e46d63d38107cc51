"""A town around a site with a risk map, for the console."""

from dataclasses import replace

import numpy as np

from engine.model.incidents.incident import IncidentCategory
from engine.model.risk.risk import CATEGORIES, MapScore, PastIncidents, PeerScore, RiskSettings, RiskState, Training, TrainingState
from engine.model.time import SECOND
from engine.risk.baseline import plain_base
from engine.risk.grid import Grid
from engine.risk.hotspots import count_cells
from engine.risk.surface import RiskSurface, bump_of
from tests.fakes.engine import FakeEngine
from tests.fakes.risk import HALF_LIFE_NS
from tests.fakes.town import HERE, reported_site

HOUR = 3600 * SECOND
PEERS = (PeerScore("kde_500m", 0.39, 7.8), PeerScore("last_week", 0.09, 1.8), PeerScore("uniform", 0.05, 1.0))
SCORE = MapScore(0.05, 30, 412, 0.41, 8.2, 0.63, 0.37, 0.45, PEERS, True)


def town_past(now_ns: int, count: int = 600, seed: int = 4) -> PastIncidents:
    """Of the last 30 days, around a few corners of the town."""
    rng = np.random.default_rng(seed)
    corners = rng.normal(0, 0.012, (9, 2)) * (1, 2)
    at = corners[rng.integers(0, len(corners), count)] + rng.normal(0, 0.003, (count, 2)) * (1, 2)
    return PastIncidents(
        tuple(f"past-{number}" for number in range(count)),
        HERE.latitude + at[:, 0],
        HERE.longitude + at[:, 1],
        np.sort(now_ns - rng.integers(HOUR, 30 * 24 * HOUR, count)),
        rng.integers(0, len(CATEGORIES), count).astype(np.int8),
        rng.integers(1, 6, count).astype(np.int8),
    )


def risky_site() -> FakeEngine:
    """The town of `reported_site` with its risk map: learnt, scored, and raised by what was reported in the last hours."""
    engine = reported_site()
    now_ns = engine.now_ns
    grid = Grid()
    surface = RiskSurface(grid, HALF_LIFE_NS, plain_base(grid, town_past(now_ns), now_ns))
    settings = RiskSettings(weights=((IncidentCategory.FIRE, 2.0),))
    for incident in engine.incidents.record.incidents.values():
        surface.put_bump(
            bump_of(
                incident.id,
                incident.latitude,
                incident.longitude,
                incident.occurred_ns,
                incident.category,
                int(incident.severity),
                settings,
            )
        )
    training = Training(
        TrainingState.DONE, now_ns - 9 * HOUR, now_ns - 9 * HOUR + 8 * SECOND, 1.0, "", 8412, now_ns - 9 * HOUR, now_ns + 15 * HOUR
    )
    state = RiskState(True, count_cells(surface, now_ns), 600, now_ns, now_ns + HOUR, True, False, training, SCORE)
    engine.risk.surface, engine.risk.state = surface, state
    engine.settings = replace(engine.settings, risk=settings)
    engine.publish()
    return engine
