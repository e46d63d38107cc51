"""A socket that gives something live until its client leaves, may not go on, or there is no more."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from engine.gateway.until_one_ends import until_one_ends
from engine.model.errors import EnvironmentFault, NotFound, NotSignedIn, PermissionDenied

log = logging.getLogger(__name__)

POLICY = 1008
RECHECK_S = 2.0
CLOSE_S = 2.0  # a client that takes nothing is not waited for


async def attend(
    socket: WebSocket,
    giving: Coroutine[Any, Any, None],
    check: Callable[[], object],
    over: tuple[int, str],
    on_message: Callable[[Message], None] = lambda _: None,
) -> None:
    """Until the first of these. On the network loop.

    Args:
        giving: sends, and returns where there is no more; then the socket is closed with `over` (code, reason).
        check: whether the client may go on, on a worker thread every `RECHECK_S`. Raises NotSignedIn, PermissionDenied, NotFound: it may
            not, and the socket is closed with `POLICY` and the sentence.
    """
    ended, left, why = await until_one_ends(giving, _wait_for_disconnect(socket, on_message), _wait_for_refusal(check))
    if isinstance(left, asyncio.CancelledError):  # it is still there
        code, reason = (POLICY, why) if isinstance(why, str) else over
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await socket.close(code, reason)
    if isinstance(ended, Exception) and not isinstance(ended, (RuntimeError, WebSocketDisconnect)):
        raise ended


async def _wait_for_disconnect(socket: WebSocket, on_message: Callable[[Message], None]) -> None:
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        on_message(message)


async def _wait_for_refusal(check: Callable[[], object]) -> str:
    """Why the client may not go on."""
    while True:
        await asyncio.sleep(RECHECK_S)
        try:
            await asyncio.to_thread(check)
        except (NotSignedIn, PermissionDenied, NotFound) as error:
            return str(error)
        except EnvironmentFault:
            log.warning("a client's session could not be looked up; looking again")
