"""The strict Atlas itself: it takes the planned contract as it is written, and nothing else."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import httpx
import pytest

from tests.fakes.atlas import KEY, atlas

HEADERS = {"X-API-Key": KEY, "X-Product": "halo", "Content-Type": "application/json"}
AROUND = {"lat": "59.3", "lon": "18.1", "radius_km": "5", "time_range": "7d", "min_significance": "0.7"}
BODIES: dict[str, dict[str, Any]] = {
    "classify/threat": {
        "type": "text",
        "data": "man with gun",
        "context": {
            "latitude": 59.3,
            "longitude": 18.1,
            "timestamp": "2026-11-21T08:15:00Z",
            "source_product": "halo",
            "incident_type": None,
        },
        "options": {"include_nearby_patterns": True, "correlation_threshold": 0.7},
    },
    "training/feedback": {
        "source_product": "halo",
        "prediction_id": "t-1",
        "predicted_category": "weapons",
        "actual_category": "theft",
        "user_correction": True,
        "correction_metadata": {"corrected_by": "op-1", "correction_timestamp": "2026-11-21T08:15:00Z"},
    },
}


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with atlas(strict=True) as fake, httpx.Client(base_url=f"{fake.url}/api/v1", headers=HEADERS, trust_env=False) as client:
        yield client


def paths(body: dict[str, Any]) -> list[tuple[str, ...]]:
    """Of all fields, inner ones too."""
    inner = [(name, *rest) for name, value in body.items() if isinstance(value, dict) for rest in paths(value)]
    return [(name,) for name in body] + inner


@pytest.mark.parametrize("path", BODIES)
def test_it_takes_the_contract_and_refuses_each_field_that_is_missing_or_unknown(client: httpx.Client, path: str) -> None:
    assert client.post(path, json=BODIES[path]).status_code == 200
    for field in paths(BODIES[path]):
        without, more = deepcopy(BODIES[path]), deepcopy(BODIES[path])
        holders = [without, more]
        for name in field[:-1]:
            holders = [holder[name] for holder in holders]
        del holders[0][field[-1]]
        holders[1][f"{field[-1]}_2"] = 1
        assert client.post(path, json=without).status_code == 422, field
        assert client.post(path, json=more).status_code == 422, field


def test_it_refuses_values_and_headers_that_the_contract_has_not(client: httpx.Client) -> None:
    wrong = deepcopy(BODIES["classify/threat"])
    wrong["context"]["timestamp"] = "yesterday"
    assert client.post("classify/threat", json=wrong).status_code == 422
    good = BODIES["classify/threat"]
    assert client.post("classify/threat", json=good, headers={"X-Product": "watchroom"}).status_code == 422
    assert client.post("classify/threat", content=json.dumps(good), headers={"Content-Type": "text/plain"}).status_code == 422
    assert client.post("classify/threat", json=good, headers={"X-API-Key": "other"}).status_code == 401


def test_it_refuses_other_questions_for_patterns(client: httpx.Client) -> None:
    assert client.get("intelligence/patterns", params=AROUND).status_code == 200
    assert client.get("intelligence/patterns", params=AROUND | {"threat_types": "theft"}).status_code == 422
    for name in AROUND:
        assert client.get("intelligence/patterns", params={each: AROUND[each] for each in AROUND if each != name}).status_code == 422


@pytest.mark.parametrize(
    ("context", "status"),
    [
        ({"source_product": "halo"}, 200),
        ({"source_product": "halo", "incident_id": "in-1"}, 200),
        ({"incident_id": "in-1"}, 422),
        ({"source_product": "halo", "depth": "quick"}, 422),
    ],
)
def test_media_are_multipart_with_their_context(client: httpx.Client, context: dict[str, str], status: int) -> None:
    bare = httpx.Headers({name: value for name, value in HEADERS.items() if name != "Content-Type"})
    form = {"media_type": "photo", "context": json.dumps(context)}
    files = {"file": ("photo.jpg", b"\xff\xd8\xff\xe0", "image/jpeg")}
    with httpx.Client(base_url=client.base_url, headers=bare, trust_env=False) as sending:
        assert sending.post("analyze/media", data=form, files=files).status_code == status
        assert sending.post("analyze/media", data=form | {"analysis_depth": "quick"}, files=files).status_code == 422
