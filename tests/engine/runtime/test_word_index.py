"""Words of an older record are entered beside everything else."""

import threading
from collections.abc import Callable

import pytest

from engine.runtime.keeping import word_index
from engine.runtime.keeping.word_index import WordIndex
from tests.fakes.ports import NO_TROUBLE, TroubleOf, WriterOf
from tests.fakes.waiting import until


def keep(action: Callable[[], None]) -> None:
    """As the writer does: what an action raises ends with it."""
    try:
        action()
    except OSError:
        return


def run(index: WordIndex, stopping: threading.Event) -> None:
    """Until all is entered."""
    thread = threading.Thread(target=index.run, args=(stopping,))
    thread.start()
    until(lambda: index.done, "all is entered")
    stopping.set()
    thread.join()


def test_steps_follow_until_nothing_is_left_and_it_is_told_meanwhile() -> None:
    lefts: list[int | None] = [30_000, 20_000, 9_000, None]
    told: list[str | None] = []
    run(WordIndex(lambda: lefts.pop(0), WriterOf(keep), TroubleOf(told.append)), threading.Event())
    assert lefts == []
    assert [sentence and "20,000" in sentence for sentence in told][:3] == [False, True, None] and told[-1] is None


def test_a_step_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_index, "RETRY_S", 0.0)
    tries: list[int] = []

    def step() -> int | None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is full")
        return None

    run(WordIndex(step, WriterOf(keep), NO_TROUBLE), threading.Event())
    assert len(tries) == 2


def test_it_ends_when_the_engine_does_though_the_writer_never_comes_to_it() -> None:
    stopping = threading.Event()
    index = WordIndex(lambda: None, WriterOf(lambda _: stopping.set()), NO_TROUBLE)
    index.run(stopping)
    assert stopping.is_set()
