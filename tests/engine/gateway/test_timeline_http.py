"""The timeline, search and bookmarks over HTTP and over the port."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import numpy as np
import pytest

from console.site import Site
from engine.model.cameras.look import StayLook
from engine.model.errors import InputError, NotFound
from engine.model.event import EventKind
from engine.model.history.timeline import (
    CountDays,
    FindNeighbour,
    GetTimeline,
    LaneKind,
    ListBookmarks,
    ListSearches,
    PutBookmark,
    RemoveBookmark,
    RemoveSearch,
    SaveSearch,
    SearchFilter,
    SearchRecord,
)
from engine.model.people.settings import PeopleSettings
from engine.model.port import EnginePort
from engine.model.site import Zone
from engine.model.time import SECOND, to_iso
from tests.engine.gateway.answers import assert_problem
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.engine.store.records import event
from tests.fakes.waiting import until

BEGIN_S = 1_750_000_000  # long before anything else of this site but one, yet young enough to be kept


@pytest.fixture(scope="module", autouse=True)
def told(site: Site) -> Iterator[None]:
    seen = replace(
        event(BEGIN_S), camera_id="door", reason="Quenched the thirst of a cat", box_xyxy=(10.0, 10.0, 20.0, 20.0), zone_id="porch-1"
    )
    store = site.engine.record.store
    store.save([seen, replace(event(BEGIN_S + 60), camera_id="", kind=EventKind.PRESENCE, zone_id="porch-1")])
    site.engine.update_settings(
        lambda now: replace(now, floor=replace(now.floor, zones=(Zone("porch-1", "Veranda", 0.0, 0.0, 1.0, 1.0),))), "test"
    )
    yield
    store.remove_events((BEGIN_S + 3_600) * SECOND, 10)


def times(after_s: int = 0, until_s: int = 120) -> dict[str, str]:
    return {"since": to_iso((BEGIN_S + after_s) * SECOND), "until": to_iso((BEGIN_S + until_s) * SECOND)}


def test_a_timeline_of_columns(client: httpx.Client) -> None:
    told = client.get("/api/v1/timeline", params=times() | {"columns": 2}).json()
    assert (told["columns"], told["coarse_s"], told["since"]) == (2, 0.0, times()["since"])
    lanes = {(lane["kind"], lane["id"]): lane for lane in told["lanes"]}
    assert lanes["camera", "door"]["marks"] == [{"kind": "person", "counts": [1, 0], "worst": [3, 0]}]
    assert lanes["radio", ""]["marks"] == [{"kind": "presence", "counts": [0, 1], "worst": [0, 3]}]
    only = client.get("/api/v1/timeline", params=times() | {"lane": "radio", "columns": 1}).json()
    assert [lane["kind"] for lane in only["lanes"]] == ["radio"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"until": times()["since"]}, "until"),
        ({"columns": 0}, "columns"),
        ({"columns": 5_000}, "columns"),
        ({"lane": "kitchen"}, "lane.0"),
    ],
)
def test_what_is_wrong_with_a_timeline_is_named(client: httpx.Client, params: dict[str, object], field: str) -> None:
    assert_problem(client.get("/api/v1/timeline", params=times() | params), 422, "bad_input", field)


@pytest.mark.parametrize(
    "params",
    [
        {"text": "quenched thirst"},
        {"text": '"the thirst"'},
        {"text": "quen*"},
        {"camera": "door"},
        {"zone": "porch-1", "event_kind": "person"},
    ],
)
def test_hits_of_a_search(client: httpx.Client, params: dict[str, str]) -> None:
    told = client.get("/api/v1/search", params=times() | params).json()
    assert [hit["id"] for hit in told["hits"]] == [event(BEGIN_S).id] and told["next"] is None
    assert told["hits"][0] | {"kind": "event", "camera_id": "door", "severity": 3, "simulated": True} == told["hits"][0]


def test_what_a_zone_or_camera_is_called_finds_it(client: httpx.Client) -> None:
    both = client.get("/api/v1/search", params=times() | {"text": "veranda"}).json()["hits"]
    assert [hit["id"] for hit in both] == [event(BEGIN_S + 60).id, event(BEGIN_S).id]
    one = client.get("/api/v1/search", params=times() | {"text": "veranda front door"}).json()["hits"]
    assert [hit["id"] for hit in one] == [event(BEGIN_S).id]


def test_a_region_of_a_picture(client: httpx.Client) -> None:
    upper = {"camera": "door", "region": ["0,0", "0.5,0", "0.5,0.5"]}
    assert [hit["id"] for hit in client.get("/api/v1/search", params=times() | upper).json()["hits"]] == [event(BEGIN_S).id]
    lower = upper | {"region": ["1,1", "0.5,1", "1,0.5"]}
    assert client.get("/api/v1/search", params=times() | lower).json()["hits"] == []
    assert_problem(client.get("/api/v1/search", params=times() | {"region": ["0,0", "1,0", "1,1"]}), 422, "bad_input", "region")
    assert_problem(client.get("/api/v1/search", params=times() | {"camera": "door", "region": ["a,b"]}), 422, "bad_input", "region")


def test_people_who_look_alike(client: httpx.Client, stranger: httpx.Client, site: Site) -> None:
    ask, url = {"like": "t-1", "limit": 5}, "/api/v1/search/alike"
    off = assert_problem(client.post(url, json=ask), 422, "bad_input", "jpeg")
    assert "biometrics are off" in off
    wanted = PeopleSettings(biometrics=True, purpose="To find who was in view")
    site.engine.update_settings(lambda now: replace(now, recognition=wanted), "test")
    try:
        vector = np.eye(4, dtype=np.float32)
        for number in (1, 2):
            stay = StayLook(f"t-{number}", "door", number, number + 1, number, (0, 0, 9, 9), 3, "osnet", vector[number], closed=True)
            site.engine.record.store.looks.put((stay,))
        told = client.post(url, json=ask).json()
        assert [(hit["kind"], hit["id"], hit["likeness"]) for hit in told["hits"]] == [("looks", "t-1", 1.0), ("looks", "t-2", 0.0)]
        assert (told["compared"], told["note"]) == (2, "")
        assert client.post(url, json=ask | {"cameras": ["gate"]}).json() == {"hits": [], "compared": 0, "note": ""}
        assert_problem(client.post(url, json={"like": "nobody"}), 404, "not_found")
        assert_problem(client.post(url, json={"picture": "x" * 2_000_000}), 422, "bad_input", "picture")
        assert_problem(client.post(url, json={}), 422, "bad_input", "jpeg")
        assert_problem(client.post(url, json={"like": "t-1", "box": [0.0, 0.0, 1.0]}), 422, "bad_input", "box")
        assert_problem(stranger.post(url, json=ask), 401, "not_signed_in")
    finally:
        site.engine.update_settings(lambda now: replace(now, recognition=PeopleSettings()), "test")
    until(lambda: site.engine.record.store.looks.count_and_oldest() == (0, None), "looks are cleared")


def test_pages_of_a_search(client: httpx.Client) -> None:
    first = client.get("/api/v1/search", params=times() | {"limit": 1}).json()
    second = client.get("/api/v1/search", params=times() | {"limit": 1, "before": first["next"]}).json()
    assert [first["hits"][0]["id"], second["hits"][0]["id"]] == [event(BEGIN_S + 60).id, event(BEGIN_S).id]
    assert_problem(client.get("/api/v1/search", params={"before": "x"}), 422, "bad_input", "before")


def test_bookmarks_are_put_changed_listed_and_removed(client: httpx.Client, stranger: httpx.Client) -> None:
    at = times()["since"]
    made = client.post("/api/v1/bookmarks", json={"at": at, "note": "Look here"})
    assert made.status_code == 201
    mark = made.json()["id"]
    assert client.post("/api/v1/bookmarks", json={"at": at, "note": "Look again", "bookmark_id": mark}).json() == {"id": mark}
    (kept,) = client.get("/api/v1/bookmarks", params=times()).json()["bookmarks"]
    assert (kept["id"], kept["at"], kept["note"], kept["until"]) == (mark, at, "Look again", None)
    assert client.get("/api/v1/search", params=times() | {"text": "again", "kind": "bookmark"}).json()["hits"][0]["id"] == mark
    assert_problem(client.post("/api/v1/bookmarks", json={"at": at, "note": "  "}), 422, "bad_input", "note")
    assert_problem(client.post("/api/v1/bookmarks", json={"at": at, "note": "x", "until": at}), 422, "bad_input", "until")
    assert_problem(stranger.get("/api/v1/bookmarks"), 401, "not_signed_in")
    assert client.delete(f"/api/v1/bookmarks/{mark}").status_code == 204
    assert_problem(client.delete(f"/api/v1/bookmarks/{mark}"), 404, "not_found")


def test_the_port_answers_the_same_here_and_elsewhere(port: EnginePort) -> None:
    found = port.ask(GetTimeline(BEGIN_S * SECOND, (BEGIN_S + 120) * SECOND, 4))
    assert found is not None and {lane.kind for lane in found.lanes} >= {LaneKind.CAMERA, LaneKind.RADIO}
    assert port.ask(FindNeighbour(BEGIN_S * SECOND, True)) == (BEGIN_S + 60) * SECOND
    assert sum(day.events for day in port.ask(CountDays(2025, 6, "UTC"))) == 2
    search = port.command(SaveSearch("Cats", SearchFilter("cat", region=((0.0, 0.5),))))
    assert [each.filter.text for each in port.ask(ListSearches()) if each.id == search] == ["cat"]
    port.command(RemoveSearch(search))
    question = port.command(SaveSearch("Night", SearchFilter(), "Who was here last night?"))
    assert [each.question for each in port.ask(ListSearches()) if each.id == question] == ["Who was here last night?"]
    port.command(RemoveSearch(question))
    with pytest.raises(NotFound):
        port.command(RemoveSearch(search))
    with pytest.raises(InputError):
        port.ask(SearchRecord(SearchFilter("!")))


def test_somebody_elses_bookmark_stays_without_the_right_to_delete(site: Site, operator: str) -> None:
    admin = site.door.sign_in(ADMIN, PASSWORD)
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {operator}"}, trust_env=False) as client:
        mark = admin.command(PutBookmark(BEGIN_S * SECOND, "mine"))
        assert_problem(client.delete(f"/api/v1/bookmarks/{mark}"), 403, "not_permitted")
        other = client.post("/api/v1/bookmarks", json={"at": times()["since"], "note": "theirs"}).json()["id"]
    admin.command(RemoveBookmark(other))
    admin.command(RemoveBookmark(mark))
    assert not [each for each in admin.ask(ListBookmarks()) if each.id in (mark, other)]
    admin.close()
