"""One FastAPI app over one engine: every route that it has. Loaded beside the engine, as it takes half a second: see `gateway.py`."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute

from engine.gateway import api_docs, jobs_api, metrics
from engine.gateway.alerts import cap_routes as cap_api
from engine.gateway.alerts import notifications
from engine.gateway.alerts import routes as alerts_api
from engine.gateway.alerts import rules as alert_rules
from engine.gateway.border import knocks, sessions, tokens, turns
from engine.gateway.border.buckets import Buckets
from engine.gateway.description import DescribedApp, describe_once
from engine.gateway.findings import invalid
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
from engine.gateway.nodes import firmware, provisioning
from engine.gateway.nodes import routes as nodes
from engine.gateway.nodes.door import NodeDoor
from engine.gateway.problem import problem
from engine.gateway.reference.dashboard import Dashboards
from engine.gateway.reference.routers import ROUTERS as REFERENCE
from engine.gateway.refusals import answer, bug, error_response
from engine.gateway.remote import portal
from engine.gateway.report_page import routes as report_page
from engine.gateway.report_page.limits import ReportLimits
from engine.gateway.risk import routes as risk
from engine.gateway.risk import smoke_routes as smoke
from engine.model.errors import WatchroomError
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor

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


def make_app(door: LocalDoor, setup_code: SetupCode, version: str, node_door: NodeDoor | None, state: State) -> FastAPI:
    """The routes of an engine. Without a `node_door` no nodes are taken in. `state`: of the gateway, which has the engine's door, the
    broadcasts and the streams of changes. On the network loop."""
    app = DescribedApp(title="Watchroom", version=version, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state = state
    state.setup_code = setup_code
    state.knocks = Buckets(knocks.KNOCKS_PER_SECOND, knocks.KNOCKS_BURST)
    state.dashboards = Dashboards()
    state.changes = ChangesTold()
    state.password_threads = anyio.CapacityLimiter(turns.AT_ONCE)
    state.turns = turns.Turns()
    state.reports = ReportQueue(door.report)
    state.report_limits = ReportLimits()
    state.looks = anyio.CapacityLimiter(intelligence.LOOKS_AT_ONCE)
    app.routes.extend(OF_ENGINE)
    if node_door is not None:
        state.nodes = node_door
        app.routes.extend(OF_NODES)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    describe_once(app)
    return app


async def _no_route(connection: HTTPConnection, error: Exception) -> JSONResponse | None:
    """No such path, or not that method on it; too many requests."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods(connection)))
    return await answer(connection, problem(error.status_code, str(error.detail), None, headers))


def _methods(connection: HTTPConnection) -> set[str]:
    """Of all routes on this path; the router knows only the first."""
    paths: dict[str, dict[str, Any]] = connection.app.openapi()["paths"]
    here = [item for path, item in paths.items() if re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", path), connection.url.path)]
    return {method.upper() for item in here for method in item}


HANDLERS: dict[type[Exception], Callable[[Any, Exception], Awaitable[Any]]] = {
    WatchroomError: error_response,
    RequestValidationError: invalid,
    WebSocketRequestValidationError: invalid,
    HTTPException: _no_route,
    Exception: bug,
}
