"""A peer of the literature: radio tomographic imaging from the variance of what links receive.

Wilson & Patwari, "Radio Tomographic Imaging with Wireless Networks" (IEEE TMC 9(5), 2010): links weigh the pixels of an ellipse around
them, the image is the regularised least squares with an exponential prior; "See-Through Walls" (IEEE TMC 10(5), 2011): what is imaged is
the variance over a short window. Places are the peaks of the image. Constants were chosen on tuning seeds 1 to 3 of `seeded.py`; an
average of images, other windows and other widths of ellipses were no better there.
"""

from collections import deque
from collections.abc import Sequence
from itertools import combinations
from math import dist

import numpy as np
import numpy.typing as npt

from benchmarks.radio.score import Seen
from engine.model.radio.radio import CsiBatch
from engine.model.site import Position
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]

_PIXEL_M, _PRIOR_M = 0.25, 1.0
_BODY_M = 1.2  # height of what peaks are told for; places are scored on the floor
_SILENT_DB2 = 0.05  # a variance below is rounding
_APART_M, _SAME_M = 1.0, 1.0  # of two peaks, and of a peak from that of the tick before


@dataclass(frozen=True, slots=True)
class Imaging:
    """`excess_m`: how much longer the way over a pixel may be; `smooth`: weight of the prior; `window_s`: of the variance."""

    excess_m: float = 0.6
    smooth: float = 3000.0
    window_s: float = 1.0


CHOSEN = Imaging()


class TomographicPeer:
    """Feed it each tick's frames, then ask for its blobs.

    It is told how many `people` there are, which an image does not say, and whether amplitudes tell the level (`by_csi`): they do where
    receivers have no gain control, and more finely than RSSI.
    """

    def __init__(self, nodes: dict[str, Position], people: int, by_csi: bool, imaging: Imaging = CHOSEN) -> None:
        self._imaging, self._people, self._by_csi = imaging, people, by_csi
        macs = list(nodes)
        self._links = {frozenset(pair): row for row, pair in enumerate(combinations(macs, 2))}
        self._heard: list[deque[tuple[float, float]]] = [deque() for _ in self._links]
        places = np.array([nodes[mac] for mac in macs], float).reshape(-1, 3)[:, :2]
        ends = [(places[one], places[other]) for one, other in combinations(range(len(macs)), 2)]
        self._pixels = _pixels(places)
        self._solver = _solver(self._pixels, ends, imaging) if ends else np.zeros((len(self._pixels), 0))
        self._before: list[Seen] = []
        self._made = 0

    def blobs(self, t_s: float, batch: CsiBatch | None) -> list[Seen]:
        if batch is not None:
            self._take(t_s, batch)
        moved = np.array([_variance(heard, t_s - self._imaging.window_s) for heard in self._heard])
        if not len(moved) or moved.max() < _SILENT_DB2:
            return []
        return self._named(self._peaks(self._solver @ np.sqrt(moved)))

    def _take(self, t_s: float, batch: CsiBatch) -> None:
        levels = batch.rssi_dbm.astype(float)
        if self._by_csi:
            levels = 10 * np.log10(np.maximum(np.square(batch.iq.astype(float)).sum(axis=(1, 2)), 1.0))
        for link, level in zip(batch.link.tolist(), levels.tolist(), strict=True):
            row = self._links.get(frozenset(batch.links[link]))
            if row is not None:
                self._heard[row].append((t_s, level))

    def _peaks(self, image: Array) -> list[Array]:
        found: list[Array] = []
        for at in np.argsort(-image).tolist():
            if len(found) == self._people or image[at] <= 0:
                break
            if all(np.linalg.norm(self._pixels[at] - other) >= _APART_M for other in found):
                found.append(self._pixels[at])
        return found

    def _named(self, places: Sequence[Array]) -> list[Seen]:
        """Each peak goes on as the nearest one of the tick before."""
        before, self._before = self._before, []
        for place in places:
            at = float(place[0]), float(place[1])
            nearest = min(before, key=lambda each: dist(each.position[:2], at), default=None)
            if nearest is not None and dist(nearest.position[:2], at) < _SAME_M:
                before = [each for each in before if each is not nearest]
                name = nearest.id
            else:
                self._made += 1
                name = f"peak {self._made}"
            self._before.append(Seen(name, (*at, _BODY_M)))
        return self._before


def _pixels(places: Array) -> Array:
    """(pixels, 2) middles of a grid over the nodes' ground; a line of nodes has a line of pixels."""
    if not len(places):
        return np.zeros((0, 2))
    low, high = places.min(axis=0), places.max(axis=0)
    axes = [np.arange(a + _PIXEL_M / 2, max(b, a + _PIXEL_M), _PIXEL_M) for a, b in zip(low, high, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)


def _solver(pixels: Array, ends: Sequence[tuple[Array, Array]], imaging: Imaging) -> Array:
    """(pixels, links) from what links measure to the image."""
    rows: list[Array] = []
    for one, other in ends:
        length = float(np.linalg.norm(one - other))
        way = np.linalg.norm(pixels - one, axis=1) + np.linalg.norm(pixels - other, axis=1)
        rows.append((way < length + imaging.excess_m) / np.sqrt(max(length, 1e-3)))
    weights = np.array(rows)
    prior = np.exp(-np.linalg.norm(pixels[:, None] - pixels[None], axis=-1) / _PRIOR_M)
    through = weights @ prior
    solver: Array = prior @ weights.T @ np.linalg.inv(through @ weights.T + imaging.smooth * np.eye(len(weights)))
    return solver


def _variance(heard: deque[tuple[float, float]], since_s: float) -> float:
    while heard and heard[0][0] <= since_s:
        heard.popleft()
    return float(np.var([level for _, level in heard])) if len(heard) > 2 else 0.0
