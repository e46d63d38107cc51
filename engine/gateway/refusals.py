"""What the engine's errors are to clients."""

from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket

from engine.gateway.problem import problem, retry_after
from engine.incidents.atlas.media import MediaRefused
from engine.model.errors import Conflict, EnvironmentFault, InputError, NotFound, NotSignedIn, PermissionDenied, ShareUsed, WatchroomError
from engine.model.time import to_iso

STATUSES: dict[type[WatchroomError], int] = {
    Conflict: 409,
    InputError: 422,
    NotFound: 404,
    NotSignedIn: 401,
    PermissionDenied: 403,
    EnvironmentFault: 503,
}


def refusal(error: WatchroomError) -> JSONResponse:
    """What an error of the engine is to a client."""
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)
    status = error.status if isinstance(error, MediaRefused) else status
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, ShareUsed):
        return problem(429, str(error), None, retry_after(error.retry_after_s))
    if isinstance(error, NotSignedIn) and error.retry_after_s > 0:
        headers |= retry_after(error.retry_after_s)
    more = _of_conflict(error) if isinstance(error, Conflict) else None
    return problem(status, str(error), error.field if isinstance(error, InputError) else None, headers, more)


def _of_conflict(error: Conflict) -> dict[str, Any]:
    """What changed, by whom and since when, beside the sentence."""
    return {"changed": list(error.changed), "by": error.by, "since": None if error.since_ns is None else to_iso(error.since_ns)}


async def answer(connection: HTTPConnection, response: JSONResponse) -> JSONResponse | None:
    """A WebSocket that was not accepted yet is refused by an HTTP answer too, sent here; None then, so that it is not sent twice."""
    if not isinstance(connection, WebSocket):
        return response
    await connection.send_denial_response(response)
    return None


async def error_response(connection: HTTPConnection, error: Exception) -> JSONResponse | None:
    assert isinstance(error, WatchroomError)
    return await answer(connection, refusal(error))


async def bug(_: Request, error: Exception) -> JSONResponse:
    """The server logs it with its traceback, which no client sees, and then ends the connection: no client asks again over it."""
    return problem(500, "Something went wrong in the engine; its log says what.", headers={"Connection": "close"})
