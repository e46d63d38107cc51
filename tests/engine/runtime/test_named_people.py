"""People whom the radio knows, on a record that the engine made of simulated walkers and their phones: one identity in every place.

The engine takes its log in at the start, as after a power cut, and is asked over HTTP.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role
from engine.model.event import EventKind
from engine.runtime.command_line_settings import CommandLineSettings, SiteRadio
from tests.fakes.kept_run import KeptRun, a_minute_ago, as_used, keep_run
from tests.fakes.radio_runs import ANNA, BEN, SETTINGS, in_order, later, room_run

SECONDS = 47.0  # both were through the door, and somebody whom nobody knows
OF_PEOPLE = {EventKind.CROSSING, EventKind.ZONE_VISIT, EventKind.PRESENCE}
NEVER = 1_000_000


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> KeptRun:
    folder = tmp_path_factory.mktemp("named") / "data"
    return keep_run(as_used(folder), in_order(later(room_run(4, SECONDS), a_minute_ago())), checkpoint_every=NEVER)


@pytest.fixture(scope="module")
def site(kept: KeptRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    radio = SiteRadio(SETTINGS.floor, people=(ANNA, BEN), ble_devices=SETTINGS.ble_devices)
    with running(kept.journal.parent, Bind(), CommandLineSettings(radio=radio), gateway_needed=True) as site:
        yield site
    monkeypatch.undo()


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    token = site.engine.accounts.create_token(Role.ADMIN, "test")
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def rows(client: httpx.Client) -> list[dict[str, Any]]:
    """Every event of people in the record."""
    found = client.get("/api/v1/events", params={"limit": 1000, "kind": sorted(OF_PEOPLE)}).json()["events"]
    assert {row["kind"] for row in found} == OF_PEOPLE
    return found


def asked(client: httpx.Client, question: str) -> dict[str, Any]:
    return client.post("/api/v1/chat", json={"message": question}).json()


def test_who_has_a_name_has_an_id_in_every_event(kept: KeptRun) -> None:
    """Not in the end alone: at no time is one told without the other."""
    ids = {ANNA.name: ANNA.id, BEN.name: BEN.id, "": ""}
    told = [event for said in kept.said for event in said.events if event.kind in OF_PEOPLE]
    assert {event.person for event in told} == set(ids)
    assert [event for event in told if event.person_id != ids[event.person]] == []


def test_the_lists_tell_both(rows: list[dict[str, Any]], client: httpx.Client) -> None:
    assert {(row["person"], row["person_id"]) for row in rows} - {("", "")} == {(ANNA.name, ANNA.id), (BEN.name, BEN.id)}
    theirs = client.get("/api/events", params={"person": ANNA.name, "type": "portal_crossing"}).json()["events"]
    mine = [row for row in rows if row["person"] == ANNA.name and row["kind"] == EventKind.CROSSING]
    assert len(theirs) == len(mine) > 0


@pytest.mark.parametrize("person", [ANNA, BEN], ids=lambda person: person.name)
def test_how_often_somebody_went_through_a_door(person: Any, rows: list[dict[str, Any]], client: httpx.Client) -> None:
    crossings = Counter(row["person"] for row in rows if row["kind"] == EventKind.CROSSING)
    answer = asked(client, f"How many times did {person.name} go through the Middle door in the last hour?")
    assert f"{crossings[person.name]} " in answer["answer"] and crossings[person.name] > 0, answer["answer"]


def test_whether_somebody_was_in_a_zone(client: httpx.Client) -> None:
    assert asked(client, "Was Anna in West in the last hour?")["answer"].startswith("Yes")


def test_visits_of_people_nobody_knows_are_of_nobody_who_is_named(rows: list[dict[str, Any]], client: httpx.Client) -> None:
    unnamed = sum(row["kind"] == EventKind.ZONE_VISIT and not row["person"] for row in rows)
    answer = asked(client, "How many visits by people nobody knows were there in the last hour?")["answer"]
    assert f"There were {unnamed} " in answer or (unnamed == 0 and "no " in answer.lower()) or (unnamed == 1 and "was 1 " in answer), answer
