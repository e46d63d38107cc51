"""Pages of other sites, of the origins that an administrator named: they may ask with a token, and never with this engine's cookie."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Scope, Send

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
ASKED = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range"
SHOWN = "Content-Disposition, Content-Range, ETag, Location, Retry-After"
REMEMBERED_S = 600


def is_preflight(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope)


def preflight() -> Response:
    headers = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Allow-Headers": ASKED, "Access-Control-Max-Age": str(REMEMBERED_S)}
    return Response(status_code=204, headers=headers)


def without_cookies(scope: Scope) -> Scope:
    """A browser adds those of whoever sits there, whatever page asks."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"cookie"]}


def shown_to(origin: str, send: Send) -> Send:
    """No `Access-Control-Allow-Credentials`, and no `*`: pages of this one origin only, with what they were given themselves."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["access-control-allow-origin"] = origin
            headers["access-control-expose-headers"] = SHOWN
            headers.add_vary_header("Origin")
        await send(message)

    return send_with_headers
