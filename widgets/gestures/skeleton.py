"""A body's landmarks as lines, in any coordinates. Landmarks as of MediaPipe Pose (BlazePose)."""

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from engine.model.geometry import Floats
from widgets.theme import color

BONES = (
    (11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (11, 23), (12, 24), (23, 24),
    (23, 25), (25, 27), (24, 26), (26, 28), (27, 31), (28, 32), (15, 19), (16, 20), (0, 11), (0, 12),
)  # fmt: skip
_SEEN = 0.5
_HALO_ALPHA = 200


def bone_lines(landmarks: Floats, visibility: Floats, to_screen: QTransform) -> list[QLineF]:
    """The bones of which both ends are seen. `landmarks` (33, ≥2), `visibility` (33,)."""
    places = [to_screen.map(QPointF(float(x), float(y))) for x, y in np.asarray(landmarks)[:, :2]]
    return [QLineF(places[a], places[b]) for a, b in BONES if visibility[a] >= _SEEN and visibility[b] >= _SEEN]


def draw_skeleton(painter: QPainter, landmarks: Floats, visibility: Floats, to_screen: QTransform, tint: QColor) -> None:
    lines = bone_lines(landmarks, visibility, to_screen)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    halo = QColor(color("halo"))
    halo.setAlpha(_HALO_ALPHA)
    for shade, width in ((halo, 4.5), (tint, 2.0)):
        painter.setPen(QPen(shade, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(lines)
    painter.restore()
