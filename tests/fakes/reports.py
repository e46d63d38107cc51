"""Reports around one place and time, made from what a test cares about."""

import math
from typing import Any

from engine.model.event import Severity
from engine.model.incidents.incident import Incident, IncidentCategory, Report
from engine.model.time import SECOND

HERE = (59.33, 18.06)
NOW_NS = 1_790_000_000 * SECOND


def report(
    number: int,
    *,
    north_deg: float = 0.0,
    east_deg: float = 0.0,
    after_s: float = 0.0,
    category: IncidentCategory = IncidentCategory.THEFT,
    reporter: str | None = None,
    **more: Any,
) -> Report:
    """By a reporter of its own, unless one is named; received when it happened."""
    at_ns = NOW_NS + round(after_s * SECOND)
    defaults: dict[str, Any] = {"description": "Somebody took a bicycle", "received_ns": at_ns, "severity": Severity.MODERATE}
    return Report(
        id=f"rp-{number}",
        category=category,
        latitude=HERE[0] + north_deg,
        longitude=HERE[1] + east_deg,
        occurred_ns=at_ns,
        reporter=f"user:{number}" if reporter is None else reporter,
        **(defaults | more),
    )


def look(similarity: float) -> tuple[float, float]:
    """An embedding of unit length that is as similar to `look(1.0)`."""
    return similarity, math.sqrt(1 - similarity**2)


def reporters(incident: Incident) -> set[str]:
    return {link.reporter for link in incident.corroborations}
