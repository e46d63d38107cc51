"""The Alerts page: worked with the keyboard alone, then each of its parts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.alerts.alert_rules import AlertRulesDialog
from console.dialogs.alerts.close_alert import CloseAlertDialog
from console.dialogs.alerts.note_alert import NoteAlertDialog
from console.dialogs.alerts.shelve_alert import ShelveAlertDialog
from console.dialogs.alerts.why_nothing import WhyNothingDialog
from console.pages.alerts.alerts import AlertsPage
from console.pages.registry import PAGES
from console.palette.shortcuts import ShortcutsDialog
from console.session.remembered import Remembered
from console.shell.site_mode import SiteModeDialog
from console.window import MainWindow
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.commands import AssignAlert, ChangeAlert, ChangeAlerting, PromoteHeld, SeeAlert, SetSiteMode, ShelveAlert
from engine.model.alerts.settings import RuleMode, SiteMode
from engine.model.cameras.trail import EventTrails, TrackTrail
from engine.model.errors import EnvironmentFault
from engine.model.event import EventKind, Severity
from engine.model.history.timeline import SearchFilter
from engine.model.incidents.incident import IncidentCategory
from engine.model.question import RuleTrial
from engine.model.time import SECOND, SystemClock
from tests.console.gallery_alerts import LONG, alerting_site
from tests.fakes.engine import FakeEngine
from tests.fakes.media import jpeg
from tests.fakes.town import report
from widgets.alerts.alert_pictures import picture_id_of

Opener = Callable[..., MainWindow]


@pytest.fixture
def engine() -> FakeEngine:
    fake = alerting_site()
    fake.commands.clear()
    return fake


@pytest.fixture
def open_with(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Opener]:
    """Opens a window with these pages only."""
    opened: list[MainWindow] = []

    def open_for(user: str, *page_ids: str) -> MainWindow:
        bridge = EngineBridge(engine.port(user))
        entries = tuple(entry for entry in PAGES if entry.id in page_ids)
        window = MainWindow(bridge, SystemClock(), remembered, entries)
        bridge.setParent(window)
        opened.append(window)
        bridge.start()
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        window.show_page("alerts")
        return window

    yield open_for
    for window in opened:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(open_with: Opener, engine: FakeEngine) -> Iterator[MainWindow]:
    with engine.running():
        yield open_with("ada", "alerts")


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> AlertsPage:
    found = window.page("alerts")
    assert isinstance(found, AlertsPage)
    qtbot.waitUntil(lambda: found.has_content() and found.current() is not None)
    return found


class Keys:
    """The keyboard: what is pressed goes to whoever has the focus."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self._window, self._qtbot = window, qtbot

    def _stay_active(self) -> None:
        """What a window manager does once a dialog is closed; there is none here."""
        if QApplication.activeWindow() is None:
            self._window.activateWindow()
            self._qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)

    def press(self, *keys: Qt.Key | str, shift: bool = False) -> None:
        self._stay_active()
        for key in keys:
            focused = QApplication.focusWidget()
            assert focused is not None, "nobody has the keyboard"
            if isinstance(key, str):
                self._qtbot.keyClicks(focused, key)
            else:
                modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
                self._qtbot.keyClick(focused, key, modifier)

    def dialog(self, page: AlertsPage, kind: type[QDialog]) -> QDialog:
        self._qtbot.waitUntil(lambda: any(one.isVisible() and one.isActiveWindow() for one in page.window().findChildren(kind)))
        return next(one for one in page.window().findChildren(kind) if one.isVisible())


@pytest.fixture
def keys(qtbot: QtBot, window: MainWindow, page: AlertsPage) -> Keys:
    page.list.view.setFocus()
    qtbot.waitUntil(page.list.view.hasFocus)
    return Keys(window, qtbot)


def told(window: MainWindow) -> list[str]:
    return [toast.text() for toast in window.toasts.toasts()]


