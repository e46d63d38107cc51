"""What the tour shows: a veil that leaves out what is meant, and a card beside it with what is to be said. Nothing below is blocked."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from console.tour.text import StepText
from widgets.layout.boxes import make_column, make_row
from widgets.look import scaled
from widgets.theme import color, set_role
from widgets.translation import tr

_WIDTH, _GAP, _EDGE, _OUTLINE = 340, 16, 12, 3
_VEIL = 165  # of 255


class TourVeil(QWidget):
    """Over the whole window. Takes neither mouse nor keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Tour"))
        self.clear = QRect()

    def leave_clear(self, area: QRect) -> None:
        if area != self.clear:
            self.clear = area
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(color("window"))
        veil.setAlpha(_VEIL)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        path.addRect(QRectF(self.rect()))
        if not self.clear.isEmpty():
            path.addRoundedRect(QRectF(self.clear), 6, 6)
        painter.fillPath(path, veil)
        if not self.clear.isEmpty():
            half = _OUTLINE / 2
            painter.setPen(QPen(color("accent"), _OUTLINE))
            painter.drawRoundedRect(QRectF(self.clear).adjusted(half, half, -half, -half), 6, 6)


class TourCard(QFrame):
    """Signals: next_wanted(), back_wanted(), leave_wanted()."""

    next_wanted = Signal()
    back_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tour")
        set_role(self, "raised")
        self.setAutoFillBackground(True)
        self.count, self.title, self.text, self.ask = (QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _ in range(4))
        set_role(self.count, "secondary")
        set_role(self.title, "section")
        self.ask.setStyleSheet("font-weight: 600")
        self.leave = QPushButton(tr("&Leave"))
        self.back = QPushButton(tr("&Back"))
        self.next = QPushButton(tr("&Next"))
        self.keys = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.keys, "secondary")
        self._lay_out()
        self.leave.clicked.connect(self.leave_wanted)
        self.back.clicked.connect(self.back_wanted)
        self.next.clicked.connect(self.next_wanted)

    def _lay_out(self) -> None:
        buttons = make_row(spacing=8)
        buttons.addWidget(self.leave)
        buttons.addStretch()
        buttons.addWidget(self.back)
        buttons.addWidget(self.next)
        column = make_column(self, spacing=8, margins=(16, 12, 16, 12))
        for label in (self.count, self.title, self.text, self.ask):
            column.addWidget(label)
        column.addLayout(buttons)
        column.addWidget(self.keys)

    def show_step(self, text: StepText, number: int, count: int) -> None:
        """`number` from 1."""
        self.count.setText(tr("Tour, {0} of {1}").format(number, count))
        self.title.setText(tr(text.title))
        self.text.setText(tr(text.text))
        self.ask.setText(tr(text.ask) if text.ask else "")
        self.ask.setVisible(bool(text.ask))
        first, last = number == 1, number == count
        self.back.setVisible(not first)
        self.leave.setVisible(not last)
        self.leave.setText(tr("&Not now") if first else tr("&Leave"))
        self.next.setText(tr("&Start") if first else tr("&Done") if last else tr("&Skip") if text.ask else tr("&Next"))
        set_role(self.next, "" if text.ask else "primary")
        self.keys.setText(tr("Ctrl+Enter: next. Esc: leave. F6: switch to the tour and back."))
        self._tell_readers()

    def _tell_readers(self) -> None:
        said = " ".join(label.text() for label in (self.title, self.text, self.ask) if label.text())
        self.setAccessibleName(self.count.text())
        self.setAccessibleDescription(said)
        self.next.setAccessibleDescription(f"{self.count.text()}. {said}")
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{self.count.text()}. {said}"))

    def place(self, about: QRect, within: QRect) -> None:
        """Beside what it is about: where it covers least of it. Nothing: in the middle."""
        self.setFixedWidth(min(scaled(_WIDTH), within.width() - 2 * _EDGE))
        layout = self.layout()
        height = layout.totalHeightForWidth(self.width()) if layout is not None else self.sizeHint().height()
        size = QRect(0, 0, self.width(), min(height, within.height() - 2 * _EDGE)).size()
        if about.isEmpty():
            spot = QRect(QPoint(), size)
            spot.moveCenter(within.center())
        else:
            spots = (_moved_within(QRect(at, size), within) for at in _spots(about, size.width(), size.height()))
            spot = min(spots, key=lambda each: _covered(each, about))
        if self.geometry() != spot:
            self.setGeometry(spot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what Space does: there is no dialog here that would."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)


def _spots(about: QRect, width: int, height: int) -> tuple[QPoint, ...]:
    """Right, left, above, below, then inside its lower right corner."""
    middle_y, middle_x = about.center().y() - height // 2, about.center().x() - width // 2
    return (
        QPoint(about.right() + _GAP, middle_y),
        QPoint(about.left() - _GAP - width, middle_y),
        QPoint(middle_x, about.top() - _GAP - height),
        QPoint(middle_x, about.bottom() + _GAP),
        QPoint(about.right() - _GAP - width, about.bottom() - _GAP - height),
    )


def _moved_within(spot: QRect, within: QRect) -> QRect:
    """Moved inside."""
    area = within.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    spot.moveLeft(max(area.left(), min(spot.left(), area.right() + 1 - spot.width())))
    spot.moveTop(max(area.top(), min(spot.top(), area.bottom() + 1 - spot.height())))
    return spot


def _covered(spot: QRect, about: QRect) -> int:
    shared = spot.intersected(about)
    return shared.width() * shared.height() if shared.isValid() else 0
