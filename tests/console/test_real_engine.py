"""The console on the real engine: real video over RTSP, real detector, real record; each page through one full task."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console import site as console_site
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.zones.zones import ZonesDialog
from console.site import Site
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role
from engine.model.command import ChangeSettings, CreateUser, Credentials, PutCamera
from engine.model.event import EventKind
from engine.model.health import CameraState
from engine.model.settings import CameraSettings, RecordingSettings
from engine.model.time import MILLISECOND
from engine.vision.manifest import Manifest, built_in_manifest
from engine.vision.models import FOLDER_VARIABLE, ModelStore
from tests.console.real_engine import (
    ADMIN,
    PASSWORD,
    SITE_NAME,
    Stage,
    act,
    brightness,
    click,
    colours_of,
    double_click_row,
    double_click_tile,
    holds_secret,
    stage,
    texts_on_screen,
    trickling,
    type_into,
    write_street,
)
from tests.fakes.http_login import Login
from tests.fakes.rtsp import RtspServer
from widgets.drawing.shape_draft import ShapeKind
from widgets.theme import person_color

LOGIN = Login("viewer", "5ea-gu11-77")
FORECOURT = ((0.03, 0.16), (0.7, 0.1), (0.97, 0.5), (0.95, 0.95), (0.3, 0.96))
SHORT_CLIPS = RecordingSettings(before_s=2.0, after_s=1.0, longest_clip_s=3.0)


@pytest.fixture(scope="session")
def street(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_street(shared / "data/video/vtest_480x360.avi", tmp_path_factory.mktemp("street") / "street.mp4")


@pytest.fixture(scope="session")
def models(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    ModelStore(folder).install(("yolox-nano",), shared / "data/models")
    return folder


@pytest.fixture
def detector(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(models))


@pytest.fixture
def server(street: Path) -> Iterator[RtspServer]:
    with RtspServer({"street": street}, LOGIN) as server:
        yield server


def street_camera(server: RtspServer) -> CameraSettings:
    return CameraSettings("street", "Street", server.url("street"))


def with_street(server: RtspServer, site: Site) -> None:
    """Set up before, with the camera and short clips."""
    with_short_clips(site)
    port = site.door.sign_in(ADMIN, PASSWORD)
    port.command(PutCamera(street_camera(server), Credentials(LOGIN.user, LOGIN.password)))
    port.close()


def clips_are_short(site: Site) -> None:
    site.engine.update_settings(lambda now: replace(now, recording=SHORT_CLIPS), "test")


def with_short_clips(site: Site) -> None:
    port = site.door.set_up(SITE_NAME, ADMIN, PASSWORD)
    port.command(ChangeSettings(recording=SHORT_CLIPS))
    port.close()


def sign_in(stage: Stage, name: str = ADMIN, password: str = PASSWORD) -> None:
    stage.console.enter()
    submit_sign_in(stage, name, password)
    stage.wait_window()


def submit_sign_in(stage: Stage, name: str, password: str) -> SignInDialog:
    dialog = stage.dialog(SignInDialog)
    type_into(dialog.fields.field("name").edit(), name)
    type_into(dialog.fields.field("password").edit(), password)
    click(dialog.button)
    return dialog


# First start


def test_first_start_and_models(shared: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """No account, no camera, no model: set the site up, see what is missing, install it; wrong files and second thoughts included."""
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "yolox_nano_kazuhito.onnx").write_bytes(b"no model at all")
    folders = [str(wrong), str(shared / "data/models")]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: folders.pop(0))
    content = b"not a model either" * 100_000
    with trickling(content) as url:
        store = ModelStore(tmp_path / "models", _downloadable(url, content))
        monkeypatch.setattr(console_site, "ModelStore", lambda: store)
        with stage(tmp_path / "data", qtbot, "first") as first:
            _set_up_by_hand(first)
            _see_nothing_yet(first)
            _install_models(first)


def _downloadable(url: str, content: bytes) -> Manifest:
    """The built-in manifest with its detectors to be had at another address."""
    digest, size = hashlib.sha256(content).hexdigest(), len(content)
    specs = built_in_manifest().models
    moved = (replace(spec, url=url, sha256=digest, size_bytes=size) if spec.role == "detector" else spec for spec in specs)
    return Manifest(tuple(moved))


def _set_up_by_hand(stage: Stage) -> None:
    stage.console.enter()
    dialog = stage.dialog(SetupDialog)
    stage.shot("set-up", dialog)
    assert not dialog.button.isEnabled()
    edits = {name: dialog.fields.field(name).edit() for name in dialog.fields.values()}
    type_into(edits["site_name"], SITE_NAME)
    type_into(edits["name"], ADMIN)
    type_into(edits["password"], "short")
    stage.shot("set-up-too-short", dialog)
    assert not dialog.button.isEnabled() and dialog.fields.field("password").message()
    type_into(edits["password"], PASSWORD)
    stage.shot("set-up-ready", dialog)
    click(dialog.button)
    stage.wait_window()
    assert stage.window.status.user_button.text() == ADMIN
    stage.put_off_camera()


def _see_nothing_yet(stage: Stage) -> None:
    live = stage.live
    stage.until(live.empty.isVisible, "the empty state shows")
    stage.shot("live-empty")
    assert SITE_NAME in stage.window.windowTitle()
    QTest.keyClick(stage.window, Qt.Key(Qt.Key.Key_0 + len(stage.window.page_ids()) % 10), Qt.KeyboardModifier.ControlModifier)
    assert stage.window.current_page_id() == "system"
    stage.until(stage.system.has_content, "the engine has measured itself")
    stage.system.visit("detection")
    stage.until(lambda: stage.system.detector.text() == "Basic detection", "the basic detection is named")
    stage.shot("system-basic")
    assert stage.system.install.isVisible()


def _install_models(stage: Stage) -> None:
    page = stage.system
    click(page.install)
    stage.until(lambda: any(job.done for job in stage.snapshot.jobs), "the download has begun")
    assert page.isAncestorOf(stage.window.focusWidget()), "the keyboard stays on the page"
    stage.until(page.models._progress._cancel.isVisible, "the download is shown")
    stage.shot("installing")
    click(page.models._progress._cancel)
    stage.until(lambda: "cancelled" in stage.toasts(), "the cancelled installation is said")
    assert page.isAncestorOf(stage.window.focusWidget()), "the keyboard stays on the page"
    stage.shot("install-cancelled")
    stage.until(lambda: page.models._folder.isVisible() and page.models._folder.isEnabled(), "it is offered again")
    click(page.models._folder)
    stage.until(lambda: "wrong digest" in stage.toasts(), "the wrong digest is said")
    stage.shot("install-wrong-digest")
    assert page.detector.text() == "Basic detection"
    stage.until(lambda: page.models._folder.isVisible() and page.models._folder.isEnabled(), "it is offered again")
    click(page.models._folder)
    stage.until(lambda: "substitute model" in page.detector.text(), "the new detector is named")
    stage.until(lambda: not page.install.isVisible(), "nothing is offered any more")
    stage.shot("installed")
    assert "yolox-nano" in page.detector.text()


# Add a camera, see people, play what happened


@pytest.mark.usefixtures("detector")
def test_from_address_to_playing_clip(server: RtspServer, tmp_path: Path, qtbot: QtBot) -> None:
    with stage(tmp_path / "data", qtbot, "live", prepare=with_short_clips) as live:
        sign_in(live)
        _add_camera(live, server)
        _see_people(live)
        _use_the_wall(live)
        _play_the_clip(live)
        assert LOGIN.password not in texts_on_screen()
    assert holds_secret(tmp_path, LOGIN.password, but={"secrets.json", "secrets.json.bak"}) == []


@pytest.mark.usefixtures("detector")
def test_a_newcomer_from_the_first_start_to_what_happened_in_a_zone(server: RtspServer, tmp_path: Path, qtbot: QtBot) -> None:
    with stage(tmp_path / "data", qtbot, "newcomer", prepare=clips_are_short) as at:
        at.console.enter()
        dialog = at.dialog(SetupDialog)
        at.shot("first-start", dialog)
        for name, text in (("site_name", SITE_NAME), ("name", ADMIN), ("password", PASSWORD)):
            type_into(dialog.fields.field(name).edit(), text)
        click(dialog.button)
        at.wait_window()
        at.put_off_camera()
        at.shot("empty")
        _add_camera(at, server)
        _draw_a_zone(at)
        at.until(lambda: _visits(at) > 0, "somebody's visit is told")
        at.shot("visit")
        _play_the_clip(at, EventKind.ZONE_VISIT)


def _draw_a_zone(stage: Stage) -> None:
    act(stage.live.menu_of(stage.id_of("Street corner")).actions(), "Zones and masks")
    dialog = stage.over(stage.live, ZonesDialog)
    stage.until(lambda: dialog.source.live, "its picture shows")
    click(dialog.add_buttons[ShapeKind.ZONE])
    for corner in (*FORECOURT, FORECOURT[0]):
        place = dialog.editor.pixel(corner).toPoint()
        QTest.mouseMove(dialog.editor, place)
        QTest.mouseClick(dialog.editor, Qt.MouseButton.LeftButton, pos=place)
    type_into(dialog.details.name.edit(), "Forecourt")
    stage.shot("zone", dialog)
    click(dialog.save)
    stage.until(lambda: bool(stage.camera(stage.id_of("Street corner")).settings.zones), "it is saved")
    stage.activate()


def _visits(stage: Stage) -> int:
    return sum(event.kind is EventKind.ZONE_VISIT and event.zone_id != "" for event in stage.snapshot.events)


def _left_the_address(dialog: CameraDialog) -> bool:
    """Go on from the address to the name, as often as it takes: without a window manager another window may take the keyboard away."""
    dialog.activateWindow()
    dialog.form.fields.field("url").edit().setFocus()
    dialog.form.fields.field("name").edit().setFocus()
    return LOGIN.password not in texts_on_screen()


def _add_camera(stage: Stage, server: RtspServer) -> None:
    click(next(button for button in stage.live.empty.findChildren(QPushButton) if button.text() == "Add camera…"))
    dialog = stage.over(stage.live, CameraDialog)
    stage.shot("add-camera", dialog)
    type_into(dialog.form.fields.field("url").edit(), server.url("street", f"{LOGIN.user}:{LOGIN.password}"))
    stage.until(lambda: _left_the_address(dialog), "the login in the address is out of sight")
    click(dialog.test)
    stage.shot("testing", dialog)
    stage.until(dialog.preview.has_picture, "the camera's picture shows")
    stage.shot("tested", dialog)
    assert "480" in dialog.outcome.text()
    type_into(dialog.form.fields.field("name").edit(), "Street corner")
    started_s = time.monotonic()
    click(dialog.save)
    stage.until(lambda: not isValid(dialog), "the dialog has closed")
    stage.activate()
    stage.until(lambda: bool(stage.live.wall.visible_cameras()), "the camera has a tile")
    stage.shot("connecting")
    stage.until(lambda: stage.shows_live(stage.id_of("Street corner")), "the tile is live")
    print(f"\nSave camera → live picture on its tile: {time.monotonic() - started_s:.2f} s")


def _see_people(stage: Stage) -> None:
    stage.show_all_events()
    waits_ms = _note_rows(stage)
    stage.until(lambda: stage.people(stage.id_of("Street corner")) >= 3, "people are followed")
    boxes = {person_color(track.number).name() for track in stage.camera(stage.id_of("Street corner")).tracks}
    stage.until(lambda: colours_of(stage.live.wall, boxes) > 40, "their boxes are painted")
    stage.until(lambda: stage.live.feed.count() > 0, "an event has a row")
    event = stage.snapshot.events[-1]
    assert event.kind is EventKind.PERSON and event.camera_id == stage.id_of("Street corner")
    stage.until(lambda: stage.live.feed._thumbnails.get(event.id) is not None, "the row has its picture")
    stage.shot("people")
    assert stage.live.feed._list.isVisible() and waits_ms
    print(f"Event received → row: {', '.join(f'{wait:.0f}' for wait in waits_ms)} ms")


def _note_rows(stage: Stage) -> list[float]:
    """How long each event took from the engine to its row."""
    rows, waits_ms, now_ns = stage.rows(), list[float](), stage.site.engine.clock.now_ns

    def inserted(_parent: object, first: int, last: int) -> None:
        waits_ms.extend((now_ns() - rows.event_at(row).received_ns) / MILLISECOND for row in range(first, last + 1))

    rows.rowsInserted.connect(inserted)
    return waits_ms


def _use_the_wall(stage: Stage) -> None:
    live, wall = stage.live, stage.live.wall
    for tiles in (1, 9, 16, 4):
        live.toolbar.layout_actions[str(tiles)].trigger()
        stage.until(lambda: stage.shows_live(stage.id_of("Street corner")), f"the tile is live among {tiles}")
        stage.shot(f"wall-{tiles}")
        assert len(wall.wall_layout().cells) == tiles
    double_click_tile(live, stage.id_of("Street corner"))
    assert wall.maximised() == stage.id_of("Street corner")
    stage.until(lambda: wall._tiles.get(stage.id_of("Street corner")).image.width() >= 480, "a picture in its full size has come")
    stage.shot("maximised")
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Plus):
        QTest.keyClick(wall, key)
    assert wall._tiles.get(stage.id_of("Street corner")).viewport.zoom > 1
    stage.shot("zoomed")
    QTest.keyClick(wall, Qt.Key.Key_0)
    QTest.keyClick(wall, Qt.Key.Key_Escape)
    assert wall.maximised() == ""
    _toggle_overlays(stage)
    QTest.keyClick(live.toolbar.add_button, Qt.Key.Key_1)
    assert wall.selected() == stage.id_of("Street corner") and wall.hasFocus()
    QTest.keyClick(wall, Qt.Key.Key_Return)
    assert wall.maximised() == stage.id_of("Street corner")
    QTest.keyClick(wall, Qt.Key.Key_Return)


def _toggle_overlays(stage: Stage) -> None:
    ticks = stage.live.toolbar.overlay_actions
    for tick in ticks.values():
        tick.trigger()
    palette = {person_color(track.number).name() for track in stage.camera(stage.id_of("Street corner")).tracks}
    stage.until(lambda: colours_of(stage.live.wall, palette) == 0, "no box is painted any more")
    stage.shot("no-overlays")
    for tick in ticks.values():
        tick.trigger()
    stage.until(lambda: colours_of(stage.live.wall, palette) > 40, "the boxes are back")


def _play_the_clip(stage: Stage, kind: EventKind = EventKind.PERSON) -> None:
    stage.show_all_events()
    live = stage.live

    def whole() -> list[str]:
        return [event.id for event in stage.snapshot.events if event.kind is kind and event.id in stage.snapshot.clip_events]

    stage.until(lambda: bool(whole()), "a clip is whole")
    event_id = whole()[0]
    row = stage.rows().row_of(event_id)
    live.feed._list.scrollTo(stage.rows().index(row))
    shown: list[float] = []
    live.clip.player.position_changed.connect(shown.append)
    double_click_row(live.feed._list, row)
    stage.until(lambda: len(shown) > 5, "the clip plays")
    stage.shot("clip")
    assert live.clip.player.is_playing() and shown == sorted(shown)
    stage.window.resize(stage.window.minimumSize())
    stage.shot("clip-small")
    QTest.keyClick(live.clip.player, Qt.Key.Key_K)
    assert not live.clip.player.is_playing()
    paused = live.clip.player.position_s()
    QTest.keyClick(live.clip.player, Qt.Key.Key_Period)
    stage.until(lambda: live.clip.player.position_s() > paused, "the next picture shows")
    QTest.keyClick(live.clip.player, Qt.Key.Key_Escape)
    assert not live.clip.isVisible()


# A camera that goes and comes back


@pytest.mark.usefixtures("detector")
def test_a_lost_camera_is_never_shown_as_live(server: RtspServer, tmp_path: Path, qtbot: QtBot) -> None:
    with stage(tmp_path / "data", qtbot, "lost", prepare=lambda site: with_street(server, site)) as lost:
        sign_in(lost)
        _see_figures(lost)
        lost.until(lambda: lost.shows_live("street"), "the tile is live")
        bright = brightness(lost.live.wall)
        server.kill()
        lost.until(lambda: lost.state("street") is CameraState.LOST, "the camera is lost")
        tile = lost.live.wall._tiles.get("street")
        lost.until(lambda: tile.chrome.status.text.startswith("Offline") and bool(tile.chrome.clock), "the tile counts")
        lost.until(lambda: any(event.kind is EventKind.CAMERA_LOST for event in lost.snapshot.events), "the loss is an event")
        lost.until(lambda: lost.live.feed.count() == len(lost.snapshot.events), "it has a row")
        lost.shot("lost")
        assert brightness(lost.live.wall) < 0.8 * bright and not tile.chrome.status.live
        lost.window.show_page("system")
        lost.until(lambda: "Street" in lost.system.details.text(), "the trouble is said in words")
        lost.shot("system-lost")
        lost.window.show_page("live")
        server.restart()
        gone_s = time.monotonic()
        lost.until(lambda: lost.shows_live("street"), "the tile is live again")
        print(f"\nServer back → live tile: {time.monotonic() - gone_s:.2f} s")
        lost.until(lambda: all(e.ended_ns for e in lost.snapshot.events if e.kind is EventKind.CAMERA_LOST), "the loss has ended")
        lost.shot("back")


def _see_figures(stage: Stage) -> None:
    """Figures of the System page are the engine's."""
    stage.window.show_page("system")
    stage.until(lambda: stage.camera("street").health.fps > 5, "the camera's rate is measured")
    stage.until(lambda: stage.snapshot.health.cpu_percent > 0 and stage.snapshot.health.detector.inference_ms > 0, "the engine is measured")
    texts = stage.system.cameras._model._texts(stage.camera("street"))
    assert "Street" in texts and any("480 × 360" in text for text in texts), texts
    assert "yolox-nano" in stage.system.detector.text() and len(stage.system.models._rows) == len(stage.snapshot.models)
    stage.until(lambda: stage.system.headline.text() == "All systems normal", "all is well")
    stage.shot("system-live")
    stage.window.show_page("live")


