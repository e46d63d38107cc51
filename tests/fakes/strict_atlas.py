"""What the planned contract of Atlas takes, field by field: nothing unknown, nothing missing."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

Plain: TypeAlias = Mapping[str, Any]
Check: TypeAlias = Callable[[Any], bool]
PRODUCT = "halo"


def refusal(method: str, path: str, headers: Mapping[str, str], query: Plain, body: Plain) -> str:
    """Why a call is answered 422, empty where it is taken. Names of headers in small letters."""
    wanted = "multipart/form-data" if path.endswith("analyze/media") else "application/json"
    if headers.get("x-product") != PRODUCT:
        return f"X-Product is not {PRODUCT}"
    if headers.get("content-type", "").partition(";")[0] != wanted:
        return f"Content-Type is not {wanted}"
    route = path.rpartition("/api/v1/")[2]
    if method == "GET":
        return _refused("query", query, _QUERY)
    return _refused("body", body, _BODIES[route])


def _refused(where: str, said: Any, wanted: dict[str, Any], optional: frozenset[str] = frozenset()) -> str:
    if not isinstance(said, Mapping):
        return f"{where} is no object"
    unknown, missing = sorted(set(said) - set(wanted)), sorted(set(wanted) - set(said) - optional)
    if unknown or missing:
        return f"{where}: unknown {unknown}, missing {missing}"
    for name, rule in wanted.items():
        if name in said and (why := _value(f"{where}.{name}", said[name], rule)):
            return why
    return ""


def _value(where: str, value: Any, rule: Any) -> str:
    if isinstance(rule, dict):
        return _refused(where, value, rule)
    return "" if rule(value) else f"{where} is {value!r}"


def _is(*allowed: Any) -> Check:
    return lambda value: any(value == each and type(value) is type(each) for each in allowed)


def _between(low: float, high: float) -> Check:
    return lambda value: type(value) in (int, float) and math.isfinite(value) and low <= value <= high


def _digits(low: float, high: float) -> Check:
    def holds(value: Any) -> bool:
        try:
            return low <= float(value) <= high
        except ValueError:
            return False

    return holds


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _text_or_null(value: Any) -> bool:
    return value is None or _text(value)


def _moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _media_context(value: Any) -> bool:
    try:
        rules = {"source_product": _is(PRODUCT), "incident_id": _text}
        return not _refused("context", json.loads(value), rules, frozenset({"incident_id"}))
    except (TypeError, ValueError):
        return False


_QUERY = {
    "lat": _digits(-90, 90),
    "lon": _digits(-180, 180),
    "radius_km": _digits(0.001, 100),
    "time_range": lambda text: text[-1:] == "d" and text[:-1].isdecimal(),
    "min_significance": _digits(0, 1),
}
_BODIES: dict[str, dict[str, Any]] = {
    "classify/threat": {
        "type": _is("text"),
        "data": _text,
        "context": {
            "latitude": _between(-90, 90),
            "longitude": _between(-180, 180),
            "timestamp": _moment,
            "source_product": _is(PRODUCT),
            "incident_type": _text_or_null,
        },
        "options": {"include_nearby_patterns": _is(True), "correlation_threshold": _is(0.7)},
    },
    "analyze/media": {
        "media_type": _is("photo", "video", "audio"),
        "context": _media_context,
        # how the fake tells of the file
        "file_name": _text,
        "content_type": _text,
        "size": lambda size: size > 0,
    },
    "training/feedback": {
        "source_product": _is(PRODUCT),
        "prediction_id": _text,
        "predicted_category": _text,
        "actual_category": _text,
        "user_correction": _is(True),
        "correction_metadata": {"corrected_by": _text, "correction_timestamp": _moment},
    },
}
