"""Whether a position on the floor is a place: the one threshold for zones, events and what is drawn (decisions 323, 335)."""

import math

from engine.model.radio.blob import Covariance
from engine.model.site import Position, Zone

PLACE_M = 1.8
"""Whoever is known no nearer has no place: a point in mid-room is as near. With two nodes it is 2 to 3.3 m, with four 0.4 to 0.7."""
TWO_OF_THREE = math.sqrt(-2 * math.log(1 - 0.68))  # radius in standard deviations that holds 68 % of a plane's normal distribution
_NEARLY_ALWAYS = 2.0  # times as far, 99 of 100 are within


def reach_m(covariance: Covariance) -> float:
    """The longer semi-axis of the ellipse on the floor that holds 68 % of the distribution, metres."""
    (xx, xy, _), (_, yy, _), _ = covariance
    return TWO_OF_THREE * math.sqrt(max((xx + yy) / 2 + math.hypot((xx - yy) / 2, xy), 0.0))


def has_place(covariance: Covariance) -> bool:
    """Else only presence is known, somewhere in a wide ellipse: it is counted in no zone, and events of it have no position."""
    return reach_m(covariance) <= PLACE_M


def is_near(zone: Zone, position: Position, covariance: Covariance) -> bool:
    """Whether who has no place may be in the zone after all, so that it is not known to be empty."""
    beside = max(zone.x0 - position[0], position[0] - zone.x1, 0.0), max(zone.y0 - position[1], position[1] - zone.y1, 0.0)
    return not math.hypot(*beside) > _NEARLY_ALWAYS * reach_m(covariance)
