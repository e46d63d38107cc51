"""One picture of a camera, as it is now, to work on."""

from PySide6.QtCore import QObject, QRectF, QSizeF, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QTransform

from console.bridge import EngineBridge
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.snapshot import CameraView, Picture
from widgets.people.blurring import hide_region
from widgets.wall.wall_people import hidden_regions, wall_people

_WANT = PictureWant(1920, 1080, main=True)
_PATIENCE_MS = 6000


class Still(QObject):
    """UI thread. Faces are hidden where this session may not see them.

    Signals: taken(QImage, captured_ns); failed(str): why there is none.
    """

    taken = Signal(QImage, object)
    failed = Signal(str)

    def __init__(self, bridge: EngineBridge, camera_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._camera_id = bridge, camera_id
        self._feeds = bridge.wall(self._show_still)
        self._feeds.failed.connect(lambda _, why: self._fail(why))
        self._wanted = False
        self._patience = QTimer(self, singleShot=True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._fail(self._why_none()))

    def take(self) -> None:
        """The next picture that comes."""
        self._wanted = True
        self._patience.start()
        self._feeds.want({self._camera_id: _WANT})

    def close(self) -> None:
        self._patience.stop()
        self._feeds.close()

    def _show_still(self, picture: Picture) -> None:
        if not self._wanted:
            return
        self._end_fetch()
        image = image_of(picture)
        if self._blurred(image, picture):
            self.taken.emit(image, picture.captured_ns)
        else:
            self.failed.emit(self.tr("Faces cannot be blurred in this picture. Take another, or show faces on Live first."))

    def _fail(self, why: str) -> None:
        self._end_fetch()
        self.failed.emit(why)

    def _view(self) -> CameraView | None:
        snapshot = self._bridge.snapshot
        return next((view for view in snapshot.cameras if view.settings.id == self._camera_id), None) if snapshot is not None else None

    def _why_none(self) -> str:
        view = self._view()
        reason = view.health.reason if view is not None and view.health.state is not CameraState.LIVE else ""
        return " ".join(part for part in (self.tr("No picture received."), reason) if part)

    def _end_fetch(self) -> None:
        self._wanted = False
        self._patience.stop()
        self._feeds.want({})

    def _blurred(self, image: QImage, picture: Picture) -> bool:
        """Hide faces in it; False when that cannot be done."""
        snapshot = self._bridge.snapshot
        people = wall_people(snapshot.people, snapshot.settings.recognition.blur_faces, snapshot.at_ns) if snapshot else None
        if snapshot is None or people is None or not people.blurred:
            return snapshot is not None
        view = self._view()
        regions = hidden_regions(view, people, picture.captured_ns) if view is not None else None
        if regions is None:
            return False
        hide_regions(image, regions, QSizeF(picture.frame_width, picture.frame_height))
        return True


def image_of(picture: Picture) -> QImage:
    """With pixels of its own."""
    height, width, _ = picture.pixels.shape
    return QImage(picture.pixels.data, width, height, picture.pixels.strides[0], QImage.Format.Format_RGB32).copy()


def hide_regions(image: QImage, regions: list[QRectF], frame: QSizeF) -> None:
    """Make what lies in them (pixels of the frame) unrecognisable."""
    plain = image.copy()
    to_image = QTransform.fromScale(image.width() / frame.width(), image.height() / frame.height())
    painter = QPainter(image)
    for region in regions:
        hide_region(painter, plain, region, frame, to_image)
    painter.end()