# Who may do what


def test_sign_in_and_an_operator(server: RtspServer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "models"))

    def prepare(site: Site) -> None:
        with_street(server, site)
        port = site.door.sign_in(ADMIN, PASSWORD)
        port.command(CreateUser("bo", Role.OPERATOR, "operators may look"))
        port.close()

    with stage(tmp_path / "data", qtbot, "access", prepare=prepare) as access:
        sign_in(access)
        act(access.window.status.user_button.menu().actions(), "Sign out")
        dialog = submit_sign_in(access, ADMIN, "wrong horse battery")
        access.until(lambda: bool(dialog.trouble.text()), "the refusal is said")
        access.shot("wrong-password", dialog)
        assert dialog.fields.values()["password"] == ""
        submit_sign_in(access, "bo", "operators may look")
        access.wait_window()
        access.until(lambda: access.shows_live("street"), "an operator sees live")
        assert not access.live.toolbar.add_button.isEnabled() and "may not" in access.live.toolbar.add_button.toolTip()
        access.shot("operator")
        access.window.show_page("system")
        access.until(access.system.has_content, "figures")
        access.shot("operator-system")
        assert not access.system.add_camera.isEnabled() and not access.system.users_button.isEnabled()


# The same over the network


@pytest.mark.usefixtures("detector")
def test_the_console_over_the_network(server: RtspServer, tmp_path: Path, qtbot: QtBot) -> None:
    with stage(
        tmp_path / "data", qtbot, "remote", door=lambda site: RemoteDoor(site.url), prepare=lambda site: with_street(server, site)
    ) as remote:
        sign_in(remote)
        started_s = time.monotonic()
        remote.until(lambda: remote.shows_live("street"), "the tile is live")
        print(f"\nWindow → live picture over HTTP: {time.monotonic() - started_s:.2f} s")
        _see_remote_people(remote)
        _play_the_clip(remote)
        remote.window.show_page("system")
        remote.until(lambda: remote.system.headline.text() == "All systems normal", "figures have come")
        remote.shot("system")


def _see_remote_people(stage: Stage) -> None:
    stage.until(lambda: stage.people("street") >= 3, "people are followed")
    boxes = {person_color(track.number).name() for track in stage.camera("street").tracks}
    stage.until(lambda: colours_of(stage.live.wall, boxes) > 40, "their boxes are painted")
    stage.show_all_events()
    stage.until(lambda: bool(stage.live.feed._thumbnails._kept), "a row has its picture")
    stage.shot("people")
