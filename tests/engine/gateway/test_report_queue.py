"""From the network loop to the report desk and back: each hears what became of its own."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, cast

from engine.gateway.incidents.report_queue import ReportQueue
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.errors import EnvironmentFault, InputError
from engine.model.incidents.incident import Filed, IncidentCategory
from engine.runtime.incidents.reporting import IncomingReport

SESSION = Session("s", User("u", "Ada", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR])
Done = Callable[[Filed | Exception], None]


def said(number: int) -> IncomingReport:
    return IncomingReport(IncidentCategory.THEFT, "Somebody took a bicycle", 59.0, 18.0, number)


def outcome(number: int) -> Filed | Exception:
    match number % 3:
        case 0:
            return InputError("occurred_at", "is too late")
        case 1:
            return EnvironmentFault("disk_full", "The disk is full.")
        case _:
            return cast(Filed, f"filed {number}")


class Desk:
    """Notes what it is given, and answers all of it on another thread."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, Done]] = []

    def report(self, said: IncomingReport, session: Session, done: Done) -> None:
        assert session is SESSION
        self.waiting.append((said.occurred_ns, done))

    def answer(self) -> None:
        several, self.waiting = self.waiting, []
        thread = threading.Thread(target=lambda: [done(outcome(number)) for number, done in several])
        thread.start()
        thread.join()


def test_each_hears_its_own() -> None:
    async def run() -> list[Any]:
        desk = Desk()
        queue = ReportQueue(desk.report)
        waiting = [asyncio.create_task(queue.file(said(number), SESSION)) for number in range(60)]
        await asyncio.sleep(0)
        desk.answer()
        return await asyncio.gather(*waiting, return_exceptions=True)

    answers = asyncio.run(run())
    assert [repr(each) for each in answers] == [repr(outcome(number)) for number in range(60)]


def test_who_goes_away_keeps_nobody_else_waiting() -> None:
    async def run() -> list[Any]:
        desk = Desk()
        queue = ReportQueue(desk.report)
        gone, stays = (asyncio.create_task(queue.file(said(number), SESSION)) for number in (2, 5))
        await asyncio.sleep(0)
        gone.cancel()
        desk.answer()
        first = await stays
        later = asyncio.create_task(queue.file(said(8), SESSION))
        await asyncio.sleep(0)
        desk.answer()
        return [first, await later]

    assert asyncio.run(run()) == ["filed 5", "filed 8"]


def test_an_answer_after_the_loop_has_ended_fails_nobody() -> None:
    desk = Desk()

    async def run() -> None:
        task = asyncio.create_task(ReportQueue(desk.report).file(said(2), SESSION))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(run())
    (_, done) = desk.waiting[0]
    done(outcome(2))
