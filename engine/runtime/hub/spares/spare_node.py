"""A spare as a member of a hub: asks which sites allow it, takes what they sealed, and watches the lease of each."""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.model.errors import WatchroomError
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.hub.member_link import MemberLink
from engine.runtime.hub.membership import Membership, read_membership, write_membership
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.nkeys import KeyKind, NKey
from engine.runtime.hub.replication_sender import WITHIN_S
from engine.runtime.hub.spares.lease_judge import JudgeTimes
from engine.runtime.hub.spares.site_watch import Places, SiteWatch
from engine.runtime.hub.spares.spare_folder import SpareFolder
from engine.runtime.hub.spares.spare_messages import (
    SPARE_SITES,
    STAND_IN,
    SpareSite,
    pack_stand_in_wish,
    pack_versions,
    read_sites,
    read_stand_in,
)
from engine.runtime.hub.spares.spare_package import SparePackage
from engine.runtime.hub.spares.stand_in_engine import StandInEngine
from engine.runtime.hub.subjects import address_of, record_subject

log = logging.getLogger(__name__)

LOOK_S = 3.0

MakeEngine = Callable[[Path, Membership, SparePackage], StandInEngine]
"""Starts the engine that stands by for a site, in that data folder. On a thread. Raises WatchroomError."""


@dataclass(slots=True)
class _Watched:
    """One site while it allows this spare."""

    public_key: str
    package: SparePackage
    engine: StandInEngine
    watch: SiteWatch
    over: threading.Event
    thread: threading.Thread

    def end(self) -> None:
        self.over.set()
        self.thread.join()


