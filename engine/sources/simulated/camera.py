"""One simulated camera: the backdrop, the walkers in it, and what a cheap lens and sensor make of that."""

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.model.value_class import dataclass
from engine.sources.simulated.pictures.backdrop import load_backdrop
from engine.sources.simulated.pictures.figure import Figure
from engine.sources.simulated.pictures.grain import GRAIN_HZ, GRAIN_TILES, grain
from engine.sources.simulated.pictures.lens import Lens
from engine.sources.simulated.pictures.lighting import light_for
from engine.sources.simulated.pictures.painter import Sprite, draw
from engine.sources.simulated.pictures.plate import burn_in
from engine.sources.simulated.plan import CameraPlan
from engine.sources.simulated.waves.shadow import cast_shadow
from engine.sources.simulated.world import WalkerPose, World

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

_NEAREST_M = 0.5
_GIRTH_M = 0.25  # no part of a body is further than this from a joint
_WELL_VISIBLE = 0.85
_BODY_M = 0.18  # a surface this much nearer than the body's axis still does not hide it
_CUBE = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)


@dataclass(frozen=True, slots=True)
class VisibleWalker:
    """The truth about one walker in one picture, for tests.

    Attributes:
        box_xyxy: of the whole body, pixels, may reach beyond the picture.
        visible_share: of the body's pixels, how many are in the picture with nothing in front.
        well_visible: what a detector may be asked for: whole box inside the picture, at least `min_person_share` of its height, and at
            least 85 % of the body unhidden, so no more than shins or an arm behind something.
    """

    id: str
    box_xyxy: tuple[float, float, float, float]
    visible_share: float
    well_visible: bool


