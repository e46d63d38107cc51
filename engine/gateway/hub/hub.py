"""A hub as a process runs it: takes in what sites tell, lets sites join, and leads to their gateways."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from engine.gateway.hub.clip_desk import ClipDesk
from engine.gateway.hub.enrolment import Enrolment
from engine.gateway.hub.gallery_desk import GalleryDesk
from engine.gateway.hub.intake import Intake
from engine.gateway.hub.intent_desk import IntentDesk
from engine.gateway.hub.purpose_desk import PurposeDesk
from engine.gateway.hub.spare_desk import SpareDesk
from engine.gateway.hub.template_desk import TemplateDesk
from engine.model.errors import EnvironmentFault, NotFound, WatchroomError
from engine.model.time import Clock
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.spares.spare_messages import SPARE_PACKAGE, SPARE_SITES, SPARES, STAND_IN
from engine.runtime.hub.subjects import (
    AHEAD,
    BEGIN,
    CLIP_PIECE,
    CLIPS,
    GALLERY,
    GALLERY_GET,
    GALLERY_PUT,
    INTENTS,
    KEEP,
    PURPOSES,
    RENEW,
    RESUME,
    TEMPLATES,
    address_of,
    every_site,
    site_and_key,
)
from engine.runtime.hub.tunnel_ends import HubEnd
from engine.store.shared.record import SharedRecord

log = logging.getLogger(__name__)

RETRY_S, LONGEST_S, START_S = 1.0, 10.0, 10.0


class Hub:
    """Thread `hub` from `start` to `stop`. Any thread may call. It waits for a NATS server that is away;
    sites keep what they have to tell.

    Args:
        nats: the address of the server. told: that which sites are told; empty: the same.
    """

    def __init__(self, record: SharedRecord, keys: HubKeys, nats: str, clock: Clock, told: str = "") -> None:
        self._record, self._keys, self._nats, self._clock = record, keys, nats, clock
        self.enrolment = Enrolment(record, keys, told or nats, clock)
        self.intake = Intake(record, clock)
        self.intents = IntentDesk(record, keys, clock)
        self.clips = ClipDesk(record, keys, clock)
        self.purposes = PurposeDesk(record, clock)
        self.galleries = GalleryDesk(record, keys, clock)
        self.templates = TemplateDesk(record, keys, clock)
        self.spares = SpareDesk(record, self.enrolment, clock)
        self.trouble: str | None = None
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._end: HubEnd | None = None
        self._reached = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub")

    def start(self) -> None:
        self._thread.start()

    def wait_reached(self, within_s: float) -> bool:
        """Whether the NATS server answers by then."""
        return self._reached.wait(within_s)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join()

    def port_to(self, site: str) -> int:
        """The port of this machine that leads to that site's gateway, as long as it has the key that it has now. Raises NotFound: no such
        site, or retired; EnvironmentFault: NATS was never reached."""
        end = self._end
        if end is None:
            raise EnvironmentFault("unreachable", self.trouble or "The NATS server was not reached yet.")
        address = address_of(site, self._record.public_key(site))
        return asyncio.run_coroutine_threadsafe(end.lead_to(address), self._loop).result(START_S)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        while (carrier := await self._connected()) is not None:
            end, keeping = HubEnd(carrier), asyncio.create_task(self.spares.keep_bucket(carrier))
            try:
                for act, answer in self._acts().items():
                    await carrier.serve(every_site(act), answer)
                await end.start()
                await self.spares.listen(carrier)
                self._end = end
                self._reached.set()
                await self._wait_over(carrier)
            except EnvironmentFault as fault:
                self.trouble = str(fault)
                log.warning("%s", self.trouble)
            finally:
                self._reached.clear()
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)
                await end.stop()
                await carrier.close()

    async def _wait_over(self, carrier: NatsCarrier) -> None:
        """Until it is to end, or the server has ended the connection."""
        waits = [asyncio.create_task(each) for each in (self._ending.wait(), carrier.wait_ended())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _connected(self) -> NatsCarrier | None:
        """None: it is to end before a server was reached."""
        pause_s = RETRY_S
        while not self._ending.is_set():
            shown = self._keys.hub_pass(self._clock.now_ns())
            proof: Mapping[str, Any] = {"user_jwt_cb": shown.claims.encode, "signature_cb": shown.key.answer}
            try:
                carrier = await NatsCarrier.connect(self._nats, "hub", **proof)
            except EnvironmentFault as fault:
                self.trouble = str(fault)
                log.warning("%s", self.trouble)
                pause_s = await self._pause(pause_s)
            else:
                self.trouble = None
                return carrier
        return None

    async def _pause(self, pause_s: float) -> float:
        try:
            async with asyncio.timeout(pause_s):
                await self._ending.wait()
        except TimeoutError:
            pass
        return min(2 * pause_s, LONGEST_S)

    def _acts(self) -> dict[str, Callable[[str, bytes], bytes]]:
        intake = self.intake
        own = {RESUME: intake.resume, BEGIN: intake.begin, KEEP: intake.keep, AHEAD: intake.keep_ahead, RENEW: self._renew}
        own |= {INTENTS: self.intents.exchange, CLIPS: self.clips.lacking, CLIP_PIECE: self.clips.take}
        own |= {PURPOSES: self.purposes.exchange, TEMPLATES: self.templates.exchange}
        own |= {SPARES: self.spares.allowed, SPARE_PACKAGE: self.spares.take_package}
        own |= {SPARE_SITES: self.spares.sites, STAND_IN: self.spares.stand_in}
        own |= {GALLERY: self.galleries.exchange, GALLERY_PUT: self.galleries.take, GALLERY_GET: self.galleries.give}
        return {act: self._of_known(_logged(answer)) for act, answer in own.items()}

    def _of_known(self, answer: Callable[[str, bytes], bytes]) -> Callable[[str, bytes], bytes]:
        """The server vouches for the address of who speaks. Its key has to be the one that this site has now: another was replaced."""

        def checked(address: str, data: bytes) -> bytes:
            site, public_key = site_and_key(address)
            if self._record.public_key(site) != public_key:
                raise NotFound(f"{site} has joined anew with another key.")
            return answer(site, data)

        return checked

    def _renew(self, site: str, data: bytes) -> bytes:
        return json.dumps({"claims": self.enrolment.renew(site, data)}).encode()


def _logged(answer: Callable[[str, bytes], bytes]) -> Callable[[str, bytes], bytes]:
    """A bug here is one site's message that is not taken; the site tells it again, and is told that it failed."""

    def logged(site: str, data: bytes) -> bytes:
        try:
            return answer(site, data)
        except WatchroomError:
            raise
        except Exception:
            log.exception("a message of %s could not be taken", site)
            raise EnvironmentFault("hub_failed", "The hub failed on what this site tells. Its log says why.") from None

    return logged
