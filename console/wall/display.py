"""A display that nobody signs in: a console that starts by a machine's token, and comes back by itself."""

from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QWidget

from console.courier import Courier, close_it
from console.session.token_file import TokenFile
from console.words import error_text
from engine.model.errors import EnvironmentFault, NotSignedIn, PermissionDenied, WatchroomError
from engine.model.port import EnginePort
from widgets.layout.boxes import make_column
from widgets.theme import font
from widgets.translation import tr

FIRST_S, LONGEST_AWAY_S, LONGEST_REFUSED_S = 2.0, 10.0, 60.0  # pauses between two tries, doubled from the first to the longest
LOOK_MS = 1_000


class TokenDoor(Protocol):
    """Where a machine's token is let in. Raises NotSignedIn, PermissionDenied, EnvironmentFault."""

    def enter(self, token: str) -> EnginePort: ...


class DisplayEntry(QObject):
    """Tries to come in until it is in. UI thread; the file is read and the engine asked on a worker.

    A file that was written again is tried within a second; otherwise the pauses grow, so that an engine that said no is not asked for ever.

    Signals: entered(EnginePort); kept_out(str): why not, as a sentence, and what to do.
    """

    entered = Signal(object)
    kept_out = Signal(str)

    def __init__(self, door: TokenDoor, file: TokenFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._door, self.file = door, file
        self._courier = Courier(self, workers=1)
        self._pause_s = FIRST_S
        self._tried = (0, 0, 0)  # the file as it was read last
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._try)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_at_file)

    def begin(self, after_s: float = 0.0) -> None:
        """`after_s`: somebody who was sent away does not come back at once."""
        self._pause_s = FIRST_S
        self._tried = self.file.stamp()
        self._look.start()
        self._again.start(round(1000 * after_s))

    def close(self) -> None:
        self._again.stop()
        self._look.stop()
        self._courier.close()

    def _look_at_file(self) -> None:
        if self._again.isActive() and self.file.stamp() != self._tried:
            self._pause_s = FIRST_S
            self._again.start(0)

    def _try(self) -> None:
        self._tried = self.file.stamp()
        self._courier.fetch(lambda: self._door.enter(self.file.read()), self._in, self._out, discard=close_it)

    def _in(self, port: EnginePort) -> None:
        self._look.stop()
        self.entered.emit(port)

    def _out(self, error: WatchroomError) -> None:
        self._again.start(round(1000 * self._pause_s))
        away = isinstance(error, EnvironmentFault)
        self._pause_s = min(2 * self._pause_s, LONGEST_AWAY_S if away else LONGEST_REFUSED_S)
        self.kept_out.emit(refused_words(error, self.file))


def refused_words(error: WatchroomError, file: TokenFile) -> str:
    """Of a token that is not taken: where the next one belongs."""
    if isinstance(error, NotSignedIn):
        said = tr("The token of this display was revoked or has expired.")
    elif isinstance(error, PermissionDenied):
        said = tr("The token of this display has no permission for live video.")
    else:
        return error_text(error)
    return f"{said} {tr('Write a new one into {0}; it is loaded automatically.').format(file.path)}"


class DisplayNotice(QWidget):
    """What a display shows while it sees nothing: large, and without anything to press.

    Signals: closed(): somebody closed it.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Watchroom")
        self.setMinimumSize(640, 400)
        self.heading, self.why = QLabel(tr("No live video on this display"), self), QLabel(self, textFormat=Qt.TextFormat.PlainText)
        for label, size in ((self.heading, "clock"), (self.why, "page")):  # read from across a room
            label.setFont(font(size))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = make_column(self, spacing=16, margins=(64, 64, 64, 64))
        column.addStretch(1)
        column.addWidget(self.heading)
        column.addWidget(self.why)
        column.addStretch(1)

    def say(self, why: str) -> None:
        self.why.setText(why)
        self.setAccessibleName(f"{self.heading.text()}. {why}")

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)
