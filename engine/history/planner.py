"""What plans an answer: the offline grammar, a language model, or a person who filled in the form. Each becomes queries
(`engine.model.history.plan`); what is said is written from the rows that those find, and its numbers are counted again."""

from typing import Protocol
from zoneinfo import ZoneInfo

from engine.history.names import Directory
from engine.history.queries.rows import Queries, Result
from engine.model.history.chat import PlannerKind, Sentence, VideoClip
from engine.model.history.query import Query
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
    """An answer whose numbers nobody has counted again yet.

    Attributes:
        sentences: each with what it rests on; without a citation it says nothing of the record (what was not understood).
        query: the main one, that a follow-up goes on from; None: nothing was asked of the record. clips: most telling first.
        results: all that was found on the way.
        understood: False: part of the question was not; then `choices` are the nearest questions that would be.
        degraded_reason: why this is not by the planner that was asked for, a sentence.
    """

    sentences: tuple[Sentence, ...]
    query: Query | None = None
    understood: bool = True
    choices: tuple[str, ...] = ()
    clips: tuple[VideoClip, ...] = ()
    planner: PlannerKind = PlannerKind.OFFLINE
    degraded_reason: str = ""
    results: tuple[Result, ...] = ()
    model: str = ""  # its name, where a language model planned it


class Planner(Protocol):
    """Any thread; may take as long as its own time-out. Raises EnvironmentFault where it cannot answer now (then another one is asked)."""

    def draft(self, asked: PlannerQuestion, queries: Queries) -> Draft: ...
