"""The tenth set of questions is what was frozen."""

from collections import Counter

import pytest

from tests.engine.history.chat_eighth_forms import eighth
from tests.engine.history.chat_fifth_forms import IN_GERMAN, fifth
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_fourth_forms import digest, fourth
from tests.engine.history.chat_frozen import of_the_record, plain, told_all_is_right
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_second import second
from tests.engine.history.chat_seventh_forms import seventh
from tests.engine.history.chat_sixth_forms import sixth
from tests.engine.history.chat_tenth_forms import tenth
from tests.engine.history.chat_third_forms import third
from tests.engine.history.chat_verdict import Back
from tests.fakes.week import generated

FROZEN = "fe8399e36b7bcde0a61054ef580dadbd37fafb60dc654a1dce537d94faebdfbd"
ENGLISH = {"shift leader": 8, "police": 8, "reception": 8, "works council": 7, "electrician": 7, "boss": 7}
GERMAN = {"shift leader": 7, "police": 7, "reception": 7, "works council": 8, "electrician": 8, "boss": 8}
HARD = {"negations": 2, "comparisons": 2, "follow-ups": 3, "each and every": 1, "before and after": 1, "why": 2, "how long": 1}
HARD |= {"first and last": 1, "not observed": 1, "two conditions": 1}


@pytest.fixture(scope="module")
def rows() -> list[Fourth]:
    return tenth(generated())


def test_the_set_is_as_it_was_frozen(rows: list[Fourth]) -> None:
    """Whoever changes a question or what is expected of it measures something else: then it is another set."""
    assert digest(rows) == FROZEN


def test_half_is_english_half_german_and_three_in_four_are_ordinary(rows: list[Fourth]) -> None:
    for german, wanted in ((False, ENGLISH), (True, GERMAN)):
        ways = Counter(each.way.removesuffix(IN_GERMAN) for each in rows if each.way.endswith(IN_GERMAN) is german)
        assert ways == wanted | HARD and ways.total() == 60
    assert sum(each.way.removesuffix(IN_GERMAN) in ENGLISH for each in rows) == 90


def test_none_was_asked_before(rows: list[Fourth]) -> None:
    week = generated()
    old = [(said,) for each in asked(week) for said in (each.question, each.paraphrase)] + [(each.question,) for each in second(week)]
    later = (*third(week), *fourth(week), *fifth(week), *sixth(week), *seventh(week), *eighth(week))
    old += [(*each.before, each.question) for each in later]
    conversations = {plain((*each.before, each.question)) for each in rows}
    assert len(conversations) == 120 and not conversations & {plain(each) for each in old}


def test_something_is_expected_of_every_answer_and_it_is_of_the_record(rows: list[Fourth]) -> None:
    assert of_the_record(rows, generated())


def test_a_question_back_is_right_only_where_the_record_has_no_answer(rows: list[Fourth]) -> None:
    assert sum(any(isinstance(each, Back) for each in row.accepted) for row in rows) == 1


def test_an_answer_with_all_that_is_expected_is_right_and_one_with_nothing_is_wrong(rows: list[Fourth]) -> None:
    assert [row.question for row in rows if not told_all_is_right(row)] == []
