"""The first start, from no account to a live picture: what somebody has to do for it, counted, and every slip said where it was made."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from console.app import Console
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.cameras.find_camera import FindCameraDialog
from console.dialogs.person_detector import PersonDetectorDialog
from console.dialogs.upkeep.import_settings import ImportSettingsDialog
from console.pages.live.live import LivePage
from console.session.idle_lock import USUAL_MIN
from console.session.remembered import Remembered
from console.site import Site
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.commands import ChangeAccess
from engine.model.command import RemoveCamera
from engine.model.errors import EnvironmentFault
from engine.model.history.finding import FoundCamera
from engine.model.port import EngineDoor
from engine.model.time import SystemClock
from engine.runtime.cameras import camera_commands
from engine.sources.camera.find.discovery import find_cameras
from tests.console.keystrokes import Counted, Person
from tests.console.real_engine import ADMIN, PASSWORD, SHOTS_VARIABLE, SITE_NAME, stage, write_street
from tests.fakes.engine import FakeDoor, FakeEngine
from tests.fakes.http_login import Login
from tests.fakes.onvif_camera import OnvifCamera, discoverable, onvif_camera
from tests.fakes.rtsp import RtspServer

LOGIN = Login("viewer", "5ea-gu11-77")
NAME = "Front door"
SET_UP = len(SITE_NAME + ADMIN + PASSWORD)
_MATCH = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Body><d:ProbeMatches><d:ProbeMatch>'
    "<d:Scopes>onvif://www.onvif.org/name/Front%20door</d:Scopes><d:XAddrs>{}</d:XAddrs>"
    "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
)


@pytest.fixture(scope="session")
def street(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_street(shared / "data/video/vtest_480x360.avi", tmp_path_factory.mktemp("street") / "street.mp4")


@pytest.fixture
def server(street: Path) -> Iterator[RtspServer]:
    with RtspServer({"main": street, "sub": street}, LOGIN) as server:
        yield server


@pytest.fixture
def camera(server: RtspServer) -> Iterator[OnvifCamera]:
    """On the network; with the login that its streams have."""
    streams = [("main", "Main stream", 1920, 1080, server.url("main")), ("sub", "Sub stream", 480, 360, server.url("sub"))]
    with onvif_camera(OnvifCamera(LOGIN.user, LOGIN.password, streams)) as camera:
        yield camera


def found_by(monkeypatch: pytest.MonkeyPatch, *answers: bytes) -> None:
    """Searches of the engine are heard by these alone, and last as long as they do."""

    def search() -> tuple[FoundCamera, ...]:
        with discoverable(list(answers)) as group:
            return find_cameras(group=group, networks=["127.0.0.1"])

    monkeypatch.setattr(camera_commands, "find_cameras", search)


def set_up(person: Person) -> None:
    person.stage.console.enter()
    dialog = person.wait_for(lambda: person.stage.dialog(SetupDialog))
    person.stage.shot("set-up", dialog)
    for name, text in (("site_name", SITE_NAME), ("name", ADMIN), ("password", PASSWORD)):
        person.type(dialog.fields.field(name).edit(), text)
        if name != "password":
            person.tab()
    person.stage.shot("set-up-typed", dialog)
    person.enter(dialog.button)
    if isinstance(person.stage.console._door, RemoteDoor):
        person.wait(lambda: "code" in dialog.fields.values(), "the code is asked for")
        person.type(dialog.fields.field("code").edit(), person.stage.site.setup_code)
        person.enter(dialog.button)
    window = person.wait_for(person.stage.wait_window)
    detector = person.wait_for(lambda: person.stage.over(window, PersonDetectorDialog))
    person.stage.shot("detector", detector)
    person.leave(detector.later)


def note(person: Person, name: str) -> None:
    """For docs/benchmarks.md."""
    told = f"{name}: {person.did.told()}"
    print(f"\n{told}")
    folder = os.environ.get(SHOTS_VARIABLE)
    if folder:
        with (Path(folder) / "first-start.txt").open("a") as file:
            file.write(f"{told}\n")


@pytest.mark.parametrize("by_mouse", [False, True], ids=["keys", "mouse"])
def test_by_a_typed_address(server: RtspServer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, by_mouse: bool) -> None:
    found_by(monkeypatch)
    url = server.url("main")
    with stage(tmp_path / "data", qtbot, "typed-mouse" if by_mouse else "typed") as at:
        person = Person(at, by_mouse)
        set_up(person)
        finding = person.wait_for(lambda: at.over(at.live, FindCameraDialog))
        at.shot("finding", finding)
        for name, text in (("address", url), ("user", LOGIN.user), ("password", LOGIN.password)):
            person.type(finding.fields.field(name).edit(), text)
            if name != "password":
                person.tab()
        at.shot("typed", finding)
        person.enter(finding.use)
        adding = person.wait_for(lambda: at.over(at.live, CameraDialog))
        person.wait(adding.preview.has_picture, "its picture shows")
        person.type(adding.form.fields.field("name").edit(), NAME)
        at.shot("named", adding)
        person.enter(adding.save)
        person.wait(lambda: at.shows_live(at.id_of(NAME)), "the tile is live")
        at.shot("live")
        kept = at.camera(at.id_of(NAME)).settings
        assert (kept.name, kept.url) == (NAME, url) and at.snapshot.settings.access.idle_lock_min == USUAL_MIN
        note(person, "typed address, by mouse" if by_mouse else "typed address")
        typed = SET_UP + len(url + LOGIN.user + LOGIN.password + NAME)
        assert person.did.hands == ((3 + 1 + 3 + 1, typed, 0) if by_mouse else (0, typed, 3 + 1 + 3 + 1))


@pytest.mark.parametrize("remote", [False, True], ids=["here", "remote"])
def test_by_finding(
    server: RtspServer, camera: OnvifCamera, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, remote: bool
) -> None:
    """Nothing but the login of the camera is typed about it."""
    found_by(monkeypatch, _MATCH.format(camera.address).encode())

    def door(site: Site) -> EngineDoor:
        return RemoteDoor(site.url) if remote else site.door

    with stage(tmp_path / "data", qtbot, "found-remote" if remote else "found", door=door) as at:
        person = Person(at)
        set_up(person)
        finding = person.wait_for(lambda: at.over(at.live, FindCameraDialog))
        at.shot("finding", finding)
        person.wait(finding.fields.field("user").edit().hasFocus, "the only one is taken, and its login is asked for")
        at.shot("found", finding)
        person.type(finding.fields.field("user").edit(), LOGIN.user)
        person.tab()
        person.type(finding.fields.field("password").edit(), LOGIN.password)
        person.enter(finding.ask)
        person.wait(finding.use.isEnabled, "it has told its streams")
        at.shot("streams", finding)
        person.enter(finding.use)
        adding = person.wait_for(lambda: at.over(at.live, CameraDialog))
        person.wait(adding.preview.has_picture, "its picture shows")
        at.shot("tested", adding)
        person.enter(adding.save)
        person.wait(lambda: at.shows_live(at.id_of(NAME)), "the tile is live")
        at.shot("live")
        kept = at.camera(at.id_of(NAME)).settings
        assert (kept.name, kept.url, kept.sub_url) == (NAME, server.url("main"), server.url("sub"))
        note(person, "found, over HTTP" if remote else "found")
        code = len(at.site.setup_code) if remote else 0
        assert person.did.hands == (0, SET_UP + len(LOGIN.user + LOGIN.password) + code, 3 + 1 + 4 + remote)


def test_the_keystroke_level_model() -> None:
    """As in the paper: two clicks, ten characters of which two need Shift, three keys; the hand goes to the mouse once."""
    counted = Counted(clicks=2, typed=10, shifts=2, keys=3, homings=1, thoughts=4)
    assert counted.person_s == pytest.approx(17 * 0.28 + 2 * 1.1 + 0.4 + 4 * 1.35)


# Over the fake engine: what follows the set-up, and what can go wrong


@pytest.fixture
def bare() -> FakeEngine:
    engine = FakeEngine(users=(), passwords={})
    for camera in engine.settings.cameras:
        engine.execute(RemoveCamera(camera.id))
    engine.commands.clear()
    return engine


@pytest.fixture
def console(bare: FakeEngine, remembered: Remembered) -> Iterator[Console]:
    made = Console(FakeDoor(bare), remembered, SystemClock(), lambda: None)
    yield made
    made.close()


def fill_in(console: Console, qtbot: QtBot) -> SetupDialog:
    console.enter()
    qtbot.waitUntil(lambda: isinstance(console.dialog, SetupDialog))
    dialog = console.dialog
    assert isinstance(dialog, SetupDialog)
    for name, text in (("site_name", SITE_NAME), ("name", ADMIN), ("password", PASSWORD)):
        dialog.fields.field(name).edit().setText(text)
    return dialog


def enter_site(console: Console, qtbot: QtBot, lock_min: float = 10.0) -> LivePage:
    dialog = fill_in(console, qtbot)
    dialog.lock.setCurrentIndex(dialog.lock.findData(lock_min))
    dialog.button.click()
    qtbot.waitUntil(lambda: console.window is not None)
    assert console.window is not None
    for detector in console.window.findChildren(PersonDetectorDialog):
        detector.later.click()
    page = console.window.page("live")
    assert isinstance(page, LivePage)
    return page


def test_consoles_lock_as_was_chosen_at_the_set_up(console: Console, bare: FakeEngine, qtbot: QtBot) -> None:
    enter_site(console, qtbot, 30.0)
    qtbot.waitUntil(lambda: bare.settings.access.idle_lock_min == 30.0)


def test_consoles_that_are_never_to_lock_do_not(console: Console, bare: FakeEngine, qtbot: QtBot) -> None:
    enter_site(console, qtbot, 0.0)
    assert console.window is not None
    qtbot.waitUntil(lambda: console.window is not None and console.window._bridge.idle)
    assert bare.settings.access.idle_lock_min == 0.0 and not any(isinstance(each, ChangeAccess) for each in bare.commands)


def test_a_lock_that_cannot_be_saved_is_said(console: Console, bare: FakeEngine, qtbot: QtBot) -> None:
    bare.fail("command", EnvironmentFault("disk_full", "The disk is full, so nothing was saved."))
    enter_site(console, qtbot)
    window = console.window
    assert window is not None
    qtbot.waitUntil(lambda: any("disk is full" in toast.text() for toast in window.toasts.toasts()))


def test_the_first_camera_is_looked_for_and_can_be_put_off(console: Console, qtbot: QtBot) -> None:
    live = enter_site(console, qtbot)
    finding, adding = live.findChild(FindCameraDialog), live.findChild(CameraDialog)
    assert finding is not None and adding is not None and finding.isVisible()
    next(button for button in finding.findChildren(QPushButton) if button.text() == "La&ter").click()
    assert not finding.isVisible() and not adding.isVisible() and live.empty.isVisible()


def test_other_ways_lead_to_the_dialog_with_all_of_them(console: Console, qtbot: QtBot) -> None:
    live = enter_site(console, qtbot)
    finding, adding = live.findChild(FindCameraDialog), live.findChild(CameraDialog)
    assert finding is not None and adding is not None
    next(button for button in finding.findChildren(QPushButton) if button.text() == "&Other ways…").click()
    assert not finding.isVisible() and adding.isVisible() and adding.form.source.isVisible()


def test_a_site_that_has_cameras_is_not_asked_for_its_first(console: Console, bare: FakeEngine, qtbot: QtBot) -> None:
    bare.add_camera("yard", "Yard")
    live = enter_site(console, qtbot)
    assert live.findChild(CameraDialog) is None and not live.empty.isVisible()


def test_the_empty_wall_says_what_to_do_next(console: Console, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = enter_site(console, qtbot)
    for dialog in live.findChildren(FindCameraDialog) + live.findChildren(CameraDialog):
        dialog.reject()
    qtbot.waitUntil(lambda: live.findChild(CameraDialog) is None)
    file = tmp_path / "harbour.toml"
    file.write_text("")
    monkeypatch.setattr("console.dialogs.upkeep.import_settings.QFileDialog.getOpenFileName", lambda *_: (str(file), ""))
    for text, kind in (("Find a camera…", FindCameraDialog), ("Add camera…", CameraDialog), ("Import settings…", ImportSettingsDialog)):
        next(button for button in live.empty.findChildren(QPushButton) if button.text() == text).click()
        opened = [dialog for dialog in live.findChildren(kind) if dialog.isVisible()]
        assert len(opened) == 1, text
        for dialog in live.findChildren(FindCameraDialog) + live.findChildren(CameraDialog) + opened:
            dialog.reject()
        qtbot.waitUntil(lambda kind=kind: live.findChild(kind) is None)
