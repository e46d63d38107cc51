"""`/ws/camera/{id}` as a viewer sees it."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from console.site import Site
from engine.gateway.border import attended
from engine.gateway.live import broadcast
from engine.gateway.live import viewing as live
from engine.model.accounts.access import Role
from engine.model.settings import CameraSettings
from engine.recording.jpeg import decode_jpeg, encode_jpeg
from tests.engine.gateway.conftest import PASSWORD, lose_door
from tests.fakes.waiting import until

Viewer = Callable[..., ClientConnection]


@pytest.fixture
def view(site: Site, operator: str) -> Iterator[Viewer]:
    """Opens sockets with the operator's token, and closes them."""
    with ExitStack() as stack:

        def viewer(path: str = "/ws/camera/door", token: str = operator, **options: object) -> ClientConnection:
            headers = options.pop("headers", {"Authorization": f"Bearer {token}"})
            address = f"ws{site.url.removeprefix('http')}{path}"
            return stack.enter_context(connect(address, additional_headers=headers, proxy=None, **options))  # type: ignore[arg-type]

        yield viewer


def ends(viewer: ClientConnection) -> tuple[int, str]:
    """Read until the other side closes. Gives its code and reason."""
    try:
        while True:
            viewer.recv(60)
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return closed.rcvd.code, closed.rcvd.reason


def refused(view: Viewer, *arguments: str, **options: object) -> tuple[int, dict[str, object]]:
    with pytest.raises(InvalidStatus) as refusal:
        view(*arguments, **options)
    return refusal.value.response.status_code, json.loads(refusal.value.response.body or b"")


def test_a_message_has_the_form_of_the_contract(view: Viewer):
    message = json.loads(view().recv(60))
    assert message["type"] == "frame" and message["camera_id"] == "door" and message["timestamp"].endswith("Z")
    pixels = decode_jpeg(base64.b64decode(message["data"]["frame"], validate=True))
    assert pixels.shape[:2] == (180, 320) and pixels[..., :3].std() > 5
    assert isinstance(message["data"]["tracks"], list) and isinstance(message["data"]["events"], list)


def test_sizes_can_be_asked_for(view: Viewer):
    pixels = decode_jpeg(base64.b64decode(json.loads(view("/ws/camera/door?width=64&height=64").recv(60))["data"]["frame"]))
    assert pixels.shape[:2] == (36, 64)


def test_a_picture_is_encoded_once_for_all_viewers(view: Viewer, monkeypatch: pytest.MonkeyPatch):
    encoded: list[bytes] = []

    def counting(pixels: object, quality: int) -> bytes:
        encoded.append(encode_jpeg(pixels, quality))  # type: ignore[arg-type]
        return encoded[-1]

    monkeypatch.setattr(broadcast, "encode_jpeg", counting)
    sockets = [view() for _ in range(4)]
    seen = [{json.loads(viewer.recv(60))["data"]["frame"] for _ in range(10)} for viewer in sockets]
    made = {base64.b64encode(jpeg).decode() for jpeg in encoded}
    assert set.union(*seen) <= made
    indexes = [json.loads(viewer.recv(60))["data"]["index"] for viewer in sockets]
    assert len(encoded) <= max(indexes) - min(indexes) + 60  # four times as many pictures would be far more
    assert len(set.union(*seen)) < sum(len(frames) for frames in seen)


def test_a_viewer_that_takes_nothing_holds_nobody_up(view: Viewer, site: Site):
    stalled = view("/ws/camera/door", max_queue=1, close_timeout=0.2)
    stalled.recv(60)
    quick = view()
    indexes = [json.loads(quick.recv(60))["data"]["index"] for _ in range(25)]
    assert indexes == sorted(set(indexes)) and indexes[-1] - indexes[0] < 100


def test_open_events_are_told(view: Viewer, site: Site, lost_event: str):
    events = json.loads(view().recv(60))["data"]["events"]
    assert all(event["camera_id"] == "door" for event in events)


def test_browsers_offer_the_token_as_a_subprotocol_and_do_not_get_it_back(view: Viewer, operator: str):
    both = view(headers={}, subprotocols=["watchroom", f"bearer.{operator}"])
    assert both.subprotocol == "watchroom" and both.response is not None
    assert operator not in str(both.response.headers)
    assert json.loads(both.recv(60))["type"] == "frame"
    alone = view(headers={}, subprotocols=[f"bearer.{operator}"])
    assert alone.subprotocol is None and alone.response is not None and operator not in str(alone.response.headers)


def test_refusals_are_ordinary_answers(view: Viewer, site: Site, operator: str):
    assert refused(view, headers={})[0] == 401
    status, problem = refused(view, token="nonsense")
    assert (status, problem["error"]) == (401, "not_signed_in")
    assert refused(view, f"/ws/camera/door?token={operator}", headers={})[0] == 401
    assert refused(view, "/ws/camera/nobody")[1]["error"] == "not_found"
    assert refused(view, "/ws/camera/%2e%2e")[0] == 404
    assert refused(view, "/ws/camera/door?width=0")[1]["field"] == "width"
    assert refused(view, headers={"Authorization": f"Bearer {operator}", "Origin": "http://evil.example"})[0] == 403
    assert refused(view, headers={"Authorization": f"Bearer {operator}", "Origin": "null"})[0] == 403


