"""A hundred questions about a generated week, each said twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.history.chat import ChatAnswer, ClaimStatus
from tests.engine.history.chat_questions import Asked, asked
from tests.engine.history.chat_site import Site, missed, site_in, uncited
from tests.fakes.week import generated


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


@pytest.fixture(scope="module")
def questions() -> list[Asked]:
    return asked(generated())


@pytest.fixture(scope="module")
def answers(site: Site, questions: list[Asked]) -> list[ChatAnswer]:
    return [site.ask(each.question) for each in questions]


def test_a_hundred_questions_are_answered_as_it_was(questions: list[Asked], answers: list[ChatAnswer]) -> None:
    wrong = [f"{each.question}: {why}" for each, answer in zip(questions, answers, strict=True) if (why := missed(answer, each.wants))]
    assert len(questions) == 100
    assert not wrong


def test_the_same_in_other_words(site: Site, questions: list[Asked]) -> None:
    wrong = [f"{each.paraphrase}: {why}" for each in questions if (why := missed(site.ask(each.paraphrase), each.wants))]
    assert not wrong


def test_every_sentence_about_the_record_names_what_it_rests_on(answers: list[ChatAnswer]) -> None:
    assert not [text for answer in answers for text in uncited(answer)]
    assert sum(bool(sentence.citations) for answer in answers for sentence in answer.sentences) > 150


def test_nothing_true_is_struck(answers: list[ChatAnswer]) -> None:
    assert not [each.text for answer in answers for each in answer.sentences if each.status is ClaimStatus.STRUCK]


def test_the_grammar_holds_no_sentence_of_the_questions(questions: list[Asked]) -> None:
    folder = Path(__file__).parents[3] / "engine" / "history"
    source = " ".join(path.read_text(encoding="utf-8").casefold() for path in folder.glob("*.py"))
    held = [each for one in questions for each in (one.question, one.paraphrase) if each.casefold().rstrip("?") in source]
    assert not held
