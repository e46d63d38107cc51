"""`/ws/changes` without FastAPI, for consoles that come back to an engine before all its routes are loaded.

As with `first_pictures.py`, what needs judgement waits for the route that has the rules (`routes.py`).
"""

import re

from starlette.datastructures import QueryParams
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import Scope
from starlette.websockets import WebSocket

from engine.gateway.live.subscriptions import tell_changes

_PATH = "/ws/changes"
_STREAM = re.compile("[A-Za-z0-9_-]{0,64}", re.ASCII)
_REVISION = re.compile("[0-9]{1,15}", re.ASCII)


def first_changes() -> list[BaseRoute]:
    return [WebSocketRoute(_PATH, _changes)]


def asks_for_changes(scope: Scope) -> bool:
    """Whether it does, and goes on where it may have been."""
    return scope["type"] == "websocket" and scope["path"] == _PATH and going_on(QueryParams(scope["query_string"])) is not None


def going_on(query: QueryParams) -> tuple[str, int] | None:
    """Stream and revision."""
    asked = dict(query.multi_items())
    stream, revision = asked.get("stream", ""), asked.get("revision", "0")
    plain = len(query.multi_items()) == len(asked) and set(asked) <= {"stream", "revision"}
    return (stream, int(revision)) if plain and _STREAM.fullmatch(stream) and _REVISION.fullmatch(revision) else None


async def _changes(socket: WebSocket) -> None:
    found = going_on(socket.query_params)
    assert found is not None, "another request than was looked at"
    await tell_changes(socket, *found)
