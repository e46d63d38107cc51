"""A console's line through the hub: the bytes of one connection to a site's gateway, as the messages of a WebSocket.

What goes through is the site's own HTTP, which the console speaks as if it were there; the hub reads none of it.
"""

import asyncio
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from engine.gateway.hub.door import HubDoor
from engine.gateway.until_one_ends import until_one_ends
from engine.model.errors import WatchroomError

PIECE = 1 << 16
"""Bytes of a message at most."""
LOOK_S = 30.0
"""How long a line stays at most that its account is no longer let through."""
_LOOPBACK = "127.0.0.1"


async def carry(socket: WebSocket, door: HubDoor, token: str, site: str, opened: set[WebSocket]) -> None:
    """Until either end closes it, or whose it is may no longer have it. `opened`: holds it as long.

    Raises NotSignedIn, NotFound; EnvironmentFault (`unreachable`). Nothing was accepted then.
    """
    port = await run_in_threadpool(_port, door, token, site)
    reader, writer = await asyncio.open_connection(_LOOPBACK, port)
    await socket.accept()
    opened.add(socket)
    try:
        await until_one_ends(_up(socket, writer), _down(reader, socket), _attend(door, token, site, port))
    finally:
        opened.discard(socket)
        writer.close()
        with suppress(RuntimeError, WebSocketDisconnect):  # it is closed already
            await socket.close()


async def _up(socket: WebSocket, writer: asyncio.StreamWriter) -> None:
    with suppress(WebSocketDisconnect, OSError):
        while True:
            writer.write(await socket.receive_bytes())
            await writer.drain()


async def _down(reader: asyncio.StreamReader, socket: WebSocket) -> None:
    with suppress(WebSocketDisconnect, OSError):
        while piece := await reader.read(PIECE):
            await socket.send_bytes(piece)


async def _attend(door: HubDoor, token: str, site: str, port: int) -> None:
    """Ends when the line is to: also where the site has joined anew, with another key. The site is told what its owner may now."""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            if await run_in_threadpool(_port, door, token, site) != port:
                return
            await run_in_threadpool(_vouch_again, door, token, site)
        except WatchroomError:
            return


def _vouch_again(door: HubDoor, token: str, site: str) -> None:
    door.vouch_again(door.enter(token).session, site)


def _port(door: HubDoor, token: str, site: str) -> int:
    return door.port_to(door.enter(token).session, site)
