"""A body as a stick figure, from its 33 landmarks."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.model.cameras.pose import LEFT_HIP, LEFT_SHOULDER, NOSE, RIGHT_HIP, RIGHT_SHOULDER
from engine.model.geometry import Floats
from widgets.gestures.skeleton import BONES

_LIMBS = tuple(bone for bone in BONES if NOSE not in bone)
_JOINTS = tuple(sorted({joint for bone in _LIMBS for joint in bone}))
_VISIBLE = 0.5
_HEAD = 0.34  # of the distance from nose to shoulders


def draw_figure(
    painter: QPainter, points: Floats, tint: QColor, width: float, visibility: Floats | None = None, joints: bool = True
) -> None:
    """`points` (33, 2 or more) in the painter's coordinates; what is hardly visible is left out."""
    shown = np.ones(len(points), bool) if visibility is None else visibility >= _VISIBLE
    at = [QPointF(float(x), float(y)) for x, y in points[:, :2]]
    painter.setPen(QPen(tint, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for start, end in _LIMBS:
        if shown[start] and shown[end]:
            painter.drawLine(at[start], at[end])
    if shown[NOSE]:
        middle = (points[LEFT_SHOULDER, :2] + points[RIGHT_SHOULDER, :2]) / 2
        radius = max(width, _HEAD * float(np.hypot(*(points[NOSE, :2] - middle))))
        painter.drawEllipse(at[NOSE], radius, radius)
    if joints:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        for joint in _JOINTS:
            if shown[joint]:
                painter.drawEllipse(at[joint], 1.4 * width, 1.4 * width)


def fitted_points(frames: Floats, box: QRectF) -> Floats:
    """(T, 33, 2): bodies (T, 33, 3) in one size that lies within the box, each around the middle of its own hips."""
    flat = frames[:, :, :2].astype(np.float32)
    hips = flat[:, [LEFT_HIP, RIGHT_HIP]].mean(axis=1, keepdims=True)
    around = flat - hips
    low, high = around.min(axis=(0, 1)), around.max(axis=(0, 1))
    size = np.maximum(high - low, 1e-3)
    scale = min(box.width() / float(size[0]), box.height() / float(size[1]))
    middle = np.array([box.center().x(), box.center().y()], np.float32)
    return (around - (low + high) / 2) * scale + middle
