"""Files and pictures as HTTP answers."""

from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import FileResponse
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from engine.gateway.incidents.media import MEDIA, SUFFIXES, UNKNOWN
from engine.gateway.problem import problem
from engine.gateway.schemas import Problem
from engine.model.errors import NotFound

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_VIDEO = {kind: _BINARY for kind in (*SUFFIXES, UNKNOWN)}

# What OpenAPI says of the two kinds of answers, as arguments of a route.
JPEG: dict[str, Any] = {"response_class": Response, "responses": {200: {"description": "the picture", "content": {"image/jpeg": _BINARY}}}}
FILE: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        200: {"description": "the whole file", "content": _VIDEO},
        206: {"description": "the ranges asked for", "content": _VIDEO | {"multipart/byteranges": _BINARY}},
        304: {"description": "unchanged since the ETag given"},
        416: {"description": "no such range in the file", "model": Problem},
    },
}


def file_response(path: Path, request: Request) -> Response:
    """A recording's file, or that it is the one that the asker has.

    Raises:
        NotFound: it is a link. No recording is one, and whoever may write in its folder does not choose what is given out.
    """
    if path.is_symlink():
        raise NotFound("The file of this recording is gone.")
    response = ClipResponse(
        path, media_type=MEDIA.get(path.suffix, UNKNOWN), stat_result=path.stat(), filename=path.name, content_disposition_type="inline"
    )
    response.headers["cache-control"] = "private, no-cache"
    if request.headers.get("if-none-match") == response.headers["etag"]:
        return Response(status_code=304, headers={"etag": response.headers["etag"]})
    return response


class ClipResponse(FileResponse):
    """A file with byte ranges. A Range header that cannot be read is ignored (RFC 9110, section 14.2) and refusals have our form."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused: Message | None = None

        async def unless_refused(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in (400, 416):
                refused = message
            if refused is None:
                await send(message)

        await super().__call__(scope, receive, unless_refused)
        if refused is None:
            return
        if refused["status"] == 416:
            held = {"Content-Range": MutableHeaders(scope=refused)["content-range"], "Accept-Ranges": "bytes"}
            await problem(416, "The file has no such range of bytes.", "Range", held)(scope, receive, send)
        else:
            headers = [(name, value) for name, value in scope["headers"] if name != b"range"]
            await super().__call__({**scope, "headers": headers}, receive, send)
