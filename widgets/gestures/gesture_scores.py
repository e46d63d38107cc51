"""How like each gesture a take is, against the line at which it counts."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.model.people.view import GestureScore
from widgets.gestures.gesture_words import LINE, percent
from widgets.look import scaled
from widgets.theme import color, font

_ROW = 26
_TITLE = 120
_FIGURE = 52
_HEAD = 20


class ScoreBars(QWidget):
    """A bar for each gesture, the best first, with one line through all of them at 70 %."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores: tuple[GestureScore, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_scores(self, scores: tuple[GestureScore, ...]) -> None:
        if scores != self._scores:
            self._scores = scores
            self.setAccessibleName(", ".join(f"{score.label} {percent(score.confidence)}" for score in scores))
            self.updateGeometry()
            self.update()
        self.setVisible(bool(scores))

    def sizeHint(self) -> QSize:
        return QSize(320, _HEAD + scaled(_ROW) * len(self._scores))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, _HEAD + scaled(_ROW) * len(self._scores))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = max(40.0, self.width() - _TITLE - _FIGURE)
        metrics = QFontMetrics(font("secondary"))
        for row, score in enumerate(self._scores):
            self._draw_score(painter, QRectF(_TITLE, _HEAD + row * scaled(_ROW), width, scaled(_ROW)), score, metrics)
        line = _TITLE + width * LINE
        painter.setPen(QPen(color("text"), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(line, _HEAD - 2), QPointF(line, self.height()))
        painter.setFont(font("secondary"))
        painter.setPen(color("secondary"))
        painter.drawText(QRectF(line - 80, 0, 160, _HEAD - 3), Qt.AlignmentFlag.AlignCenter, self.tr("recognised from 70 %"))
        painter.end()

    def _draw_score(self, painter: QPainter, area: QRectF, score: GestureScore, metrics: QFontMetrics) -> None:
        counts = score.confidence >= LINE
        bar = QRectF(area.left(), area.center().y() - 5, area.width(), 10)
        painter.fillRect(bar, color("raised"))
        bar.setWidth(area.width() * score.confidence)
        painter.fillRect(bar, color("good" if counts else "secondary"))
        painter.setFont(font("secondary"))
        painter.setPen(color("text" if counts else "secondary"))
        title = QRectF(0, area.top(), _TITLE - 8, area.height())
        label = metrics.elidedText(score.label, Qt.TextElideMode.ElideRight, _TITLE - 8)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
        figure = QRectF(area.right() + 4, area.top(), _FIGURE - 4, area.height())
        painter.drawText(figure, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, percent(score.confidence))
