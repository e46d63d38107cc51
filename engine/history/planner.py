"""What plans an answer: the offline grammar, or a language model. Both ask the record through `Queries` only and draft sentences;
neither is believed: `asking.Asker` has every sentence checked against the record before anybody reads it."""

from dataclasses import field
from typing import Protocol
from zoneinfo import ZoneInfo

from engine.history.names import Directory
from engine.history.queries.queries import Query
from engine.history.queries.rows import Queries
from engine.model.history.chat import PlannerKind, Sentence, VideoClip
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the same conversation before, and what it became. `query` None: nothing was asked of the record."""

    question: str
    answer: str
    query: Query | None


@dataclass(frozen=True, slots=True)
class PlannerQuestion:
    """A question as a planner gets it.

    Attributes:
        message: as it was typed; data, never instructions about what may be seen (`Queries` knows that by itself).
        now_ns: UTC. zone: of the site; every time in words is meant and told in it.
        directory: the people, cameras and zones that exist, as far as the viewer may know them.
        before: turns of the conversation, oldest first. user: whom "me" stands for.
    """

    message: str
    now_ns: int
    zone: ZoneInfo
    directory: Directory
    before: tuple[Turn, ...] = ()
    include_clips: bool = True
    user: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that nobody has checked yet.

    Attributes:
        sentences: each with what it rests on; those that say something of the record without a citation are struck by the checker.
        query: the main one, that a follow-up goes on from; None: nothing was asked of the record. clips: most telling first.
        understood: False: part of the question was not; then `suggestion` is the nearest question that would be.
        degraded_reason: why this is not by the planner that was asked for, a sentence.
    """

    sentences: tuple[Sentence, ...]
    query: Query | None = None
    understood: bool = True
    suggestion: str = ""
    clips: tuple[VideoClip, ...] = ()
    planner: PlannerKind = PlannerKind.OFFLINE
    degraded_reason: str = ""
    queries: tuple[Query, ...] = field(default=())  # all that were run, the main one among them


class Planner(Protocol):
    """Any thread; may take as long as its own time-out. Raises EnvironmentFault where it cannot answer now (then another one is asked)."""

    def draft(self, asked: PlannerQuestion, queries: Queries) -> Draft: ...