class SimulatedCamera:
    """A pinhole camera in the world. Any one thread at a time; a picture of 640×360 takes 1 ms empty, about 3 ms more per walker."""

    def __init__(self, world: World, plan: CameraPlan) -> None:
        self.plan = plan
        self.lens = Lens.of(plan)
        self._world = world
        self._backdrop = load_backdrop(plan)
        self._figures = {walker.id: Figure(walker, seed) for seed, walker in enumerate(world.plan.walkers)}
        self._grain = grain(self.lens.height, self.lens.width)
        self._rays = self.lens.all_rays()

    def render(self, t_s: float) -> Bytes:
        """The picture at a world time, (H, W, 3) uint8 BGR, owned by the caller."""
        canvas = self._backdrop.pixels.copy()
        for pose, sprite in self._visible_walkers(t_s):
            cast_shadow(canvas, pose, self.lens, self._backdrop.floor, self._world.plan)
            self._put(canvas, sprite, self._cover(pose, sprite))
        more, less = self._grain[round(t_s * GRAIN_HZ) % GRAIN_TILES]
        cv2.add(canvas, more, dst=canvas)
        cv2.subtract(canvas, less, dst=canvas)
        burn_in(canvas)
        return canvas

    def truth(self, t_s: float) -> tuple[VisibleWalker, ...]:
        """Every walker who at least partly shows. For tests and the staging of falls only: the engine must find walkers by looking."""
        drawn = self._visible_walkers(t_s)
        seen: list[VisibleWalker] = []
        for index, (pose, sprite) in enumerate(drawn):
            cover = self._cover(pose, sprite)
            for _, nearer in drawn[index + 1 :]:
                _subtract(cover, sprite, nearer)
            share = self._share(sprite, cover)
            if share > 0:
                seen.append(VisibleWalker(pose.id, sprite.box_xyxy, share, self._well_visible(sprite, share)))
        return tuple(seen)

    def _visible_walkers(self, t_s: float) -> list[tuple[WalkerPose, Sprite]]:
        """The walkers in the picture, far to near, as if nothing hid them."""
        found: list[tuple[float, WalkerPose, Sprite]] = []
        for pose in self._world.walkers(t_s):
            depth = float((pose.joints_m[0] - self.lens.at) @ self.lens.axes[2])
            if depth < _NEAREST_M or self._hidden(pose):
                continue
            light = light_for(self._world.plan, pose)
            sprite = draw(self._figures[pose.id].surface(pose), self.lens, light)
            if sprite is not None:
                found.append((depth, pose, sprite))
        found.sort(key=lambda item: -item[0])
        return [(pose, sprite) for _, pose, sprite in found]

    def _hidden(self, pose: WalkerPose) -> bool:
        """Whether walls hide all of the walker, or the picture does not reach there: most of them, most of the time."""
        corners = pose.joints_m[:, None] + _GIRTH_M * _CUBE
        pixels, depths = self.lens.project(corners.reshape(-1, 3))
        left, top = np.maximum(np.floor(pixels.min(axis=0)), 0).astype(int)
        right, bottom = np.ceil(pixels.max(axis=0)).astype(int)
        window = self._backdrop.depth_m[top : max(bottom, 0), left : max(right, 0)]
        return not window.size or float(window.max()) < float(depths.min())

    def _cover(self, pose: WalkerPose, sprite: Sprite) -> Floats:
        """How much of each pixel the walker covers (0–1) behind what stands in front of the upright plane through the body."""
        window = _window(sprite)
        away = pose.joints_m[0] - self.lens.at
        plane = away[:2] / max(float(np.hypot(*away[:2])), 1e-9)
        reach = (float(np.hypot(*away[:2])) if pose.upright else self._nearest(pose, plane)) - _BODY_M
        rays = self._rays[window]
        depth = reach / np.maximum(rays[..., 0] * np.float32(plane[0]) + rays[..., 1] * np.float32(plane[1]), 1e-3)
        return np.where(self._backdrop.depth_m[window] > depth, sprite.cover, 0).astype(np.float32) / np.float32(255)

    def _nearest(self, pose: WalkerPose, plane: Floats) -> float:
        """Of somebody who lies, the floor below the near end must not hide that end: the plane stands there."""
        return float(((pose.joints_m[:, :2] - self.lens.at[:2]) @ plane).min())

    def _put(self, canvas: Bytes, sprite: Sprite, cover: Floats) -> None:
        roi = canvas[_window(sprite)]
        drawn = np.divide(cover * 255, sprite.cover, out=np.zeros_like(cover), where=sprite.cover > 0)
        figure = cv2.GaussianBlur(sprite.pixels * drawn[..., None], (3, 3), 0.6)
        soft = cv2.GaussianBlur(cover, (3, 3), 0.6)
        roi[:] = (roi * (1 - soft[..., None]) + figure).astype(np.uint8)

    def _share(self, sprite: Sprite, cover: Floats) -> float:
        left, top, right, bottom = sprite.box_xyxy
        inside = (min(right, self.lens.width) - max(left, 0)) * (min(bottom, self.lens.height) - max(top, 0))
        whole = float(sprite.cover.sum()) / 255
        return float(cover.sum()) / whole * inside / ((right - left) * (bottom - top)) if whole else 0.0

    def _well_visible(self, sprite: Sprite, share: float) -> bool:
        left, top, right, bottom = sprite.box_xyxy
        inside = left >= 0 and top >= 0 and right <= self.lens.width and bottom <= self.lens.height
        return inside and bottom - top >= self.plan.min_person_share * self.lens.height and share >= _WELL_VISIBLE


def _window(sprite: Sprite) -> tuple[slice, slice]:
    height, width = sprite.cover.shape
    return slice(sprite.top, sprite.top + height), slice(sprite.left, sprite.left + width)


def _subtract(cover: Floats, sprite: Sprite, nearer: Sprite) -> None:
    """Take away what a nearer walker hides. (A nearer walker behind a wall hides nothing that the wall does not hide too.)"""
    height, width = cover.shape
    dy, dx = nearer.top - sprite.top, nearer.left - sprite.left
    rows, columns = (
        slice(max(dy, 0), max(min(dy + nearer.cover.shape[0], height), 0)),
        slice(max(dx, 0), max(min(dx + nearer.cover.shape[1], width), 0)),
    )
    part = nearer.cover[max(-dy, 0) :, max(-dx, 0) :][: rows.stop - rows.start, : columns.stop - columns.start]
    if part.size and rows.stop > rows.start and columns.stop > columns.start:
        cover[rows, columns] *= 1 - part.astype(np.float32) / 255
