"""Asks the hub for orders about templates, tells it what became of them, and tells by itself when the site's settings differ from them."""

import asyncio
import logging
from typing import Protocol

from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.templates import FieldRefusal, OrderOutcome, OrderState
from engine.runtime.hub.carrier import Carrier
from engine.runtime.hub.hub_asking import Pause, keep_asking
from engine.runtime.hub.replication_sender import WITHIN_S
from engine.runtime.hub.subjects import TEMPLATES, record_subject
from engine.runtime.hub.template_messages import OrderEnd, SignedOrder, TemplateReport, pack_told, read_orders

log = logging.getLogger(__name__)

LOOK_S = 3.0  # somebody waits for a dry run
MOST_ROUNDS, MOST_TAKEN = 4, 5
"""In a row, and orders of each: a dry run looks at seven days of the record, and a hub that lies has always one more."""
FAILED = "The site failed on this. Its log says why."


class TemplateSide(Protocol):
    """The site. On a thread; both raise WatchroomError: not now."""

    def obey(self, given: SignedOrder) -> OrderOutcome: ...

    def report(self) -> TemplateReport: ...


class TemplateTaker:
    """On one asyncio loop. An order whose outcome the hub was not told it gives again: done again, it changes nothing."""

    def __init__(self, address: str, carrier: Carrier, side: TemplateSide, pause: Pause = asyncio.sleep) -> None:
        self._address, self._carrier, self._side, self._pause = address, carrier, side, pause
        self._known = ""  # digest of the report that the hub has

    async def run(self) -> None:
        """Until it is cancelled."""
        await keep_asking(self._exchange, LOOK_S, "templates", self._pause)

    async def _exchange(self) -> None:
        ends: tuple[OrderEnd, ...] = ()
        for _ in range(MOST_ROUNDS):
            orders = await self._orders_after(ends)
            if not orders:
                return
            ends = await self._ends(orders[:MOST_TAKEN])
        await self._orders_after(ends)

    async def _orders_after(self, ends: tuple[OrderEnd, ...]) -> tuple[SignedOrder, ...]:
        """Which orders wait then."""
        report = await asyncio.to_thread(self._side.report)
        told = pack_told(ends, None if report.digest == self._known else report)
        answer = read_orders(await self._carrier.request(record_subject(self._address, TEMPLATES), told, WITHIN_S))
        self._known = answer.digest
        return answer.orders

    async def _ends(self, orders: tuple[SignedOrder, ...]) -> tuple[OrderEnd, ...]:
        """Raises EnvironmentFault: none of them can be carried out now."""
        done = [end for each in orders if (end := await self._end(each)) is not None]
        if not done:
            raise EnvironmentFault("not_obeyed", "The hub's orders cannot be carried out now.")
        return tuple(done)

    async def _end(self, given: SignedOrder) -> OrderEnd | None:
        """None: it has to be brought again. One that the site fails on holds up no other."""
        try:
            return OrderEnd(given.id, await asyncio.to_thread(self._side.obey, given))
        except WatchroomError as error:
            log.debug("the hub's order %s waits: %s", given.id, error)
            return None
        except Exception:
            log.exception("the hub's order %s could not be carried out", given.id)
            return OrderEnd(given.id, OrderOutcome(OrderState.REFUSED, refusals=(FieldRefusal("", FAILED),)))
