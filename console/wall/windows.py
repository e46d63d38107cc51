"""Further walls, each in a window of its own: opened, put back where they were, and never lost with a monitor."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QMoveEvent, QResizeEvent, QScreen, QShortcut
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from console.pages.page import PageContext
from console.steering.live_steering import at_home
from console.wall.book import WallBook, WallWindow
from console.wall.desk import WallDesk
from console.wall.menu import WallMenu
from console.wall.screens import Area, Place, landing, next_screen
from engine.model.accounts.access import Verb
from engine.model.snapshot import Snapshot
from widgets.fields.first_focus import set_first_focus
from widgets.signals import on, on_told

MOST_WINDOWS = 8
_SETTLE_MS = 400
_SIZE = Area(40, 40, 1100, 700)
TileMenu = Callable[[WallDesk, WallMenu, str, QWidget], QMenu | None]


class WallFrame(QWidget):
    """A wall in a window of its own. It shows pictures whatever page the main window is on.

    Signals: closing(window id): by the operator. placed(window id): it was moved or resized by hand.
    """

    closing = Signal(str)
    placed = Signal(str)

    def __init__(self, context: PageContext, book: WallBook, window_id: str, title: str, tile_menu: TileMenu) -> None:
        super().__init__()
        self.id, self._title, self._tile_menu = window_id, title, tile_menu
        self._displaced = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(480, 320)
        self.desk = WallDesk(context, book, window_id, self)
        self.menu = WallMenu(self.desk, book, context.bridge.session, context.toasts, self)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for part in (self.desk.toolbar, self.desk.offer):
            column.addWidget(part)
        column.addWidget(self.desk.body, 1)
        self.desk.toolbar.add_button.hide()
        self.desk.wall.set_can_add(False)
        self.desk.wall.context_menu_requested.connect(self._open_menu)
        self.desk.bind(self, self.id)
        full = QShortcut(QKeySequence("F11"), self)
        full.activated.connect(self.toggle_full)
        set_first_focus(self, self.desk.wall)
        self._retitle("")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._retitle(snapshot.settings.site_name)
        if self.isVisible() and not self.isMinimized():
            self.desk.show_snapshot(at_home(snapshot))
        else:
            self.desk.leave()

    def _retitle(self, site: str) -> None:
        title = f"{self._title} – {site} – Watchroom" if site else self._title
        if self.windowTitle() != title:
            self.setWindowTitle(title)

    def toggle_full(self) -> None:
        """The whole screen with nothing but pictures, and back."""
        full = not self.isFullScreen()
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.desk.toolbar.setVisible(not full)
        margin = 0 if full else 8
        self._column.setContentsMargins(margin, margin, margin, margin)
        self.placed.emit(self.id)

    def _open_menu(self, camera_id: str, position: object) -> None:
        menu = self._tile_menu(self.desk, self.menu, camera_id, self)
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(position)  # type: ignore[arg-type]

    def put(self, area: Area, displaced: bool) -> None:
        """`displaced`: its own screen is gone; where it stands now is not remembered."""
        self._displaced = displaced
        self.setGeometry(QRect(area.x, area.y, area.width, area.height))

    def place(self) -> Place:
        screen = self.screen().geometry()
        area = self.normalGeometry() if self.isFullScreen() else self.geometry()
        return Place(
            screen_name(self.screen()), Area(area.x() - screen.x(), area.y() - screen.y(), area.width(), area.height()), self.isFullScreen()
        )

    @property
    def displaced(self) -> bool:
        return self._displaced

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.placed.emit(self.id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.placed.emit(self.id)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.desk.close()
        self.closing.emit(self.id)
        super().closeEvent(event)


class WallWindows(QObject):
    """The windows of one session. UI thread.

    Signals: camera_chosen(camera_id): in one of them. opened(WallDesk): of a window that has come.
    """

    camera_chosen = Signal(str)
    opened = Signal(object)

    def __init__(self, context: PageContext, book: WallBook, tile_menu: TileMenu, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._book, self._tile_menu = context, book, tile_menu
        self._frames: dict[str, WallFrame] = {}
        self._ending = False
        self._restored = False
        self._places = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._places.timeout.connect(self._keep_places)
        self._screens = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._screens.timeout.connect(self.settle)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenRemoved.connect(self._settle_soon)
            app.screenAdded.connect(self._settle_soon)
        context.bridge.snapshot_changed.connect(self._show_snapshot)

    def frames(self) -> tuple[WallFrame, ...]:
        return tuple(self._frames.values())

    def restore(self) -> None:
        """Those that were open when the main window closed."""
        for window_id, kept in list(self._book.windows.items()):
            if kept.place is not None and window_id not in self._frames:
                self._open_window(window_id, kept.place)

    def open_another(self, plan: WallWindow | None = None) -> WallFrame | None:
        """A further wall, on a screen that has none yet if there is one; None when there are enough, or pictures may not be seen."""
        if len(self._frames) >= MOST_WINDOWS or not self._context.bridge.may(Verb.SEE_LIVE):
            return None
        window_id = next(each for n in range(2, MOST_WINDOWS + 3) if (each := f"wall-{n}") not in self._frames)
        taken = tuple(frame.place().screen for frame in self.frames())
        screens, primary = screen_areas()
        main = self._main_screen()
        free = next_screen(screens, (*taken, main), primary)
        step = 32 * len(self._frames)
        place = Place(free, replace(_SIZE, x=_SIZE.x + step, y=_SIZE.y + step))
        self._book.keep_window(window_id, replace(plan or WallWindow(), place=place))
        return self._open_window(window_id, place)

    def heat(self, camera_id: str) -> None:
        """A camera that was chosen elsewhere."""
        for frame in self.frames():
            frame.desk.heat(camera_id)

    def _settle_soon(self, _screen: QScreen) -> None:
        """A method, not a lambda: the application, which outlives this session, would hold that for ever."""
        self._screens.start()

    def settle(self) -> None:
        """Screens came or went: every window is where it was, or on the primary screen until its own is back."""
        screens, primary = screen_areas()
        for frame in self.frames():
            kept = self._book.window(frame.id)
            if kept is None or kept.place is None:
                continue
            away = kept.place.screen not in screens
            if away or frame.displaced:
                frame.put(landing(kept.place, screens, primary), displaced=away)

    def close(self) -> None:
        """All of them, to be opened again next time."""
        self._ending = True
        self._keep_places()
        for frame in self.frames():
            frame.close()

    def _open_window(self, window_id: str, place: Place) -> WallFrame:
        number = window_id.rpartition("-")[2]
        frame = WallFrame(self._context, self._book, window_id, self.tr("Wall {0}").format(number), self._tile_menu)
        screens, primary = screen_areas()
        frame.put(landing(place, screens, primary), displaced=place.screen not in screens)
        frame.closing.connect(self._closed)
        on(frame.placed, self._places.start)
        on_told(frame.desk.camera_chosen, self._on_camera_selection, frame)
        on(frame.menu.another_requested, self.open_another)
        self._frames[window_id] = frame
        self._context.bridge.watch_moves(self, True)
        self.opened.emit(frame.desk)
        frame.show()
        if place.full:
            frame.toggle_full()
        if self._context.bridge.snapshot is not None:
            frame.show_snapshot(self._context.bridge.snapshot)
        return frame

    def _on_camera_selection(self, by: WallFrame, camera_id: str) -> None:
        for frame in self.frames():
            if frame is not by:
                frame.desk.heat(camera_id)
        self.camera_chosen.emit(camera_id)

    def _closed(self, window_id: str) -> None:
        self._frames.pop(window_id, None)
        self._context.bridge.watch_moves(self, bool(self._frames))
        if not self._ending:
            self._book.forget_window(window_id)

    def _keep_places(self) -> None:
        self._places.stop()
        for frame in self.frames():
            if not frame.displaced and not frame.isMinimized():
                self._book.keep_place(frame.id, frame.place())

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        if not self._restored and self._context.bridge.may(Verb.SEE_LIVE):
            self._restored = True
            self.restore()
        for frame in self.frames():
            frame.show_snapshot(snapshot)

    def _main_screen(self) -> str:
        parent = self.parent()
        return screen_name(parent.screen()) if isinstance(parent, QWidget) else ""


def screen_name(screen: QScreen) -> str:
    """The same monitor after a restart: its plug, and what it calls itself."""
    return " ".join(part for part in (screen.name(), screen.model(), screen.serialNumber()) if part)


def screen_areas() -> tuple[dict[str, Area], str]:
    """All screens by name, and the primary one's name."""
    found: dict[str, Area] = {}
    for screen in QGuiApplication.screens():
        area = screen.availableGeometry()
        found[screen_name(screen)] = Area(area.x(), area.y(), area.width(), area.height())
    return found, screen_name(QGuiApplication.primaryScreen())
