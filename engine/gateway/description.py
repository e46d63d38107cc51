"""`/openapi.json`: what the interface takes and gives, made once: it is a second of work and a megabyte, and anybody may ask."""

import asyncio
import json

from fastapi import FastAPI, Request, Response
from starlette.routing import Route

PATH = "/openapi.json"


class Description:
    """The bytes of an app's OpenAPI. Whoever asks while they are being made waits for the same."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._making = asyncio.Lock()
        self._bytes: bytes | None = None

    async def answer(self, _: Request) -> Response:
        async with self._making:
            if self._bytes is None:
                self._bytes = await asyncio.to_thread(self._make)
        return Response(self._bytes, media_type="application/json")

    def _make(self) -> bytes:
        return json.dumps(self._app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()


def describe_once(app: FastAPI) -> None:
    """In place of FastAPI's own route, which turns the whole into text for each request."""
    routes = app.router.routes
    routes[:] = [route for route in routes if getattr(route, "path", "") != PATH]
    routes.insert(0, Route(PATH, Description(app).answer, include_in_schema=False))
