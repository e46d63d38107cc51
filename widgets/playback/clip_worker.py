"""The worker half of the clip player: one request, one answer, so a slow screen can never pile up pictures."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.model.errors import WatchroomError
from widgets.engine_text import translate_engine_text
from widgets.playback.clip_reader import ClipPicture, ClipReader


class ClipWorker(QObject):
    """Lives on the player's worker thread; its slots run there. Answers carry the number of the request they answer.

    Signals:
        opened(request, ClipInfo); picture(request, ClipPicture or None at the end); failed(request, sentence).
    """

    opened = Signal(int, object)
    picture = Signal(int, object)
    failed = Signal(int, str)

    def __init__(self, make_reader: Callable[[], ClipReader]) -> None:
        super().__init__()
        self._make_reader = make_reader
        self._reader: ClipReader | None = None

    @Slot(int, str)
    def open(self, request: int, path: str) -> None:
        self.close()

        def act() -> None:
            reader = self._make_reader()
            info = reader.open(Path(path))
            self._reader = reader
            self.opened.emit(request, info)

        self._guarded(request, act)

    @Slot(int, float)
    def read_from(self, request: int, not_before_s: float) -> None:
        """The next picture at or after a time; those before it are skipped (playing faster than can be shown)."""

        def act() -> None:
            picture = self._next_picture()
            while picture is not None and picture.time_s < not_before_s:
                picture = self._next_picture()
            self.picture.emit(request, picture)

        self._guarded(request, act)

    @Slot(int, float)
    def read_at(self, request: int, time_s: float) -> None:
        """Seek, then the picture there."""

        def act() -> None:
            if self._reader is not None:
                self._reader.seek(time_s)
            self.picture.emit(request, self._next_picture())

        self._guarded(request, act)

    @Slot()
    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _next_picture(self) -> ClipPicture | None:
        return self._reader.read() if self._reader is not None else None

    def _guarded(self, request: int, act: Callable[[], None]) -> None:
        try:
            act()
        except (WatchroomError, OSError) as error:
            self.failed.emit(request, translate_engine_text(str(error)))
        except Exception as error:  # noqa: BLE001 - the top of a thread: a decoder's own error must end in words, not in a dead player
            self.failed.emit(request, self.tr("The clip cannot be read ({0}).").format(error))
