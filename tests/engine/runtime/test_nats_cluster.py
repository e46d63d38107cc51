"""Three servers of NATS as one: what is kept is kept by all of them, and a connection goes on at another one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from benchmarks.sites.nats_server import NatsServer
from engine.model.errors import EnvironmentFault
from engine.runtime.hub.nats_carrier import NatsCarrier
from tests.fakes.nats_server import nats_cluster, nats_server

BUCKET, SUBJECT, LAST = "kept", "$KV.kept.north", "$JS.API.DIRECT.GET.KV_kept.$KV.kept.north"
LONGEST_S = 120
T = TypeVar("T")


async def until_done(work: Callable[[], Awaitable[T]]) -> T:
    """A cluster agrees on who leads for some seconds."""
    async with asyncio.timeout(LONGEST_S):
        while True:
            try:
                return await work()
            except EnvironmentFault:
                await asyncio.sleep(0.2)


async def kept_after_a_kill(servers: list[NatsServer]) -> bytes:
    """What was kept is read over a connection that had to go on elsewhere."""
    carrier = await NatsCarrier.connect(servers[0].url, "hub")
    try:
        await until_done(lambda: carrier.make_bucket(BUCKET))
        await until_done(lambda: carrier.exchange(SUBJECT, b"a lease", 2.0))
        servers[0].kill()
        return (await until_done(lambda: carrier.exchange(LAST, b"", 2.0))).data
    finally:
        await carrier.close()


def test_what_a_cluster_keeps_outlives_a_server(tmp_path: Path) -> None:
    with nats_cluster(tmp_path, "", 3) as servers:
        assert asyncio.run(kept_after_a_kill(servers)) == b"a lease"


def test_one_of_several_addresses_is_enough(tmp_path: Path) -> None:
    async def spoken(url: str) -> None:
        carrier = await NatsCarrier.connect(url, "hub")
        await carrier.publish("north", b"x")
        await carrier.close()

    with nats_server(tmp_path / "gone") as gone, nats_server(tmp_path / "there") as there:
        gone.kill()
        asyncio.run(spoken(f"{gone.url},{there.url}"))


def test_a_place_that_is_there_with_fewer_copies_is_left_as_it_is(tmp_path: Path) -> None:
    async def made_twice(url: str) -> None:
        carrier = await NatsCarrier.connect(url, "hub")
        for _ in range(2):
            await carrier.make_bucket(BUCKET)
        await carrier.close()

    with nats_server(tmp_path, f'jetstream {{ store_dir: "{tmp_path}/store" }}') as server:
        asyncio.run(made_twice(server.url))


def test_a_server_that_keeps_nothing_says_so(tmp_path: Path) -> None:
    async def made(url: str) -> None:
        carrier = await NatsCarrier.connect(url, "hub")
        try:
            await carrier.make_bucket(BUCKET)
        finally:
            await carrier.close()

    with nats_server(tmp_path) as server, pytest.raises(EnvironmentFault, match="keeps nothing"):
        asyncio.run(made(server.url))
