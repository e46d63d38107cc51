"""Decoding ahead of a clock: never the wrong picture, what is late is left out, and the thread ends."""

import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import cast

import pytest

from engine.model.time import SECOND
from engine.recording.footage.cache import PictureCache
from engine.recording.footage.footage import Footage
from engine.recording.footage.pace import Pace
from engine.recording.footage.plan import FootageFile, FootagePlan, GapReason
from engine.recording.footage.shot import Shot
from engine.recording.footage.worker import FootageWorker, close_all
from tests.engine.recording.footages import FRAME_NS, at, footage, number, row, write
from tests.fakes.waiting import until


class Steady:
    """The machine's steady clock, turned by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def worker(tmp_path: Path, steady: Steady) -> Iterator[FootageWorker]:
    """Pictures 0–99."""
    write(tmp_path / "a.mp4", 100)
    made = FootageWorker("yard", footage(tmp_path, [row("a.mp4", 0, 100)]), lambda: None, steady)
    made.set_fit((96, 64))
    yield made
    made.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "footage-yard"]


def taken(worker: FootageWorker, at_ns: int) -> Shot:
    found: list[Shot] = []

    def there() -> bool:
        shot = worker.take(at_ns)
        if shot is not None:
            found.append(shot)
        return shot is not None

    until(there, "the picture is there")
    return found[0]


def test_where_the_clock_stands_there_is_its_picture(worker: FootageWorker) -> None:
    for count, wanted in enumerate((30, 7, 99, 8)):
        worker.set_pace(Pace(at(wanted + 0.5), number=count))
        shot = taken(worker, at(wanted + 0.5))
        assert number(shot.shown) == wanted and shot.pixels is not None and shot.pixels.shape == (64, 96, 4)
        assert worker.take(at(wanted + 1)) is None


@pytest.mark.parametrize(("speed", "expected"), [(1.0, range(20, 60)), (-1.0, range(60, 20, -1))])
def test_running_gives_each_picture_at_its_time(worker: FootageWorker, steady: Steady, speed: float, expected: range) -> None:
    pace = Pace(at(expected[0] + 0.5), steady(), speed)
    worker.set_pace(pace)
    shown: list[int] = []
    for _ in expected:
        shown.append(number(taken(worker, pace.now_ns(steady())).shown))
        steady.now_s += FRAME_NS / SECOND
    assert shown == list(expected)


def test_what_is_too_late_is_left_out_and_never_shown(worker: FootageWorker, steady: Steady) -> None:
    pace = Pace(at(5), steady(), 1.0)
    worker.set_pace(pace)
    taken(worker, at(5))
    steady.now_s += 50 * FRAME_NS / SECOND  # the machine was busy with something else
    late: list[tuple[int, int]] = []

    def caught_up() -> bool:
        steady.now_s += FRAME_NS / SECOND / 10
        now_ns = pace.now_ns(steady())
        shot = worker.take(now_ns)
        if shot is not None:
            late.append((number(shot.shown), (now_ns - at(0)) // FRAME_NS))
        return shot is not None

    until(caught_up, "it has caught up")
    assert late[0][0] == late[0][1] >= 55


def test_far_too_fast_pictures_are_left_out_but_the_right_ones_are_shown(worker: FootageWorker, steady: Steady) -> None:
    pace = Pace(at(0), steady(), 16.0, keyframes=True)
    worker.set_pace(pace)
    for _ in range(8):
        shot = taken(worker, pace.now_ns(steady()))
        assert number(shot.shown) % 10 == 0 and shot.covers(pace.now_ns(steady()))
        steady.now_s += 10 * FRAME_NS / SECOND / 16


def test_who_decodes_one_picture_for_long_is_behind_but_only_while_the_clock_runs(worker: FootageWorker, steady: Steady) -> None:
    worker.set_pace(Pace(at(5)))
    taken(worker, at(5))
    worker._footage.decoding_since_s = perf_counter() - 10.0
    assert not worker.behind
    worker._pace = Pace(at(5), steady(), 1.0)
    assert worker.behind
    worker._footage.decoding_since_s = perf_counter()
    assert not worker.behind


def test_turning_round_begins_where_the_clock_is(worker: FootageWorker, steady: Steady) -> None:
    pace = Pace(at(20), steady(), 1.0)
    worker.set_pace(pace)
    steady.now_s += 3 * FRAME_NS / SECOND
    taken(worker, pace.now_ns(steady()))
    back = pace.at_speed(-1.0, steady())
    worker.set_pace(back)
    steady.now_s += 2.5 * FRAME_NS / SECOND
    assert number(taken(worker, back.now_ns(steady())).shown) == 20


def test_what_becomes_known_later_is_shown(worker: FootageWorker, tmp_path: Path) -> None:
    worker.set_plan(FootagePlan())
    worker.set_pace(Pace(at(30)))
    gap = taken(worker, at(30)).gap
    assert gap is not None and gap.reason is GapReason.UNKNOWN
    worker.set_plan(FootagePlan([row("a.mp4", 0, 100)], at(0), at(100)))
    until(lambda: (shot := worker.take(at(30))) is not None and shot.picture is not None, "the gap has become a picture")


def test_a_bug_while_decoding_is_said_and_the_thread_lives(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path / "a.mp4", 20)
    asked: list[FootageFile] = []

    def locate(file: FootageFile) -> Path:
        asked.append(file)
        return (tmp_path / file.id) if len(asked) > 1 else Path(str(asked[1]))

    made = Footage(locate, PictureCache())
    made.plan = FootagePlan([row("a.mp4", 0, 20)], at(0), at(20))
    worker = FootageWorker("yard", made, lambda: None)
    worker.set_fit((96, 64))
    worker.set_pace(Pace(at(3)))
    gap = taken(worker, at(3)).gap
    assert gap is not None and "IndexError" in gap.message and "Recorded video cannot be shown" in caplog.text
    worker.set_pace(Pace(at(4), number=1))
    assert number(taken(worker, at(4)).shown) == 4
    worker.close()


def test_a_bug_while_preparing_what_comes_before_is_logged_and_the_thread_lives(
    worker: FootageWorker, steady: Steady, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(worker._footage, "prepare_before", broken)
    pace = Pace(at(30.5), steady(), -1.0)
    worker.set_pace(pace)
    until(lambda: "cannot be prepared" in caplog.text, "it has prepared ahead")
    steady.now_s += 20 * FRAME_NS / SECOND
    assert number(taken(worker, pace.now_ns(steady())).shown) == 10


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_files_are_closed_however_the_thread_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    write(tmp_path / "a.mp4", 20)
    made = footage(tmp_path, [row("a.mp4", 0, 20)])
    closed: list[bool] = []
    monkeypatch.setattr(made, "close", lambda: closed.append(True))
    worker = FootageWorker("yard", made, broken)
    worker.set_fit((96, 64))
    worker.set_pace(Pace(at(3)))
    until(lambda: worker.has_ended, "the thread is gone")
    assert closed == [True]


def test_many_that_fetch_are_waited_for_no_longer_than_one(steady: Steady) -> None:
    told: list[str] = []

    class Stuck:
        """A worker whose thread does not end in any time that it is given."""

        def end(self) -> None:
            told.append("end")

        def close(self, wait_s: float) -> None:
            told.append("close")
            steady.now_s += max(0.0, wait_s)

    began_s = steady.now_s
    close_all([cast("FootageWorker", Stuck()) for _ in range(9)], steady)
    assert told == ["end"] * 9 + ["close"] * 9, "all are told before any is waited for"
    assert steady.now_s - began_s == pytest.approx(5.0)
