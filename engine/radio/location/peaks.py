"""Which voxels stand out."""

import numpy as np

from engine.model.geometry import Floats
from engine.radio import kernels
from engine.radio.geometry import LinkGeometry
from engine.radio.kernels import Array, Bins, Depths, Field
from engine.radio.location.grid import VoxelGrid

MOST_VOXELS = 4000
_AT_ONCE = 50_000


class VoxelField:
    """Fused values of voxels, above the floor's squares that stand out. Tables are built once for a geometry."""

    def __init__(self, grid: VoxelGrid, geometry: LinkGeometry) -> None:
        self.grid = grid
        x, y, levels = grid.axes()
        self.columns: Array = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
        depths = _depths(grid, geometry).reshape(len(self.columns), len(levels), len(geometry))
        self._field = Field(depths, self.columns.astype(np.float32), levels.astype(np.float32))

    def above(self, table: Array, columns: Bins, least: float) -> Floats:
        """(K, 4) x, y, z, value of the voxels over these squares whose value exceeds `least`, strongest first, at most 4,000."""
        return kernels.voxels(table, self._field, columns, least, MOST_VOXELS)


def _depths(grid: VoxelGrid, geometry: LinkGeometry) -> Depths:
    """(voxels, L) of all voxels."""
    centers, depths = grid.centers(), np.empty((len(grid), len(geometry)), np.uint8)
    for first in range(0, len(grid), _AT_ONCE):
        depths[first : first + _AT_ONCE] = geometry.depths(centers[first : first + _AT_ONCE]).T
    return depths
