"""The gateway as one ASGI app: its guard, live pictures and changes at once, and every other route as soon as it is loaded.

FastAPI, pydantic and the models of 195 routes take half a second, on a busy machine half a minute, which nobody who waits for a picture
needs, nor a console that lost this engine. They are loaded on a thread of their own once the gateway serves. A request that comes before
is not refused: it waits, behind the guard, and the whole answers it.
"""

import asyncio
import importlib
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.gateway.border.bodies import Rooms
from engine.gateway.border.guards import Guard
from engine.gateway.live.first_changes import asks_for_changes, first_changes
from engine.gateway.live.first_pictures import first_pictures, is_plain
from engine.gateway.live.subscriptions import Streams
from engine.gateway.live.viewing import Broadcasts
from engine.gateway.refusals import bug, error_response
from engine.model.errors import WatchroomError
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor

if TYPE_CHECKING:
    from engine.gateway.nodes.door import NodeDoor
    from engine.gateway.nodes.mdns import Announcement

log = logging.getLogger(__name__)

_WHOLE, _MDNS = "engine.gateway.app", "engine.gateway.nodes.mdns"


class Gateway:
    """Of one engine. On the network loop.

    Args:
        hosts: the names it may be addressed by. node_door: without one no nodes are taken in.
        announced: where it listens (host, port), for nodes that look for it; None: it is not announced.
        on_loaded: called once all routes are there.
    """

    def __init__(
        self,
        door: LocalDoor,
        setup_code: SetupCode,
        hosts: frozenset[str],
        version: str,
        node_door: "NodeDoor | None" = None,
        announced: tuple[str, int] | None = None,
        on_loaded: Callable[[], None] = lambda: None,
    ) -> None:
        self._made_of = door, setup_code, version, node_door
        self._announced, self._on_loaded = announced, on_loaded
        self._announcement: Announcement | None = None
        self._loading: asyncio.Task[ASGIApp] | None = None
        handlers: dict[Any, Any] = {WatchroomError: error_response}
        self._first = Starlette(routes=[*first_pictures(), *first_changes()], lifespan=self._life, exception_handlers=handlers)
        self._first.state.door = door
        rooms = Rooms(node_door or door, lambda token: door.is_report_link(token))
        guard = Guard(self._answer, hosts=hosts, rooms=rooms, origins=lambda: door.origins)
        self._guarded = ServerErrorMiddleware(guard, handler=bug)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._first if scope["type"] == "lifespan" else self._guarded)(scope, receive, send)

    @property
    def is_whole(self) -> bool:
        """Whether all routes are there."""
        return self._loading is not None and self._loading.done() and self._loading.exception() is None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        early = is_plain(scope) or asks_for_changes(scope)
        app = self._first if early and not self.is_whole else await self._whole()
        await app(scope, receive, send)

    async def _whole(self) -> ASGIApp:
        """Whoever gives up waiting leaves the loading to the others."""
        assert self._loading is not None, "its life has not begun"
        return await asyncio.shield(self._loading)

    @asynccontextmanager
    async def _life(self, first: Starlette) -> AsyncGenerator[None]:
        first.state.broadcasts = Broadcasts(first.state.door)
        first.state.streams = Streams()
        self._loading = asyncio.create_task(self._load(), name="routes")
        self._loading.add_done_callback(_log_failure)
        yield
        self._loading.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._loading
        if self._announcement is not None:
            await self._announcement.stop()
        await first.state.broadcasts.close()

    async def _load(self) -> ASGIApp:
        make_app = (await asyncio.to_thread(load, _WHOLE)).make_app
        app: ASGIApp = make_app(*self._made_of, self._first.state)
        if self._announced is not None:
            announcement: Announcement = (await asyncio.to_thread(load, _MDNS)).Announcement(*self._announced)
            announcement.start()
            self._announcement = announcement
        self._on_loaded()
        return app


def load(module: str) -> Any:
    return importlib.import_module(module)


def _log_failure(loading: "asyncio.Task[ASGIApp]") -> None:
    if not loading.cancelled() and (error := loading.exception()) is not None:
        log.error("the routes of the HTTP interface cannot be loaded; only live pictures and changes are served", exc_info=error)
