"""The nightly work: at an hour of UTC, once, made up for within an hour, whatever zone the machine is in."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from engine.model.time import SECOND, ManualClock
from engine.runtime.nightly import GRACE_NS, HOUR_NS, Nightly, first_from
from tests.fakes.waiting import until


def ns(moment: datetime) -> int:
    return int(moment.timestamp()) * SECOND


class Night:
    """Two in the morning, with a clock that is moved by hand."""

    def __init__(self, start: datetime, done_ns: int = 0, hour: int = 2) -> None:
        self.clock = ManualClock(ns(start))
        self.hour = hour
        self.begun: list[datetime] = []
        self.nightly = Nightly(lambda: self.hour, self._begin, self.clock, done_ns)

    def _begin(self) -> None:
        self.begun.append(datetime.fromtimestamp(self.clock.now_ns() // SECOND, UTC))

    def at(self, moment: datetime) -> None:
        self.clock.advance_to(ns(moment))
        self.nightly.look()


@pytest.fixture
def in_stockholm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("this machine's zone cannot be changed for one process")
    monkeypatch.setenv("TZ", "Europe/Stockholm")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_stockholm")
@pytest.mark.parametrize("change", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)], ids=["spring", "autumn"])
def test_h26_one_run_a_night_at_two_utc_across_the_change_of_the_hosts_clock(change: datetime) -> None:
    assert datetime(2026, 7, 1).astimezone().utcoffset() == timedelta(hours=2)
    night = Night(change - timedelta(days=1, hours=12))
    for minutes in range(0, 72 * 60, 10):
        night.at(change - timedelta(days=1, hours=12) + timedelta(minutes=minutes))
    assert night.begun == [change + timedelta(days=days, hours=2) for days in (-1, 0, 1)]


def test_h26_what_was_missed_by_an_hour_is_made_up_for_once() -> None:
    night = Night(datetime(2026, 5, 1, 12, tzinfo=UTC))
    night.at(datetime(2026, 5, 4, 3, 0, tzinfo=UTC))  # asleep for three nights
    night.at(datetime(2026, 5, 4, 3, 0, 1, tzinfo=UTC))
    assert night.begun == [datetime(2026, 5, 4, 3, tzinfo=UTC)]
    night.at(datetime(2026, 5, 5, 3, 0, 1, tzinfo=UTC))  # a second too late
    assert len(night.begun) == 1
    night.at(datetime(2026, 5, 6, 2, tzinfo=UTC))
    assert night.begun[1:] == [datetime(2026, 5, 6, 2, tzinfo=UTC)]


def test_h26_a_restart_within_the_hour_runs_it_only_if_it_was_not_run() -> None:
    two = datetime(2026, 5, 4, 2, tzinfo=UTC)
    done = Night(two + timedelta(minutes=30), done_ns=ns(two) + SECOND)
    done.at(two + timedelta(minutes=31))
    assert done.begun == []
    missed = Night(two + timedelta(minutes=30), done_ns=ns(two) - 24 * HOUR_NS)
    missed.at(two + timedelta(minutes=31))
    assert len(missed.begun) == 1


def test_the_hour_is_the_one_of_the_settings_of_now() -> None:
    night = Night(datetime(2026, 5, 4, 12, tzinfo=UTC))
    assert night.nightly.next_ns() == ns(datetime(2026, 5, 5, 2, tzinfo=UTC))
    night.hour = 13
    assert night.nightly.next_ns() == ns(datetime(2026, 5, 4, 13, tzinfo=UTC))
    night.at(datetime(2026, 5, 4, 13, tzinfo=UTC))
    assert len(night.begun) == 1


def test_the_next_time_is_never_before_what_was_asked_for() -> None:
    two = ns(datetime(2026, 5, 4, 2, tzinfo=UTC))
    assert first_from(2, two) == two
    assert first_from(2, two + 1) == two + 24 * HOUR_NS
    assert first_from(2, two - GRACE_NS) == two


def test_its_thread_begins_the_work_and_ends_when_told() -> None:
    night = Night(datetime(2026, 5, 4, 2, tzinfo=UTC))
    stopping = threading.Event()
    thread = threading.Thread(target=night.nightly.run, args=(stopping,), name="nightly")
    thread.start()
    try:
        until(lambda: bool(night.begun), "the work is begun")
    finally:
        stopping.set()
        thread.join()
    assert len(night.begun) == 1
