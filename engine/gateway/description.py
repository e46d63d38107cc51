"""`/openapi.json`: what the interface takes and gives, made once: it is a second of work and a megabyte, and anybody may ask."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.routing import Route

PATH = "/openapi.json"
PROBLEMS = (400, 401, 403, 404, 408, 413, 421, 422, 429, 500, 503)  # what any route may answer
_PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_NOT_OURS = ("HTTPValidationError", "ValidationError")  # how FastAPI would tell of wrong input


class DescribedApp(FastAPI):
    """Says of each route once, when it is asked, which problems it may answer. As responses of the routes they would be two thousand
    schemas, made at each start."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            made = super().openapi()
            for item in made["paths"].values():
                for operation in item.values():
                    _add_problems(operation["responses"])
            for name in _NOT_OURS:
                made["components"]["schemas"].pop(name, None)
        return super().openapi()


def _add_problems(responses: dict[str, Any]) -> None:
    if _NOT_OURS[0] in str(responses.get("422")):
        del responses["422"]
    for status in PROBLEMS:
        responses.setdefault(str(status), {"description": HTTPStatus(status).phrase, "content": _PROBLEM})


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
