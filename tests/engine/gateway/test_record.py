"""The present and the record over HTTP, as a client's developer reads them."""

import hashlib
import json
import re
from pathlib import Path

import httpx
import pytest

from console.site import Site
from engine.gateway.incidents.media import MEDIA
from engine.gateway.remote.port import RemotePort
from engine.model.cameras.clip import Clip
from engine.recording.clips.clip_file import _ANY, _CONTAINERS
from tests.engine.gateway.answers import assert_problem

HOSTILE = ["%2e%2e", "..%2fwatchroom.db", "..%2f..%2fsettings.toml", "%00", "a%00b", "%ff", "x" * 5000, "'%20OR%201=1", "%2fetc%2fpasswd"]
FILES = ["/api/v1/clips/{}", "/api/v1/events/{}/thumbnail", "/api/v1/port/jobs/{}/picture"]


@pytest.fixture
def clip(client: httpx.Client, lost_event: str) -> dict[str, object]:
    (clip,) = client.get("/api/v1/clips", params={"event": lost_event}).json()["clips"]
    return clip


@pytest.fixture
def content(client: httpx.Client, clip: dict[str, object]) -> bytes:
    return client.get(f"/api/v1/clips/{clip['id']}").content


def test_health_needs_no_token_and_tells_no_names(stranger: httpx.Client):
    response = stranger.get("/healthz")
    assert response.status_code == 200
    assert set(response.json()) == {"status", "version", "cameras", "cameras_live", "uptime_s", "risk_forecast"}
    assert "door" not in response.text.lower() and "Test site" not in response.text


def test_cameras_and_snapshot(client: httpx.Client):
    (camera,) = client.get("/api/v1/cameras").json()
    assert (camera["id"], camera["name"], camera["state"], camera["width"]) == ("door", "Front door", "live", 320)
    assert camera["fault"] == ""
    assert "url" not in camera
    snapshot = client.get("/api/v1/snapshot").json()
    assert set(snapshot) == {"number", "at", "site_name", "cameras", "events", "troubles"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", snapshot["at"])
    assert isinstance(snapshot["cameras"][0]["tracks"], list)


def test_events_are_filtered(client: httpx.Client, lost_event: str):
    def ids(**query: object) -> list[str]:
        return [event["id"] for event in client.get("/api/v1/events", params=query).json()["events"]]

    started = next(event["started"] for event in client.get("/api/v1/events").json()["events"] if event["id"] == lost_event)
    assert lost_event in ids(camera="door", kind="camera_lost") and lost_event in ids(kind=["camera_lost", "person"])
    assert lost_event not in ids(kind="person") and ids(camera="nobody") == []
    assert lost_event in ids(since="2020-01-01T00:00:00Z") and ids(until="2020-01-01T00:00:00+02:00") == []
    assert lost_event not in ids(until=started)


def test_events_are_paged_to_the_end(client: httpx.Client, lost_event: str):
    whole = [event["id"] for event in client.get("/api/v1/events", params={"limit": 1000}).json()["events"]]
    paged, query = [], {"limit": 1}
    while True:
        page = client.get("/api/v1/events", params=query).json()
        paged += [event["id"] for event in page["events"]]
        if page["next"] is None:
            break
        query["before"] = page["next"]
    assert lost_event in paged and paged[-len(whole) :] == whole


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/clips", "/api/v1/decisions"])
@pytest.mark.parametrize(
    ("field", "value"),
    [("limit", "0"), ("limit", "1001"), ("limit", "many"), ("limit", "9" * 30), ("before", "no-such-id"), ("before", "a\0b")],
)
def test_bad_pages_name_the_field(client: httpx.Client, path: str, field: str, value: str):
    assert_problem(client.get(path, params={field: value}), 422, "bad_input", field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("since", "yesterday"),
        ("since", "2026-01-01T00:00:00"),
        ("until", "9999-12-31T23:59:59Z"),
        ("until", "0001-01-01T00:00:00+23:59"),
        ("since", "2026-01-01T00:00:00 02:00"),
        ("kind", "burglary"),
    ],
)
def test_bad_filters_name_the_field(client: httpx.Client, field: str, value: str):
    response = client.get("/api/v1/events", params={field: value})
    assert response.status_code == 422 and str(response.json()["field"]).startswith(field)


