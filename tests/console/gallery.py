"""Draws every page, dialog, empty and error state over the fake engine into files, to be looked at: in every theme, and on sheets.

xvfb-run -a -s "-screen 0 1920x1200x24" .venv/bin/python tests/console/gallery.py FOLDER [NAME…] [--help]
"""

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from console.app import make_application  # noqa: E402
from console.bridge import EngineBridge  # noqa: E402
from console.dialogs.accounts.password import PasswordDialog  # noqa: E402
from console.dialogs.accounts.setup import SetupDialog  # noqa: E402
from console.dialogs.accounts.sign_in import SignInDialog  # noqa: E402
from console.dialogs.accounts.tokens import TokenDialog  # noqa: E402
from console.dialogs.accounts.user_edit import UserDialog  # noqa: E402
from console.dialogs.accounts.users import UsersDialog  # noqa: E402
from console.dialogs.alerts.hand_over import HandOverDialog, HandoverDialog, HandoversDialog  # noqa: E402
from console.dialogs.cameras.camera import CameraDialog  # noqa: E402
from console.dialogs.cameras.recording import RecordingDialog  # noqa: E402
from console.dialogs.confirm import ConfirmDialog  # noqa: E402
from console.dialogs.floor.floor import FloorDialog  # noqa: E402
from console.dialogs.floor.planner import PlannerDialog  # noqa: E402
from console.pages.live.live import LivePage  # noqa: E402
from console.pages.space.space import SpacePage  # noqa: E402
from console.pages.system.system import SystemPage  # noqa: E402
from console.session.remembered import Remembered  # noqa: E402
from console.shell.preferences import keep_look, use_look  # noqa: E402
from console.window import MainWindow  # noqa: E402
from engine.model.accounts.access import Role, Verb  # noqa: E402
from engine.model.accounts.commands import CreateToken  # noqa: E402
from engine.model.accounts.handover import Handover, LeftKind, OpenItem, Read  # noqa: E402
from engine.model.command import ChangeSettings, InstallModels, PutCamera  # noqa: E402
from engine.model.event import EventKind, Severity  # noqa: E402
from engine.model.health import CameraState, ErrorNote  # noqa: E402
from engine.model.history.briefing import Briefing  # noqa: E402
from engine.model.settings import RecordingSettings  # noqa: E402
from engine.model.time import SECOND, SystemClock  # noqa: E402
from tests.console.contact_sheets import make_sheets  # noqa: E402
from tests.console.gallery_alerts import AlertsGallery  # noqa: E402
from tests.console.gallery_chat import ChatGallery  # noqa: E402
from tests.console.gallery_devices import DevicesGallery  # noqa: E402
from tests.console.gallery_dialogs import DialogsGallery  # noqa: E402
from tests.console.gallery_evidence import EvidenceGallery  # noqa: E402
from tests.console.gallery_first_start import FirstStartGallery  # noqa: E402
from tests.console.gallery_floor_points import FloorPointsGallery  # noqa: E402
from tests.console.gallery_gestures import GesturesGallery  # noqa: E402
from tests.console.gallery_incidents import IncidentsGallery  # noqa: E402
from tests.console.gallery_investigate import InvestigateGallery  # noqa: E402
from tests.console.gallery_people import PeopleGallery  # noqa: E402
from tests.console.gallery_risk import RiskGallery  # noqa: E402
from tests.console.gallery_sites import radio_site, site  # noqa: E402
from tests.console.gallery_system import SystemGallery  # noqa: E402
from tests.console.gallery_wall import WallGallery  # noqa: E402
from tests.console.gallery_zones import ZonesGallery  # noqa: E402
from tests.fakes.chats import empty_briefing, full_briefing  # noqa: E402
from tests.fakes.engine import FakeDoor, FakeEngine  # noqa: E402
from tests.fakes.media import write_mp4  # noqa: E402
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene  # noqa: E402
from tests.fakes.scene import Scene  # noqa: E402
from widgets.look import THEMES, Look  # noqa: E402
from widgets.translation import LANGUAGES  # noqa: E402


def wait(until: Callable[[], bool], seconds: float = 6.0) -> None:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


def settle(seconds: float = 0.6) -> None:
    wait(lambda: False, seconds)


