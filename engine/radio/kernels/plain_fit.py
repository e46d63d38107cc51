"""How well as many people as that takes explain what the links show at a tick, in numpy. fit.c comes to the same bits."""

from collections.abc import Sequence

import numpy as np

from engine.radio.kernels.arrays import Array, Bins, Depths, Lines, People, Squares
from engine.radio.kernels.plain import best, depths, totals

MOST = 3  # people; who is more shows as misfit of all laws alike


def fit(table: Array, together: Depths, floor: Squares, spots: Array, lines: Lines, moves_m: Array, people: People) -> float:
    """Log-likelihood ratio to nobody of as many people as explain the levels best, up to `MOST`, less what each further one costs.

    Each person is put on the square that is best given those put before; then everybody moves in turn to the best of some places near by.

    Args:
        table: (L, DEPTHS) what each link says of somebody at each depth.
        together: (DEPTHS, DEPTHS) the depth at which one person would make the power that two make at these.
        spots: (squares, 2 or more) their middles, metres. moves_m: (steps, tried, 3) metres; one of each step stays.
    """
    crowd: list[Array] = []
    deep: list[Bins] = []
    found = -np.inf
    while len(crowd) < MOST:
        spot = spots[int(best(_beside(table, deep, together), floor.depths).argmax())]
        crowd.append(np.array([spot[0], spot[1], people.middle_m]))
        deep.append(depths(lines, crowd[-1][None])[:, 0].astype(np.intp))
        value = -np.inf
        for moves in moves_m:
            for at in range(len(crowd)):
                tried = crowd[at] + moves
                tried[:, 2] = np.clip(tried[:, 2], people.lowest_m, people.highest_m)
                reached = depths(lines, tried)
                values = totals(_beside(table, [*deep[:at], *deep[at + 1 :]], together), reached)
                chosen = int(values.argmax())
                value, crowd[at], deep[at] = float(values[chosen]), tried[chosen], reached[:, chosen].astype(np.intp)
        value -= people.one_more * (len(crowd) - 1)
        if value <= found:
            break
        found = value
    return found


def _beside(table: Array, others: Sequence[Bins], together: Depths) -> Array:
    """(L, DEPTHS) the table of one more person beside some at these depths (L,)."""
    if not others:
        return table
    deep = others[0]
    for other in others[1:]:
        deep = together[deep, other].astype(np.intp)
    return np.take_along_axis(table, together[deep].astype(np.intp), axis=1)
