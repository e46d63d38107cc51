"""One FastAPI app over one engine."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from engine.gateway import live, portal, record, sessions
from engine.gateway.guards import Buckets, Guard
from engine.gateway.live import Broadcasts
from engine.gateway.schemas import Problem
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn, PermissionDenied, WatchroomError
from engine.runtime.accounts import SetupCode
from engine.runtime.local import LocalDoor

PER_SECOND = 50.0
BURST = 200

ANSWERS: dict[type[WatchroomError], tuple[int, str]] = {
    InputError: (422, "bad_input"),
    NotFound: (404, "not_found"),
    NotSignedIn: (401, "not_signed_in"),
    PermissionDenied: (403, "not_permitted"),
    EnvironmentFault: (503, "unavailable"),
}
PROBLEMS: dict[int | str, dict[str, object]] = {status: {"model": Problem} for status in (401, 403, 404, 422, 429, 503)}


def make_app(door: LocalDoor, setup_code: SetupCode, hosts: frozenset[str], version: str) -> FastAPI:
    """The app of an engine; `hosts` are the names it may be addressed by."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncGenerator[None]:
        app.state.broadcasts = Broadcasts(door)
        yield
        await app.state.broadcasts.close()

    app = FastAPI(
        title="Watchroom", version=version, lifespan=life, docs_url=None, redoc_url=None, responses=PROBLEMS, redirect_slashes=False
    )
    app.state.door = door
    app.state.setup_code = setup_code
    for router in (record.router, sessions.router, portal.router, live.router):
        app.include_router(router)
    app.add_exception_handler(WatchroomError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_middleware(Guard, hosts=hosts, buckets=Buckets(PER_SECOND, BURST))
    return app


async def _refused(_: Request, error: Exception) -> JSONResponse:
    status, word = next((answer for kind, answer in ANSWERS.items() if isinstance(error, kind)), (500, "bug"))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, NotSignedIn) and error.retry_after_s > 0:
        headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    return _problem(status, word, str(error), error.field if isinstance(error, InputError) else None, headers)


async def _no_route(_: Request, error: Exception) -> JSONResponse:
    """No such path, or not that method on it."""
    assert isinstance(error, HTTPException)
    word = "not_found" if error.status_code == 404 else "bad_input"
    return _problem(error.status_code, word, str(error.detail), None, dict(error.headers or {}))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """FastAPI's own findings in our form: the first one, with its field named and without the value, which may be a password."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    return _problem(422, "bad_input", f"{field}: {first['msg']}" if field else str(first["msg"]), field or None, {})


def _problem(status: int, word: str, message: str, field: str | None, headers: dict[str, str]) -> JSONResponse:
    return JSONResponse({"error": word, "message": message, "field": field}, status, headers)
