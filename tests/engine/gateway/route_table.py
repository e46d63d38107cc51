"""Every route that the gateway has, from its table of routes and not from what it says of itself."""

from typing import Any, cast
from unittest.mock import Mock

from fastapi import FastAPI
from starlette.datastructures import State
from starlette.routing import BaseRoute

from engine.gateway.app import make_app
from engine.gateway.nodes.door import NodeDoor
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor


def whole_app() -> FastAPI:
    """No engine is needed: nothing is asked of it."""
    return make_app(cast("LocalDoor", Mock()), SetupCode(), "test", cast("NodeDoor", object()), State())


def all_routes() -> list[tuple[str, str]]:
    """Method (`ws` for WebSocket) and path of each, in lower case as OpenAPI has them. No engine is needed: nothing is asked of it."""
    app = whole_app()
    routes: list[Any] = app.routes
    assert not [each for each in routes if hasattr(each, "original_router")], "a router that is included makes each of its routes twice"
    return [(method, route.path) for route in routes for method in _methods(route)]


def _methods(route: BaseRoute) -> list[str]:
    methods: set[str] | None = getattr(route, "methods", None)
    return ["ws"] if methods is None else sorted(method.lower() for method in methods)
