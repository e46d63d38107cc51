"""What a wall has for PTZ cameras: the steering mode in a tile, and the entries of its menu."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.actions.camera_actions import CameraActions
from console.courier import ignore_answer
from console.pages.page import PageContext
from console.palette.commands_catalogue import Action
from console.steering.away_plates import AwayPlates
from console.steering.driving import Driving, focus_message
from console.steering.joystick import Joystick
from console.steering.menus import fill_lens, fill_outputs, fill_presets, fill_tours
from console.steering.microphone import PushToTalk
from console.wall.desk import WallDesk
from console.words import denied_text, error_text
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.ptz.commands import CentreCamera, GoHome, GoToPreset, PtzCommand, ReleaseCamera
from engine.model.ptz.view import PtzView
from engine.model.snapshot import Snapshot
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.steering.bar import SteeringBar
from widgets.steering.pad import SteeringPad

KEY = "Z"
LEAST_BAR_WIDTH = 260


class LiveSteering(QObject):
    """UI thread. One camera at a time; the mode ends with Esc, with the page, and where the camera leaves the wall.

    Signals: begun(camera_id).
    """

    begun = Signal(str)

    def __init__(self, context: PageContext, page: QWidget, desk: WallDesk, page_id: str = "live") -> None:
        super().__init__(page)
        self._page_id = page_id
        self._context, self._bridge, self._desk, self._page = context, context.bridge, desk, page
        self.camera_id = ""
        self._was_mine = False
        self.pad, self.bar = SteeringPad(desk.wall), SteeringBar(desk.wall)
        self.plates = AwayPlates(context, desk, self)
        self.driving = Driving(context.bridge, self)
        self.focusing = Driving(context.bridge, self, focus_message)
        self.talk = PushToTalk(context.bridge, self)
        self.joystick = Joystick(self)
        self._connect_hands()
        desk.wall.installEventFilter(self)
        page.installEventFilter(self)

    def _connect_hands(self) -> None:
        self.pad.velocity_changed.connect(self._drive)
        self.joystick.velocity_changed.connect(self._drive_by_joystick)
        self.joystick.pressed.connect(self._go_to_nth_preset)
        self.pad.centred.connect(self._centre)
        for part in (self.pad, self.bar):
            part.home_requested.connect(self.go_home)
            part.ended.connect(self.end)
            part.talk_changed.connect(self._talk)
        for driving in (self.driving, self.focusing):
            driving.refused.connect(self._show_refusal)
            driving.late.connect(self._show_late)
        self.bar.focus_changed.connect(self._focus)
        self.bar.grown.connect(self._lay)
        self.talk.refused.connect(self._show_talk_trouble)
        self.talk.talking_changed.connect(self.bar.show_talking)
        self._desk.wall.page_changed.connect(self._lay)
        self._desk.wall.plan_changed.connect(self._lay)
        self._desk.wall.selection_changed.connect(self._lay)
        for button, fill in (
            (self.bar.presets, self.fill_presets),
            (self.bar.tours, self.fill_tours),
            (self.bar.outputs, self.fill_outputs),
            (self.bar.automatic, self.fill_lens),
        ):
            on(button.menu().aboutToShow, fill, button.menu())

    # what the page has

    def actions(self) -> tuple[Action, ...]:
        wall = self._desk.wall
        return (
            Action(
                f"{self._page_id}.steer",
                self.tr("Steer the selected camera, or stop steering"),
                self.tr("Live"),
                self.toggle_selected,
                KEY,
                Verb.STEER,
                hosts=(wall,),
                only_there=True,
                words=self.tr("PTZ pan tilt zoom preset joystick"),
                why_not=self._why_not_selected,
            ),
        )

    def add_to(self, menu: QMenu, camera_id: str, before: QAction | None) -> None:
        """Nothing for a camera without an ONVIF address."""
        view = self.view(camera_id)
        if view is None:
            return
        made = [self._steer_action(menu, camera_id)]
        for title, offered, fill in (
            (self.tr("Pre&sets"), bool(view.presets) or view.can.home, fill_presets),
            (self.tr("To&urs"), bool(view.tours), fill_tours),
            (self.tr("Outpu&ts"), bool(view.outputs), fill_outputs),
            (self.tr("&Focus and iris"), view.can.autofocus or view.can.iris, fill_lens),
        ):
            if offered and self._bridge.may(Verb.STEER):
                submenu = menu.addMenu(title)
                fill(submenu, view, self._do)
                made.append(submenu.menuAction())
        for action in made:
            menu.insertAction(before, action)  # type: ignore[arg-type]

    def _steer_action(self, menu: QMenu, camera_id: str) -> QAction:
        ends = camera_id == self.camera_id
        action = QAction(icon("move"), self.tr("Stop st&eering") if ends else self.tr("St&eer camera"), menu)
        why = "" if ends else self.why_not(camera_id)
        action.setEnabled(not why)
        action.setToolTip(plain_tip(why))
        on(action.triggered, self.toggle, camera_id)
        return action

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.plates.show_snapshot(snapshot, self.camera_id if self.bar.isVisible() else "")
        if not self.camera_id:
            return
        view = snapshot.ptz_of(self.camera_id)
        if view is None:
            self.end()
            return
        own_id = self._bridge.session.holder
        self.pad.can_centre = view.can.centre
        self.bar.show_view(view, own_id, snapshot.at_ns)
        self._note_loss(view, own_id)
        self._lay()

    def _note_loss(self, view: PtzView, own_id: str) -> None:
        """The loser is told by whom."""
        mine = view.control is not None and view.control.by_id == own_id
        if self._was_mine and view.control is not None and not mine:
            self.pad.stop()
            self.focusing.stop()
            self._context.toasts.show_message(self.tr("{0} has taken over this camera.").format(view.control.by), "moderate", seconds=8)
        self._was_mine = mine

    # the mode

    def view(self, camera_id: str) -> PtzView | None:
        snapshot = self._bridge.snapshot
        return snapshot.ptz_of(camera_id) if snapshot is not None else None

    def why_not(self, camera_id: str) -> str:
        """Empty: it can be steered."""
        view = self.view(camera_id)
        if not self._bridge.may(Verb.STEER):
            return denied_text(Verb.STEER)
        if view is None:
            return self.tr("This camera has no ONVIF address. An administrator can enter it where the camera is edited.")
        return "" if view.can.moves or view.can.talk or view.outputs else view.trouble or self.tr("This camera cannot be moved.")

    def _why_not_selected(self) -> str:
        return "" if self.camera_id else self.why_not(self._desk.wall.selected())

    def toggle_selected(self) -> None:
        self.toggle(self.camera_id or self._desk.wall.selected())

    def toggle(self, camera_id: str) -> None:
        if camera_id == self.camera_id:
            self.end()
        elif not self.why_not(camera_id):
            self.begin(camera_id)

    def begin(self, camera_id: str) -> None:
        self.end()
        self.camera_id, self._was_mine = camera_id, False
        self._desk.wall.select_camera(camera_id)
        if self._bridge.snapshot is not None:
            self.show_snapshot(self._bridge.snapshot)
        self.pad.setFocus()
        self.begun.emit(camera_id)

    def hand_over(self) -> None:
        """It goes on in another wall of this console: the camera stays held."""
        self._was_mine = False
        self.end()

    def end(self) -> None:
        if not self.camera_id:
            return
        self.pad.stop()
        self.driving.stop()
        self.focusing.stop()
        self.talk.end()
        camera_id, self.camera_id = self.camera_id, ""
        self.pad.hide()
        self.bar.hide()
        self._desk.wall.setFocus()
        if self._was_mine:
            self._bridge.tell(ReleaseCamera(camera_id), _leave_it_to_the_snapshot, ignore_answer, owner=self)

    def close(self) -> None:
        self.end()
        self.joystick.close()

    def go_home(self) -> None:
        self._do(GoHome(self.camera_id))

    def fill_presets(self, menu: QMenu) -> None:
        self._fill(menu, partial(fill_presets, set_up=self._set_up if self._bridge.may(Verb.ADMINISTER) else None))

    def _set_up(self, camera_id: str) -> None:
        CameraActions(self._bridge, self._context.toasts, self._page).set_up_ptz(camera_id)

    def fill_tours(self, menu: QMenu) -> None:
        self._fill(menu, fill_tours)

    def fill_outputs(self, menu: QMenu) -> None:
        self._fill(menu, fill_outputs)

    def fill_lens(self, menu: QMenu) -> None:
        self._fill(menu, fill_lens)

    def _fill(self, menu: QMenu, fill: Callable[[QMenu, PtzView, Callable[[PtzCommand], None]], None]) -> None:
        view = self.view(self.camera_id)
        menu.clear()
        if view is not None:
            fill(menu, view, self._do)

    # hands

    def _drive(self, pan: float, tilt: float, zoom: float) -> None:
        if self.camera_id:
            self.driving.drive(self.camera_id, (pan, tilt, zoom))

    def _focus(self, speed: float) -> None:
        if self.camera_id:
            self.focusing.drive(self.camera_id, (speed, 0.0, 0.0))

    def _drive_by_joystick(self, pan: float, tilt: float, zoom: float) -> None:
        """Only in the mode, and only in the window that is in front."""
        if self.camera_id and self.pad.isActiveWindow():
            self._drive(pan, tilt, zoom)

    def _go_to_nth_preset(self, button: int) -> None:
        view = self.view(self.camera_id)
        if view is not None and self.pad.isActiveWindow() and button <= len(view.presets):
            self._do(GoToPreset(self.camera_id, view.presets[button - 1].token))

    def _centre(self, x: float, y: float) -> None:
        """Shares of the tile, which may show bars beside the picture, or part of it."""
        self._do(CentreCamera(self.camera_id, *self._in_picture(x, y)))

    def _in_picture(self, x: float, y: float) -> tuple[float, float]:
        cell = self._cell()
        tile = self._desk.wall.cells.tile(cell)
        if tile is None or tile.picture is None:
            return x, y
        rect = self._desk.wall.cells.rect(cell)
        frame = tile.frame_size()
        to_tile = tile.placement(rect, self._desk.wall.devicePixelRatioF()).to_tile
        at = to_tile.inverted()[0].map(QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height()))
        return min(1.0, max(0.0, at.x() / frame.width())), min(1.0, max(0.0, at.y() / frame.height()))

    def _talk(self, on_air: bool) -> None:
        view = self.view(self.camera_id)
        if not on_air:
            self.talk.end()
        elif view is not None and view.can.talk:
            self.talk.begin(self.camera_id)

    def _do(self, command: PtzCommand) -> None:
        self._bridge.tell(command, _leave_it_to_the_snapshot, self._show_refusal, owner=self)

    def _show_refusal(self, error: WatchroomError) -> None:
        self._context.toasts.show_message(error_text(error), "moderate", seconds=8)

    def _show_late(self) -> None:
        words = self.tr("The connection to the engine is slow. The last movement was not sent.")
        self._context.toasts.show_message(words, "moderate", seconds=8)

    def _show_talk_trouble(self, sentence: str) -> None:
        self._context.toasts.show_message(sentence, "moderate", seconds=8)

    # where it lies

    def _lay(self) -> None:
        wall = self._desk.wall
        if not self.camera_id:
            return
        if self.camera_id not in wall.visible_cameras() or (wall.maximised() and wall.maximised() != self.camera_id):
            self.end()
            return
        area = wall.cells.rect(self._cell())
        bar_height = self.bar.sizeHint().height()
        fits = area.width() >= LEAST_BAR_WIDTH
        self.bar.setVisible(fits)
        self.bar.setGeometry(QRect(area.left(), area.bottom() + 1 - bar_height, area.width(), bar_height))
        self.pad.setGeometry(area.adjusted(0, 0, 0, -bar_height if fits else 0))
        self.pad.show()
        self.pad.raise_()
        self.bar.raise_()

    def _cell(self) -> int:
        return 0 if self._desk.wall.maximised() else self._desk.wall.cell_of(self.camera_id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mode ends with the page, and under a lock screen, which disables what it covers."""
        kind, of_page = event.type(), watched is self._page
        if kind is QEvent.Type.Resize and not of_page:
            self._lay()
        elif of_page and (kind is QEvent.Type.Hide or (kind is QEvent.Type.EnabledChange and not self._page.isEnabled())):
            self.end()
        return False


def at_home(snapshot: Snapshot) -> Snapshot:
    """Without the zones and lines of cameras that look elsewhere: they would lie over the wrong places."""
    away = {view.camera_id for view in snapshot.ptz if view.on_hold}
    if not away:
        return snapshot
    views = (
        replace(view, settings=replace(view.settings, zones=(), lines=())) if view.settings.id in away else view
        for view in snapshot.cameras
    )
    return replace(snapshot, cameras=tuple(views))


def _leave_it_to_the_snapshot() -> None:
    """What came of it shows in the next snapshot."""
