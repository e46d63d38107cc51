"""A query written as a question asks the same when it is read again, or is not written."""

import pytest

from engine.history.grammar.query_wording import meaning, question_of
from engine.model.history.query import Ask, Of, Query, Scope, Who
from tests.engine.history.planned_sets import WORDS, plan, planned_queries


def test_no_question_of_the_frozen_sets_loses_a_condition_when_it_is_written() -> None:
    """Before it was read again, 428 of 863 lost one, or could not be asked."""
    written = {query: text for query in planned_queries() if (text := question_of(query, WORDS))}
    read = {query: [meaning(each.query) for each in plan(text).queries] for query, text in written.items()}
    assert [written[query] for query, found in read.items() if found != [meaning(query)]] == []
    assert len(written) / len(planned_queries()) > 0.85


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(not_person_ids=("p-john",), who=Who.ANYONE), "other than of John Smith"),
        (Scope(who=Who.KNOWN, camera_ids=("yard",)), "at the camera Yard"),
        (Scope(who=Who.UNKNOWN, zone_ids=("z-yard",)), "at the zone Yard"),
    ],
)
def test_who_and_where_are_said(scope: Scope, words: str) -> None:
    assert words in question_of(Query(Ask.STAYS, Of.PEOPLE, scope, limit=50, oldest_first=True), WORDS)


def test_what_has_no_words_is_not_offered() -> None:
    people = Query(Ask.MATCHING, also=(Scope(zone_ids=("z-lab",)),), scope=Scope(who=Who.KNOWN), limit=100)
    assert question_of(people, WORDS) == ""
