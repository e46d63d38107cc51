"""Which voxels stand out."""

import numpy as np
import numpy.typing as npt

from engine.model.geometry import Floats
from engine.model.radio.radio import no_voxels
from engine.radio.geometry import LinkGeometry
from engine.radio.location.grid import VoxelGrid
from engine.radio.location.likelihood import DEPTHS, Array, Bins

MOST_VOXELS = 4000
_SHORT = 65_536 // DEPTHS


class VoxelField:
    """Fused values of voxels, above the floor's squares that stand out. Tables are built once for a geometry."""

    def __init__(self, grid: VoxelGrid, geometry: LinkGeometry) -> None:
        self.grid = grid
        self._heights = grid.shape[2]
        self._offset = (np.arange(len(geometry)) * DEPTHS).astype(np.uint16 if len(geometry) < _SHORT else np.int32)
        self._entries = np.concatenate([self._of(part, geometry) for part in np.array_split(grid.centers(), max(len(grid) // 50_000, 1))])
        x, y, self._levels = grid.axes()
        self.columns = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)

    def _of(self, centers: Array, geometry: LinkGeometry) -> npt.NDArray[np.integer]:
        return geometry.depths(centers).astype(self._offset.dtype, order="C") + self._offset

    def above(self, table: Array, columns: Bins, least: float) -> Floats:
        """(K, 4) x, y, z, value of the voxels over these squares whose value exceeds `least`, strongest first, at most 4,000."""
        if not len(columns):
            return no_voxels()
        rows = (columns[:, None] * self._heights + np.arange(self._heights)).ravel()
        values = table.ravel().take(self._entries[rows]).sum(axis=1)
        chosen = np.flatnonzero(values > least)
        chosen = chosen[np.argsort(-values[chosen], kind="stable")][:MOST_VOXELS]
        return np.column_stack([self._centers(rows[chosen]), values[chosen]]).astype(np.float32)

    def _centers(self, rows: Bins) -> Array:
        column, height = np.divmod(rows, self._heights)
        return np.concatenate([self.columns[column], self._levels[height, None]], axis=1)
