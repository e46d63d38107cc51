"""What OpenAPI says is true, and no request whatever brings out a bug."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from console.site import Site

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8
)
WORDS = st.text(max_size=40) | st.sampled_from(
    ["0", "-1", "1e9", "2026-01-01T00:00:00Z", "door", "person", "raised", "'; --", "%00", "\u0000"]
)


@pytest.fixture(scope="module")
def schema(client: httpx.Client) -> dict[str, Any]:
    return client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def anyone(site: Site, admin: str) -> Iterator[httpx.Client]:
    """An admin, so that requests get through to the work."""
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {admin}"}, timeout=60, trust_env=False) as client:
        yield client


def resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    return schema["components"]["schemas"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def conforms(schema: dict[str, Any], part: dict[str, Any], value: Any) -> bool:
    """Whether JSON data is of a schema, as far as this interface uses schemas."""
    part = resolved(schema, part)
    if "anyOf" in part:
        return any(conforms(schema, option, value) for option in part["anyOf"])
    match part.get("type"):
        case "object":
            known = part.get("properties", {})
            whole = isinstance(value, dict) and set(part.get("required", ())) <= set(value)
            return whole and all(conforms(schema, known[name], item) for name, item in value.items() if name in known)
        case "array":
            return isinstance(value, list) and all(conforms(schema, part["items"], item) for item in value)
        case "null":
            return value is None
        case None:
            return True
        case kind:
            python = {"string": str, "integer": int, "number": int | float, "boolean": bool}[kind]
            return isinstance(value, python) and (kind == "boolean" or not isinstance(value, bool))


def check(schema: dict[str, Any], operation: dict[str, Any], response: httpx.Response) -> None:
    """The status, type and body of an answer are those that OpenAPI promises."""
    status = str(response.status_code)
    assert response.status_code < 500 and status in operation["responses"], (status, response.text)
    promised = operation["responses"][status].get("content", {})
    kind = response.headers.get("content-type", "")
    if not response.content:
        return
    assert kind in promised, (kind, promised)
    if kind == "application/json":
        assert conforms(schema, promised[kind]["schema"], response.json()), response.text


def test_it_names_every_operation_and_how_to_sign_in(schema: dict[str, Any]):
    TypeAdapter(dict[str, dict[str, Any]]).validate_python(schema["paths"])
    assert schema["openapi"].startswith("3.") and schema["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    open_to_all = {(path, method) for path, item in schema["paths"].items() for method in item if "security" not in item[method]}
    pin = {("/api/auth/status", "get"), ("/api/auth/setup", "get"), ("/api/auth/setup", "post")}
    pin |= {("/api/auth/login", "post"), ("/api/auth/logout", "post")}
    nodes = {("/api/provision", "post"), ("/firmware/{file}", "get")}  # while pairing is open; with a node's token
    assert open_to_all - pin - nodes == {
        ("/healthz", "get"),
        ("/health", "get"),
        ("/api/v1/session", "post"),
        ("/api/v1/session/hub", "post"),
        ("/api/v1/session/hub", "put"),
        ("/api/v1/setup", "get"),
        ("/api/v1/setup", "post"),
    }
    ids = [operation["operationId"] for item in schema["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids)) >= 15
    assert all(operation["summary"] for item in schema["paths"].values() for operation in item.values())


def test_what_is_promised_is_what_comes(schema: dict[str, Any], anyone: httpx.Client, lost_event: str):
    clip_id = anyone.get("/api/v1/clips").json()["clips"][0]["id"]
    names = {"{clip_id}": clip_id, "{event_id}": lost_event, "{job_id}": "job-1"}
    for path, item in schema["paths"].items():
        for method in item.keys() & {"get", "head"}:
            address = path
            for name, value in names.items():
                address = address.replace(name, value)
            check(schema, item[method], anyone.request(method, address))
            check(schema, item[method], anyone.request(method, address.replace(clip_id, "no-such")))


@QUICK
@given(values=st.dictionaries(st.sampled_from(["limit", "before", "camera", "kind", "since", "until", "outcome", "event", "mark"]), WORDS))
def test_no_query_brings_out_a_bug(schema: dict[str, Any], anyone: httpx.Client, values: dict[str, str]):
    for path in ("/api/v1/events", "/api/v1/decisions", "/api/v1/clips", "/api/v1/port/snapshot"):
        check(schema, schema["paths"][path]["get"], anyone.get(path, params=values))


@QUICK
@given(name=st.text(min_size=1).filter(lambda text: text not in (".", "..")))
def test_no_name_brings_out_a_bug(schema: dict[str, Any], anyone: httpx.Client, name: str):
    for path in ("/api/v1/clips/{clip_id}", "/api/v1/events/{event_id}/thumbnail", "/api/v1/port/jobs/{job_id}/picture"):
        before, _, rest = path.partition("{")
        quoted = "".join(f"%{byte:02X}" for byte in name.encode("utf-8", "replace"))
        check(schema, schema["paths"][path]["get"], anyone.get(before + quoted + rest.partition("}")[2]))


KINDS = st.sampled_from(["ListEvents", "ListDecisions", "ListSequences", "ListClips", "RemoveCamera", "CancelJob", "RemoveUser", ""])
FIELDS = st.sampled_from(["limit", "before_id", "camera_id", "kinds", "since_ns", "until_ns", "outcome", "event_id", "job_id", "user_id"])


@QUICK
@given(kind=KINDS, fields=st.dictionaries(FIELDS, JSON, max_size=3))
def test_no_question_or_command_brings_out_a_bug(schema: dict[str, Any], anyone: httpx.Client, kind: str, fields: dict[str, Any]):
    if fields.get("camera_id") == "door" or "user_id" in fields:
        return
    content = json.dumps({"type": kind, **fields})
    for path in ("/api/v1/port/ask", "/api/v1/port/command"):
        response = anyone.post(path, content=content, headers={"Content-Type": "application/json"})
        check(schema, schema["paths"][path]["post"], response)


@QUICK
@given(body=st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_body_brings_out_a_bug(schema: dict[str, Any], anyone: httpx.Client, body: bytes):
    for path in ("/api/v1/port/ask", "/api/v1/port/command"):
        response = anyone.post(path, content=body, headers={"Content-Type": "application/json"})
        assert response.status_code in (400, 422), response.text
        check(schema, schema["paths"][path]["post"], response)
