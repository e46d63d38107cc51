"""The three verdicts on answers are told apart, and a digest tells of all that is expected."""

import pytest

from engine.model.history.chat import ChatAnswer, ClaimStatus
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_fourth_forms import digest, fourth
from tests.engine.history.chat_frozen import answer_of
from tests.engine.history.chat_verdict import NO, Back, Told, Verdict, says, verdict
from tests.fakes.week import generated


@pytest.fixture(scope="module")
def rows() -> list[Fourth]:
    return fourth(generated())


def test_the_digest_tells_of_every_question_and_of_all_that_is_expected(rows: list[Fourth]) -> None:
    other = Fourth(rows[0].way, rows[0].question, (Told(denies=True),), rows[0].before)
    assert len({digest(rows), digest(rows[:-1]), digest([other, *rows[1:]])}) == 3


@pytest.mark.parametrize(
    ("accepted", "answer", "right"),
    [
        (Told(("23:55",), frozenset({"ev-1"})), answer_of("A person at the gate at 23:55.", "ev-1"), Verdict.RIGHT),
        (Told(("23:55",), frozenset({"ev-1"})), answer_of("A person at the gate at 23:54.", "ev-1"), Verdict.WRONG),
        (Told(("23:55",), frozenset({"ev-1"})), answer_of("A person at the gate at 23:55.", "ev-2"), Verdict.WRONG),
        (Told(("23:55",)), answer_of("I do not know “torch”.", understood=False), Verdict.ASKED_BACK),
        (Told(("23:55",)), answer_of("At 23:54.", "ev-1", status=ClaimStatus.STRUCK), Verdict.ASKED_BACK),
        (Told(cites=frozenset({"ev-1"}), only=True), answer_of("Two.", "ev-1", "ev-2"), Verdict.WRONG),
        (Told(cites=frozenset({"ev-1"}), only=True), answer_of("One.", "ev-1", "al-2"), Verdict.RIGHT),
        (Told(cites=frozenset({"ev-1"}), bars=frozenset({"ev-2"})), answer_of("Two.", "ev-1", "ev-2"), Verdict.WRONG),
        (Told(("John",), never=("Mary",)), answer_of("John and Mary were."), Verdict.WRONG),
        (Told(denies=True), answer_of("Nein, niemand war da."), Verdict.RIGHT),
        (Told(denies=True), answer_of("Yes: not only John."), Verdict.WRONG),
        (Told(("John",), denies=False), answer_of("No: John was not."), Verdict.WRONG),
        (Told(("Zoë",), leads=("Zoë", "John")), answer_of("Zoë was first, then John."), Verdict.RIGHT),
        (Told(("Zoë",), leads=("Zoë", "John")), answer_of("John was before Zoë."), Verdict.WRONG),
        (Told(("7 min",)), answer_of("That took 1 h 7 min."), Verdict.WRONG),
        (Back(("torch",)), answer_of("“torch” is not understood.", understood=False), Verdict.RIGHT),
        (Back(("torch",)), answer_of("That is not understood.", understood=False), Verdict.ASKED_BACK),
        (Back(("torch",)), answer_of("Nobody was there.", "ev-1"), Verdict.WRONG),
        (Back(), answer_of("Which day?", understood=False), Verdict.RIGHT),
    ],
)
def test_right_asked_back_and_wrong_are_told_apart(accepted: Told | Back, answer: ChatAnswer, right: Verdict) -> None:
    found, why = verdict(answer, (accepted,))
    assert (found, not why) == (right, right is Verdict.RIGHT)


def test_any_of_several_that_are_accepted_will_do() -> None:
    assert verdict(answer_of("Which one?", understood=False), (Told(("2",)), Back()))[0] is Verdict.RIGHT
    assert verdict(answer_of("2 alerts."), (Back(), Told(("2",))))[0] is Verdict.RIGHT


@pytest.mark.parametrize(
    "text", ["On Wed 2 Nov 2026.", "At 2:14.", "2026-11-02", "2 h 3 min", "On 2.11.2026", "On Nov 2", "am 2. November", "2.5"]
)
def test_a_count_is_no_part_of_a_time_or_a_date(text: str) -> None:
    assert not says(text, "2")
    assert says(f"{text} and 2 of them", "2")


def test_no_is_found_in_both_languages() -> None:
    assert all(any(says(text, each) for each in NO.split("|")) for text in ("Nobody was.", "Niemand war da.", "Keine Alarme.", "none"))
