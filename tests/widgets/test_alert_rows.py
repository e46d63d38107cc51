"""Which alerts are shown and in which order, and how the list changes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from pytestqt.qtbot import QtBot

from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.decision import CandidateKind
from engine.model.event import EventKind, Severity
from engine.model.history.timeline import SearchFilter
from engine.model.site import SiteAnchor
from engine.model.time import SECOND, ManualClock
from widgets.alerts import alert_delegate
from widgets.alerts.alert_card import AlertCard, CardNames
from widgets.alerts.alert_column import AlertColumn
from widgets.alerts.alert_list import AlertList
from widgets.alerts.alert_model import AlertModel
from widgets.alerts.alert_rows import AlertFilter, AlertRow, GroupRow, alert_rows
from widgets.alerts.alert_words import alert_title, candidate_word, state_word
from widgets.translation import use_language

NOW = 1_700_000_000 * SECOND


def alert(number: int, severity: Severity = Severity.HIGH, group: str = "", **more: object) -> Alert:
    made = Alert(f"al-{number}", f"de-{number}", "rule", EventKind.PERSON, severity, NOW - number * SECOND, NOW, group=group)
    return replace(made, **more)  # type: ignore[arg-type]


def ids(rows: tuple[GroupRow | AlertRow, ...]) -> list[str]:
    return [row.alert.id if isinstance(row, AlertRow) else f"[{row.count}]" for row in rows]


def test_the_gravest_group_comes_first_with_all_of_its_cause() -> None:
    rows = alert_rows([alert(1), alert(2, Severity.LOW, "g"), alert(3, Severity.CRITICAL, "g"), alert(4, Severity.CRITICAL)])
    assert ids(rows) == ["[2]", "al-3", "al-2", "al-4", "al-1"]


def test_working_an_alert_does_not_move_it() -> None:
    alerts = [alert(1, group="a"), alert(2, group="a"), alert(3)]
    before = ids(alert_rows(alerts))
    alerts[0] = replace(alerts[0], state=AlertState.IN_PROGRESS, changed_ns=NOW + SECOND, assignee="ada")
    assert ids(alert_rows(alerts)) == before
    head = alert_rows(alerts)[0]
    assert isinstance(head, GroupRow) and head.new == 1


@pytest.mark.parametrize(
    ("chosen", "passes"),
    [
        (AlertFilter(), True),
        (AlertFilter(state=AlertState.NEW), True),
        (AlertFilter(state=AlertState.CLOSED), False),
        (AlertFilter(limits=SearchFilter(min_severity=5)), False),
        (AlertFilter(mine=True), False),
        (AlertFilter(limits=SearchFilter(zone_id="lab")), True),
        (AlertFilter(limits=SearchFilter(zone_id="hall")), False),
        (AlertFilter(shelved=True), False),
        (AlertFilter(text="LAB person"), True),
        (AlertFilter(text="lab camera"), False),
    ],
)
def test_every_part_of_the_filter_counts(chosen: AlertFilter, passes: bool) -> None:
    assert chosen.lets_through(alert(1, zone_id="lab"), "Lab", NamedUser("ada"), NOW) is passes


def test_what_is_shelved_is_shown_only_where_it_is_asked_for() -> None:
    shelved = alert(1, shelved_until_ns=NOW + SECOND)
    assert not AlertFilter().lets_through(shelved, "", NamedUser("ada"), NOW)
    assert AlertFilter(shelved=True).lets_through(shelved, "", NamedUser("ada"), NOW)
    assert AlertFilter().lets_through(shelved, "", NamedUser("ada"), NOW + SECOND), "it has come back"


def test_rows_that_stay_are_not_touched(qtbot: QtBot) -> None:
    model = AlertModel(NamedUser("ada"))
    first = tuple(alert(number, group=f"g{number // 2}") for number in range(100))
    model.set_alerts(first, {}, {}, NOW)
    told: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _, a, b: told.append(("in", a, b)))
    model.rowsRemoved.connect(lambda _, a, b: told.append(("out", a, b)))
    model.dataChanged.connect(lambda a, b: told.append(("changed", a.row(), b.row())))
    model.modelReset.connect(lambda: told.append(("reset", 0, 0)))
    model.set_alerts((alert(-1, group="new"), *first), {}, {}, NOW)
    assert told == [("in", 0, 0)]
    told.clear()
    seen = replace(first[4], seen_by=("ada",))
    model.set_alerts((*first[:4], seen, *first[5:]), {}, {}, NOW)
    assert told == [("out", 0, 0), ("changed", model.row_of("al-4"), model.row_of("al-4"))]
    told.clear()
    model.set_alerts(first[:-2], {}, {}, NOW)
    assert [what for what, _, _ in told][:1] == ["out"] and model.rowCount() == 49 * 3


def test_what_is_closed_wants_nobody_to_look_at_it(qtbot: QtBot) -> None:
    model = AlertModel(NamedUser("ada"))
    assert not model.is_seen(alert(1)) and model.is_seen(alert(2, seen_by=("ada",)))
    assert model.is_seen(alert(3, state=AlertState.CLOSED))


def test_the_chosen_one_stays_and_its_neighbour_follows_when_it_goes(qtbot: QtBot) -> None:
    view = AlertList(ManualClock(NOW), NamedUser("ada"))
    qtbot.addWidget(view)
    alerts = tuple(alert(number) for number in range(5))
    view.set_alerts(alerts, {}, {}, NOW)
    view.select_alert("al-2")
    view.set_alerts((alert(-1), *alerts), {}, {}, NOW)
    assert view.current() == "al-2"
    view.set_alerts(tuple(each for each in alerts if each.id != "al-2"), {}, {}, NOW)
    assert view.current() in ("al-1", "al-3")
    view.set_alerts((), {}, {}, NOW)
    assert view.current() == "" and view.selected_ids() == ()


def test_stepping_passes_over_heads_and_stops_at_the_ends(qtbot: QtBot) -> None:
    view = AlertList(ManualClock(NOW), NamedUser("ada"))
    qtbot.addWidget(view)
    view.set_alerts((alert(1, group="a"), alert(2, group="a"), alert(3, group="b"), alert(4, group="b")), {}, {}, NOW)
    seen = [view.current()]
    for _ in range(5):
        view.step(1)
        seen.append(view.current())
    assert seen == ["al-1", "al-2", "al-3", "al-4", "al-4", "al-4"]
    view.step(-1, extend=True)
    view.step(-1, extend=True)
    assert view.selected_ids() == ("al-2", "al-3", "al-4")


@pytest.mark.parametrize("kind", list(CandidateKind))
def test_every_candidate_has_a_word(kind: CandidateKind) -> None:
    assert candidate_word(kind)


@pytest.mark.parametrize("state", list(AlertState))
def test_every_state_has_a_word(state: AlertState) -> None:
    assert state_word(state)


@pytest.mark.parametrize(("level", "said"), [(0, ""), (1, "once (unacknowledged)"), (2, "2 times (unacknowledged)")])
def test_a_card_says_how_often_an_alert_was_escalated(level: int, said: str, qtbot: QtBot) -> None:
    card = AlertCard(ManualClock(NOW))
    qtbot.addWidget(card)
    card.show_alert(alert(1, level=level), CardNames(), True)
    assert card.facts.fact_text("Escalated") == said


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_title_is_whole_in_the_narrow_column(language: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: dict[str, int] = {}
    real = alert_delegate.text_left

    def note(painter: QPainter, area: QRect, text: str, face: QFont, role: str) -> None:
        drawn[text] = area.width() - QFontMetrics(face).horizontalAdvance(text)
        real(painter, area, text, face, role)

    monkeypatch.setattr(alert_delegate, "text_left", note)
    use_language(language)
    try:
        column = AlertColumn(ManualClock(NOW), NamedUser("ada"))
        qtbot.addWidget(column)
        column.resize(330, 320)
        for kind in EventKind:
            column.show_alerts((alert(1, kind=kind, reason="."),), {}, {}, NOW)
            column.grab()
            assert drawn[alert_title(alert(1, kind=kind))] >= 0, f"{kind} is cut"
    finally:
        use_language("en")


def test_an_incidents_row_has_a_map_with_its_mark(qtbot: QtBot) -> None:
    column = AlertColumn(ManualClock(NOW), NamedUser("ada"))
    qtbot.addWidget(column)
    column.resize(330, 320)
    column.show_alerts((alert(1, kind=EventKind.INCIDENT, incident_id="in-1"),), {}, {}, NOW)
    without = column.grab().toImage()
    column.pictures.set_earth(SiteAnchor(59.33, 18.0), {"in-1": (59.36, 18.05)})
    assert column.grab().toImage() != without
