"""A tunnel over NATS carries connections whole, or ends them; it never changes what goes through, and opens nothing else."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from engine.runtime.hub import tunnel
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.tunnel import DOWN, UP, tunnel_subject
from engine.runtime.hub.tunnel_ends import FROM_HUB, LOOPBACK, HubEnd, SiteEnd
from tests.fakes.nats_server import NatsServer, nats_server

NORTH = "north"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All of it back, once there is no more."""
    with suppress(ConnectionError):
        while data := await reader.read(10_000):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def through(server: NatsServer, serve: Serve = echo) -> AsyncIterator[int]:
    """The port at the hub that leads to what `serve` answers at the site."""
    gateway = await asyncio.start_server(serve, LOOPBACK, 0)
    at_site, at_hub = await NatsCarrier.connect(server.url, NORTH), await NatsCarrier.connect(server.url, "hub")
    site, hub = SiteEnd(NORTH, at_site, lambda: gateway.sockets[0].getsockname()[1]), HubEnd(at_hub)
    await site.start()
    await hub.start()
    try:
        yield await hub.lead_to(NORTH)
    finally:
        await hub.stop()
        await site.stop()
        await at_hub.close()
        await at_site.close()
        gateway.close()


def run(folder: Path, work: Callable[[NatsServer], Awaitable[None]]) -> None:
    with nats_server(folder / "nats") as server:
        asyncio.run(asyncio.wait_for(_run(server, work), 60))


async def _run(server: NatsServer, work: Callable[[NatsServer], Awaitable[None]]) -> None:
    await work(server)


async def said_back(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)

    async def say() -> None:
        writer.write(data)
        await writer.drain()
        writer.write_eof()

    saying = asyncio.create_task(say())
    heard = await reader.read()
    await saying
    writer.close()
    return heard


def test_a_gateway_sees_that_a_hub_leads_there(tmp_path: Path) -> None:
    """What it lets only this machine do, as a PIN, nobody at a hub does."""
    seen: list[str] = []

    async def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("peername")[0])
        writer.close()

    async def work(server: NatsServer) -> None:
        async with through(server, look) as port:
            await said_back(port, b"")

    run(tmp_path, work)
    assert seen == [FROM_HUB]


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    chance = random.Random(1)
    several = [chance.randbytes(size) for size in (1, 1_000, 100_000, 5_000_000)]

    async def work(server: NatsServer) -> None:
        async with through(server) as port:
            heard = await asyncio.gather(*(said_back(port, data) for data in several * 3))
        assert [hashlib.sha256(each).digest() for each in heard] == [hashlib.sha256(each).digest() for each in several * 3]

    run(tmp_path, work)


def test_whoever_does_not_read_holds_up_the_other_end_only(tmp_path: Path) -> None:
    given = [0]

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while True:
                writer.write(bytes(10_000))
                await writer.drain()
                given[0] += 10_000

    async def work(server: NatsServer) -> None:
        async with through(server, pour) as port:
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            before = -1
            while given[0] != before:
                before = given[0]
                await asyncio.sleep(0.5)
            assert 0 < before < 16 << 20, "sockets and one window"
            assert len(await reader.readexactly(before)) == before
            writer.close()

    run(tmp_path, work)


def test_a_message_that_is_lost_ends_the_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish, number = NatsCarrier.publish, [0]

    async def lose(self: NatsCarrier, subject: str, data: bytes) -> None:
        if data[:1] == b"D" and subject.endswith(UP):
            number[0] += 1
            if number[0] == 5:
                return
        await publish(self, subject, data)

    monkeypatch.setattr(NatsCarrier, "publish", lose)

    async def work(server: NatsServer) -> None:
        async with through(server) as port:
            data = random.Random(2).randbytes(1_000_000)
            with suppress(ConnectionError):
                heard = await said_back(port, data)
                assert len(heard) < len(data)
                assert data.startswith(heard), "nothing is left out in between"

    run(tmp_path, work)


def test_an_end_that_is_gone_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "PULSE_S", 0.05)
    monkeypatch.setattr(tunnel, "SILENT_S", 0.5)
    publish = NatsCarrier.publish
    cut = [False]

    async def lose(self: NatsCarrier, subject: str, data: bytes) -> None:
        if not cut[0]:
            await publish(self, subject, data)

    monkeypatch.setattr(NatsCarrier, "publish", lose)

    async def work(server: NatsServer) -> None:
        async with through(server) as port:
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
            cut[0] = True
            with suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()

    run(tmp_path, work)


def test_when_the_server_dies_connections_end_and_later_ones_go_through(tmp_path: Path) -> None:
    async def work(server: NatsServer) -> None:
        async with through(server) as port:
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
            await asyncio.to_thread(server.kill)
            with suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
            await asyncio.to_thread(server.start)
            for _ in range(100):
                with suppress(ConnectionError):
                    if await said_back(port, b"again") == b"again":
                        return
                await asyncio.sleep(0.1)
            raise AssertionError("nothing goes through again")

    run(tmp_path, work)


def test_a_site_without_an_engine_refuses(tmp_path: Path) -> None:
    async def work(server: NatsServer) -> None:
        at_site, at_hub = await NatsCarrier.connect(server.url, NORTH), await NatsCarrier.connect(server.url, "hub")
        hub, site = HubEnd(at_hub), SiteEnd(NORTH, at_site, lambda: 0)
        await hub.start()
        await site.start()
        for name in (NORTH, "nobody"):
            with suppress(ConnectionError):
                assert await said_back(await hub.lead_to(name), b"hello") == b""
        await hub.stop()
        await site.stop()
        await at_hub.close()
        await at_site.close()

    run(tmp_path, work)


def test_another_site_cannot_speak_on_a_connection(tmp_path: Path) -> None:
    async def work(server: NatsServer) -> None:
        async with through(server) as port:
            eve = await NatsCarrier.connect(server.url, "eve")
            names: list[str] = []
            await eve.listen(tunnel_subject("*", "*", DOWN), lambda subject, _: names.append(subject.split(".")[2]))
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
            await eve.publish(tunnel_subject("eve", names[0], UP), b"R" + bytes(8))
            await eve.publish(tunnel_subject("eve", names[0], UP), b"D" + (5).to_bytes(8, "big") + b"evil!")
            writer.write(b"world")
            assert await reader.readexactly(5) == b"world"
            writer.close()
            await eve.close()

    run(tmp_path, work)
