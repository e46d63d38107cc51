"""The kernels in C. Sizes and kinds of arrays are looked at here: what does not fit raises ValueError before any of it is read.

Importing this raises ImportError where they were not compiled, or from another source than what lies beside them.
"""

import threading
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from engine.radio.kernels import plain
from engine.radio.kernels.arrays import (
    DEPTHS,
    EDGES,
    FIRST,
    LEVELS,
    Array,
    Bins,
    Chosen,
    Depths,
    Field,
    Floats,
    FollowedPerson,
    Lines,
    Pair,
    Squares,
    TickLevels,
    WalkStep,
)
from engine.radio.kernels.build import MODULE, digest

_compiled: Any = import_module(f"engine.radio.kernels.{MODULE}")
ffi, lib = _compiled.ffi, _compiled.lib
_source = digest(Path(__file__).parent)
if _source not in ("", ffi.string(lib.kernel_source).decode()):
    raise ImportError("the radio kernels were compiled from an older source: python -m engine.radio.kernels.build")

TILE = 64
buffer = ffi.from_buffer
_DOUBLE, _FLOAT, _INT64, _UINT8, _BOOL = (np.dtype(kind) for kind in (np.float64, np.float32, np.int64, np.uint8, np.bool_))


def _of(values: npt.NDArray[Any], kind: np.dtype[Any], pointer: str, shape: tuple[int, ...]) -> Any:
    """Where an array lies, once it is what a kernel reads."""
    if values.shape != shape or values.dtype != kind:
        raise ValueError(f"an array {values.shape} of {values.dtype} where a kernel reads {shape} of {kind}")
    return buffer(pointer, values if values.flags.c_contiguous else np.ascontiguousarray(values))


def doubles(values: Array, *shape: int) -> Any:
    return _of(values, _DOUBLE, "double[]", shape)


def numbers(values: Bins, *shape: int) -> Any:
    return _of(values, _INT64, "int64_t[]", shape)


def bytes_of(values: Depths, *shape: int) -> Any:
    return _of(values, _UINT8, "uint8_t[]", shape)


