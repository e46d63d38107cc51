"""What is at the place and time of smoke that cameras see: within the 95 % ellipse of where it is (or 50 m of its middle, where that is
smaller), and at most 30 minutes before it was first seen or after it was last seen.
"""

import math

from engine._geodesic import offset_m
from engine.model.fire.smoke import Crossing, Plume
from engine.model.time import SECOND
from engine.model.value_class import dataclass

LEAST_M = 50.0
WINDOW_NS = 1_800 * SECOND


@dataclass(frozen=True, slots=True)
class Reached:
    """`share`: how far out, 0 in the middle and 1 at the edge. gap_ns: to the time it was seen. away_m: from its middle."""

    share: float
    gap_ns: int
    away_m: float

    @property
    def late(self) -> float:
        """0–1 of the window."""
        return self.gap_ns / WINDOW_NS


def reach(plume: Plume, latitude: float, longitude: float, time_ns: int) -> Reached | None:
    """None: it is elsewhere, at another time, or nobody knows where the smoke is."""
    gap_ns = max(0, plume.started_ns - time_ns, time_ns - plume.last_seen_ns)
    if plume.place is None or gap_ns > WINDOW_NS:
        return None
    east, north = offset_m(plume.place.latitude, plume.place.longitude, latitude, longitude)
    share = _distance_share(plume.place, east, north)
    return Reached(share, gap_ns, math.hypot(east, north)) if share <= 1 else None


def _distance_share(place: Crossing, east: float, north: float) -> float:
    turn = math.radians(place.turn_deg)
    along, across = east * math.sin(turn) + north * math.cos(turn), east * math.cos(turn) - north * math.sin(turn)
    in_ellipse = math.hypot(along / max(place.major_m, 1e-6), across / max(place.minor_m, 1e-6))
    return min(in_ellipse, math.hypot(east, north) / LEAST_M)
