"""A request to each operation that its own schema accepts and that names nothing that exists: what then refuses it is who asks."""

from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]
BY_NAME = {
    "occurred_at": "2026-09-21T10:00:00Z",
    "recorded_at": "2026-09-21T10:00:00Z",
    "since": "2026-09-21T10:00:00Z",
    "until": "2026-09-21T11:00:00Z",
    "from_iso8601": "2026-09-21T10:00:00Z",
    "at": "2026-09-21T10:00:00Z",
    "from_date": "2026-09-21",
    "pin": "not a pin",  # refused for what it is, of those who may set it
    "pose_sequence_b64": "AAAA",
    "addr": "02:00:00:00:00:77",
    "mac": "02:00:00:00:00:77",
    "state": "playing",
    "address": "02:00:00:00:00:77",
    "cell": 1,
    "timestamp_iso8601": "2026-09-21T10:00:00Z",
    "incident_id": "inc-none",
    "camera_id": "door",
}
BODIES: dict[tuple[str, str], Any] = {  # where nothing in the schema says what is sent
    ("post", "/api/v1/port/ask"): {"type": "ListAudit"},
    ("post", "/api/v1/port/command"): {"type": "SetPairing", "open": False, "minutes": 5.0},
    ("post", "/api/v1/detections"): {"camera_id": "door", "bboxes": "[]", "recorded_at": "2026-09-21T10:00:00Z"},
    ("post", "/api/v1/search/alike"): {"like": "none"},
    ("patch", "/api/v1/persons/{person_id}"): {"name": "Nobody of these"},
    ("post", "/api/v1/tokens"): {"label": "none", "role": "operator", "verbs": ["see_live"], "cameras": ["door"]},
    ("post", "/api/replay/start"): {"from_iso8601": "2026-09-21T10:00:00Z", "to_iso8601": "2026-09-21T11:00:00Z"},
    ("post", "/api/replay/seek"): {"session_id": "none", "timestamp_iso8601": "2026-09-21T10:00:00Z"},
}


def requests_of(document: Schema) -> dict[tuple[str, str], dict[str, Any]]:
    """Arguments of `httpx.Client.request` for each method and path."""
    schemas: Schema = document["components"]["schemas"]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path, ways in document["paths"].items():
        for method, operation in ways.items():
            found[method, path] = _request(method, path, operation, lambda schema: _resolved(schema, schemas))
    return found


def _request(method: str, path: str, operation: Schema, resolve: Callable[[Schema], Schema]) -> dict[str, Any]:
    url, query = path, {}
    for each in operation.get("parameters", ()):
        value = _example(each["schema"], each["name"], resolve)
        if each["in"] == "path":
            url = url.replace("{" + each["name"] + "}", str(value))
        elif each["in"] == "query" and each.get("required"):
            query[each["name"]] = value
    made: dict[str, Any] = {"method": method, "url": url, "params": query}
    content: Schema = operation.get("requestBody", {}).get("content", {})
    if (method, path) in BODIES:
        return made | {"json": BODIES[method, path]}
    if "multipart/form-data" in content:
        fields = resolve(content["multipart/form-data"]["schema"])["properties"]
        return made | {"files": {name: ("none.bin", b"nothing") for name in fields if name in ("file", "firmware")}}
    if "application/json" in content and "schema" in content["application/json"]:
        return made | {"json": _example(content["application/json"]["schema"], "", resolve)}
    if content:
        return made | {"content": b"# nothing", "headers": {"Content-Type": next(iter(content))}}
    return made


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _example(schema: Schema, name: str, resolve: Callable[[Schema], Schema]) -> Any:
    schema = resolve(schema)
    if name in BY_NAME:
        return BY_NAME[name]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _example(schema[choice][0], name, resolve)
    if "enum" in schema or "const" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    match schema.get("type"):
        case "object":
            known: Schema = schema.get("properties", {})
            return {key: _example(known[key], key, resolve) for key in schema.get("required", ())}
        case "array":
            return [_example(schema["items"], "", resolve)] * max(schema.get("minItems", 0), 0)
        case "integer" | "number":
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
            return low + 1 if "exclusiveMinimum" in schema else max(low, min(1, schema.get("maximum", 1)))
        case "boolean":
            return False
        case _:
            return "none" + "x" * max(0, schema.get("minLength", 0) - 4)
