"""The fake risk service itself: what the rest is held against has to be as it says."""

from datetime import date

import httpx

from tests.fakes.risk_service import LOGIN, PASSWORD, UNITS, Fault, risk_service, row

DAY = date(2026, 7, 14)


def test_it_tells_scores_to_whoever_has_the_login() -> None:
    with risk_service() as fake, httpx.Client(base_url=fake.url, trust_env=False) as client:
        fake.scores[DAY] = [row(1, DAY, 7.0, "low")]
        assert client.get("/scores/2026-07-14").status_code == 401
        known = httpx.BasicAuth(LOGIN, PASSWORD)
        assert client.get("/scores/2026-07-14", params={"organization_id": "2"}, auth=known).json() == fake.scores[DAY]
        assert client.get("/scores/2026-07-15", auth=known).json() == []
        assert client.get("/elsewhere", auth=known).status_code == 404
        assert [call.query for call in fake.of("/scores")] == [{}, {"organization_id": "2"}, {}]


def test_it_tells_the_weather_of_every_hour() -> None:
    with risk_service() as fake:
        answer = httpx.get(fake.weather_url, params={"start_date": "2026-07-14", "end_date": "2026-07-15"}, trust_env=False).json()
    assert answer["hourly_units"] == UNITS
    assert (answer["hourly"]["time"][0], answer["hourly"]["time"][-1]) == ("2026-07-14T00:00", "2026-07-15T23:00")
    assert {len(column) for column in answer["hourly"].values()} == {48}


def test_it_fails_as_it_is_told_and_works_again() -> None:
    with risk_service() as fake, httpx.Client(base_url=fake.url, trust_env=False, auth=(LOGIN, PASSWORD)) as client:
        fake.faults.extend([Fault(503), Fault(body=b"<html>")])
        assert [client.get("/cameras").text for _ in range(3)] == ['{"detail": "no"}', "<html>", "[]"]
