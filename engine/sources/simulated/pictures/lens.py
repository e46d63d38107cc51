"""A pinhole camera: floor frame (metres) ↔ picture (pixels, origin top left, pixel centres at .5)."""

import numpy as np
import numpy.typing as npt

from engine.model.value_class import dataclass
from engine.sources.simulated.plan import CameraPlan

Array = npt.NDArray[np.float64]

NEAR_M = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """Rows of `axes` are unit vectors right, down, forward. `focal` in pixels."""

    at: Array
    axes: Array
    focal: float
    width: int
    height: int

    @classmethod
    def of(cls, plan: CameraPlan) -> "Lens":
        at = np.array(plan.at)
        forward = np.array(plan.aim) - at
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        width, height = plan.size
        focal = width / 2 / np.tan(np.radians(plan.fov_deg) / 2)
        return cls(at, np.stack([right, np.cross(forward, right), forward]), float(focal), width, height)

    def project(self, points_m: Array) -> tuple[Array, Array]:
        """Points (…, 3) to pixels (…, 2) and depths along the axis (…,) in metres. Depths below `NEAR_M` have no meaningful pixel."""
        local = (points_m - self.at) @ self.axes.T
        depth = local[..., 2]
        scale = self.focal / np.maximum(depth, NEAR_M)
        return local[..., :2] * scale[..., None] + np.array([self.width / 2, self.height / 2]), depth

    def rays(self, x: npt.NDArray[np.floating], y: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Directions (…, 3) through pixels, scaled so that their depth along the axis is 1."""
        local = np.stack([(x - self.width / 2) / self.focal, (y - self.height / 2) / self.focal, np.ones_like(x)], axis=-1)
        return local @ self.axes.astype(local.dtype)

    def all_rays(self) -> npt.NDArray[np.float32]:
        """The rays through all pixel centres, (H, W, 3)."""
        x, y = np.meshgrid(np.arange(self.width, dtype=np.float32) + 0.5, np.arange(self.height, dtype=np.float32) + 0.5)
        return self.rays(x, y).astype(np.float32)
