"""What FastAPI finds wrong with a request, to clients."""

from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from engine.gateway.problem import problem
from engine.gateway.refusals import answer


async def invalid(connection: HTTPConnection, error: Exception) -> JSONResponse | None:
    """What FastAPI found wrong."""
    assert isinstance(error, (RequestValidationError, WebSocketRequestValidationError))
    return await answer(connection, _first_finding(error.errors()))


def _first_finding(errors: Sequence[Any]) -> JSONResponse:
    """FastAPI's own findings in our form: the first one, with its field named and without the value, which may be a password."""
    first = errors[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header"))
    return problem(422, f"{field}: {first['msg']}" if field else str(first["msg"]), field)
