"""Every route that the gateway has, from its table of routes and not from what it says of itself."""

from typing import Any, cast

from starlette.routing import BaseRoute

from engine.gateway.app import make_app
from engine.gateway.nodes.door import NodeDoor
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor


def all_routes() -> list[tuple[str, str]]:
    """Method (`ws` for WebSocket) and path of each, in lower case as OpenAPI has them. No engine is needed: nothing is asked of it."""
    app = make_app(cast("LocalDoor", None), SetupCode(), frozenset(), "test", cast("NodeDoor", object()))
    routes: list[Any] = app.routes
    assert not [each for each in routes if hasattr(each, "original_router")], "a router that is included makes each of its routes twice"
    return [(method, route.path) for route in routes for method in _methods(route)]


def _methods(route: BaseRoute) -> list[str]:
    methods: set[str] | None = getattr(route, "methods", None)
    return ["ws"] if methods is None else sorted(method.lower() for method in methods)
