"""Every route that the gateway has, from its table of routes and not from what it says of itself."""

from collections.abc import Iterator
from typing import Any, cast

from starlette.routing import BaseRoute

from engine.gateway.app import make_app
from engine.gateway.nodes.door import NodeDoor
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor


def all_routes() -> list[tuple[str, str]]:
    """Method (`ws` for WebSocket) and path of each, in lower case as OpenAPI has them. No engine is needed: nothing is asked of it."""
    app = make_app(cast("LocalDoor", None), SetupCode(), frozenset(), "test", cast("NodeDoor", object()))
    return [(method, path) for path, route in _walk(app, "") for method in _methods(route)]


def _walk(router: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """FastAPI keeps routers that were included as they are, below the prefix of the one that includes them."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner, prefix + getattr(router, "prefix", ""))
        else:
            yield prefix + route.path, route


def _methods(route: BaseRoute) -> list[str]:
    methods: set[str] | None = getattr(route, "methods", None)
    return ["ws"] if methods is None else sorted(method.lower() for method in methods)
