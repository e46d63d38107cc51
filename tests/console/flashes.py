"""Windows that show for a moment while something is built: a part that is shown before it has a parent is one, and closes open menus."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget


class _Shown(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            here = next(each for each in reversed(traceback.extract_stack()[:-1]) if "/tests/" not in each.filename)
            self.windows.append(f"{type(watched).__name__} {watched.windowTitle()} ({Path(here.filename).name}:{here.lineno})")
        return False


@contextmanager
def windows_shown() -> Iterator[list[str]]:
    """The windows that show meanwhile, and which line of the program shows them."""
    spy, app = _Shown(), QApplication.instance()
    assert app is not None
    app.installEventFilter(spy)
    try:
        yield spy.windows
    finally:
        app.removeEventFilter(spy)
