"""A shift at a control room of three sites, on one console over real engines: an alert of site South is seen, looked at live and half a
minute back, acknowledged, and written into the hand-over; whoever was there is found on the recordings of West, and one evidence pack is
made of both. The engine of North is a process of its own, the others are in this one, where people are found by their coats."""

import csv
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from console import site as console_site
from console.dialogs.accounts.sign_in import SignInDialog
from console.dialogs.alerts.hand_over import HandOverDialog
from console.dialogs.evidence.combined_pack import CombinedPackDialog
from console.dialogs.sites.choose_site import ChooseSiteDialog
from console.dialogs.sites.sites import SitesDialog
from console.pages.alerts.alerts import AlertsPage
from console.pages.investigate.investigate import InvestigatePage
from console.site import Site, running
from console.sites.many_sites import ManySites
from engine.gateway.border.bind import Bind
from engine.model.accounts.handover import ListHandovers
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.settings import Rule
from engine.model.event import EventKind, Severity
from engine.model.geometry import Floats
from engine.model.people.settings import PeopleSettings
from engine.model.settings import CameraSettings, Settings
from engine.model.sites import SiteReach
from engine.model.time import EVER_NS, SECOND
from engine.recording.pack.combined import FRONT_PAGE, TIMELINE
from engine.runtime import sight
from engine.runtime.audit.audit_heads import PUBLIC_KEY
from engine.runtime.closer import lookers
from engine.runtime.command_line_settings import CommandLineSettings
from engine.store.search.looks_scan import Sought
from engine.vision.detector import LoadedDetector
from engine.vision.looks import model_name
from engine.vision.manifest import REID
from engine.vision.models import ModelStore
from tests.console.real_engine import PASSWORD, SiteStage, act, click, type_into
from tests.fakes.coats import LOOKS, CoatDetector, CoatReader, Stroll, Watch, coat_boxes, write_quay
from tests.fakes.engine_process import ForkedEngine
from tests.fakes.look_site import model_store
from tests.fakes.three_sites import ADMIN, SiteOfThree
from widgets.playback.playback import RecordedTile, TileKind

NORTH, SOUTH, WEST = "North", "South", "West"
PLACES = {SOUTH: "Quay", WEST: "Mole"}
BACK_S, FILM_S, ALIKE = 30, 24, 0.9
ON_THE_QUAY = Rule(
    "quay",
    "Person on the quay",
    kinds=(EventKind.PERSON,),
    camera_ids=("quay",),
    severity=Severity.HIGH,
    repeat_s=3600.0,
    procedure=("Check the live picture.", "Look where they went.", "Close the alert with its outcome."),
)
pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]  # whole engines beside a whole console, and half a minute of video


class Coast(NamedTuple):
    """An engine in this process, and the watch of its detector."""

    site: Site
    watch: Watch
    model: str

    def begin_watch(self, *coats: str) -> None:
        """Until it is kept what people in these look like."""
        self.watch.begin(lambda: self.has_seen(*coats))

    def has_seen(self, *coats: str) -> bool:
        return all(self._likeness(LOOKS[coat]) > ALIKE for coat in coats)

    def _likeness(self, look: Floats) -> float:
        """Of the stay that comes nearest."""
        sought = Sought(look, self.model, -EVER_NS, EVER_NS, (), 1)
        return max((each.likeness for each in self.site.engine.record.store.looks.alike(sought)[0]), default=-1.0)

    @property
    def key(self) -> Path:
        """That its packs are checked with."""
        return self.site.engine.data.path / PUBLIC_KEY


def with_coats(store: ModelStore, watch: Watch, other: Callable[..., LoadedDetector]) -> Callable[..., LoadedDetector]:
    """For the engine with these models; the others go on as they did."""

    def load(models: ModelStore, *about: Any) -> LoadedDetector:
        return LoadedDetector(CoatDetector(watch)) if models is store else other(models, *about)

    return load


@contextmanager
def engine_here(folder: Path, name: str, camera_id: str, film: Path) -> Iterator[Coast]:
    """People are found, and told apart, by their coats."""
    watch, store = Watch(), model_store(folder / f"{name} models", b"the model of these sites")
    camera = CameraSettings(camera_id, camera_id.capitalize(), str(film))
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(console_site, "ModelStore", lambda: store)
        patches.setattr(sight, "load_detector", with_coats(store, watch, sight.load_detector))
        patches.setattr(lookers, "LookReader", CoatReader)
        with running(folder / name, Bind(), CommandLineSettings((camera,)), gateway_needed=True) as site:
            site.door.set_up(name, ADMIN, PASSWORD).close()
            site.engine.update_settings(_site_settings, "test")
            yield Coast(site, watch, model_name(store.best(REID).file.sha256))


