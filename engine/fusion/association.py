"""Which sighting is whom: one global assignment per sensor, so that one sensor never sees one person twice.

Cost is the squared Mahalanobis distance with its normalisation (negative log-likelihood doubled), as in Bar-Shalom, Willett & Tian,
Tracking and Data Fusion, 2011, section 7; who a sensor has been seeing keeps an advantage, so that two who pass are not exchanged.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine._assignment import cheapest_pairs
from engine.fusion.person import Followed
from engine.fusion.sighting import Sighting

Array = npt.NDArray[np.float64]

GATE2 = 13.8  # of chi-square with two degrees of freedom, 99.9 %
_KEPT = 12.0  # advantage of who was seen as this track before
_KEPT_GATE2 = 30.0
_LOOK_WEIGHT = 12.0  # of 1 − cosine over what strangers have
_STRANGERS = 0.55  # cosine of looks; on PETS09 two people have 0.45 (one pair in twenty 0.62), one person after some seconds 0.68
_NEVER = 1e6


def assign(people: Sequence[Followed], sightings: Sequence[Sighting]) -> dict[int, int]:
    """Index of the person for each sighting (of one sensor) that is somebody known."""
    if not people or not sightings:
        return {}
    cost = _costs(people, sightings)
    rows, columns = (indices.tolist() for indices in cheapest_pairs(cost))
    return {row: column for row, column in zip(rows, columns, strict=True) if cost[row, column] < _NEVER}


def _costs(people: Sequence[Followed], sightings: Sequence[Sighting]) -> Array:
    """(sightings, people)."""
    xy, covariance = np.array([each.xy for each in sightings]), np.array([each.covariance for each in sightings])
    apart = [person.motion.distances2(xy, covariance) for person in people]
    return np.array(
        [[_cost(person, each, *apart[which][row]) for which, person in enumerate(people)] for row, each in enumerate(sightings)], np.float64
    )


def _cost(person: Followed, sighting: Sighting, distance2: float, volume: float) -> float:
    """`_NEVER` where they cannot be the same."""
    kept = person.has(sighting)
    if distance2 > (_KEPT_GATE2 if kept else GATE2):
        return _NEVER
    return distance2 + volume - _KEPT * kept + _unlike(person.look, sighting.look)


def _unlike(one: Array | None, other: Array | None) -> float:
    """How much looks speak against (above 0) or for it."""
    if one is None or other is None or len(one) != len(other):
        return 0.0
    return _LOOK_WEIGHT * (_STRANGERS - float(one @ other))
