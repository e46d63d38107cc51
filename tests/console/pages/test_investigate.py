"""The Investigate page over the fake engine: lanes, jumping, searching, bookmarks, trying settings, replay, packs, who may what."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.dialogs.cameras.recording import RecordingDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.evidence.bookmark import BookmarkDialog
from console.dialogs.evidence.packs import EvidencePacksDialog
from console.pages.investigate.investigate import InvestigatePage
from console.pages.investigate.region import Region
from console.pages.live.live import LivePage
from console.palette.commands_catalogue_buttons import button_actions
from console.session.remembered import Remembered
from console.shell.jump_links import Jump, link_of, read_link
from console.shell.undo import UndoDesk
from console.window import MainWindow
from engine.model.alerts.decision import CandidateKind, Decision, GateReading, Outcome
from engine.model.alerts.settings import AlertSettings
from engine.model.command import ChangeSettings
from engine.model.errors import EnvironmentFault
from engine.model.event import EventKind, Severity
from engine.model.history.evidence import HiddenRegion
from engine.model.history.plan import PlannedQuery, QuestionPlan
from engine.model.history.query import Ask, Query, Scope, Who
from engine.model.history.replay import (
    ApplyReplay,
    ChangeReplay,
    DifferenceKind,
    Different,
    MoveReplay,
    ReplayDifference,
    ReplaySettings,
    StartReplay,
    StopReplay,
)
from engine.model.history.timeline import (
    Bookmark,
    FindNeighbour,
    GetTimeline,
    HitKind,
    LaneKind,
    SavedSearch,
    SaveSearch,
    SearchFilter,
    SearchHit,
    SearchRecord,
    TrackBack,
)
from engine.model.incidents.incident import Incident, IncidentCategory
from engine.model.time import SECOND
from tests.console.pages.investigate_stage import Open, opening
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.engine import FakeEngine
from widgets.timeline.timeline_window import DAY_NS, HOUR_NS, MINUTE_NS, window


@pytest.fixture
def open_page(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Open]:
    yield from opening(engine, remembered, qtbot)


@pytest.fixture
def page(open_page: Open) -> InvestigatePage:
    return open_page()


@pytest.fixture
def running(engine: FakeEngine) -> Iterator[None]:
    with engine.running():
        yield


def hit(engine: FakeEngine, n: int, text: str = "Person at the gate", kind: HitKind = HitKind.EVENT) -> SearchHit:
    return SearchHit(kind, f"{kind.value}-{n}", engine.now_ns - n * MINUTE_NS, text, None, "gate", "p-ada", 2)


def test_it_opens_on_the_last_hour_with_a_lane_for_each_camera(page: InvestigatePage, engine: FakeEngine) -> None:
    shown = page.timeline.window_shown()
    assert shown.length_ns == HOUR_NS
    assert shown.holds(engine.now_ns)
    names = [row.name for row in page.timeline.canvas.lane_rows()]
    assert names[0] == "Cameras"
    assert {"Yard", "Decisions", "Operators"} <= set(names)
    assert shown.holds(page.timeline.canvas.playhead() or 0)


def test_one_question_is_asked_for_a_view_that_has_settled(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.asked.clear()
    canvas = page.timeline.canvas
    for _ in range(20):
        canvas.set_window(canvas.window_shown().shifted(MINUTE_NS))
    qtbot.waitUntil(page.has_content)
    asked = [each for each in engine.past.asked if isinstance(each, GetTimeline)]
    assert 1 <= len(asked) <= 2
    assert asked[-1].columns == pytest.approx(canvas.columns(), abs=2)
    assert asked[-1].since_ns <= canvas.window_shown().since_ns


def test_while_it_loads_the_old_lanes_stay_and_the_screen_is_free(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.hold("ask")
    before = page.timeline.canvas.lane_rows()
    page.timeline.canvas.set_window(page.timeline.window_shown().zoomed(0.2, engine.now_ns - HOUR_NS // 2))
    qtbot.waitUntil(lambda: page.feed._asking is not None)
    assert page.timeline.canvas.lane_rows() == before
    assert not page.has_content()
    gate.set()
    qtbot.waitUntil(page.has_content)


def test_a_record_that_cannot_be_read_says_so_and_the_next_view_is_asked_for(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.fail("ask", EnvironmentFault("disk", "The record cannot be read. Check the disk."), GetTimeline)
    page.timeline.canvas.set_window(page.timeline.window_shown().shifted(-DAY_NS))
    qtbot.waitUntil(lambda: "cannot be read" in page.timeline.readout.text())
    page.timeline.canvas.set_window(page.timeline.window_shown().shifted(-DAY_NS))
    qtbot.waitUntil(page.has_content)
    assert page.timeline.canvas.lane_rows()


def test_what_happens_now_is_added_while_now_is_in_view(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.asked.clear()
    engine.now_ns += 30 * SECOND
    engine.publish()
    qtbot.waitUntil(lambda: any(isinstance(each, GetTimeline) for each in engine.past.asked))
    page.timeline.canvas.set_window(page.timeline.window_shown().shifted(-30 * DAY_NS))
    qtbot.waitUntil(page.has_content)
    engine.past.asked.clear()
    engine.now_ns += 300 * SECOND
    engine.publish()
    qtbot.waitUntil(lambda: page._bridge.snapshot is not None and page._bridge.snapshot.at_ns == engine.now_ns)
    assert not any(isinstance(each, GetTimeline) for each in engine.past.asked)


# going somewhere


def test_a_click_on_the_lanes_moves_the_clock(page: InvestigatePage, engine: FakeEngine) -> None:
    at_ns = engine.now_ns - 20 * MINUTE_NS
    page.timeline.canvas.sought.emit(at_ns)
    assert page.playback.position_ns == at_ns
    assert page.timeline.canvas.playhead() == at_ns


def test_the_next_event_and_the_one_before(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    moments = [engine.now_ns - n * 10 * MINUTE_NS for n in (30, 3, 2)]
    engine.past.moments = moments
    page.jump(engine.now_ns - 25 * MINUTE_NS)
    QTest.keyClick(page.timeline.canvas, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: page.playback.position_ns == moments[2])
    QTest.keyClick(page.timeline.canvas, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: page.playback.position_ns == moments[1])
    page.step_event(False)
    qtbot.waitUntil(lambda: page.playback.position_ns == moments[0])
    assert page.timeline.window_shown().holds(moments[0])
    page.step_event(False)
    qtbot.waitUntil(lambda: any("No earlier event" in toast.text() for toast in page._toasts.toasts()))


def test_with_some_of_the_cameras_only_their_events_are_gone_through(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.cameras.choose("yard", False)
    assert page.playback.cameras == ("gate",)
    page.step_event(True)
    qtbot.waitUntil(lambda: any(isinstance(each, FindNeighbour) and each.camera_ids == ("gate",) for each in engine.past.asked))


def test_home_goes_to_where_the_record_begins_and_end_to_now(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.moments = [engine.now_ns - 300 * DAY_NS, engine.now_ns - HOUR_NS]
    QTest.keyClick(page.timeline.canvas, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: page.playback.position_ns == engine.past.moments[0])
    QTest.keyClick(page.timeline.canvas, Qt.Key.Key_End)
    assert page.timeline.window_shown().holds(engine.now_ns)


def test_a_day_of_the_calendar_is_shown_from_its_first_event(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    at_ns = engine.now_ns - 3 * DAY_NS
    engine.past.moments = [at_ns]
    day = datetime.fromtimestamp(at_ns // SECOND, page._zone).date()
    page.open_calendar()
    page.calendar.calendar.setCurrentPage(day.year, day.month)
    qtbot.waitUntil(lambda: page.calendar.calendar.count(QDate(day.year, day.month, day.day)) is not None)
    page.calendar.calendar.clicked.emit(QDate(day.year, day.month, day.day))
    assert not page.calendar.isVisible()
    qtbot.waitUntil(lambda: page.playback.position_ns == at_ns)
    assert page.timeline.window_shown().length_ns == DAY_NS


def test_days_to_come_cannot_be_chosen(page: InvestigatePage) -> None:
    page.open_calendar()
    last = page.calendar.calendar.maximumDate()
    today = datetime.fromtimestamp(page._clock.now_ns() // SECOND, page._zone).date()
    assert date(last.year(), last.month(), last.day()) == today
    page.calendar.hide()


def test_a_link_leads_to_its_moment_and_camera(page: InvestigatePage, engine: FakeEngine) -> None:
    at_ns = (engine.now_ns - 5 * DAY_NS) // 1_000_000 * 1_000_000
    page.cameras.choose("gate", False)
    page.visit(link_of(Jump(at_ns, "gate")))
    assert page.playback.position_ns == at_ns
    assert "gate" in page.playback.cameras
    assert page.timeline.window_shown().holds(at_ns)


def test_a_link_that_is_none_is_refused_in_words(page: InvestigatePage) -> None:
    before = page.playback.position_ns
    page.visit("watchroom://delete/everything")
    assert page.playback.position_ns == before
    assert any("not a link to a moment" in toast.text() for toast in page._toasts.toasts())


def test_the_link_that_is_copied_leads_back_here(page: InvestigatePage, engine: FakeEngine) -> None:
    at_ns = (engine.now_ns - HOUR_NS) // 1_000_000 * 1_000_000
    page.jump(at_ns)
    page.copy_link()
    assert read_link(QGuiApplication.clipboard().text()).at_ns == at_ns


def test_a_time_typed_into_the_box_is_gone_to(page: InvestigatePage) -> None:
    page.question.setFocus()
    QTest.keyClicks(page.question, "2026-01-02 21:04")
    QTest.keyClick(page.question, Qt.Key.Key_Return)
    moment = datetime.fromtimestamp(page.playback.position_ns / SECOND, page._zone)
    assert (moment.year, moment.month, moment.day, moment.hour, moment.minute) == (2026, 1, 2, 21, 4)


def test_letters_typed_into_a_field_do_not_play(page: InvestigatePage, engine: FakeEngine) -> None:
    page.question.setFocus()
    QTest.keyClicks(page.question, "jklnbio, .")
    assert page.question.text() == "jklnbio, ."
    assert not page.playback.state.playing
    assert page.timeline.range_chosen() is None


# searching


def test_words_are_searched_for_and_a_click_goes_there(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.hits = [hit(engine, 4), hit(engine, 9, "Van in the yard")]
    page.question.setText("gate")
    page.ask()
    assert page.panel.currentWidget() is page.found
    qtbot.waitUntil(lambda: page.found.headline.text() == "1 found for “gate”")
    view = page.found.list
    view.clicked.emit(view.model().index(0, 0))
    assert engine.past.hits[0].at_ns - 5 * SECOND <= page.playback.position_ns <= engine.past.hits[0].at_ns


def test_older_hits_come_a_page_at_a_time(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.hits = [hit(engine, n) for n in range(70)]
    page.show_tab(page.found)
    page.found.search_text("person")
    qtbot.waitUntil(lambda: page.found.older.isVisible())
    assert page.found.headline.text().startswith("50+ found")
    page.found.older.click()
    qtbot.waitUntil(lambda: page.found.list.model().rowCount() == 70)
    assert not page.found.older.isVisible()


def test_nothing_found_and_a_search_that_failed_look_different(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.show_tab(page.found)
    page.found.search_text("zebra")
    qtbot.waitUntil(lambda: "Nothing was found for “zebra”" in page.found.empty._title.text())
    engine.fail("ask", EnvironmentFault("disk", "The index is damaged."), SearchRecord)
    page.found.search_text("van")
    qtbot.waitUntil(lambda: "could not be searched" in page.found.empty._title.text())
    assert page.found.empty.isVisible()


def test_only_the_newest_search_is_shown(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.hits = [hit(engine, 1, "first"), hit(engine, 2, "second")]
    gate = engine.hold("ask")
    page.found.search_text("first")
    page.found.search_text("second")
    gate.set()
    qtbot.waitUntil(lambda: page.found.list.model().rowCount() == 1 and page._bridge.idle)
    assert "second" in page.found.list.model().index(0, 0).data()


def test_a_person_is_tracked_back_stay_by_stay(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.hits = [hit(engine, 3), hit(engine, 8)]
    page.visit("person:p-ada")
    qtbot.waitUntil(lambda: page.found.list.model().rowCount() == 2)
    assert any(isinstance(each, TrackBack) and each.person_id == "p-ada" for each in engine.past.asked)


def test_a_search_is_kept_and_run_again(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.hits = [hit(engine, 3)]
    page.found.search_text("gate")
    page.found.saves.save_current()
    qtbot.waitUntil(lambda: any(isinstance(each, SaveSearch) for each in engine.commands))
    page.found.saves.ask_saved()
    qtbot.waitUntil(lambda: len(page.found.saved.menu().actions()) > 2)
    engine.past.asked.clear()
    page.found.saved.menu().actions()[2].trigger()
    qtbot.waitUntil(lambda: any(isinstance(each, SearchRecord) and each.filter.text == "gate" for each in engine.past.asked))


def test_a_saved_question_is_asked_anew(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.searches["Night"] = SavedSearch("se-1", "Night & day", "ada", SearchFilter(), question="Who was here last night?")
    visits: list[tuple[str, str]] = []
    page.visit_requested.connect(lambda where, what: visits.append((where, what)))
    page.found.saves.ask_saved()
    menu = page.found.saved.menu()
    qtbot.waitUntil(lambda: len(menu.actions()) > 2)
    assert menu.actions()[2].text() == "Night && day"
    menu.actions()[2].trigger()
    assert visits == [("chat", "Who was here last night?")] and not any(isinstance(each, SearchRecord) for each in engine.past.asked)


# bookmarks


def test_b_puts_a_note_on_the_moment(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    at_ns = engine.now_ns - 7 * MINUTE_NS
    page.jump(at_ns)
    page.timeline.canvas.setFocus()
    QTest.keyClick(page.timeline.canvas, Qt.Key.Key_B)
    dialog = next(each for each in page.findChildren(BookmarkDialog) if each.isVisible())
    assert not dialog.save.isEnabled()
    dialog.note.setPlainText("The van comes back")
    dialog.submit()
    qtbot.waitUntil(lambda: len(page.timeline.canvas._bookmarks) == 1)
    assert page.timeline.canvas._bookmarks[0].at_ns == at_ns
    qtbot.waitUntil(lambda: page.bookmarks.list.model().rowCount() == 1)


def test_a_bookmark_may_be_on_the_stretch_that_is_chosen(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    stretch = (engine.now_ns - 20 * MINUTE_NS, engine.now_ns - 10 * MINUTE_NS)
    page.timeline.canvas.set_range(stretch)
    dialog = page.bookmarks.add(page.playback.position_ns, page.timeline.range_chosen())
    dialog.note.setPlainText("Guard round")
    dialog.whole.setChecked(True)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(engine.past.bookmarks))
    made = next(iter(engine.past.bookmarks.values()))
    assert (made.at_ns, made.until_ns) == stretch


def test_a_flag_is_gone_to_changed_removed_and_brought_back(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    note = Bookmark("bm-x", engine.now_ns - 30 * MINUTE_NS, "Gate stands open", "ada", engine.now_ns)
    engine.past.bookmarks = {"bm-x": note}
    page.bookmarks.load()
    qtbot.waitUntil(lambda: page.bookmarks.list.model().rowCount() == 1)
    page.timeline.canvas.bookmark_chosen.emit("bm-x")
    assert page.playback.position_ns == note.at_ns
    page.bookmarks.edit()
    dialog = next(each for each in page.findChildren(BookmarkDialog) if each.isVisible())
    dialog.note.setPlainText("Gate stands open again")
    dialog.submit()
    qtbot.waitUntil(lambda: engine.past.bookmarks["bm-x"].note.endswith("again"))
    qtbot.waitUntil(lambda: page.bookmarks.current() is not None and page.bookmarks.current().note.endswith("again"))
    desk = UndoDesk(page._bridge, page._toasts, page)
    desk.show_snapshot(engine.snapshot)
    page.bookmarks.remove()
    qtbot.waitUntil(lambda: not engine.past.bookmarks and not page.bookmarks.list.model().rowCount())
    desk.show_snapshot(engine.snapshot)
    toast = next(each for each in page._toasts.toasts() if "removed" in each.text())
    toast.action_requested.emit()
    qtbot.waitUntil(lambda: [each.note for each in engine.past.bookmarks.values()] == ["Gate stands open again"])
    qtbot.waitUntil(lambda: page.bookmarks.list.model().rowCount() == 1)


# the stretch


def test_i_and_o_choose_a_stretch(page: InvestigatePage, engine: FakeEngine) -> None:
    first, last = engine.now_ns - 30 * MINUTE_NS, engine.now_ns - 20 * MINUTE_NS
    page.timeline.canvas.setFocus()
    page.jump(first)
    QTest.keyClick(page.timeline.canvas, Qt.Key.Key_I)
    page.jump(last)
    QTest.keyClick(page.timeline.canvas, Qt.Key.Key_O)
    assert page.timeline.range_chosen() == (first, last)


DECIDED = Decision(
    "de-404", CandidateKind.SEQUENCE, "tr-1", "yard", 0, Outcome.RAISED, (GateReading("confidence", 0.5, 0.3, 0.2, True),), "Less sure."
)
DIFFERENCE = ReplayDifference(
    "",
    (Different(DifferenceKind.ALERT, "al-1", 0, None, "Somebody unknown in an armed zone", 4, "yard", "de-404"),),
    (Different(DifferenceKind.HELD, "de-7", 0, None, "Motion", 1, "gate", ""),),
    ((DifferenceKind.EVENT, 41),),
    (("gates.min_confidence", "0.45", "0.3"),),
    24.0,
    ("A minute of it is damaged.",),
)


def tried(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    at_ns = engine.now_ns - 25 * MINUTE_NS
    gained, lost = (
        tuple(Different(e.kind, e.id, at_ns, None, e.what, e.severity, e.camera_id, e.decision_id) for e in found)
        for found in (DIFFERENCE.gained, DIFFERENCE.lost)
    )
    engine.past.difference = ReplayDifference("", gained, lost, DIFFERENCE.same, DIFFERENCE.changed, 24.0, DIFFERENCE.missing, (DECIDED,))
    stayed = Different(DifferenceKind.EVENT, "ev-9", at_ns + MINUTE_NS, None, "Person", 1, "gate")
    engine.past.difference = replace(engine.past.difference, unchanged=(stayed,))
    page.timeline.canvas.set_range((engine.now_ns - 30 * MINUTE_NS, engine.now_ns - 20 * MINUTE_NS))
    page.try_settings()
    page.trying.form.confidence.setValue(0.3)
    page.trying.run_button.click()
    qtbot.waitUntil(lambda: page.trying.difference() is not None)


def test_other_settings_are_tried_on_a_stretch(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None) -> None:
    tried(page, engine, qtbot)
    started = next(each for each in engine.commands if isinstance(each, StartReplay))
    assert (started.since_ns, started.until_ns) == page.timeline.range_chosen()
    changed = next(each for each in engine.commands if isinstance(each, ChangeReplay))
    assert changed.settings.gates is not None
    assert changed.settings.gates.min_confidence == 0.3
    assert changed.settings == ReplaySettings(gates=changed.settings.gates)  # what nobody touched stays as it was then
    panel = page.trying
    assert "Alerts: 1 gained, 0 lost, 0 the same." in panel.words.text()
    assert "24 × real time" in panel.words.text()
    assert panel.tabs.tabText(0) == "Gained (1)"
    assert panel.tabs.tabText(1) == "Lost (1)"
    assert panel.tabs.tabText(2) == "Same (41)"
    assert panel.notices.texts() == ("A minute of it is damaged.",)
    assert "0.45 → 0.3" in panel.changed.text()


def test_what_differs_is_gone_to_and_explained(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None) -> None:
    tried(page, engine, qtbot)
    assert page.why.isHidden()
    page.trying.gained.clicked.emit(page.trying.gained.model().index(0, 0))
    assert engine.past.difference is not None
    assert page.playback.position_ns == engine.past.difference.gained[0].at_ns
    assert page.why.decision is DECIDED
    assert page.why.ladder.gate_rows()[0].passed
    page.trying.same.clicked.emit(page.trying.same.model().index(0, 0))
    assert page.playback.position_ns == engine.past.difference.unchanged[0].at_ns
    page.trying.lost.clicked.emit(page.trying.lost.model().index(0, 0))
    assert "names no decision" in page.why.empty._text.text()
    page.why.close_button.click()
    assert page.why.isHidden()


def test_settings_that_were_tried_are_applied_only_after_a_question(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None
) -> None:
    tried(page, engine, qtbot)
    page.trying.apply_button.click()
    assert not any(isinstance(each, ApplyReplay) for each in engine.commands)
    dialog = next(each for each in page.findChildren(ConfirmDialog) if each.isVisible())
    dialog.go.click()
    qtbot.waitUntil(lambda: any(isinstance(each, ApplyReplay) for each in engine.commands))
    qtbot.waitUntil(lambda: any("Settings applied" in toast.text() for toast in page._toasts.toasts()))


def test_nothing_runs_without_a_stretch_or_a_change(page: InvestigatePage, engine: FakeEngine) -> None:
    page.show_tab(page.trying)
    assert not page.trying.run_button.isEnabled()
    page.trying.form.seen.setValue(2.0)
    assert not page.trying.run_button.isEnabled()
    assert "Select a range" in page.trying.when.text()
    page.timeline.canvas.set_range((engine.now_ns - HOUR_NS, engine.now_ns))
    assert page.trying.run_button.isEnabled()
    page.trying.form.reset()
    assert not page.trying.run_button.isEnabled()


def test_an_alert_rules_threshold_is_tried_by_itself(page: InvestigatePage) -> None:
    form = page.trying.form
    form.choose_rule("armed-zone")
    form.odds.setValue(1.5)
    rules = {rule.id: rule for rule in (form.tried().alerts or AlertSettings()).rules}
    assert rules["armed-zone"].min_log_odds == 1.5
    assert rules["urgent"] == {rule.id: rule for rule in AlertSettings().rules}["urgent"]
    assert form.tried().gates is None


def test_a_run_that_is_refused_says_why_and_can_be_tried_again(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.timeline.canvas.set_range((engine.now_ns - HOUR_NS, engine.now_ns))
    page.trying.form.seen.setValue(2.0)
    engine.fail("command", EnvironmentFault("no_record", "Nothing of this stretch is in the record any more."), StartReplay)
    page.trying.run()
    qtbot.waitUntil(lambda: page.trying.notices.texts() == ("Nothing of this stretch is in the record any more.",))
    assert page.trying.run_button.isEnabled()


# replay


def test_a_replay_follows_the_clock_and_is_never_taken_for_live(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None
) -> None:
    at_ns = engine.now_ns - 30 * MINUTE_NS
    page.jump(at_ns)
    page.start_replay()
    qtbot.waitUntil(lambda: page.replay.session is not None)
    assert page.floor.mark.isVisible()
    qtbot.waitUntil(lambda: page.floor.when.text() != "" and page.floor.view() is not None)
    page.jump(at_ns + 4 * MINUTE_NS)
    qtbot.waitUntil(lambda: any(isinstance(each, MoveReplay) and each.seek_ns == at_ns + 4 * MINUTE_NS for each in engine.commands))
    page.rerun.toggle()
    qtbot.waitUntil(lambda: any(isinstance(each, StopReplay) for each in engine.commands))
    assert not page.floor.mark.isVisible()
    assert page.floor.shown.currentWidget() is page.floor.empty


def test_a_replay_that_cannot_begin_says_why(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("command", EnvironmentFault("no_record", "Nothing of this stretch is in the record."), StartReplay)
    page.start_replay()
    qtbot.waitUntil(lambda: page.floor.notices.texts() == ("Nothing of this stretch is in the record.",))
    assert not page.replay.on


def test_what_was_asked_before_a_replay_was_ended_says_nothing(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None
) -> None:
    page.start_replay()
    qtbot.waitUntil(lambda: page.replay.session is not None)
    gate = engine.hold("ask")
    qtbot.waitUntil(lambda: page.replay._asking)
    page.rerun.toggle()
    qtbot.waitUntil(lambda: not engine.past.replays)
    gate.set()
    qtbot.wait(100)
    assert page.floor.notices.texts() == ()


def test_a_replay_that_was_given_up_before_it_began_is_ended(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.hold("command")
    page.start_replay()
    page.rerun.toggle()
    gate.set()
    qtbot.waitUntil(lambda: any(isinstance(each, StopReplay) for each in engine.commands))
    assert not page.replay.on
    assert not engine.past.replays


def test_a_replay_that_somebody_else_ended_is_said_without_its_id(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None
) -> None:
    page.start_replay()
    qtbot.waitUntil(lambda: page.replay.session is not None)
    engine.past.replays.clear()
    qtbot.waitUntil(lambda: not page.replay.on)
    assert [text for text in page.floor.notices.texts() if "The replay ended" in text]


# packs, settings, rights


def test_the_pack_is_of_the_stretch_and_of_the_cameras_shown(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None
) -> None:
    stretch = (engine.now_ns - 30 * MINUTE_NS, engine.now_ns - 20 * MINUTE_NS)
    page.timeline.canvas.set_range(stretch)
    page.cameras.choose("gate", False)
    dialog = page.make_pack()
    dialog.form.name.set_value("Break-in at the yard")
    engine.packs["pack-1"] = Path("break-in.zip")
    dialog.make()
    qtbot.waitUntil(lambda: dialog.verify_button.isVisible())
    assert engine.past.packs[0].request.camera_ids == ("yard",)
    assert (engine.past.packs[0].request.since_ns, engine.past.packs[0].request.until_ns) == stretch
    assert "break-in.zip" in dialog.words.text()
    dialog.reject()


def test_an_area_that_is_drawn_can_be_hidden_in_the_pack(page: InvestigatePage, engine: FakeEngine) -> None:
    corners = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.5))
    page.region.show_region(Region("gate", corners))
    dialog = page.make_pack()
    dialog.form.name.set_value("Break-in at the yard")
    assert dialog.form.request("").hidden == ()
    assert "Gate" in dialog.form.hide_area.toolTip()
    dialog.form.hide_area.setChecked(True)
    assert dialog.form.request("").hidden == (HiddenRegion("gate", corners),)
    dialog.reject()


def test_a_pack_whose_dialog_is_closed_is_told_of_when_it_is_done(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None
) -> None:
    dialog = page.make_pack()
    dialog.form.name.set_value("Break-in at the yard")
    dialog.make()
    dialog.reject()
    qtbot.waitUntil(lambda: any("created and signed" in toast.text() for toast in page._toasts.toasts()))
    toast = next(toast for toast in page._toasts.toasts() if "created and signed" in toast.text())
    toast.action_requested.emit()
    shown = next(each for each in page.findChildren(EvidencePacksDialog) if each.isVisible())
    qtbot.waitUntil(lambda: shown.current() == engine.past.packs[0])
    shown.reject()


def test_a_pack_whose_dialog_is_closed_and_that_is_not_made_is_told_of(
    page: InvestigatePage, engine: FakeEngine, qtbot: QtBot, running: None
) -> None:
    gate = engine.hold("command")
    dialog = page.make_pack()
    dialog.form.name.set_value("Break-in at the yard")
    engine.fail("command", EnvironmentFault("audit", "The audit cannot be kept, so nothing leaves the house."))
    dialog.make()
    dialog.reject()
    gate.set()
    qtbot.waitUntil(lambda: any("failed. The audit cannot be kept" in toast.text() for toast in page._toasts.toasts()))


def test_the_packs_that_there_are_stand_beside_making_one(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.tools.packs.click()
    dialog = next(each for each in page.findChildren(EvidencePacksDialog) if each.isVisible())
    titles = [action.title for action in button_actions(page, "investigate", "Investigate", lambda: None)]
    assert titles.count("Packs and cases…") == 1
    dialog.reject()


def test_a_site_that_records_nothing_continuously_says_so(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert page.recording.isVisible()
    assert "Continuous recording" in page.recording.notice.text()
    page.recording.button.click()
    dialog = next(each for each in page.findChildren(RecordingDialog) if each.isVisible())
    dialog.continuous.setChecked(True)
    dialog.submit()
    qtbot.waitUntil(
        lambda: any(
            isinstance(each, ChangeSettings) and each.recording is not None and each.recording.continuous for each in engine.commands
        )
    )
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in page.findChildren(RecordingDialog)))


def test_who_may_not_export_or_administer_is_told_so(open_page: Open, engine: FakeEngine, qtbot: QtBot, running: None) -> None:
    page = open_page("bo")
    assert not page.pack_button.isEnabled()
    assert not page.recording.button.isVisible()
    assert "administrator" in page.recording.notice.text()
    tried(page, engine, qtbot)
    assert not page.trying.apply_button.isEnabled()
    assert not page.trying.pack_button.isEnabled()
    assert "may not export" in page.pack_button.toolTip()
    assert not page.tools.packs.isEnabled()
    assert "may not export" in page.tools.packs.toolTip()


def test_everything_can_be_reached_and_has_a_name(page: InvestigatePage) -> None:
    for tab in (page.found, page.bookmarks, page.locks, page.trying):
        page.show_tab(tab)
        named = [each for each in nameless(page) if "qt_spinbox_lineedit" not in each]  # named by the box around it
        assert named == []
        assert unreachable(page) == []


def test_the_arrangement_comes_back(page: InvestigatePage, open_page: Open) -> None:
    page.panel_button.setChecked(True)
    page.cameras.choose("gate", False)
    page.timeline.canvas.folded.emit(LaneKind.CAMERA)
    other = open_page()
    assert not other.panel_button.isChecked()
    assert other.playback.cameras == ("yard",)
    assert next(row for row in other.timeline.canvas.lane_rows() if row.lane.kind is LaneKind.CAMERA).collapsed


def test_a_page_that_is_left_stands_still(page: InvestigatePage, engine: FakeEngine) -> None:
    page.jump(engine.now_ns - HOUR_NS)
    page.playback.play()
    page.leave()
    assert not page.playback.state.playing


def test_views_are_kept_within_what_may_be_asked(page: InvestigatePage, qtbot: QtBot, engine: FakeEngine) -> None:
    page.timeline.canvas.set_window(window(engine.now_ns, 3 * 366 * DAY_NS))
    qtbot.waitUntil(page.has_content)
    page.timeline.canvas.set_window(window(engine.now_ns - HOUR_NS, 1))
    qtbot.waitUntil(page.has_content)
    assert all(each.columns <= 4096 for each in engine.past.asked if isinstance(each, GetTimeline))


# from other pages


def test_an_event_leads_to_its_moment_on_the_timeline(engine: FakeEngine, open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    event = engine.add_event("gate", age_s=4000)
    main = open_window()
    live = main.page("live")
    assert isinstance(live, LivePage)
    actions = live.feed.menu_of(event).actions()
    next(each for each in actions if "timeline" in each.text()).trigger()
    assert main.current_page_id() == "investigate"
    shown = main.page("investigate")
    assert isinstance(shown, InvestigatePage)
    assert abs(shown.playback.position_ns - event.started_ns) < 2_000_000
    assert shown.timeline.window_shown().holds(event.started_ns)
    assert not shown.why.isHidden()


def test_a_question_goes_to_the_chat(page: InvestigatePage, engine: FakeEngine) -> None:
    wanted: list[tuple[str, str]] = []
    page.visit_requested.connect(lambda where, what: wanted.append((where, what)))
    page.question.setText("who was at the gate yesterday?")
    page.ask()
    assert wanted == [("chat", "who was at the gate yesterday?")]


def test_a_question_shows_the_chips_of_ask_and_is_asked_as_they_stand(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    asked: list[tuple[str, QuestionPlan]] = []
    visits: list[tuple[str, str]] = []
    page.plan_asked.connect(lambda text, plan: asked.append((text, plan)))
    page.visit_requested.connect(lambda where, what: visits.append((where, what)))
    text = "how many falls in the purple yard"
    engine.chats.plans[text] = QuestionPlan((PlannedQuery(Query(Ask.COUNT, scope=Scope(kinds=(EventKind.FALL,)))),), ("purple",))
    QTest.keyClicks(page.question, text)
    qtbot.waitUntil(lambda: bool(page.chips.buttons))
    assert [label.text() for label in page.chips.unknown] == ["purple"] and page.chips.isVisible()
    page.chips.chosen.emit("who", Who.KNOWN.value)
    assert not page.chips.unknown
    page.ask()
    ((told, plan),) = asked
    assert (told, plan.queries[0].query.scope) == (text, Scope(kinds=(EventKind.FALL,), who=Who.KNOWN)) and not page.chips.isVisible()
    page.ask()
    assert visits == [("chat", text)] and len(asked) == 1


def rows(page: InvestigatePage) -> list[str]:
    model = page.found.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_the_form_limits_the_hits_and_widens_them_again(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    fall = replace(hit(engine, 3), what=EventKind.FALL.value, camera_id="gate", person_id="p-ada")
    engine.past.hits = [
        fall,
        replace(fall, id="ev-8", camera_id="yard", at_ns=fall.at_ns - DAY_NS),
        replace(fall, id="ev-9", what="motion"),
    ]
    page.head.form.click()
    qtbot.waitUntil(lambda: len(rows(page)) == 3)
    assert page.head.form.isChecked() and page.found.isVisible() and not page.found.chips.isVisible()
    for part, value, count in (
        ("what", "kind:fall", 2),
        ("where", "camera:gate", 1),
        ("where", "", 2),
        ("when", "today", 1),
        ("when", "", 2),
    ):
        page.chips.chosen.emit(part, value)
        qtbot.waitUntil(lambda count=count: len(rows(page)) == count)
    page.head.form.click()
    assert not page.chips.isVisible() and not page.head.form.isChecked()
    assert [chip.text() for chip in page.found.chips.chips] == ["Kind: Fall detected"], "what limits the list is seen there now"


def test_the_form_limits_the_timeline(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    canvas = page.timeline.canvas
    lanes = lambda: {"Yard", "Gate"} & {row.name for row in canvas.lane_rows()}  # noqa: E731
    qtbot.waitUntil(lambda: len(lanes()) == 2)
    page.head.form.click()
    page.chips.chosen.emit("where", "camera:gate")
    page.chips.chosen.emit("when", "yesterday")
    qtbot.waitUntil(lambda: lanes() == {"Gate"})
    assert canvas.window_shown().length_ns == DAY_NS
    page.chips.chosen.emit("where", "")
    qtbot.waitUntil(lambda: len(lanes()) == 2)


def test_an_empty_list_says_which_condition_leaves_nothing(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.hits = [replace(hit(engine, 3), what=EventKind.FALL.value, camera_id="yard")]
    page.head.form.click()
    page.chips.chosen.emit("what", "kind:fall")
    page.chips.chosen.emit("where", "camera:gate")
    qtbot.waitUntil(lambda: "found without this: Camera: Gate." in page.found.empty._text.text())
    assert "Kind" not in page.found.empty._text.text()


def test_what_a_list_cannot_be_limited_by_is_said(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.past.hits = [replace(hit(engine, 3), what=EventKind.PERSON.value)]
    page.head.form.click()
    page.chips.chosen.emit("who", Who.KNOWN.value)
    qtbot.waitUntil(lambda: page.found.headline.text().endswith("The list is not limited by: Known people."))
    page.chips.chosen.emit("who", Who.ANYONE.value)
    qtbot.waitUntil(lambda: page.found.headline.text().startswith("1 found") and "not limited" not in page.found.headline.text())


def test_something_else_that_is_searched_puts_the_form_away(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    page.head.form.click()
    assert page.chips.isVisible()
    page.found.search_text("gate")
    assert not page.chips.isVisible() and not page.head.form.isChecked()


def test_words_to_look_for_have_no_chips_of_a_question(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.chats.plans["red ladder"] = QuestionPlan((PlannedQuery(Query(Ask.LIST)),))
    QTest.keyClicks(page.question, "who was at the gate")
    QTest.keyClicks(page.question, "?")
    page.question.setText("red ladder")
    page.ask()
    qtbot.waitUntil(lambda: any(isinstance(each, SearchRecord) and each.filter.text == "red ladder" for each in engine.past.asked))
    assert not page.chips.isVisible()


def test_the_map_shows_what_was_known_by_then(page: InvestigatePage, engine: FakeEngine, qtbot: QtBot) -> None:
    noon = engine.now_ns // DAY_NS * DAY_NS - 3 * DAY_NS + 12 * HOUR_NS
    for number, hours in enumerate((-30, -2, 3)):
        at_ns = noon + hours * HOUR_NS
        found = Incident(f"in-{number}", IncidentCategory.FIRE, "Flames", 59.0, 18.0, at_ns, at_ns, at_ns, Severity.HIGH)
        engine.incidents.put(found)
    page.floor_button.setChecked(True)
    page.then.setCurrentWidget(page.map)
    page.jump(noon)
    qtbot.waitUntil(lambda: page.map.words.text().endswith(": 1"))
    page.jump(noon + 5 * HOUR_NS)
    qtbot.waitUntil(lambda: page.map.words.text().endswith(": 2"))


def test_space_plays_and_pauses_from_the_timeline_and_the_wall(page: InvestigatePage, engine: FakeEngine) -> None:
    page.jump(engine.now_ns - HOUR_NS)
    for widget in (page.timeline.canvas, page.wall):
        widget.setFocus()
        QTest.keyClick(widget, Qt.Key.Key_Space)
        assert page.playback.state.playing
        QTest.keyClick(widget, Qt.Key.Key_K)
        assert not page.playback.state.playing
