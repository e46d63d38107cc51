"""One FastAPI app over one engine."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute

from engine.gateway import api_docs, jobs_api, metrics
from engine.gateway.alerts import cap_routes as cap_api
from engine.gateway.alerts import notifications
from engine.gateway.alerts import routes as alerts_api
from engine.gateway.alerts import rules as alert_rules
from engine.gateway.border import sessions, tokens, turns
from engine.gateway.border.bodies import Rooms
from engine.gateway.border.buckets import Buckets
from engine.gateway.border.guards import Guard
from engine.gateway.description import DescribedApp, describe_once
from engine.gateway.history import chat, evidence, record, segments
from engine.gateway.history import replay_routes as replay
from engine.gateway.history import review_routes as review
from engine.gateway.history import timeline_routes as timeline
from engine.gateway.incidents import imports, intelligence
from engine.gateway.incidents import media_routes as media_api
from engine.gateway.incidents import routes as incidents
from engine.gateway.incidents.report_queue import ReportQueue
from engine.gateway.live import floor_zones, gestures, persons, ptz, sound, zones
from engine.gateway.live import routes as live
from engine.gateway.live.changes import ChangesTold
from engine.gateway.live.routes import Broadcasts
from engine.gateway.nodes import firmware, provisioning
from engine.gateway.nodes import routes as nodes
from engine.gateway.nodes.door import NodeDoor
from engine.gateway.nodes.mdns import Announcement
from engine.gateway.problem import problem, retry_after
from engine.gateway.reference import ROUTERS as REFERENCE
from engine.gateway.reference.dashboard import Dashboards
from engine.gateway.remote import portal
from engine.gateway.report_page import routes as report_page
from engine.gateway.report_page.limits import ReportLimits
from engine.gateway.risk import routes as risk
from engine.gateway.risk import smoke_routes as smoke
from engine.incidents.atlas.media import MediaRefused
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn, PermissionDenied, ShareUsed, WatchroomError
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor

STATUSES: dict[type[WatchroomError], int] = {InputError: 422, NotFound: 404, NotSignedIn: 401, PermissionDenied: 403, EnvironmentFault: 503}
FOR_PROGRAMS = (
    record.router,
    gestures.router,
    persons.router,
    imports.router,
    incidents.router,
    media_api.router,
    alert_rules.router,  # before an alert's id takes everything
    alerts_api.router,
    notifications.router,
    cap_api.router,
    intelligence.router,
    risk.router,
    smoke.router,
    segments.router,
    timeline.router,
    review.router,
    zones.router,
    floor_zones.router,
    ptz.router,
    replay.router,
    evidence.router,
    jobs_api.router,
    chat.router,
    metrics.router,
    tokens.router,
)


def _together(*routers: APIRouter) -> list[BaseRoute]:
    """Their routes as they are, for every engine of this process. A router that is included in another has each of its routes made once
    more, at the first request: half a second in which nobody gets an answer."""
    return [route for router in routers for route in router.routes]


OF_ENGINE = _together(
    *FOR_PROGRAMS, sessions.router, portal.router, live.router, sound.router, *REFERENCE, api_docs.router, report_page.router
)
OF_NODES = _together(nodes.router, provisioning.router, firmware.router)


def make_app(
    door: LocalDoor,
    setup_code: SetupCode,
    hosts: frozenset[str],
    version: str,
    node_door: NodeDoor | None = None,
    announcement: Announcement | None = None,
) -> FastAPI:
    """The app of an engine; `hosts` are the names it may be addressed by. Without a `node_door` no nodes are taken in."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncGenerator[None]:
        app.state.broadcasts = Broadcasts(door)
        app.state.password_threads = anyio.CapacityLimiter(turns.AT_ONCE)
        app.state.turns = turns.Turns()
        app.state.reports = ReportQueue(door.report)
        app.state.report_limits = ReportLimits()
        app.state.looks = anyio.CapacityLimiter(intelligence.LOOKS_AT_ONCE)
        if announcement is not None:
            announcement.start()
        yield
        if announcement is not None:
            await announcement.stop()
        await app.state.broadcasts.close()

    app = DescribedApp(title="Watchroom", version=version, lifespan=life, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.door = door
    app.state.setup_code = setup_code
    app.state.knocks = Buckets(sessions.KNOCKS_PER_SECOND, sessions.KNOCKS_BURST)
    app.state.dashboards = Dashboards()
    app.state.changes = ChangesTold()
    app.routes.extend(OF_ENGINE)
    if node_door is not None:
        app.state.nodes = node_door
        app.routes.extend(OF_NODES)
    for kind, answer in HANDLERS.items():
        app.add_exception_handler(kind, answer)
    describe_once(app)
    app.add_middleware(
        Guard, hosts=hosts, rooms=Rooms(node_door or door, lambda token: door.is_report_link(token)), origins=lambda: door.origins
    )
    return app


def refusal(error: WatchroomError) -> JSONResponse:
    """What an error of the engine is to a client."""
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)
    status = error.status if isinstance(error, MediaRefused) else status
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, ShareUsed):
        return problem(429, str(error), None, retry_after(error.retry_after_s))
    if isinstance(error, NotSignedIn) and error.retry_after_s > 0:
        headers |= retry_after(error.retry_after_s)
    return problem(status, str(error), error.field if isinstance(error, InputError) else None, headers)


async def _answer(connection: HTTPConnection, response: JSONResponse) -> JSONResponse | None:
    """A WebSocket that was not accepted yet is refused by an HTTP answer too, sent here; None then, so that it is not sent twice."""
    if not isinstance(connection, WebSocket):
        return response
    await connection.send_denial_response(response)
    return None


async def _error_response(connection: HTTPConnection, error: Exception) -> JSONResponse | None:
    assert isinstance(error, WatchroomError)
    return await _answer(connection, refusal(error))


async def _bug(_: Request, error: Exception) -> JSONResponse:
    """The server logs it with its traceback, which no client sees."""
    return problem(500, "Something went wrong in the engine; its log says what.")


async def _no_route(connection: HTTPConnection, error: Exception) -> JSONResponse | None:
    """No such path, or not that method on it; too many requests."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods(connection)))
    return await _answer(connection, problem(error.status_code, str(error.detail), None, headers))


def _methods(connection: HTTPConnection) -> set[str]:
    """Of all routes on this path; the router knows only the first."""
    paths: dict[str, dict[str, Any]] = connection.app.openapi()["paths"]
    here = [item for path, item in paths.items() if re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", path), connection.url.path)]
    return {method.upper() for item in here for method in item}


async def _invalid(connection: HTTPConnection, error: Exception) -> JSONResponse | None:
    assert isinstance(error, (RequestValidationError, WebSocketRequestValidationError))
    return await _answer(connection, _first_finding(error.errors()))


def _first_finding(errors: Sequence[Any]) -> JSONResponse:
    """FastAPI's own findings in our form: the first one, with its field named and without the value, which may be a password."""
    first = errors[0]
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header"))
    return problem(422, f"{field}: {first['msg']}" if field else str(first["msg"]), field)


HANDLERS: dict[type[Exception], Callable[[Any, Exception], Awaitable[Any]]] = {
    WatchroomError: _error_response,
    RequestValidationError: _invalid,
    WebSocketRequestValidationError: _invalid,
    HTTPException: _no_route,
    Exception: _bug,
}