def test_decisions_say_why(client: httpx.Client, lost_event: str):
    decisions = client.get("/api/v1/decisions", params={"outcome": "raised", "camera": "door"}).json()["decisions"]
    mine = next(decision for decision in decisions if decision["event_id"] == lost_event)
    assert mine["gates"] and {"gate", "value", "threshold", "margin", "passed", "unit"} == set(mine["gates"][0])
    assert client.get("/api/v1/decisions", params={"camera": "nobody"}).json() == {"decisions": [], "next": None}
    assert_problem(client.get("/api/v1/decisions", params={"outcome": "maybe"}), 422, "bad_input", "outcome")


def test_a_clip_comes_whole(client: httpx.Client, clip: dict[str, object]):
    response = client.get(f"/api/v1/clips/{clip['id']}")
    assert response.status_code == 200 and response.headers["content-type"] == "video/mp4"
    assert hashlib.sha256(response.content).hexdigest() == clip["sha256"]
    assert response.headers["accept-ranges"] == "bytes" and response.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("suffix", "media"),
    [(".mov", "video/quicktime"), (".webm", "video/webm"), (".mkv", "video/x-matroska"), (".odd", "application/octet-stream")],
)
def test_clips_of_every_container(
    site: Site, client: httpx.Client, operator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, media: str
):
    file = tmp_path / f"clip{suffix}"
    file.write_bytes(b"pictures")
    monkeypatch.setattr(
        site.engine.sight.clips, "get", lambda clip_id: Clip("any", "ev", "door", 0, 1, str(file), "", "0" * 64, 8, "h264", 2, 2)
    )
    response = client.get("/api/v1/clips/any")
    assert (response.status_code, response.headers["content-type"], response.content) == (200, media, b"pictures")
    port = RemotePort(site.url, operator)
    assert port.clip_file("any").suffix == (suffix if suffix != ".odd" else "")
    port.close()


def test_every_container_that_is_recorded_has_a_media_type():
    assert {suffix for _, suffix in (*_CONTAINERS.values(), _ANY)} <= set(MEDIA)


def test_head_tells_the_size_and_sends_nothing(client: httpx.Client, clip: dict[str, object]):
    response = client.head(f"/api/v1/clips/{clip['id']}")
    assert response.status_code == 200 and response.content == b""
    assert int(response.headers["content-length"]) == clip["size_bytes"] and response.headers["etag"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=10-99", 10, 99), ("bytes=100-", 100, -1), ("bytes=-7", -7, -1), ("bytes=5-999999999", 5, -1)],
)
def test_one_range(client: httpx.Client, clip: dict[str, object], content: bytes, asked: str, first: int, last: int):
    size = len(content)
    first, last = first % size, last % size
    response = client.get(f"/api/v1/clips/{clip['id']}", headers={"Range": asked})
    assert response.status_code == 206 and response.headers["content-range"] == f"bytes {first}-{last}/{size}"
    assert response.content == content[first : last + 1] and int(response.headers["content-length"]) == last + 1 - first


def test_several_ranges(client: httpx.Client, clip: dict[str, object], content: bytes):
    response = client.get(f"/api/v1/clips/{clip['id']}", headers={"Range": "bytes=0-9,100-199"})
    assert response.status_code == 206
    boundary = response.headers["content-type"].partition("boundary=")[2]
    assert response.headers["content-type"].startswith("multipart/byteranges")
    parts = response.content.split(b"--" + boundary.encode())[1:-1]
    assert [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts] == [content[:10], content[100:200]]


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=999999999-9999999999"])
def test_ranges_outside_the_file(client: httpx.Client, clip: dict[str, object], asked: str):
    response = client.get(f"/api/v1/clips/{clip['id']}", headers={"Range": asked})
    assert_problem(response, 416, "bad_input", "Range")
    assert response.headers["content-range"] == f"bytes */{clip['size_bytes']}"


