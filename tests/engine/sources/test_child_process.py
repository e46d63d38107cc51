"""A process ends whoever else looks at it, also one that does not want to."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection

import pytest

from engine.sources.child_process import end_process
from tests.fakes.waiting import until

FRESH = multiprocessing.get_context("spawn")


def _stay(pipe: Connection) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pipe.send(os.getpid())
    time.sleep(600)


@pytest.fixture
def other_threads_collect() -> Iterator[None]:
    """Threads that collect the status of whatever has ended, as each start of a process does."""
    stop, before = threading.Event(), sys.getswitchinterval()

    def collect() -> None:
        while not stop.is_set():
            multiprocessing.active_children()

    threads = [threading.Thread(target=collect) for _ in range(3)]
    sys.setswitchinterval(1e-5)
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.usefixtures("other_threads_collect")
def test_it_ends_while_other_threads_collect_what_has_ended() -> None:
    for _ in range(20):  # about one in three lost the race
        process = FRESH.Process(target=time.sleep, args=(600,), daemon=True)
        process.start()
        pid = process.pid
        assert pid is not None
        end_process(process, 5.0)
        until(partial(gone, pid), "it is gone")  # for the kernel too: another thread may be collecting it at this moment


def test_what_does_not_want_to_is_killed() -> None:
    ours, theirs = FRESH.Pipe()
    process = FRESH.Process(target=_stay, args=(theirs,), daemon=True)
    process.start()
    pid = ours.recv()
    end_process(process, 0.05)
    assert gone(pid)
    ours.close()
    theirs.close()


def test_what_has_ended_already_is_let_go_of() -> None:
    process = FRESH.Process(target=int, daemon=True)
    process.start()
    process.join()
    end_process(process, 5.0)
    with pytest.raises(ValueError, match="closed"):
        process.is_alive()
