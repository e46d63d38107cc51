"""A hub with its NATS server, on a database of its own: all of it on loopback."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.sites.nats_server import NatsServer
from engine.gateway.border.bind import Bind
from engine.gateway.hub.app import LARGEST_PIECE, make_hub_app
from engine.gateway.hub.door import HubDoor
from engine.gateway.hub.hub import Hub
from engine.gateway.hub.oidc.provider import Provider
from engine.gateway.hub.oidc.settings import OidcSettings
from engine.gateway.network_thread import NetworkThread
from engine.model.time import SystemClock
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.shared.record import SharedRecord
from tests.fakes.nats_server import nats_server
from tests.fakes.postgres import new_record

_NUMBERS = count()


@dataclass
class WholeHub:
    keys: HubKeys
    hub: Hub
    door: HubDoor
    url: str
    nats: str = ""
    server: NatsServer | None = None


@contextmanager
def empty_record(server: str) -> Iterator[SharedRecord]:
    """`server`: its database `postgres`."""
    record = SharedRecord(new_record(server, f"whole_{next(_NUMBERS)}"))
    yield record
    record.close()


@contextmanager
def whole_hub(folder: Path, record: SharedRecord, oidc: OidcSettings | None = None) -> Iterator[WholeHub]:
    """`oidc`: its identity provider; nobody asks that again but `door.oidc`."""
    folder.mkdir()
    clock, keys = SystemClock(), HubKeys.in_folder(folder)
    settings = keys.server_settings(clock.now_ns()) + kept_leases(folder / "nats-kept")
    with ExitStack() as stack:
        nats = stack.enter_context(nats_server(folder / "nats", settings))
        hub = Hub(record, keys, nats.url, clock)
        provider = None if oidc is None else stack.enter_context(closing(Provider(oidc, clock)))
        door = HubDoor(record, keys, hub, clock, provider)
        bind = Bind.parse("127.0.0.1:0")
        app, network = make_hub_app(hub.enrolment, door, bind.hosts, "test"), NetworkThread(bind, LARGEST_PIECE)
        hub.start()
        stack.callback(hub.stop)
        assert hub.wait_reached(20)
        network.start(lambda *_: app)
        stack.callback(network.stop)
        yield WholeHub(keys, hub, door, network.url, nats.url, nats)


def kept_leases(folder: Path) -> str:
    """Lines by which a NATS server keeps what spares need."""
    return f'jetstream {{ store_dir: "{folder}" }}\n'
