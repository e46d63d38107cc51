"""A site's connection to its hub: tells it what is recorded, and lets it through to the gateway. Nothing at the site waits for it."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.time import SECOND, Clock
from engine.runtime.hub.hub_keys import inbox
from engine.runtime.hub.membership import Membership, write_membership
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.nats_claims import expires_ns
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.replication_sender import FIRST_RETRY_S, LONGEST_RETRY_S, WITHIN_S, ReplicationSender
from engine.runtime.hub.subjects import RENEW, record_subject
from engine.runtime.hub.tunnel_ends import SiteEnd
from engine.store.replication.queue import ReplicationQueue

log = logging.getLogger(__name__)

OVER_S, RENEW_LOOK_S = 0.25, 3600.0
RENEWED_NS = 45 * 86_400 * SECOND  # before it ends


class HubLink:
    """`run` holds it until it is over. `trouble`: a sentence while the hub is not reached or takes nothing, None when it does again."""

    def __init__(
        self,
        membership: Membership,
        folder: Path,
        queue: ReplicationQueue,
        clock: Clock,
        trouble: Callable[[str | None], None],
        gateway_port: Callable[[], int],
    ) -> None:
        self._membership, self._folder, self._queue, self._clock = membership, folder, queue, clock
        self._trouble, self._gateway_port = trouble, gateway_port

    def run(self, over: Callable[[], bool]) -> None:
        """`over`: the site has left, or belongs to another hub, or its engine stops. Asked on a thread of its own."""
        asyncio.run(self._run(over))

    async def _run(self, over: Callable[[], bool]) -> None:
        working = asyncio.create_task(self._keep_linked())
        try:
            while not working.done() and not await asyncio.to_thread(over):
                await asyncio.sleep(OVER_S)
            if working.done():
                working.result()
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working

    async def _keep_linked(self) -> None:
        pause_s = FIRST_RETRY_S
        while True:
            try:
                carrier = await self._connected()
            except EnvironmentFault as fault:
                self._trouble(str(fault))
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_RETRY_S)
            else:
                await self._work(carrier)
                return

    async def _connected(self) -> NatsCarrier:
        key = NKey(KeyKind.USER, bytes.fromhex(self._membership.secret))
        site, claims = self._membership.site, self._membership.claims
        return await NatsCarrier.connect(
            self._membership.nats, site, user_jwt_cb=claims.encode, signature_cb=key.answer, inbox_prefix=inbox(site)
        )

    async def _work(self, carrier: NatsCarrier) -> None:
        """Until it is cancelled, or the site has left."""
        end = SiteEnd(self._membership.site, carrier, self._gateway_port)
        renewing = asyncio.create_task(self._keep_renewed(carrier))
        try:
            await end.start()
            await ReplicationSender(self._queue, self._membership.site, carrier, self._trouble).run()
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await end.stop()
            await carrier.close()

    async def _keep_renewed(self, carrier: NatsCarrier) -> None:
        """What the hub signed ends some day; it signs it anew for a site that it knows. What is written then begins another link."""
        while True:
            if expires_ns(self._membership.claims) - self._clock.now_ns() < RENEWED_NS:
                try:
                    answer = json.loads(await carrier.request(record_subject(self._membership.site, RENEW), b"{}", WITHIN_S))
                    renewed = replace(self._membership, claims=str(answer["claims"]))
                    await asyncio.to_thread(write_membership, self._folder, renewed)
                except (WatchroomError, ValueError, KeyError, TypeError) as error:
                    log.warning("the hub does not renew what it signed for this site: %s", error)
            await asyncio.sleep(RENEW_LOOK_S)
