"""The first window: there within a second, in the place and the look of the one that follows, saying what is being done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from console.session.remembered import Remembered
from widgets.theme import font
from widgets.translation import tr

_SIGN_IN_SIZE, _WINDOW_SIZE = (448, 360), (1440, 900)


class StartWindow(QWidget):
    """Shows no camera and no figure: nothing is known yet. UI thread.

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
        column.setSpacing(8)
        column.addStretch(1)
        for label in (self.heading, self.doing):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
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

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._over:
            self._over = True
            self.left.emit()
        super().closeEvent(event)


def engine_words() -> str:
    return tr("Starting the engine…")


def remote_words() -> str:
    return tr("Starting the console…")
