"""The fixed ways of a wave between nodes: straight on, and off walls, ceiling, floor and furniture. Computed once for a site."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.surroundings import Mirrors, Surroundings

Array = npt.NDArray[np.float64]

REFLECTIONS = 6  # the strongest are kept
IMAGES = 4
_FLOOR, _CEILING = 0.25, 0.20
_OFF_M = 0.15  # a way ends this far before the wall that mirrors it, so that the wall does not count as in its way


@dataclass(frozen=True, slots=True, eq=False)
class Multipath:
    """The fixed ways of U pairs of nodes, each with P ways of which the first is the straight one, all others bent once.

    Attributes:
        amplitude: (U, P) relative to the wave at one metre of nothing, without bodies; negative where mirrored, 0 for none.
        length_m: (U, P). bend_m: (U, P, 3), where a way is bent; for the straight one its middle.
    """

    amplitude: Array
    length_m: Array
    bend_m: Array


def trace(starts: Array, ends: Array, around: Surroundings) -> Multipath:
    """`starts`, `ends`: (U, 3) metres."""
    amplitude, length, bend = zip(*(_ways(a, b, around) for a, b in zip(starts, ends, strict=True)), strict=True)
    return Multipath(np.array(amplitude), np.array(length), np.array(bend))


def images(at: Array, around: Surroundings) -> tuple[Array, Array]:
    """What nodes (N, 3) look like in the nearest mirrors: places (N, 4, 3) and coefficients (N, 4), 0 for none."""
    places, shares = np.zeros((len(at), IMAGES, 3)), np.zeros((len(at), IMAGES))
    for node, place in enumerate(at):
        for number, (_, share, image) in enumerate(sorted(_images(place, around.mirrors), key=lambda one: one[0])[:IMAGES]):
            places[node, number], shares[node, number] = image, -share
    return places, shares


def _images(place: Array, mirrors: Mirrors) -> Iterator[tuple[float, float, Array]]:
    """(distance from the wall, coefficient, image) for each wall that the node stands before."""
    for start, end, share in zip(mirrors.a, mirrors.b, mirrors.share, strict=True):
        length = float(np.linalg.norm(end - start))
        along = (end - start) / length
        normal = np.array([-along[1], along[0]])
        off = float((place[:2] - start) @ normal)
        if -1 <= float((place[:2] - start) @ along) <= length + 1:
            image = place.copy()
            image[:2] -= 2 * off * normal
            yield abs(off), float(share), image


def _ways(a: Array, b: Array, around: Surroundings) -> tuple[Array, Array, Array]:
    straight = float(np.linalg.norm(b - a))
    bent = sorted(_bent(a, b, around), key=lambda way: -abs(way[0]))[:REFLECTIONS]
    bent += [(0.0, straight, (a + b) / 2)] * (REFLECTIONS - len(bent))
    ways = [(_through(a, b, around) / max(straight, 0.3), straight, (a + b) / 2), *bent]
    return np.array([way[0] for way in ways]), np.array([way[1] for way in ways]), np.array([way[2] for way in ways])


def _bent(a: Array, b: Array, around: Surroundings) -> Iterator[tuple[float, float, Array]]:
    """(amplitude, length, place of the bend) of every way off something."""
    for share, image, spot in (*_off_walls(a, b, around.mirrors), *_off_planes(a, b, around.ceiling_m)):
        length = float(np.linalg.norm(b - image))
        yield -share * _through(a, spot, around) * _through(spot, b, around) / length, length, spot
    for spot, area_m2 in around.clutter:
        one, other = float(np.linalg.norm(spot - a)), float(np.linalg.norm(b - spot))
        spread = np.sqrt(area_m2 / (4 * np.pi)) / max(one * other, 0.1)
        yield spread * _through(a, spot, around) * _through(spot, b, around), one + other, spot


def _off_walls(a: Array, b: Array, mirrors: Mirrors) -> Iterator[tuple[float, Array, Array]]:
    """(coefficient, image of a, place of the bend) for each wall that both stand before."""
    for start, end, height, share in zip(mirrors.a, mirrors.b, mirrors.height, mirrors.share, strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        normal = np.array([-along[1], along[0]])
        off_a, off_b = float((a[:2] - start) @ normal), float((b[:2] - start) @ normal)
        if off_a * off_b <= 0.0025:
            continue
        spot = a + (b - a) * off_a / (off_a + off_b)
        spot[:2] = a[:2] + (b[:2] - a[:2]) * off_a / (off_a + off_b)
        spot[:2] -= normal * float((spot[:2] - start) @ normal)
        place = float((spot[:2] - start) @ along)
        if 0 <= place <= float(np.linalg.norm(end - start)) and spot[2] <= height:
            image = a.copy()
            image[:2] -= 2 * off_a * normal
            spot[:2] += normal * np.sign(off_a) * _OFF_M
            yield float(share), image, spot


def _off_planes(a: Array, b: Array, ceiling_m: float | None) -> Iterator[tuple[float, Array, Array]]:
    """The same for floor and ceiling."""
    for share, level in ((_FLOOR, 0.0), (_CEILING, ceiling_m)):
        if level is None or (level > 0 and max(a[2], b[2]) > level):
            continue
        down_a, down_b = abs(a[2] - level) + 0.02, abs(b[2] - level) + 0.02
        spot = a + (b - a) * down_a / (down_a + down_b)
        spot[2] = level
        image = a.copy()
        image[2] = 2 * level - a[2]
        yield share, image, spot


def _through(start: Array, end: Array, around: Surroundings) -> float:
    return float(10 ** (-around.loss_db(start[None], end[None])[0] / 20))
