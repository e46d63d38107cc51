"""One start of the console: its first window, and what is done while that is on screen."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from console.garbage import not_collected
from console.session.remembered import Remembered
from console.shell.preferences import last_look, use_look
from console.start.application import ends_by_signal, make_application
from console.start.beside import Beside, StartLeft
from console.start.start_window import StartWindow
from engine.model.errors import WatchroomError
from widgets.translation import tr

_SETTLE_MS = 700  # in which the first pictures come


class Start:
    """UI thread. `end_window` is called when the window that follows is on screen."""

    def __init__(self, window: StartWindow, beside: Beside) -> None:
        self.window: StartWindow | None = window
        self.beside = beside
        self.settled = threading.Event()  # the next window is there, and has had the time to show what it has
        window.left.connect(self._leave)

    def end_window(self) -> None:
        window, self.window = self.window, None
        if window is not None:
            window.end()
            QTimer.singleShot(_SETTLE_MS, self.settled.set)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What keeps the program from starting stands in the first window, too, until that is closed. Raises it then."""
        try:
            yield
        except StartLeft:
            raise
        except Exception as error:
            self._explain(error)
            raise

    def _explain(self, error: Exception) -> None:
        if self.window is None:
            return
        closed = QEventLoop()
        self.window.left.connect(closed.quit)
        self.window.show_failure(_failure_text(error))
        closed.exec()

    def leave(self) -> None:
        """As if its window was closed; nothing, once another is on screen."""
        if self.window is not None:
            self.window.close()

    def _leave(self) -> None:
        self.window = None
        self.beside.leave()


def _failure_text(error: Exception) -> str:
    from console.words import error_text  # a start that does not fail need not load it

    if isinstance(error, WatchroomError):
        return error_text(error)
    told = f"{type(error).__name__}: {error}"
    return tr("An internal error occurred ({0}). Start Watchroom in a terminal to see the details.").format(told)


@contextmanager
def started(folder: Path, doing: Callable[[], str], *, signed_in: bool, full_screen: bool, attended: bool = False) -> Iterator[Start]:
    """The first window of the console whose arrangement is kept in `folder`. attended: somebody is there to read why a start failed.

    No garbage is collected on the thread beside: it may be widgets (see `console.garbage`).

    Raises:
        EnvironmentFault: `no_display`.
    """
    make_application()
    remembered = Remembered.in_folder(folder)
    use_look(last_look(remembered))
    window = StartWindow(remembered, doing(), signed_in=signed_in)
    start = Start(window, Beside())
    if full_screen and signed_in:
        window.showFullScreen()
    else:
        window.show()
    try:
        with not_collected(), ends_by_signal(start.leave), start.explained() if attended else nullcontext():
            yield start
    finally:
        start.end_window()
        start.beside.close()
