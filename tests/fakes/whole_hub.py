"""A hub with its NATS server, on a database of its own: all of it on loopback."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlalchemy import text

from engine.gateway.border.bind import Bind
from engine.gateway.hub.door import HubDoor
from engine.gateway.hub.hub import Hub
from engine.gateway.hub.server import HubServer
from engine.model.time import SystemClock
from engine.runtime.hub.hub_keys import HubKeys
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from tests.fakes.nats_server import nats_server

_NUMBERS = count()


@dataclass
class WholeHub:
    keys: HubKeys
    hub: Hub
    door: HubDoor
    url: str


@contextmanager
def empty_record(server: str) -> Iterator[SharedRecord]:
    """`server`: its database `postgres`."""
    name = f"whole_{next(_NUMBERS)}"
    engine = postgres_engine(server, reading=True)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    record = SharedRecord(server.replace("/postgres", f"/{name}"))
    yield record
    record.close()


@contextmanager
def whole_hub(folder: Path, record: SharedRecord) -> Iterator[WholeHub]:
    folder.mkdir()
    clock, keys = SystemClock(), HubKeys.in_folder(folder)
    with ExitStack() as stack:
        nats = stack.enter_context(nats_server(folder / "nats", keys.server_settings(clock.now_ns())))
        hub = Hub(record, keys, nats.url, clock)
        door = HubDoor(record, keys, hub, clock)
        server = HubServer(hub.enrolment, door, Bind.parse("127.0.0.1:0"), "test")
        hub.start()
        stack.callback(hub.stop)
        assert hub.wait_reached(20)
        server.start()
        stack.callback(server.stop)
        yield WholeHub(keys, hub, door, server.url)
