"""What the answer to a report says of Atlas: its own acceptance test, and where it is slow, refuses or is gone."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from console.site import Site
from engine.model.alerts.commands import ChangeAtlas
from engine.model.incidents.atlas import AtlasSettings, AtlasState
from engine.runtime.atlas.atlas_waiters import AtlasWaiters
from engine.runtime.local import demo_port
from tests.engine.gateway.reporting import PATH, place
from tests.fakes.atlas import HANG, KEY, FakeAtlas, atlas, failing
from tests.fakes.waiting import until

TIMEOUT_S = 20.0  # of a call to Atlas, and so of who waits for it


@pytest.fixture(scope="module")
def one_fake(site: Site) -> Iterator[FakeAtlas]:
    with atlas(strict=True) as fake:
        yield fake
        demo_port(site.engine).command(ChangeAtlas(replace(site.engine.settings.atlas, enabled=False)))


@pytest.fixture
def fake(one_fake: FakeAtlas, site: Site) -> FakeAtlas:
    one_fake.forget()
    settings = AtlasSettings(enabled=True, url=one_fake.url, allow_private=True, timeout_s=TIMEOUT_S, retries=0)
    demo_port(site.engine).command(ChangeAtlas(replace(settings, enabled=False)))
    demo_port(site.engine).command(ChangeAtlas(settings, KEY))
    until(lambda: site.engine.record.store.atlas.waiting() == 0, "nothing waits from before")
    until(lambda: site.engine.atlas.health().state is AtlasState.WORKING, "Atlas is wanted")  # whatever became of what was broken off
    return one_fake


def sent(client: httpx.Client, **headers: str) -> tuple[dict[str, object], float]:
    """The answer to three fields, as the acceptance test of the contract sends them, and how long it took."""
    at, began_s = place(), time.monotonic()
    answer = client.post(PATH, json={"description": "Gunshots heard", "latitude": at[0], "longitude": at[1]}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json(), time.monotonic() - began_s


def test_a_report_of_three_fields_is_answered_with_what_atlas_says(client: httpx.Client, fake: FakeAtlas) -> None:
    told, _ = sent(client)
    assert (told["category"], told["severity"], told["category_by"]) == ("weapons", 5, "atlas")
    assert told["atlas_threat_id"] and told["atlas_confidence"] and told["atlas_last_sync"] and told["degraded_reason"] is None
    assert client.get(f"{PATH}/{told['id']}").json()["atlas_threat_id"] == told["atlas_threat_id"]


def test_an_incident_is_found_by_the_id_that_atlas_gave_it(client: httpx.Client, fake: FakeAtlas) -> None:
    told, other = sent(client)[0], sent(client)[0]
    assert told["atlas_threat_id"] != other["atlas_threat_id"]
    found = client.get(PATH, params={"atlas_threat_id": str(told["atlas_threat_id"])}).json()["incidents"]
    assert [each["id"] for each in found] == [told["id"]]
    assert client.get(PATH, params={"atlas_threat_id": "th-unknown"}).json()["incidents"] == []


def test_one_who_does_not_want_to_wait_is_answered_at_once_and_told_that_atlas_is_waited_for(client: httpx.Client, fake: FakeAtlas) -> None:
    fake.faults.append(HANG)
    told, took_s = sent(client, Prefer="wait=0")
    assert took_s < TIMEOUT_S and told["atlas_threat_id"] is None and told["category"] == "weapons"
    assert str(told["degraded_reason"]).startswith("Waiting for Atlas")
    fake.release.set()


def test_where_atlas_is_slow_the_answer_comes_without_it_and_says_so(client: httpx.Client, fake: FakeAtlas) -> None:
    fake.faults.append(HANG)
    told, took_s = sent(client, Prefer="respond-async, wait=1")
    assert 1 <= took_s < TIMEOUT_S and told["atlas_threat_id"] is None and str(told["degraded_reason"]).startswith("Waiting for Atlas")
    fake.release.set()


@pytest.mark.parametrize("status", [400, 500, 503])
def test_where_atlas_refuses_or_fails_nobody_waits_longer(client: httpx.Client, fake: FakeAtlas, status: int) -> None:
    fake.always = failing(status)
    told, took_s = sent(client)
    assert took_s < TIMEOUT_S and told["atlas_threat_id"] is None and told["degraded_reason"] and told["category"] == "weapons"
    again, took_s = sent(client)
    assert took_s < TIMEOUT_S and again["degraded_reason"]


def test_who_waits_after_atlas_was_asked_is_told_at_once() -> None:
    waiters, told = AtlasWaiters(), list[str]()
    waiters.tell("in-1")
    assert waiters.add("in-1", lambda: told.append("in-1")) and told == ["in-1"]
    assert waiters.add("in-2", lambda: told.append("in-2")) and told == ["in-1"]
    waiters.tell("in-2")
    assert told == ["in-1", "in-2"]


def test_where_nothing_listens_nobody_waits(client: httpx.Client, fake: FakeAtlas, site: Site) -> None:
    port = demo_port(site.engine)
    port.command(ChangeAtlas(replace(site.engine.settings.atlas, url="http://127.0.0.1:9")))
    told, took_s = sent(client)
    assert took_s < TIMEOUT_S and told["category"] == "weapons" and told["degraded_reason"]


def test_many_at_once_are_all_answered_soon(client: httpx.Client, fake: FakeAtlas) -> None:
    fake.faults.append(HANG)
    took: list[float] = []

    def one() -> None:
        took.append(sent(client)[1])

    threads = [threading.Thread(target=one) for _ in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    fake.release.set()
    for thread in threads:
        thread.join(60)
    assert len(took) == 12 and max(took) < TIMEOUT_S


@pytest.mark.parametrize("prefer", ["wait=soon", "wait=-1", "wait="])
def test_a_wait_that_is_no_number_is_refused(client: httpx.Client, fake: FakeAtlas, prefer: str) -> None:
    at = place()
    answer = client.post(PATH, json={"description": "Gunshots heard", "latitude": at[0], "longitude": at[1]}, headers={"Prefer": prefer})
    assert answer.status_code == 422 and "Prefer" in answer.text