@pytest.mark.parametrize("asked", ["bytes", "bytes=", "bytes=a-b", "lines=1-2", "bytes=9-1", "bytes=" + "0-0," * 5000 + "1-1"])
def test_ranges_that_cannot_be_read_are_ignored(client: httpx.Client, clip: dict[str, object], content: bytes, asked: str):
    response = client.get(f"/api/v1/clips/{clip['id']}", headers={"Range": asked})
    assert response.status_code == 200 and response.content == content


def test_conditions(client: httpx.Client, clip: dict[str, object], content: bytes):
    address = f"/api/v1/clips/{clip['id']}"
    etag = client.head(address).headers["etag"]
    assert client.get(address, headers={"Range": "bytes=0-4", "If-Range": etag}).content == content[:5]
    assert client.get(address, headers={"Range": "bytes=0-4", "If-Range": '"another"'}).content == content
    unchanged = client.get(address, headers={"If-None-Match": etag})
    assert unchanged.status_code == 304 and unchanged.content == b"" and unchanged.headers["etag"] == etag


def test_thumbnails(client: httpx.Client, lost_event: str):
    response = client.get(f"/api/v1/events/{lost_event}/thumbnail")
    assert response.headers["content-type"] == "image/jpeg" and response.content.startswith(b"\xff\xd8")
    assert_problem(client.get("/api/v1/events/ev-0/thumbnail"), 404, "not_found")


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_path_leads_out_of_the_record(site: Site, admin: str, path: str, name: str):
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {admin}"}) as client:
        request = client.build_request("GET", site.url)
        request.url = request.url.copy_with(raw_path=path.format(name).encode())
        response = client.send(request)
    message = assert_problem(response, 404, "not_found")
    assert str(site.engine.data.path) not in message


def test_every_file_needs_a_token(stranger: httpx.Client, lost_event: str, clip: dict[str, object]):
    for path in (f"/api/v1/clips/{clip['id']}", f"/api/v1/events/{lost_event}/thumbnail", "/api/v1/port/jobs/job-1/picture"):
        assert_problem(stranger.get(path), 401, "not_signed_in")


PORT = "/api/v1/port/"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "type"),
        ({"type": "DropTables"}, "type"),
        ({"type": "ListEvents", "limit": 10**30}, "limit"),
        ({"type": "ListEvents", "limit": -1}, "limit"),
        ({"type": "ListEvents", "since_ns": -(10**25)}, "since_ns"),
        ({"type": "ListEvents", "camera_id": "\ud800"}, "camera_id"),
        ({"type": "ListEvents", "before_id": "nothing"}, "before_id"),
        ({"type": "ListEvents", "kinds": ["x"]}, "kinds[0]"),
        ({"type": "ListEvents", "\udc00": 1}, None),
        ({"type": "ListEvents", "colour": "red"}, "colour"),
    ],
)
def test_bad_questions_name_the_field(client: httpx.Client, body: dict[str, object], field: str | None):
    response = client.post(PORT + "ask", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert response.status_code == 422 and response.json()["error"] == "bad_input"
    assert field is None or response.json()["field"] == field


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none_do_not_enter_the_settings(site: Site, admin: str, value: str):
    body = f'{{"type": "ChangeSettings", "gates": {{"min_seen_s": {value}}}}}'
    headers = {"Authorization": f"Bearer {admin}", "Content-Type": "application/json"}
    response = httpx.post(f"{site.url}{PORT}command", content=body, headers=headers, trust_env=False)
    assert_problem(response, 422, "bad_input", "gates.min_seen_s")
    assert site.engine.settings.gates.min_seen_s == 0.6
