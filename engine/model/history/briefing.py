"""A shift on one page: what happened in it, as answers of typed queries, each line with what it rests on."""

from enum import StrEnum
from typing import ClassVar

from engine.model.accounts.access import Verb
from engine.model.history.chat import Sentence
from engine.model.question_type import Question
from engine.model.value_class import dataclass


class BriefingPart(StrEnum):
    ALERTS = "alerts"
    INCIDENTS = "incidents"
    COUNTS = "counts"  # that are not as usual at that time
    UNOBSERVED = "unobserved"


@dataclass(frozen=True, slots=True)
class BriefingSection:
    part: BriefingPart
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Briefing:
    """`time_zone`: that its sentences tell times in. UTC ns, `until` exclusive."""

    since_ns: int
    until_ns: int
    time_zone: str
    sections: tuple[BriefingSection, ...] = ()


@dataclass(frozen=True, slots=True)
class GetBriefing(Question[Briefing]):
    """Of the shift that a hand-over ended; empty: of the one that goes on. A shift is told of for a day at most. Made anew each time, by
    what whoever asks may see. Raises NotFound (no such hand-over)."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    handover_id: str = ""
