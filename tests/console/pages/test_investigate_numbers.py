"""Numbers, days, months and names of rules, where the console speaks German."""

from collections.abc import Iterator
from datetime import UTC

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView, QToolButton
from pytestqt.qtbot import QtBot

from console.dialogs.alerts.rule_form import RuleForm
from console.pages.investigate.alike import AlikeAsked, headline
from console.pages.investigate.calendar import DayCalendar
from console.pages.investigate.words import difference_words
from console.pages.what_if.trial_form import TryForm
from console.searching.hit_words import hit_row
from engine.model.history.replay import DifferenceKind, ReplayDifference
from engine.model.history.timeline import HitKind, LookHits, SearchAlike, SearchHit
from engine.model.settings import Settings
from engine.model.time import SECOND
from widgets.number_text import written_number_text
from widgets.translation import WRITTEN_IN, use_language

DIFFERENCE = ReplayDifference("", (), (), ((DifferenceKind.EVENT, 1204),), (("gates.min_confidence", "0.45", "0.3"),), 1404.6)

pytestmark = pytest.mark.usefixtures("german")


@pytest.fixture
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


def test_what_was_found_says_how_alike() -> None:
    hit = SearchHit(HitKind.LOOKS, "st-1", 0, "Somebody", likeness=0.81)
    assert hit_row(hit, {}, 0, UTC).mark == "ähnlich 0,81"
    assert headline(AlikeAsked(SearchAlike(like_id="st-1"), "x"), LookHits((hit,), 1204)).startswith("1 von 1.204 ")


def test_place_and_length_of_what_was_found_have_a_line_of_their_own() -> None:
    hit = SearchHit(HitKind.EVENT, "ev-1", 0, "", 8 * SECOND, "gate", what="person", simulated=True)
    row = hit_row(hit, {"gate": "Tor"}, 0, UTC)
    assert row.where.startswith("Tor · ") and row.detail.endswith(" · simuliert") and row.lines == (row.where, row.detail)


def test_what_other_settings_would_have_made_of_it() -> None:
    words = difference_words(DIFFERENCE)
    assert "1.204" in words and "1.405" in words


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0.45", "0,45"), ("-1.25", "-1,25"), ("30.0", "30"), ("12", "12"), ("on", "on"), ("–", "–"), ("10.0.0.1", "10.0.0.1")],
)
def test_values_of_settings_that_are_numbers_have_the_marks_of_the_language(value: str, shown: str) -> None:
    assert written_number_text(value) == shown


def test_fields_of_other_settings_show_and_take_a_comma(qtbot: QtBot) -> None:
    form = TryForm()
    qtbot.addWidget(form)
    form.show_settings(Settings())
    form.seen.setValue(1.4)
    assert form.seen.text().startswith("1,4 ")
    for typed in ("0,35", "0.35"):
        form.confidence.setValue(0.5)
        form.confidence.lineEdit().selectAll()
        qtbot.keyClicks(form.confidence.lineEdit(), typed)
        qtbot.keyClick(form.confidence.lineEdit(), Qt.Key.Key_Return)
        assert form.confidence.value() == 0.35 and form.confidence.text() == "0,35"


def test_the_calendar_has_the_days_and_months_of_the_language(qtbot: QtBot) -> None:
    calendar = DayCalendar()
    qtbot.addWidget(calendar)
    calendar.setCurrentPage(2026, 3)
    days = calendar.findChild(QTableView, "qt_calendar_calendarview").model()
    assert calendar.findChild(QToolButton, "qt_calendar_monthbutton").text() == "März"
    assert [days.index(0, column).data() for column in range(7)] == ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."]


def test_a_rule_of_the_product_has_its_name_in_the_language_and_keeps_it_as_it_is(qtbot: QtBot) -> None:
    rule = Settings().alerts.rules[0]
    form = RuleForm(Settings())
    qtbot.addWidget(form)
    form.show_rule(rule)
    assert form.name.text() == "Mögliche Verletzung" and form.rule() == rule
    form.name.setText("Sturz im Hof")
    assert form.rule().name == "Sturz im Hof"
