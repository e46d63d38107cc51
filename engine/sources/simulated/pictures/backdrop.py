"""The painted empty site as cameras use it: pixels and depth from the resources, and what is floor."""

from importlib import resources

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.lens import Lens
from engine.sources.simulated.plan import CameraPlan

_SKY = 65535


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """pixels: (H, W, 3) uint8 BGR. depth_m: (H, W) float32 along the axis, infinite for sky. floor: (H, W) bool."""

    pixels: npt.NDArray[np.uint8]
    depth_m: npt.NDArray[np.float32]
    floor: npt.NDArray[np.bool_]


def load_backdrop(camera: CameraPlan) -> Backdrop:
    """Takes some 15 ms. The pictures are made by `tools.demo_rooms.studio`; one that is missing or of another size is a bug."""
    pixels = _read_picture(f"{camera.id}.png", cv2.IMREAD_COLOR).astype(np.uint8, copy=False)
    stored = _read_picture(f"{camera.id}_depth.png", cv2.IMREAD_UNCHANGED).astype(np.float32)
    lens = Lens.of(camera)
    if pixels.shape != (lens.height, lens.width, 3) or stored.shape != pixels.shape[:2]:
        raise ValueError(f"backdrop of {camera.id}: expected {(lens.height, lens.width)}, got {pixels.shape} and {stored.shape}")
    depth = np.where(stored == _SKY, np.inf, stored / 100).astype(np.float32)
    return Backdrop(cv2.GaussianBlur(pixels, (3, 3), 0.45).astype(np.uint8), depth, _floor(lens, depth))


def _read_picture(name: str, how: int) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    data = (resources.files("resources") / "demo_site" / name).read_bytes()
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if picture is None:
        raise ValueError(f"the picture {name} of the demo site is damaged")
    return picture.astype(np.uint16) if picture.dtype == np.uint16 else picture.astype(np.uint8)


def _floor(lens: Lens, depth: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    down = lens.all_rays()[..., 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(down < 0, -lens.at[2] / down, np.inf)
        expected = np.where(expected < 500, expected, -1)
    return (expected > 0) & (np.abs(depth - expected) < 0.02 + 0.02 * expected)
