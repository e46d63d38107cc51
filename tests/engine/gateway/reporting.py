"""Reports as programs send them to the tests' engine."""

import itertools
from typing import Any

import httpx

from engine.model.time import SECOND, SystemClock, to_iso

_PLACES = itertools.count()
PATH = "/api/v1/incidents"


def place() -> tuple[float, float]:
    """Far from all the others."""
    number = next(_PLACES)
    return 40.0 + 0.02 * (number % 900), -60.0 + 0.02 * (number // 900)


def report(at: tuple[float, float], *, after_s: float = 0.0, **more: Any) -> dict[str, Any]:
    """Of half an hour ago, by nobody in particular."""
    said = {
        "incident_type": "theft",
        "description": "Somebody took a bicycle",
        "latitude": at[0],
        "longitude": at[1],
        "occurred_at": to_iso(BEGAN_NS + round(after_s * SECOND)),
    }
    return said | more


BEGAN_NS = SystemClock().now_ns() // SECOND * SECOND - 1800 * SECOND


def filed(client: httpx.Client, said: dict[str, Any], status: int, key: str | None = None) -> dict[str, Any]:
    """The answer's body."""
    answer = client.post(PATH, json=said, headers={"Idempotency-Key": key} if key is not None else {})
    assert answer.status_code == status, answer.text
    return answer.json()
