"""A hub with sites that write all the time, all of it as processes that can be killed, and the proof that nothing was lost or doubled."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from benchmarks.sites.nats_server import NatsServer
from engine.gateway.hub.site_grants import hub_accounts
from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from tests.fakes.hub_operator import NAME, PASSWORD, HubOperator
from tests.fakes.hub_processes import HubProcesses, Program, hub_processes
from tests.fakes.waiting import until

SITES, RATE_HZ = 3, 40.0
_NEVER_HZ = 0.001  # a site that only tells what waits


class KilledSite:
    """Its folder's name is its key."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, folder.name
        self.process = self._writing(RATE_HZ)
        self.teller = self._writing(_NEVER_HZ)

    def _writing(self, rate_hz: float) -> Program:
        return Program("tests.soak.hub_site", str(rate_hz), str(self.folder))

    def acknowledged(self) -> set[str]:
        """What its record has said it has."""
        return self._lines("acknowledged")

    def judged(self) -> set[str]:
        """What it has heard of that was said at the hub."""
        return self._lines("judged")

    def _lines(self, name: str) -> set[str]:
        path = self.folder / name
        whole, _, _ = path.read_text().rpartition("\n") if path.exists() else ("", "", "")
        return set(whole.splitlines())

    def recorded(self) -> Counter[tuple[str, bool]]:
        """Each event, and whether it has ended."""
        engine = create_engine(f"sqlite:///{DataFolder(self.folder).database}")
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT id, ended_ns IS NOT NULL AS ended FROM events")).all()
        engine.dispose()
        return Counter((row.id, bool(row.ended)) for row in rows)


class KilledHub:
    """`parts`: how each is killed and begun again, by its name."""

    def __init__(self, hub: HubProcesses, folder: Path, stack: ExitStack) -> None:
        self._hub, self.postgres = hub, hub.postgres
        self.sites = [self._joined_site(folder / f"site-{number}", stack) for number in range(SITES)]
        hub_accounts(hub.record, SystemClock()).create_user(NAME, Role.OPERATOR, PASSWORD)
        self.operator = HubOperator(hub.urls, [site.key for site in self.sites])
        stack.callback(self.operator.stop)
        self.operator.start()
        self._frozen: dict[str, Program | NatsServer] = {
            **_named("hub", hub.programs),
            **_named("nats", hub.servers),
            **{site.key: site.process for site in self.sites},
        }
        self.parts: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
            **{name: (part.kill, part.start) for name, part in self._frozen.items()},
            "postgres": (hub.postgres.kill, hub.postgres.start),
        }

    def _joined_site(self, folder: Path, stack: ExitStack) -> KilledSite:
        with self._hub.joined_site(folder):
            site = KilledSite(folder)
        site.process.start()
        for process in (site.process, site.teller):
            stack.callback(process.kill)
        return site

    def kill(self, name: str, for_s: float) -> None:
        """At once, and begin it again after that time."""
        kill, start = self.parts[name]
        kill()
        time.sleep(for_s)
        until(lambda: _begins(start), f"{name} begins again", 60)

    def freeze(self, name: str, for_s: float) -> None:
        """It says nothing for so long, and nothing that was said to it is lost: as a line that is cut. Not PostgreSQL."""
        part = self._frozen[name]
        part.signal(signal.SIGSTOP)
        time.sleep(for_s)
        part.signal(signal.SIGCONT)

    def told(self) -> dict[str, Counter[tuple[str, bool]]]:
        """By site: how often each event is there, and whether it has ended."""
        found: dict[str, Counter[tuple[str, bool]]] = {site.key: Counter() for site in self.sites}
        for row in self._hub.ask("SELECT id, ended_ns IS NOT NULL AS ended FROM events"):
            key, _, event_id = row.id.partition("/")
            found[key][event_id, row.ended] += 1
        return found

    def told_counts(self) -> dict[str, int]:
        """By site: how many events are there, for those that have any."""
        return {row.key: row.n for row in self._hub.ask("SELECT split_part(id, '/', 1) AS key, count(*) AS n FROM events GROUP BY 1")}

    def check_nothing_lost(self, within_s: float) -> dict[str, Any]:
        """Ends all writing, waits until what waited is at the hub, and compares. Gives figures."""
        self.operator.stop()
        for site in self.sites:
            site.process.kill()
        recorded = {site.key: site.recorded() for site in self.sites}
        acknowledged = {site.key: site.acknowledged() for site in self.sites}
        for site in self.sites:
            site.teller.start()
        began_s = time.monotonic()
        until(lambda: all(not recorded[key] - told for key, told in self.told().items()), "all of it is at the hub", within_s)
        until(self._is_all_judged, "the sites have heard all that was said, and the hub has heard of that", within_s)
        drained_s = time.monotonic() - began_s
        for site in self.sites:
            site.teller.kill()
        told = self.told()
        for site in self.sites:
            assert acknowledged[site.key] <= {event_id for event_id, _ in recorded[site.key]}, "what a record has said it has, it has"
            assert not acknowledged[site.key] - {event_id for event_id, _ in told[site.key]}, "nothing is lost"
            assert self.operator.confirmed[site.key] and self.operator.confirmed[site.key] <= site.judged(), (
                "what the hub has confirmed, the site has heard"
            )
            assert max(Counter(event_id for event_id, _ in told[site.key]).values()) == 1, "nothing is doubled"
        assert self._hub.counted_events() == sum(found.total() for found in told.values()), "and the counts agree"
        return {
            "acknowledged": {key: len(found) for key, found in acknowledged.items()},
            "commands": {key: len(found) for key, found in self.operator.confirmed.items()},
            "at_the_hub": {key: found.total() for key, found in told.items()},
            "drained_s": round(drained_s, 1),
        }

    def _is_all_judged(self) -> bool:
        done = {row.id for row in self._hub.ask("SELECT id FROM intents WHERE state = 'done'")}
        return all(f"{key}/{intent_id}" in done for key, found in self.operator.confirmed.items() for intent_id in found)


@contextmanager
def killed_hub(folder: Path, hubs: int = 1, servers: int = 1) -> Iterator[KilledHub]:
    """On a durable PostgreSQL. Of several hubs and servers of NATS the parts are `hub-0`, `hub-1`… Skips as `hub_processes`."""
    with hub_processes(folder, hubs, servers) as hub, ExitStack() as stack:
        yield KilledHub(hub, folder, stack)


def _named(name: str, each: Sequence[Program | NatsServer]) -> dict[str, Program | NatsServer]:
    return {name if len(each) == 1 else f"{name}-{number}": part for number, part in enumerate(each)}


def _begins(start: Callable[[], None]) -> bool:
    """A server whose port or memory is not free yet begins a moment later."""
    try:
        start()
    except EnvironmentFault:
        return False
    return True
