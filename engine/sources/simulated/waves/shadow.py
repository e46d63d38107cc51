"""What a walker takes of the light on the floor: a soft dark patch under the feet, and outdoors the shadow the sun throws."""

import numpy as np
import numpy.typing as npt

from engine._opencv import cv2
from engine.sources.simulated.pictures.body import INDEX, SIDES
from engine.sources.simulated.pictures.lens import Lens
from engine.sources.simulated.plan import FloorPlan
from engine.sources.simulated.world import WalkerPose

Array = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

_CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 12, endpoint=False)), np.sin(np.linspace(0, 2 * np.pi, 12, endpoint=False))], axis=1)
_BONES = (  # joints and the radius around them, metres
    ("pelvis", "neck", 0.17),
    ("head", "crown", 0.10),
    *((f"{side}_{a}", f"{side}_{b}", radius) for side in SIDES for a, b, radius in (("hip", "knee", 0.09), ("knee", "ankle", 0.065))),
    *((f"{side}_{a}", f"{side}_{b}", radius) for side in SIDES for a, b, radius in (("shoulder", "elbow", 0.06), ("elbow", "hand", 0.05))),
)


def cast_shadow(canvas: Bytes, pose: WalkerPose, lens: Lens, floor: npt.NDArray[np.bool_], plan: FloorPlan) -> None:
    """Darkens the floor around a walker, in place."""
    hulls = [(_outline(lens, pose.joints_m[[INDEX[f"{side}_heel"], INDEX[f"{side}_toe"]]], 0.07), 110) for side in SIDES]
    hulls.append((_outline(lens, pose.joints_m[[INDEX["pelvis"]]], 0.30), 50))
    if not pose.upright:
        hulls = [(_outline(lens, pose.joints_m[[INDEX[a], INDEX[b]]], 1.3 * radius), 80) for a, b, radius in _BONES]
    if pose.position[1] < plan.rooms["yard"][3]:
        hulls = [(_outline(lens, _thrown(pose, a, b, plan), radius), 105) for a, b, radius in _BONES] + (hulls[:2] if pose.upright else [])
    _darken(canvas, [(hull, depth) for hull, depth in hulls if hull is not None], floor)


def _thrown(pose: WalkerPose, a: str, b: str, plan: FloorPlan) -> Array:
    """Two joints along the sun's rays onto the floor."""
    ends = pose.joints_m[[INDEX[a], INDEX[b]]]
    return ends - ends[:, 2:] * np.array(plan.sun) / plan.sun[2]


def _outline(lens: Lens, points: Array, radius: float) -> npt.NDArray[np.int32] | None:
    """The hull of discs of `radius` metres on the floor under the points, in pixels."""
    rim = np.zeros((len(points), len(_CIRCLE), 3))
    rim[..., :2] = points[:, None, :2] + radius * _CIRCLE
    pixels, depths = lens.project(rim.reshape(-1, 3))
    if depths.min() < 0.5:
        return None
    return cv2.convexHull(np.round(pixels).astype(np.int32))[:, 0].astype(np.int32)


def _darken(canvas: Bytes, hulls: list[tuple[npt.NDArray[np.int32], int]], floor: npt.NDArray[np.bool_]) -> None:
    if not hulls:
        return
    height, width = canvas.shape[:2]
    points = np.concatenate([hull for hull, _ in hulls])
    left, top = (max(int(v) - 6, 0) for v in points.min(axis=0))
    right, bottom = min(int(points[:, 0].max()) + 7, width), min(int(points[:, 1].max()) + 7, height)
    if right <= left or bottom <= top:
        return
    mask = np.zeros((bottom - top, right - left), np.uint8)
    for hull, depth in sorted(hulls, key=lambda item: item[1]):
        cv2.fillConvexPoly(mask, hull - np.array([left, top], np.int32), (depth,), cv2.LINE_AA)
    mask = cv2.GaussianBlur(mask, (9, 9), 2.0)
    mask = cv2.bitwise_and(mask, mask, mask=floor[top:bottom, left:right].view(np.uint8))
    window = canvas[top:bottom, left:right]
    window[:] = cv2.multiply(window, np.repeat(255 - mask[..., None], 3, axis=2), scale=1 / 255)
