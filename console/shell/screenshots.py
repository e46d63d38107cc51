"""Visits every page of a window and saves what it shows, without standing in the way of the event loop."""

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from console.window import MainWindow
from engine.model.errors import EnvironmentFault

_LOOK_EVERY_MS = 100
_SETTLE_S = 0.5


class ScreenshotTour(QObject):
    """UI thread. Saves `01-live.png`, `02-system.png` … and then emits.

    Signals: finished(list of paths). failed(EnvironmentFault): a file could not be written.
    """

    finished = Signal(list)
    failed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        folder: Path,
        page_wait_s: float = 10.0,
        settle_s: float = _SETTLE_S,
        first_s: float = 0.0,
        page_s: float = 0.0,
    ) -> None:
        """Look around at leisure: something has to happen before there is anything to see.

        Args:
            first_s, page_s: how long the first page and each other one are on screen at least.
            page_wait_s: how much longer a page may take to have content. settle_s: and then to paint it.
        """
        super().__init__(window)
        self._window, self._folder = window, folder
        self._page_wait_s, self._settle_s, self._page_s = page_wait_s, settle_s, page_s
        self._rest_s = first_s
        self._left = list(enumerate(window.page_ids(), start=1))
        self._saved: list[Path] = []
        self._content_s = self._give_up_s = self._shoot_s = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._check_page)

    def start(self) -> None:
        self._visit()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _visit(self) -> None:
        self._window.show_page(self._left[0][1])
        self._content_s = time.monotonic() + self._rest_s
        self._give_up_s = self._content_s + self._page_wait_s
        self._rest_s, self._shoot_s = self._page_s, 0.0

    def _check_page(self) -> None:
        now_s = time.monotonic()
        if not self._shoot_s and now_s >= self._content_s and (self._has_content() or now_s >= self._give_up_s):
            self._shoot_s = now_s + self._settle_s
        if self._shoot_s and now_s >= self._shoot_s:
            self._shoot()

    def _has_content(self) -> bool:
        return self._window.page(self._left[0][1]).has_content()

    def _shoot(self) -> None:
        number, page_id = self._left.pop(0)
        try:
            self._saved.append(save_picture(self._window, self._folder / f"{number:02d}-{page_id}.png"))
        except EnvironmentFault as error:
            self._timer.stop()
            self.failed.emit(error)
            return
        if self._left:
            self._visit()
        else:
            self._timer.stop()
            self.finished.emit(self._saved)


def save_picture(window: MainWindow, path: Path) -> Path:
    """Raises EnvironmentFault("screenshot") when the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault("screenshot", f"The folder {path.parent} cannot be made ({error.strerror}). Choose another one.") from None
    if not window.grab().save(str(path)):
        raise EnvironmentFault("screenshot", f"The picture {path} cannot be written. Choose a folder that can be written to.")
    return path
