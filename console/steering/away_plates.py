"""The plates of one wall for cameras that are away from home."""

from functools import partial

from PySide6.QtCore import QEvent, QObject

from console.pages.page import PageContext
from console.wall.desk import WallDesk
from console.words import denied_text, error_text
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.ptz.commands import GoHome
from engine.model.ptz.view import PtzState, PtzView
from engine.model.snapshot import Snapshot
from widgets.steering.away_plate import PLATE_HEIGHT, AwayPlate
from widgets.steering.words import plate_words
from widgets.translation import tr

_LEAST_WIDTH, _LEAST_HEIGHT = 220, 120  # of a tile: below that a plate would leave nothing to see


class AwayPlates(QObject):
    """UI thread. One for each camera on screen that is away, but for that which is steered here: its bar says the same."""

    def __init__(self, context: PageContext, desk: WallDesk, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._toasts, self._desk = context.bridge, context.toasts, desk
        self._plates: dict[str, AwayPlate] = {}
        self._steered = ""
        desk.wall.page_changed.connect(self.place)
        desk.wall.plan_changed.connect(self.place)
        desk.wall.installEventFilter(self)

    def plate(self, camera_id: str) -> AwayPlate | None:
        return self._plates.get(camera_id)

    def show_snapshot(self, snapshot: Snapshot, steered: str) -> None:
        """`steered`: the camera whose bar stands here."""
        self._steered = steered
        words = {view.camera_id: said for view in snapshot.ptz if (said := plate_words(view, snapshot.at_ns))}
        for camera_id in self._plates.keys() - words.keys():
            self._plates.pop(camera_id).deleteLater()
        for camera_id, said in words.items():
            if camera_id not in self._plates:
                plate = self._plates[camera_id] = AwayPlate(self._desk.wall)
                plate.home_requested.connect(partial(self._go_home, camera_id))
            view = snapshot.ptz_of(camera_id)
            settings = snapshot.settings.camera(camera_id)
            has_home = view is not None and (view.can.home or (settings is not None and bool(settings.ptz.home_preset)))
            self._plates[camera_id].show_words(said, self._why_not(view, has_home))
        self.place()

    def _why_not(self, view: PtzView | None, has_home: bool) -> str:
        if not self._bridge.may(Verb.STEER):
            return denied_text(Verb.STEER)
        if view is None or view.state is not PtzState.ONLINE:
            return view.trouble if view is not None and view.trouble else tr("Connecting to the camera…")
        return "" if has_home else tr("This camera has no home position.")

    def _go_home(self, camera_id: str) -> None:
        self._bridge.tell(GoHome(camera_id), _leave_it, self._show_refusal, owner=self)

    def _show_refusal(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "moderate", seconds=8)

    def place(self) -> None:
        """Where the tiles lie now."""
        wall = self._desk.wall
        shown = set(wall.visible_cameras())
        for camera_id, plate in self._plates.items():
            here = camera_id in shown and wall.maximised() in ("", camera_id) and camera_id != self._steered
            rect = wall.cells.rect(0 if wall.maximised() else wall.cell_of(camera_id)) if here else None
            roomy = rect is not None and rect.width() >= _LEAST_WIDTH and rect.height() >= _LEAST_HEIGHT
            plate.setVisible(roomy and wall.replays.bar(camera_id) is None)
            if rect is not None and roomy:
                plate.setGeometry(rect.left() + 4, rect.bottom() - PLATE_HEIGHT - 3, rect.width() - 8, PLATE_HEIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.place()
        return False


def _leave_it() -> None:
    """What came of it shows in the next snapshot."""
