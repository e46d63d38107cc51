"""`/ws/node`: where nodes connect. The connection is theirs; what it means is `engine.sources.node`'s."""

import asyncio
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from engine.gateway.border.direct_socket import CLOSE_S, EXTENSION
from engine.gateway.border.lobby import place_of
from engine.gateway.nodes.door import NodeDoor
from engine.gateway.until_one_ends import until_one_ends
from engine.sources.node.session import HANG_UP, NodeSession

PING_S = 30.0
GOODBYES = (1000, 1001)
MOST_ORDERS = 100  # that wait for a node that does not read
STOPPING = {"error": "mothership shutting down", "code": "shutting_down"}  # as nodes know it

router = APIRouter()
Order = str | tuple[int, str]


class Carrier:
    """Carries orders to one node. `send` and `close` may be called on any thread, also when the network has ended."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._orders: asyncio.Queue[Order] = asyncio.Queue()
        self._late = asyncio.Event()

    def send(self, text: str) -> None:
        self._post(text)

    def close(self, code: int, words: str) -> None:
        self._post((code, words))

    async def carry(self) -> None:
        """Until it is told to close; then the rest is sent first. After `HANG_UP` no close frame is sent, as the reference does."""
        with suppress(RuntimeError, WebSocketDisconnect):
            while isinstance(order := await self._orders.get(), str):
                await self._socket.send_text(order)
            if order[0] != HANG_UP:
                await self._socket.close(*order)

    async def late(self) -> None:
        """Returns when the node has not taken its orders in time."""
        await self._late.wait()

    def _post(self, order: Order) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._queue_order, order)

    def _queue_order(self, order: Order) -> None:
        self._orders.put_nowait(order)
        if self._orders.qsize() > MOST_ORDERS:
            self._late.set()
        if not isinstance(order, str):
            self._loop.call_later(CLOSE_S, self._late.set)


@router.websocket("/ws/node")
async def node(socket: WebSocket) -> None:
    """Always let in (101); whoever may not stay is told so in a text, as nodes expect. While the engine stops: 503."""
    door: NodeDoor = socket.app.state.nodes
    if not door.nodes.accepting:
        await socket.send_denial_response(JSONResponse(STOPPING, 503))
        return
    carrier = Carrier(socket)
    address = socket.client.host if socket.client is not None else "?"
    session = door.nodes.connect(address, carrier.send, carrier.close, node_token(socket), reached_at=reached_at(socket))
    try:
        place = place_of(socket.scope)
        if place is not None:
            place.vouched_by(lambda: session.mac if door.nodes.has_token(session.mac) else "")
        direct: Any = socket.scope["extensions"].get(EXTENSION)
        if direct is not None:
            direct.divert(session, PING_S)
        await socket.accept()
        await _serve(socket, session, carrier)
    finally:
        session.closed()


def node_token(socket: WebSocket) -> str | None:
    """As the firmware sends it, or as a bearer's."""
    kind, _, value = socket.headers.get("authorization", "").partition(" ")
    return socket.headers.get("x-spaxel-token") or (value if kind.lower() == "bearer" else None)


def reached_at(socket: WebSocket) -> str:
    """The address that the node reached us at: it can reach that again, whatever other addresses this machine has."""
    host, port = socket.scope.get("server") or ("", 0)
    host = str(host).removeprefix("::ffff:")
    scheme = "https" if socket.scope["scheme"] == "wss" else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


async def _serve(socket: WebSocket, session: NodeSession, carrier: Carrier) -> None:
    await until_one_ends(carrier.carry(), _listen(socket, session), carrier.late())


async def _listen(socket: WebSocket, session: NodeSession) -> None:
    """Messages that were not diverted, and the end of the connection."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            session.closed(goodbye=message.get("code") in GOODBYES)
            return
        if message.get("text") is not None:
            session.text(message["text"])
        elif message.get("bytes") is not None:
            session.binary(message["bytes"])
