"""The first window: there within a second, in the place and the look of the one that follows; what is being done, or why it failed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.session.remembered import Remembered
from widgets.theme import font, set_role
from widgets.translation import tr

_SIGN_IN_SIZE, _WINDOW_SIZE = (448, 360), (1440, 900)
_AROUND = 24, 24, 24, 24  # pixels
_CLOSING_KEYS = Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter
_LINE_WIDTH = 640  # pixels of a sentence at most


class StartWindow(QWidget):
    """Shows no camera and no figure: nothing is known yet. UI thread.

    A start that fails is explained here until somebody closes the window.

    Signals: left(): somebody closed it before the next one was there.
    """

    left = Signal()

    def __init__(self, remembered: Remembered, doing: str, *, signed_in: bool) -> None:
        """signed_in: the main window follows, otherwise the one for signing in."""
        super().__init__()
        self.setWindowTitle("Watchroom")
        self._over = False
        self.heading = QLabel("Watchroom", self, textFormat=Qt.TextFormat.PlainText)
        self.doing = QLabel(doing, self, textFormat=Qt.TextFormat.PlainText)
        self.heading.setFont(font("page"))
        self.doing.setFont(font("secondary"))
        column = QVBoxLayout(self)
        column.setContentsMargins(*_AROUND)
        column.setSpacing(8)
        column.addStretch(1)
        for label in (self.heading, self.doing):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addLayout(_centred(label))
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.hide()
        self.close_button.clicked.connect(self.close)
        column.addSpacing(8)
        column.addWidget(self.close_button, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.setAccessibleName(f"Watchroom. {doing}")
        if not signed_in:
            self.resize(*_SIGN_IN_SIZE)
        elif not remembered.restore_window(self):
            self.resize(*_WINDOW_SIZE)

    def end(self) -> None:
        """The next window is on screen."""
        self._over = True
        self.close()
        self.deleteLater()

    def show_failure(self, why: str) -> None:
        """In place of what is being done. `why`: sentences for the user; they can be selected and copied."""
        self.heading.setText(tr("Watchroom could not start"))
        set_role(self.doing, "error")
        self.doing.setText(why)
        self.doing.setWordWrap(True)
        self.doing.setMaximumWidth(_LINE_WIDTH)
        self.doing.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.setAccessibleName(f"{self.heading.text()}. {why}")
        self.close_button.show()
        self.close_button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.close_button.isVisible() and event.key() in _CLOSING_KEYS:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._over:
            self._over = True
            self.left.emit()
        super().closeEvent(event)


def engine_words() -> str:
    return tr("Starting the engine…")


def remote_words() -> str:
    return tr("Starting the console…")


def _centred(label: QLabel) -> QHBoxLayout:
    """Also where it may not be as wide as the window."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(label, 100)  # as wide as it may be; what is left goes to both sides
    row.addStretch(1)
    return row
