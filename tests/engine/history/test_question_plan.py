"""What a message is understood as, before it is asked: the same as its answer was written from."""

from collections.abc import Iterator

import pytest

from engine.history.asking import Asker
from engine.history.grammar.planned import plan_of
from engine.history.plan_run import FormPlanner
from engine.history.planner import PlannerQuestion, Turn
from engine.model.errors import InputError
from engine.model.history.chat import AskRecord, ChatAnswer, PlannerKind
from engine.model.history.plan import PlannedQuery, QuestionPlan
from engine.model.history.query import Ask, Query
from engine.model.history.query_text import from_text
from engine.model.wire import read_as, to_plain
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_second import second
from tests.engine.history.chat_site import EVERYTHING, Site, site_in
from tests.fakes.week import ZONE, generated


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


def message(site: Site, text: str, *before: ChatAnswer) -> PlannerQuestion:
    turns = tuple(Turn(each.question, each.answer, from_text(each.query) if each.query else None) for each in before)
    return PlannerQuestion(text, site.now_ns, ZONE, site.directory(), turns, user="anna")


def test_a_plan_that_is_asked_by_form_is_answered_as_its_words_are(site: Site) -> None:
    """Of all questions of two sets that are one query, and say nothing of what was taken for what."""
    compared = 0
    for text in [each.question for each in (*asked(generated()), *second(generated()))]:
        by_words, asked_ = site.ask(text), message(site, text)
        plan = plan_of(asked_)
        if not by_words.understood:
            by_name = [each for each in plan.queries if each.query.scope.assignees]  # operators are known by what they did
            assert plan.unknown or plan.in_steps or by_name or not plan.queries, text
            continue
        if len(plan.queries) != 1 or plan.in_steps:
            continue
        by_form = Asker((FormPlanner(plan),)).ask(site.reach(EVERYTHING), asked_, "ch-1")
        assert by_form.planner is PlannerKind.FORM and not plan.unknown, text
        assert by_form.language == "", "a form is filled in on a screen, and answered in its language"
        if by_form.answer == by_words.answer:
            compared += 1
        else:
            assert set(by_form.answer.split(". ")) & set(by_words.answer.split(". ")), text
    assert compared > 280


def test_words_that_are_not_understood_are_named(site: Site) -> None:
    assert plan_of(message(site, "who was the man in red")).unknown == ("red",)


def test_a_plan_goes_on_from_the_question_before(site: Site) -> None:
    before = site.ask("Where was Mary on Friday?")
    (planned,) = plan_of(message(site, "and yesterday?", before)).queries
    assert planned.query.scope.person_ids == ("p-mary",)


def test_a_plan_crosses_the_wire_as_it_is(site: Site) -> None:
    plan = plan_of(message(site, "What happened in the 20 minutes before the fight on Saturday?"))
    assert plan.queries[0].anchor is not None
    question = AskRecord("before the fight", plan=plan)
    assert read_as(AskRecord, to_plain(question), "question") == question


def test_a_plan_that_asks_nothing_or_too_much_is_refused() -> None:
    with pytest.raises(InputError, match="asks nothing"):
        AskRecord("x", plan=QuestionPlan())
    with pytest.raises(InputError, match="at most 4"):
        QuestionPlan((PlannedQuery(Query(Ask.LIST)),) * 5)