def _site_settings(now: Settings) -> Settings:
    """Everything is recorded, people are told apart, and at the quay nobody is expected."""
    return replace(
        now,
        recording=replace(now.recording, continuous=True, segment_s=5.0),
        recognition=PeopleSettings(biometrics=True, purpose="To find who was in view"),
        alerts=replace(now.alerts, rules=(*now.alerts.rules, ON_THE_QUAY)),
    )


@pytest.fixture
def south(tmp_path: Path) -> Iterator[Coast]:
    """Somebody in red crosses the quay again and again."""
    film = write_quay(tmp_path / "quay.mp4", FILM_S, (Stroll("red", 4, 14),))
    with engine_here(tmp_path, SOUTH, "quay", film) as coast:
        yield coast


@pytest.fixture
def west(tmp_path: Path) -> Iterator[Coast]:
    """There they cross it too, and somebody in blue."""
    film = write_quay(tmp_path / "mole.mp4", FILM_S, (Stroll("blue", 1, 9), Stroll("red", 12, 22)), sky=130)
    with engine_here(tmp_path, WEST, "mole", film) as coast:
        yield coast


@pytest.fixture
def north(tmp_path: Path) -> Iterator[SiteOfThree]:
    film = write_quay(tmp_path / "yard.mp4", FILM_S, sky=70)
    site = SiteOfThree("north", tmp_path, [f"Yard=file:{film}"], ForkedEngine, None)
    yield site
    site.close()


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


def see_the_alert(stage: SiteStage, south: Coast, key: str) -> AlertsPage:
    """It comes up beside the wall, and is opened from there."""
    south.begin_watch("red")
    column = stage.live.alerts

    def rows() -> list[int]:
        """A busy machine may lose cameras, which is told as well."""
        return [column.model.row_of(alert.id) for alert in column.model.visible_alerts() if alert.rule_id.endswith(ON_THE_QUAY.id)]

    stage.until(lambda: column.isVisible() and len(rows()) == 1, "it is beside the wall")
    stage.shot("alert beside the wall")
    at = column.view.visualRect(column.model.index(rows()[0])).center()
    QTest.mouseClick(column.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    page = stage.window.page("alerts")
    assert isinstance(page, AlertsPage)
    stage.until(lambda: (shown := page.current()) is not None and shown.camera_id == f"{key}/quay", "it is shown")
    alert = page.current()
    assert alert is not None and alert.kind is EventKind.PERSON
    stage.until(page.stage.isVisible, "with its picture")
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


def alert_at(south: Coast) -> Alert:
    """About who was on the quay."""
    (alert,) = (each for each in south.site.engine.snapshot(with_users=False).alerts.alerts if each.rule_id == ON_THE_QUAY.id)
    return alert


def acknowledge(stage: SiteStage, south: Coast, page: AlertsPage) -> None:
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


def find_the_person(stage: SiteStage, page: AlertsPage, south: Coast, west: Coast, key: str) -> InvestigatePage:
    """Whoever was on the quay, by likeness, at all sites: from the alert to the recording at West."""
    stage.until(lambda: south.has_seen("red") and west.has_seen("red", "blue"), "what they all look like is kept")
    choose_from_menu(stage, page.stage.pictures, "Find similar")
    investigating = stage.window.page("investigate")
    assert isinstance(investigating, InvestigatePage)
    found = investigating.found.list
    stage.until(lambda: investigating.isVisible() and len(found.rows.all_rows()) > 1, "somebody is found")
    stage.until(lambda: investigating.has_content() and investigating._bridge.idle, "the lanes and the pictures are there")
    stage.shot("found at West")
    first, *others = found.rows.all_rows()
    assert first.camera_id == f"{key}/mole" and WEST in first.where and float(first.mark.split()[-1]) > ALIKE, (first, others)
    assert any(float(each.mark.split()[-1]) < ALIKE for each in others), "who wears blue comes later"
    QTest.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=found.visualRect(found.rows.index(0)).center())
    playback = investigating.playback
    stage.until(lambda: playback.tile(first.camera_id).kind is TileKind.PICTURE, "it shows the picture of then")
    stage.until(lambda: wears_red(playback.tile(first.camera_id)), "they are in it")
    stage.until(investigating.has_content, "the lanes are there")
    stage.shot("sighting at West")
    return investigating


