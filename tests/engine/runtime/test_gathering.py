"""Reports that wait for one another: all are answered, each with what became of it, by one thread."""

import threading
from collections.abc import Iterator, Sequence
from typing import cast

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.model.incidents.incident import Filed, Report
from engine.runtime.incidents.gathering import MOST_AT_ONCE, Outcome, ReportGatherer
from tests.fakes.reports import report


def filed(number: int) -> Filed:
    return cast(Filed, f"filed {number}")


class Desk:
    """Files by number, once it is let go: from a thousand on they are refused, from two thousand on they meet a fault of the program."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.threads: set[str] = set()
        self.go = threading.Event()

    def __call__(self, several: Sequence[Report]) -> Sequence[Filed | InputError]:
        assert self.go.wait(60)
        self.sizes.append(len(several))
        self.threads.add(threading.current_thread().name)
        numbers = [int(each.id.removeprefix("rp-")) for each in several]
        if any(number >= 2000 for number in numbers):
            raise ZeroDivisionError
        return [InputError("occurred_at", "is too late") if number >= 1000 else filed(number) for number in numbers]


class Heard:
    """What became of each, by number."""

    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {}
        self._came = threading.Condition()

    def put(self, gatherer: ReportGatherer, number: int) -> None:
        def done(outcome: Outcome) -> None:
            with self._came:
                self.outcomes[number] = outcome
                self._came.notify_all()

        gatherer.put(lambda: report(number), done)

    def all(self, count: int) -> dict[int, Outcome]:
        with self._came:
            assert self._came.wait_for(lambda: len(self.outcomes) == count, 10)
        return self.outcomes


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def gatherer(desk: Desk) -> Iterator[ReportGatherer]:
    made = ReportGatherer(desk)
    yield made
    desk.go.set()
    made.close()


def test_those_who_wait_are_filed_together_and_each_hears_its_own(desk: Desk, gatherer: ReportGatherer) -> None:
    heard = Heard()
    for number in (*range(2 * MOST_AT_ONCE), 1000):
        heard.put(gatherer, number)
    desk.go.set()
    outcomes = heard.all(2 * MOST_AT_ONCE + 1)
    assert all(outcomes[number] == filed(number) for number in range(2 * MOST_AT_ONCE)) and isinstance(outcomes[1000], InputError)
    assert sum(desk.sizes) == 2 * MOST_AT_ONCE + 1 and max(desk.sizes) == MOST_AT_ONCE and len(desk.sizes) <= 4
    assert len(desk.threads) == 1


def test_a_fault_of_the_program_costs_one_report_only(desk: Desk, gatherer: ReportGatherer) -> None:
    heard = Heard()
    for number in (1, 2, 2000, 3):
        heard.put(gatherer, number)
    desk.go.set()
    outcomes = heard.all(4)
    assert isinstance(outcomes.pop(2000), ZeroDivisionError)
    assert outcomes == {number: filed(number) for number in (1, 2, 3)}


def test_what_fails_for_all_all_hear() -> None:
    fault, heard = EnvironmentFault("disk_full", "The disk is full."), Heard()

    def broken(several: Sequence[Report]) -> Sequence[Filed | InputError]:
        raise fault

    gatherer = ReportGatherer(broken)
    for number in range(5):
        heard.put(gatherer, number)
    assert heard.all(5) == dict.fromkeys(range(5), fault)
    with pytest.raises(EnvironmentFault):
        gatherer.file(report(6))
    gatherer.close()


def test_what_cannot_be_made_is_refused_alone_and_who_cannot_be_told_holds_nobody_up(desk: Desk, gatherer: ReportGatherer) -> None:
    heard, refused = Heard(), list[Outcome]()

    def wrong() -> Report:
        raise InputError("device_id", "is empty")

    def deaf(outcome: Outcome) -> None:
        raise RuntimeError("gone")

    gatherer.put(wrong, refused.append)
    gatherer.put(lambda: report(1), deaf)
    heard.put(gatherer, 2)
    desk.go.set()
    assert heard.all(1) == {2: filed(2)}
    assert [type(each) for each in refused] == [InputError] and gatherer.file(report(3)) == filed(3)


def test_closing_answers_all_who_wait_and_takes_nothing_more(desk: Desk, gatherer: ReportGatherer) -> None:
    heard = Heard()
    for number in range(3):
        heard.put(gatherer, number)
    closing = threading.Thread(target=gatherer.close)
    closing.start()
    desk.go.set()
    closing.join()
    assert heard.outcomes == {number: filed(number) for number in range(3)}
    heard.put(gatherer, 4)
    fault = heard.all(4)[4]
    assert isinstance(fault, EnvironmentFault) and fault.reason == "stopping"


def test_whoever_comes_just_when_the_last_one_is_done_is_not_forgotten(gatherer: ReportGatherer, desk: Desk) -> None:
    desk.go.set()
    for number in range(300):
        assert gatherer.file(report(number)) == filed(number)
