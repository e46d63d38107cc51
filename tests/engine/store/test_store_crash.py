"""Killed in the middle of writing, again and again: the database is sound, what was committed is there, nothing is half there."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from engine.model.question import ListClips, ListEvents
from engine.model.time import ManualClock
from engine.store import open_store

WRITES = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from tests.engine.store.records import clip, event
from engine.model.time import ManualClock
from engine.store import open_store

store = open_store(Path(sys.argv[1]), ManualClock(0))
first = int(sys.argv[3])
for batch in range(first, first + 10**6):
    numbers = range(batch * 20, batch * 20 + 20)
    store.save([event(n) for n in numbers] + [clip(n) for n in numbers])
    print(batch, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL is tested on POSIX systems only.")
def test_killed_while_writing_nothing_committed_is_lost_and_nothing_is_half_there(path: Path) -> None:
    committed = -1
    for kill_after in (1, 7, 23):
        committed = _write_until_killed(path, committed + 1, kill_after)
        _assert_sound(path, committed)
        committed = _batches(path) - 1  # one more may have been committed than was told


def _write_until_killed(path: Path, first: int, lines: int) -> int:
    """The last batch that the process said was committed before it was killed in the middle of a later one."""
    command = [sys.executable, "-c", WRITES, str(path), str(Path(__file__).parents[3]), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout.read().split()]
    return told[-1]


def _assert_sound(path: Path, committed: int) -> None:
    store = open_store(path, ManualClock(0))
    events = {found.id[3:] for found in store.answer(ListEvents(limit=10_000))}
    clips = {found.id[3:] for found in store.answer(ListClips(limit=10_000))}
    store.close()
    assert events == clips, "both halves of each batch"
    assert len(events) % 20 == 0
    assert len(events) >= 20 * (committed + 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _batches(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM events").fetchone()[0]) // 20
