"""What was held, and what a rule on trial would have raised: in words, and never chosen in two places."""

from dataclasses import replace

import pytest

from engine.model.alerts.decision import AlertFacts, CandidateKind, Decision, GateReading, Outcome, Stage
from engine.model.alerts.settings import SiteMode
from engine.model.event import EventKind, Severity
from engine.model.time import SECOND
from tests.widgets.values_for_widgets import NOW_NS
from widgets.alerts.alert_words import decision_place, is_on_trial
from widgets.alerts.decision_list import why_short
from widgets.alerts.held_lane import HeldLane

SHORT = GateReading("evidence", 5.96, 6.6, -0.64, False, "nats")
TRIAL = GateReading("on trial", 0.0, 1.0, -1.0, False)
FACTS = AlertFacts(EventKind.PERSON, Severity.LOW, SiteMode.HOME)
HELD = Decision(
    "de-1", CandidateKind.SEQUENCE, "tr-1", "office", NOW_NS - SECOND, Outcome.HELD, (SHORT,), "", stage=Stage.ALERT, zone_id="office-z",
    facts=FACTS,
)  # fmt: skip
TRIED = replace(HELD, id="de-2", outcome=Outcome.REJECTED, gates=(TRIAL,))
NAMES = {"office": "Office"}, {"office-z": "Office"}


@pytest.fixture
def lanes(qtbot, clock) -> list[HeldLane]:
    made = [HeldLane(clock, word) for word in ("Held", "On trial")]
    for lane, decision in zip(made, (HELD, TRIED), strict=True):
        qtbot.addWidget(lane)
        lane.set_decisions((decision,), *NAMES)
        lane.show()
    return made


def test_what_a_rule_on_trial_would_have_raised_says_so():
    assert not is_on_trial(HELD) and is_on_trial(TRIED)
    assert "0.64" in why_short(HELD) and why_short(TRIED).startswith("The rule is on trial")


def test_a_zone_and_a_camera_of_one_name_are_named_once():
    assert decision_place(HELD, *NAMES) == "Office"
    assert decision_place(HELD, {"office": "Door"}, NAMES[1]) == "Office · Door"


def test_what_is_chosen_elsewhere_is_not_chosen_here(lanes: list[HeldLane]):
    told: list[str] = []
    for lane in lanes:
        lane.chosen.connect(told.append)
        lane.show_list()
    assert told == ["de-1", "de-2"]
    lanes[0].clear()
    assert [lane.current() for lane in lanes] == ["", "de-2"] and told == ["de-1", "de-2"]


def test_what_fire_weather_and_the_second_check_hold_is_counted_beside_all(lanes: list[HeldLane]):
    assert lanes[0].head.text() == "Held (1)"
    damp = GateReading("fire risk", 0.42, 0.45, -0.03, False)
    passed = GateReading("fire risk", 0.5, 0.45, 0.05, True)
    smoke = tuple(replace(HELD, id=f"de-{n}", gates=gates) for n, gates in enumerate(((damp,), (SHORT, damp), (SHORT, passed)), 5))
    lanes[0].set_decisions((HELD, *smoke), *NAMES)
    assert lanes[0].head.text() == "Held (4) · by fire risk (2)"
    declined = replace(HELD, id="de-9", gates=(GateReading("second scorer", 0.4, 0.45, -0.05, False),))
    lanes[0].set_decisions((HELD, declined), *NAMES)
    assert lanes[0].head.text() == "Held (2) · by second smoke check (1)"
    lanes[1].set_decisions((replace(TRIED, gates=(damp, TRIAL)),), *NAMES)
    assert lanes[1].head.text() == "On trial (1)"
    lanes[0].set_decisions((), *NAMES)
    assert lanes[0].head.text() == "Held (0)"
