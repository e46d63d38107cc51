"""The risk map for programs: `/api/v1/predictions`, from the report to the hot spot."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from console.site import Site
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.incidents.incident import IncidentCategory
from engine.model.port import EnginePort
from engine.model.risk.questions import ExplainRisk, GetRiskPicture, ListHotspots
from engine.model.risk.risk import DEFAULT_WEIGHTS
from engine.model.time import SECOND, SystemClock, to_iso
from tests.engine.gateway.answers import assert_problem
from tests.engine.gateway.reporting import filed, place, report
from tests.fakes.waiting import until

HOTSPOTS = "/api/v1/predictions/hotspots"


def now() -> str:
    return to_iso(SystemClock().now_ns() // SECOND * SECOND)


def around(client: httpx.Client, at: tuple[float, float], **more: Any) -> list[dict[str, Any]]:
    answer = client.get(HOTSPOTS, params={"lat": at[0], "lon": at[1], "radius_km": 1.0} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()["hotspots"]


def test_h15_where_nothing_is_known_there_is_no_number(client: httpx.Client) -> None:
    assert around(client, (-75.0, 10.0)) == []


def test_h14_a_report_is_on_the_map_when_it_is_acknowledged(client: httpx.Client) -> None:
    at = place()
    filed(client, report(at, severity=5, incident_type="weapons", occurred_at=now(), reporter_id="w1"), 201)
    spots = around(client, at, limit=200)
    assert spots and [spot["risk"] for spot in spots] == sorted((spot["risk"] for spot in spots), reverse=True)
    assert all(0 < spot["added"] <= 0.1 * 1.5 * 5 / 3 and spot["risk"] <= 1 for spot in spots)
    before = spots[0]["added"]
    filed(client, report(at, severity=5, incident_type="weapons", occurred_at=now(), reporter_id="w2"), 200)
    assert around(client, at)[0]["added"] == pytest.approx(before, abs=0.001)


def test_h14_no_bump_four_hours_ahead(client: httpx.Client) -> None:
    at = place()
    filed(client, report(at, occurred_at=now()), 201)
    assert all(spot["added"] > 0 for spot in around(client, at, hours_ahead=3))
    assert all(spot["added"] == 0 for spot in around(client, at, hours_ahead=4))


def test_h15_confidence_is_shown_as_low(client: httpx.Client) -> None:
    at = place()
    filed(client, report(at, severity=2, occurred_at=now()), 201)

    def of_the_past() -> list[dict[str, Any]]:
        return [spot for spot in around(client, at, limit=200) if spot["base"] is not None]

    (spot,) = _waited(of_the_past)
    assert spot["base"] == pytest.approx(0.136, abs=0.0005) and spot["confidence_level"] == "low" and spot["incidents"] == 1
    assert spot["categories"] == ["theft"] and not spot["stale"] and spot["computed_at"] < spot["expires_at"]


def _waited(ask: Any) -> Any:
    """The base follows within seconds, not at once."""
    found: list[Any] = []

    def there() -> bool:
        found[:] = ask()
        return bool(found)

    until(there, "the base is computed anew")
    return found


def test_reasons_add_up(client: httpx.Client) -> None:
    at = place()
    first = filed(client, report(at, incident_type="fire", occurred_at=now()), 201)
    second = filed(client, report((at[0] + 0.004, at[1]), incident_type="theft", occurred_at=now()), 201)
    spot = around(client, at)[0]
    reasons = client.get(f"{HOTSPOTS}/explain", params={"cell": spot["cell"]}).json()
    parts = reasons["parts"]
    assert {part["incident_id"] for part in parts} >= {first["id"], second["id"]} and [part["weight"] for part in parts[:2]] == [1.33, 1.0]
    whole = (reasons["spot"]["base"] or 0.0) + sum(part["left"] for part in parts)
    assert reasons["spot"]["risk"] == pytest.approx(min(1.0, whole), abs=1e-4)
    assert parts[0]["distance_m"] < 300 and parts[0]["added"] == pytest.approx(0.133 * (1 - parts[0]["distance_m"] / 2000), abs=1e-4)


def test_the_map_of_a_box(client: httpx.Client) -> None:
    at = place()
    filed(client, report(at, occurred_at=now()), 201)
    box = f"{at[1] - 0.05},{at[0] - 0.05},{at[1] + 0.05},{at[0] + 0.05}"
    answer = client.get(f"{HOTSPOTS}/map", params={"bbox": box})
    found = answer.json()
    assert len(found["cells"]) == len(found["latitudes"]) == len(found["longitudes"]) == len(found["risks"]) > 100
    assert all(abs(latitude - at[0]) <= 0.05 for latitude in found["latitudes"]) and max(found["risks"]) <= 1
    assert b" " not in answer.content and found["cell_m"] == 250.0
    spots = {spot["cell"]: spot["risk"] for spot in around(client, at, limit=50)}
    shown = dict(zip(found["cells"], found["risks"], strict=True))
    assert all(shown[cell] == pytest.approx(risk, abs=0.001) for cell, risk in spots.items())


def test_across_the_180th_meridian_and_at_a_pole(client: httpx.Client) -> None:
    for at in ((-16.5, 180.0), (89.995, 40.0)):
        filed(client, report(at, occurred_at=now()), 201)
        found = around(client, at, limit=200)
        assert len(found) == 200 or len(found) > 40
        assert max(spot["added"] for spot in found) > 0.085
    assert {spot["longitude"] > 0 for spot in around(client, (-16.5, -180.0), limit=200)} == {True, False}


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("", {"lat": 90.1, "lon": 0}, "lat"),
        ("", {"lat": 0, "lon": 181}, "lon"),
        ("", {"lon": 0}, "lat"),
        ("", {"lat": "nan", "lon": 0}, "lat"),
        ("", {"lat": 0, "lon": 0, "radius_km": 0.05}, "radius_km"),
        ("", {"lat": 0, "lon": 0, "radius_km": 101}, "radius_km"),
        ("", {"lat": 0, "lon": 0, "hours_ahead": 24}, "hours_ahead"),
        ("", {"lat": 0, "lon": 0, "min_risk": 1.5}, "min_risk"),
        ("", {"lat": 0, "lon": 0, "limit": 201}, "limit"),
        ("/explain", {"cell": 3}, "cell"),
        ("/explain", {}, "cell"),
        ("/map", {"bbox": "1,2,3"}, "bbox"),
        ("/map", {"bbox": "0,10,1,5"}, "bbox"),
        ("/map", {"bbox": "0,0,200,5"}, "bbox"),
    ],
)
def test_what_is_wrong_is_named(client: httpx.Client, path: str, query: dict[str, Any], field: str) -> None:
    assert_problem(client.get(HOTSPOTS + path, params=query), 422, "bad_input", field)


def test_nothing_without_a_token(stranger: httpx.Client) -> None:
    for path in ("hotspots?lat=0&lon=0", "hotspots/explain?cell=1", "hotspots/map", "status"):
        assert_problem(stranger.get(f"/api/v1/predictions/{path}"), 401, "not_signed_in")


def test_the_status_has_the_weights(client: httpx.Client) -> None:
    status = client.get("/api/v1/predictions/status").json()
    assert status["enabled"] and status["cell_m"] == 250.0 and status["trouble"] is None
    assert status["weights"] == status["default_weights"] == {category.value: weight for category, weight in DEFAULT_WEIGHTS.items()}


def test_incidents_weigh_by_their_category_unless_set_otherwise(client: httpx.Client, port: EnginePort, site: Site) -> None:
    """The same severity and distance: what is told of each category differs by its weight alone."""
    told = dict[str, str]()
    places = {kind: place() for kind in ("weapons", "violence", "theft", "disturbance")}
    for kind, at in places.items():
        told[kind] = filed(client, report(at, incident_type=kind, occurred_at=now()), 201)["id"]

    def weighed(kind: str) -> tuple[float, float]:
        at = places[kind]
        own = min(around(client, at, limit=200), key=lambda spot: abs(spot["latitude"] - at[0]) + abs(spot["longitude"] - at[1]))
        parts = client.get(f"{HOTSPOTS}/explain", params={"cell": own["cell"]}).json()["parts"]
        part = next(each for each in parts if each["incident_id"] == told[kind])
        return part["weight"], round(part["added"] / (1 - part["distance_m"] / 2000), 3)

    assert {kind: weighed(kind) for kind in places} == {
        "weapons": (1.5, 0.15),
        "violence": (1.33, 0.133),
        "theft": (1.0, 0.1),
        "disturbance": (0.67, 0.067),
    }
    before = site.engine.settings.risk
    try:
        port.command(ChangeSettings(risk=replace(before, weights=((IncidentCategory.THEFT, 2.0),))))
        until(lambda: weighed("theft") == (2.0, 0.2), "the map is made with the new weight")
        assert weighed("weapons") == (1.5, 0.15)
        assert client.get("/api/v1/predictions/status").json()["weights"]["theft"] == 2.0
    finally:
        site.engine.change_settings(replace(site.engine.settings, risk=before), "test")


def test_the_same_over_both_ports(port: EnginePort, client: httpx.Client) -> None:
    at = place()
    told = filed(client, report(at, occurred_at=now()), 201)
    spots = port.ask(ListHotspots(*at, radius_km=1.0, limit=5))
    assert len(spots) == 5 and spots[0].risk is not None and spots[0].risk > 0.09
    reasons = port.ask(ExplainRisk(spots[0].cell))
    assert reasons is not None and reasons.parts[0].incident_id == told["id"] and reasons.spot.cell == spots[0].cell
    picture = port.ask(GetRiskPicture(at[0] - 0.1, at[1] - 0.1, at[0] + 0.1, at[1] + 0.1))
    assert picture is not None and len(picture.risks) == len(picture.cells) > 100 and float(picture.risks.max()) <= 1.0
    assert port.snapshot().risk.enabled and port.snapshot().risk.cells > 100
    with pytest.raises(InputError) as refused:
        port.ask(ExplainRisk(7))
    assert refused.value.field == "cell"
