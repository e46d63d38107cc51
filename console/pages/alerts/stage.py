"""What happened, beside where: the clip of an alert (its picture until there is one), and its place on the plan or the map."""

from functools import partial

from PySide6.QtCore import QByteArray, QPoint, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QSplitter, QStackedWidget, QWidget

from console.actions.moment_actions import MomentActions
from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.feeds.floor_picture import FloorPicture
from console.maps.base_source import BaseSource
from console.pages.investigate.clip_panel import ClipPanel
from console.playback.event_marks import still_marks
from console.playback.marked_places import cameras_that_see
from engine.model.cameras.clip import Clip
from engine.model.errors import WatchroomError
from engine.model.event import Event
from engine.model.question import ListClips, ListEvents
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from widgets.alerts.place_view import AlertPlace, PlaceView
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.maps.map_notice import MapNotice
from widgets.plates import Plates, PlateSpec
from widgets.playback.clip_marks import StillMarks
from widgets.playback.clip_overlay import OVERLAY, paint_still
from widgets.theme import color
from widgets.wall.viewport import Viewport

_NEAR_NS = 5 * SECOND
_CLIP_BEFORE_NS = 180 * SECOND  # how long before the moment a clip may begin that still shows it

_PICTURE = 260, 150  # pixels, at the least
_BOTH = 400  # less than this is too narrow for picture and place


@dataclass(frozen=True, slots=True)
class StageSubject:
    """What is on stage: an alert or a decision by its id, the event it came of, and where it was."""

    id: str
    event_id: str
    camera_id: str
    zone_id: str
    at_ns: int
    place: AlertPlace


class StillPicture(QWidget):
    """The picture of an event with its marks, and a line that says why no clip plays. Signals: menu_wanted(QPoint of the screen)."""

    menu_wanted = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plates = Plates()
        self._image, self._marks, self.caption = QImage(), StillMarks(), ""
        self.setMinimumSize(240, 135)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Picture of the event"))
        OVERLAY.changed.connect(self._redraw)

    def has_picture(self) -> bool:
        return not self._image.isNull()

    def clear(self) -> None:
        self.show_picture(QImage(), StillMarks())

    def show_picture(self, image: QImage, marks: StillMarks) -> None:
        self._image, self._marks = image, marks
        self.update()

    def set_caption(self, caption: str) -> None:
        self.caption = caption
        self.setAccessibleDescription(caption)
        self.update()

    def _redraw(self) -> None:
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("video"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect())
        if not self._image.isNull():
            area = Viewport().picture_rect(QRectF(self.rect()), QSizeF(self._image.size()))
            painter.drawImage(area, self._image)
            if OVERLAY.shown:
                paint_still(painter, area, self._marks, OVERLAY.visible())
        if self.caption:
            spec = PlateSpec(self.caption, max_width=max(60, self.width() - 24))
            plate = self._plates.get(spec, self.devicePixelRatioF())
            size = plate.deviceIndependentSize()
            painter.drawPixmap(round((self.width() - size.width()) / 2), round(area.bottom() - size.height() - 10), plate)