class _Work(threading.local):
    """Room that kernels compute in, of each thread its own: asking the system for it anew at each call costs more than some kernels."""

    def __init__(self) -> None:
        self._room, self._held = 0, ffi.NULL

    def numbers(self, many: int) -> Any:
        if many > self._room:
            self._room = 2 * many
            self._held = ffi.new("double[]", self._room)
        return self._held

    def places(self, many: int) -> Any:
        return ffi.cast("uint32_t *", self.numbers((many + 1) // 2))


work = _Work()


_Arrays = tuple[Any, ...]
_held: WeakKeyDictionary[Lines | Squares | Field, _Arrays] = WeakKeyDictionary()
"""Where the arrays lie of what stays for many ticks: they are looked at once."""


def lines_of(lines: Lines) -> _Arrays:
    """As kernels take them."""
    held = _held.get(lines)
    if held is None:
        links, nodes = len(lines.one), len(lines.nodes)
        ends = numbers(lines.one, links), numbers(lines.other, links)
        lengths = doubles(lines.length_m, links), doubles(lines.half_wave_m, links)
        held = _held[lines] = (doubles(lines.nodes, nodes, 3), nodes, *ends, *lengths, links)
    return held


def _squares(floor: Squares) -> _Arrays:
    held = _held.get(floor)
    if held is None:
        links, heights, squares = floor.depths.shape
        held = (bytes_of(floor.depths, links, heights, squares), bytes_of(floor.standing, squares, links), links, heights, squares)
        _held[floor] = held
    return held


def floor_depths(floor: Squares) -> _Arrays:
    """Depths of people on its squares, as kernels take them, with their numbers of links, heights and squares."""
    depths, _, *shape = _squares(floor)
    return depths, *shape


def _field(field: Field) -> _Arrays:
    held = _held.get(field)
    if held is None:
        every, heights, links = field.depths.shape
        spots, levels = _of(field.spots, _FLOAT, "float[]", (every, 2)), _of(field.levels, _FLOAT, "float[]", (heights,))
        held = _held[field] = (bytes_of(field.depths, every, heights, links), spots, levels)
    return held


def checked(found: int) -> int:
    if found < 0:
        raise IndexError("a number that a kernel looks up by is outside its table")
    return found


def log(values: Array) -> Array:
    found = np.empty(values.shape)
    lib.kernel_log(doubles(values, *values.shape), values.size, buffer("double[]", found))
    return found


def exp(values: Array) -> Array:
    found = np.empty(values.shape)
    lib.kernel_exp(doubles(values, *values.shape), values.size, buffer("double[]", found))
    return found


def squares(off: Floats, chosen: Chosen) -> Array:
    many, width = off.shape
    found = np.empty(many)
    checked(
        lib.kernel_squares(
            _of(off, _FLOAT, "float[]", (many, width)),
            _of(chosen, _BOOL, "uint8_t[]", (many, width)),
            many,
            width,
            buffer("double[]", found),
        )
    )
    return found


def ratios(law: Array, level: Bins, others: Pair, weight: Array) -> Array:
    links = len(level)
    table = np.empty((links, DEPTHS))
    above, below = others
    checked(
        lib.kernel_ratios(
            doubles(law, LEVELS + 1, DEPTHS),
            numbers(level, links),
            doubles(above, links),
            doubles(below, links),
            doubles(weight, links),
            links,
            buffer("double[]", table),
        )
    )
    return table


def best(table: Array, depths: Depths) -> Array:
    links, heights, squares = depths.shape
    found = np.empty(squares)
    lib.kernel_best(
        doubles(table, links, DEPTHS),
        bytes_of(depths, links, heights, squares),
        links,
        squares,
        heights,
        work.numbers(heights * squares),
        buffer("double[]", found),
    )
    return found


def totals(table: Array, depths: Depths) -> Array:
    links, places = depths.shape
    found = np.empty(places)
    lib.kernel_totals(doubles(table, links, DEPTHS), bytes_of(depths, links, places), links, places, buffer("double[]", found))
    return found


def shade(law: Array, level: Bins, depths: Depths, share: Array) -> Pair:
    links, places = depths.shape
    above, below = np.empty(links), np.empty(links)
    checked(
        lib.kernel_shade(
            doubles(law, LEVELS + 1, DEPTHS),
            numbers(level, links),
            bytes_of(depths, links, places),
            doubles(share, places),
            links,
            places,
            work.numbers(places),
            buffer("double[]", above),
            buffer("double[]", below),
        )
    )
    return above, below


def depths(lines: Lines, points: Array) -> Depths:
    places = len(points)
    found = np.empty((len(lines.one), places), np.uint8)
    checked(
        lib.kernel_depths(
            *lines_of(lines),
            doubles(points, places, 3),
            places,
            FIRST_BINS,
            BIN_EDGES,
            work.numbers(len(lines.nodes) * TILE),
            buffer("uint8_t[]", found),
        )
    )
    return found


def shift_gain(lines: Lines, points: Array, speeds: Array, ratios: Array, lowest_hz: float) -> Array:
    (links, shifts), places = ratios.shape, len(points)
    found = np.empty(places)
    checked(
        lib.kernel_shift_gain(
            *lines_of(lines),
            doubles(points, places, 3),
            doubles(speeds, places, 3),
            places,
            doubles(ratios, len(lines.one), shifts),
            shifts,
            lowest_hz,
            work.numbers((len(lines.nodes) + links) * TILE),
            buffer("double[]", found),
        )
    )
    return found


def shift_claims(lines: Lines, points: Array, speeds: Array, share: Array, shifts: int, lowest_hz: float) -> Array:
    places, links = len(points), len(lines.one)
    found = np.empty((links, shifts))
    checked(
        lib.kernel_shift_claims(
            *lines_of(lines),
            doubles(points, places, 3),
            doubles(speeds, places, 3),
            places,
            doubles(share, places),
            shifts,
            lowest_hz,
            work.numbers((len(lines.nodes) + links) * TILE + shifts),
            buffer("double[]", found),
        )
    )
    return found


def walk(spots: Array, speeds: Array, push: Array, stops: Array | None, jumps: Array, step: WalkStep) -> None:
    many = len(spots)
    if not (spots.flags.c_contiguous and speeds.flags.c_contiguous):  # what would be changed is a copy
        plain.walk(spots, speeds, push, stops, jumps, step)
        return
    lib.kernel_walk(
        doubles(spots, many, 3),
        doubles(speeds, many, 3),
        many,
        doubles(push, many, 3),
        ffi.NULL if stops is None else doubles(stops, many),
        doubles(jumps, many),
        _walk_step(step),
    )


@lru_cache(maxsize=64)
def _walk_step(step: WalkStep) -> Any:
    return ffi.new("walk_step *", {field.name: getattr(step, field.name) for field in fields(step)})


def newcomer(
    law: Array, seen: TickLevels, floor: Squares, people: Sequence[FollowedPerson], worth_it: float, misfit: float
) -> tuple[Array, tuple[int, ...]]:
    (links, heights, squares), many = floor.depths.shape, len(people)
    places = len(people[0].share) if people else 0
    views = np.array([each.shade for each in people]).reshape(many, 2, links)
    clouds, shares = (np.array([getattr(each, name) for each in people]) for name in ("depths", "share"))
    gain, aside = np.empty(squares), np.empty(many, np.int64)
    checked(
        lib.kernel_newcomer(
            doubles(law, LEVELS + 1, DEPTHS),
            numbers(seen.level, links),
            doubles(np.array(seen.stray), 2, links),
            doubles(seen.weight, links),
            *_squares(floor),
            doubles(views, many, 2, links),
            bytes_of(clouds, many, links, places) if many else ffi.NULL,
            doubles(shares, many, places) if many else ffi.NULL,
            many,
            places,
            worth_it,
            misfit,
            work.numbers(links * (2 * DEPTHS + 7) + squares * (2 * heights + 4) + places),
            buffer("double[]", gain),
            buffer("int64_t[]", aside),
        )
    )
    return gain, tuple(aside.tolist())


def standing_out(values: Array, which: Bins, least: float, most: int) -> Bins:
    many = len(which)
    found = np.empty(many, np.int64)
    count = lib.kernel_standing_out(
        doubles(values, len(values)),
        numbers(which, many),
        many,
        len(values),
        least,
        most,
        buffer("int64_t[]", found),
        work.places(3 * many),
    )
    return found[: checked(count)]


def voxels(table: Array, field: Field, columns: Bins, least: float, most: int) -> Floats:
    (every, heights, links), many = field.depths.shape, len(columns)
    shown = np.empty((many * heights, 4), np.float32)
    depths, spots, levels = _field(field)
    count = lib.kernel_voxels(
        doubles(table, links, DEPTHS),
        depths,
        links,
        heights,
        numbers(columns, many),
        many,
        every,
        spots,
        levels,
        least,
        most,
        buffer("float[]", shown),
        work.places(4 * many * heights),
    )
    return shown[: checked(count)]


FIRST_BINS, BIN_EDGES = bytes_of(FIRST, 289), doubles(EDGES, DEPTHS + 1)
