"""Three engines, each a process in a network of its own, and consoles over them: for tests that kill, cut and slow one of them.

Where no network can be made they listen on loopback, and a line is cut by holding back what comes through it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from benchmarks.slow_line import SlowLine
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.model.port import PictureFeed, PictureWant
from engine.model.sites import SiteReach
from tests.engine.gateway.relay import Relay
from tests.fakes.engine_process import EngineProcess, ForkedEngine
from tests.fakes.networks import Network, can_be_made
from tests.fakes.waiting import until

KEYS = ("north", "south", "west")
ADMIN = "ada"
QUICK = 1e9, 0.0  # bits a second, seconds: as a line of this machine
SLOW = 20e6, 0.2
_PORT, _PATIENCE_S = 8740, 90.0
_WANT = PictureWant(320, 192)


class SiteOfThree:
    """One engine and the line to it. Passwords differ from site to site."""

    def __init__(self, key: str, folder: Path, cameras: Sequence[str], kind: type[EngineProcess], network: Network | None) -> None:
        self.key, self.password = key, f"correct horse {key} battery"
        self._folder, self._kind, self._network = folder / key, kind, network
        self._arguments = [f"--camera={name}" for name in cameras]
        self._stack = ExitStack()
        self._relay: Relay | None = None
        self._bind = "127.0.0.1:0" if network is None else f"{network.host}:{_PORT}"
        self.engine = self._start()
        address = urlsplit(self.engine.url)
        assert address.hostname is not None and address.port is not None
        self._bind = f"{address.hostname}:{address.port}"
        self.line = self._stack.enter_context(SlowLine(address.port, *QUICK, host=address.hostname))
        if network is None:
            self._relay = self._stack.enter_context(Relay(self.line.port))
        named = {"site_name": key.capitalize(), "admin_name": ADMIN, "time_zone": "UTC"}
        self._post("/api/v1/setup", {**named, "password": self.password, "code": self.engine.setup_code})

    def _start(self) -> EngineProcess:
        if self._network is None:
            return self._kind(self._folder, *self._arguments, bind=self._bind)
        return self._kind(self._folder, *self._arguments, "--insecure", bind=self._bind, network=self._network.name)

    @property
    def url(self) -> str:
        """As consoles reach it."""
        return self.line.url if self._relay is None else self._relay.url

    def sign_in(self) -> RemotePort:
        return RemoteDoor(self.url).enter(self._post("/api/v1/session", {"name": ADMIN, "password": self.password})["token"])

    def _post(self, path: str, body: dict[str, str]) -> Any:
        """A password takes a busy machine a while."""
        answer = httpx.post(f"{self.url}{path}", json=body, timeout=_PATIENCE_S, trust_env=False)
        return answer.raise_for_status().json()

    def cut(self) -> None:
        if self._network is not None:
            self._network.cut()
        elif self._relay is not None:
            self._relay.freeze()

    def mend(self) -> None:
        for line in (self._network, self._relay):
            if line is not None:
                line.mend()

    def kill(self) -> None:
        self.engine.kill()

    def restart(self) -> None:
        """After it was killed, at its address."""
        self.engine = self._start()

    def close(self) -> None:
        self.mend()
        self._stack.close()
        self.engine.stop()


@contextmanager
def three_sites(folder: Path, cameras: Sequence[str], kind: type[EngineProcess] = ForkedEngine) -> Iterator[dict[str, SiteOfThree]]:
    """By key. `cameras`: of each, as `watchroom engine --camera` takes them."""
    with ExitStack() as stack:
        networks = [stack.enter_context(Network(number)) for number, _ in enumerate(KEYS)] if can_be_made() else [None] * len(KEYS)
        with ThreadPoolExecutor(len(KEYS)) as pool:
            starting = [pool.submit(SiteOfThree, key, folder, cameras, kind, each) for key, each in zip(KEYS, networks, strict=True)]
        sites = {site.key: site for site in (each.result() for each in starting)}
        for site in sites.values():
            stack.callback(site.close)
        yield sites


class ConsoleOverSites:
    """A console without a screen: one port over all sites, and a tile for each of their cameras."""

    def __init__(self, sites: dict[str, SiteOfThree]) -> None:
        self.port = FederatedPort(Site(key, key.capitalize(), site.sign_in) for key, site in sites.items())
        self._feeds: list[PictureFeed] = []
        self.pictures: dict[str, int] = {}  # by id of the camera

    def watch_all(self) -> None:
        """Once every site is reached."""
        until(lambda: all(self.reach(key) is SiteReach.ONLINE for key in KEYS), "all sites are reached")
        for view in self.port.snapshot().cameras:
            camera_id = view.settings.id
            self.pictures[camera_id] = 0
            self._feeds.append(self.port.watch(camera_id, _WANT, self._counter(camera_id)))

    def _counter(self, camera_id: str) -> Callable[[], None]:
        def count() -> None:
            self.pictures[camera_id] += 1

        return count

    def reach(self, key: str) -> SiteReach:
        site = self.port.snapshot().site(key)
        assert site is not None
        return site.reach

    def wait_reach(self, key: str, reach: SiteReach) -> float:
        """Seconds until it is told."""
        began_s = time.monotonic()
        until(lambda: self.reach(key) is reach, f"{key} is {reach.value}")
        return time.monotonic() - began_s

    def shown_of(self, key: str) -> int:
        """Pictures of all cameras of a site, so far."""
        return sum(number for camera_id, number in self.pictures.items() if camera_id.startswith(f"{key}/"))

    def wait_pictures(self, key: str, more: int) -> None:
        target = self.shown_of(key) + more
        until(lambda: self.shown_of(key) >= target, f"{more} more pictures of {key}")

    def close(self) -> None:
        for feed in self._feeds:
            feed.close()
        self.port.close()
