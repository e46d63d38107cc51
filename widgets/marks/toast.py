"""Short messages in the corner: something was done, with undo, or something went wrong."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from widgets.icons import icon
from widgets.marks.status_chip import LEVELS
from widgets.properties import with_properties
from widgets.shapes import draw_shape
from widgets.theme import set_role, shape_color

_MARGIN = 16
_WIDEST = 420


class Toast(QFrame):
    """Signals: action_requested(): its button (for example "Undo") was pressed; dismissed(): it went away, pressed or not."""

    action_requested = Signal()
    dismissed = Signal()

    def __init__(self, text: str, level: str, action: str, seconds: float, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "raised")
        self._text = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text.setMinimumWidth(180)
        self._timer = QTimer(self, singleShot=True, interval=round(seconds * 1000))
        self._timer.timeout.connect(self.dismiss)
        self.setMaximumWidth(_WIDEST)
        self.setAccessibleName(text)
        self._lay_out_toast(level, action)
        self._start_timer()

    def _lay_out_toast(self, level: str, action: str) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        row = QHBoxLayout()
        self._column.addLayout(row)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(_Mark(level))
        row.addWidget(self._text, 1)
        if action:
            button = QPushButton(action)
            set_role(button, "link")
            button.clicked.connect(self._act)
            row.addWidget(button)
        close = with_properties(
            QToolButton(), icon=icon("x"), iconSize=QSize(16, 16), toolTip=self.tr("Dismiss"), accessibleName=self.tr("Dismiss")
        )
        set_role(close, "quiet")
        close.clicked.connect(self.dismiss)
        row.addWidget(close)

    def text(self) -> str:
        return self._text.text()

    def add_choices(self, choices: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """Buttons below the text; each dismisses the toast."""
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 8, 8)
        row.setSpacing(8)
        row.addStretch()
        for text, act in choices:
            button = QPushButton(text)
            button.clicked.connect(act)
            button.clicked.connect(self.dismiss)
            row.addWidget(button)
        self._column.addLayout(row)

    def dismiss(self) -> None:
        if self.isHidden():
            return
        self._timer.stop()
        self.hide()
        self.dismissed.emit()
        self.deleteLater()

    def _act(self) -> None:
        self.action_requested.emit()
        self.dismiss()

    def _start_timer(self) -> None:
        if self._timer.interval() > 0:
            self._timer.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._start_timer()


class _Mark(QWidget):
    def __init__(self, level: str) -> None:
        super().__init__()
        self._shape, self._role = LEVELS[level]
        self.setFixedSize(12, 12)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_shape(QPainter(self), self._shape, QRectF(1, 1, 10, 10), shape_color(self._role))


class ToastArea(QWidget):
    """Stacks toasts in the lower right corner of its parent and follows its size. Takes no clicks beside the toasts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._toasts: list[Toast] = []  # `QLayout.itemAt` would make wrappers that outlive their items, which PySide 6.11 crashes on
        parent.installEventFilter(self)
        self.hide()

    def show_message(self, text: str, level: str = "info", action: str = "", seconds: float = 6.0) -> Toast:
        """`level`: info, good, moderate, critical. Stays while the mouse is over it; `seconds` 0 stays until dismissed."""
        toast = Toast(text, level, action, seconds, self)
        toast.dismissed.connect(self._fit_toasts)
        self._toasts.append(toast)
        self._column.addWidget(toast)
        toast.show()
        self._fit_toasts()
        return toast

    def show_choices(self, text: str, level: str, choices: Sequence[tuple[str, Callable[[], object]]]) -> Toast:
        """A message with the ways out as buttons. Stays until dismissed."""
        toast = self.show_message(text, level, seconds=0)
        toast.add_choices(choices)
        self._fit_toasts()
        return toast

    def announce(self, text: str, level: str = "info", seconds: float = 6.0) -> None:
        """A message without an action, as an answer's callback."""
        self.show_message(text, level, seconds=seconds)

    def toasts(self) -> list[Toast]:
        """Those on screen, oldest first."""
        return list(self._toasts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._fit_toasts()
        return False

    def _fit_toasts(self) -> None:
        self._toasts = shown = [toast for toast in self._toasts if not toast.isHidden()]
        self.setVisible(bool(shown))
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(_WIDEST, parent.width() - 2 * _MARGIN)
        height = sum(max(toast.sizeHint().height(), toast.heightForWidth(width)) for toast in shown) + 8 * max(0, len(shown) - 1)
        self.setGeometry(parent.width() - width - _MARGIN, parent.height() - height - _MARGIN, width, height)
        self.raise_()
