"""Tells the hub what this site agrees to, and who is under it; learns which purposes there are, and whom the hub holds links of."""

import asyncio
from typing import Protocol

from engine.runtime.hub.carrier import Carrier
from engine.runtime.hub.hub_asking import Pause, keep_asking
from engine.runtime.hub.purpose_messages import PurposeOffer, PurposeReport, pack_report, read_offer
from engine.runtime.hub.replication_sender import WITHIN_S
from engine.runtime.hub.subjects import PURPOSES, record_subject

LOOK_S = 5.0


class SitePurposes(Protocol):
    """What the site has to say of purposes. On a thread; raises EnvironmentFault."""

    def report(self) -> PurposeReport: ...

    def take(self, offer: PurposeOffer) -> bool:
        """Whether there is something to say to it."""
        ...


class PurposeExchange:
    """On one asyncio loop."""

    def __init__(self, address: str, carrier: Carrier, site: SitePurposes, pause: Pause = asyncio.sleep) -> None:
        self._address, self._carrier, self._site, self._pause = address, carrier, site, pause

    async def run(self) -> None:
        """Until it is cancelled."""
        await keep_asking(self._exchange, LOOK_S, "purposes", self._pause)

    async def _exchange(self) -> None:
        for _ in range(2):
            report = await asyncio.to_thread(self._site.report)
            answer = await self._carrier.request(record_subject(self._address, PURPOSES), pack_report(report), WITHIN_S)
            if not await asyncio.to_thread(self._site.take, read_offer(answer)):
                return
