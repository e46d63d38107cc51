"""What Live has for listening: the key, the menu's entry, the line above the wall, and the mark on the tile that is heard."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from console.pages.page import PageContext
from console.palette.commands_catalogue import Action, bind
from console.sound.hearing import CameraHearing
from console.sound.loudspeaker import Loudspeaker
from console.wall.desk import WallDesk
from engine.model.accounts.access import Verb
from engine.model.settings import CameraSettings
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.wall.listening_bar import ListeningBar
from widgets.wall.video_wall import VideoWall

KEY = "M"
_LOOK_MS = 500


class LiveListening(QObject):
    """UI thread. `walls` are all on which a tile can say that it is heard; while none does and the page is away, nobody listens."""

    def __init__(
        self,
        context: PageContext,
        page: QWidget,
        desk: WallDesk,
        others: Callable[[], Iterable[WallDesk]],
        loudspeaker: Loudspeaker | None = None,
    ) -> None:
        super().__init__(page)
        self._context, self._page, self._desk, self._others = context, page, desk, others
        self.hearing = CameraHearing(context.bridge, context.remembered, loudspeaker, self)
        self.bar = ListeningBar(page)
        self.bar.stop_requested.connect(self.hearing.stop)
        self.bar.muted.connect(lambda muted: self.hearing.choose(replace(self.hearing.choice, muted=muted)))
        self.bar.volume_changed.connect(lambda volume: self.hearing.choose(replace(self.hearing.choice, volume=volume)))
        self.hearing.changed.connect(self._show_mark)
        self.hearing.ended.connect(self._show_reason)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        page.installEventFilter(self)
        self._show_mark()

    def actions(self) -> tuple[Action, ...]:
        return (self._action("live", self._desk.wall),)

    def bind_in(self, desk: WallDesk) -> None:
        """The key on a further wall."""
        bind((self._action("wall", desk.wall),))

    def _action(self, page_id: str, wall: VideoWall) -> Action:
        return Action(
            f"{page_id}.listen",
            self.tr("Listen to the selected camera, or stop listening"),
            self.tr("Live"),
            lambda: self.toggle(wall.selected()),
            KEY,
            Verb.SEE_LIVE,
            hosts=(wall,),
            only_there=True,
            words=self.tr("sound audio hear mute"),
            why_not=lambda: "" if self.hearing.camera_id else self.hearing.why_not(wall.selected()),
        )

    def toggle(self, camera_id: str) -> None:
        """With no camera selected, or the one that is heard: stop."""
        if not camera_id and self.hearing.camera_id:
            self.hearing.stop()
        else:
            self.hearing.toggle(camera_id)

    def add_to(self, menu: QMenu, camera_id: str, before: QAction | None) -> None:
        """To a tile's menu; where that cannot be, the tip says why."""
        heard = camera_id == self.hearing.camera_id
        action = QAction(icon("volume-x" if heard else "volume-2"), self.tr("Stop &listening") if heard else self.tr("&Listen"), menu)
        action.setShortcut(QKeySequence(KEY))
        action.setShortcutVisibleInContextMenu(True)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # shown here; the wall has the key
        why = "" if heard else self.hearing.why_not(camera_id)
        action.setEnabled(not why)
        action.setToolTip(plain_tip(why or self._allowed_for(camera_id)))
        on(action.triggered, self.hearing.toggle, camera_id)
        menu.insertAction(before, action)  # type: ignore[arg-type]

    def _allowed_for(self, camera_id: str) -> str:
        camera = self._camera(camera_id)
        purpose = camera.listen_purpose.strip() if camera is not None else ""
        return self.tr("Allowed for: {0}\nEach start and end is recorded in the audit log.").format(purpose)

    def look(self) -> None:
        """Nobody listens where nothing on the screen says so."""
        self.hearing.look_at_choice()
        heard = self.hearing.camera_id
        if not heard or self._page.isVisible():
            return
        if not any(desk.wall.isVisible() and heard in desk.wall.visible_cameras() for desk in self._others()):
            self.hearing.stop()

    def close(self) -> None:
        self._timer.stop()
        self.hearing.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The lock screen disables what it covers."""
        if event.type() is QEvent.Type.EnabledChange and not self._page.isEnabled():
            self.hearing.stop()
        elif event.type() is QEvent.Type.Hide:
            QTimer.singleShot(0, self, self.look)
        return False

    def _show_mark(self) -> None:
        heard = self.hearing.heard_mark()
        for desk in (self._desk, *self._others()):
            desk.wall.set_heard(heard)
        self.bar.show_choice(self.hearing.choice.volume, self.hearing.choice.muted)
        self.bar.show_heard(heard, self._camera_name(), self.hearing.reason)

    def _camera_name(self) -> str:
        camera = self._camera(self.hearing.camera_id)
        return camera.name if camera is not None else self.hearing.camera_id

    def _camera(self, camera_id: str) -> CameraSettings | None:
        snapshot = self._context.bridge.snapshot
        return snapshot.settings.camera(camera_id) if snapshot is not None else None

    def _show_reason(self, why: str) -> None:
        if why:
            self._context.toasts.show_message(why, "moderate", seconds=8)
