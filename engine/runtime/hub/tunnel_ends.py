"""The two ends of a tunnel: at a hub, ports of its own machine; at a site, its own gateway."""

import asyncio
import errno
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from engine.model.errors import EnvironmentFault, InputError, WatchroomError
from engine.runtime.hub.tunnel import DOWN, OPEN, OPEN_S, UP, Stream, Streams, new_connection, tunnel_subject

LOOPBACK = "127.0.0.1"
FROM_HUB = "127.87.0.1"
"""Where connections of a hub come from, at the gateway of a site: of this machine, but nobody of this machine is behind them."""
_CONNECTION = re.compile(r"[0-9a-f]{16}")


class Messages(Protocol):
    """What carries them. On one asyncio loop."""

    async def publish(self, subject: str, data: bytes) -> None:
        """Raises EnvironmentFault (`unreachable`)."""
        ...

    async def listen(self, subject: str, hear: Callable[[str, bytes], None]) -> None:
        """`hear` is given subject and data of each, in order, on the loop."""
        ...

    async def request(self, subject: str, data: bytes, within_s: float) -> bytes: ...

    async def serve_here(self, subject: str, answer: Callable[[str, bytes], Awaitable[bytes]]) -> None:
        """Answer requests on the loop."""
        ...

    def on_lost(self, act: Callable[[], None]) -> None:
        """Called when the connection to the carrier breaks off: what was under way may be gone."""
        ...


class SiteEnd:
    """Lets a hub reach this site's gateway, and nothing else."""

    def __init__(self, site: str, messages: Messages, gateway_port: Callable[[], int]) -> None:
        """gateway_port: on loopback; 0: nobody listens."""
        self._site, self._messages, self._port = site, messages, gateway_port
        self._streams = Streams()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._messages.on_lost(self._streams.give_up)
        await self._messages.listen(tunnel_subject(self._site, "*", DOWN), self._hear)
        await self._messages.serve_here(f"tunnel.{self._site}.{OPEN}", self._open)

    async def stop(self) -> None:
        self._streams.give_up()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hear(self, subject: str, message: bytes) -> None:
        self._streams.take(subject.split(".")[2], message)

    async def _open(self, _: str, data: bytes) -> bytes:
        connection = data.decode("ascii", "replace")
        if not _CONNECTION.fullmatch(connection):
            raise InputError("connection", "is no name of one")
        try:
            reader, writer = await asyncio.open_connection(LOOPBACK, self._port(), local_addr=(FROM_HUB, 0))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                message = f"The site's machine has no address {FROM_HUB}. Add it to the loopback interface (macOS: ifconfig lo0 alias)."
                raise EnvironmentFault("unreachable", message) from None
            raise EnvironmentFault("unreachable", f"The engine of this site does not answer ({error.strerror}).") from None
        subject = tunnel_subject(self._site, connection, UP)
        stream = Stream(reader, writer, lambda message: self._messages.publish(subject, message))
        task = asyncio.create_task(self._streams.run(connection, stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return b""


class HubEnd:
    """Ports of this machine, one a site, that lead there."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._streams = Streams()
        self._servers: dict[str, asyncio.Server] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._messages.on_lost(self._streams.give_up)
        await self._messages.listen(tunnel_subject("*", "*", UP), self._hear)

    async def lead_to(self, site: str) -> int:
        """The port that leads to that site's gateway, on loopback. The same one again for the same site."""
        server = self._servers.get(site)
        if server is None:
            server = await asyncio.start_server(lambda reader, writer: self._connect(site, reader, writer), LOOPBACK, 0)
            self._servers[site] = server
        return int(server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        for server in self._servers.values():
            server.close()
        self._streams.give_up()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hear(self, subject: str, message: bytes) -> None:
        _, site, connection, _ = subject.split(".")
        self._streams.take(f"{site} {connection}", message)  # one site speaks on no other's connections

    async def _connect(self, site: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        connection = new_connection()
        subject = tunnel_subject(site, connection, DOWN)
        stream = Stream(reader, writer, lambda message: self._messages.publish(subject, message))
        opened = self._messages.request(f"tunnel.{site}.{OPEN}", connection.encode(), OPEN_S)
        with suppress(WatchroomError):
            await self._streams.run(f"{site} {connection}", stream, opened)
