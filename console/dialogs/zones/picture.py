"""The picture of one camera while it is drawn on: of now while there is one, otherwise the last that is known."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QSizeF, Signal
from PySide6.QtGui import QImage

from console.bridge import EngineBridge
from console.playback.still import hide_regions, image_of
from engine.model.geometry import foot_point
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.snapshot import CameraView, Picture
from engine.model.time import SECOND
from widgets.drawing.shape_painter import Foot
from widgets.people.blurring import mosaic
from widgets.wall.overlay_painter import shown_boxes
from widgets.wall.wall_people import hidden_regions, wall_people

_WANT = PictureWant(1920, 1080, main=True)
_EVERY_MS = 120
_TOO_OLD_NS = 3 * SECOND // 2  # as boxes on the wall


class ZonesPicture(QObject):
    """UI thread. Faces are hidden where this session may not see them. At most eight pictures a second.

    Signals: came(QImage, captured_ns): a picture, of now; failed(str): why there can be none.
    """

    came = Signal(QImage, object)
    failed = Signal(str)

    def __init__(self, bridge: EngineBridge, camera_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._camera_id = bridge, camera_id
        self._picture: Picture | None = None
        self._held = False
        self._since = QElapsedTimer()
        self._feeds = bridge.wall(self._receive_picture)
        self._feeds.failed.connect(lambda _, why: self.failed.emit(why))
        self._feeds.want({camera_id: _WANT})

    def close(self) -> None:
        self._feeds.close()

    def hold(self, held: bool) -> None:
        """The picture stands still, or goes on."""
        self._held = held

    def view(self) -> CameraView | None:
        snapshot = self._bridge.snapshot
        return next((view for view in snapshot.cameras if view.settings.id == self._camera_id), None) if snapshot is not None else None

    @property
    def live(self) -> bool:
        view = self.view()
        return self._picture is not None and view is not None and view.health.state is CameraState.LIVE

    @property
    def counts(self) -> bool:
        """Whether it is known who is in this picture: it is of now, and so are the boxes, if there are any."""
        view, picture = self.view(), self._picture
        if view is None or picture is None or not self.live or self._held:
            return False
        return not view.tracks or abs(picture.captured_ns - view.tracks_ns) <= _TOO_OLD_NS

    def size(self) -> tuple[int, int]:
        """Of the picture, as the camera sends it; (0, 0): there is none."""
        return (0, 0) if self._picture is None else (self._picture.frame_width, self._picture.frame_height)

    def taken_ns(self) -> int | None:
        return None if self._picture is None else self._picture.captured_ns

    def begin_with(self, picture: Picture | None) -> None:
        """The last that somebody else has of it, until one comes."""
        if picture is not None and self._picture is None:
            self._show_frame(picture, last=True)

    def _receive_picture(self, picture: Picture) -> None:
        if self._held or (self._since.isValid() and self._since.elapsed() < _EVERY_MS):
            return
        self._since.start()
        self._show_frame(picture)

    def _show_frame(self, picture: Picture, last: bool = False) -> None:
        self._picture = picture
        self.came.emit(self._hidden(image_of(picture), picture, last), picture.captured_ns)

    def _hidden(self, image: QImage, picture: Picture, last: bool) -> QImage:
        """Without faces, where that has to be: where they are in a picture of before is not known, so all of it is hidden then."""
        snapshot, view = self._bridge.snapshot, self.view()
        people = wall_people(snapshot.people, snapshot.settings.recognition.blur_faces, snapshot.at_ns) if snapshot else None
        if people is not None and not people.blurred:
            return image
        regions = hidden_regions(view, people, picture.captured_ns) if view is not None and people is not None and not last else None
        if regions is None:
            return mosaic(image)
        hide_regions(image, regions, QSizeF(picture.frame_width, picture.frame_height))
        return image

    def feet(self, counted: Callable[[str, tuple[float, float]], bool]) -> tuple[tuple[str, Foot], ...]:
        """Who is followed now: the class, and where they stand. `counted`: whether somebody of a class there is in a zone."""
        view, picture = self.view(), self._picture
        if view is None or picture is None or not self.counts or picture.frame_width <= 0:
            return ()
        found: list[tuple[str, Foot]] = []
        for track, box in shown_boxes(view, picture.captured_ns):
            x, y = foot_point((box.left(), box.top(), box.right(), box.bottom()))
            at = min(max(x / picture.frame_width, 0.0), 1.0), min(max(y / picture.frame_height, 0.0), 1.0)
            kind = track.category.name.lower()
            found.append((kind, Foot(at, str(track.number), counted(kind, at))))
        return tuple(found)
