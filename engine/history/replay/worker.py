"""The process in which one replay runs, so that the live engine's steps never wait for it: the two would share one interpreter's lock.

It reads the journal and the checkpoints of a data folder and writes nothing. It is told what to do, and tells how far it is, over a pipe;
when the pipe ends, it ends.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from multiprocessing.connection import Connection
from typing import TypeAlias

from engine.history.replay.compare import links_of, one_run
from engine.history.replay.garbage import collect_seldom
from engine.history.replay.links import LinksApart, LinkTick
from engine.history.replay.player import ReplayPlayer
from engine.history.replay.window import Window
from engine.model.errors import WatchroomError
from engine.model.history.replay import ReplayState
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from engine.model.value_class import dataclass

NICENESS = 10
LINK_BATCH = 20  # ticks that are sent at once
TURN_S = 0.05  # between two steps of playing
LONGEST_FILLED_NS = 1800 * SECOND  # a longer window is kept ready for quick seeks only where it was played


@dataclass(frozen=True, slots=True)
class Move:
    """None leaves as it is."""

    seek_ns: int | None = None
    playing: bool | None = None
    speed: float | None = None


@dataclass(frozen=True, slots=True)
class WantPicture:
    number: int


@dataclass(frozen=True, slots=True)
class ReplayPosition:
    """Where a replay is. picture: the answer to the `WantPicture` of number `answers`; None while it is on its way somewhere."""

    at_ns: int
    state: ReplayState
    speed: float
    warm_ns: int
    missing: tuple[str, ...]
    picture: Snapshot | None = None
    answers: int = 0


@dataclass(frozen=True, slots=True)
class ReplayFailure:
    """`bug`: not the world's fault; with the traceback."""

    message: str
    bug: str = ""


Order: TypeAlias = Move | WantPicture


class _Interrupted(Exception):
    """Something else is wanted."""


def run_replay(pipe: Connection, window: Window) -> None:
    """The body of the process of a session: paused at the beginning of the window until it is told otherwise."""
    _behind()
    with suppress(EOFError, BrokenPipeError):
        _guarded(pipe, _Playing(pipe, window).run)


def work_out(pipe: Connection, window: Window, links: Connection | None = None) -> None:
    """The body of the process of one of the two runs of a difference: tells times (ns) on the way, then a `OneRun` or what went wrong.

    `links`: where another process sends what links say (`send_links`); None: made here.
    """
    _behind()

    def run_and_send() -> None:
        try:
            pipe.send(one_run(window, pipe.send, None if links is None else _received(links)))
        except LinksApart as apart:
            pipe.send(apart)

    with suppress(EOFError, BrokenPipeError):
        _guarded(pipe, run_and_send)


def send_links(pipe: Connection, window: Window, *runs: Connection) -> None:
    """The body of the process that makes what links say, for both runs; each is given it as it asks. Tells only what went wrong."""
    _behind()

    def send_all() -> None:
        ticks = links_of(window)
        while batch := tuple(islice(ticks, LINK_BATCH)):
            for run in runs:
                run.send(batch)
        for run in runs:
            run.send(())

    with suppress(EOFError, BrokenPipeError):
        _guarded(pipe, send_all)


def _received(links: Connection) -> Iterator[LinkTick]:
    """Raises EOFError where the process that sends ended early."""
    while batch := links.recv():
        yield from batch


def _behind() -> None:
    """Everything else goes first; whoever interrupts the engine at a terminal does not mean this process, which only runs the record."""
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _guarded(pipe: Connection, work: Callable[[], None]) -> None:
    try:
        work()
    except WatchroomError as error:
        pipe.send(ReplayFailure(str(error)))
    except (EOFError, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - the top of a process
        import traceback

        pipe.send(ReplayFailure("Something went wrong inside Watchroom; see the last errors.", "".join(traceback.format_exception(error))))


class _Playing:
    """One session: goes where it is told, plays at its speed, and keeps states for quick seeks while there is nothing else to do."""

    def __init__(self, pipe: Connection, window: Window) -> None:
        self._pipe = pipe
        self._window = window
        self._player = ReplayPlayer(window.journal, window.states, lambda _: (), window.since_ns, window.until_ns, window.settings)
        self._seek_ns: int | None = window.since_ns
        self._playing = False
        self._speed = 1.0
        self._anchor = window.since_ns, time.monotonic()  # the moment of the record that was shown at a time of the clock
        self._told: ReplayPosition | None = None

    def run(self) -> None:
        while True:
            self._take_orders(0.0)
            with suppress(_Interrupted):
                self._turn()

    def _turn(self) -> None:
        if self._seek_ns is not None:
            self._send_state(ReplayState.PREPARING, self._seek_ns)
            self._player.seek(self._seek_ns, self._check)
            self._seek_ns = None
            self._anchor = self._player.at_ns, time.monotonic()
            self._send_state(self._standing())
        elif self._playing and self._player.at_ns < self._window.until_ns:
            self._play_on()
        else:
            self._send_state(self._standing())
            self._keep_ready()

    def _play_on(self) -> None:
        """Up to where the speed says it should be by now; where that is more than can be done, as fast as it goes."""
        began_ns, began_s = self._anchor
        now_s = time.monotonic()
        self._player.advance(began_ns + round((now_s - began_s) * self._speed * SECOND), self._check)
        if time.monotonic() - now_s > TURN_S:
            self._anchor = self._player.at_ns, time.monotonic()
        self._send_state(self._standing())
        self._take_orders(TURN_S)

    def _keep_ready(self) -> None:
        short = self._window.until_ns - self._window.since_ns <= LONGEST_FILLED_NS
        if not (short and self._player.fill(self._check)):
            self._take_orders(None)

    def _standing(self) -> ReplayState:
        if self._player.at_ns >= self._window.until_ns:
            return ReplayState.ENDED
        return ReplayState.PLAYING if self._playing else ReplayState.PAUSED

    def _check(self) -> None:
        """Between two steps. Raises _Interrupted where something else is wanted first, EOFError when nobody listens any more."""
        if self._take_orders(0.0):
            raise _Interrupted

    def _take_orders(self, longest_s: float | None) -> bool:
        """Take in what is said, waiting for it so long; True where it moves the replay. Raises EOFError."""
        moved = False
        while self._pipe.poll(longest_s):
            order: Order = self._pipe.recv()
            longest_s = 0.0
            if isinstance(order, Move):
                self._move(order)
                moved = True
            else:
                self._send_picture(order.number)
        return moved

    def _send_picture(self, number: int) -> None:
        ready = self._seek_ns is None
        told = self._now(self._standing() if ready else ReplayState.PREPARING, self._seek_ns)
        self._pipe.send(replace(told, picture=self._player.picture() if ready else None, answers=number))

    def _move(self, move: Move) -> None:
        self._seek_ns = self._seek_ns if move.seek_ns is None else move.seek_ns
        self._playing = self._playing if move.playing is None else move.playing
        self._speed = self._speed if move.speed is None else move.speed
        self._anchor = self._player.at_ns, time.monotonic()

    def _now(self, state: ReplayState, at_ns: int | None = None) -> ReplayPosition:
        player = self._player
        return ReplayPosition(player.at_ns if at_ns is None else at_ns, state, self._speed, player.warm_ns, player.missing)

    def _send_state(self, state: ReplayState, at_ns: int | None = None) -> None:
        told = self._now(state, at_ns)
        if told != self._told:
            self._told = told
            self._pipe.send(told)
