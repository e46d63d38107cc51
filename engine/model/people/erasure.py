"""What is known of erasing people at a site: from when it was asked for until all of it is done."""

from dataclasses import replace
from enum import StrEnum

from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import NOT_AT_SITE, Intent
from engine.model.people.commands import ErasePerson
from engine.model.value_class import dataclass


class ErasureStage(StrEnum):
    """`WAITING`: the site has not been told. BEGUN: it is certain, and under way. STAYS: they were locked when it came to it. REFUSED,
    EXPIRED: what the site, or the hub, made of one that was asked for while the site was away."""

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    STAYS = "stays"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Of one person at one site.

    Attributes:
        id: their pseudonym, under which what happened stays in the record; before it is known the person's id.
        asked_ns, by: when and who; None, empty: not known.
        ended_ns: when all of it was done, or given up. outcome: a sentence of the site, where there is more to say.
    """

    id: str
    stage: ErasureStage
    asked_ns: int | None = None
    by: str = ""
    ended_ns: int | None = None
    outcome: str = ""

    @property
    def is_over(self) -> bool:
        return self.stage not in (ErasureStage.WAITING, ErasureStage.BEGUN)


_STAGES = {IntentState.WAITING: ErasureStage.WAITING, IntentState.REFUSED: ErasureStage.REFUSED, IntentState.EXPIRED: ErasureStage.EXPIRED}


def asked_at_hub(intent: Intent) -> Erasure | None:
    """What its site has not been told, or did not take. None: it is about something else, or the site tells of it itself."""
    if not isinstance(intent.command, ErasePerson) or intent.state not in NOT_AT_SITE:
        return None
    asked = Erasure(intent.command.person_id, _STAGES[intent.state], intent.said_ns, intent.by)
    return replace(asked, ended_ns=intent.ended_ns, outcome=intent.outcome)
