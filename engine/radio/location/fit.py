"""How well a law of scattering explains what the links show at one tick, with as many people as that takes, wherever they are best.

A lattice alone is too coarse to tell laws apart: near a link half a square is worth ten decibels. So each person is put where the lattice
says, given those who were put before, and everybody is then moved about in ever smaller steps.
"""

import numpy as np

from engine.radio import kernels
from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import Array, Depths, People
from engine.radio.location.search import HEIGHTS_M, FloorLattice

_STEPS_M = (0.3, 0.12)
_TRIED = 32
_ONE_MORE = 2.0  # each further person has to explain more than chance would
_PEOPLE = People(sum(HEIGHTS_M) / len(HEIGHTS_M), 0.2, 1.9, _ONE_MORE)


def _moves_m() -> Array:
    moves = np.random.default_rng(7).uniform(-1, 1, (len(_STEPS_M), _TRIED, 3))
    moves[:, 0] = 0.0  # stay
    steps_m: Array = np.array(_STEPS_M, np.float64)
    scaled: Array = moves * steps_m[:, None, None]
    return scaled


_MOVES_M = _moves_m()


def best_fit(table: Array, together: Depths, lattice: FloorLattice, geometry: LinkGeometry) -> float:
    """Log-likelihood ratio to nobody of as many people as explain the levels best, less what each after the first costs.

    Args:
        table: (L, DEPTHS) what each link says of somebody at each depth. together: as `ScatterLaw.depths_of_two` gives it.
    """
    return kernels.fit(table, together, lattice.squares, lattice.spots, geometry.lines, _MOVES_M, _PEOPLE)
