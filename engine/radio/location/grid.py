"""The voxels of a site: where they are, and a coarse lattice over its floor."""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.model.site import Floor, Position
from engine.model.value_class import dataclass

Array = npt.NDArray[np.float64]
Extent = tuple[float, float, float, float, float, float]

MOST_VOXELS = 2_000_000
_SMALLEST_M = 1.0


def extent_of(positions: Mapping[str, Position], floor: Floor) -> Extent | None:
    """x0, y0, z0, x1, y1, z1 in metres: of the plan where there is one, otherwise what the nodes span. None for neither."""
    if floor.extent is not None:
        x0, y0, x1, y1 = floor.extent
        return x0, y0, 0.0, x1, y1, floor.height_m
    if len(positions) < 2:
        return None
    spots = np.array(list(positions.values()), float)
    low, high = spots.min(axis=0), spots.max(axis=0)
    middle, half = (low + high)[:2] / 2, np.maximum((high - low)[:2], _SMALLEST_M) / 2
    (x0, y0), (x1, y1) = (middle - half).tolist(), (middle + half).tolist()
    return x0, y0, 0.0, x1, y1, max(float(high[2]), floor.height_m)


@dataclass(frozen=True, slots=True)
class VoxelGrid:
    """Equal cubes from a corner: `shape` of them along x, y, z; a voxel stands for its centre."""

    corner: Position
    cell_m: float
    shape: tuple[int, int, int]

    @classmethod
    def over(cls, extent: Extent, cell_m: float) -> "VoxelGrid":
        """Covers the extent. Cells grow where there would be more than two million of them."""
        size = [extent[axis + 3] - extent[axis] for axis in range(3)]
        cell = max(cell_m, (math.prod(size) / MOST_VOXELS) ** (1 / 3))
        x, y, z = (max(math.ceil(length / cell - 1e-9), 1) for length in size)
        return cls((extent[0], extent[1], extent[2]), cell, (x, y, z))

    def __len__(self) -> int:
        return math.prod(self.shape)

    def axes(self) -> tuple[Array, Array, Array]:
        """Coordinates of the centres along x, y, z."""
        x, y, z = (
            start + self.cell_m * (np.arange(count, dtype=np.float64) + 0.5) for start, count in zip(self.corner, self.shape, strict=True)
        )
        return x, y, z

    def centers(self) -> Array:
        """(V, 3) metres, z running fastest."""
        return np.stack(np.meshgrid(*self.axes(), indexing="ij"), axis=-1).reshape(-1, 3)