class AlertStage(QWidget):
    """UI thread. What is fetched for one subject never shows under another: answers carry the number of the subject they are for.

    Signals: left(): Esc was pressed in the player.
    """

    left = Signal()

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._subject: StageSubject | None = None
        self._round = 0
        self._hidden: bool | None = None
        self._still_asked = False
        self.still, self.clip, self.place = StillPicture(), ClipPanel(bridge, self, ambient=True), PlaceView()
        FloorPicture(bridge, (self.place.plan,), self)
        self.base_trouble = MapNotice(self.place.map)
        self._base = BaseSource(self.place.map, bridge.cache_folder, self._show_base_trouble, self)
        self.pictures = QStackedWidget()
        self.pictures.addWidget(self.still)
        self.pictures.addWidget(self.clip)
        self.pictures.setMinimumSize(*_PICTURE)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.setChildrenCollapsible(False)
        self.across.addWidget(self.pictures)
        self.across.addWidget(self.place)
        self.across.setStretchFactor(0, 3)
        self.across.setStretchFactor(1, 1)
        self.across.setSizes([620, 240])
        make_column(self, spacing=0, margins=NO_MARGINS).addWidget(self.across)
        self.clip.none.connect(self._say_why_no_clip)
        self.clip.preparing.connect(self._show_preparing)
        self.clip.player.position_changed.connect(self._show_clip)
        self.hide()

    def offer_actions(self, actions: MomentActions) -> None:
        """What can be done with the event, in the menu of its clip and of its picture."""
        self.clip.offer_actions(actions)
        self.still.menu_wanted.connect(partial(self._open_menu, actions))

    def menu_of_still(self, actions: MomentActions) -> QMenu | None:
        moment = self.clip.moment()
        if moment is None:
            return None
        menu = QMenu(self)
        actions.add_to(menu, moment)
        return menu

    def _open_menu(self, actions: MomentActions, position: QPoint) -> None:
        menu = self.menu_of_still(actions)
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(position)

    def subject_id(self) -> str:
        return self._subject.id if self._subject is not None else ""

    def shows_clip(self) -> bool:
        return self.pictures.currentWidget() is self.clip

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.clip.show_snapshot(snapshot)
        self._base.show_settings(snapshot.settings.map)
        if self._hidden is not None and self._hidden != snapshot.faces_hidden and self._subject is not None:
            self._fetch_still(self._subject)
        self._hidden = snapshot.faces_hidden

    def show_subject(self, subject: StageSubject | None) -> None:
        """Costs little where it is the same."""
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        changed = _key(subject) != _key(self._subject)
        moved = subject is not None and (self._subject is None or subject.place != self._subject.place)
        self._subject = subject
        if changed:
            self._begin(subject)
        if subject is not None and (changed or moved):
            self.place.show_place(subject.place, snapshot.settings)
            self._fit()

    def _begin(self, subject: StageSubject | None) -> None:
        """Nothing of the subject before stays on screen."""
        self._round += 1
        self._still_asked = False
        self.clip.leave()
        self.still.clear()
        self.still.set_caption("")
        self.pictures.setCurrentWidget(self.still)
        self.pictures.setVisible(subject is not None and bool(subject.event_id) and self._has_camera(subject.camera_id))
        self.setVisible(subject is not None)
        if subject is None:
            return
        if subject.event_id and subject.camera_id:
            self._fetch_still(subject)
            self._find_event(subject)
        if not subject.camera_id or not subject.event_id:
            self._find_other_view(subject)

    def _show_base_trouble(self) -> None:
        self.base_trouble.set_notice(self._base.trouble)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """The picture has what there is where both would be too small to read."""
        alone = self.width() < _BOTH and not self.pictures.isHidden()
        shown = self.place.has_place and not alone
        if self.place.isHidden() == shown:
            self.place.setVisible(shown)

    def _fit(self) -> None:
        self._share_width()
        self.setVisible(self._subject is not None and (self.place.has_place or not self.pictures.isHidden()))

    # The picture

    def _fetch_still(self, subject: StageSubject) -> None:
        call = partial(self._bridge.port.thumbnail, subject.event_id)
        self._bridge.fetch(call, self._receive_still, ignore_answer, self._round, subject, owner=self)

    def _receive_still(self, number: int, subject: StageSubject, jpeg: bytes | None) -> None:
        snapshot = self._bridge.snapshot
        if number != self._round or snapshot is None:
            return
        self._still_asked = True
        if jpeg is None:
            self._hide_empty_picture()
            return
        image = QImage.fromData(QByteArray(jpeg), "JPEG")  # pyright: ignore[reportArgumentType]  # PySide takes str, and no bytes
        event = next((event for event in snapshot.events if event.id == subject.event_id), None)
        self.still.show_picture(image, still_marks(jpeg, event, snapshot.settings, subject.camera_id, subject.zone_id))

    def _hide_empty_picture(self) -> None:
        """Where there is neither picture nor clip, the place has the room."""
        if self._still_asked and not self.still.has_picture() and self.still.caption and not self.clip.is_waiting():
            self.pictures.setVisible(not self.place.has_place)
            self._fit()

    # The clip

    def _find_event(self, subject: StageSubject) -> None:
        """Among the newest events, else in the record."""
        snapshot = self._bridge.snapshot
        known = next((event for event in snapshot.events if event.id == subject.event_id), None) if snapshot is not None else None
        if known is not None:
            self._open(subject, known)
            return
        around = ListEvents(since_ns=subject.at_ns - _CLIP_BEFORE_NS, until_ns=subject.at_ns + _NEAR_NS, camera_id=subject.camera_id)
        self._bridge.ask(around, self._receive_events, partial(self._show_error, self._round), self._round, subject, owner=self)

    def _receive_events(self, number: int, subject: StageSubject, events: tuple[Event, ...]) -> None:
        if number != self._round:
            return
        event = next((event for event in events if event.id == subject.event_id), None)
        if event is None:
            self.still.set_caption(self.tr("The event and its clip have been deleted."))
            self._hide_empty_picture()
        else:
            self._open(subject, event)

    def _open(self, subject: StageSubject, event: Event) -> None:
        if event.camera_id:
            self.clip.open_event(event, self._camera_name(event.camera_id), subject.zone_id)
        else:
            self._find_other_view(subject)

    def _find_other_view(self, subject: StageSubject) -> None:
        """Of what no camera told of: a clip of a camera that sees the place, if one was recorded just then."""
        snapshot, position = self._bridge.snapshot, subject.place.position
        if snapshot is None or position is None or not self._bridge.may(ListClips.verb):
            return
        for camera_id in cameras_that_see(snapshot.settings, position[:2])[:1]:
            asked = ListClips(20, camera_id=camera_id, since_ns=subject.at_ns - _CLIP_BEFORE_NS, until_ns=subject.at_ns + _NEAR_NS)
            self._bridge.ask(asked, self._receive_clips, ignore_answer, self._round, subject, owner=self)

    def _receive_clips(self, number: int, subject: StageSubject, clips: tuple[Clip, ...]) -> None:
        if number != self._round:
            return
        clip = next((clip for clip in clips if clip.started_ns <= subject.at_ns <= clip.ended_ns), None)
        if clip is not None:
            self.pictures.show()
            self._fit()
            self.clip.open_clip(clip, self._camera_name(clip.camera_id), subject.zone_id)

    def _has_camera(self, camera_id: str) -> bool:
        """Of a lookout that is no camera of the site there is neither picture nor clip: the map has the room."""
        settings = self._bridge.snapshot.settings if self._bridge.snapshot is not None else None
        is_lookout = settings is not None and any(lookout.camera_id == camera_id for lookout in settings.lookouts)
        return bool(camera_id) and not (is_lookout and settings is not None and settings.camera(camera_id) is None)

    def _camera_name(self, camera_id: str) -> str:
        snapshot = self._bridge.snapshot
        camera = snapshot.settings.camera(camera_id) if snapshot is not None else None
        return camera.name if camera is not None else camera_id

    def _show_clip(self, _seconds: float) -> None:
        """Its first picture is there."""
        if self._subject is not None and not self.shows_clip():
            self.pictures.setCurrentWidget(self.clip)

    def _show_preparing(self) -> None:
        if self._subject is not None:
            self.pictures.setCurrentWidget(self.clip)

    def _say_why_no_clip(self, event_id: str) -> None:
        if self._subject is None or event_id != self._subject.event_id:
            return
        self.pictures.setCurrentWidget(self.still)
        recording = self.tr("Recording; the clip follows")
        self.still.set_caption(recording if self.clip.is_waiting() else self.tr("No clip of this event"))
        self._hide_empty_picture()

    def _show_error(self, number: int, _error: WatchroomError) -> None:
        if number == self._round:
            self.still.set_caption(self.tr("The clip cannot be looked up."))

    def play(self) -> bool:
        """Give the player the keyboard; False where no clip plays."""
        if not self.shows_clip():
            return False
        self.clip.player.play()
        self.clip.player.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def shutdown(self) -> None:
        self._base.stop()
        self.clip.shutdown()


def _key(subject: StageSubject | None) -> tuple[str, str]:
    return ("", "") if subject is None else (subject.id, subject.event_id)