def test_the_whole_work_with_the_keyboard_alone(page: AlertsPage, keys: Keys, engine: FakeEngine, qtbot: QtBot, window: MainWindow) -> None:
    """An alert comes, is found, worked step by step and closed; another is shelved; one that was held is raised."""
    fake = engine.alerts
    fight = fake.add(EventKind.FIGHT, Severity.CRITICAL, "yard", 0.0, reason="Two people fight in the yard.")
    qtbot.waitUntil(lambda: page.list.model.alert(fight.id) is not None)
    assert page.list.current() != fight.id, "what the operator has before them does not change under their hands"
    keys.press(Qt.Key.Key_K)
    assert page.list.current() == fight.id
    keys.press(Qt.Key.Key_J, Qt.Key.Key_K)
    assert page.list.current() == fight.id and page.card.title.text() == "Fight"

    keys.press(Qt.Key.Key_A)
    qtbot.waitUntil(lambda: fake.alert(fight.id).state is AlertState.ACKNOWLEDGED)
    assert fake.alert(fight.id).assignee == "ada"
    keys.press(Qt.Key.Key_I)
    qtbot.waitUntil(lambda: fake.alert(fight.id).state is AlertState.IN_PROGRESS)
    qtbot.waitUntil(lambda: page.card.state.text() == "In progress")

    keys.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.card.procedure.boxes[0].hasFocus())
    keys.press(Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: fake.alert(fight.id).steps_done == (0, 1))
    keys.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: fake.alert(fight.id).steps_done == (0,))

    keys.press(Qt.Key.Key_N)
    keys.dialog(page, NoteAlertDialog)
    keys.press("Two guards are on their way", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [note.text for note in fake.alert(fight.id).notes] == ["Two guards are on their way"])

    keys.press(Qt.Key.Key_C)
    keys.dialog(page, CloseAlertDialog)
    keys.press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: fake.alert(fight.id).state is AlertState.CLOSED)
    assert fake.alert(fight.id).disposition is Disposition.TRUE
    qtbot.waitUntil(lambda: page.list.model.alert(fight.id) is None)
    assert page.current() is not None, "the next one is chosen"

    shelved = page.list.current()
    keys.press(Qt.Key.Key_S)
    keys.dialog(page, ShelveAlertDialog)
    keys.press(Qt.Key.Key_Return)
    assert not any(isinstance(each, ShelveAlert) for each in engine.commands), "not without a reason"
    keys.press("Known drill", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: fake.alert(shelved).shelved_reason == "Known drill")
    assert fake.alert(shelved).shelved_until_ns is not None
    qtbot.waitUntil(lambda: page.list.model.alert(shelved) is None)

    keys.press(Qt.Key.Key_H)
    qtbot.waitUntil(page.held.view.hasFocus)
    held = page.held.current()
    told = len(engine.commands)
    keys.press(Qt.Key.Key_A)
    keys.press(Qt.Key.Key_C)
    assert len(engine.commands) == told and "is not an alert" in " ".join(toast.text() for toast in window.toasts.toasts())
    assert page.card.state.text() == "Held"
    keys.press(Qt.Key.Key_R)
    qtbot.waitUntil(lambda: PromoteHeld(held) in engine.commands)
    qtbot.waitUntil(lambda: (alert := page.current()) is not None and alert.promoted)

    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    keys.press("badge")
    qtbot.waitUntil(lambda: [alert.kind for alert in page.list.model.visible_alerts()] == [EventKind.BADGE_WITHOUT_OWNER])
    assert not any(isinstance(each, AssignAlert) for each in engine.commands), "letters that are typed are no keys"
    window.page("alerts").setFocus()
    keys.press("?")
    keys.dialog(page, ShortcutsDialog).close()


