"""What a sender who may report, and see nothing of the record, is told, and how much its word weighs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from console.site import Site
from engine.model.accounts.access import Grants, Role, Verb
from engine.runtime.access.machine_tokens import TokenWanted
from tests.engine.gateway.reporting import filed, place, report

SECRET = "Mara of 12 Harbour Street saw her brother take it"


@contextmanager
def sender(site: Site, *verbs: Verb, cameras: Grants | None = None) -> Iterator[httpx.Client]:
    token = site.engine.accounts.create_token(Role.OPERATOR, "sender", TokenWanted(verbs, cameras))
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as http:
        yield http


@pytest.fixture(params=["verbs", "cameras", "relay"])
def limited(request: pytest.FixtureRequest, site: Site) -> Iterator[httpx.Client]:
    """Senders who see nothing of what others said, for one reason or another."""
    verbs = {"verbs": (Verb.SEE_LIVE,), "cameras": (), "relay": (Verb.REPORT_FOR_OTHERS,)}[request.param]
    with sender(site, *verbs, cameras=("door",) if request.param == "cameras" else None) as http:
        yield http


def test_who_may_only_report_is_told_its_own_report_and_a_number(client: httpx.Client, limited: httpx.Client) -> None:
    at = place()
    first = filed(client, report(at, reporter_id="mara", description=SECRET, video_id="v-mara", severity=5), 201)
    filed(client, report(at, reporter_id="jonas", description="It was a red bicycle"), 200)
    answer = limited.post("/api/v1/incidents", json=report((at[0] + 0.0001, at[1]), reporter_id="me"))
    told = answer.json()
    assert (answer.status_code, told["id"], told["status"], told["reporter_count"]) == (200, first["id"], "corroborated", 3)
    assert (told["description"], told["severity"], told["video_ids"]) == ("Somebody took a bicycle", 3, [])
    assert (told["latitude"], told["longitude"]) == (at[0] + 0.0001, at[1])
    assert [each["id"] for each in told["corroborating_reports"]] == [told["report_id"]]
    for theirs in ("Mara", "red bicycle", "v-mara", " m and ", *(each["id"] for each in reports_of(client, first["id"])[:2])):
        assert theirs not in answer.text, theirs
    for path in ("", "/reports", "/cap"):
        refused = limited.get(f"/api/v1/incidents/{first['id']}{path}")
        assert refused.status_code in (403, 404) and "Mara" not in refused.text
    for path in ("/api/v1/incidents", "/api/v1/statistics/incidents", "/api/v1/media"):
        listed = limited.get(path)
        assert listed.status_code == 403 or "Mara" not in listed.text


def test_invented_reporters_of_one_sender_are_one(client: httpx.Client, site: Site) -> None:
    at = place()
    with sender(site, Verb.SEE_LIVE) as http:
        begun = filed(http, report(at, device_id="phone-0"), 201)
        for number in range(1, 7):
            said = report(at, after_s=number, device_id=f"phone-{number}")
            assert filed(http, said, 200)["reporter_count"] == 1
        assert filed(http, report(at, after_s=8), 200)["reporter_count"] == 1  # who does not say who they are
        assert filed(http, report(at, after_s=9, reporter_id="ann"), 200)["status"] == "duplicate"
    whole = client.get(f"/api/v1/incidents/{begun['id']}").json()
    assert (whole["reporter_count"], whole["confidence"]) == (1, 0.5)


def test_another_sender_is_another_reporter(site: Site) -> None:
    at = place()
    with sender(site, Verb.SEE_LIVE) as one, sender(site, Verb.SEE_LIVE) as other:
        filed(one, report(at), 201)
        assert filed(other, report(at), 200)["reporter_count"] == 2


def test_who_passes_on_what_others_say_is_many(site: Site) -> None:
    at = place()
    with sender(site, Verb.REPORT_FOR_OTHERS) as http:
        filed(http, report(at, device_id="phone-0"), 201)
        assert filed(http, report(at, device_id="phone-1"), 200)["reporter_count"] == 2
        assert filed(http, report(at, after_s=3, device_id="phone-1"), 200)["status"] == "duplicate"


@pytest.mark.parametrize("source", ["official", "patrol"])
def test_only_who_speaks_for_others_speaks_for_an_office(client: httpx.Client, site: Site, source: str) -> None:
    with sender(site, Verb.SEE_LIVE) as http:
        claimed = filed(http, report(place(), source=source), 201)
    assert sources(client, claimed) == ["citizen"]
    assert claimed["confidence"] == 0.5
    with sender(site, Verb.REPORT_FOR_OTHERS) as http:
        believed = filed(http, report(place(), source=source), 201)
    assert sources(client, believed) == [source] and believed["confidence"] > 0.5


def reports_of(client: httpx.Client, incident_id: str) -> list[dict[str, Any]]:
    return client.get(f"/api/v1/incidents/{incident_id}/reports").json()["reports"]


def sources(client: httpx.Client, told: dict[str, Any]) -> list[str]:
    return [each["source"] for each in reports_of(client, told["id"])]
