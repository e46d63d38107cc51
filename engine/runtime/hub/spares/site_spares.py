"""A site's own part of spares: it renews its lease, and sends the spares that it allows its sealed settings. Nothing at the site waits for
it, and nothing of it ever stops a recorder."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.hub.carrier import Carrier, Publisher
from engine.runtime.hub.hub_asking import Pause, keep_asking
from engine.runtime.hub.nkeys import NKey
from engine.runtime.hub.replication_sender import WITHIN_S
from engine.runtime.hub.spares.allowed_spares import has_allowed, read_allowed
from engine.runtime.hub.spares.lease import RENEWAL_S, Lease, LeaseState, lease_subject, pack_lease
from engine.runtime.hub.spares.sealing import seal
from engine.runtime.hub.spares.spare_messages import SPARE_PACKAGE, SPARES, pack_versions, read_versions
from engine.runtime.hub.spares.spare_package import AGAIN_NS, SparePackage, for_spares, pack_package, secrets_of
from engine.runtime.hub.subjects import record_subject

log = logging.getLogger(__name__)

LOOK_S = 10.0

CountCameras = Callable[[], tuple[int, int]]
"""How many cameras are switched on, and how many of them give pictures."""


class LeaseKeeper:
    """On one asyncio loop. A site that allows no spare has no lease."""

    def __init__(self, address: str, carrier: Publisher, folder: Path, count: CountCameras, pause: Pause = asyncio.sleep) -> None:
        self._address, self._carrier, self._folder, self._count, self._pause = address, carrier, folder, count, pause
        self._held = False

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            if await asyncio.to_thread(self._is_wanted):
                with suppress(EnvironmentFault):  # a line that is cut starts a spare, and that is all
                    cameras, live = self._count()
                    await self._say(Lease(LeaseState.HELD, cameras, live))
                    self._held = True
            elif self._held:
                await self.give_up()
            await self._pause(RENEWAL_S)

    async def give_up(self) -> None:
        """The engine is stopped on purpose, or no spare is allowed any more: nobody stands in."""
        if self._held:
            self._held = False
            with suppress(EnvironmentFault):
                await self._say(Lease(LeaseState.GIVEN_UP))

    async def _say(self, lease: Lease) -> None:
        await self._carrier.publish(lease_subject(self._address), pack_lease(lease))

    def _is_wanted(self) -> bool:
        try:
            return bool(read_allowed(self._folder))
        except EnvironmentFault:
            return False


class SettingsForSpares:
    """What a site's packages are made of. `get_secret`: of the secret store, on a thread."""

    def __init__(self, settings: Callable[[], Settings], get_secret: Callable[[str], str | None], most_role: Role) -> None:
        self._settings, self._get_secret, self._most_role = settings, get_secret, most_role

    def package(self, site: str, now_ns: int) -> SparePackage:
        """May raise EnvironmentFault."""
        settings = for_spares(self._settings())
        return SparePackage(site, now_ns, self._most_role, settings, secrets_of(settings, self._get_secret))


@dataclass(frozen=True, slots=True)
class SiteSpares:
    """What a site's connection to its hub needs for its spares."""

    count: CountCameras
    source: SettingsForSpares


class PackageSender:
    """On one asyncio loop. A package is sent when the hub lacks it, when something in it changed, and once a day."""

    def __init__(
        self,
        site: str,
        address: str,
        key: NKey,
        carrier: Carrier,
        folder: Path,
        source: SettingsForSpares,
        clock: Clock,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._site, self._address, self._key, self._carrier, self._folder = site, address, key, carrier, folder
        self._source, self._clock, self._pause = source, clock, pause
        self._sent: dict[str, SparePackage] = {}  # by key of the spare
        self._is_over = False  # the hub knows that no spare is allowed any more

    async def run(self) -> None:
        """Until it is cancelled."""
        await keep_asking(self._send_all, LOOK_S, "spares", self._pause)

    async def _send_all(self) -> None:
        allowed = [spare.key for spare in await asyncio.to_thread(read_allowed, self._folder)]
        if not allowed and (self._is_over or not await asyncio.to_thread(has_allowed, self._folder)):
            return
        told = pack_versions({key: 0 for key in allowed})
        versions = read_versions(await self._carrier.request(record_subject(self._address, SPARES), told, WITHIN_S))
        self._is_over = not allowed
        if allowed:
            now = await asyncio.to_thread(self._source.package, self._site, self._clock.now_ns())
            for key in allowed:
                await self._send(key, now, versions)

    async def _send(self, key: str, now: SparePackage, versions: Mapping[str, int]) -> None:
        """Raises WatchroomError: the hub does not take it now."""
        before, there = self._sent.get(key), versions.get(key, 0)
        if there and before is not None and _is_same(before, now) and now.made_ns - before.made_ns < AGAIN_NS:
            return
        version = max(now.made_ns, there + 1)
        sealed = await asyncio.to_thread(seal, pack_package(now), self._key, key, version)
        try:
            await self._carrier.request(record_subject(self._address, SPARE_PACKAGE), sealed, WITHIN_S)
        except NotFound as error:
            log.debug("%s", error)
            return
        self._sent[key] = now


def _is_same(one: SparePackage, other: SparePackage) -> bool:
    return (one.settings, one.secrets, one.most_role) == (other.settings, other.secrets, other.most_role)
