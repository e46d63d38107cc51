"""Gates as words and bars."""

import pytest
from pytestqt.qtbot import QtBot

from engine.alerts import rule_gates
from engine.history.answers.gates import reading_text
from engine.model.alerts.alert import AlarmLoad
from engine.model.alerts.decision import AlertFacts, CandidateKind, Decision, GateReading, Outcome, Stage
from engine.model.alerts.settings import SiteMode
from engine.model.event import EventKind, Severity
from engine.model.fire.fire import FireClass
from widgets.alerts.gate_ladder import GateLadder
from widgets.alerts.gate_words import gate_row, gate_rows, gate_title, short_words
from widgets.alerts.load_meter import LoadMeter, load_state, named_sources


def reading(gate: str, value: float, threshold: float, unit: str = "") -> GateReading:
    return GateReading(gate, value, threshold, value - threshold, value >= threshold, unit)


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (reading("evidence", 1.3, 2.0, "nats"), "Evidence – 1.30, at least 2.00 needed, 0.70 below"),
        (reading("severity", 2, 3), "Severity – 2 low, at least 3 moderate needed"),
        (reading("armed zone", 0, 1), "Armed zone – no"),
        (reading("schedule", -90, 0, "min"), "Schedule – outside by 1 h 30 min"),
        (reading("duplicate", 12, 60, "s"), "Last alert of this cause – 12 s earlier, a repeat within 1 min 00 s"),
        (reading("arming", 15, 60, "s"), "Exit delay – armed 15 s earlier, at least 1 min 00 s needed, 45 s below"),
        (reading("shelved", -300, 0, "s"), "Not shelved – shelved for another 5 min 00 s"),
        (reading("alarm load", 2, 3), "Recent alerts – so many that only 3 moderate or more raises an alert, this one is 2 low"),
        (reading("alarm load", 4, 1), "Recent alerts – so few that each severity raises an alert"),
        (reading("duplicate", 86_400, 60, "s"), "Last alert of this cause – none in the last day, a repeat within 1 min 00 s"),
        (reading("area risk", 0.25, 0.5), "Area risk – 0.25, at least 0.50 needed, 0.25 below"),
        (reading("seen", 0.4, 1.0, "s"), "Time in view – 0.40 s, at least 1.00 s needed, 0.60 s below"),
    ],
)
def test_what_stopped_something_is_said_with_its_margin(gate: GateReading, said: str) -> None:
    assert short_words(gate) == said


@pytest.mark.parametrize(
    "gate",
    [
        *(reading("site mode", at, 1) for at in (0, 1)),
        *(reading(gate, at, 2.0, "s") for gate in ("evidence", "severity", "alarm load", "seen", "arming", "duplicate") for at in (1, 4)),
        *(reading(gate, at, 2.0, "s") for gate in ("arming", "duplicate") for at in (3_600.0, 86_400.0)),
        *(reading("schedule", at, 0, "min") for at in (-0.5, 0.5)),
        *(reading("shelved", at, 0, "s") for at in (-30, 0)),
        reading("of tomorrow", 1, 2),
    ],
    ids=lambda gate: f"{gate.gate} {gate.value:g}",
)
def test_an_answer_to_why_names_a_gate_as_the_card_does(gate: GateReading, qtbot: QtBot) -> None:
    card = short_words(gate).replace(" – ", ": ").replace(" h 00 min", " h").replace(" 0 min", "")
    assert reading_text(gate) == card


def smoke(fire_class: FireClass | None, threshold: float) -> AlertFacts:
    return AlertFacts(EventKind.SMOKE, Severity.MODERATE, SiteMode.HOME, smoke_conf=0.42, fire_threshold=threshold, fire_class=fire_class)


def test_fire_risk_says_what_day_it_is() -> None:
    gate, facts = reading("fire risk", 0.42, 0.45), smoke(FireClass.LOW, 0.45)
    assert short_words(gate, facts) == "Fire risk – 0.42, at least 0.45 needed at low fire danger, 0.03 below"
    decision = Decision("d", CandidateKind.SMOKE, "s", "yard", 1, Outcome.HELD, (gate,), "", stage=Stage.ALERT, facts=facts)
    (row,) = gate_rows(decision)
    assert row.stopped and row.needed == "at least 0.45 needed at low fire danger" and -1 < row.reach < 0
    assert short_words(gate) == "Fire risk – 0.42, at least 0.45 needed, 0.03 below"


