"""How large a request may be: firmware images are larger than anything else, and only admins send them."""

import asyncio

from fastapi.requests import HTTPConnection
from starlette.types import Scope

from engine.gateway.guards import LARGEST_BODY
from engine.gateway.node_door import NodeDoor, check
from engine.gateway.reference.access import given_token
from engine.model.access import Verb
from engine.model.errors import WatchroomError
from engine.sources.node.firmware import LARGEST_IMAGE

AROUND = 1 << 16  # of a form or of JSON
ROOM = {"/api/firmware/upload": LARGEST_IMAGE + AROUND, "/api/v1/port/command": LARGEST_IMAGE * 4 // 3 + AROUND}


class UploadRoom:
    """Bytes that a request's body may have. The token is looked at for these paths only, before anything of the body is read."""

    def __init__(self, door: NodeDoor) -> None:
        self._door = door

    async def __call__(self, scope: Scope) -> int:
        room = ROOM.get(scope["path"])
        if room is None or scope["method"] != "POST":
            return LARGEST_BODY
        return room if await asyncio.to_thread(self._admin, given_token(HTTPConnection(scope))) else LARGEST_BODY

    def _admin(self, token: str) -> bool:
        try:
            check(self._door, token, Verb.ADMINISTER)
        except WatchroomError:
            return False
        return True
