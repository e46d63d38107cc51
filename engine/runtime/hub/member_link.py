"""A member's connection to the NATS server of its hub: made again whenever it ends, and let in anew where the claims have ended."""

import asyncio
import json
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.time import Clock
from engine.runtime.hub.membership import Membership, renew_membership
from engine.runtime.hub.nats_carrier import REFUSED, NatsCarrier
from engine.runtime.hub.nats_claims import life_ns
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.renewal import ask_claims
from engine.runtime.hub.replication_sender import FIRST_RETRY_S, LONGEST_RETRY_S, WITHIN_S
from engine.runtime.hub.subjects import RENEW, address_of, inbox, record_subject

log = logging.getLogger(__name__)

OVER_S, RENEW_LOOK_S = 0.25, 600.0
ASK_S = 60.0  # between two requests to be let in again


class MemberLink(ABC):
    """`run` holds it until it is over. `folder`: with the file of the membership. trouble: told a sentence while the hub is not reached."""

    def __init__(self, membership: Membership, folder: Path, clock: Clock, trouble: Callable[[str | None], None]) -> None:
        self._membership, self._folder, self._clock, self._trouble = membership, folder, clock, trouble
        self._key = NKey(KeyKind.USER, bytes.fromhex(membership.secret))
        self._address = address_of(membership.site, self._key.public)
        self._is_over = False  # on purpose
        self._asked_s, self._not_renewed = -ASK_S, ""

    @abstractmethod
    async def _work(self, carrier: NatsCarrier) -> bool:
        """Until it is cancelled, or the server has ended the connection; True: for good. Closes the connection."""

    def run(self, over: Callable[[], bool]) -> None:
        """`over`: the member has left, or belongs to another hub, or its process stops. Asked on a thread of its own."""
        asyncio.run(self._run(over))

    async def _run(self, over: Callable[[], bool]) -> None:
        working = asyncio.create_task(self._keep_linked())
        try:
            while not working.done() and not await asyncio.to_thread(over):
                await asyncio.sleep(OVER_S)
            self._is_over = not working.done()
            if working.done():
                working.result()
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working

    async def _keep_linked(self) -> None:
        """Until the work is over for good. A connection ends with the claims that it began with.

        That it is over is looked at, too: `asyncio.wait_for` of Python 3.11 loses a cancellation that comes together with its answer.
        """
        pause_s = FIRST_RETRY_S
        while not self._is_over:
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
                if await self._work(carrier) or self._is_over:
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

    async def _keep_renewed(self, carrier: NatsCarrier) -> None:
        """What the hub signed ends after a day; it signs it anew for a site that it knows."""
        while True:
            try:
                lacked = self._lacks_rights()
                if lacked or self._is_due():
                    answer = json.loads(await carrier.request(record_subject(self._address, RENEW), b"{}", WITHIN_S))
                    await self._keep_claims(str(answer["claims"]))
                if lacked and not self._lacks_rights():
                    carrier.let_go()  # a connection has the rights that it began with
            except (WatchroomError, ValueError, LookupError, TypeError) as error:
                log.warning("the hub does not renew what it signed for this site: %s", error)
            await asyncio.sleep(RENEW_LOOK_S)

    def _lacks_rights(self) -> bool:
        """Whether what the hub signed is of a version that gave less."""
        return False

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