@pytest.mark.parametrize(
    ("fire_class", "threshold", "said"),
    [
        (None, 0.0, "fire danger unknown, no threshold"),
        (FireClass.VERY_HIGH, 0.0, "no threshold at very high fire danger"),
        (FireClass.LOW, 0.45, "no threshold for severe alerts"),
    ],
)
def test_why_fire_risk_asks_for_nothing_is_said(fire_class: FireClass | None, threshold: float, said: str) -> None:
    row = gate_row(reading("fire risk", 0.42, 0.0), facts=smoke(fire_class, threshold))
    assert (row.value, row.asked, row.reach) == (said, False, 0.0)


def test_every_gate_of_a_rule_has_a_title_of_its_own() -> None:
    names = [value for name, value in vars(rule_gates).items() if name.isupper() and isinstance(value, str) and name != "EVERYWHERE"]
    assert "evidence" in names and "arming" in names
    assert len({gate_title(name) for name in names}) == len(names)


@pytest.mark.parametrize(("value", "threshold"), [(1e-6, 0.0), (5.0, 2.0), (1e9, 0.0), (-1e9, 0.0), (1.99, 2.0)])
def test_bars_of_any_margin_stay_on_their_side_and_inside(value: float, threshold: float) -> None:
    row = gate_row(reading("evidence", value, threshold))
    assert 0 < abs(row.reach) <= 1 and (row.reach > 0) == row.passed


def test_more_margin_is_a_longer_bar() -> None:
    reaches = [gate_row(reading("evidence", 2.0 + by, 2.0)).reach for by in (0.5, 1, 2, 4)]
    assert reaches == sorted(reaches) and len(set(reaches)) == 4


def test_gates_that_are_not_asked_are_one_line(qtbot: QtBot) -> None:
    ladder = GateLadder()
    qtbot.addWidget(ladder)
    ladder.show_rows(tuple(gate_row(each) for each in (reading("evidence", 3, 2), reading("camera", 1, 0), reading("zone", 1, 0))))
    assert [row.title for row in ladder.gate_rows()] == ["Evidence"] and ladder.sizeHint().height() == 2 * 28
    assert "Camera, met, not used" in ladder.accessibleDescription()


def test_words_have_a_line_of_their_own_where_there_is_no_room_beside_the_bar(qtbot: QtBot) -> None:
    ladder = GateLadder()
    qtbot.addWidget(ladder)
    ladder.show_rows((gate_row(reading("evidence", 3, 2)), gate_row(reading("camera", 1, 0))))
    assert ladder.heightForWidth(520) == ladder.sizeHint().height() < ladder.heightForWidth(519) == ladder.minimumSizeHint().height()


def test_the_meter_says_flood_by_word_too(qtbot: QtBot) -> None:
    assert load_state(AlarmLoad(per_10_min=1), 10) == ("normal", "good")
    assert load_state(AlarmLoad(per_10_min=5), 10)[0] == "busy"
    assert load_state(AlarmLoad(per_10_min=8, holding="Near a flood."), 10)[0] == "near flood"
    flood = AlarmLoad(12, True, 0.25, ((5, 2), (3, 1)), 4, (("gate", 9),), "A flood: lower ones are held.")
    meter = LoadMeter()
    qtbot.addWidget(meter)
    meter.show_load(flood, 10, {"gate": "North gate"})
    assert meter.state.text() == "flood" and meter.holding.text() == "A flood: lower ones are held."
    assert meter.flood.text() == "25.0 %" and meter.stale.text() == "4" and meter.top.text() == "North gate 9"
    assert meter.mix.words() == "Open: 2 critical, 1 moderate"


def test_where_most_alerts_come_from_is_said_by_name() -> None:
    top = (("gate", 20), ("in-6a252f1a", 2), ("in-113bc738", 1), ("hall", 1))
    assert named_sources(top, {"gate": "North gate", "hall": "Hall"}) == [("North gate", 20), ("Incidents", 3), ("Hall", 1)]
    over_sites = (("a1b2c3/in-6a252f1a", 2), ("d4e5f6/in-113bc738", 1))
    assert named_sources(over_sites, {}) == [("Incidents", 3)]
