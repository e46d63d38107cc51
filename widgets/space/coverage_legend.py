"""How much of the floor is covered how well: a bar in the colours of the map, and the same in words."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.space.ramps import CLASS_COLORS, accuracy_class, class_tints
from widgets.space.scene import CoverageMap
from widgets.space.words import class_words
from widgets.theme import color, font
from widgets.translation import tr

_BAR, _ROW = 14, 22


def class_shares(coverage: CoverageMap) -> tuple[float, ...]:
    """The part of the floor in each class, good first; they add up to 1."""
    counts = np.bincount(accuracy_class(coverage.accuracy_m).reshape(-1), minlength=len(CLASS_COLORS))
    return tuple((counts / max(1, int(counts.sum()))).tolist())


class CoverageLegend(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_BAR + 10 + _ROW * len(CLASS_COLORS))
        self.set_coverage(None)

    def set_coverage(self, coverage: CoverageMap | None) -> None:
        """None: nothing can be said yet."""
        self._shares = class_shares(coverage) if coverage is not None else ()
        self.setAccessibleName("; ".join(self.share_lines()) or tr("Coverage is not known yet"))
        self.update()

    def share_lines(self) -> tuple[str, ...]:
        """`Good, within 0.5 m: 42 %` and so on."""
        return tuple(tr("{0}: {1} %").format(word, round(100 * share)) for word, share in zip(class_words(), self._shares, strict=False))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("secondary"))
        left = 0.0
        tints = class_tints(color("panel").name())
        for share, tint in zip(self._shares, tints, strict=False):
            painter.fillRect(QRectF(left, 0, share * self.width(), _BAR), QColor(tint))
            left += share * self.width()
        painter.setPen(color("line_strong"))
        painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, _BAR - 1))
        for number, row in enumerate(self.share_lines()):
            top = _BAR + 8 + number * _ROW
            painter.fillRect(QRectF(0, top + 5, 14, 12), QColor(tints[number]))
            painter.setPen(color("line_strong"))
            painter.drawRect(QRectF(0.5, top + 5.5, 13, 11))
            painter.setPen(color("text"))
            painter.drawText(QRectF(24, top, self.width() - 24, _ROW), Qt.AlignmentFlag.AlignVCenter, row)
        painter.end()
