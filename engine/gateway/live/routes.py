"""`/ws/camera/{id}`: live pictures with tracks and events. A camera may be called by its number too; `0` is the first one.
`/ws/changes`: all of now, then what changes, for consoles."""

from typing import Annotated

from fastapi import APIRouter, Query, WebSocket

from engine.gateway.live.first_pictures import codecs_of
from engine.gateway.live.subscriptions import tell_changes
from engine.gateway.live.viewing import LEAST_PIXELS, MOST_PIXELS, show_camera
from engine.model.port import PictureWant

router = APIRouter()

Pixels = Annotated[int, Query(ge=LEAST_PIXELS, le=MOST_PIXELS)]


Codecs = Annotated[str, Query(max_length=100)]


@router.websocket("/ws/camera/{camera_id}")
async def camera(
    socket: WebSocket, camera_id: str, width: Pixels = 640, height: Pixels = 360, main: bool = False, packets: Codecs = ""
) -> None:
    """See `show_camera`; before this route is loaded, `first_pictures` answers in its place."""
    await show_camera(socket, camera_id, PictureWant(width, height, main), codecs_of(packets))


@router.websocket("/ws/changes")
async def changes(
    socket: WebSocket, stream: Annotated[str, Query(max_length=64)] = "", revision: Annotated[int, Query(ge=0, lt=1 << 53)] = 0
) -> None:
    """See `tell_changes`. `stream`, `revision`: those of the last message that the console got, after a cut. Before this route is loaded,
    `first_changes` answers in its place."""
    await tell_changes(socket, stream, revision)