class Gallery(
    DialogsGallery,
    GesturesGallery,
    ChatGallery,
    InvestigateGallery,
    IncidentsGallery,
    RiskGallery,
    SystemGallery,
    AlertsGallery,
    DevicesGallery,
    PeopleGallery,
    FirstStartGallery,
    FloorPointsGallery,
    EvidenceGallery,
    WallGallery,
    ZonesGallery,
):
    def __init__(self, folder: Path, names: list[str], wanted: Look, size: tuple[int, int]) -> None:
        self._folder, self._names, self._look, self._size = folder, names, wanted, size
        use_look(wanted)
        self._made = tempfile.TemporaryDirectory(prefix="watchroom-gallery-")  # gone when the gallery is
        self._scratch = Path(self._made.name)
        scene = Scene(people=2, width=640, height=360)
        self._clip = write_mp4(self._scratch / "clip.mp4", [scene.picture_at(n / 10, 640, 360) for n in range(60)])

    def save(self, widget: QWidget, name: str) -> None:
        settle(0.3)
        self.save_now(widget, name)

    def save_now(self, widget: QWidget, name: str) -> None:
        widget.grab().save(str(self._folder / f"{name}.png"))
        print(name, flush=True)

    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow:
        bridge = EngineBridge(engine.port(user))
        remembered = Remembered.in_folder(Path(tempfile.mkdtemp(dir=self._scratch)))
        keep_look(remembered, f"look-{bridge.session.user.id}", self._look)
        window = MainWindow(bridge, SystemClock(), remembered)
        bridge.setParent(window)
        bridge.start()
        window.resize(*self._size)
        window.show()
        return window

    def draw(self) -> None:
        for name in [name for name in dir(self) if name.startswith("show_")]:
            if not self._names or any(wanted in name for wanted in self._names):
                self._draw_one(name)
                self._clear_away()

    def _draw_one(self, name: str) -> None:
        """On a busy machine one may come too late to be drawn: the others are all the same."""
        try:
            getattr(self, name)()
        except Exception:  # noqa: BLE001 - the top of one drawing
            traceback.print_exc()

    def _clear_away(self) -> None:
        """What is closed still takes its part in every change of the style."""
        for widget in QApplication.topLevelWidgets():
            widget.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def show_live(self) -> None:
        engine = site()
        with engine.running():
            window = self.window(engine)
            page = window.page("live")
            assert isinstance(page, LivePage)
            wait(page.has_content)
            settle(3)
            self.save(window, "live")
            engine.set_state("gate", CameraState.LOST, "No answer from 10.0.0.12.")
            engine.set_state("dock", CameraState.PAUSED, "Switched off.")
            engine.add_event("gate", EventKind.CAMERA_LOST, ended=False, age_s=2, reason="No picture for 2 s")
            page.wall.select_camera("yard")
            self.save(window, "live-lost-and-paused")
            menu = page.menu_of("yard")
            menu.popup(page.mapToGlobal(page.rect().center()))
            self.save(menu, "live-menu")
            menu.close()
            page.wall.set_maximised("yard")
            self.save(window, "live-maximised")
            page.wall.set_maximised("")
            window.show_shortcuts()
            self.save(QApplication.activeModalWidget() or window, "shortcuts")
            (QApplication.activeModalWidget() or QWidget()).close()
            window.close()

    def show_live_clip(self) -> None:
        engine = site()
        event = engine.events[2]
        engine.add_clip(event, self._clip)
        with engine.running():
            window = self.window(engine)
            page = window.page("live")
            assert isinstance(page, LivePage)
            wait(page.has_content)
            page.open_event(event.id)
            settle(2)
            page.clip.player.pause()
            self.save(window, "live-clip")
            page.open_event(engine.events[0].id)
            self.save(window, "live-clip-recording")
            page.open_event(engine.events[5].id)
            self.save(window, "live-clip-none")
            window.close()

    def show_live_nine(self) -> None:
        engine = site()
        for number in range(7):
            engine.add_camera(f"cam-{number}", f"Corridor {number + 1}", f"rtsp://10.0.1.{number}/main")
        with engine.running():
            window = self.window(engine)
            page = window.page("live")
            assert isinstance(page, LivePage)
            page.toolbar.layout_actions["9"].trigger()
            wait(page.has_content)
            settle(1)
            self.save(window, "live-nine")
            window.resize(1024, 640)
            self.save(window, "live-small-window")
            window.close()

    def show_live_empty(self) -> None:
        window = self.window(FakeEngine())
        self.save(window, "live-empty")
        window.toasts.show_message("North gate is removed.", action="Undo")
        window.toasts.show_message("The engine does not answer. Check that it runs and try again.", "critical", seconds=0)
        self.save(window, "live-empty-toasts")
        window.show_page("system")
        self.save(window, "system-empty")
        window.close()

    def show_space(self) -> None:
        engine = radio_site(WALKERS[:5])
        with engine.running():
            window, page = self.space(engine)
            settle(1)
            self.save(window, "space")
            page.select("blob-0")
            wait(lambda: bool(page.panel.bars.bar_rows()))
            self.save(window, "space-selected")
            page.panel.bars.setFocus()
            page.panel.bars.setCurrentIndex(page.panel.bars.model().index(0, 0))
            self.save(window, "space-pointed")
            page.follow(True)
            self.save(window, "space-follow")
            page.follow(False)
            page.view.top_view()
            page.layers.buttons["coverage"].click()
            page.layers.buttons["cameras"].click()
            settle(1)
            self.save(window, "space-top-coverage")
            page.show_solid(False)
            self.save(window, "space-plan")
            window.resize(1024, 640)
            self.save(window, "space-small-window")
            window.close()

    def space(self, engine: RadioEngine, user: str = "ada") -> tuple[MainWindow, SpacePage]:
        window = self.window(engine, user)
        window.show_page("space")
        page = window.page("space")
        assert isinstance(page, SpacePage)
        wait(page.has_content)
        return window, page

    def show_space_states(self) -> None:
        everything = RadioScene()
        for name, scene in {
            "space-no-nodes": replace(everything, nodes=0),
            "space-no-places": replace(everything, placed=False),
            "space-nobody": replace(everything, walkers=()),
            "space-trouble": replace(everything, trouble="Only one node is online, so nobody can be located. Switch another one on."),
            "space-simulated": replace(everything, simulated=True),
        }.items():
            engine = radio_site(scene=scene)
            if not scene.placed or not scene.nodes:
                engine.settings = replace(engine.settings, nodes=())
            engine.tick()
            window, _ = self.space(engine)
            self.save(window, name)
            window.close()
        engine = radio_site()
        engine.execute(ChangeSettings(radio=replace(engine.settings.radio, enabled=False)))
        window, _ = self.space(engine)
        self.save(window, "space-off")
        window.close()
        engine = radio_site()
        window, page = self.space(engine)
        page.select("blob-2")
        wait(lambda: bool(page.panel.bars.bar_rows()))
        engine.radio_scene = replace(everything, walkers=WALKERS[:2])
        engine.tick()
        self.save(window, "space-gone")
        window.close()

    def show_planner(self) -> None:
        bridge = EngineBridge(radio_site(scene=RadioScene(nodes=4)).port())
        bridge.start()
        planner = PlannerDialog(bridge)
        planner.show()
        wait(lambda: planner.coverage.map is not None)
        self.save(planner, "planner")
        planner.suggest()
        wait(planner.suggest_button.isEnabled)
        self.save(planner, "planner-suggested")
        planner.close()
        floor = FloorDialog(bridge)
        floor.show()
        self.save(floor, "floor")
        floor.tabs.setCurrentIndex(1)
        floor.zones.set_text(1, 2, "4,x")
        self.save(floor, "floor-wrong")
        floor.close()
        bridge.close()

    def show_operator(self) -> None:
        engine = site()
        with engine.running():
            window = self.window(engine, "bo")
            settle(1)
            self.save(window, "live-operator")
            window.show_page("system")
            self.save(window, "system-operator")
            window.close()

    def show_system(self) -> None:
        engine = site()
        with engine.running():
            window = self.window(engine)
            window.show_page("system")
            settle(4)
            self.save(window, "system")
            page = window.page("system")
            assert isinstance(page, SystemPage)
            engine.set_state("gate", CameraState.LOST, "No answer from 10.0.0.12.")
            trouble = "The disk has 1.4 GB left, so recording has stopped. Free some space or shorten how long clips are kept."
            errors = (
                ErrorNote(engine.now_ns - 90 * SECOND, "capture-gate", "Connection refused", 12),
                ErrorNote(engine.now_ns - 3600 * SECOND, "store-writer", "database is locked", 1),
            )
            engine.health = replace(engine.health, disk_free_bytes=1_400_000_000, troubles=(trouble,), errors=errors, writer_backlog=2400)
            settle(1)
            self.save(window, "system-troubles")
            page.installation.start(InstallModels())
            settle(0.25)
            self.save_now(window, "system-installing")
            wait(lambda: all(model.installed for model in engine.models))
            settle(1)
            self.save(window, "system-installed")
            window.close()

    def show_camera_dialog(self) -> None:
        engine = site()
        bridge = EngineBridge(engine.port())
        bridge.start()
        with engine.running():
            dialog = CameraDialog(bridge)
            dialog.show()
            self.save(dialog, "camera-empty")
            dialog.form.fields.field("url").edit().setText("gopher://x")
            self.save(dialog, "camera-wrong-address")
            dialog.form.fields.field("url").edit().setText("rtsp://unreachable/1")
            dialog.start_test()
            settle(0.15)
            self.save_now(dialog, "camera-testing")
            settle(1.5)
            self.save(dialog, "camera-unreachable")
            dialog.form.fields.field("url").edit().setText("rtsp://ada:secret@10.0.0.12/main")
            dialog.form.fields.field("url").edit().editingFinished.emit()
            dialog.form.fields.field("name").edit().setText("North gate")
            dialog.start_test()
            wait(dialog.preview.has_picture)
            self.save(dialog, "camera-tested")
            dialog.close()
            edit = CameraDialog(bridge, engine.settings.camera("gate"))
            edit.show()
            edit.form.more.setChecked(True)
            self.save(edit, "camera-edit")
            edit.close()
        bridge.close()

    def show_doorways(self) -> None:
        engine = FakeEngine()
        dialog = SignInDialog(FakeDoor(engine))
        dialog.show()
        self.save(dialog, "sign-in")
        for attempt in range(3):
            dialog.fields.field("name").edit().setText("ada")
            dialog.fields.field("password").edit().setText("wrong")
            dialog.submit()
            settle(0.3)
            if attempt == 0:
                self.save_now(dialog, "sign-in-wrong")
        self.save(dialog, "sign-in-locked")
        dialog.close()
        setup = SetupDialog(FakeDoor(FakeEngine(users=())))
        setup.show()
        self.save(setup, "setup")
        setup.fields.field("site_name").edit().setText("Harbour office")
        setup.fields.field("name").edit().setText("ada")
        setup.fields.field("password").edit().setText("short")
        self.save(setup, "setup-short-password")
        setup.close()

    def show_recording(self) -> None:
        engine = site()
        engine.settings = replace(engine.settings, recording=RecordingSettings(continuous=True))
        engine.health = replace(engine.health, segments_bytes=38 << 30, recordings_bytes=41 << 30, disk_free_bytes=210 << 30)
        with engine.running():
            window = self.window(engine)
            window.show_page("system")
            settle(2)
            self.save(window, "recording-system")
            page = window.page("system")
            assert isinstance(page, SystemPage)
            page.recording_button.click()
            settle(0.5)
            dialog = page.findChildren(RecordingDialog)[0]
            self.save(dialog, "recording")
            dialog.continuous.setChecked(False)
            self.save(dialog, "recording-clips-only")
            dialog.close()
            window.close()

    def show_lock(self) -> None:
        engine = site()
        window = self.window(engine, "bo")
        wait(window.page("live").has_content)
        window.lock_now()
        self.save(window, "lock-quiet")
        alerts = ((EventKind.FALL, 5, 40), (EventKind.PERSON, 3, 400), (EventKind.PERSON, 3, 90), (EventKind.CAMERA_LOST, 2, 9000))
        for kind, severity, age in alerts:
            engine.alerts.add(kind, Severity(severity), "yard", age)
        engine.tick()
        window.lock_screen.fields.field("password").edit().setText("wrong")
        window.lock_screen.submit()
        self.save(window, "lock")
        window.close()

    def show_handover(self) -> None:
        engine = site()
        bridge = EngineBridge(engine.port())
        bridge.start()
        wait(lambda: bridge.snapshot is not None)
        hour = 3_600 * SECOND
        now = engine.now_ns
        left = (
            OpenItem(LeftKind.ALERT, "al-1", now - hour, "fall", 5, "hall"),
            OpenItem(LeftKind.ALERT, "al-2", now - 2 * hour, "person", 3, "yard", acknowledged=True),
            OpenItem(LeftKind.INCIDENT, "in-1", now - 3 * hour, "fire", 4),
            OpenItem(LeftKind.CAMERA, "gate", now - 5 * hour, "No answer for 12 s.", camera_id="gate"),
        )
        text = "The gate sticks: open it from inside.\nThe electrician comes at ten for the dock camera."
        told = Handover("ho-1", now - 300 * SECOND, "bo", text, now - 12 * hour, left, 14, 11)
        read = replace(told, id="ho-0", at_ns=now - 12 * hour, by="cy", text="All quiet.", left=(), read=(Read("bo", now - 11 * hour),))
        engine.access.handovers = [told, read]
        long = "The gate behind the old workshop of Wolfeschlegelsteinhausenbergerdorff & Sons, second yard"
        shots: tuple[tuple[str, Callable[[], QWidget], Briefing], ...] = (
            ("handover-write", lambda: HandOverDialog(bridge), full_briefing(now)),
            ("handover-write-empty", lambda: HandOverDialog(bridge), empty_briefing(now)),
            ("handover-write-many", lambda: HandOverDialog(bridge), full_briefing(now, 20, long)),
            ("handover-read", lambda: HandoverDialog(bridge, told), full_briefing(now)),
            ("handovers", lambda: HandoversDialog(bridge), full_briefing(now)),
        )
        for name, make, briefing in shots:
            engine.chats.briefing = briefing
            dialog = make()
            dialog.show()
            settle()
            self.save(dialog, name)
            dialog.close()
        bridge.close()

    def show_accounts(self) -> None:
        engine = site()
        ada, bo = engine.users
        minute = 60 * SECOND
        engine.users = (
            replace(ada, last_sign_in_ns=engine.now_ns - 3 * minute, sessions=1),
            replace(bo, cameras=("group:Outside", "hall"), last_sign_in_ns=engine.now_ns - 400 * minute, sessions=2),
            replace(bo, id="user-cy", name="cy", role=Role.INVESTIGATOR, cameras=("dock",)),
        )
        for camera_id, group in (("yard", "Outside"), ("gate", "Outside/North")):
            engine.execute(PutCamera(replace(engine.settings.camera(camera_id), group=group)))
        engine.execute(CreateToken("Display at the gate", Role.OPERATOR, ("group:Outside",), (Verb.SEE_LIVE,), 30))
        engine.execute(CreateToken("Night exporter", Role.INVESTIGATOR))
        engine.access.tokens = (engine.access.tokens[0], replace(engine.access.tokens[1], last_used_ns=engine.now_ns - 90 * minute))
        bridge = EngineBridge(engine.port())
        bridge.start()
        dialog = UsersDialog(bridge)
        dialog.show()
        self.save(dialog, "accounts")
        for index, name in enumerate(("accounts", "accounts-tokens", "accounts-locking", "accounts-web-pages")):
            dialog.tabs.setCurrentIndex(index)
            self.save(dialog, name)
        for made, name in (
            (UserDialog(bridge, engine.users[1]), "account-change"),
            (UserDialog(bridge), "account-new"),
            (TokenDialog(bridge), "token-new"),
            (PasswordDialog(bridge), "password"),
        ):
            made.show()
            self.save(made, name)
            if isinstance(made, TokenDialog):
                made.fields.field("label").edit().setText("Display at the gate")
                made.submit()
                self.save(made, "token-made")
            made.close()
        dialog.close()
        confirm = ConfirmDialog("Remove camera Yard?", "It is no longer watched. Its past events and clips stay.", "&Remove camera")
        confirm.show()
        self.save(confirm, "confirm")
        confirm.close()
        bridge.close()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="parts of names of the methods that draw; all without")
    parser.add_argument("--themes", default=",".join(THEMES))
    parser.add_argument("--text", type=int, default=100, help="percent")
    parser.add_argument("--language", default="", choices=("", *LANGUAGES), help="this machine's without")
    parser.add_argument("--size", type=_size, default=(1920, 1200), help="of main windows, WIDTHxHEIGHT")
    asked = parser.parse_args()
    app = make_application()
    for theme in asked.themes.split(","):
        folder = asked.folder / theme
        folder.mkdir(parents=True, exist_ok=True)
        Gallery(folder, asked.names, Look(theme, asked.text, language=asked.language), asked.size).draw()
        app.processEvents()
        make_sheets(folder, asked.folder / f"sheets-{theme}")


if __name__ == "__main__":
    main()
