"""One window over two sites: what stands beside each other, what is one site's, and where commands go."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.app import Console
from console.dialogs.alerts.hand_over import HandOverDialog
from console.dialogs.sites.choose_site import ChooseSiteDialog
from console.dialogs.sites.sites import SitesDialog
from console.pages.investigate.investigate import InvestigatePage
from console.pages.one_site import OneSitePage
from console.session.remembered import Remembered
from console.sites.many_sites import ManySites
from console.sites.site_bridges import SiteBridges
from console.window import MainWindow
from engine.gateway.federation.rewriting import unchecked_copy
from engine.model.accounts.handover import WriteHandover
from engine.model.command import PutCamera, RestartCamera
from engine.model.command_terms import terms_from
from engine.model.settings import CameraSettings, RecordingSettings
from engine.model.sites import SiteReach
from engine.model.time import SystemClock
from tests.fakes.engine import FakeEngine

Keys = Callable[[str], str]


def cameras(window: MainWindow) -> dict[str, str]:
    snapshot = window.snapshot
    assert snapshot is not None
    return {camera.id: camera.name for camera in snapshot.settings.cameras}


def bridges(window: MainWindow) -> SiteBridges:
    assert window.sites is not None
    return window.sites.single


def test_a_name_says_its_site_only_where_another_site_has_it_too(window: MainWindow, key_of: Keys):
    north, south = key_of("North"), key_of("South")
    names = {f"{north}/yard": "Yard (North)", f"{north}/own": "Gate", f"{south}/yard": "Yard (South)", f"{south}/own": "Quay"}
    assert cameras(window) == names
    assert window.snapshot is not None and {view.settings.id: view.settings.name for view in window.snapshot.cameras} == names


def number(engine: FakeEngine, camera_id: str, value: int) -> None:
    camera = engine.settings.camera(camera_id)
    assert camera is not None
    engine.settings = engine.settings.with_camera(replace(camera, number=value))
    engine.publish()


def test_no_two_cameras_have_one_number(window: MainWindow, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    for engine in engines.values():
        number(engine, "yard", 1)
        number(engine, "own", 2)

    def numbers() -> dict[str, int]:
        assert window.snapshot is not None
        return {camera.name: camera.number for camera in window.snapshot.settings.cameras}

    qtbot.waitUntil(lambda: numbers() == {"Yard (North)": 1, "Gate": 2, "Yard (South)": 101, "Quay": 102})
    assert window.snapshot is not None
    quay = next(camera for camera in window.snapshot.settings.cameras if camera.name == "Quay")
    bridge = bridges(window).whole
    command, terms = bridge._as_the_site_has_it(PutCamera(unchecked_copy(quay, name="Jetty")), terms_from(PutCamera(quay)))
    assert isinstance(command, PutCamera) and (command.camera.name, command.camera.number) == ("Jetty", 2)
    assert terms.basis is not None and (terms.basis["camera"]["name"], terms.basis["camera"]["number"]) == ("Quay", 2)
    snapshot = bridge.port.snapshot()
    one, again = (bridge._named_for_screen(snapshot) for _ in range(2))
    assert all(view is before for view, before in zip(one.cameras, again.cameras, strict=True)), "what is as before stays the same value"
    for engine in engines.values():
        number(engine, "own", 100)
    qtbot.waitUntil(lambda: numbers() == {"Yard (North)": 1, "Gate": 100, "Yard (South)": 1_001, "Quay": 1_100})


def test_what_is_as_before_stays_the_same_value(window: MainWindow):
    assert window.sites is not None
    bridge = window.sites.bridge
    snapshot = bridge.port.snapshot()
    one, again = (bridge._named_for_screen(snapshot) for _ in range(2))
    assert one.settings is again.settings and one.settings is not snapshot.settings
    same = {view.settings.name for view, before in zip(one.cameras, snapshot.cameras, strict=True) if view is before}
    assert same == {"Gate", "Quay"}


def test_a_camera_is_saved_under_the_name_its_site_knows(window: MainWindow, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    snapshot, done = window.snapshot, list[str]()
    assert snapshot is not None
    shown = next(camera for camera in snapshot.settings.cameras if camera.name == "Yard (South)")
    window._bridge.command(PutCamera(shown), done.append, lambda error: done.append(str(error)))
    qtbot.waitUntil(lambda: bool(done))
    put = [command for command in engines["South"].commands if isinstance(command, PutCamera)]
    assert [(command.camera.id, command.camera.name) for command in put] == [("yard", "Yard")], done
    assert not [command for command in engines["North"].commands if isinstance(command, PutCamera)]


def test_what_a_camera_was_is_told_as_its_site_has_it(window: MainWindow, sites: ManySites, key_of: Keys):
    snapshot = window.snapshot
    assert snapshot is not None and window.sites is not None
    bridge = window.sites.bridge
    shown = next(camera for camera in snapshot.settings.cameras if camera.name == "Yard (South)")
    for name, sent_name in (("Yard (South)", "Yard"), ("Yard, south gate", "Yard, south gate")):
        command, terms = bridge._as_the_site_has_it(PutCamera(unchecked_copy(shown, name=name)), terms_from(PutCamera(shown)))
        assert isinstance(command, PutCamera) and command.camera.name == sent_name
        assert terms.basis is not None and terms.basis["camera"]["name"] == "Yard"


def test_a_command_goes_to_the_site_of_its_camera(window: MainWindow, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot):
    window._bridge.command(RestartCamera(f"{key_of('South')}/own"), lambda _: None, lambda error: None)
    qtbot.waitUntil(lambda: RestartCamera("own") in engines["South"].commands)
    assert not [command for command in engines["North"].commands if isinstance(command, RestartCamera)]


def choose(window: MainWindow, text: str, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: any(dialog.isVisible() for dialog in window.findChildren(ChooseSiteDialog)))
    dialog = next(each for each in window.findChildren(ChooseSiteDialog) if each.isVisible())  # an earlier one is still to be deleted
    next(choice for choice in dialog.choices.values() if choice.text() == text).setChecked(True)
    dialog.button.click()


def hand_over(window: MainWindow, text: str, qtbot: QtBot) -> HandOverDialog:
    qtbot.waitUntil(lambda: not any(dialog.isVisible() for dialog in window.findChildren(HandOverDialog)))  # one before this has ended
    window.hand_over()
    dialog = next(each for each in window.findChildren(HandOverDialog) if each.isVisible())
    dialog.text.setPlainText(text)
    dialog.button.click()
    return dialog


def notes(engine: FakeEngine) -> list[str]:
    return [command.text for command in engine.commands if isinstance(command, WriteHandover)]


def test_a_hand_over_asks_at_which_site(window: MainWindow, engines: dict[str, FakeEngine], qtbot: QtBot):
    hand_over(window, "To all", qtbot)
    choose(window, "All sites", qtbot)
    qtbot.waitUntil(lambda: [notes(engine) for engine in engines.values()] == [["To all"], ["To all"]])
    hand_over(window, "South only", qtbot)
    choose(window, "South", qtbot)
    qtbot.waitUntil(lambda: notes(engines["South"]) == ["To all", "South only"])
    assert notes(engines["North"]) == ["To all"]


def test_where_no_site_is_chosen_nothing_is_done(window: MainWindow, engines: dict[str, FakeEngine], qtbot: QtBot):
    dialog = hand_over(window, "Nowhere", qtbot)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(ChooseSiteDialog)))
    next(each for each in window.findChildren(ChooseSiteDialog) if each.isVisible()).reject()
    assert "no site was chosen" in dialog.trouble.text() and dialog.button.isEnabled()
    assert not notes(engines["North"]) and not notes(engines["South"])
    dialog.reject()


def test_a_new_camera_asks_at_which_site(window: MainWindow, engines: dict[str, FakeEngine], qtbot: QtBot):
    camera = CameraSettings("dock", "Dock", "rtsp://192.0.2.9/stream", enabled=False)
    window._bridge.command(PutCamera(camera), lambda _: None, lambda error: None)
    choose(window, "South", qtbot)
    qtbot.waitUntil(lambda: "Dock" in cameras(window).values())
    assert engines["South"].settings.camera("dock") is not None and engines["North"].settings.camera("dock") is None


def test_what_is_one_sites_is_chosen_above_its_page(window: MainWindow, key_of: Keys, qtbot: QtBot):
    window.show_page("devices")
    page = window.page("devices")
    assert isinstance(page, OneSitePage)
    qtbot.waitUntil(lambda: page.page is not None)
    first = page.page
    assert page.choice.currentText() == "North"
    page.choice.setCurrentIndex(page.choice.findText("South"))
    page.choice.activated.emit(page.choice.currentIndex())
    qtbot.waitUntil(lambda: page.page is not first)
    window.show_page("system")
    other = window.page("system")
    assert isinstance(other, OneSitePage) and other.choice.currentText() == "South" and bridges(window).key == key_of("South")


def test_sites_that_do_not_record_everything_are_named(window: MainWindow, engines: dict[str, FakeEngine], qtbot: QtBot):
    window.show_page("investigate")
    page = window.page("investigate")
    assert isinstance(page, InvestigatePage)
    qtbot.waitUntil(lambda: "Continuous recording is off at North, South." in page.recording.notice.text())
    set_recording(engines["South"], continuous=True)
    qtbot.waitUntil(lambda: "off at North. Nothing" in page.recording.notice.text())
    set_recording(engines["North"], enabled=False)
    qtbot.waitUntil(lambda: page.recording.notice.text() == "Recording is off at North.")
    set_recording(engines["North"], continuous=True)
    qtbot.waitUntil(lambda: not page.recording.isVisible())


def set_recording(engine: FakeEngine, **wanted: bool) -> None:
    recording = RecordingSettings(**wanted)  # type: ignore[arg-type]
    engine.settings = replace(engine.settings, recording=recording)
    engine.tick()


def test_a_visit_chooses_the_site_of_what_is_visited(window: MainWindow, key_of: Keys, qtbot: QtBot):
    window.visit("devices", f"{key_of('South')}/own")
    assert bridges(window).key == key_of("South")
    page = window.page("devices")
    assert isinstance(page, OneSitePage)
    visits: list[tuple[str, str]] = []
    window.show_page("devices")
    qtbot.waitUntil(lambda: page.page is not None)
    page.visit_requested.disconnect(window.visit)
    page.visit_requested.connect(lambda page_id, what: visits.append((page_id, what)))
    assert page.page is not None
    page.page.visit_requested.emit("live", "own")
    assert visits == [("live", f"{key_of('South')}/own")]


def test_the_dialog_says_how_each_site_answers_and_parts_with_one(window: MainWindow, sites: ManySites, key_of: Keys, qtbot: QtBot):
    assert window.sites is not None
    window.sites.show_list()
    dialog = next(each for each in window.findChildren(SitesDialog) if each.isVisible())
    told = [row[3].partition(" · ")[0] for row in dialog.rows._shown or ()]  # whose clocks go astray where a machine is busy
    assert not dialog.open_button.isVisible() and told == ["Signed in as ada"] * 2
    dialog.rows.buttons[key_of("South")]["log-out"].click()
    qtbot.waitUntil(lambda: set(cameras(window).values()) == {"Yard", "Gate"})
    dialog.reject()


def test_the_page_of_a_site_ends_with_its_session(
    window: MainWindow, sites: ManySites, engines: dict[str, FakeEngine], key_of: Keys, qtbot: QtBot
):
    window.show_page("devices")
    page, north = window.page("devices"), key_of("North")
    assert isinstance(page, OneSitePage)
    qtbot.waitUntil(lambda: page.page is not None)
    before = page.page
    sites.sessions.leave(north)
    qtbot.waitUntil(lambda: bridges(window).key == key_of("South"))
    site = sites.book.site(north)
    assert site is not None
    sites.sessions.keep(site, engines["North"].port())
    qtbot.waitUntil(lambda: window.snapshot is not None and window.snapshot.site(north) is not None)
    bridges(window).choose(north)
    qtbot.waitUntil(lambda: page.page is not None and page.page is not before)


def test_a_site_whose_session_ends_leaves_the_others_alone(window: MainWindow, sites: ManySites, key_of: Keys, qtbot: QtBot):
    ended = key_of("South")
    sites.sessions.ports[ended].close()

    def told() -> bool:
        site = None if window.snapshot is None else window.snapshot.site(ended)
        return site is not None and site.reach is SiteReach.SIGNED_OUT

    qtbot.waitUntil(told)
    assert {"Gate", "Quay"} <= set(cameras(window).values()) and window.isVisible()


def test_signing_out_ends_all_sessions_and_leads_back_to_the_list(
    sites: ManySites, remembered: Remembered, qtbot: QtBot, qapp: QApplication
):
    console = Console(None, remembered, SystemClock(), lambda: None, sites=sites, engine_here=False)
    console.enter()
    assert isinstance(console.dialog, SitesDialog)
    ports = list(sites.sessions.ports.values())
    console.dialog.open_button.click()
    assert console.window is not None
    qtbot.waitUntil(lambda: console.window is not None and console.window.snapshot is not None)
    console.window.sign_out()
    qtbot.waitUntil(lambda: isinstance(console.dialog, SitesDialog) and console.dialog.isVisible())
    assert sites.sessions.ports == {} and all(getattr(port, "closed") for port in ports)  # noqa: B009  # of the fake
    console.close()
