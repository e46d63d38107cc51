"""The sixth set of questions is what was frozen."""

from collections import Counter

import pytest

from tests.engine.history.chat_fifth_forms import IN_GERMAN, fifth
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_fourth_forms import digest, fourth
from tests.engine.history.chat_frozen import of_the_record, plain, told_all_is_right
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_second import second
from tests.engine.history.chat_sixth_forms import sixth
from tests.engine.history.chat_third_forms import third
from tests.engine.history.chat_verdict import Back
from tests.fakes.week import generated

FROZEN = "b7ea203d7dbfba741d64ae0de1a957cb28ab4cd3deab9eab9d236cdb5bc89995"


@pytest.fixture(scope="module")
def rows() -> list[Fourth]:
    return sixth(generated())


def test_the_set_is_as_it_was_frozen(rows: list[Fourth]) -> None:
    """Whoever changes a question or what is expected of it measures something else: then it is a seventh set."""
    assert digest(rows) == FROZEN


def test_half_is_english_half_german_in_eleven_ways_and_none_was_asked_before(rows: list[Fourth]) -> None:
    week = generated()
    old = [(said,) for each in asked(week) for said in (each.question, each.paraphrase)] + [(each.question,) for each in second(week)]
    old += [(*each.before, each.question) for each in (*third(week), *fourth(week), *fifth(week))]
    conversations = {plain((*each.before, each.question)) for each in rows}
    assert Counter(each.way.endswith(IN_GERMAN) for each in rows) == {True: 60, False: 60}
    ways = Counter(each.way.removesuffix(IN_GERMAN) for each in rows)
    assert len(ways) == 11 and set(ways.values()) == {10, 12}
    assert len(conversations) == 120 and not conversations & {plain(each) for each in old}


def test_something_is_expected_of_every_answer_and_it_is_of_the_record(rows: list[Fourth]) -> None:
    assert of_the_record(rows, generated())
    assert sum(any(isinstance(each, Back) for each in row.accepted) for row in rows) >= 35
    assert sum(all(isinstance(each, Back) for each in row.accepted) for row in rows) >= 10


def test_an_answer_with_all_that_is_expected_is_right_and_one_with_nothing_is_wrong(rows: list[Fourth]) -> None:
    assert [row.question for row in rows if not told_all_is_right(row)] == []
