"""A site's connection to its hub: tells it what is recorded, and lets it through to the gateway. Nothing at the site waits for it."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.time import Clock
from engine.runtime.hub.clip_sender import ClipFile, ClipSender
from engine.runtime.hub.intent_taker import IntentTaker, Judge
from engine.runtime.hub.membership import Membership, renew_membership
from engine.runtime.hub.nats_carrier import REFUSED, NatsCarrier
from engine.runtime.hub.nats_claims import life_ns
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.purpose_exchange import PurposeExchange, SitePurposes
from engine.runtime.hub.renewal import ask_claims
from engine.runtime.hub.replication_sender import FIRST_RETRY_S, LONGEST_RETRY_S, WITHIN_S, ReplicationSender
from engine.runtime.hub.subjects import RENEW, address_of, inbox, record_subject
from engine.runtime.hub.template_taker import TemplateSide, TemplateTaker
from engine.runtime.hub.tunnel_ends import SiteEnd
from engine.store.replication.queue import ReplicationQueue

log = logging.getLogger(__name__)

OVER_S, RENEW_LOOK_S = 0.25, 600.0
ASK_S = 60.0  # between two requests to be let in again


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
        judge: Judge,
        clip_file: ClipFile | None = None,
        purposes: SitePurposes | None = None,
        templates: TemplateSide | None = None,
    ) -> None:
        self._membership, self._folder, self._queue, self._clock = membership, folder, queue, clock
        self._trouble, self._gateway_port, self._judge, self._clip_file = trouble, gateway_port, judge, clip_file
        self._purposes, self._templates = purposes, templates
        self._key = NKey(KeyKind.USER, bytes.fromhex(membership.secret))
        self._address = address_of(membership.site, self._key.public)
        self._asked_s, self._not_renewed = -ASK_S, ""

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
        """Until the site has left. A connection ends with the claims that it began with."""
        pause_s = FIRST_RETRY_S
        while True:
            try:
                carrier = await self._connected()
            except EnvironmentFault as fault:
                why = await self._let_in_again(str(fault)) if fault.reason == REFUSED else str(fault)
                if why is None:
                    continue
                self._trouble(why)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_RETRY_S)
            else:
                pause_s = FIRST_RETRY_S
                if await self._work(carrier):
                    return
                await asyncio.sleep(FIRST_RETRY_S)

    async def _connected(self) -> NatsCarrier:
        claims = self._membership.claims
        return await NatsCarrier.connect(
            self._membership.nats,
            self._membership.site,
            user_jwt_cb=claims.encode,
            signature_cb=self._key.answer,
            inbox_prefix=inbox(self._address),
        )

    async def _work(self, carrier: NatsCarrier) -> bool:
        """Until it is cancelled, the site has left, which is True, or the server has ended the connection."""
        end = SiteEnd(self._address, carrier, self._gateway_port)
        sender = ReplicationSender(self._queue, self._address, carrier, self._trouble, self._clock)
        told, ended = asyncio.create_task(sender.run()), asyncio.create_task(carrier.wait_ended())
        taking = IntentTaker(self._address, carrier, self._judge).run()
        clip_file = self._clip_file if self._membership.send_clips else None
        sending = [] if clip_file is None else [ClipSender(self._address, carrier, clip_file).run()]
        sharing = [] if self._purposes is None else [PurposeExchange(self._address, carrier, self._purposes).run()]
        obeying = [] if self._templates is None else [TemplateTaker(self._address, carrier, self._templates).run()]
        beside = [asyncio.create_task(each) for each in (self._keep_renewed(carrier), taking, *sending, *sharing, *obeying)]
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
            await end.stop()
            await carrier.close()

    async def _keep_renewed(self, carrier: NatsCarrier) -> None:
        """What the hub signed ends after a day; it signs it anew for a site that it knows."""
        while True:
            try:
                if self._is_due():
                    answer = json.loads(await carrier.request(record_subject(self._address, RENEW), b"{}", WITHIN_S))
                    await self._keep_claims(str(answer["claims"]))
            except (WatchroomError, ValueError, LookupError, TypeError) as error:
                log.warning("the hub does not renew what it signed for this site: %s", error)
            await asyncio.sleep(RENEW_LOOK_S)

    def _is_due(self) -> bool:
        """After half of their life, by how long this site has had them: its clock may be any time from the hub's."""
        had_ns = self._clock.now_ns() - self._membership.claimed_ns
        return not 0 <= had_ns < life_ns(self._membership.claims) // 2

    async def _let_in_again(self, refusal: str) -> str | None:
        """The claims may have ended while the site was away: the hub is asked for new ones over HTTPS, now and then. None: it gave them;
        else why not."""
        if time.monotonic() - self._asked_s < ASK_S:
            return self._not_renewed or refusal
        self._asked_s, self._not_renewed = time.monotonic(), ""
        try:
            await self._keep_claims(await asyncio.to_thread(ask_claims, self._membership))
        except WatchroomError as error:
            self._not_renewed = str(error)
            return self._not_renewed
        return None

    async def _keep_claims(self, claims: str) -> None:
        """Raises EnvironmentFault."""
        self._membership = await asyncio.to_thread(renew_membership, self._folder, self._membership, claims, self._clock.now_ns())
