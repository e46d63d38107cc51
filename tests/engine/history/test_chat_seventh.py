"""The seventh set of questions is what was frozen."""

from collections import Counter

import pytest

from tests.engine.history.chat_fifth_forms import IN_GERMAN, fifth
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_fourth_forms import digest, fourth
from tests.engine.history.chat_frozen import of_the_record, plain, told_all_is_right
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_second import second
from tests.engine.history.chat_seventh_forms import seventh
from tests.engine.history.chat_sixth_forms import sixth
from tests.engine.history.chat_third_forms import third
from tests.engine.history.chat_verdict import Back
from tests.fakes.week import generated

FROZEN = "ed530a9fd79a976f5069ef71056fdc1b9e7d6446777c14b42cb4df827d4ee3fb"
ORDINARY = {"night guard": 10, "manager": 9, "investigator": 9, "newcomer": 7, "other first language": 7}
HARD = {
    "hurried typing": 4,
    "follow-ups": 4,
    "negations": 2,
    "comparisons": 2,
    "each and every": 2,
    "before and after": 2,
    "not to be known": 2,
}


@pytest.fixture(scope="module")
def rows() -> list[Fourth]:
    return seventh(generated())


def test_the_set_is_as_it_was_frozen(rows: list[Fourth]) -> None:
    """Whoever changes a question or what is expected of it measures something else: then it is an eighth set."""
    assert digest(rows) == FROZEN


def test_half_is_english_half_german_seven_in_ten_are_ordinary_and_none_was_asked_before(rows: list[Fourth]) -> None:
    week = generated()
    old = [(said,) for each in asked(week) for said in (each.question, each.paraphrase)] + [(each.question,) for each in second(week)]
    old += [(*each.before, each.question) for each in (*third(week), *fourth(week), *fifth(week), *sixth(week))]
    conversations = {plain((*each.before, each.question)) for each in rows}
    for german in (True, False):
        ways = Counter(each.way.removesuffix(IN_GERMAN) for each in rows if each.way.endswith(IN_GERMAN) is german)
        assert ways == ORDINARY | HARD
    assert (sum(ORDINARY.values()), sum(HARD.values())) == (42, 18)
    assert len(conversations) == 120 and not conversations & {plain(each) for each in old}


def test_something_is_expected_of_every_answer_and_it_is_of_the_record(rows: list[Fourth]) -> None:
    assert of_the_record(rows, generated())


def test_a_question_back_is_right_only_where_the_record_has_no_answer(rows: list[Fourth]) -> None:
    assert sum(any(isinstance(each, Back) for each in row.accepted) for row in rows) == 5


def test_an_answer_with_all_that_is_expected_is_right_and_one_with_nothing_is_wrong(rows: list[Fourth]) -> None:
    assert [row.question for row in rows if not told_all_is_right(row)] == []
