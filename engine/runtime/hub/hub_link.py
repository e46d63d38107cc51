"""A site's connection to its hub: tells it what is recorded, and lets it through to the gateway. Nothing at the site waits for it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.model.time import Clock
from engine.runtime.hub.clip_sender import ClipFile, ClipSender
from engine.runtime.hub.gallery_exchange import GalleryExchange, SiteGallery
from engine.runtime.hub.intent_taker import IntentTaker, Judge
from engine.runtime.hub.member_link import MemberLink
from engine.runtime.hub.membership import Membership
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.nats_claims import published
from engine.runtime.hub.purpose_exchange import PurposeExchange, SitePurposes
from engine.runtime.hub.replication_sender import ReplicationSender
from engine.runtime.hub.spares.lease import lease_subject
from engine.runtime.hub.spares.site_spares import LeaseKeeper, PackageSender, SiteSpares
from engine.runtime.hub.template_taker import TemplateSide, TemplateTaker
from engine.runtime.hub.tunnel_ends import SiteEnd
from engine.store.replication.queue import ReplicationQueue


class HubLink(MemberLink):
    """`run` holds it until it is over. `trouble`: a sentence while the hub is not reached or takes nothing, None when it does again."""

    def __init__(
        self,
        membership: Membership,
        folder: Path,
        queue: ReplicationQueue,
        clock: Clock,
        trouble: Callable[[str | None], None],
        gateway_port: Callable[[], int],
        judge: Judge,
        clip_file: ClipFile | None = None,
        purposes: SitePurposes | None = None,
        templates: TemplateSide | None = None,
        spares: SiteSpares | None = None,
        gallery: SiteGallery | None = None,
    ) -> None:
        super().__init__(membership, folder, clock, trouble)
        self._queue, self._gateway_port, self._judge, self._clip_file = queue, gateway_port, judge, clip_file
        self._purposes, self._templates, self._spares, self._gallery = purposes, templates, spares, gallery

    async def _work(self, carrier: NatsCarrier) -> bool:
        """Until it is cancelled, the site has left, which is True, or the server has ended the connection."""
        end = SiteEnd(self._address, carrier, self._gateway_port)
        sender = ReplicationSender(self._queue, self._address, carrier, self._trouble, self._clock)
        told, ended = asyncio.create_task(sender.run()), asyncio.create_task(carrier.wait_ended())
        taking = IntentTaker(self._address, carrier, self._judge).run()
        clip_file = self._clip_file if self._membership.send_clips else None
        sending = [] if clip_file is None else [ClipSender(self._address, carrier, clip_file).run()]
        sharing = [] if self._purposes is None else [PurposeExchange(self._address, carrier, self._purposes).run()]
        sharing += [] if self._gallery is None else [GalleryExchange(self._address, carrier, self._gallery).run()]
        obeying = [] if self._templates is None else [TemplateTaker(self._address, carrier, self._templates).run()]
        lease = self._lease(carrier)
        always = (self._keep_renewed(carrier), taking, *self._for_spares(carrier, lease))
        beside = [asyncio.create_task(each) for each in (*always, *sending, *sharing, *obeying)]
        try:
            await end.start()
            await asyncio.wait([told, ended], return_when=asyncio.FIRST_COMPLETED)
            if ended.done() or told.cancelled():  # what is under way is cancelled when the server ends it
                return False
            told.result()
            return True
        except EnvironmentFault:  # the server ended it before it had begun
            return False
        finally:
            for task in (told, ended, *beside):
                task.cancel()
            await asyncio.gather(told, ended, *beside, return_exceptions=True)
            if lease is not None and self._is_over:
                await lease.give_up()
            await end.stop()
            await carrier.close()

    def _lacks_rights(self) -> bool:
        return self._spares is not None and lease_subject(self._address) not in published(self._membership.claims)

    def _lease(self, carrier: NatsCarrier) -> LeaseKeeper | None:
        return None if self._spares is None else LeaseKeeper(self._address, carrier, self._folder, self._spares.count)

    def _for_spares(self, carrier: NatsCarrier, lease: LeaseKeeper | None) -> Iterator[Coroutine[None, None, None]]:
        if self._spares is not None and lease is not None:
            yield lease.run()
            source = self._spares.source
            yield PackageSender(self._membership.site, self._address, self._key, carrier, self._folder, source, self._clock).run()