class SpareNode(MemberLink):
    """`run` until it is over; then it hands back everything. `folder`: of the spare; membership: in the same folder."""

    def __init__(
        self, folder: SpareFolder, membership: Membership, clock: Clock, make_engine: MakeEngine, times: JudgeTimes | None = None
    ) -> None:
        super().__init__(membership, folder.path, clock, self._tell)
        self._spare, self._make_engine, self._times = folder, make_engine, times
        self._places = Places(lambda: folder.choice().most)
        self._watched: dict[str, _Watched] = {}
        self._engines: dict[str, StandInEngine] = {}  # by site; also one that was made while this ended
        self._refused: dict[str, str] = {}  # by site: why nothing of it is taken
        self._sentence: str | None = None

    def run(self, over: Callable[[], bool]) -> None:
        try:
            super().run(over)
        finally:
            for watched in self._watched.values():
                watched.over.set()
            for watched in self._watched.values():
                watched.end()
            for engine in self._engines.values():
                engine.close()

    def standing(self) -> tuple[str, ...]:
        """Sites that it stands in for now. Any thread."""
        return tuple(site for site, watched in tuple(self._watched.items()) if watched.watch.stands)

    def ready(self) -> tuple[str, ...]:
        """Sites that it stands by or stands in for. Any thread."""
        return tuple(self._watched)

    async def _work(self, carrier: NatsCarrier) -> bool:
        beside = [asyncio.create_task(each) for each in (carrier.wait_ended(), self._keep_renewed(carrier))]
        ended = beside[0]
        try:
            while not (ended.done() or self._is_over):
                try:
                    more = await self._look(carrier)
                    self._tell(None)
                except WatchroomError as error:
                    self._tell(str(error))
                    await self._begin_known()
                    more = False
                await asyncio.sleep(0 if more else LOOK_S)
            return False
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await carrier.close()

    async def _look(self, carrier: NatsCarrier) -> bool:
        """Whether there may be more to take at once. Raises WatchroomError."""
        asked = pack_versions(self._spare.versions())
        sites = read_sites(await carrier.request(record_subject(self._address, SPARE_SITES), asked, WITHIN_S))
        accepted = self._spare.choice().sites
        allowed = {site.site: site for site in sites if site.public_key in accepted}
        for site in sites:
            if site.site not in allowed:
                self._refuse(site.site, f"its key {site.public_key} is not accepted here: `watchroom spare accept {site.public_key}`")
        for name in (self._watched.keys() | self._spare.versions().keys()) - allowed.keys():
            await asyncio.to_thread(self._forget, name)
        for site in allowed.values():
            await self._take(carrier, site)
        return any(site.package for site in allowed.values())

    async def _take(self, carrier: NatsCarrier, site: SpareSite) -> None:
        """A fault with one site is no other's."""
        try:
            if site.package:
                self._spare.keep(site.site, site.package, site.public_key)
            package = self._spare.package(site.site, site.public_key)
            known = self._watched.get(site.site)
            if known is not None and known.public_key != site.public_key:
                await asyncio.to_thread(known.end)
            if known is None or known.public_key != site.public_key:
                await self._begin(site, package, await self._membership_for(carrier, site, package))
            elif package != known.package:
                known.package = package
                await asyncio.to_thread(known.engine.prepare, package)
            self._refused.pop(site.site, None)
        except WatchroomError as error:
            self._refuse(site.site, str(error))

    async def _begin_known(self) -> None:
        """While the hub does not answer: for sites whose settings are here from before."""
        for name, head in self._spare.heads().items():
            known = None if name in self._watched else read_membership(self._spare.site_folder(name))
            if known is None:
                continue
            try:
                site = SpareSite(name, head.signer, head.version)
                await self._begin(site, self._spare.package(name, head.signer), known)
            except WatchroomError as error:
                self._refuse(name, str(error))

    async def _begin(self, site: SpareSite, package: SparePackage, membership: Membership) -> None:
        """Raises WatchroomError."""
        folder = self._spare.site_folder(site.site)
        name, address, over = site.site, address_of(site.site, site.public_key), threading.Event()
        engine = self._engines.get(name)
        if engine is None:
            engine = await asyncio.to_thread(self._start_engine, name, folder, membership, package)
        watch = SiteWatch(membership, folder, self._clock, address, lambda: self._watched[name].package, engine, self._places, self._times)
        thread = threading.Thread(target=watch.run, args=(over.is_set,), name=f"lease-{name}")
        self._watched[name] = _Watched(site.public_key, package, engine, watch, over, thread)
        thread.start()
        log.info("standing by for %s", name)

    def _start_engine(self, site: str, folder: Path, membership: Membership, package: SparePackage) -> StandInEngine:
        engine = self._engines[site] = self._make_engine(folder, membership, package)
        return engine

    async def _membership_for(self, carrier: NatsCarrier, site: SpareSite, package: SparePackage) -> Membership:
        """Under which the spare records for this site. Raises WatchroomError."""
        folder = self._spare.site_folder(site.site)
        folder.mkdir(mode=0o700, exist_ok=True)
        known = read_membership(folder)
        key = NKey.new(KeyKind.USER) if known is None else NKey(KeyKind.USER, bytes.fromhex(known.secret))
        wish = pack_stand_in_wish(site.site, key.public)
        given = read_stand_in(await carrier.request(record_subject(self._address, STAND_IN), wish, WITHIN_S))
        membership = Membership(given.member, self._membership.hub, given.nats, given.claims, key.secret.hex(), given.hub_key)
        membership = replace(membership, most_role=package.most_role, ca=self._membership.ca, claimed_ns=self._clock.now_ns())
        write_membership(folder, membership)
        return membership

    def _forget(self, site: str) -> None:
        """It does not allow this spare any more, or is accepted here no longer. Also of one that said so while this spare was off."""
        watched = self._watched.pop(site, None)
        if watched is not None:
            watched.end()
        engine = self._engines.pop(site, None)
        if engine is not None:
            engine.close()
        self._spare.forget(site)
        log.warning("%s does not allow this spare any more: its settings and logins are forgotten", site)

    def _refuse(self, site: str, why: str) -> None:
        if self._refused.get(site) != why:
            self._refused[site] = why
            log.warning("%s: %s", site, why)

    def _tell(self, sentence: str | None) -> None:
        if sentence != self._sentence:
            self._sentence = sentence
            if sentence is not None:
                log.warning("%s", sentence)
