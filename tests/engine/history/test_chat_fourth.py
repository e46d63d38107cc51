"""The fourth set of questions is what was frozen, and its three verdicts are told apart."""

import re
from collections import Counter

import pytest

from engine.model.history.chat import ChatAnswer, Citation, CitationKind, ClaimStatus, Sentence
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_fourth_forms import digest, fourth
from tests.engine.history.chat_questions import asked
from tests.engine.history.chat_second import second
from tests.engine.history.chat_third_forms import third
from tests.engine.history.chat_verdict import NO, Back, Told, Verdict, says, verdict
from tests.fakes.week import generated

FROZEN = "445e9598fa0d1849b459a7c0474e215467276b88934a86fad73a794282fc3f78"


@pytest.fixture(scope="module")
def rows() -> list[Fourth]:
    return fourth(generated())


def test_the_set_is_as_it_was_frozen(rows: list[Fourth]) -> None:
    """Whoever changes a question or what is expected of it measures something else: then it is a fifth set."""
    assert digest(rows) == FROZEN


def test_the_digest_tells_of_every_question_and_of_all_that_is_expected(rows: list[Fourth]) -> None:
    other = Fourth(rows[0].way, rows[0].question, (Told(denies=True),), rows[0].before)
    assert len({digest(rows), digest(rows[:-1]), digest([other, *rows[1:]])}) == 3


def test_twenty_questions_in_each_of_ten_ways_and_none_was_asked_before(rows: list[Fourth]) -> None:
    week = generated()
    ways = Counter(each.way for each in rows)
    old = [(each.question,) for each in asked(week)] + [(each.paraphrase,) for each in asked(week)]
    old += [(each.question,) for each in second(week)] + [(*each.before, each.question) for each in third(week)]
    conversations = [(*each.before, each.question) for each in rows]
    assert len(ways) == 10 and set(ways.values()) == {20}
    assert len({_plain(each) for each in conversations}) == 200
    assert not {_plain(each) for each in old} & {_plain(each) for each in conversations}


def test_something_is_expected_of_every_answer_and_it_is_of_the_record(rows: list[Fourth]) -> None:
    week = generated()
    known = {each.id for each in (*week.events, *week.alerts, *week.decisions, *week.clips)}
    told = [each for row in rows for each in row.accepted if isinstance(each, Told)]
    assert all(row.accepted for row in rows)
    assert all(each.says or each.cites or each.denies for each in told)
    assert all(each.cites | each.bars <= known for each in told)
    assert sum(any(isinstance(each, Back) for each in row.accepted) for row in rows) >= 30
    assert sum(all(isinstance(each, Back) for each in row.accepted) for row in rows) >= 20


def test_an_answer_with_all_that_is_expected_is_right_and_one_with_nothing_is_wrong(rows: list[Fourth]) -> None:
    for row in rows:
        for each in row.accepted:
            if isinstance(each, Told):
                first = ("No" if each.denies else "So", *(said.split("|")[0] for said in each.says))
                assert verdict(_answer("; ".join(first), *sorted(each.cites)), (each,)) == (Verdict.RIGHT, ""), row.question
        assert verdict(_answer("Something was somewhere."), row.accepted)[0] is Verdict.WRONG, row.question


def _plain(conversation: tuple[str, ...]) -> str:
    return " / ".join(re.sub(r"\W+", " ", each.casefold()).strip() for each in conversation)


def _answer(text: str, *cites: str, understood: bool = True, status: ClaimStatus = ClaimStatus.VERIFIED) -> ChatAnswer:
    kinds = {"ev": CitationKind.EVENT, "al": CitationKind.ALERT, "cl": CitationKind.CLIP}
    citations = tuple(Citation(kinds.get(each[:2], CitationKind.DECISION), each, 0) for each in cites)
    return ChatAnswer("ch-1", "", text, understood, sentences=(Sentence(text, citations, status),))


@pytest.mark.parametrize(
    ("accepted", "answer", "right"),
    [
        (Told(("23:55",), frozenset({"ev-1"})), _answer("A person at the gate at 23:55.", "ev-1"), Verdict.RIGHT),
        (Told(("23:55",), frozenset({"ev-1"})), _answer("A person at the gate at 23:54.", "ev-1"), Verdict.WRONG),
        (Told(("23:55",), frozenset({"ev-1"})), _answer("A person at the gate at 23:55.", "ev-2"), Verdict.WRONG),
        (Told(("23:55",)), _answer("I do not know “torch”.", understood=False), Verdict.ASKED_BACK),
        (Told(("23:55",)), _answer("At 23:54.", "ev-1", status=ClaimStatus.STRUCK), Verdict.ASKED_BACK),
        (Told(cites=frozenset({"ev-1"}), only=True), _answer("Two.", "ev-1", "ev-2"), Verdict.WRONG),
        (Told(cites=frozenset({"ev-1"}), only=True), _answer("One.", "ev-1", "al-2"), Verdict.RIGHT),
        (Told(cites=frozenset({"ev-1"}), bars=frozenset({"ev-2"})), _answer("Two.", "ev-1", "ev-2"), Verdict.WRONG),
        (Told(("John",), never=("Mary",)), _answer("John and Mary were."), Verdict.WRONG),
        (Told(denies=True), _answer("Nein, niemand war da."), Verdict.RIGHT),
        (Told(denies=True), _answer("Yes: not only John."), Verdict.WRONG),
        (Told(("John",), denies=False), _answer("No: John was not."), Verdict.WRONG),
        (Told(("Zoë",), leads=("Zoë", "John")), _answer("Zoë was first, then John."), Verdict.RIGHT),
        (Told(("Zoë",), leads=("Zoë", "John")), _answer("John was before Zoë."), Verdict.WRONG),
        (Told(("7 min",)), _answer("That took 1 h 7 min."), Verdict.WRONG),
        (Back(("torch",)), _answer("“torch” is not understood.", understood=False), Verdict.RIGHT),
        (Back(("torch",)), _answer("That is not understood.", understood=False), Verdict.ASKED_BACK),
        (Back(("torch",)), _answer("Nobody was there.", "ev-1"), Verdict.WRONG),
        (Back(), _answer("Which day?", understood=False), Verdict.RIGHT),
    ],
)
def test_right_asked_back_and_wrong_are_told_apart(accepted: Told | Back, answer: ChatAnswer, right: Verdict) -> None:
    found, why = verdict(answer, (accepted,))
    assert (found, not why) == (right, right is Verdict.RIGHT)


def test_any_of_several_that_are_accepted_will_do() -> None:
    assert verdict(_answer("Which one?", understood=False), (Told(("2",)), Back()))[0] is Verdict.RIGHT
    assert verdict(_answer("2 alerts."), (Back(), Told(("2",))))[0] is Verdict.RIGHT


@pytest.mark.parametrize(
    "text", ["On Wed 2 Nov 2026.", "At 2:14.", "2026-11-02", "2 h 3 min", "On 2.11.2026", "On Nov 2", "am 2. November", "2.5"]
)
def test_a_count_is_no_part_of_a_time_or_a_date(text: str) -> None:
    assert not says(text, "2")
    assert says(f"{text} and 2 of them", "2")


def test_no_is_found_in_both_languages() -> None:
    assert all(any(says(text, each) for each in NO.split("|")) for text in ("Nobody was.", "Niemand war da.", "Keine Alarme.", "none"))
