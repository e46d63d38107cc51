"""Raised decisions that want an operator, and what operators make of them."""

from enum import StrEnum
from itertools import zip_longest

from engine.model.accounts.user_ref import UserRef, accounts_of
from engine.model.event import EventKind, Severity
from engine.model.site import Position
from engine.model.value_class import dataclass


class AlertState(StrEnum):
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class Disposition(StrEnum):
    """A human verdict."""

    TRUE = "true"
    BENIGN = "benign"  # it was so, and nothing was wrong with it
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Note:
    """`by`: the name that whoever wrote it had then; `by_id`: of that user, empty in notes of before."""

    at_ns: int
    by: str
    text: str
    by_id: str = ""


class IntentState(StrEnum):
    """What became of something that was said at a hub while the alert's site was away."""

    WAITING = "waiting"  # the site has not been told yet
    DONE = "done"  # the site did it
    BESIDE = "beside"  # somebody was first: it stands beside what they did
    REFUSED = "refused"
    EXPIRED = "expired"  # the site was away for too long


@dataclass(frozen=True, slots=True)
class HubAct:
    """What somebody said about an alert at the hub while its site was away.

    Attributes:
        intent_id: by which the site knows it again. said_ns: when, by the hub's clock.
        by, by_id: who, by the name and id of their account at the site.
        state, disposition: to which they took it; None: they did something else. assignee, assignee_id: to whom they gave it.
        outcome: DONE or BESIDE. The others are what a hub says beside the site's alert.
    """

    intent_id: str
    said_ns: int
    by: str
    by_id: str = ""
    state: AlertState | None = None
    disposition: Disposition | None = None
    assignee: str = ""
    assignee_id: str = ""
    outcome: IntentState = IntentState.DONE


@dataclass(frozen=True, slots=True)
class Alert:
    """What deserves an operator. A later value with the same id replaces it.

    Attributes:
        event_id: what it is about; never empty. event_ids: all that were grouped under it, oldest first.
        group: what alerts of one cause share: the incident's id, else place and kind.
        severity: as the rule has it, else the event's. reason: a sentence.
        level: how often it was escalated because nobody answered. decision_id: why it was raised.
        promoted: it was held, and an operator raised it. steps_done: numbers of the procedure's steps.
        assignee, assignee_id: the user it is with, by the name they had then; the id is empty in alerts of before.
        seen_by, seen_by_ids: users who opened it, names and ids in the same order; ids that are not known are empty or missing at the end.
        shelved_until_ns: out of sight until then, None while it is not.
        hub_acts: what was said at the hub while this site was away, in the order in which the site was told.
    """

    id: str
    decision_id: str
    rule_id: str
    kind: EventKind
    severity: Severity
    raised_ns: int
    changed_ns: int
    state: AlertState = AlertState.NEW
    event_id: str = ""
    event_ids: tuple[str, ...] = ()
    incident_id: str = ""
    group: str = ""
    camera_id: str = ""
    subject_id: str = ""
    position: Position | None = None
    zone_id: str = ""
    person: str = ""
    person_id: str = ""
    reason: str = ""
    procedure: tuple[str, ...] = ()
    steps_done: tuple[int, ...] = ()
    assignee: str = ""
    disposition: Disposition | None = None
    shelved_until_ns: int | None = None
    shelved_reason: str = ""
    notes: tuple[Note, ...] = ()
    seen_by: tuple[str, ...] = ()
    level: int = 0
    ended: bool = False  # what it is about is over
    promoted: bool = False
    simulated: bool = False
    assignee_id: str = ""
    seen_by_ids: tuple[str, ...] = ()
    hub_acts: tuple[HubAct, ...] = ()

    @property
    def open(self) -> bool:
        return self.state is not AlertState.CLOSED

    def shelved(self, at_ns: int) -> bool:
        return self.shelved_until_ns is not None and at_ns < self.shelved_until_ns

    def is_with(self, user: UserRef) -> bool:
        """Whether it is assigned to this user; where only a name is known, to whoever has it."""
        ours = accounts_of(user)
        return any(self.assignee_id == each.id if self.assignee_id else self.assignee == each.name != "" for each in ours)

    def is_seen_by(self, user: UserRef) -> bool:
        pairs = zip_longest(self.seen_by, self.seen_by_ids, fillvalue="")
        ours = accounts_of(user)
        return any(user_id == each.id if user_id else name == each.name for name, user_id in pairs for each in ours)


@dataclass(frozen=True, slots=True)
class AlarmLoad:
    """How much is asked of the operator (ISA-18.2, EEMUA 191: one alert per ten minutes is well, more than ten is a flood).

    `per_10_min`: raised in the last ten minutes. flood_share: of the last 24 hours spent in flood. by_severity: (severity, count), of the
    open ones. stale: open for more than a day. top: (source, count), of the last 24 hours, most first. holding: what is held back now.
    promoted: (rule, count), how many of what it held were promoted by operators.
    """

    per_10_min: int = 0
    flooding: bool = False
    flood_share: float = 0.0
    by_severity: tuple[tuple[int, int], ...] = ()
    stale: int = 0
    top: tuple[tuple[str, int], ...] = ()
    holding: str = ""
    promoted: tuple[tuple[str, int], ...] = ()