def test_only_what_the_card_shows_is_marked(page: AlertsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(page.list.current()) and bool(page.list.view.selectionModel().selectedIndexes()))
    alert = page.list.current()
    page.do("held")
    qtbot.waitUntil(page.held.view.hasFocus)
    assert not page.list.view.selectionModel().selectedIndexes() and page.card.alert is None and page.list.current() == alert
    row = page.list.view.visualRect(page.list.model.index(page.list.model.row_of(alert)))
    qtbot.mouseClick(page.list.view.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert page.card.alert is not None and page.card.alert.id == alert and not page.held.view.selectionModel().selectedIndexes()
    page.held.view.choose_row(0)
    assert page.card.alert is None
    page.back()
    assert page.card.alert is not None and page.list.view.selectionModel().selectedIndexes()
    assert not page.held.view.selectionModel().selectedIndexes()


def test_several_are_marked_and_acknowledged_at_once(page: AlertsPage, keys: Keys, engine: FakeEngine, qtbot: QtBot) -> None:
    keys.press(Qt.Key.Key_J)
    keys.press(Qt.Key.Key_J, Qt.Key.Key_J, shift=True)
    marked = page.list.selected_ids()
    assert len(marked) == 3
    keys.press(Qt.Key.Key_A)
    qtbot.waitUntil(lambda: any(isinstance(each, ChangeAlert) for each in engine.commands))
    change = next(each for each in engine.commands if isinstance(each, ChangeAlert))
    behind = {alert_id for alert_id in marked if engine.alerts.alert(alert_id).state is AlertState.ACKNOWLEDGED}
    assert set(change.alert_ids) <= behind and len(change.alert_ids) == 1, "those that are further on are left alone"
    keys.press(Qt.Key.Key_M)
    qtbot.waitUntil(lambda: all(engine.alerts.alert(alert_id).assignee == "ada" for alert_id in marked))


def test_what_is_only_kept_at_the_hub_is_said_so(
    page: AlertsPage, keys: Keys, qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site is away, and goes on escalating."""
    monkeypatch.setattr(EngineBridge, "waits_at_hub", lambda _, alert_ids: tuple(alert_ids) == ("al-0002",))
    page.list.select_alert("al-0002")
    keys.press(Qt.Key.Key_M)
    qtbot.waitUntil(lambda: bool(told(window)))
    assert told(window)[-1].startswith("Kept at the hub. The site has not been told yet: Assigned to you")


def test_taking_an_alert_is_undone_from_the_message(
    page: AlertsPage, keys: Keys, engine: FakeEngine, qtbot: QtBot, window: MainWindow
) -> None:
    page.list.select_alert("al-0002")
    keys.press(Qt.Key.Key_M)
    qtbot.waitUntil(lambda: engine.alerts.alert("al-0002").assignee == "ada")
    qtbot.waitUntil(lambda: bool(window.toasts.toasts()))
    window.toasts.toasts()[-1].action_requested.emit()
    qtbot.waitUntil(lambda: engine.alerts.alert("al-0002").assignee == "bo")


def test_what_is_shelved_is_found_and_brought_back(page: AlertsPage, keys: Keys, engine: FakeEngine, qtbot: QtBot) -> None:
    assert page.list.model.alert("al-0005") is None and page.list.bar.shelved.text() == "Shelved (1)"
    page.list.bar.shelved.click()
    qtbot.waitUntil(lambda: page.list.current() == "al-0005")
    assert "caretaker" in page.card.facts.fact_text("Shelved") and page.buttons.buttons["unshelve"].isVisible()
    page.list.view.setFocus()
    keys.press(Qt.Key.Key_U)
    qtbot.waitUntil(lambda: engine.alerts.alert("al-0005").shelved_until_ns is None)


def test_the_menu_of_a_row_offers_what_can_be_done_in_the_words_of_the_buttons(page: AlertsPage, qtbot: QtBot) -> None:
    shown = page.list.view.visualRect(page.list.view.currentIndex())
    page.list.view.customContextMenuRequested.emit(shown.center())
    menu = page.findChildren(QMenu)[-1]
    offered = [action.text().partition("\t")[0] for action in menu.actions() if action.isVisible() and action.isEnabled()]
    assert offered == ["Acknowledge", "In progress", "Close…", "Assign to me", "Note…", "Shelve…"]
    menu.close()


def test_what_was_shelved_comes_back_by_itself(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.alerts.change("al-0005", shelved_until_ns=engine.now_ns + SECOND // 4)
    qtbot.waitUntil(lambda: page.list.model.alert("al-0005") is not None)


def test_an_alert_is_bold_until_this_user_has_seen_it(page: AlertsPage, keys: Keys, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "ada" in engine.alerts.alert("al-0000").seen_by)
    unseen = engine.alerts.alert("al-0001")
    assert not page.list.model.is_seen(unseen)
    page.list.select_alert(unseen.id)
    qtbot.waitUntil(lambda: SeeAlert(unseen.id) in engine.commands)
    qtbot.waitUntil(lambda: page.list.model.is_seen(engine.alerts.alert(unseen.id)))
    assert engine.commands.count(SeeAlert(unseen.id)) == 1


def test_why_and_what_if_sources_were_silent(page: AlertsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.card.decision is not None)
    evidence = page.card.evidence
    assert evidence.total_text() == "5.40" and len(evidence.boxes()) == 3
    evidence.boxes()[2].click()
    assert evidence.verdict.text().startswith("Still above the threshold: total 3.90")
    evidence.boxes()[1].click()
    assert evidence.verdict.text().startswith("Below the threshold: total 1.90")
    evidence.boxes()[0].click()
    assert evidence.verdict.text() == "Below the threshold: no evidence left."
    evidence.again.click()
    assert evidence.total_text() == "5.40" and not evidence.silent()


def test_what_is_asked_of_one_alert_is_not_asked_of_the_next(page: AlertsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.card.decision is not None)
    page.card.evidence.boxes()[0].click()
    page.list.step(1)
    qtbot.waitUntil(lambda: page.card.decision is not None and page.card.decision.camera_id == "dock")
    assert not page.card.evidence.silent()


def test_a_decision_that_is_gone_is_said_to_be(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    del engine.alerts.decisions["de-a3"]
    page.list.select_alert("al-0003")
    qtbot.waitUntil(lambda: "no longer on record" in page.card.why_trouble.text())
    assert not page.card.ladder.isVisible()


def test_filters_narrow_the_list_and_can_be_cleared(page: AlertsPage, qtbot: QtBot) -> None:
    bar, shown = page.list.bar, lambda: [alert.id for alert in page.list.model.visible_alerts()]
    bar.severity.setCurrentIndex(bar.severity.findData("4"))
    assert shown() == ["al-0000", "al-0001", "al-0002"]
    bar.mine.click()
    assert shown() == [] and page.list.no_match.isVisible()
    page.list.no_match.action_requested.emit()
    bar.zone.setCurrentIndex(bar.zone.findData("z-store"))
    assert shown() == ["al-0001", "al-0002"]
    (chip,) = page.chips.row.chips
    assert chip.text().startswith("Zone: The long corridor") and chip.width() < 330 and bar.zone.currentIndex() == 0
    page.chips.row.chips[0].click()
    assert len(shown()) == 5 and not page.chips.row.isVisible()
    bar.state.setCurrentIndex(bar.state.findData(AlertState.IN_PROGRESS))
    assert shown() == ["al-0003"]


def test_a_narrow_list_has_its_filters_in_a_menu(page: AlertsPage, qtbot: QtBot) -> None:
    bar = page.list.bar
    page._across.setSizes([330, 820])
    qtbot.waitUntil(lambda: bar.width() < 400)
    assert bar.add_button.isVisibleTo(bar) and not bar.state.isVisibleTo(bar) and not bar.mine.isVisibleTo(bar)
    menu = bar.add_button.menu()
    menu.aboutToShow.emit()
    states = menu.findChildren(QMenu)[0]
    next(each for each in states.actions() if each.text() == "Closed").trigger()
    next(each for each in menu.actions() if each.text() == "Mine").trigger()
    assert bar.limits().state == "closed" and bar.mine.isChecked() and bar.mine.isVisibleTo(bar)


def test_closed_alerts_come_from_the_record(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.port("bo").command(ChangeAlert(("al-0003",), AlertState.CLOSED, Disposition.BENIGN))
    qtbot.waitUntil(lambda: page.list.model.alert("al-0003") is None)
    page.list.bar.state.setCurrentIndex(page.list.bar.state.findData(AlertState.CLOSED))
    qtbot.waitUntil(lambda: [alert.id for alert in page.list.model.visible_alerts()] == ["al-0003"])
    qtbot.waitUntil(lambda: page.card.state.text() == "Genuine, no threat")
    assert not page.buttons.buttons["close"].isEnabled()


def test_past_alerts_are_searched_in_the_record_by_all_that_the_filter_asks_for(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.alerts.closed = tuple(
        replace(
            engine.alerts.open[0],
            id=f"past-{n:04d}",
            state=AlertState.CLOSED,
            reason="A wolf" if n == 450 else "Nothing",
            raised_ns=1000 - n,
        )
        for n in range(500)
    )
    bar = page.list.bar
    bar.state.setCurrentIndex(bar.state.findData(AlertState.CLOSED))
    qtbot.waitUntil(lambda: len(page.list.model.visible_alerts()) == 200 and page.older.isVisible())
    assert page.older.text() == "Show &older"
    page.older.click()
    qtbot.waitUntil(lambda: len(page.list.model.visible_alerts()) == 400)
    bar.text.setText("wolf")
    qtbot.waitUntil(lambda: [alert.id for alert in page.list.model.visible_alerts()] == ["past-0450"])
    qtbot.waitUntil(lambda: not page.older.isVisible())
    bar.text.setText("north person")
    qtbot.waitUntil(lambda: engine.alerts.asked[-1].text == "north person")
    called = {each.word: each.ids for each in engine.alerts.asked[-1].called}
    assert "gate" in called["north"] and "person" in called["person"]
    bar.text.setText("no such word")
    assert page.list.no_match._title.text() == "Searching the record…"
    qtbot.waitUntil(lambda: page.list.no_match._title.text() == "No alert matches")
    bar.mine.setChecked(True)
    bar.severity.setCurrentIndex(bar.severity.findData("4"))
    qtbot.waitUntil(lambda: engine.alerts.asked[-1].min_severity is Severity.HIGH and engine.alerts.asked[-1].assignee == "ada")
    bar.set_limits(SearchFilter(state="closed", camera_ids=("gate",), event_kinds=("person",), person_id="pe-1", rule_id="night"))
    qtbot.waitUntil(lambda: engine.alerts.asked[-1].rule_id == "night")
    asked = engine.alerts.asked[-1]
    assert (asked.camera_ids, asked.kinds, asked.person_id) == (("gate",), (EventKind.PERSON,), "pe-1")
    bar.clear()
    assert not page.older.isVisible()


def test_past_alerts_are_found_by_the_words_of_their_rows(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    first = replace(engine.alerts.open[0], state=AlertState.CLOSED, severity=Severity.CRITICAL, disposition=Disposition.FALSE)
    engine.alerts.closed = (replace(first, id="past-1"), replace(first, id="past-2", disposition=Disposition.BENIGN))
    bar = page.list.bar
    bar.state.setCurrentIndex(bar.state.findData(AlertState.CLOSED))
    bar.text.setText("false alarm critical")
    qtbot.waitUntil(lambda: [alert.id for alert in page.list.model.visible_alerts()] == ["past-1"])


def test_while_a_search_is_typed_the_record_is_asked_once(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    bar = page.list.bar
    bar.state.setCurrentIndex(bar.state.findData(AlertState.CLOSED))
    qtbot.waitUntil(lambda: page.past.asked)
    engine.alerts.asked.clear()
    qtbot.keyClicks(bar.text, "wolf")
    qtbot.waitUntil(lambda: page.past.asked and not page.past.asking)
    assert [each.text for each in engine.alerts.asked] == ["wolf"]


def test_what_the_engine_refuses_is_said(page: AlertsPage, keys: Keys, engine: FakeEngine, qtbot: QtBot, window: MainWindow) -> None:
    engine.fail("command", EnvironmentFault("busy", "The engine is busy, so that the change may come late or not at all."))
    page.list.select_alert("al-0001")
    page._seen.stop()
    keys.press(Qt.Key.Key_A)
    qtbot.waitUntil(lambda: any("busy" in text for text in told(window)))
    keys.press(Qt.Key.Key_A)
    qtbot.waitUntil(lambda: engine.alerts.alert("al-0001").state is AlertState.ACKNOWLEDGED)


def test_an_alert_leads_to_its_camera_and_back(open_with: Opener, qtbot: QtBot) -> None:
    window = open_with("ada", "live", "alerts")
    page = window.page("alerts")
    assert isinstance(page, AlertsPage)
    page.card.live.click()
    assert window.current_page_id() == "live"
    live = window.page("live")
    assert live.wall.maximised() == "hall"  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: live.alerts.isVisible())  # type: ignore[attr-defined]
    live.alerts.opened.emit("al-0002")  # type: ignore[attr-defined]
    assert window.current_page_id() == "alerts" and page.list.current() == "al-0002"
    window.show_page("live")
    window.status.counts.click()
    assert window.current_page_id() == "alerts"


def test_its_clip_plays_above_the_card_by_itself_and_takes_the_keys_when_asked(
    page: AlertsPage, keys: Keys, engine: FakeEngine, qtbot: QtBot, clip_file: Path
) -> None:
    event = next(event for event in engine.events if event.kind is EventKind.FALL)
    engine.trails[event.id] = EventTrails(event.camera_id, (TrackTrail("tr-0", "person", (event.started_ns,), ((0.1, 0.1, 0.2, 0.5),)),))
    engine.add_clip(event, clip_file)
    page.list.select_alert("al-0001")
    page.list.select_alert("al-0000")
    qtbot.waitUntil(page.stage.shows_clip)
    assert page.list.view.hasFocus() and page.clip.player.is_playing()
    qtbot.waitUntil(lambda: len(page.clip.player.marks().trails) == 1)
    keys.press("p")
    qtbot.waitUntil(page.clip.player.hasFocus)
    keys.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(page.list.view.hasFocus)


def test_two_hundred_alerts_keep_their_place(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    for number in range(200):
        engine.alerts.add(EventKind.PERSON, Severity(1 + number % 4), "hall", 3.0 * number, group=f"g{number // 4}")
    qtbot.waitUntil(lambda: len(page.list.model.visible_alerts()) == 205)
    page.list.select_alert("al-0003")
    engine.alerts.add(EventKind.FIGHT, Severity.CRITICAL, "gate", 0.0)
    qtbot.waitUntil(lambda: len(page.list.model.visible_alerts()) == 206)
    assert page.list.current() == "al-0003"


def test_what_the_engine_could_not_do_has_no_place_and_is_about_nobody(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    kept = "Learning the forecast of incidents failed. The previous forecast remains in use."
    made = engine.alerts.add(EventKind.FORECAST_FAILED, Severity.MODERATE, "", 900.0, procedure=(), reason=kept, position=None)
    engine.publish()
    qtbot.waitUntil(lambda: page.list.select_alert(made.id))
    qtbot.waitUntil(lambda: page.card.facts.fact_text("Severity").startswith("Moderate"))
    assert (page.card.facts.fact_text("Where"), page.card.facts.fact_text("Who")) == ("", "")


def test_long_names_wrap_on_the_card(page: AlertsPage, qtbot: QtBot) -> None:
    page.list.select_alert("al-0001")
    assert page.card.facts.fact_text("Where").startswith(LONG) and page.card.area.horizontalScrollBar().maximum() == 0


def test_everything_has_a_name_for_a_screen_reader(page: AlertsPage) -> None:
    index = page.list.model.index(page.list.model.row_of("al-0000"))
    spoken = page.list.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert all(part in spoken for part in ("Critical", "Fall detected", "Laboratory", "New", "simulated"))
    for named in (page.list.view, page.list.bar.text, page.list.bar.state, page.held.view, page.meter, page.card.ladder):
        assert named.accessibleName()
    assert "Evidence, met" in page.card.ladder.accessibleDescription() or page.card.decision is None


def test_tab_goes_through_the_page_as_it_is_read(page: AlertsPage, keys: Keys, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.card.decision is not None)
    card, buttons = page.card, page.buttons.buttons
    wanted = [page.held.head, *(buttons[what] for what in ("acknowledge", "begin", "close", "take", "note", "shelve"))]
    wanted += [card.live, card.space, card.timeline, *card.procedure.boxes, *card.evidence.boxes()]
    page.why_button.setFocus()
    bar = page.list.bar
    for expected in (page.rules_button, bar.text, bar.mine, bar.shelved, *bar.boxes, page.list.view, *wanted):
        keys.press(Qt.Key.Key_Tab)
        assert expected is QApplication.focusWidget()


def test_an_empty_page_says_what_belongs_here(open_with: Opener, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.alerts.open, engine.alerts.held = (), ()
    engine.publish()
    window = open_with("bo", "alerts")
    page = window.page("alerts")
    assert isinstance(page, AlertsPage)
    assert page.headline.text() == "No open alerts" and page.list.empty.isVisible()
    assert not page.rules_button.isEnabled() and "administrator" in page.rules_button.toolTip()


def test_why_nothing_lists_what_was_weighed_and_what_stopped_it(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.why_button.click()
    dialog = page.findChild(WhyNothingDialog)
    assert isinstance(dialog, WhyNothingDialog) and not dialog.ask_button.isEnabled()
    dialog.plan.setFocus()
    qtbot.keyClick(dialog.plan, Qt.Key.Key_Right)
    dialog.ask_button.click()
    qtbot.waitUntil(lambda: bool(dialog.found.current()))
    row = next(number for number, each in enumerate(dialog.found.rows.all_decisions()) if each.id == "de-h0")
    dialog.found.choose_row(row)
    assert "Stopped by Evidence" in dialog.why.text() and "0.62 below" in dialog.why.text()
    assert next(each for each in dialog.ladder.gate_rows() if each.stopped).title == "Evidence"
    dialog.tabs.setCurrentIndex(1)
    engine.alerts.decisions.clear()
    dialog.ask_button.click()
    qtbot.waitUntil(lambda: dialog.empty.isVisible())
    dialog.close()


def test_rules_are_tried_before_they_are_saved(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.alerts.trial = RuleTrial(40, ("de-h0",), ("de-a1",), ())
    page.rules_button.click()
    dialog = page.findChild(AlertRulesDialog)
    assert isinstance(dialog, AlertRulesDialog)
    assert not dialog.save.isEnabled() and not dialog.try_button.isEnabled(), "nothing is changed yet"
    for row in range(len(dialog.rules)):
        dialog.list.setCurrentRow(row)
    assert dialog.draft() == engine.settings.alerts, "looking changes nothing"
    dialog.list.setCurrentRow(1)
    dialog.form.mode.setCurrentIndex(dialog.form.mode.findData(RuleMode.SHADOW))
    assert "on trial" in dialog.list.item(1).text() and not dialog.save.isEnabled()
    dialog.try_button.click()
    qtbot.waitUntil(dialog.save.isEnabled)
    assert dialog.trial.words.text() == "40 candidates in 24 h: 1 gained, 1 lost, 0 unchanged"
    qtbot.waitUntil(lambda: len(dialog.trial.lists[0].rows.all_decisions()) == 1)
    dialog.form.name.setText("")
    dialog.form.name.textEdited.emit("")
    assert not dialog.save.isEnabled() and dialog.trouble.isVisible()
    dialog.form.name.setText("Somebody unknown")
    dialog.form.name.textEdited.emit("Somebody unknown")
    assert not dialog.save.isEnabled(), "another draft wants another dry run"
    dialog.try_button.click()
    qtbot.waitUntil(dialog.save.isEnabled)
    dialog.save.click()
    qtbot.waitUntil(lambda: any(isinstance(each, ChangeAlerting) for each in engine.commands))
    assert engine.settings.alerts.version == 2 and engine.settings.alerts.rules[1].mode is RuleMode.SHADOW


def test_rules_that_somebody_else_changed_are_not_overwritten(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.rules_button.click()
    dialog = page.findChild(AlertRulesDialog)
    assert isinstance(dialog, AlertRulesDialog)
    engine.settings = replace(engine.settings, alerts=replace(engine.settings.alerts, version=7))
    dialog.remove_rule.click()
    dialog.try_button.click()
    qtbot.waitUntil(dialog.save.isEnabled)
    dialog.save.click()
    qtbot.waitUntil(dialog.trouble.isVisible)
    assert "changed meanwhile" in dialog.trouble.text() and dialog.isVisible()
    assert dialog.load_newer.isVisible()
    qtbot.waitUntil(lambda: page._bridge.snapshot is not None and page._bridge.snapshot.settings.alerts.version == 7)
    dialog.load_newer.click()
    assert dialog.draft() == engine.settings.alerts and not dialog.load_newer.isVisible() and not dialog.trouble.isVisible()
    dialog.close()


@pytest.fixture
def rules(page: AlertsPage, qtbot: QtBot) -> Iterator[AlertRulesDialog]:
    page.rules_button.click()
    dialog = page.findChild(AlertRulesDialog)
    assert isinstance(dialog, AlertRulesDialog)
    yield dialog
    if shiboken6.isValid(dialog):  # once saved it is gone
        dialog.close()


def read(dialog: AlertRulesDialog, qtbot: QtBot, text: str) -> None:
    """Write it, and wait until the engine has read it."""
    dialog.text.editor.setPlainText(text)
    qtbot.waitUntil(lambda: dialog.text.is_read)


def test_rules_are_written_as_text_and_the_form_tells_the_same(rules: AlertRulesDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    rules.form.name.setText("Somebody is hurt")
    rules.form.name.textEdited.emit("")
    rules.tabs.setCurrentWidget(rules.text)
    qtbot.waitUntil(lambda: rules.text.settled)
    text = rules.text.editor.toPlainText()
    assert text.startswith('[[rule]]\nid = "urgent"\nname = "Somebody is hurt"\n')
    read(rules, qtbot, "# mine\n" + text.replace("Somebody is hurt", "Hurt").replace('["fall", "fight"]', '["fight", "fall"]'))
    assert rules.list.item(0).text() == rules.form.name.text() == "Hurt"
    rules.tabs.setCurrentWidget(rules.by_form)
    assert rules.draft().rules[0].kinds == (EventKind.FIGHT, EventKind.FALL), "looking at the form changes nothing"
    rules.tabs.setCurrentWidget(rules.text)
    assert rules.text.editor.toPlainText().startswith("# mine\n"), "what says the same stays as it is written"
    rules.tabs.setCurrentWidget(rules.by_form)
    rules.form.name.setText("Badly hurt")
    rules.form.name.textEdited.emit("")
    rules.tabs.setCurrentWidget(rules.text)
    qtbot.waitUntil(lambda: rules.text.settled)
    assert 'name = "Badly hurt"' in rules.text.editor.toPlainText()
    assert not rules.save.isEnabled()
    rules.try_button.click()
    qtbot.waitUntil(rules.save.isEnabled)
    rules.save.click()
    qtbot.waitUntil(lambda: engine.settings.alerts.version == 2)
    assert engine.settings.alerts.rules[0].name == "Badly hurt"


def test_what_is_wrong_in_the_text_is_shown_at_its_line_and_keeps_the_form_away(
    rules: AlertRulesDialog, engine: FakeEngine, qtbot: QtBot
) -> None:
    before = rules.draft()
    rules.tabs.setCurrentWidget(rules.text)
    qtbot.waitUntil(lambda: rules.text.settled)
    good = rules.text.editor.toPlainText()
    wrong_at = good[: good.index("armed_only")].count("\n") + 1
    read(rules, qtbot, good.replace('"fall"', '"fal"').replace("armed_only", "armed_onl"))
    assert [each.line for each in rules.text.wrong] == [4, wrong_at] == sorted(rules.text.editor.marks())
    assert "'fal' is none of" in rules.text.findings.item(0).text() and rules.text.findings.isVisible()
    assert "2 errors" in rules.trouble.text() and "Correct the rules" in rules.trial.words.text()
    assert not rules.try_button.isEnabled() and not rules.save.isEnabled()
    rules.tabs.setCurrentWidget(rules.by_form)
    assert rules.tabs.currentWidget() is rules.text and rules.text.editor.line() == 4
    qtbot.keyClick(rules.text.editor, Qt.Key.Key_F8)
    assert rules.text.editor.line() == wrong_at
    rules.text.findings.itemActivated.emit(rules.text.findings.item(0))
    assert rules.text.editor.line() == 4
    rules.tabs.setCurrentWidget(rules.arming)
    assert "under Text" in rules.trouble.text() and not rules.save.isEnabled()
    rules.tabs.setCurrentWidget(rules.text)
    rules.text.editor.setPlainText(good + "\n")
    rules.tabs.setCurrentWidget(rules.by_form)
    qtbot.waitUntil(lambda: rules.tabs.currentWidget() is rules.by_form)
    assert rules.draft() == before and not rules.trouble.isVisible()


def test_a_form_that_is_wrong_is_put_right_before_the_text_is_shown(rules: AlertRulesDialog) -> None:
    rules.form.name.setText("")
    rules.form.name.textEdited.emit("")
    rules.tabs.setCurrentWidget(rules.text)
    assert rules.tabs.currentWidget() is rules.by_form and rules.trouble.isVisible()


def test_rules_as_text_with_the_keyboard_alone(page: AlertsPage, keys: Keys, engine: FakeEngine, qtbot: QtBot) -> None:
    page.rules_button.setFocus()
    keys.press(Qt.Key.Key_Space)
    rules = keys.dialog(page, AlertRulesDialog)
    assert isinstance(rules, AlertRulesDialog)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert rules.tabs.currentWidget() is rules.text
    qtbot.waitUntil(lambda: rules.text.settled and rules.text.editor.hasFocus())
    qtbot.keyClick(rules.text.editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    keys.press(Qt.Key.Key_Return, "[[rule]]", Qt.Key.Key_Return, 'id = "mine"', Qt.Key.Key_Return, 'name = "Mine"')
    qtbot.waitUntil(lambda: rules.text.settled and rules.list.count() == len(engine.settings.alerts.rules) + 1)
    qtbot.keyClick(rules.text.editor, Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(rules.save.hasFocus)
    keys.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: engine.settings.alerts.rules[-1].id == "mine")


def test_the_site_mode_is_changed_after_one_question(window: MainWindow, page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    button = window.status.mode_button
    assert button.text() == "Armed: night" and "all zones armed" in button.toolTip()
    button.modes[SiteMode.HOME].trigger()
    asked = window.findChild(SiteModeDialog)
    assert isinstance(asked, SiteModeDialog) and not any(isinstance(each, SetSiteMode) for each in engine.commands)
    asked.go.click()
    qtbot.waitUntil(lambda: engine.settings.alerts.mode is SiteMode.HOME)
    qtbot.waitUntil(lambda: button.text() == "Site mode: Home" and bool(window.toasts.toasts()))
    window.toasts.toasts()[-1].action_requested.emit()
    qtbot.waitUntil(lambda: engine.settings.alerts.mode is SiteMode.NIGHT)


def test_the_status_bar_counts_what_is_open(window: MainWindow, page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert window.status.counts.words() == "Open alerts: 1 critical, 2 high, 1 moderate, 1 low"
    engine.alerts.open = ()
    qtbot.waitUntil(lambda: window.status.counts.words() == "No open alerts")


class Hands(QObject):
    """Counts what a person presses: keys (a chord is one, with how many modifiers it needs) and clicks."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        super().__init__(window)
        self.keys = self.modifiers = self.clicks = 0
        self._qtbot = qtbot

    def key(self, key: Qt.Key, *held: Qt.KeyboardModifier) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None, "nobody has the keyboard"
        self.keys, self.modifiers = self.keys + 1, self.modifiers + len(held)
        modifiers = Qt.KeyboardModifier.NoModifier
        for each in held:
            modifiers |= each
        self._qtbot.keyClick(focused, key, modifiers)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        assert widget.isVisible() and widget.isEnabled()
        self.clicks += 1
        self._qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())


def raised_with_clip(engine: FakeEngine, clip_file: Path) -> str:
    """One new alert on a calm site, whose clip is there."""
    engine.alerts.open = engine.alerts.held = ()
    made = engine.alerts.add(EventKind.FIGHT, Severity.CRITICAL, "yard", 30.0, reason="Two people fight in the yard.")
    engine.add_clip(next(event for event in engine.events if event.id == made.event_id), clip_file)
    return made.id


def is_closed(engine: FakeEngine, alert_id: str) -> bool:
    return any(alert.id == alert_id and alert.disposition is Disposition.TRUE for alert in engine.alerts.closed)


def test_from_raised_to_closed_takes_at_most_five_keys(open_with: Opener, engine: FakeEngine, qtbot: QtBot, clip_file: Path) -> None:
    """Raised while Live is on screen, its cause seen on video, acknowledged, closed as a true alarm."""
    with engine.running():
        window = open_with("ada", "live", "alerts")
        window.show_page("live")
        alert_id = raised_with_clip(engine, clip_file)
        live, hands = window.page("live"), Hands(window, qtbot)
        qtbot.waitUntil(lambda: live.alerts.isVisible())  # type: ignore[attr-defined]
        hands.key(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)  # the second of this window's pages
        page = window.page("alerts")
        assert isinstance(page, AlertsPage)
        qtbot.waitUntil(lambda: page.list.current() == alert_id and page.stage.shows_clip() and page.clip.player.is_playing())
        qtbot.waitUntil(page.list.view.hasFocus)
        hands.key(Qt.Key.Key_A)
        qtbot.waitUntil(lambda: engine.alerts.alert(alert_id).state is AlertState.ACKNOWLEDGED)
        hands.key(Qt.Key.Key_C)
        qtbot.waitUntil(lambda: any(one.isActiveWindow() for one in window.findChildren(CloseAlertDialog)))
        hands.key(Qt.Key.Key_1)
        qtbot.waitUntil(lambda: is_closed(engine, alert_id))
        assert (hands.keys, hands.modifiers, hands.clicks) == (4, 1, 0)


def test_from_raised_to_closed_takes_at_most_four_clicks(open_with: Opener, engine: FakeEngine, qtbot: QtBot, clip_file: Path) -> None:
    with engine.running():
        window = open_with("ada", "live", "alerts")
        window.show_page("live")
        alert_id = raised_with_clip(engine, clip_file)
        live, hands = window.page("live"), Hands(window, qtbot)
        column = live.alerts  # type: ignore[attr-defined]
        qtbot.waitUntil(column.isVisible)
        hands.click(column.view.viewport(), column.view.visualRect(column.model.index(0)).center())
        page = window.page("alerts")
        assert isinstance(page, AlertsPage)
        qtbot.waitUntil(lambda: page.list.current() == alert_id and page.stage.shows_clip() and page.clip.player.is_playing())
        hands.click(page.buttons.buttons["acknowledge"])
        qtbot.waitUntil(lambda: engine.alerts.alert(alert_id).state is AlertState.ACKNOWLEDGED)
        hands.click(page.buttons.buttons["close"])
        qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(CloseAlertDialog)))
        dialog = next(one for one in window.findChildren(CloseAlertDialog) if one.isVisible())
        hands.click(next(button for button in dialog.findChildren(QPushButton) if "True alarm" in button.text()))
        qtbot.waitUntil(lambda: is_closed(engine, alert_id))
        assert (hands.keys, hands.clicks) == (0, 4)


def test_an_incident_s_row_has_the_photo_of_its_report(page: AlertsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    """First without one: a report that comes later may bring it."""
    book, pictures = engine.incidents, page.list.pictures
    (incident_id,) = set(book.file(report(engine, 1, 60, IncidentCategory.FIRE, "Smoke behind the kiosk.")))
    made = engine.alerts.add(EventKind.INCIDENT, Severity.HIGH, "", incident_id=incident_id, position=None)
    engine.publish()
    qtbot.waitUntil(lambda: page.list.select_alert(made.id) and bool(pictures._thumbnails._asked.get(incident_id)))
    assert picture_id_of(made) == incident_id and pictures._thumbnail(made) is None
    photo = book.send(jpeg(engine.scene("hall").picture_at(3.0, 320, 180)))
    with qtbot.waitSignal(pictures.changed) as shown:
        book.file(report(engine, 2, 50, IncidentCategory.FIRE, "It burns behind the kiosk.", media=(photo,)))
        engine.publish()
    assert shown.args == [incident_id] and pictures._thumbnail(made) is not None