def wears_red(tile: RecordedTile) -> bool:
    """Somebody in the picture."""
    return tile.pixels is not None and "red" in coat_boxes(tile.pixels[..., :3])


def make_pack(stage: SiteStage, page: InvestigatePage, since_ns: int, until_ns: int, target: Path, sites: dict[str, str]) -> None:
    """Of both cameras, from before the alert until after the sighting. `sites`: the camera of each."""
    stage.activate()
    page.timeline.canvas.setFocus()
    for at_ns, key in ((since_ns, Qt.Key.Key_I), (until_ns, Qt.Key.Key_O)):
        page.jump(at_ns)
        stage.until(lambda at_ns=at_ns: page.playback.position_ns == at_ns, "that moment is shown")
        QTest.keyClick(page.timeline.canvas, key)
    assert page.timeline.range_chosen() == (since_ns, until_ns)
    click(page.pack_button)
    dialog = stage.over(stage.window, CombinedPackDialog)
    type_into(dialog.form.name.edit(), "Person on the quay")
    dialog.form.note.setPlainText("Came from the quay to the mole.")
    wanted = {f"{camera} ({site})" for site, camera in sites.items()}
    for number in range(dialog.form.cameras.count()):
        item = dialog.form.cameras.item(number)
        item.setCheckState(Qt.CheckState.Checked if item.text() in wanted else Qt.CheckState.Unchecked)
    stage.shot("pack", dialog)
    click(dialog.make_button)
    stage.until(lambda: dialog.open_button.isVisible() or dialog.trouble.isVisible(), "the pack is made")
    stage.shot("pack made", dialog)
    assert not dialog.trouble.isVisible() and target.exists(), dialog.trouble.text()
    click(dialog.close_button)


def check_pack(pack: Path, keys: Sequence[Path], sites: dict[str, str]) -> None:
    """By the command, with the keys that the sites gave; and what a reader sees of it first."""
    command = [sys.executable, "-m", "console", "evidence", "verify", str(pack), *(f"--key={key}" for key in keys)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert all(f"✓ {site}" in checked.stdout for site in sites), checked.stdout
    with zipfile.ZipFile(pack) as held:
        front, table = held.read(FRONT_PAGE).decode(), held.read(TIMELINE).decode()
    rows = list(csv.DictReader(table.splitlines()))
    assert {(row["site"], row["place"]) for row in rows if row["what"] == "Person detected."} == set(sites.items()), table
    assert [row["site"] for row in rows if row["kind"] == "Alert"] == [SOUTH], table
    assert [row["utc"] for row in rows] == sorted(row["utc"] for row in rows)
    assert all(f"<h3>{site}</h3>" in front and f"<td>{site}</td>" in front for site in sites) and NORTH not in front


def choose_from_menu(stage: SiteStage, widget: QWidget, text: str) -> None:
    """As with the right button of the mouse in the middle of it."""
    widget = widget.childAt(widget.rect().center()) or widget
    at = widget.rect().center()
    QApplication.postEvent(widget, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at)))
    stage.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "a menu opens")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    stage.shot("menu", menu)
    act(menu.actions(), text)
    menu.close()


def test_a_shift(north: SiteOfThree, south: Coast, west: Coast, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = {NORTH: north.url, SOUTH: south.site.url, WEST: west.site.url}
    passwords = {NORTH: north.password, SOUTH: PASSWORD, WEST: PASSWORD}
    pack = tmp_path / "Person on the quay.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(pack), ""))
    with control_room(tmp_path / "console", addresses, qtbot) as stage:
        sign_in(stage, passwords)
        keys = {site.name: site.key for site in stage.sites.book.sites}
        page = see_the_alert(stage, south, keys[SOUTH])
        west.begin_watch("red", "blue")
        look_live_and_back(stage, page, f"{keys[SOUTH]}/quay")
        acknowledge(stage, south, page)
        hand_over(stage, "Somebody was on the quay. Seen on the mole as well?")
        of = {site.name: stage.sites.sessions.port(site) for site in stage.sites.book.sites}
        written = {name: [note.text for note in port.ask(ListHandovers())] for name, port in of.items() if port is not None}
        assert written == {NORTH: [], SOUTH: ["Somebody was on the quay. Seen on the mole as well?"], WEST: []}
        investigating = find_the_person(stage, page, south, west, keys[WEST])
        seen_ns = investigating.playback.position_ns
        make_pack(stage, investigating, alert_at(south).raised_ns - 10 * SECOND, seen_ns + 10 * SECOND, pack, PLACES)
    check_pack(pack, (south.key, west.key), PLACES)
