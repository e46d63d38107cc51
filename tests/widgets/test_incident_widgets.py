"""Table, card, reports side by side, figures of Atlas: what is shown, and that what strangers wrote stays text."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from engine.model.event import Severity
from engine.model.incidents.atlas import AtlasHealth, AtlasState
from engine.model.incidents.atlas_call import Pattern, PatternAnswer
from engine.model.incidents.incident import (
    CategorySource,
    Classification,
    Incident,
    IncidentCategory,
    IncidentState,
    IncidentStatus,
    Report,
)
from engine.model.time import SECOND, ManualClock
from tests.engine.incidents.record import Record
from tests.fakes.reports import NOW_NS, look, report
from widgets.incidents.atlas_panel import AtlasPanel, figures
from widgets.incidents.incident_card import IncidentCard, LinkedItem
from widgets.incidents.incident_filter_bar import IncidentFilter, IncidentFilterBar
from widgets.incidents.incident_table import IncidentTable
from widgets.incidents.incident_words import one_line, pseudonym, whole_text
from widgets.incidents.pattern_list import PatternList
from widgets.incidents.related_list import Offer, RelatedList
from widgets.incidents.report_compare import AT_ONCE, ReportCompare, report_texts
from widgets.layout.cells import StatusCell
from widgets.written_text import WrittenText

HTML = '<img src="file:////evil/share.png"><b>Somebody</b> took &amp; ran'
HEBREW = "ראיתי מישהו שובר חלון"


def incident(*reports: Report, **changes: object) -> Incident:
    record = Record()
    for each in reports or (report(1),):
        record.file(each)
    return replace(record.incidents["in-1"], **changes)  # type: ignore[arg-type]


def cells(table: IncidentTable, key: str) -> dict[str, str]:
    return {column.title: table.model.cell(key, number).text for number, column in enumerate(table.model.columns)}


@pytest.fixture
def now() -> ManualClock:
    return ManualClock(NOW_NS + 90 * SECOND)


def test_a_row_says_what_where_how_sure_and_that_it_is_degraded(qtbot: QtBot, now: ManualClock) -> None:
    table = IncidentTable(now, "Import…")
    qtbot.addWidget(table)
    said = Classification("theft", Severity.LOW, 0.5, "local", NOW_NS, degraded_reason="Waiting for Atlas")
    table.set_incidents((incident(report(1), report(2), classification=said), incident(id="in-9")), {"in-1": 1234.0})
    row = cells(table, "in-1")
    assert (row["Incident"], row["Severity"], row["Status"], row["Reporters"]) == ("Theft", "Moderate", "Corroborated", "2")
    assert (row["Confidence"], row["From site"], row["Classified"]) == ("75 %", "1.2 km", "Degraded")
    degraded = table.model.cell("in-1", 7)
    assert isinstance(degraded, StatusCell) and (degraded.level, degraded.tip) == ("moderate", "Waiting for Atlas")
    assert cells(table, "in-9")["From site"] == "–" and cells(table, "in-9")["Classified"] == "Not yet"


def test_the_newest_stands_first_and_closed_ones_say_so(qtbot: QtBot, now: ManualClock) -> None:
    table = IncidentTable(now, "")
    qtbot.addWidget(table)
    old = incident(report(1, after_s=-5000), id="in-old", state=IncidentState.CLOSED)
    table.set_incidents((old, incident(report(1))), {})
    assert table.shown_keys() == ("in-1", "in-old") and cells(table, "in-old")["Status"] == "Closed"


@pytest.mark.parametrize("text", [HTML, "a\u202egnp.exe\u202c b", "one\n\n two\tthree\x07", "x" * 2000, HEBREW])
def test_what_strangers_wrote_stays_text(qtbot: QtBot, now: ManualClock, text: str) -> None:
    shown = WrittenText(text)
    qtbot.addWidget(shown)
    assert shown.textFormat() is Qt.TextFormat.PlainText and shown.text().replace("\u200b", "") == whole_text(text).replace("\u200b", "")
    assert not set("\u202e\u202c\x07") & (set(shown.text()) - {"\u202c"})
    line = one_line(text)
    assert "\n" not in line and "\u202e" not in line
    shown.resize(200, 100)
    assert shown.minimumSizeHint().width() < 400


def test_writing_begins_at_the_side_it_is_read_from(qtbot: QtBot) -> None:
    shown = WrittenText("12: " + HEBREW)
    qtbot.addWidget(shown)
    assert shown.alignment() & Qt.AlignmentFlag.AlignRight
    shown.set_written("Somebody said " + HEBREW)
    assert shown.alignment() & Qt.AlignmentFlag.AlignLeft


def test_every_label_of_the_card_is_plain_text(qtbot: QtBot, now: ManualClock) -> None:
    card = IncidentCard(now)
    qtbot.addWidget(card)
    said = Classification(HTML, Severity.HIGH, 0.9, "atlas", NOW_NS, HTML, HTML, products=((HTML, HTML),), recommendations=(HTML,))
    shown = incident(report(1, description=HTML), classification=said, category_reason=HTML, validated_category="theft", validated_by=HTML)
    card.show_incident(shown, 20.0, 0)
    card.reports.set_reports(report_texts(shown, (report(1, description=HTML),), {}, NOW_NS), True)
    card.related.set_offers((Offer("in-2", "Theft", "low", HTML, HTML, HTML),), True, "")
    card.patterns.set_answer(PatternAnswer(True, (Pattern("p", HTML, (HTML,), 0, 0, 1, 1, HTML, 1, 1),), (HTML,)))
    rich = [each for each in card.findChildren(QLabel) if "<b>" in each.text() and each.textFormat() is not Qt.TextFormat.PlainText]
    assert not rich and any("<b>" in each.text() for each in card.findChildren(QLabel))


def test_what_a_person_set_is_marked(qtbot: QtBot, now: ManualClock) -> None:
    card = IncidentCard(now)
    qtbot.addWidget(card)
    card.show_incident(incident(edited=("severity", "description")), None, 0)
    assert "edited" in card.facts.fact_text("Severity") and "edited" not in card.facts.fact_text("Category")
    assert any("severity, description" in text for text in card.notices.texts())
    card.show_incident(incident(), None, 0)
    assert card.notices.texts() == ()


def test_the_card_says_why_it_is_degraded_and_what_waits(qtbot: QtBot, now: ManualClock) -> None:
    card = IncidentCard(now)
    qtbot.addWidget(card)
    said = Classification("theft", Severity.LOW, 0.5, "local", NOW_NS, degraded_reason="No answer within 10 s.")
    card.show_incident(incident(classification=said, review_ids=("in-2",), status=IncidentStatus.PENDING_REVIEW), 12.0, 1)
    assert any("No answer within 10 s." in text for text in card.notices.texts())
    assert any("Pending review" in text for text in card.notices.texts())
    assert card.tabs.tabText(2) == "Possible duplicates (1)" and "12 m from the site" in card.where.text()


@pytest.mark.parametrize(
    ("by", "title", "source"),
    [
        (CategorySource.WORDS, "Weapons (keywords)", " (keywords, 50 %)"),
        (CategorySource.ATLAS, "Weapons (Atlas)", " (Atlas, 50 %)"),
        (CategorySource.REPORTERS, "Weapons", ""),
        (CategorySource.OPERATOR, "Weapons", ""),
        (None, "Weapons", ""),
    ],
)
def test_row_and_card_say_who_the_category_is_by(
    qtbot: QtBot, now: ManualClock, by: CategorySource | None, title: str, source: str
) -> None:
    said = Classification("weapons", Severity.HIGH, 0.5, "local", 1)
    told = incident(category=IncidentCategory.WEAPONS, category_by=by, classification=said, category_reason="So it was settled.")
    table, card = IncidentTable(now, "Import…"), IncidentCard(now)
    qtbot.addWidget(table)
    qtbot.addWidget(card)
    table.set_incidents((told,), {})
    assert cells(table, told.id)["Incident"] == title
    card.show_incident(told, None, 0)
    assert card.facts.fact_text("Category") == f"So it was settled.{source}"


def test_its_alerts_lead_to_where_they_are_worked_on(qtbot: QtBot, now: ManualClock) -> None:
    card = IncidentCard(now)
    qtbot.addWidget(card)
    asked: list[tuple[str, str]] = []
    card.link_wanted.connect(lambda page, what: asked.append((page, what)))
    card.set_links((LinkedItem("Alert, high, new", "high", "alerts", "al-1"), LinkedItem("Incident reported", "neutral")))
    opens = [each for each in card.findChildren(QPushButton) if each.accessibleName().startswith("Open")]
    opens[0].click()
    assert asked == [("alerts", "al-1")] and len(opens) == 1


def test_reporters_are_told_apart_and_not_named() -> None:
    assert pseudonym("user:anna", "citizen") == pseudonym("user:anna", "citizen") != pseudonym("user:bo", "citizen")
    assert "anna" not in pseudonym("user:anna", "citizen") and pseudonym("", "patrol") == "Patrol, anonymous"


def test_reports_stand_side_by_side_whole_with_distance_gap_and_why(qtbot: QtBot) -> None:
    record = Record()
    said = (report(1, description="word " * 300), report(2, north_deg=0.0002, after_s=45))
    for each in said:
        record.file(each)
    shown = report_texts(record.incidents["in-1"], said, {"rp-1": 0.0, "rp-2": 22.3}, NOW_NS)
    assert shown[0].text == "word " * 300 and dict(shown[1].facts)["From anchor"] == "22 m, 45 s later"
    assert "Joined" in shown[1].why and "score" in shown[1].why and "First report" in shown[0].why
    compare = ReportCompare()
    qtbot.addWidget(compare)
    compare.resize(620, 500)
    compare.show()
    compare.set_reports(shown, tickable=True)
    qtbot.waitUntil(lambda: compare.panels()[1].x() > compare.panels()[0].x() + 100)
    assert abs(compare.panels()[0].width() - compare.panels()[1].width()) < 30
    compare.resize(420, 500)  # side by side their facts would be cut
    qtbot.waitUntil(lambda: compare.panels()[1].x() == compare.panels()[0].x())


def test_pictures_that_were_alike_are_said_to_be_also_where_others_could_not_be_compared() -> None:
    record, broken = Record(), "The file md-2 is damaged."
    said = [report(1, media=("md-1",), look=look(1.0)), report(2, media=("md-1", "md-2"), look=look(0.8), look_trouble=broken)]
    said.append(report(3, media=("md-2",), look_trouble=broken, north_deg=0.01))
    for each in said:
        record.file(each)
    joined = report_texts(record.incidents["in-1"], said[:2], {}, NOW_NS)
    assert dict(joined[1].facts)["Pictures"] == f"80 % alike. Some could not be compared. {broken}"
    alone = report_texts(record.incidents["in-3"], said[2:], {}, NOW_NS)
    assert dict(alone[0].facts)["Pictures"] == f"Could not be compared. {broken}"


def test_ticks_stay_while_reports_come_and_many_are_shown_in_parts(qtbot: QtBot) -> None:
    record = Record()
    said = [report(n, after_s=n) for n in range(60)]
    for each in said:
        record.file(each)
    shown = report_texts(record.incidents["in-0"], said, {}, NOW_NS)
    compare = ReportCompare()
    qtbot.addWidget(compare)
    compare.set_reports(shown[:3], tickable=True)
    compare.panels()[1].box.setChecked(True)
    compare.set_reports(shown, tickable=True)
    assert compare.ticked() == ("rp-1",) and len(compare.panels()) == AT_ONCE
    compare.more.click()
    assert len(compare.panels()) == 2 * AT_ONCE
    compare.set_reports(shown[:1], tickable=False)
    assert compare.ticked() == () and compare.more.isHidden()


def test_who_may_not_decide_is_told_why(qtbot: QtBot) -> None:
    offers = RelatedList()
    qtbot.addWidget(offers)
    offers.set_offers((Offer("in-2", "Theft", "low", "", "", "text"),), False, "Ask an administrator.")
    (panel,) = offers.panels()
    assert not panel.same.isEnabled() and panel.same.toolTip() == "Ask an administrator." and panel.show_it.isEnabled()


def test_unavailable_is_not_none_nearby(qtbot: QtBot) -> None:
    patterns = PatternList()
    qtbot.addWidget(patterns)
    patterns.set_answer(PatternAnswer(False, reason="Atlas is down."))
    assert patterns.state.text().startswith("Unavailable. Atlas is down.") and "may still exist" in patterns.state.text()
    patterns.set_answer(PatternAnswer(True))
    assert patterns.state.text().startswith("No Atlas patterns within 5 km")
    patterns.set_answer(None, "Your account may not see recorded data.")
    assert patterns.state.text().startswith("Unavailable.")
    patterns.set_answer(
        PatternAnswer(True, (Pattern("p", "Bikes", ("theft",), 0, 0, 1, 7, "increasing", 1, 1, distance_m=120),), ("Watch.",))
    )
    assert patterns.texts() == ("Bikes: 7 times, increasing, 120 m (Theft)", "→ Watch.")


def test_figures_of_atlas_stand_beside_their_targets_and_no_data_is_not_zero(qtbot: QtBot) -> None:
    panel = AtlasPanel()
    qtbot.addWidget(panel)
    panel.show_health(AtlasHealth(), NOW_NS)
    assert set(panel.values().values()) == {"No data"} and panel.state.text() == "Atlas is off"
    bad = AtlasHealth(
        AtlasState.OPEN, "5 calls failed in a row.", NOW_NS, waiting=12, dropped=3, classified=0.94, mean_ms=0.4, uptime=0.99501
    )
    panel.show_health(bad, NOW_NS)
    assert panel.state.text() == "Atlas is paused" and panel.reason.text() == "5 calls failed in a row."
    assert panel.queue.fact_text("Waiting") == "12 calls" and panel.queue.fact_text("Dropped").startswith("3 (")
    met = {figure.name: figure.met for figure in figures(bad)}
    assert (met["Classified by Atlas"], met["Mean response time"], met["Uptime"], met["With nearby patterns"]) == (False, True, True, None)
    assert panel.values()["Uptime"] == "99.50 %"


def test_filters_give_values_of_the_model(qtbot: QtBot) -> None:
    bar = IncidentFilterBar()
    qtbot.addWidget(bar)
    told: list[IncidentFilter] = []
    bar.changed.connect(told.append)
    assert bar.current_filter() == IncidentFilter() and not bar.current_filter().narrows
    bar.category.setCurrentIndex(bar.category.findText("Fire"))
    bar.status.setCurrentIndex(bar.status.findText("Pending review"))
    bar.state.setCurrentIndex(bar.state.findText("Open and closed"))
    bar.span.setCurrentIndex(bar.span.findText("Last hour"))
    bar.near.setCurrentIndex(bar.near.findText("1 km around site"))
    assert told[-1] == IncidentFilter("", IncidentCategory.FIRE, IncidentStatus.PENDING_REVIEW, None, 3600, 1.0, False)
    assert isinstance(told[-1].category, IncidentCategory) and told[-1].narrows
    bar.clear()
    assert bar.current_filter() == IncidentFilter() and isinstance(bar.current_filter().state, IncidentState)


def test_filters_without_room_for_their_names_are_one_menu_and_say_what_is_chosen(qtbot: QtBot) -> None:
    bar = IncidentFilterBar()
    qtbot.addWidget(bar)
    bar.resize(700, 40)
    bar.show()
    assert bar.menu_button.isVisible() and not any(box.isVisible() for box in bar.boxes) and bar.chosen.text() == "Open"
    bar.set_places(site=False, chosen=True)
    menu = bar.menu_button.menu()
    menu.aboutToShow.emit()
    below = {each.title(): each for each in menu.findChildren(QMenu)}
    inner = {action.text(): {each.text(): each for each in below[action.text()].actions()} for action in menu.actions()}
    assert list(inner) == [box.accessibleName() for box in bar.boxes] and inner["State"]["Open"].isChecked()
    assert not inner["Place"]["1 km around site"].isEnabled() and inner["Place"]["1 km around the selected"].isEnabled()
    inner["Category"]["Fire"].trigger()
    assert bar.current_filter().category is IncidentCategory.FIRE and bar.chosen.text() == "Fire · Open"
    bar.resize(1400, 40)
    qtbot.waitUntil(bar.category.isVisible)
    assert not bar.menu_button.isVisible() and bar.category.currentText() == "Fire"


def test_places_that_are_not_known_cannot_be_asked_for(qtbot: QtBot) -> None:
    bar = IncidentFilterBar()
    qtbot.addWidget(bar)
    bar.set_places(site=False, chosen=True)
    enabled = {bar.near.itemText(n): bar.near.model().item(n).isEnabled() for n in range(bar.near.count())}
    assert not enabled["1 km around site"] and enabled["1 km around the selected"] and enabled["Anywhere"]
