"""Waiting until what was done is written down: quickly where it can be, and not for long where it cannot."""

import threading
from collections.abc import Callable, Sequence

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.observation import Numbered, Tick
from engine.model.repository import Storable
from engine.runtime.mailbox import Mailbox, Mark
from engine.runtime.recorder.durability import DurabilityBarrier
from engine.store.database.writer import StoreWriter
from tests.engine.store import records


class Disk:
    """A record whose disk may be full."""

    def __init__(self) -> None:
        self.full = False
        self.saved: list[Storable] = []
        self.commits = 0

    def save(self, values: Sequence[Storable]) -> None:
        if self.full:
            raise EnvironmentFault("disk_full", "The disk is full.")
        self.commits += 1
        self.saved += values


class Entering:
    """The engine thread in small: marks are reached, everything else goes to the writer."""

    def __init__(self, mailbox: Mailbox, writer: StoreWriter) -> None:
        self._mailbox, self._writer, self._stopping, self._number = mailbox, writer, threading.Event(), 0
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            for taken in self._mailbox.take(0.05):
                if isinstance(taken, Mark):
                    taken.reached()
                    continue
                self._number += 1
                self._writer.submit(Numbered(self._number, self._number, taken), (records.event(self._number),))

    def stop(self) -> None:
        self._stopping.set()
        self._mailbox.close()
        self.thread.join()


def run(body: Callable[[Disk, Mailbox, StoreWriter], None], interval_s: float = 3600) -> None:
    disk, mailbox = Disk(), Mailbox()
    writer = StoreWriter(disk, lambda _: None, lambda _: None, interval_s=interval_s)  # type: ignore[arg-type]
    writer.start()
    entering = Entering(mailbox, writer)
    try:
        body(disk, mailbox, writer)
    finally:
        disk.full = False
        entering.stop()
        writer.stop()


def test_the_writer_commits_at_once_when_somebody_waits() -> None:
    def body(disk: Disk, mailbox: Mailbox, writer: StoreWriter) -> None:
        mailbox.post(Tick(1))
        DurabilityBarrier(mailbox, writer).wait()
        assert [value.id for value in disk.saved] == [records.event(1).id]

    run(body)


def test_many_who_wait_share_commits() -> None:
    def body(disk: Disk, mailbox: Mailbox, writer: StoreWriter) -> None:
        kept: list[int] = []

        def wait() -> None:
            mailbox.post(Tick(1))
            DurabilityBarrier(mailbox, writer).wait()
            kept.append(1)

        threads = [threading.Thread(target=wait) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(kept) == len(disk.saved) == 40 and disk.commits <= 40

    run(body)


def test_what_was_to_be_run_before_has_been_run() -> None:
    def body(_: Disk, mailbox: Mailbox, writer: StoreWriter) -> None:
        done: list[str] = []
        mailbox.post(Tick(1))
        writer.run_in_order(lambda: done.append("run"))
        DurabilityBarrier(mailbox, writer).wait()
        assert done == ["run"]

    run(body)


def test_where_the_disk_is_full_it_is_said_soon_and_kept_later() -> None:
    def body(disk: Disk, mailbox: Mailbox, writer: StoreWriter) -> None:
        disk.full = True
        mailbox.post(Tick(1))
        with pytest.raises(EnvironmentFault, match="not written down yet: the record cannot be written") as told:
            DurabilityBarrier(mailbox, writer).wait()
        assert told.value.reason == "not_kept"
        disk.full = False
        DurabilityBarrier(mailbox, writer, 30).wait()
        assert len(disk.saved) == 1

    run(body, 0.05)


def test_an_engine_that_ends_or_does_not_come_to_it_answers_no_ok() -> None:
    mailbox, writer = Mailbox(), StoreWriter(Disk(), lambda _: None, lambda _: None)  # type: ignore[arg-type]
    with pytest.raises(EnvironmentFault, match="the engine is busy"):
        DurabilityBarrier(mailbox, writer, 0.2).wait()
    mailbox.close()
    with pytest.raises(EnvironmentFault, match="the engine is ending"):
        DurabilityBarrier(mailbox, writer).wait()
