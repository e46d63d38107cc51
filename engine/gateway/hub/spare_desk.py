"""What a hub does for spares: it keeps what sites sealed for them, makes them a place in its record, and hears who stands in for whom.

It reads none of it: what a site sends is sealed to the spare's key, and which key that is the site's administrator said at the site.
"""

import asyncio
import hashlib
import logging

from engine.gateway.federation.ids import is_key
from engine.gateway.hub.enrolment import Enrolment
from engine.model.errors import EnvironmentFault, InputError, NotFound, WatchroomError
from engine.model.time import Clock
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.spares.lease import BUCKET, LeaseState, Standing, read_standing, standing_subject
from engine.runtime.hub.spares.lease_line import LeaseLine
from engine.runtime.hub.spares.sealing import read_head
from engine.runtime.hub.spares.spare_messages import SpareSite, pack_sites, pack_stand_in, pack_versions, read_stand_in_wish, read_versions
from engine.runtime.hub.subjects import site_and_key
from engine.store.shared.record import SharedRecord, SharedSite

log = logging.getLogger(__name__)

MOST_BYTES = 4 << 20
"""Of a package."""
_LONGEST_KEY = 32
_MAKING_S = 10.0


class SpareDesk:
    """Any thread, but for `listen`. `site`: who speaks, as of `Intake`."""

    def __init__(self, record: SharedRecord, enrolment: Enrolment, clock: Clock) -> None:
        self._record, self._enrolment, self._clock = record, enrolment, clock
        self._heard: dict[str, tuple[str, LeaseState]] = {}  # by address of the site: who said last what; on the loop
        self._tasks: set[asyncio.Task[None]] = set()

    # what sites say

    def allowed(self, site: str, data: bytes) -> bytes:
        """Which spares a site allows; what is here for each. Raises NotFound: it has left."""
        self._record.site(site)
        return pack_versions(self._record.spares.keep_allowed(site, tuple(read_versions(data)), self._clock.now_ns()))

    def take_package(self, site: str, data: bytes) -> bytes:
        """Raises NotFound: the site has left, or there is no such spare; InputError (`package`)."""
        known, head = self._record.site(site), read_head(data)
        if head.signer != known.public_key or len(data) > MOST_BYTES:
            raise InputError("package", "is signed by another key than that of its site, or too large")
        self._record.spares.put_package(site, head.to, head.version, data, self._clock.now_ns())
        return b"{}"

    # what spares say

    def sites(self, site: str, data: bytes) -> bytes:
        """Those that allow this spare; of one that it has less of, the newest package. Raises NotFound: it is no spare."""
        spare, have = self._spare(site), read_versions(data)
        given, rows = False, list[SpareSite]()
        for kept in self._record.spares.packages_for(spare.spare_key):
            newer = kept.version > have.get(kept.site, 0) and not given
            package = self._record.spares.package(kept.site, spare.spare_key) if newer else b""
            given = given or newer  # one a message: it may be large
            rows.append(SpareSite(kept.site, kept.public_key, kept.version, package))
        return pack_sites(tuple(rows))

    def stand_in(self, site: str, data: bytes) -> bytes:
        """A place for what it sees at a site that allows it. Raises NotFound: it does not, or this is no spare; InputError."""
        spare = self._spare(site)
        stands_for, public_key = read_stand_in_wish(data)
        kept = next((each for each in self._record.spares.packages_for(spare.spare_key) if each.site == stands_for), None)
        if kept is None:
            raise NotFound(f"{stands_for[:40]} allows no such spare.")
        key = stand_in_key(spare.key, stands_for)
        self._enrolment.check_key(public_key)
        self._record.spares.put_stand_in(key, f"{kept.name} · {spare.name}", public_key, spare.key, stands_for)
        return pack_stand_in(self._enrolment.stand_in(key))

    def _spare(self, site: str) -> SharedSite:
        found = self._record.site(site)
        if not found.spare_key:
            raise NotFound(f"{site} is no spare.")
        return found

    # who stands in

    async def keep_bucket(self, carrier: NatsCarrier) -> None:
        """Makes the place for leases until it is cancelled: again where a server has lost it, later where a cluster had no majority.
        Without JetStream there are no spares, and nothing else is missing."""
        trouble = ""
        while True:
            try:
                await carrier.make_bucket(BUCKET)
                trouble = ""
            except EnvironmentFault as fault:
                if str(fault) != trouble:
                    trouble = str(fault)
                    log.warning("No spare can stand in for a site: %s Its settings need `jetstream {}`.", fault)
            await asyncio.sleep(_MAKING_S)

    async def listen(self, carrier: NatsCarrier) -> None:
        def hear(subject: str, data: bytes) -> None:
            task = asyncio.create_task(self._hear(carrier, subject.rpartition(".")[2], data))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        await carrier.listen(standing_subject("*"), hear)

    async def _hear(self, carrier: NatsCarrier, address: str, data: bytes) -> None:
        """On the loop. Spares say it every second; the record is told what changes, as the server took it."""
        try:
            told = read_standing(data)
            if self._heard.get(address) == (told.spare, told.state):
                return
            kept, _ = await LeaseLine(carrier, address).last_standing()
            if kept is not None and self._heard.get(address) != (kept.spare, kept.state):
                self._heard[address] = kept.spare, kept.state
                await asyncio.to_thread(self._note, site_and_key(address)[0], kept)
        except (WatchroomError, ValueError) as error:
            log.warning("who stands in for %s could not be kept: %s", site_and_key(address)[0], error)

    def _note(self, site: str, kept: Standing) -> None:
        if is_key(kept.spare):
            self._record.spares.note_standing(kept.spare, site, kept.state is LeaseState.HELD, self._clock.now_ns())


def stand_in_key(spare: str, site: str) -> str:
    """Under which a spare records for a site: readable, and no longer than keys are."""
    key = f"{site}--{spare}"
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{site[:12]}--{spare[:9]}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
