"""The search for somebody not followed yet: a histogram over the floor of where they may be, and the odds that they are there at all.

A Bernoulli filter (Ristic, Vo, Vo & Farina, IEEE TSP 2013) before detection: evidence adds up over time where no single moment would do,
and what those who are followed already explain is no evidence.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.radio import kernels
from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import Array, Bins, Squares
from engine.radio.location.grid import Extent

MOST_CELLS = 900
LEAST_CELL_M = 0.4
HEIGHTS_M = (1.0, 1.6)
_APPEARS_PER_S = 0.02
_GOES_S = 8.0
_SPREAD_M2_S = 0.12  # variance a walker's place gains per second, each way
_LIMIT = 8.0


class FloorLattice:
    """Squares of a floor and how deep their points are in each link; built once for a geometry."""

    def __init__(self, extent: Extent, geometry: LinkGeometry) -> None:
        x0, y0, _, x1, y1, _ = extent
        self.cell_m = max(LEAST_CELL_M, float(np.sqrt((x1 - x0) * (y1 - y0) / MOST_CELLS)))
        self.x, self.y = (_middles(low, high, self.cell_m) for low, high in ((x0, x1), (y0, y1)))
        self.shape = (len(self.x), len(self.y))
        flat = np.stack(np.meshgrid(self.x, self.y, indexing="ij"), axis=-1).reshape(-1, 2)
        self.spots = flat
        spots = np.concatenate([np.column_stack([flat, np.full(len(flat), height)]) for height in HEIGHTS_M])
        self._middles = np.column_stack([flat, np.full(len(flat), sum(HEIGHTS_M) / len(HEIGHTS_M))])
        standing = np.ascontiguousarray(geometry.depths(self._middles).T)
        self.squares = Squares(geometry.depths(spots).reshape(-1, len(HEIGHTS_M), len(flat)), standing)

    def gain(self, table: Array) -> Array:
        """(cells,) what the links add up to at each square, at the better of the heights."""
        return kernels.best(table, self.squares.depths)

    def mean(self, table: Array) -> Array:
        """(L,) what each link adds, averaged over the floor."""
        return kernels.looked_up(table, self.squares.depths).mean(axis=(1, 2))

    def spot(self, row: int) -> Array:
        """(3,) a square's middle, half way up a person."""
        return self._middles[row]

    def holding(self, points: Array) -> Bins:
        """(n,) which square holds each of these floor points (n, 2); the nearest for those outside."""
        sides = [np.abs(points[:, axis : axis + 1] - middles).argmin(axis=1) for axis, middles in enumerate((self.x, self.y))]
        return sides[0] * self.shape[1] + sides[1]


def _middles(low: float, high: float, cell: float) -> Array:
    count = max(round((high - low) / cell), 1)
    return low + (np.arange(count) + 0.5) * (high - low) / count


class FloorSearch:
    """`belief`: log-odds that there is one more. `share` (cells,): where, adding up to 1."""

    def __init__(self, lattice: FloorLattice) -> None:
        self._lattice = lattice
        self.share: Array = np.zeros(0)
        self.belief = 0.0
        self.begin()

    def begin(self) -> None:
        """Nothing is known of anybody else."""
        cells = len(self._lattice.spots)
        self.share = np.full(cells, 1 / cells)
        self.belief = -_LIMIT / 2

    def step(self, gain: Array, taken: Array, dt_s: float) -> None:
        """`gain` (cells,): log-likelihood ratios of somebody more at each square. `taken` (n, 2): where bodies stand already."""
        gain = kernels.beside_bodies(gain, self._lattice.spots, taken)
        stays = float(1 / (1 + np.exp(-self.belief)) * np.exp(-dt_s / _GOES_S))
        comes = (1 - stays) * _APPEARS_PER_S * dt_s
        there = stays + comes
        part = min(_SPREAD_M2_S * dt_s / self._lattice.cell_m**2 / 2, 0.25)  # of diffusion; nothing leaves the floor
        joint, top, total = kernels.search(gain, self.share, self._lattice.shape, part, stays, comes)
        self.share = joint / total
        self.belief = min(max(float(np.log(there / (1 - there)) + np.log(total)) + top, -_LIMIT), _LIMIT)

    def draw(self, count: int) -> Array:
        """(count, 2) squares as often as they are likely."""
        marks = (np.arange(count) + 0.5) / count
        return self._lattice.spots[np.minimum(np.searchsorted(np.cumsum(self.share), marks), len(self.share) - 1)]

    def state(self) -> dict[str, Any]:
        return {"belief": self.belief, "share": self.share.tolist()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """A state of another lattice begins anew."""
        share = np.array(state["share"])
        if len(share) == len(self.share):
            self.belief, self.share = float(state["belief"]), share
