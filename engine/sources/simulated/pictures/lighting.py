"""The light that falls on a walker, by where they stand. Factors of a surface's colour, BGR."""

import numpy as np
import numpy.typing as npt

from engine.sources.simulated.pictures.painter import Light
from engine.sources.simulated.plan import FloorPlan
from engine.sources.simulated.world import WalkerPose

Array = npt.NDArray[np.float64]


def light_for(plan: FloorPlan, pose: WalkerPose) -> Light:
    """Sun and sky outdoors, ceiling lamps indoors; a metre inside a door, something of both."""
    indoors = _indoors(plan, pose.position)
    return Light(*(indoors * inner + (1 - indoors) * outer for inner, outer in zip(_LAMPS, _daylight(plan), strict=True)))


_LAMPS = (np.array([0.76, 0.77, 0.78]), np.array([0.34, 0.36, 0.37]), np.array([0.26, 0.27, 0.28]), np.array([0.29, 0.29, 0.91]))


def _daylight(plan: FloorPlan) -> tuple[Array, Array, Array, Array]:
    sun = np.array(plan.sun)
    return np.array([0.74, 0.69, 0.66]), np.array([0.38, 0.38, 0.38]), np.array([0.52, 0.57, 0.60]), sun / np.linalg.norm(sun)


def _indoors(plan: FloorPlan, at: tuple[float, float]) -> float:
    """0 in the yard, 1 a metre inside the building (its rooms together)."""
    rooms = [room for name, room in plan.rooms.items() if name != "yard"]
    x0, y0 = min(room[0] for room in rooms), min(room[1] for room in rooms)
    x1, y1 = max(room[2] for room in rooms), max(room[3] for room in rooms)
    return float(np.clip(min(at[0] - x0, at[1] - y0, x1 - at[0], y1 - at[1]), 0, 1))
