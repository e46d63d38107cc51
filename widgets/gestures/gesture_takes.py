"""Takes as film strips of little stick figures, each with what is to be said of it."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.model.geometry import Floats
from engine.model.people.view import TakeState, TakeView
from widgets.gestures.gesture_figure import draw_figure, fitted_points
from widgets.gestures.gesture_words import take_words
from widgets.icons import icon
from widgets.marks.notice import Notice
from widgets.properties import with_properties
from widgets.theme import color, font, set_role

CARD = "#gestureCard { background: palette(base); border: 1px solid palette(mid); border-radius: 6px; }"
_FIGURES = 6
_CELL = QSize(44, 72)


class FilmStrip(QWidget):
    """Six moments of a take, evenly spaced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._landmarks: Floats | None = None
        self.setFixedSize(_CELL.width() * _FIGURES, _CELL.height())

    def show_landmarks(self, landmarks: Floats | None) -> None:
        if landmarks is not self._landmarks:
            self._landmarks = landmarks
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), color("video"))
        if self._landmarks is None or not len(self._landmarks):
            painter.setFont(font("secondary"))
            painter.setPen(color("disabled"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "–")
        else:
            self._draw_strip(painter, self._landmarks)
        painter.end()

    def _draw_strip(self, painter: QPainter, landmarks: Floats) -> None:
        rows = np.linspace(0, len(landmarks) - 1, _FIGURES).round().astype(int)
        cell = QRectF(4, 8, _CELL.width() - 8, _CELL.height() - 12)
        for place, points in enumerate(fitted_points(landmarks[rows], cell)):
            painter.save()
            painter.translate(place * _CELL.width(), 0)
            draw_figure(painter, points, color("accent"), 1.6, joints=False)
            painter.restore()
            if place:
                painter.setPen(color("line"))
                painter.drawLine(place * _CELL.width(), 0, place * _CELL.width(), _CELL.height())


class TakeCard(QFrame):
    """Signals: removed(take id)."""

    removed = Signal(str)

    def __init__(self, take_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = take_id
        self.setObjectName("gestureCard")
        self.setStyleSheet(CARD)
        self.setFixedWidth(_CELL.width() * _FIGURES + 24)
        self._title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._strip = FilmStrip()
        self._words = Notice()
        drop = with_properties(QToolButton(), icon=icon("x"), toolTip=self.tr("Remove this take"))
        set_role(drop, "quiet")
        drop.clicked.connect(partial(self.removed.emit, take_id))
        self._drop = drop
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(drop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._strip)
        column.addWidget(self._words, 1, Qt.AlignmentFlag.AlignTop)

    def show_take(self, number: int, take: TakeView) -> None:
        title = self.tr("Take {0}").format(number)
        self._title.setText(title)
        self._drop.setAccessibleName(self.tr("Drop take {0}").format(number))
        self._drop.setEnabled(take.state is not TakeState.RECORDING)
        self._strip.show_landmarks(take.landmarks)
        words, level = take_words(take)
        self._words.set_notice(words, level)

    def needed_height(self) -> int:
        column = self.layout()
        return column.totalHeightForWidth(self.minimumWidth()) if column is not None else 0


class TakeShelf(QWidget):
    """All takes that wait, in a row.

    Signals: removed(take id).
    """

    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, TakeCard] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_takes(self, takes: Sequence[TakeView]) -> None:
        known = {take.id for take in takes}
        for take_id in [take_id for take_id in self._cards if take_id not in known]:
            card = self._cards.pop(take_id)
            card.hide()
            card.deleteLater()
        for number, take in enumerate(takes, start=1):
            self._card(take.id).show_take(number, take)

    def cards(self) -> int:
        return len(self._cards)

    def needed_height(self) -> int:
        """Of the highest card with all its words."""
        return max((card.needed_height() for card in self._cards.values()), default=0)

    def _card(self, take_id: str) -> TakeCard:
        if take_id not in self._cards:
            card = self._cards[take_id] = TakeCard(take_id)
            card.removed.connect(self.removed)
            self._row.insertWidget(self._row.count() - 1, card)
        return self._cards[take_id]
