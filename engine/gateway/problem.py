"""The one form of every refusal; `Problem` of the schemas describes it."""

import math
from typing import Any

from starlette.responses import JSONResponse

WORDS = {
    401: "not_signed_in",
    403: "not_permitted",
    404: "not_found",
    409: "conflict",
    429: "too_many_requests",
    500: "bug",
    503: "unavailable",
}

LONGEST = 1000


def problem(
    status: int, message: str, field: str | None = None, headers: dict[str, str] | None = None, more: dict[str, Any] | None = None
) -> JSONResponse:
    """An answer for HTTP, and for a WebSocket that was not accepted yet. Statuses without a word of their own are bad input."""
    body = {"error": WORDS.get(status, "bad_input"), "message": _safe_text(message), "field": _safe_text(field or "") or None} | (
        more or {}
    )
    return JSONResponse(body, status, headers)


def _safe_text(text: str) -> str:
    """Some of it may be what the client sent: not without end, and nothing that is no text (a lone half of a character)."""
    return text[:LONGEST].encode("utf-8", "replace").decode()


def retry_after(wait_s: float) -> dict[str, str]:
    """Whole seconds, rounded up: who waits so long is let in."""
    return {"Retry-After": str(max(1, math.ceil(wait_s)))}
