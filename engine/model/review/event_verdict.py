"""What operators say of an event, whether or not it raised an alert: true, harmless, or a false alarm."""

from typing import ClassVar

from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Disposition
from engine.model.errors import InputError
from engine.model.question_type import RecordQuestion
from engine.model.value_class import dataclass

MOST_EVENTS = 500  # of one question


@dataclass(frozen=True, slots=True)
class EventVerdict:
    """One of an event: a later one replaces it. `by`: what its writer was called then."""

    event_id: str
    disposition: Disposition
    by: str
    at_ns: int
    by_id: str = ""


@dataclass(frozen=True, slots=True)
class JudgeEvent:
    """Say what an event was; None takes that back. The outcome is its id. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    event_id: str
    disposition: Disposition | None


@dataclass(frozen=True, slots=True)
class ListEventVerdicts(RecordQuestion[tuple[EventVerdict, ...]]):
    """Of these events, those of which something was said."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    event_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.event_ids) > MOST_EVENTS:
            raise InputError("event_ids", f"are {len(self.event_ids)}; at most {MOST_EVENTS}")
