"""Asks the hub what people said there while this site was away, and tells it what became of that."""

import asyncio
import logging
from collections.abc import Callable

from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import IntentEnd
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.runtime.hub.carrier import Carrier
from engine.runtime.hub.hub_asking import Pause, keep_asking
from engine.runtime.hub.intent_messages import SignedIntent, pack_ends, read_intents
from engine.runtime.hub.replication_sender import HEARD_S, WITHIN_S
from engine.runtime.hub.subjects import INTENTS, record_subject

log = logging.getLogger(__name__)

FAILED = "The site failed on this. Its log says why."

Judge = Callable[[SignedIntent], IntentEnd]
"""What the site makes of one; on a thread. Raises WatchroomError: it has to be brought again."""


class IntentTaker:
    """On one asyncio loop. What it was not told the outcome of the hub gives again: that the site has it is in the alerts themselves."""

    def __init__(self, address: str, carrier: Carrier, judge: Judge, pause: Pause = asyncio.sleep) -> None:
        self._address, self._carrier, self._judge, self._pause = address, carrier, judge, pause

    async def run(self) -> None:
        """Until it is cancelled."""
        await keep_asking(self._take_all, HEARD_S, "intents", self._pause)

    async def _take_all(self) -> None:
        ends: tuple[IntentEnd, ...] = ()
        while True:
            answer = await self._carrier.request(record_subject(self._address, INTENTS), pack_ends(ends), WITHIN_S)
            given = read_intents(answer)
            if not given:
                return
            judged = [await self._judged(each) for each in given]
            ends = tuple(each for each in judged if each is not None)
            if not ends:
                raise EnvironmentFault("not_judged", "What was said at the hub cannot be judged now.")

    async def _judged(self, given: SignedIntent) -> IntentEnd | None:
        """None: it has to be brought again. One that the site fails on holds up no other."""
        try:
            return await asyncio.to_thread(self._judge, given)
        except WatchroomError as error:
            log.debug("what was said at the hub (%s) waits: %s", given.id, error)
            return None
        except Exception:
            log.exception("what was said at the hub (%s) could not be judged", given.id)
            return IntentEnd(given.id, IntentState.REFUSED, FAILED)
