"""Widgets that are garbage are deleted on the screen's thread, whichever thread allocates."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from console.garbage import collected_here


class Ring(QObject):
    """Only cyclic collection finds it."""

    def __init__(self, ended_on: list[int]) -> None:
        super().__init__()
        self.itself = self
        self._ended_on = ended_on

    def __del__(self) -> None:
        self._ended_on.append(threading.get_ident())


def allocate(stop: threading.Event) -> None:
    while not stop.is_set():
        [[index] for index in range(2_000)]


def test_it_is_collected_on_this_thread_while_another_allocates(qtbot: QtBot) -> None:
    ended_on: list[int] = []
    stop = threading.Event()
    busy = threading.Thread(target=allocate, args=(stop,))
    with collected_here():
        busy.start()
        try:
            for _ in range(50):
                Ring(ended_on)
            qtbot.waitUntil(lambda: len(ended_on) == 50)
        finally:
            stop.set()
            busy.join()
    assert set(ended_on) == {threading.get_ident()}


@pytest.mark.parametrize("before", [True, False])
def test_afterwards_python_collects_as_before(before: bool) -> None:
    tested_with = gc.isenabled()
    set_collecting(before)
    try:
        with collected_here():
            assert not gc.isenabled()
        assert gc.isenabled() is before
    finally:
        set_collecting(tested_with)


def set_collecting(wanted: bool) -> None:
    (gc.enable if wanted else gc.disable)()
