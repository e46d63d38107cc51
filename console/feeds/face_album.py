"""Pictures of faces for every view of one page: fetched and decoded off the screen's thread, the newest used kept."""

from collections import OrderedDict

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from console.bridge import EngineBridge
from engine.model.errors import PermissionDenied, WatchroomError

_KEPT = 600
_MOST_AT_ONCE = 24
_TRIES = 8
_SIDE = 176  # pixels: enough for the largest face on the page, on a screen of twice the density


class FaceAlbum(QObject):
    """UI thread. Signals: came(face id): there is a picture now. refused(WatchroomError): they may not be seen; told once."""

    came = Signal(str)
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: set[str] = set()
        self._missing: dict[str, int] = {}
        self._denied = False

    def photo(self, face_id: str) -> QPixmap | None:
        """What is there; what is missing is fetched, and `came` tells."""
        kept = self._kept.get(face_id)
        if kept is not None:
            self._kept.move_to_end(face_id)
        else:
            self._fetch(face_id)
        return kept

    def forget(self) -> None:
        """Whose faces may be seen has changed: everything is asked for again."""
        self._denied = False
        self._kept.clear()
        self._missing.clear()

    def keep_only(self, face_ids: frozenset[str]) -> None:
        """Faces that are no longer known leave the memory too: of who was erased, nothing is kept."""
        for gone in self._kept.keys() - face_ids:
            del self._kept[gone]
        for gone in self._missing.keys() - face_ids:
            del self._missing[gone]

    def try_missing(self) -> None:
        """Ask again for what was not there: a face is known a moment before its picture is written. Not for ever."""
        for face_id in [each for each, tries in self._missing.items() if tries < _TRIES]:
            self._ask(face_id)

    def _fetch(self, face_id: str) -> None:
        if face_id not in self._missing:
            self._ask(face_id)

    def _ask(self, face_id: str) -> None:
        if self._denied or face_id in self._asked or len(self._asked) >= _MOST_AT_ONCE:
            return
        self._asked.add(face_id)
        port = self._bridge.port
        self._bridge.fetch(
            lambda: decoded(port.face_photo(face_id)),
            self._receive_face,
            lambda error: self._on_picture_error(face_id, error),
            face_id,
            owner=self,
        )

    def _receive_face(self, face_id: str, image: QImage | None) -> None:
        self._asked.discard(face_id)
        if image is None:
            self._note_missing(face_id)
        else:
            self._missing.pop(face_id, None)
            self._kept[face_id] = QPixmap.fromImage(image)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self.came.emit(face_id)

    def _note_missing(self, face_id: str) -> None:
        self._missing[face_id] = self._missing.get(face_id, 0) + 1
        if len(self._missing) > _KEPT:
            self._missing.pop(next(iter(self._missing)))

    def _on_picture_error(self, face_id: str, error: WatchroomError) -> None:
        self._asked.discard(face_id)
        self._note_missing(face_id)
        if isinstance(error, PermissionDenied) and not self._denied:
            self._denied = True
            self.refused.emit(error)


def decoded(photo: bytes | None) -> QImage | None:
    """Any thread. The middle square of a JPEG or PNG, made small; None where it is none."""
    image = QImage.fromData(QByteArray(photo)) if photo else QImage()
    if image.isNull():
        return None
    side = min(image.width(), image.height())
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    return square if side <= _SIDE else square.scaledToWidth(_SIDE)
