"""What somebody says at a hub about alerts, or asks to be erased, of a site that is away: kept there until the site has judged it."""

from collections.abc import Sequence as Several
from dataclasses import replace
from typing import TypeAlias

from engine.model.alerts.alert import Alert, AlertState, HubAct, IntentState
from engine.model.alerts.commands import AssignAlert, ChangeAlert, NoteAlert
from engine.model.people.commands import ErasePerson
from engine.model.time import SECOND
from engine.model.value_class import dataclass

AlertIntent: TypeAlias = ChangeAlert | AssignAlert | NoteAlert
IntentCommand: TypeAlias = AlertIntent | ErasePerson
INTENT_COMMANDS = (ChangeAlert, AssignAlert, NoteAlert, ErasePerson)
LIFE_NS, ERASURE_LIFE_NS = 7 * 86_400 * SECOND, 400 * 86_400 * SECOND
"""A site that is away for longer is not told any more. Who is to be erased is not forgotten over a long winter."""

NOT_AT_SITE = frozenset({IntentState.WAITING, IntentState.REFUSED, IntentState.EXPIRED})


@dataclass(frozen=True, slots=True)
class Intent:
    """One command on alerts, or on a person, of one site.

    Attributes:
        id: given by whoever sends it: under one id one intent is kept. command: with ids as the site has them.
        said_ns: when the hub kept it. by, by_id: who said it, the id as the site has it.
        seen_assignee: with whom the alert was as the sender saw it; None: not said.
        state, outcome, ended_ns: what the site made of it, a sentence, and when the hub heard.
    """

    id: str
    command: IntentCommand
    said_ns: int
    by: str
    by_id: str
    seen_assignee: str | None = None
    state: IntentState = IntentState.WAITING
    outcome: str = ""
    ended_ns: int | None = None

    @property
    def alert_ids(self) -> tuple[str, ...]:
        match self.command:
            case NoteAlert():
                return (self.command.alert_id,)
            case ErasePerson():
                return ()
            case _:
                return self.command.alert_ids


@dataclass(frozen=True, slots=True)
class IntentEnd:
    """What a site made of one. `outcome`: a sentence, where there is more to say."""

    id: str
    state: IntentState
    outcome: str = ""


def life_ns(command: IntentCommand) -> int:
    """For how long it waits for its site."""
    return ERASURE_LIFE_NS if isinstance(command, ErasePerson) else LIFE_NS


def act_of(intent: Intent, outcome: IntentState) -> HubAct:
    """What an alert keeps of it."""
    act = HubAct(intent.id, intent.said_ns, intent.by, intent.by_id, outcome=outcome)
    match intent.command:
        case ChangeAlert(_, state, disposition):
            return replace(act, state=state, disposition=disposition)
        case AssignAlert(_, assignee, assignee_id):
            return replace(act, assignee=assignee, assignee_id=assignee_id)
        case _:
            return act


def with_intents(alert: Alert, intents: Several[Intent]) -> Alert:
    """As it is shown at the hub: what its site has not been told yet, or did not take, stands among `hub_acts`, oldest first. Nothing else
    of it changes, as the site goes on escalating. `intents`: of its site, with ids as the alert has its own."""
    known = {act.intent_id for act in alert.hub_acts}
    shown = [each for each in intents if each.state in NOT_AT_SITE and alert.id in each.alert_ids and each.id not in known]
    if not shown:
        return alert
    acts = (act_of(each, each.state) for each in sorted(shown, key=lambda each: each.said_ns))
    return replace(alert, hub_acts=(*alert.hub_acts, *acts))


def taker(alert: Alert) -> HubAct | None:
    """Who took it at the hub first, where the site has not been told yet; None: nobody, or somebody has it there."""
    if alert.assignee or alert.state is not AlertState.NEW:
        return None
    return next((act for act in alert.hub_acts if act.outcome is IntentState.WAITING and (act.state or act.assignee)), None)
