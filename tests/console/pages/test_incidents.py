"""The Incidents page, driven as an operator does: look, filter, merge, split, keep apart, validate, edit, close."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.actions.incident_actions import likeliest
from console.bridge import EngineBridge
from console.dialogs.incidents.merge_incidents import MergeIncidentsDialog
from console.dialogs.incidents.validate_incident import EditIncidentDialog, ValidateDialog
from console.feeds.incident_feed import PAGE, IncidentFeed
from console.pages.incidents.incidents import IncidentsPage
from console.pages.incidents.words import incidents_question
from console.pages.page import PageContext
from console.session.remembered import Remembered
from engine.model.accounts.access import ROLE_VERBS, Role
from engine.model.alerts.commands import EditIncident, KeepApart, MergeIncidents, SplitIncident, ValidateIncident
from engine.model.errors import EnvironmentFault
from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory, IncidentState, IncidentStatus
from engine.model.question import ListIncidents
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, SystemClock
from tests.fakes.engine import FakeEngine
from tests.fakes.incidents import ids
from tests.fakes.town import HERE, crowded_site, report, reported_site
from widgets.incidents.incident_filter_bar import IncidentFilter
from widgets.marks.toast import ToastArea


@pytest.fixture
def engine() -> FakeEngine:
    return reported_site()


@pytest.fixture
def open_page(bridge: EngineBridge, engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Callable[[], IncidentsPage]]:
    holder = QWidget()
    qtbot.addWidget(holder)

    def make() -> IncidentsPage:
        page = IncidentsPage(PageContext(bridge, SystemClock(), remembered, ToastArea(holder)), holder)
        QVBoxLayout(holder).addWidget(page)
        bridge.snapshot_changed.connect(page.show_snapshot)
        holder.resize(1440, 860)
        with qtbot.waitActive(holder):
            holder.show()
            holder.activateWindow()
        qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.number == engine.snapshot.number)
        assert bridge.snapshot is not None
        page.show_snapshot(bridge.snapshot)
        page.table.setFocus()
        qtbot.waitUntil(lambda: page.feed.asked)
        pages.append(page)
        return page

    pages: list[IncidentsPage] = []
    yield make
    for page in pages:
        page.shutdown()


@pytest.fixture
def page(open_page: Callable[[], IncidentsPage]) -> IncidentsPage:
    return open_page()


def incidents_of(engine: FakeEngine) -> dict[str, object]:
    return dict(engine.incidents.record.incidents)


def select(page: IncidentsPage, incident_id: str, qtbot: QtBot) -> None:
    """And wait until all about it is there."""
    qtbot.waitUntil(lambda: incident_id in page.table.shown_keys())
    page.table.select_row(incident_id)
    it = page.side.incident()
    assert it is not None and it.id == incident_id
    offered = {*it.review_ids, *it.related_ids}
    qtbot.waitUntil(lambda: page.side.looks.reports is not None and offered <= set(page.side.looks.others))


def dialog(page: IncidentsPage, kind: type[QDialog], qtbot: QtBot) -> QDialog:
    qtbot.waitUntil(lambda: any(each.isVisible() for each in page.findChildren(kind)))
    return next(each for each in page.findChildren(kind) if each.isVisible())


# Looking


def test_what_was_reported_is_in_the_table_and_on_the_map_with_its_card(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert set(page.table.shown_keys()) == set(incidents_of(engine))
    assert page.table.shown_keys()[0] == page.map.picked() == "in-12"
    select(page, "in-1", qtbot)
    assert page.map.picked() == "in-1" and page.side.card.title.text() == "Theft"
    assert [panel.report_id for panel in page.side.card.reports.panels()] == ["rp-1", "rp-2", "rp-3", "rp-4"]
    assert [panel.offer_id for panel in page.side.card.related.panels()] == ["in-5"]
    assert page.headline.text() == "8 open incidents" and "1 pending review" in page.summary.text()
    qtbot.waitUntil(lambda: page.side.card.patterns.texts() != ())


def test_distances_are_from_the_site_and_unknown_without_one(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert page.table.model.cell("in-1", 6).text == "152 m" and page.no_anchor.isHidden()
    engine.settings = replace(engine.settings, anchor=None)
    engine.publish()
    qtbot.waitUntil(lambda: page.table.model.cell("in-1", 6).text == "–")
    assert page.no_anchor.isVisible()
    engine.settings = replace(engine.settings, anchor=replace(HERE, latitude=HERE.latitude + 0.1))
    engine.publish()
    qtbot.waitUntil(lambda: page.table.model.cell("in-1", 6).text == "11.0 km")


def test_a_new_report_shows_at_once_and_the_selection_stays(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-1", qtbot)
    engine.incidents.file(report(engine, 90, 10, IncidentCategory.FIRE, "Flames from a window on the third floor", 800, 800))
    engine.incidents.file(report(engine, 91, 1300, IncidentCategory.THEFT, "I saw it too, they went to the ferry.", 141, 61))
    engine.publish()
    qtbot.waitUntil(lambda: "in-90" in page.table.shown_keys())
    qtbot.waitUntil(lambda: len(page.side.card.reports.panels()) == 5)
    assert page.table.selected_key() == "in-1"


def test_what_is_simulated_says_so_in_its_row_on_the_map_and_above(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    assert page.simulated.isHidden()
    plain = page.map.grab().toImage()
    engine.incidents.file(report(engine, 92, 1300, IncidentCategory.THEFT, "Drawn: somebody took a bicycle.", 141, 61, simulated=True))
    engine.publish()
    qtbot.waitUntil(lambda: "in-92" in page.table.shown_keys())
    assert page.simulated.isVisible() and page.map.grab().toImage() != plain
    marks = {key: page.table.model.cell(key, 1).mark for key in page.table.shown_keys()}
    assert marks.pop("in-92") == "SIMULATED" and set(marks.values()) == {""}
    select(page, "in-92", qtbot)
    assert any("Simulated incident" in text for text in page.side.card.notices.texts())


def test_enter_on_a_row_shows_its_reports_and_letters_the_other_tabs(page: IncidentsPage, qtbot: QtBot) -> None:
    select(page, "in-1", qtbot)
    page.table.view.setFocus()
    for key, tab in ((Qt.Key.Key_R, 1), (Qt.Key.Key_S, 2), (Qt.Key.Key_O, 0), (Qt.Key.Key_Return, 1)):
        qtbot.keyClick(page.table.view, key)
        assert page.side.card.tabs.currentIndex() == tab
    qtbot.keyClick(page.table.view, Qt.Key.Key_Down)
    assert page.table.selected_key() != "in-1" and page.map.picked() == page.table.selected_key()


def test_letters_typed_into_the_search_do_nothing_else(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.keyClick(page.table.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(page.filter.text, "vecmxors")
    assert page.filter.text.text() == "vecmxors" and not page.findChildren(QDialog) and not engine.commands


def test_the_site_without_reports_says_what_belongs_here(open_page: Callable[[], IncidentsPage], engine: FakeEngine, qtbot: QtBot) -> None:
    engine.incidents.record.incidents.clear()
    engine.publish()
    page = open_page()
    qtbot.waitUntil(lambda: page.table.empty.isVisible() and page.side.none.isVisible() and page.headline.text() == "No open incidents")
    assert page.side.card.isHidden()


def test_a_record_that_cannot_be_read_is_said_and_tried_again(
    open_page: Callable[[], IncidentsPage], engine: FakeEngine, qtbot: QtBot
) -> None:
    page = open_page()
    engine.fail("ask", EnvironmentFault("disk", "The disk is gone. Put it back."), ListIncidents)
    page.filter.category.setCurrentIndex(page.filter.category.findText("Fire"))
    qtbot.waitUntil(lambda: "The disk is gone" in page._trouble)
    page.filter.category.setCurrentIndex(0)
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 8)


# Narrowing down


def test_filters_and_search_narrow_table_and_map(page: IncidentsPage, qtbot: QtBot) -> None:
    bar = page.filter

    def shows(*wanted: str) -> None:
        qtbot.waitUntil(lambda: set(page.table.shown_keys()) == set(wanted))
        assert {page.map.incidents.marks[n].id for each in page.map.clusters() for n in each.members} == set(wanted)

    bar.category.setCurrentIndex(bar.category.findText("Violence"))
    shows("in-6")
    bar.clear()
    bar.status.setCurrentIndex(bar.status.findText("Pending review"))
    shows("in-11")
    bar.clear()
    bar.span.setCurrentIndex(bar.span.findText("Last hour"))
    shows("in-1", "in-5", "in-8", "in-10", "in-11", "in-12")
    bar.clear()
    bar.near.setCurrentIndex(bar.near.findText("200 m around site"))
    shows("in-1", "in-5", "in-10", "in-11")
    bar.clear()
    select(page, "in-6", qtbot)
    bar.near.setCurrentIndex(bar.near.findText("200 m around the selected"))
    shows("in-6")
    bar.clear()
    bar.text.setText("WINDOW  somebody")
    shows("in-11")
    assert page.count.text() == "1 match"
    bar.text.setText("no such words")
    shows()
    assert page.table.empty.isVisible() and page.side.none.isVisible()
    page.table.empty.action_requested.emit()
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 8)


def test_closed_and_merged_ones_are_found_under_their_state(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.execute(EditIncident("in-9", state=IncidentState.CLOSED))
    engine.execute(MergeIncidents("in-10", "in-11"))
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 6)
    page.filter.state.setCurrentIndex(page.filter.state.findText("Closed"))
    qtbot.waitUntil(lambda: page.table.shown_keys() == ("in-9",))
    page.filter.state.setCurrentIndex(page.filter.state.findText("Merged"))
    qtbot.waitUntil(lambda: page.table.shown_keys() == ("in-11",))
    assert "in-10" in " ".join(page.side.card.notices.texts()) and not page.side.merge.isEnabled() and not page.side.validate.isEnabled()
    page.filter.state.setCurrentIndex(page.filter.state.findText("Open and closed"))
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == 7)


def test_older_ones_come_a_page_at_a_time(engine: FakeEngine, open_page: Callable[[], IncidentsPage], qtbot: QtBot) -> None:
    crowd = crowded_site(450)
    engine.incidents = crowd.incidents
    engine.publish()
    page = open_page()
    assert len(page.table.shown_keys()) == PAGE and page.older.isVisible() and page.count.text() == f"Newest {PAGE}"
    oldest = min(crowd.incidents.record.incidents.values(), key=lambda it: it.occurred_ns)
    page.filter.text.setText(oldest.description)
    assert oldest.id not in page.table.shown_keys() and page.count.text() == "Searching…"
    qtbot.waitUntil(lambda: oldest.id in page.table.shown_keys())  # the record looks through all of them
    assert page.count.text().endswith(" match")
    page.filter.text.clear()
    qtbot.waitUntil(lambda: len(page.table.shown_keys()) == PAGE and page.feed.asked)
    while page.feed.more:
        before = len(page.feed.incidents)
        page.older.click()
        qtbot.waitUntil(lambda before=before: len(page.feed.incidents) > before)
    assert len(page.table.shown_keys()) == len(crowd.incidents.record.incidents) and page.older.isHidden()


def test_an_alert_leads_to_its_incident_also_an_old_closed_one(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.execute(EditIncident("in-9", state=IncidentState.CLOSED))
    engine.execute(MergeIncidents("in-10", "in-11"))
    page.filter.text.setText("nothing like it")
    page.visit("in-9")
    qtbot.waitUntil(lambda: page.table.selected_key() == "in-9")
    page.visit("in-11")
    qtbot.waitUntil(lambda: page.table.selected_key() == "in-10")


# Acting


def test_two_become_one_by_the_keyboard_and_come_apart_again(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-1", qtbot)
    page.table.view.setFocus()
    qtbot.keyClick(page.table.view, Qt.Key.Key_M)
    merging = dialog(page, MergeIncidentsDialog, qtbot)
    assert isinstance(merging, MergeIncidentsDialog) and merging.other.currentData() == "in-5" and merging.mine.keep.isChecked()
    qtbot.keyClick(merging.save, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "in-5" not in page.table.shown_keys())
    assert engine.commands[-1] == MergeIncidents("in-1", "in-5") and page.table.selected_key() == "in-1"
    qtbot.waitUntil(lambda: len(page.side.card.reports.panels()) == 5)
    page.side.show_tab(1)
    panel = next(each for each in page.side.card.reports.panels() if each.report_id == "rp-5")
    with qtbot.waitActive(page.window()):
        page.window().activateWindow()
    panel.box.setFocus()
    qtbot.keyClick(panel.box, Qt.Key.Key_Space)
    assert page.side.split.text().replace("&", "") == "Split off 1 selected"
    qtbot.keyClick(panel.box, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: page.table.selected_key() == "in-5")
    assert engine.commands[-1] == SplitIncident("in-1", ("rp-5",))
    assert engine.incidents.record.incidents["in-5"].state is IncidentState.OPEN


def test_the_other_one_can_be_kept(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-1", qtbot)
    page.side.show_tab(2)
    page.side.card.related.panels()[0].same.click()
    merging = dialog(page, MergeIncidentsDialog, qtbot)
    assert isinstance(merging, MergeIncidentsDialog)
    merging.theirs.keep.setChecked(True)
    merging.submit()
    qtbot.waitUntil(lambda: page.table.selected_key() == "in-5")
    assert engine.commands[-1] == MergeIncidents("in-5", "in-1")


def test_not_all_reports_can_be_split_off(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-6", qtbot)
    page.side.show_tab(1)
    for panel in page.side.card.reports.panels():
        panel.box.setChecked(True)
    assert not page.side.split.isEnabled()
    qtbot.keyClick(page.table.view, Qt.Key.Key_X)
    assert not engine.commands


def test_what_is_said_to_be_another_waits_no_more(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-11", qtbot)
    page.side.show_tab(2)
    (panel,) = page.side.card.related.panels()
    assert any("could not be compared" in label.text() for label in panel.findChildren(QLabel))
    panel.another.click()
    qtbot.waitUntil(lambda: page.side.card.related.panels() == ())
    assert engine.commands[-1] == KeepApart("in-11", "in-10")
    assert engine.incidents.record.incidents["in-11"].status is IncidentStatus.CREATED


def test_what_it_really_was_is_told_by_the_keyboard(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-1", qtbot)
    qtbot.keyClick(page.table.view, Qt.Key.Key_V)
    validating = dialog(page, ValidateDialog, qtbot)
    assert isinstance(validating, ValidateDialog)
    qtbot.keyClicks(validating.category, "Burg")
    qtbot.keyClick(validating.save, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Burglary, by" in page.side.card.facts.fact_text("Validated"))
    assert engine.commands[-1] == ValidateIncident("in-1", IncidentCategory.BURGLARY)
    assert isinstance(engine.commands[-1].actual_category, IncidentCategory)
    basis = engine.terms[-1].basis
    assert basis is not None and (basis["incident_id"], basis["validated_by"]) == ("in-1", ""), "nobody had said so"
    assert any("Edited by an operator" in text for text in page.side.card.notices.texts())


def test_only_what_was_changed_is_told_and_marked(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-9", qtbot)
    page.side.edit.click()
    editing = dialog(page, EditIncidentDialog, qtbot)
    assert isinstance(editing, EditIncidentDialog) and not editing.save.isEnabled()
    editing.description.setPlainText("short")
    assert not editing.save.isEnabled()
    editing.description.setPlainText("Paint on the tram stop, still wet.")
    editing.severity.setCurrentIndex(editing.severity.findData(Severity.HIGH))
    editing.submit()
    qtbot.waitUntil(lambda: page.side.card.severity.text() == "High")
    assert engine.commands[-1] == EditIncident("in-9", severity=Severity.HIGH)
    assert "edited" in page.side.card.facts.fact_text("Severity")


def test_closing_takes_it_off_the_open_ones_and_back(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-9", qtbot)
    qtbot.keyClick(page.table.view, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: "in-9" not in page.table.shown_keys())
    page.filter.state.setCurrentIndex(page.filter.state.findText("Closed"))
    qtbot.waitUntil(lambda: page.table.shown_keys() == ("in-9",))
    qtbot.waitUntil(lambda: page.side.close_button.text() == "Re&open")
    page.side.close_button.click()
    qtbot.waitUntil(lambda: page.table.shown_keys() == ())
    assert engine.incidents.record.incidents["in-9"].state is IncidentState.OPEN


def test_what_is_refused_is_said_and_nothing_changes(page: IncidentsPage, engine: FakeEngine, qtbot: QtBot) -> None:
    select(page, "in-9", qtbot)
    engine.fail("command", EnvironmentFault("disk", "The disk is full. Make room."))
    page.side.close_button.click()
    qtbot.waitUntil(lambda: any("The disk is full" in each.text() for each in page.actions_of._toasts.toasts()))
    assert "in-9" in page.table.shown_keys()


def test_who_may_only_look_can_do_nothing_else(
    page: IncidentsPage, monkeypatch: pytest.MonkeyPatch, engine: FakeEngine, qtbot: QtBot
) -> None:
    select(page, "in-1", qtbot)
    session = page._bridge.session
    monkeypatch.setattr(page._bridge.port, "_session", replace(session, verbs=ROLE_VERBS[Role.INVESTIGATOR] - {"acknowledge"}))
    page._show_chosen()
    side = page.side
    assert not any(button.isEnabled() for button in (side.validate, side.edit, side.merge, side.close_button, side.split))
    for key in (Qt.Key.Key_V, Qt.Key.Key_M, Qt.Key.Key_E):
        qtbot.keyClick(page.table.view, key)
    assert not page.findChildren(QDialog)


def test_the_likeliest_other_is_offered_first(engine: FakeEngine) -> None:
    known = engine.incidents.record.incidents
    offered = ids(likeliest(known["in-1"], tuple(known.values())))
    assert offered[0] == "in-5" and "in-1" not in offered
    assert ids(likeliest(known["in-1"], tuple(known.values()), "in-9"))[:2] == ["in-9", "in-5"]


# The feed


@pytest.fixture
def feed(bridge: EngineBridge) -> IncidentFeed:
    return IncidentFeed(bridge)


def test_live_changes_are_followed_only_where_they_fit(feed: IncidentFeed, engine: FakeEngine, qtbot: QtBot) -> None:
    fires = ListIncidents(category=IncidentCategory.FIRE, state=IncidentState.OPEN)

    def live() -> Snapshot:
        engine.publish()
        return engine.snapshot

    feed.show(fires, live().incidents.incidents)
    qtbot.waitUntil(lambda: ids(feed.incidents) == ["in-8"])
    engine.execute(EditIncident("in-9", category=IncidentCategory.FIRE))
    feed.show(fires, live().incidents.incidents)
    assert ids(feed.incidents) == ["in-8", "in-9"]
    engine.execute(EditIncident("in-8", category=IncidentCategory.OTHER))
    feed.show(fires, live().incidents.incidents)
    assert ids(feed.incidents) == ["in-9"]
    engine.execute(EditIncident("in-9", state=IncidentState.CLOSED))
    feed.show(fires, live().incidents.incidents)
    qtbot.waitUntil(lambda: feed.incidents == ())


def test_one_that_came_and_went_between_two_looks_at_now_goes(feed: IncidentFeed, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.publish()
    before = engine.snapshot.incidents.incidents
    split_off = replace(before[0], id="in-split")
    engine.incidents.record.incidents["in-split"] = split_off
    feed.show(ListIncidents(), before)
    qtbot.waitUntil(lambda: "in-split" in ids(feed.incidents))
    engine.incidents.record.incidents["in-split"] = replace(split_off, state=IncidentState.MERGED, merged_into=before[0].id)
    feed.show(ListIncidents(), (replace(before[0], revision=before[0].revision + 2), *before[1:]))
    qtbot.waitUntil(lambda: "in-split" not in ids(feed.incidents))
    assert len(feed.incidents) == len(before)


def test_what_an_answer_missed_while_now_moved_is_asked_for(feed: IncidentFeed, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.publish()
    before = engine.snapshot.incidents.incidents
    gate = engine.hold("ask")
    feed.show(ListIncidents(), ())
    engine.incidents.record.incidents["in-split"] = replace(before[0], id="in-split")
    feed.show(ListIncidents(), before)
    asked: list[object] = []
    feed.changed.connect(lambda: asked.append(engine.incidents.record.incidents.pop("in-split", None)))
    gate.set()
    qtbot.waitUntil(lambda: len(asked) >= 2)
    assert "in-split" not in ids(feed.incidents) and len(feed.incidents) == len(before)


def test_an_answer_that_is_out_of_date_is_asked_again(feed: IncidentFeed, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = engine.hold("ask")
    feed.show(ListIncidents(state=IncidentState.CLOSED), ())
    feed.show(ListIncidents(category=IncidentCategory.FIRE), ())
    gate.set()
    qtbot.waitUntil(lambda: ids(feed.incidents) == ["in-8"])


def test_times_of_the_filter_move_on_by_the_minute(engine: FakeEngine) -> None:
    hour, now_ns = IncidentFilter(span_s=3600), 1_790_000_000 * SECOND
    first = incidents_question(hour, engine.settings, None, now_ns)
    assert (
        first
        == incidents_question(hour, engine.settings, None, now_ns + SECOND)
        != incidents_question(hour, engine.settings, None, now_ns + 61 * SECOND)
    )
    assert first.since_ns is not None and now_ns - first.since_ns >= 3600 * SECOND


def test_on_a_narrow_page_map_and_list_are_a_tab_beside_the_card(page: IncidentsPage, qtbot: QtBot) -> None:
    """As beside a question in a window of 853 pixels."""
    holder = page.parentWidget()
    holder.resize(430, 500)
    qtbot.waitUntil(lambda: page.side.count() == 3)
    assert page.width() <= 430 and page.side.card.isVisible() and not page.table.isVisible()
    page.side.setCurrentIndex(2)
    assert page.table.isVisible() and page.map.isVisible()
    page.table.activated.emit(page.selected_incident())
    assert page.side.currentIndex() == 0 and page.side.card.tabs.currentIndex() == 1
    holder.resize(1440, 860)
    qtbot.waitUntil(lambda: page.side.count() == 2 and page.table.isVisible())
    assert page.map.isVisible() and page.side.isVisible()
