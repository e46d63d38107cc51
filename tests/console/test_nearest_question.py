"""The questions that are offered where one was not understood: whole in the language of the question, and asked as they are shown."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from console.screen_reader import Interpreter
from engine.history.answers.names_told import with_names
from engine.history.grammar.query_wording import meaning, question_of
from engine.model.history.chat import ChatAnswer, Sentence
from tests.engine.history.planned_sets import WORDS, plan, planned_queries
from widgets.chat.chat_answer import AnswerCard
from widgets.translation import WRITTEN_IN, language_on_screen, use_language

ASKED_BACK = ChatAnswer("", "x", "", False, sentences=(Sentence("x"),))


@pytest.fixture
def german(qapp: object) -> Iterator[None]:
    use_language("de")
    yield
    use_language(WRITTEN_IN)


def card_of(answer: ChatAnswer, qtbot: QtBot) -> tuple[AnswerCard, list[str]]:
    card, asked = AnswerCard(answer, {}, 0), list[str]()
    qtbot.addWidget(card)
    card.asked.connect(asked.append)
    return card, asked


def test_each_of_several_questions_is_a_button(qtbot: QtBot) -> None:
    card, asked = card_of(replace(ASKED_BACK, choices=(Sentence("Where was Ana?"), Sentence("Where was John?"))), qtbot)
    assert [each.text() for each in card.choices] == ["Where was Ana?", "Where was John?"]
    card.choices[1].click()
    assert asked == ["Where was John?"]


def test_an_answer_of_before_still_offers_its_question(qtbot: QtBot) -> None:
    card, asked = card_of(replace(ASKED_BACK, suggestion="Where was Ana?"), qtbot)
    card.choices[0].click()
    assert (card.choices[0].text(), asked) == ("Ask instead", ["Where was Ana?"])


def test_questions_are_offered_in_german_and_mean_the_same(german: None) -> None:
    """Of all queries of the frozen sets."""
    queries = [(query, text) for query in planned_queries() if (text := question_of(query, WORDS))]
    english = with_names([Sentence(text) for _, text in queries], WORDS.directory, (), "")
    shown = [each.text for each in Interpreter().turned(replace(ASKED_BACK, choices=english)).choices]
    turned = [(query, text) for (query, written), text in zip(queries, shown, strict=True) if text != written]
    other = [text for query, text in turned if [meaning(each.query) for each in plan(text).queries] != [meaning(query)]]
    assert len(turned) > 0.95 * len(queries) and len(other) < 0.03 * len(turned), other


def test_an_answer_is_in_the_language_of_its_question(german: None) -> None:
    told = replace(ASKED_BACK, sentences=(Sentence("There were 2 falls."),))
    assert Interpreter().turned(told).sentences[0].text == "Es gab 2 Stürze."
    assert Interpreter().turned(replace(told, language="en")).sentences[0].text == "There were 2 falls."
    use_language(WRITTEN_IN)
    assert Interpreter().turned(replace(told, language="de")).sentences[0].text == "Es gab 2 Stürze."
    assert language_on_screen() == WRITTEN_IN
