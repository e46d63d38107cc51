"""Clouds of guesses of where somebody is, in C (clouds.c): as `plain_clouds` says in numpy. Importing this raises as `compiled` does."""

import numpy as np

from engine.radio.kernels import compiled as c
from engine.radio.kernels.arrays import DEPTHS, LEVELS, Array, Bins, Depths, Lines, Pair
from engine.radio.kernels.compiled import TILE, buffer, bytes_of, checked, doubles, lib, lines_of, numbers, work
from engine.radio.kernels.plain_clouds import Box, Shades


def weigh(gain: Array, share: Array, scale: float, temper: float, haste: float) -> tuple[Array, float, float]:
    many = len(share)
    weighed, found = np.empty(many), np.empty(2)
    places = doubles(gain, many), doubles(share, many)
    lib.kernel_weigh(*places, many, scale, temper, haste, work.numbers(2 * many), buffer("double[]", weighed), buffer("double[]", found))
    evidence, squares = found.tolist()
    return weighed, evidence, squares


def resampled(spots: Array, speeds: Array, share: Array, draw: float) -> Pair:
    many = len(share)
    found = np.empty((many, 3)), np.empty((many, 3))
    places = doubles(spots, many, 3), doubles(speeds, many, 3), doubles(share, many)
    lib.kernel_resampled(*places, many, draw, *(buffer("double[]", each) for each in found))
    return found


def beside_bodies(gain: Array, spots: Array, taken: Array) -> Array:
    many, stride = spots.shape
    if stride < 2:
        raise ValueError("spots without a north")
    found = gain.copy()
    bodies = doubles(taken, len(taken), 2)
    lib.kernel_bodies(doubles(found, many), doubles(spots, many, stride), stride, many, bodies, len(taken))
    return found


def search(gain: Array, share: Array, shape: tuple[int, int], part: float, stays: float, comes: float) -> tuple[Array, float, float]:
    many = shape[0] * shape[1]
    joint, found = np.empty(many), np.empty(2)
    places = doubles(gain, many), doubles(share, many)
    room = work.numbers(many), buffer("double[]", joint), buffer("double[]", found)
    lib.kernel_search(*places, *shape, part, stays, comes, *room)
    top, total = found.tolist()
    return joint, top, total


def moments(spots: Array, speeds: Array, share: Array, box: Box) -> Array:
    many, found = len(share), np.empty(16)
    places = doubles(spots, many, 3), doubles(speeds, many, 3), doubles(share, many)
    lib.kernel_moments(*places, many, box, work.numbers(many), buffer("double[]", found))
    return found


def shade_cloud(lines: Lines, law: Array, level: Bins, spots: Array, share: Array, every: int) -> tuple[Depths, Array, Shades]:
    links, guesses = len(lines.one), len(share)
    places = -(-guesses // every)
    deep, parts, shades = np.empty((links, places), np.uint8), np.empty(places), np.empty((3, links))
    checked(
        lib.kernel_shade_cloud(
            *lines_of(lines),
            doubles(spots, guesses, 3),
            doubles(share, guesses),
            guesses,
            every,
            doubles(law, LEVELS + 1, DEPTHS),
            numbers(level, links),
            c.FIRST_BINS,
            c.BIN_EDGES,
            work.numbers(len(lines.nodes) * TILE + places),
            buffer("uint8_t[]", deep),
            buffer("double[]", parts),
            buffer("double[]", shades),
        )
    )
    return deep, parts, (shades[0], shades[1], shades[2])


def _beside(others: Pair, links: int) -> Array:
    both = np.empty((2, links))
    both[0], both[1] = others
    return both


def place_gain(lines: Lines, law: Array, level: Bins, others: Pair, weight: Array, spots: Array, speeds: Array, delay_s: float) -> Array:
    links, guesses = len(lines.one), len(spots)
    found = np.empty(guesses)
    checked(
        lib.kernel_place_gain(
            *lines_of(lines),
            doubles(spots, guesses, 3),
            doubles(speeds, guesses, 3),
            guesses,
            delay_s,
            doubles(law, LEVELS + 1, DEPTHS),
            numbers(level, links),
            buffer("double[]", _beside(others, links)),
            doubles(weight, links),
            c.FIRST_BINS,
            c.BIN_EDGES,
            work.numbers(links * (DEPTHS + TILE // 8) + len(lines.nodes) * TILE),
            buffer("double[]", found),
        )
    )
    return found


def explain(lines: Lines, law: Array, level: Bins, others: Pair, weight: Array, place: Array, clouds: Depths) -> tuple[float, Shades]:
    links, guesses = len(lines.one), clouds.shape[1]
    found = np.empty(3 * links + 1)
    checked(
        lib.kernel_explain(
            *lines_of(lines),
            doubles(place, 3),
            doubles(law, LEVELS + 1, DEPTHS),
            numbers(level, links),
            buffer("double[]", _beside(others, links)),
            doubles(weight, links),
            bytes_of(clouds, links, guesses),
            guesses,
            c.FIRST_BINS,
            c.BIN_EDGES,
            work.numbers(links * (DEPTHS + 1) + len(lines.nodes) * TILE + guesses + 3),
            buffer("double[]", found),
        )
    )
    return float(found[-1]), (found[:links], found[links : 2 * links], found[2 * links : -1])
