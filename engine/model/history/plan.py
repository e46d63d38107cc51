"""What a question in words is understood as: the one schema that every planner fills, and that a person sees and can change.

A plan holds typed queries and nothing else. What is answered is written from the rows that they find, so a planner cannot say anything
of its own.
"""

from enum import StrEnum

from engine.model.errors import InputError
from engine.model.history.query import Query
from engine.model.value_class import dataclass

MOST_QUERIES = 4


class Form(StrEnum):
    """How an answer begins: with a time, a place, names, yes or no, a number, or what was found."""

    PLAIN = "plain"
    WHEN = "when"
    WHERE = "where"
    WHO = "who"
    YES_NO = "yes_no"
    ARRIVED = "arrived"
    LEFT = "left"
    HOW_MANY = "how_many"
    HOW_LONG = "how_long"


class Relation(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    DURING = "during"
    AROUND = "around"


@dataclass(frozen=True, slots=True)
class TimeAnchor:
    """Something that happened, by which a time is told: `after the last fall`.

    `query`: finds it, its first row counts. seconds: how far before, after or around it, None as far as the day goes. returned: meant is
    when it was over.
    """

    query: Query
    relation: Relation
    seconds: float | None = None
    returned: bool = False

    def __post_init__(self) -> None:
        if self.seconds is not None and not 0 < self.seconds <= 366 * 86_400:
            raise InputError("seconds", f"{self.seconds:g} is outside 0–{366 * 86_400}")


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """`anchor`: what the time of the query leans on; None: the query has its time itself."""

    query: Query
    form: Form = Form.PLAIN
    anchor: TimeAnchor | None = None


@dataclass(frozen=True, slots=True)
class QuestionPlan:
    """What a message is understood as, before anything is asked of the record.

    `queries`: in their order, each answered for itself. unknown: words that no query expresses; then nothing is answered. in_steps: what
    is asked leans on several findings, so that it has no form that could be shown.
    """

    queries: tuple[PlannedQuery, ...] = ()
    unknown: tuple[str, ...] = ()
    in_steps: bool = False

    def __post_init__(self) -> None:
        if len(self.queries) > MOST_QUERIES:
            raise InputError("queries", f"are {len(self.queries)}; at most {MOST_QUERIES} are asked at once")
