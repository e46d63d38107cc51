"""How well people explain a tick, in C (fit.c): as `plain_fit` says in numpy. Importing this raises as `compiled` does."""

import numpy as np

from engine.radio.kernels import compiled as c
from engine.radio.kernels.arrays import DEPTHS, Array, Depths, Lines, People, Squares
from engine.radio.kernels.compiled import TILE, buffer, bytes_of, checked, doubles, ffi, lib, lines_of, work
from engine.radio.kernels.plain_fit import MOST


def fit(table: Array, together: Depths, floor: Squares, spots: Array, lines: Lines, moves_m: Array, people: People) -> float:
    (links, heights, squares), (cells, stride), (steps, tried, axes) = floor.depths.shape, spots.shape, moves_m.shape
    if (links, cells, axes) != (len(lines.one), squares, 3) or stride < 2:
        raise ValueError("a floor, its spots and its links do not fit together")
    room = links * DEPTHS + (heights + 1) * squares + len(lines.nodes) * TILE + 4 * tried + links * (tried + MOST) // 8 + 1
    found = np.empty(1)
    checked(
        lib.kernel_fit(
            doubles(table, links, DEPTHS),
            bytes_of(together, DEPTHS, DEPTHS),
            *c.floor_depths(floor),
            doubles(spots, squares, stride),
            stride,
            *lines_of(lines)[:-1],
            doubles(moves_m, steps, tried, 3),
            steps,
            tried,
            ffi.new("double[]", [people.middle_m, people.lowest_m, people.highest_m, people.one_more]),
            c.FIRST_BINS,
            c.BIN_EDGES,
            work.numbers(room),
            buffer("double[]", found),
        )
    )
    return float(found[0])
