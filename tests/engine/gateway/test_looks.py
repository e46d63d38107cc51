"""Who looks at a snapshot so often that moves are told, from one port and from several; and how quickly an engine answers meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from console.site import Site
from engine.gateway.federation.port import FederatedPort
from engine.gateway.federation.port import Site as OneOfMany
from engine.gateway.remote import looks as looking
from engine.gateway.remote.looks import Looks
from engine.gateway.remote.port import RemotePort
from engine.gateway.remote.subscription import MOST_MESSAGES, SAVED_S, Allowance
from tests.fakes.waiting import until


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(looking, "time", SimpleNamespace(monotonic=clock))  # not of engines that run beside this
    return clock


def test_who_looks_often_shows_what_moves(clock: Clock) -> None:
    looks = Looks()
    for times, moves in ((20, True), (10, False), (0, False), (11, True)):
        for _ in range(times):
            looks.look()
        clock.now_s += 1.0
        looks.count()
        assert looks.moves is moves, times


def test_two_who_look_seldom_show_nothing_that_moves(clock: Clock) -> None:
    looks = Looks()
    for _ in range(10):
        looks.look()
    barrier = threading.Barrier(2)

    def other() -> None:
        for _ in range(10):
            looks.look()
        barrier.wait()

    thread = threading.Thread(target=other)
    thread.start()
    barrier.wait()
    thread.join()
    clock.now_s += 1.0
    looks.count()
    assert not looks.moves


@contextmanager
def watcher(port: FederatedPort | RemotePort, pause_s: float) -> Iterator[None]:
    """As a console looks."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(pause_s):
            port.snapshot()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize("over", ["one site", "several sites"])
def test_moves_are_told_while_they_are_shown(site: Site, operator: str, over: str) -> None:
    remote = RemotePort(site.url, operator)
    port = FederatedPort([OneOfMany("a", "A", lambda: remote)]) if over == "several sites" else remote
    try:
        with watcher(port, 0.01):
            until(lambda: remote._looks.moves, "moves are told")
        until(lambda: not remote._looks.moves, "nobody looks any more")
    finally:
        port.close()
        remote.close()


def test_how_quickly_an_engine_answers_is_measured_over_the_socket(site: Site, operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_poll(*_: object) -> bool:
        return False

    monkeypatch.setattr(RemotePort, "_refresh", no_poll)
    remote = RemotePort(site.url, operator)
    port = FederatedPort([OneOfMany("a", "A", lambda: remote)])
    try:
        until(lambda: remote.link.latency_ms is not None, "it is measured")
        until(lambda: (port.snapshot().sites[0].latency_ms or 0.0) >= 1.0, "and told")
    finally:
        port.close()


def test_a_good_engine_is_never_waited_for() -> None:
    clock = Clock()
    allowance = Allowance(clock)
    assert allowance.pause_s(0.15) == 0.0, "all of now, of a thousand cameras"
    clock.now_s += 5.0
    for _ in range(8):
        assert allowance.pause_s(0.003) == 0.0, "what waited for a slow line"
    for _ in range(1000):
        clock.now_s += 0.1
        assert allowance.pause_s(0.02) == 0.0


def test_a_flood_is_taken_in_no_faster_than_a_good_engine_tells() -> None:
    clock = Clock()
    allowance = Allowance(clock)
    for _ in range(1000):
        clock.now_s += allowance.pause_s(0.0001)
    assert clock.now_s >= 1000 / MOST_MESSAGES - SAVED_S - 0.1
    began_s = clock.now_s
    for _ in range(100):
        clock.now_s += 0.2 + allowance.pause_s(0.2)
    assert clock.now_s - began_s >= 75 and allowance.pause_s(60.0) <= SAVED_S, "a quarter of a core, and it never looks lost"
