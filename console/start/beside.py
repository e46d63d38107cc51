"""Work of the start that is done beside the screen: loading the program, starting the engine, stopping it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QObject, Qt, Signal

Given = TypeVar("Given")


class StartLeft(Exception):
    """Whoever started the program closed its window before it was ready."""


class Beside(QObject):
    """One thread, for one start. UI thread calls; meanwhile its windows are painted and answer.

    What is entered is left on the same thread, whatever its parts think of threads.
    """

    _done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="start")
        self.left = False

    def leave(self) -> None:
        """Nobody waits any more. What has begun is finished all the same: an engine that is half started cannot be stopped."""
        self.left = True

    def run(self, work: Callable[[], Given]) -> Given:
        """What `work` gives or raises.

        Raises:
            StartLeft: nobody waits for it any more.
        """
        given = self._wait(self._worker.submit(work))
        self._check()
        return given

    @contextmanager
    def entered(self, made: Callable[[], AbstractContextManager[Given]]) -> Iterator[Given]:
        """The context that `made` gives, entered and left beside the screen. Raises StartLeft, after it was left again."""
        context = self._wait(self._worker.submit(made))
        given = self._wait(self._worker.submit(context.__enter__))
        try:
            self._check()
            yield given
        finally:
            self._wait(self._worker.submit(context.__exit__, None, None, None))

    def close(self) -> None:
        self._worker.shutdown()

    def _check(self) -> None:
        if self.left:
            raise StartLeft

    def _wait(self, future: "Future[Given]") -> Given:
        loop = QEventLoop()
        self._done.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
        future.add_done_callback(self._tell)
        loop.exec()
        return future.result()

    def _tell(self, _: object) -> None:
        self._done.emit()
