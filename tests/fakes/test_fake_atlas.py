"""The fake Atlas itself: what the rest is held against has to be as it says."""

import httpx
import pytest

from tests.fakes.atlas import HTML, KEY, NONE, RESET, Fault, atlas, changed, failing

GUN = {"type": "text", "data": "man with gun"}


def test_it_counts_a_key_once_and_tells_the_same_again() -> None:
    with atlas() as fake, httpx.Client(base_url=f"{fake.url}/api/v1", headers={"X-API-Key": KEY}, trust_env=False) as client:
        first, again = (client.post("/classify/threat", json=GUN, headers={"Idempotency-Key": "a"}).json() for _ in range(2))
        other = client.post("/classify/threat", json=GUN, headers={"Idempotency-Key": "b"}).json()
    assert first == again
    assert first["threat_id"] != other["threat_id"]
    assert (fake.effects, fake.order, len(fake.calls)) == ({"a": 1, "b": 1}, ["a", "b"], 3)


def test_it_fails_as_it_is_told_and_works_again() -> None:
    with atlas() as fake, httpx.Client(base_url=f"{fake.url}/api/v1", headers={"X-API-Key": KEY}, trust_env=False) as client:
        fake.faults.extend([failing(503, Retry_After="7"), HTML, changed(lambda plain: {}), Fault(body=b"{"), RESET, NONE])
        told = client.post("/classify/threat", json=GUN)
        assert (told.status_code, told.headers["Retry-After"]) == (503, "7")
        assert client.post("/classify/threat", json=GUN).headers["Content-Type"].startswith("text/html")
        assert client.post("/classify/threat", json=GUN).json() == {}
        assert client.post("/classify/threat", json=GUN).text == "{"
        with pytest.raises(httpx.TransportError):
            client.post("/classify/threat", json=GUN)
        assert client.post("/classify/threat", json=GUN).json()["classification"]["severity"] == 5


def test_the_real_one_is_as_the_server_is() -> None:
    with atlas("real") as fake, httpx.Client(base_url=f"{fake.url}/api/v1", headers={"X-API-Key": KEY}, trust_env=False) as client:
        assert "threat_id" not in client.post("/classify/threat", json=GUN).json()
        told = client.post("/halo/classify-incident", json={"description": "man with gun"}).json()
        assert (told["incident_type"], told["severity"]) == ("other", 1)
        planned = {"source_product": "w", "prediction_id": "p", "predicted_category": "theft", "actual_category": "theft"}
        assert client.post("/training/feedback", json=planned).status_code == 422
        assert client.get("/intelligence/patterns", params={"lat": 0, "lon": 0}).json()["count"] == 1
        assert client.get("/intelligence/patterns", headers={"X-API-Key": "no"}).status_code == 401
