"""The one form of every refusal."""

import math

from fastapi.responses import JSONResponse

from engine.gateway.schemas import Problem

WORDS = {401: "not_signed_in", 403: "not_permitted", 404: "not_found", 429: "too_many_requests", 500: "bug", 503: "unavailable"}


def problem(status: int, message: str, field: str | None = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """An answer for HTTP, and for a WebSocket that was not accepted yet. Statuses without a word of their own are bad input."""
    body = Problem(error=WORDS.get(status, "bad_input"), message=message, field=field or None)
    return JSONResponse(body.model_dump(), status, headers)


def retry_after(wait_s: float) -> dict[str, str]:
    """Whole seconds, rounded up: who waits so long is let in."""
    return {"Retry-After": str(max(1, math.ceil(wait_s)))}
