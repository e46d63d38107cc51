"""Reports that wait for one another: all are answered, each with what became of it."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any, cast

import pytest

from engine.gateway.report_queue import AT_ONCE, ReportQueue
from engine.model.access import ROLE_VERBS, Role, Session, User
from engine.model.errors import EnvironmentFault, InputError
from engine.model.incident import Filed, IncidentCategory
from engine.runtime.reporting import Said

SESSION = Session("s", User("u", "Ada", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR])


def said(number: int) -> Said:
    return Said(IncidentCategory.THEFT, "Somebody took a bicycle", 59.0, 18.0, number)


def filed(number: int) -> Filed:
    return cast(Filed, f"filed {number}")


class Desk:
    """Files by number; from a thousand on they are refused. Holds the first call until `go`."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.go = threading.Event()

    def __call__(self, several: Sequence[tuple[Said, Session]]) -> Sequence[Filed | Exception]:
        assert self.go.wait(10)
        self.sizes.append(len(several))
        numbers = [each.occurred_ns for each, _ in several]
        return [InputError("occurred_at", "is too late") if number >= 1000 else filed(number) for number in numbers]


def everybody(desk: Any, numbers: Sequence[int]) -> list[Any]:
    async def run() -> list[Any]:
        queue = ReportQueue(desk)
        waiting = [asyncio.create_task(queue.file(said(number), SESSION)) for number in numbers]
        await asyncio.sleep(0)
        if isinstance(desk, Desk):
            desk.go.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(run())


def test_those_who_wait_are_filed_together_and_each_hears_its_own() -> None:
    desk = Desk()
    answers = everybody(desk, [*range(250), 1000])
    assert answers[:250] == [filed(number) for number in range(250)]
    assert isinstance(answers[250], InputError)
    assert sum(desk.sizes) == 251 and max(desk.sizes) == AT_ONCE and len(desk.sizes) == 3


@pytest.mark.parametrize("error", [EnvironmentFault("disk_full", "The disk is full."), RuntimeError("a bug")])
def test_what_fails_for_all_all_hear(error: Exception) -> None:
    def broken(several: Sequence[tuple[Said, Session]]) -> Sequence[Filed | Exception]:
        raise error

    assert everybody(broken, range(5)) == [error] * 5


def test_who_goes_away_keeps_nobody_else_waiting() -> None:
    async def run() -> Any:
        desk = Desk()
        queue = ReportQueue(desk)
        gone, stays = (asyncio.create_task(queue.file(said(number), SESSION)) for number in (1, 2))
        await asyncio.sleep(0)
        gone.cancel()
        desk.go.set()
        first = await stays
        return first, await queue.file(said(3), SESSION), desk.sizes

    assert asyncio.run(run()) == (filed(2), filed(3), [2, 1])
