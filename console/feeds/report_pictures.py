"""Pictures that were sent with reports, fetched once each."""

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtGui import QImage

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError

_KEPT = 64
_PHOTO = "md-"


class ReportPictures(QObject):
    """UI thread. Signals: came(media id): it is there now."""

    came = Signal(str)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._kept: OrderedDict[str, QImage] = OrderedDict()
        self._asked: set[str] = set()  # also what there is none of

    def of(self, media_ids: Iterable[str]) -> dict[str, QImage]:
        """Those that are there, in their order."""
        found: dict[str, QImage] = {}
        for media_id in dict.fromkeys(media_ids):
            if not is_photo(media_id):
                continue
            if media_id not in self._asked:
                self._ask(media_id)
            if media_id in self._kept:
                self._kept.move_to_end(media_id)
                found[media_id] = self._kept[media_id]
        return found

    def forget(self) -> None:
        """Faces are hidden from this session now, or are not any more: what was fetched before is not shown."""
        self._kept.clear()
        self._asked.clear()

    def _ask(self, media_id: str) -> None:
        self._asked.add(media_id)
        port = self._bridge.port
        self._bridge.fetch(lambda: _decoded(port.report_picture(media_id)), self._receive, self._fail, media_id, owner=self)

    def _receive(self, media_id: str, image: QImage | None) -> None:
        if image is None:
            return
        self._kept[media_id] = image
        while len(self._kept) > _KEPT:
            self._asked.discard(self._kept.popitem(last=False)[0])
        self.came.emit(media_id)

    def _fail(self, error: WatchroomError) -> None:
        """It stays without: the report says what was sent."""


def is_photo(media_id: str) -> bool:
    """Kept here, and not a name of another system."""
    return media_id.startswith(_PHOTO)


def _decoded(data: bytes | None) -> QImage | None:
    """Any thread."""
    image = QImage.fromData(QByteArray(data)) if data else QImage()
    return None if image.isNull() else image
