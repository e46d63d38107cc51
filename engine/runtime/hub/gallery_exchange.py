"""Gives the hub the faces in numbers of whom this site put under a purpose with a gallery, and takes those of other sites."""

import asyncio
from typing import Protocol

from engine.model.people.gallery import GalleryOffer, GalleryReport, OwnDescription, OwnEntry
from engine.model.people.purposes import KnownElsewhere
from engine.runtime.hub.carrier import Carrier
from engine.runtime.hub.gallery_messages import pack_description, pack_report, pack_wanted, read_known, read_offer
from engine.runtime.hub.hub_asking import Pause, keep_asking
from engine.runtime.hub.replication_sender import WITHIN_S
from engine.runtime.hub.subjects import GALLERY, GALLERY_GET, GALLERY_PUT, record_subject

LOOK_S = 5.0


class SiteGallery(Protocol):
    """On a thread; raises EnvironmentFault."""

    def report(self) -> GalleryReport: ...

    def describe(self, entry: OwnEntry) -> OwnDescription | None:
        """None: not any more, or not now."""
        ...

    def keep_only(self, offer: GalleryOffer) -> tuple[str, ...]:
        """What the hub names no longer is forgotten. Ids of what this site lacks, or has otherwise."""
        ...

    def keep(self, known: KnownElsewhere) -> None: ...


class GalleryExchange:
    """On one asyncio loop."""

    def __init__(self, address: str, carrier: Carrier, gallery: SiteGallery, pause: Pause = asyncio.sleep) -> None:
        self._address, self._carrier, self._gallery, self._pause = address, carrier, gallery, pause

    async def run(self) -> None:
        """Until it is cancelled."""
        await keep_asking(self._exchange, LOOK_S, "galleries", self._pause)

    async def _exchange(self) -> None:
        report = await asyncio.to_thread(self._gallery.report)
        offer = read_offer(await self._ask(GALLERY, pack_report(report)))
        for entry in offer.lacking:
            described = await asyncio.to_thread(self._gallery.describe, entry)
            if described is not None:
                await self._ask(GALLERY_PUT, pack_description(described))
        lacking = await asyncio.to_thread(self._gallery.keep_only, offer)
        for entry_id in lacking:
            known = read_known(await self._ask(GALLERY_GET, pack_wanted(entry_id)))
            await asyncio.to_thread(self._gallery.keep, known)
        if lacking or offer.entries.keys() != report.held.keys():
            await self._ask(GALLERY, pack_report(await asyncio.to_thread(self._gallery.report)))  # so the hub knows what is held now

    async def _ask(self, act: str, data: bytes) -> bytes:
        return await self._carrier.request(record_subject(self._address, act), data, WITHIN_S)
