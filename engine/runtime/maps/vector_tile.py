"""Mapbox vector tiles (version 2.1): layers of features with tags and geometry, read with limits.

protobuf reads the message; the geometry's commands are read here. The package mapbox-vector-tile would also do it, but brings GEOS (LGPL).
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.model.value_class import dataclass

MOST_FEATURES = 20_000  # of a tile
MOST_NUMBERS = 400_000  # of its geometry
Points = NDArray[np.float64]


class Shape(IntEnum):
    UNKNOWN = 0
    POINT = 1
    LINE = 2
    POLYGON = 3


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """`parts`: points, lines or rings, each (n, 2), in shares of the tile from its upper left corner."""

    layer: str
    shape: Shape
    tags: dict[str, str | float | bool]
    parts: tuple[Points, ...]


def features(content: bytes) -> Iterator[Feature]:
    """What is damaged in it is left out; a tile that is none at all raises ValueError."""
    from engine.runtime.maps.tile_message import TILE, DecodeError  # few sites have such tiles, and protobuf takes its time to load

    tile = TILE()
    try:
        tile.ParseFromString(content)
    except DecodeError as error:
        raise ValueError(str(error)) from None
    left_features, left_numbers = MOST_FEATURES, MOST_NUMBERS
    for layer in tile.layers:
        extent = layer.extent if 0 < layer.extent <= 1 << 20 else 4096
        for feature in layer.features:
            left_features, left_numbers = left_features - 1, left_numbers - len(feature.geometry)
            if left_features < 0 or left_numbers < 0:
                return
            parts = _parts(np.array(feature.geometry, np.int64), extent)
            if parts:
                yield Feature(layer.name, _shape(feature.type), _tags(layer, feature.tags), parts)


def _shape(number: int) -> Shape:
    return Shape(number) if number in (1, 2, 3) else Shape.UNKNOWN


def _tags(layer: Any, pairs: Any) -> dict[str, str | float | bool]:
    found: dict[str, str | float | bool] = {}
    for key, value in zip(pairs[::2], pairs[1::2], strict=False):
        if key < len(layer.keys) and value < len(layer.values):
            known = layer.values[value].ListFields()
            if known:
                found[layer.keys[key]] = known[0][1]
    return found


def _parts(numbers: NDArray[np.int64], extent: int) -> tuple[Points, ...]:
    """Commands: MoveTo 1, LineTo 2, ClosePath 7, with their count above three bits; steps are zigzag numbers."""
    steps = (numbers >> 1) ^ -(numbers & 1)
    found: list[Points] = []
    at, place = 0, np.zeros(2)
    while at < len(numbers):
        command, count = int(numbers[at]) & 7, int(numbers[at]) >> 3
        at += 1
        if command == 7:
            continue
        end = at + 2 * count
        if command not in (1, 2) or not count or end > len(numbers):
            break
        points = place + np.cumsum(steps[at:end].reshape(-1, 2), axis=0)
        at, place = end, points[-1]
        if command == 1:
            found += [points[number : number + 1] for number in range(count)]
        elif found:
            found[-1] = np.concatenate((found[-1], points))
    return tuple(part / extent for part in found)
