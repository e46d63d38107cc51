"""What is offered where a question was not understood keeps its conditions, or says which it leaves out."""

from collections.abc import Iterator

import pytest

from engine.model.history.chat import ChatAnswer
from tests.engine.history.chat_site import Site, site_in


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("week") / "data") as found:
        yield found


def offered(site: Site, answer: ChatAnswer) -> list[str]:
    """Each is understood by itself."""
    texts = [each.text for each in answer.choices]
    assert not answer.understood and all(site.ask(each).understood for each in texts), texts
    return texts


@pytest.mark.parametrize(
    ("question", "word"), [("Who was in the warehouse on Friday?", "warehouse"), ("Wer war am Freitag im Gartenhaus?", "Gartenhaus")]
)
def test_of_a_place_that_is_not_known_others_are_offered_and_all_of_them_expressly(site: Site, question: str, word: str) -> None:
    answer = site.ask(question)
    *places, anywhere = offered(site, answer)
    assert f"“{word}” is not understood" in answer.answer
    assert len(places) == 3 and all(text.startswith("Who was seen at ") for text in places)
    assert anywhere == "Who was seen on Fri 13 Nov 2026 anywhere?"


@pytest.mark.parametrize("question", ["When was Klaus last seen?", "Where was Klaus on Friday?", "Who was with Klaus on Friday?"])
def test_of_a_person_who_is_not_known_others_are_offered_and_nobody_without_a_word(site: Site, question: str) -> None:
    texts = offered(site, site.ask(question))
    people = {each.name for each in site.directory().named if each.kind.value == "person"}
    assert len(texts) > 2 and all(any(name in text for name in people) or "anyone" in text for text in texts), texts


def test_what_is_left_out_is_said(site: Site) -> None:
    answer = site.ask("Who wore a red coat on Friday?")
    assert "What is offered leaves “wore”, “red” and “coat” out." in answer.answer
    assert offered(site, answer) == ["Who was seen on Fri 13 Nov 2026?"]


def test_what_leans_on_something_unknown_is_not_offered_without_it(site: Site) -> None:
    assert offered(site, site.ask("Who was at the yard when flumox fell?")) == ["What happened today?"]


@pytest.mark.parametrize(
    ("first", "then", "word"),
    [("Who fell last week?", "And who was with him?", "him"), ("Gab es letzte Woche Stürze?", "Und wer war bei ihm?", "bei ihm")],
)
def test_of_several_who_may_be_meant_each_is_one_choice(site: Site, first: str, then: str, word: str) -> None:
    answer = site.ask(then, site.ask(first))
    assert f"“{word}” may be any of the 2 that were found" in answer.answer
    assert offered(site, answer) == [
        "Who was with Ana Lima between 10:42 and 10:46 on Wed 11 Nov 2026?",
        "Who was with John Smith between 14:05 and 14:07 on Fri 13 Nov 2026?",
    ]