def test_rebound_names_are_refused(site: Site, operator: str):
    place = urlsplit(site.url)
    headers = {"Authorization": f"Bearer {operator}"}
    with (
        socket.create_connection((place.hostname, place.port), 10) as plain,
        pytest.raises(InvalidStatus) as refusal,
        connect(f"ws://evil.example:{place.port}/ws/camera/door", sock=plain, additional_headers=headers, proxy=None),
    ):
        pass
    assert refusal.value.response.status_code == 421


def test_a_page_of_our_own_may_look(view: Viewer, site: Site, operator: str):
    viewer = view(headers={"Authorization": f"Bearer {operator}", "Origin": site.url})
    assert json.loads(viewer.recv(60))["type"] == "frame"


def test_removed_users_are_cut_off(view: Viewer, site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(attended, "RECHECK_S", 0.1)
    user = site.engine.accounts.create_user("watcher", Role.OPERATOR, PASSWORD)
    token, _ = site.engine.accounts.sign_in("watcher", PASSWORD)
    mine, others = view(token=token), view()
    mine.recv(20)
    site.engine.accounts.remove_user(user.id)
    assert ends(mine)[0] == 1008
    assert json.loads(others.recv(60))["type"] == "frame"


def test_revoked_tokens_are_cut_off_even_if_the_viewer_takes_nothing(view: Viewer, site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(attended, "RECHECK_S", 0.1)
    token = site.engine.accounts.create_token(Role.OPERATOR, "revoked soon")
    viewer = view(token=token, max_queue=1, close_timeout=0.2)
    site.engine.accounts.sign_out(token)
    code, reason = ends(viewer)
    assert code == 1008 and reason


def put(site: Site, admin: str, camera: CameraSettings) -> None:
    fields = {"id": camera.id, "name": camera.name, "url": camera.url, "enabled": camera.enabled}
    body = {"type": "PutCamera", "camera": fields}
    httpx.post(
        f"{site.url}/api/v1/port/command", json=body, headers={"Authorization": f"Bearer {admin}"}, trust_env=False
    ).raise_for_status()


def test_viewers_survive_a_change_of_the_camera_and_learn_of_its_end(view: Viewer, site: Site, admin: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(broadcast, "QUIET_S", 0.3)
    door = site.engine.settings.camera("door")
    assert door is not None
    back = CameraSettings("back", "Back door", door.url)
    put(site, admin, back)
    viewer = view("/ws/camera/back")
    viewer.recv(60)
    put(site, admin, CameraSettings("back", "Back yard", door.url))
    first = json.loads(viewer.recv(60))["captured_ns"]
    until(lambda: json.loads(viewer.recv(60))["captured_ns"] > first + 10**9, "pictures go on")
    site.door.overview()
    site.engine.change_settings(site.engine.settings.without_camera("back"), "test")
    assert ends(viewer)[0] == 4404
    assert refused(view, "/ws/camera/back")[0] == 404


def test_a_broken_encoder_ends_the_broadcast_and_the_next_viewer_starts_anew(view: Viewer, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        patched.setattr(broadcast, "encode_jpeg", lambda *_: 1 / 0)
        assert ends(view("/ws/camera/door?width=100"))[0] == 4404
    assert json.loads(view("/ws/camera/door?width=100").recv(60))["type"] == "frame"


def test_viewers_may_talk_but_not_much(view: Viewer):
    viewer = view()
    viewer.send("hello")
    viewer.send(b"\x00\x01")
    assert json.loads(viewer.recv(60))["type"] == "frame"
    viewer.send("x" * 100_000)
    assert ends(viewer)[0] == 1009


def test_so_many_viewers_and_no_more(view: Viewer, monkeypatch: pytest.MonkeyPatch):
    view().recv(60)
    monkeypatch.setattr(live, "MOST_VIEWERS", 0)
    assert refused(view)[0] == 503


def test_the_last_viewer_turns_off_the_light(view: Viewer, site: Site):
    unit = site.engine.sight.cameras.unit("door")
    sockets = [view("/ws/camera/door?width=77") for _ in range(3)]
    for viewer in sockets:
        viewer.recv(60)
    for viewer in sockets:
        viewer.close()
    until(lambda: not any(feed.want.width == 77 for feed in unit._hub._feeds), "the feed is closed")
    assert threading.active_count() < 100


def test_events_are_told_as_the_lists_tell_them(view: Viewer, client: httpx.Client, site: Site) -> None:
    """One form of an event, with who, where, what gesture and how severe, wherever it is got."""
    lost_event = lose_door(site)
    assert site.engine.record.writer.flush(10)
    told = {event["id"]: event for event in json.loads(view().recv(60))["data"]["events"]}
    listed = {event["id"]: event for event in client.get("/api/v1/events", params={"camera": "door"}).json()["events"]}
    assert told[lost_event] == listed[lost_event]
    assert {"person", "person_id", "gesture", "zone", "zone_id", "severity", "position"} <= told[lost_event].keys()
    [now] = [event for event in client.get("/api/v1/snapshot").json()["events"] if event["id"] == lost_event]
    assert now == listed[lost_event]
