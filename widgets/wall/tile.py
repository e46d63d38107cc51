"""What the wall keeps for one camera, and what its tile says. No painting."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import QImage

from engine.model.health import CameraHealth
from engine.model.snapshot import CameraView, Picture
from engine.model.time import MILLISECOND, SECOND
from engine.model.value_class import dataclass
from widgets.camera_name import numbered_name
from widgets.number_text import number_text
from widgets.time_text import clock_text, counter_text, duration_text
from widgets.translation import tr
from widgets.wall.arrangement.placement import Placement, placement
from widgets.wall.tile_replay import TileReplay
from widgets.wall.tile_status import TileStatus, tile_status
from widgets.wall.trails import Trails
from widgets.wall.viewport import Viewport

_SOON_NS = 150 * MILLISECOND
_UNKNOWN = TileStatus("", "neutral", False)


@dataclass(frozen=True, slots=True)
class Chrome:
    """The texts of a tile. `clock` counts since the last picture and is empty unless that is a trouble; `since`: when that began.

    called: the name with the camera's number, for where there is room. replayed: what is shown was recorded, and is not the picture of now.
    """

    name: str = ""
    status: TileStatus = _UNKNOWN
    simulated: bool = False
    age: str = ""
    figures: str = ""
    clock: str = ""
    last_picture: str = ""
    since: str = ""
    called: str = ""
    replayed: bool = False


class Tile:
    """State of one camera on the wall. The picture's pixels are held, not copied."""

    def __init__(self, view: CameraView) -> None:
        self.view = view
        self.trails = Trails()
        self.viewport = Viewport()
        self.chrome = Chrome(view.settings.name, called=numbered_name(view.settings))
        self.picture: Picture | None = None
        self.image = QImage()
        self.replay: TileReplay | None = None
        self._live_picture: Picture | None = None  # while another one is replayed
        self._faded: QImage | None = None
        self._arrived_ns: int | None = None
        self._asked_ns = 0
        self._placed: tuple[object, Placement] | None = None

    def twin(self) -> "Tile":
        """Another tile of the same camera, with the same picture; whole, and with trails from now on."""
        twin = Tile(self.view)
        twin.chrome, twin._arrived_ns, twin._asked_ns = self.chrome, self._arrived_ns, self._asked_ns
        live = self.live_picture
        if live is not None and self._arrived_ns is not None:
            twin.set_picture(live, self._arrived_ns)
        twin.set_replay(self.replay)
        return twin

    def begin_asking(self, now_ns: int) -> None:
        """It comes on the screen: pictures are asked for from now on."""
        self._asked_ns = now_ns

    def set_view(self, view: CameraView, now_ns: int) -> bool:
        """Take a newer view; True when the tile must be painted for it now, not only with its next picture."""
        old, self.view = self.view, view
        if (view.tracks_ns, view.tracks) == (old.tracks_ns, old.tracks):
            return False
        self.trails.update(view.tracks, view.tracks_ns)
        return self._arrived_ns is None or now_ns - self._arrived_ns > _SOON_NS

    def set_picture(self, picture: Picture, now_ns: int) -> None:
        """The newest one; while another is replayed it waits."""
        self._arrived_ns = now_ns
        if self.replay is not None:
            self._live_picture = picture
        else:
            self._show_picture(picture)

    def set_replay(self, replay: TileReplay | None) -> None:
        """What was recorded instead of what is live; None: live again, from the newest picture on."""
        if replay is None and self.replay is None:
            return
        if self.replay is None:
            self._live_picture = self.picture
        self.replay = replay
        live, self._live_picture = self._live_picture, None if replay is None else self._live_picture
        self._show_picture(live if replay is None else replay.picture)

    def _show_picture(self, picture: Picture | None) -> None:
        self.picture, self._faded, self.image = picture, None, QImage()
        if picture is not None:
            height, width, _ = picture.pixels.shape
            self.image = QImage(picture.pixels.data, width, height, picture.pixels.strides[0], QImage.Format.Format_RGB32)

    @property
    def live_picture(self) -> Picture | None:
        """The newest one that came live, whatever is shown."""
        return self.picture if self.replay is None else self._live_picture

    def faded(self) -> QImage:
        """The picture without colour, for when it is not live."""
        if self._faded is None:
            self._faded = self.image.convertToFormat(QImage.Format.Format_Grayscale8)
        return self._faded

    def frame_size(self) -> QSizeF:
        """Size that boxes refer to and that gives the aspect."""
        if self.picture is None:
            return QSizeF(16, 9)
        if self.picture.frame_width > 0 and self.picture.frame_height > 0:
            return QSizeF(self.picture.frame_width, self.picture.frame_height)
        return QSizeF(self.image.size())

    def placement(self, area: QRect, ratio: float) -> Placement:
        """Where the picture lies in the tile's area, on a screen of this device pixel ratio. There must be one."""
        frame = self.frame_size()
        key = (area, ratio, self.viewport, self.image.size(), frame)
        if self._placed is None or self._placed[0] != key:
            self._placed = (key, placement(self.viewport.picture_rect(QRectF(area), frame), frame, self.image.size(), area, ratio))
        return self._placed[1]

    def zoom(self, factor: float, about: QPointF, area: QRectF) -> None:
        self.viewport = self.viewport.zoomed(factor, about, area, self.frame_size())

    def pan(self, by: QPointF, area: QRectF) -> None:
        self.viewport = self.viewport.panned(by, area, self.frame_size())

    def refresh(self, now_ns: int) -> bool:
        """Compute the texts anew; True when any has changed."""
        old, self.chrome = self.chrome, self._chrome(now_ns)
        return old != self.chrome

    def _chrome(self, now_ns: int) -> Chrome:
        view = self.view
        if self.replay is not None:
            return self._replay_chrome(self.replay, now_ns)
        status = tile_status(view.health, self._arrived_ns, now_ns, self._asked_ns)
        troubled = status.since_ns is not None
        return Chrome(
            name=view.settings.name,
            status=status,
            simulated=view.settings.simulated,
            age=self._age(now_ns) if status.live else "",
            figures=_figures(view.health) if status.live else "",
            clock=counter_text((now_ns - (status.since_ns or 0)) / SECOND) if troubled else "",
            last_picture=self._last_picture(now_ns) if not status.live else "",
            since=clock_text(status.since_ns, now_ns) if status.since_ns else "",
            called=numbered_name(view.settings),
        )

    def _replay_chrome(self, replay: TileReplay, now_ns: int) -> Chrome:
        settings = self.view.settings
        status = TileStatus(tr("REPLAY {0}").format(clock_text(replay.at_ns, now_ns)), "replay", False, None, replay.note)
        age = tr("{0} ago").format(duration_text(max(0, now_ns - replay.at_ns) // SECOND * SECOND))
        return Chrome(settings.name, status, settings.simulated, age, called=numbered_name(settings), replayed=True)

    def _age(self, now_ns: int) -> str:
        if self.picture is None:
            return ""
        return f"{number_text(max(0, now_ns - self.picture.captured_ns) / SECOND, '.1f')} s"

    def _last_picture(self, now_ns: int) -> str:
        known = self.picture.captured_ns if self.picture else self.view.health.last_picture_ns
        return clock_text(known, now_ns) if known else ""


def _figures(health: CameraHealth) -> str:
    size = f"{health.width} × {health.height}" if health.width else ""
    return " · ".join(part for part in (f"{number_text(health.fps, '.1f')} fps", size) if part)
