"""A database is read as a whole at its start, unless it was closed in order and nobody wrote to it since."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.question import ListEvents
from engine.model.time import ManualClock
from engine.store import Store, open_store
from engine.store.database import soundness
from tests.engine.store.records import event

CLOCK = ManualClock(0)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files that were read as a whole."""
    checked: list[Path] = []
    check = soundness._check  # pyright: ignore[reportPrivateUsage]

    def noted(path: Path, busy_ms: int) -> None:
        checked.append(path)
        check(path, busy_ms)

    monkeypatch.setattr(soundness, "_check", noted)
    return checked


def filled(path: Path) -> Store:
    store = open_store(path, CLOCK)
    store.save([event(n) for n in range(3000)])
    return store


def garble(path: Path) -> None:
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + b"\x5a" * 9000 + content[middle + 9000 :])


def crashed(path: Path, into: Path) -> Path:
    """A copy of the files as they are while the record is in use: what a crash leaves."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    into.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        if not file.name.endswith("-shm"):
            shutil.copy2(file, into)
    return into / path.name


def refused(path: Path) -> bool:
    try:
        open_store(path, CLOCK).close()
    except EnvironmentFault as fault:
        return fault.reason == "database_damaged"
    return False


def test_after_a_close_in_order_the_start_reads_no_more_than_it_needs(path: Path, checks: list[Path]) -> None:
    filled(path).close()
    assert checks == [path]  # the new file
    store = open_store(path, CLOCK)
    assert checks == [path]
    assert len(store.answer(ListEvents(limit=5000))) == 3000
    store.close()


def test_after_a_crash_it_is_read_as_a_whole(path: Path, tmp_path: Path, checks: list[Path]) -> None:
    filled(path).close()
    store = open_store(path, CLOCK)
    store.save([event(5000)])
    left = crashed(path, tmp_path / "crash")
    store.close()
    again = open_store(left, CLOCK)
    assert left in checks and again.event(event(5000).id) == event(5000)
    again.close()


def test_damage_by_a_crash_is_found(path: Path, tmp_path: Path) -> None:
    store = filled(path)
    left = crashed(path, tmp_path / "crash")
    store.close()
    garble(left)
    before = left.read_bytes()
    assert refused(left) and refused(left)
    assert left.read_bytes() == before


def rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes())


def shorter(path: Path) -> None:
    was = path.stat()
    os.truncate(path, was.st_size - 512)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def put_back(path: Path) -> None:
    """A copy of the same size and time, as from a backup."""
    copy = path.with_suffix(".copy")
    shutil.copy2(path, copy)
    copy.replace(path)


def left_with_a_log(path: Path) -> None:
    Path(f"{path}-wal").touch()


def without_its_note(path: Path) -> None:
    Path(f"{path}{soundness.SUFFIX}").unlink()


def with_a_torn_note(path: Path) -> None:
    Path(f"{path}{soundness.SUFFIX}").write_text('{"size_by')


@pytest.mark.parametrize("change", [rewritten, shorter, put_back, left_with_a_log, without_its_note, with_a_torn_note])
def test_what_was_touched_since_is_read_as_a_whole(path: Path, checks: list[Path], change: Callable[[Path], None]) -> None:
    filled(path).close()
    change(path)
    refused(path)
    assert checks == [path, path]


def test_while_another_has_it_open_it_is_not_noted_as_closed(path: Path, checks: list[Path]) -> None:
    store = filled(path)
    open_store(path, CLOCK).close()  # as the command that makes tokens does beside an engine
    assert not Path(f"{path}{soundness.SUFFIX}").exists()
    store.close()
    open_store(path, CLOCK).close()
    assert len(checks) == 2


def test_damage_that_a_reader_meets_is_looked_for_at_the_next_start(path: Path) -> None:
    filled(path).close()
    was = path.stat()
    garble(path)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))  # as a disk does that loses bits in silence
    store = open_store(path, CLOCK)
    with pytest.raises(EnvironmentFault) as met:
        store.answer(ListEvents(limit=5000))
    assert met.value.reason == "database_damaged"
    store.close()
    assert refused(path)


def test_threads_that_write_come_one_after_the_other(path: Path) -> None:
    store = open_store(path, CLOCK)
    writers = [threading.Thread(target=lambda n=n: [store.save([event(100 * n + m)]) for m in range(20)]) for n in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(store.answer(ListEvents(limit=500))) == 160
    store.close()


def test_a_thread_that_writes_for_too_long_is_a_fault_for_the_others(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.database.connection.BUSY_MS", 10)
    store = open_store(path, CLOCK)
    writing, ended = threading.Event(), threading.Event()

    def hold() -> None:
        with store._write():  # pyright: ignore[reportPrivateUsage]
            writing.set()
            ended.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert writing.wait(60)
    with pytest.raises(EnvironmentFault) as locked:
        store.save([event(1)])
    assert locked.value.reason == "database_locked" and str(path) in str(locked.value)
    ended.set()
    holder.join()
    store.save([event(1)])
    store.close()
