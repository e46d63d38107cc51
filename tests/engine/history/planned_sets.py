"""Every query that a question of the frozen sets is understood as."""

from functools import cache

from engine.history.answers.words import Words
from engine.history.grammar.planned import plan_of
from engine.history.names import directory_of
from engine.history.planner import PlannerQuestion, Turn
from engine.model.history.plan import QuestionPlan
from engine.model.history.query import Query
from tests.engine.history.frozen_sets import frozen
from tests.fakes.week import NOW, PEOPLE, SETTINGS, ZONE, generated, ns

WORDS = Words(directory_of(SETTINGS, PEOPLE, ("wave",), None), ZONE, ns(NOW))


def plan(question: str, *before: Turn) -> QuestionPlan:
    return plan_of(PlannerQuestion(question, WORDS.now_ns, WORDS.zone, WORDS.directory, before))


@cache
def planned_queries() -> tuple[Query, ...]:
    """Each once, also those by which a time is told."""
    found: dict[Query, None] = {}
    for row in frozen(generated()):
        turns: tuple[Turn, ...] = ()
        for question in (*row.before, row.question):
            planned = plan(question, *turns).queries
            turns = (*turns, Turn(question, "", planned[-1].query if planned else None))
            found |= {query: None for each in planned for query in (each.query, each.anchor.query if each.anchor else each.query)}
    return tuple(found)
