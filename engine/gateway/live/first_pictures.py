"""`/ws/camera/{id}` without FastAPI, for viewers that come before all routes are loaded.

Only requests that need no judgement of what they ask for: everything else waits for the route that has the rules (`routes.py`).
"""

import re
from collections.abc import Mapping

from starlette.datastructures import QueryParams
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import Scope
from starlette.websockets import WebSocket

from engine.gateway.live.viewing import LEAST_PIXELS, MOST_PIXELS, show_camera
from engine.model.cameras.frame import PACKET_CODECS
from engine.model.port import PictureWant

_PATH = re.compile("/ws/camera/[^/]+")
_NUMBER = re.compile("[1-9][0-9]{1,3}", re.ASCII)
_CODECS = re.compile("[a-z0-9,]{0,40}", re.ASCII)
_FLAG = {"true": True, "false": False}


def first_pictures() -> list[BaseRoute]:
    return [WebSocketRoute("/ws/camera/{camera_id}", _camera)]


def is_plain(scope: Scope) -> bool:
    """Whether it asks for a camera's pictures, with a size that they may have."""
    return (
        scope["type"] == "websocket"
        and _PATH.fullmatch(scope["path"]) is not None
        and picture_want(QueryParams(scope["query_string"])) is not None
    )


def picture_want(query: QueryParams) -> PictureWant | None:
    asked: Mapping[str, str] = dict(query.multi_items())
    width, height, main = (asked.get(name, default) for name, default in (("width", "640"), ("height", "360"), ("main", "false")))
    if len(query.multi_items()) != len(asked) or not set(asked) <= {"width", "height", "main", "packets"} or main not in _FLAG:
        return None
    if not _CODECS.fullmatch(asked.get("packets", "")):
        return None
    if not all(_NUMBER.fullmatch(size) and LEAST_PIXELS <= int(size) <= MOST_PIXELS for size in (width, height)):
        return None
    return PictureWant(int(width), int(height), _FLAG[main])


async def _camera(socket: WebSocket) -> None:
    want = picture_want(socket.query_params)
    assert want is not None, "another request than was looked at"
    codecs = codecs_of(socket.query_params.get("packets", ""))
    await show_camera(socket, socket.path_params["camera_id"], want, codecs)


def codecs_of(asked: str) -> frozenset[str]:
    """Of the query's `packets`: names that are known, with commas between."""
    return frozenset(asked.split(",")) & PACKET_CODECS
