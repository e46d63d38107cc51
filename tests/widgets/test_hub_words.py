"""What was said at the hub while a site was away, in words: who, whether the site knows, and both verdicts where they contradict."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from engine.model.alerts.alert import Alert, AlertState, Disposition, HubAct, IntentState
from engine.model.event import EventKind, Severity
from engine.model.time import SECOND
from widgets.alerts.alert_card import AlertCard, CardNames
from widgets.alerts.alert_words import hub_text, spoken_alert, taker_text
from widgets.time_text import clock_text

NOW_NS = 1_790_000_000 * SECOND
ALERT = Alert("north/al-1", "de-1", "ru-1", EventKind.PERSON, Severity.HIGH, NOW_NS, NOW_NS)
TAKEN = HubAct("in-1", NOW_NS, "Ben", "hub-7", AlertState.ACKNOWLEDGED, outcome=IntentState.WAITING)
CLOSED = HubAct("in-2", NOW_NS, "Cleo", "hub-8", AlertState.CLOSED, Disposition.FALSE)
GIVEN = HubAct("in-3", NOW_NS, "Ben", "hub-7", assignee="Ana", assignee_id="us-1")
WHEN = clock_text(NOW_NS, NOW_NS)


class Stopped:
    def now_ns(self) -> int:
        return NOW_NS


def said(act: HubAct, outcome: IntentState, **alert: object) -> str:
    return hub_text(replace(ALERT, hub_acts=(replace(act, outcome=outcome),), **alert), NOW_NS)  # type: ignore[arg-type]


def test_what_the_site_does_not_know() -> None:
    note = replace(TAKEN, state=None)
    assert said(TAKEN, IntentState.WAITING) == "Taken here by Ben. The site has not been told yet."
    assert said(CLOSED, IntentState.WAITING) == "Closed here by Cleo: False alarm. The site has not been told yet."
    assert said(GIVEN, IntentState.WAITING) == "Assigned here to Ana by Ben. The site has not been told yet."
    assert said(note, IntentState.WAITING) == "Note by Ben. The site has not been told yet."


def test_what_the_site_did_not_take() -> None:
    assert said(TAKEN, IntentState.REFUSED) == f"The site refused what Ben did here at {WHEN}."
    assert said(TAKEN, IntentState.EXPIRED) == f"The site could not be told for seven days what Ben did here at {WHEN}."


def test_what_the_site_knows() -> None:
    assert said(TAKEN, IntentState.DONE) == f"Taken by Ben at the hub at {WHEN}."
    assert said(TAKEN, IntentState.BESIDE) == f"Also taken by Ben at the hub at {WHEN}; somebody was first."
    assert said(GIVEN, IntentState.DONE) == f"Assigned to Ana by Ben at the hub at {WHEN}."
    assert said(GIVEN, IntentState.BESIDE) == f"Ben assigned it to Ana at the hub at {WHEN}; somebody had it."
    assert said(CLOSED, IntentState.DONE, disposition=Disposition.FALSE) == f"Closed by Cleo at the hub at {WHEN}: False alarm."
    both = said(CLOSED, IntentState.BESIDE, disposition=Disposition.TRUE)
    assert both == f"Closed by Cleo at the hub at {WHEN}: False alarm. The site had closed it: True alarm."


def test_who_took_it_is_told_in_rows_until_somebody_has_it_at_the_site() -> None:
    taken = replace(ALERT, hub_acts=(TAKEN,))
    assert taker_text(taken) == "Ben, site not told yet" and taker_text(taken) in spoken_alert(taken, "Yard", seen=True)
    assert taker_text(ALERT) == taker_text(replace(taken, assignee="Ana")) == taker_text(replace(ALERT, hub_acts=(CLOSED,))) == ""


def test_the_card_shows_it(qtbot: QtBot) -> None:
    card = AlertCard(Stopped())
    qtbot.addWidget(card)
    card.show_alert(replace(ALERT, hub_acts=(TAKEN, CLOSED)), CardNames(), may_act=True)
    lines = card.facts.fact_text("At the hub").split("\n")
    assert lines == ["Taken here by Ben. The site has not been told yet.", f"Closed by Cleo at the hub at {WHEN}: False alarm."]
    card.show_alert(ALERT, CardNames(), may_act=True)
    assert card.facts.fact_text("At the hub") == ""
