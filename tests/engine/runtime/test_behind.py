"""Threads whose work may wait do not stand in the way of others."""

import os
import sys
import threading

import pytest

from engine.runtime.behind import NICENESS, go_behind


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a niceness for each thread")
def test_only_the_thread_that_asks_goes_behind() -> None:
    nice: list[int] = []

    def body() -> None:
        go_behind()
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert nice == [max(before, NICENESS)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
