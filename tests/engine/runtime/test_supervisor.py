import threading

import pytest

from engine.model.time import ManualClock
from engine.runtime import supervisor as module
from engine.runtime.supervisor import MOST_NOTES, ErrorBook, Supervisor


def test_a_body_that_raises_is_noted_and_started_again(caplog: pytest.LogCaptureFixture):
    supervisor = Supervisor(ErrorBook(ManualClock(5)))
    tries: list[int] = []
    well = threading.Event()

    def body(stopping: threading.Event) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ZeroDivisionError("halves of nothing")
        well.set()
        stopping.wait()

    supervisor.start("worker", body)
    assert well.wait(60)
    assert supervisor.stop() == []
    (note,) = supervisor.errors.newest_first()
    assert (note.component, note.count, note.at_ns) == ("worker", 2, 5) and "halves of nothing" in note.message
    assert len([record for record in caplog.records if record.exc_info]) == 1, "logged once, not each time"


def test_threads_that_do_not_end_are_named():
    supervisor = Supervisor(ErrorBook(ManualClock()))
    release = threading.Event()
    supervisor.start("deaf", lambda stopping: (release.wait(30), None)[1])
    assert supervisor.stop(timeout_s=0.05) == ["deaf"]
    release.set()
    assert supervisor.stop() == []


def test_the_book_keeps_the_newest():
    book = ErrorBook(ManualClock())
    for index in range(2 * MOST_NOTES):
        assert book.note("camera", f"trouble {index}")
    assert not book.note("camera", f"trouble {MOST_NOTES}")
    notes = book.newest_first()
    assert len(notes) == MOST_NOTES and notes[0].message == f"trouble {MOST_NOTES}" and notes[0].count == 2


def test_a_failure_after_long_work_is_a_new_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "STEADY_S", 0.0)
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.001)
    supervisor = Supervisor(ErrorBook(ManualClock()))
    tries: list[int] = []
    well = threading.Event()

    def body(stopping: threading.Event) -> None:
        tries.append(1)
        if len(tries) < 16:  # with a pause that doubles, the sixteenth try would come after half a minute
            raise ZeroDivisionError
        well.set()
        stopping.wait()

    supervisor.start("worker", body)
    assert well.wait(60)
    assert supervisor.stop() == []
