"""A stage for the console on the real engine: real video over RTSP, real models, real windows, pictures of each step."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TypeVar

import av
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QListView, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from console.app import Console
from console.dialogs.cameras.find_camera import FindCameraDialog
from console.dialogs.person_detector import PersonDetectorDialog
from console.pages.live.live import LivePage
from console.pages.system.system import SystemPage
from console.session.remembered import Remembered
from console.site import Site, running
from console.sites.many_sites import ManySites
from console.window import MainWindow
from engine.gateway.border.bind import Bind
from engine.model.cameras.track import TrackStatus
from engine.model.health import CameraState
from engine.model.port import EngineDoor
from engine.model.settings import CameraSettings
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from widgets.events.event_model import EventModel

SHOTS_VARIABLE = "WATCHROOM_SHOTS"  # a folder to save a picture of each step in
ADMIN, PASSWORD, SITE_NAME = "ada", "correct horse battery", "Harbour office"
LONGEST_MS = 120_000
D = TypeVar("D", bound=QWidget)


def write_street(video: Path, path: Path, pictures: int = 300, gop: int = 10) -> Path:
    """The first pictures of a film, encoded as cameras do: H.264 without B frames, a keyframe each second."""
    options = {"preset": "veryfast", "x264-params": f"keyint={gop}:scenecut=0:bframes=0"}
    with av.open(str(video)) as source, av.open(str(path), "w") as container:
        shown = source.streams.video[0]
        rate = shown.average_rate or Fraction(10)
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = shown.width, shown.height, "yuv420p", 1 / rate
        for number, frame in zip(range(pictures), source.decode(shown), strict=False):
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


class AnyStage:
    """One console on one engine or several. UI thread."""

    def __init__(self, console: Console, qtbot: QtBot, name: str) -> None:
        self.console, self._qtbot, self._name = console, qtbot, name
        self._shots = 0

    # waiting and seeing

    def until(self, holds: Callable[[], bool], what: str, longest_ms: int = LONGEST_MS) -> None:
        """Let the event loop run until it holds."""

        def check() -> None:
            assert holds(), f"waited in vain until {what}"

        self._qtbot.waitUntil(check, timeout=longest_ms)

    def shot(self, what: str, widget: QWidget | None = None) -> None:
        """Save what the window shows, where somebody wants to look at it."""
        folder = os.environ.get(SHOTS_VARIABLE)
        self._shots += 1
        if folder:
            for _ in range(3):  # layouts settle in rounds
                QApplication.processEvents()
            Path(folder).mkdir(parents=True, exist_ok=True)
            assert (widget or self.window).grab().save(str(Path(folder) / f"{self._name}-{self._shots:02d}-{what}.png"))

    @property
    def window(self) -> MainWindow:
        assert self.console.window is not None
        return self.console.window

    @property
    def live(self) -> LivePage:
        page = self.window.page("live")
        assert isinstance(page, LivePage)
        return page

    @property
    def system(self) -> SystemPage:
        page = self.window.page("system")
        assert isinstance(page, SystemPage)
        return page

    @property
    def has_snapshot(self) -> bool:
        return self.live._bridge.snapshot is not None

    @property
    def snapshot(self) -> Snapshot:
        """As the screen has it."""
        snapshot = self.live._bridge.snapshot
        assert snapshot is not None
        return snapshot

    def camera(self, camera_id: str) -> CameraView:
        view = self.snapshot.camera(camera_id)
        assert view is not None, f"no camera {camera_id} on screen"
        return view

    def id_of(self, name: str) -> str:
        """Of the camera of this name; empty while there is none."""
        return next((each.id for each in self.snapshot.settings.cameras if each.name == name), "")

    def state(self, camera_id: str) -> CameraState:
        return self.camera(camera_id).health.state

    def shows_live(self, camera_id: str) -> bool:
        """The tile has a picture and presents it as live."""
        tile = self.live.wall._tiles.get(camera_id)
        return tile is not None and not tile.image.isNull() and tile.chrome.status.live

    def people(self, camera_id: str) -> int:
        return sum(track.status is TrackStatus.CONFIRMED for track in self.camera(camera_id).tracks)

    def rows(self) -> EventModel:
        return self.live.feed._model

    # the way in and out

    def dialog(self, kind: type[D]) -> D:
        """The dialog that stands where the window will."""
        self.until(lambda: isinstance(self.console.dialog, kind) and self.console.dialog.isVisible(), f"a {kind.__name__} shows")
        assert isinstance(self.console.dialog, kind)
        self._give_keyboard(self.console.dialog)
        return self.console.dialog

    def over(self, page: QWidget, kind: type[D]) -> D:
        """The dialog that stands over a page."""
        self.until(lambda: any(dialog.isVisible() for dialog in page.findChildren(kind)), f"a {kind.__name__} shows")
        found = next(dialog for dialog in page.findChildren(kind) if dialog.isVisible())
        self._give_keyboard(found)
        return found

    def wait_window(self) -> MainWindow:
        self.until(lambda: self.console.window is not None and self.console.window.isVisible(), "the main window shows")
        self._give_keyboard(self.window)
        return self.window

    def show_all_events(self) -> None:
        """On Live, each event in a row of its own instead of review items."""
        click(self.live.review.events_button)

    def put_off_camera(self) -> None:
        """The dialogs that open by themselves after the set-up of a site."""
        for detector in self.window.findChildren(PersonDetectorDialog):  # none where a detector is installed
            click(detector.later)
        finding = self.over(self.live, FindCameraDialog)
        click(next(button for button in finding.findChildren(QPushButton) if button.text() == "La&ter"))
        self.activate()

    def activate(self) -> None:
        """The main window, after a dialog over it has closed."""
        self._give_keyboard(self.window)

    def _give_keyboard(self, window: QWidget) -> None:
        """What a window manager does; virtual screens have none."""
        with self._qtbot.waitActive(window, timeout=LONGEST_MS):
            window.activateWindow()

    def toasts(self) -> str:
        return " ".join(toast.text() for toast in self.window.toasts.toasts())


class Stage(AnyStage):
    """One console on one engine. UI thread. `opened_s`: when the engine had started, on the monotonic clock."""

    def __init__(self, site: Site, folder: Path, door: EngineDoor, qtbot: QtBot, name: str) -> None:
        super().__init__(Console(door, Remembered.in_folder(folder), site.engine.clock, lambda: None), qtbot, name)
        self.site, self.folder = site, folder
        self.opened_s = time.monotonic()


class SiteStage(AnyStage):
    """One console over several sites. UI thread."""

    def __init__(self, sites: ManySites, folder: Path, qtbot: QtBot, name: str) -> None:
        self.sites, self.clock = sites, SystemClock()
        super().__init__(Console(None, Remembered.in_folder(folder), self.clock, lambda: None, sites=sites, engine_here=False), qtbot, name)


@contextmanager
def stage(
    folder: Path,
    qtbot: QtBot,
    name: str,
    cameras: tuple[CameraSettings, ...] = (),
    door: Callable[[Site], EngineDoor] = lambda site: site.door,
    prepare: Callable[[Site], None] = lambda site: None,
) -> Iterator[Stage]:
    """Engine, gateway and console, all ended again.

    Args:
        door: the way in; over the network, for example. prepare: what has happened before the console opens.
    """
    with running(folder, Bind(), CommandLineSettings(cameras), gateway_needed=True) as site:
        prepare(site)
        made = Stage(site, folder, door(site), qtbot, name)
        try:
            yield made
        finally:
            made.console.close()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def set_up(site: Site) -> None:
    site.door.set_up(SITE_NAME, ADMIN, PASSWORD).close()


# what a hand does


def type_into(edit: QLineEdit, text: str) -> None:
    edit.setFocus()
    edit.clear()
    QTest.keyClicks(edit, text)


def click(widget: QWidget) -> None:
    assert widget.isVisible() and widget.isEnabled(), f"{widget} cannot be clicked"
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def act(actions: list[QAction], text: str) -> None:
    next(action for action in actions if text in action.text().replace("&", "")).trigger()


def double_click_tile(live: LivePage, camera_id: str) -> None:
    at = live.wall.cells.rect(live.wall.visible_cameras().index(camera_id)).center()
    QTest.mouseClick(live.wall, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(live.wall, Qt.MouseButton.LeftButton, pos=at)


def double_click_row(view: QListView, row: int) -> None:
    at = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


# what an eye sees


def texts_on_screen() -> str:
    """Everything that any widget of the application says, tooltips and what is read to the blind included."""
    said: list[str] = []
    for widget in QApplication.allWidgets():
        said += [widget.toolTip(), widget.windowTitle(), widget.accessibleName(), widget.accessibleDescription(), *_own_texts(widget)]
    return "\n".join(filter(None, said))


def _own_texts(widget: QObject) -> list[str]:
    if isinstance(widget, QLineEdit):
        return [widget.displayText(), widget.placeholderText()]
    if isinstance(widget, QComboBox):
        return [widget.itemText(index) for index in range(widget.count())]
    text = getattr(widget, "text", None)
    return [str(text())] if callable(text) and not isinstance(widget, QDialog) else []


def brightness(widget: QWidget, area: QPointF | None = None) -> float:
    """Mean brightness of what a widget shows, 0 to 255."""
    image = widget.grab().toImage()
    across, down = range(4, image.width() - 4, 16), range(4, image.height() - 4, 16)
    tones = [image.pixelColor(QPoint(x, y)).lightness() for x in across for y in down]
    return sum(tones) / len(tones)


def colours_of(widget: QWidget, names: set[str]) -> int:
    """How many sampled pixels have one of these colours (`#rrggbb`)."""
    image = widget.grab().toImage()
    return sum(image.pixelColor(x, y).name() in names for x in range(image.width()) for y in range(0, image.height(), 3))


def holds_secret(folder: Path, secret: str, but: set[str]) -> list[str]:
    """Files below a folder, apart from some names, that hold a text."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in but]
    return [str(path.relative_to(folder)) for path in files if secret.encode() in path.read_bytes()]


# a download that takes its time


@contextmanager
def trickling(content: bytes) -> Iterator[str]:
    """Address of a server that sends a file a little at a time, and goes on until nobody listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                for start in range(0, len(content), 4096):
                    self.wfile.write(content[start : start + 4096])
                    time.sleep(0.02)
            except OSError:
                pass  # the client has heard enough

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = Thread(target=server.serve_forever, args=(0.02,), name="trickling")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/model.onnx"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
