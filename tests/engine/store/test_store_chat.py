"""Questions and answers in the record: of each user for themselves, paged, forgotten one by one, all, by age and by what they tell of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.errors import NotFound
from engine.model.history.chat import ChatAnswer, Citation, CitationKind, ClaimStatus, PlannerKind, Sentence, VideoClip
from engine.model.time import SECOND, ManualClock
from engine.store.people.chat import ChatTable, Spend
from engine.store.store import open_store

CITED = Citation(CitationKind.EVENT, "ev-1", 5 * SECOND, "yard")


def answer(number: int, question: str = "Who was here?") -> ChatAnswer:
    sentences = (Sentence("Åsa “<b>” was.", (CITED,)), Sentence("No.", (), ClaimStatus.STRUCK))
    clip = VideoClip("cl-1", "ev-1", "yard", 5 * SECOND, "person", "pe-1")
    return ChatAnswer(
        f"ch-{number:03d}",
        question,
        "Åsa “<b>” was.",
        True,
        '{"ask":"last"}',
        "Europe/Stockholm",
        sentences,
        (clip,),
        planner=PlannerKind.CLAUDE,
        asked_ns=number * SECOND,
    )


@pytest.fixture
def table(tmp_path: Path) -> Iterator[ChatTable]:
    store = open_store(tmp_path / "record.sqlite", ManualClock(0))
    yield store.chats
    store.close()


def test_each_user_has_their_own_newest_first_and_paged(table: ChatTable) -> None:
    for number in range(1, 6):
        table.put(answer(number), "ada")
    table.put(answer(9), "bo")
    assert table.of_user("ada", 2) == (answer(5), answer(4))
    assert table.of_user("ada", 9, "ch-004") == (answer(3), answer(2), answer(1))
    assert table.of_user("bo", 9) == (answer(9),)
    with pytest.raises(NotFound):
        table.of_user("ada", 9, "ch-009")


def test_a_conversation_is_followed_back_and_nobody_elses(table: ChatTable) -> None:
    table.put(answer(1), "ada")
    table.put(answer(2), "ada", "ch-001")
    table.put(answer(3), "ada", "ch-002")
    table.put(answer(4), "ada")
    assert table.conversation("ada", "ch-003", 10) == (answer(1), answer(2), answer(3))
    assert table.conversation("ada", "ch-003", 2) == (answer(2), answer(3))
    with pytest.raises(NotFound, match="of yours"):
        table.conversation("bo", "ch-003", 10)
    table.forget("ada", "ch-002")
    assert table.conversation("ada", "ch-003", 10) == (answer(3),)


def test_a_user_forgets_one_or_all_of_their_own_only(table: ChatTable) -> None:
    for number in range(1, 4):
        table.put(answer(number), "ada")
    table.put(answer(8), "bo")
    assert table.forget("ada", "ch-008") == 0
    assert table.forget("ada", "ch-002") == 1
    assert table.of_user("ada", 9) == (answer(3), answer(1))
    assert table.forget("ada") == 2
    assert table.of_user("ada", 9) == () and table.of_user("bo", 9) == (answer(8),)


def test_what_is_old_or_tells_of_somebody_goes(table: ChatTable) -> None:
    for number in range(1, 5):
        table.put(answer(number, "When was Ann here?" if number == 3 else "Who?"), "ada")
    table.forget_before(2 * SECOND)
    assert table.forget_where(lambda each: "Ann" in each.question) == 1
    assert table.of_user("ada", 9) == (answer(4, "Who?"), answer(2, "Who?"))


def test_what_was_spent_adds_up_by_day_and_lasts(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    store = open_store(path, ManualClock(0))
    store.chats.spend(Spend("2026-01-02", 1, 1000, 100, 4500))
    store.chats.spend(Spend("2026-01-02", 1, 500, 50, 2250))
    store.close()
    again = open_store(path, ManualClock(0))
    assert again.chats.spent("2026-01-02") == Spend("2026-01-02", 2, 1500, 150, 6750)
    assert again.chats.spent("2026-01-03") == Spend("2026-01-03")
    again.close()
