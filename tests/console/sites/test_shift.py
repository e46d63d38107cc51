"""A shift at a control room of three sites, on one console over real engines: an alert of site South is seen, looked at live and half a
minute back, acknowledged, and written into the hand-over. South's engine is in this process; the others are processes of their own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.alerts.hand_over import HandOverDialog
from console.dialogs.sites.choose_site import ChooseSiteDialog
from console.dialogs.sites.sites import SitesDialog
from console.pages.alerts.alerts import AlertsPage
from console.site import Site, running
from console.sites.many_sites import ManySites
from engine.gateway.border.bind import Bind
from engine.model.accounts.handover import ListHandovers
from engine.model.alerts.alert import Alert, AlertState
from engine.model.event import EventKind
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, Tick
from engine.model.settings import CameraSettings
from engine.model.sites import SiteReach
from engine.model.time import SECOND
from engine.runtime.command_line_settings import CommandLineSettings
from tests.console.real_engine import PASSWORD, SiteStage, click, type_into
from tests.fakes.engine_process import ForkedEngine
from tests.fakes.three_sites import ADMIN, SiteOfThree
from tests.fakes.video import Clip, write_clip

SOUTH, OTHERS = "South", ("North", "West")
BACK_S = 30
pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]  # whole engines beside a whole console, and half a minute of video
FILM = Clip(width=640, height=360, fps=10, frames=100, gop=10)


@pytest.fixture
def south(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path / "models"))
    camera = CameraSettings("quay", "Quay", str(write_clip(tmp_path / "quay.mp4", FILM)), min_person_share=1.0)
    with running(tmp_path / "south", Bind(), CommandLineSettings((camera,)), gateway_needed=True) as site:
        site.door.set_up(SOUTH, ADMIN, PASSWORD).close()
        yield site


@pytest.fixture
def others(tmp_path: Path) -> Iterator[dict[str, SiteOfThree]]:
    film = write_clip(tmp_path / "yard.mp4", FILM)
    with ExitStack() as stack:
        made: dict[str, SiteOfThree] = {}
        for name in OTHERS:
            made[name] = SiteOfThree(name.lower(), tmp_path, [f"{name} yard=file:{film}"], ForkedEngine, None)
            stack.callback(made[name].close)
        yield made


@contextmanager
def control_room(folder: Path, addresses: dict[str, str], qtbot: QtBot) -> Iterator[SiteStage]:
    """The console as it starts over several sites, with their list filled in."""
    folder.mkdir()
    sites = ManySites(folder)
    for name, address in addresses.items():
        sites.book.add(name, address)
    stage = SiteStage(sites, folder, qtbot, "shift")
    try:
        yield stage
    finally:
        stage.console.close()
        sites.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def sign_in(stage: SiteStage, passwords: dict[str, str]) -> None:
    """At each site, with its own password."""
    stage.console.enter()
    dialog = stage.dialog(SitesDialog)
    for site in stage.sites.book.sites:
        stage.until(lambda key=site.key: dialog.rows.buttons[key]["lock-open"].isVisible(), "one can sign in there")
        click(dialog.rows.buttons[site.key]["lock-open"])
        asking = stage.over(dialog, SignInDialog)
        type_into(asking.fields.field("name").edit(), ADMIN)
        type_into(asking.fields.field("password").edit(), passwords[site.name])
        click(asking.button)
        stage.until(lambda site=site: stage.sites.sessions.port(site) is not None, f"one is signed in to {site.name}")
    stage.shot("sites", dialog)
    click(dialog.open_button)
    window = stage.wait_window()
    window.resize(1440, 900)
    stage.until(lambda: stage.has_snapshot and {site.reach for site in stage.snapshot.sites} == {SiteReach.ONLINE}, "all sites answer")
    stage.until(lambda: len(stage.snapshot.cameras) == 3, "their cameras are there")
    for view in stage.snapshot.cameras:
        stage.until(lambda id_=view.settings.id: stage.shows_live(id_), "each tile is live")
    stage.shot("wall")


def lose_quay(site: Site) -> None:
    """For a moment, as far as the record goes: its pictures go on."""
    now_ns = site.engine.clock.now_ns()
    for seen in (CameraStateChanged("quay", now_ns, CameraState.LOST, "No picture for 2 s."), Tick(now_ns + 3 * SECOND)):
        site.engine.mailbox.post(seen)
    site.engine.mailbox.post(CameraStateChanged("quay", now_ns + 3 * SECOND, CameraState.LIVE))


def see_the_alert(stage: SiteStage, south: Site, key: str) -> AlertsPage:
    """It comes up beside the wall, and is opened from there."""
    lose_quay(south)
    column = stage.live.alerts

    def rows() -> list[int]:
        """A busy machine may lose other cameras."""
        return [column.model.row_of(alert.id) for alert in column.model.visible_alerts() if alert.camera_id == f"{key}/quay"]

    stage.until(lambda: column.isVisible() and len(rows()) == 1, "it is beside the wall")
    stage.shot("alert beside the wall")
    at = column.view.visualRect(column.model.index(rows()[0])).center()
    QTest.mouseClick(column.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    page = stage.window.page("alerts")
    assert isinstance(page, AlertsPage)
    stage.until(lambda: (shown := page.current()) is not None and shown.camera_id == f"{key}/quay", "it is shown")
    alert = page.current()
    assert alert is not None and alert.kind is EventKind.CAMERA_LOST
    stage.shot("alert")
    return page


def look_live_and_back(stage: SiteStage, page: AlertsPage, camera_id: str) -> None:
    stage.until(lambda: page.card.live.isVisible(), "it leads to its camera")
    click(page.card.live)
    live = stage.live
    stage.until(lambda: live.wall.maximised() == camera_id and stage.shows_live(camera_id), "its camera is live, large")
    stage.shot("live")
    clock, replay = stage.clock, live.desk.replay

    def held_long_enough() -> bool:
        began_ns = stage.camera(camera_id).health.since_ns
        return clock.now_ns() - began_ns > (BACK_S + 3) * SECOND

    stage.until(held_long_enough, "half a minute is held")
    stage.activate()
    live.wall.setFocus()
    for _ in range(BACK_S // 10):
        QTest.keyClick(live.wall, Qt.Key.Key_J)
    stage.until(lambda: replay.picture(camera_id) is not None, "what was is shown")
    at_ns = replay.position_ns(camera_id)
    assert at_ns is not None and clock.now_ns() - at_ns >= (BACK_S - 5) * SECOND
    tile = live.wall._tiles.get(camera_id)
    assert tile is not None and tile.chrome.status.text.startswith("REPLAY ") and not tile.chrome.status.live
    stage.shot("half a minute back")
    QTest.keyClick(live.wall, Qt.Key.Key_L)
    stage.until(lambda: stage.shows_live(camera_id) and replay.position_ns(camera_id) is None, "it is live again")


def alert_at(site: Site) -> Alert:
    """The only one there is."""
    (alert,) = site.engine.snapshot(with_users=False).alerts.alerts
    return alert


def acknowledge(stage: SiteStage, south: Site, page: AlertsPage) -> None:
    stage.window.show_page("alerts")
    stage.until(lambda: page.isVisible() and page.current() is not None, "the alert is shown again")
    click(page.buttons.buttons["acknowledge"])
    stage.until(lambda: alert_at(south).state is AlertState.ACKNOWLEDGED, "South has it so")
    assert alert_at(south).assignee == ADMIN
    stage.until(lambda: (shown := page.current()) is not None and shown.state is AlertState.ACKNOWLEDGED, "and the console shows it")
    stage.shot("acknowledged")


def hand_over(stage: SiteStage, text: str) -> None:
    stage.window.hand_over()
    dialog = stage.over(stage.window, HandOverDialog)
    dialog.text.setPlainText(text)
    stage.shot("hand-over", dialog)
    click(dialog.button)
    choosing = stage.over(stage.window, ChooseSiteDialog)
    stage.shot("which site", choosing)
    next(choice for choice in choosing.choices.values() if choice.text() == SOUTH).setChecked(True)
    click(choosing.button)
    stage.until(lambda: not isValid(dialog) or not dialog.isVisible(), "it is written")


def test_a_shift(south: Site, others: dict[str, SiteOfThree], tmp_path: Path, qtbot: QtBot) -> None:
    addresses = {"North": others["North"].url, SOUTH: south.url, "West": others["West"].url}
    passwords = {SOUTH: PASSWORD, **{name: site.password for name, site in others.items()}}
    with control_room(tmp_path / "console", addresses, qtbot) as stage:
        sign_in(stage, passwords)
        key = next(site.key for site in stage.sites.book.sites if site.name == SOUTH)
        page = see_the_alert(stage, south, key)
        look_live_and_back(stage, page, f"{key}/quay")
        acknowledge(stage, south, page)
        hand_over(stage, "The quay was dark for a moment.")
        of = {site.name: stage.sites.sessions.port(site) for site in stage.sites.book.sites}
        written = {name: [note.text for note in port.ask(ListHandovers())] for name, port in of.items() if port is not None}
        assert written == {"North": [], SOUTH: ["The quay was dark for a moment."], "West": []}
