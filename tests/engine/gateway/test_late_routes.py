"""Live pictures are served before all other routes are loaded; whoever asks for one of those meanwhile waits, and is answered as ever."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.datastructures import QueryParams
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from console.site import Site
from engine import __version__
from engine.gateway import gateway
from engine.gateway.app import OF_NODES
from engine.gateway.border.bind import Bind
from engine.gateway.live import first_changes, first_pictures
from engine.gateway.live.deflated import Inflated
from engine.gateway.live.fields import event_fields, track_fields
from engine.gateway.problem import problem
from engine.gateway.remote.port import RemotePort
from engine.gateway.schemas import EventOut, Problem, TrackOut
from engine.gateway.server import GatewayServer
from engine.model.cameras.detection import Category
from engine.model.cameras.track import Track, TrackStatus
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.question import ListEvents
from engine.model.time import SECOND
from engine.runtime.access.setup_code import SetupCode
from tests.engine.gateway.route_table import whole_app
from tests.engine.store import records
from tests.fakes.waiting import until

SECONDS = 60  # at most, for what comes as soon as it can


def _nodes_paths() -> list[str]:
    """Of a gateway that takes nodes in, which the one here does not."""
    return [getattr(route, "path", "") for route in OF_NODES]


class Early:
    """A gateway whose routes are loaded when `loaded` is set."""

    def __init__(self, url: str, token: str, loaded: threading.Event, begun: threading.Event) -> None:
        self.url, self.loaded, self.begun = url, loaded, begun
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self._headers, **options.pop("headers", {})}
        return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=SECONDS, trust_env=False, **options)

    def view(self, path: str, **headers: str) -> ClientConnection:
        address = f"ws{self.url.removeprefix('http')}{path}"
        return connect(address, additional_headers=headers or self._headers, proxy=None, open_timeout=SECONDS)


@pytest.fixture
def early(site: Site, operator: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Early]:
    loaded, begun = threading.Event(), threading.Event()
    load = gateway.load

    def load_later(module: str) -> Any:
        begun.set()
        assert loaded.wait(SECONDS)
        return load(module)

    monkeypatch.setattr(gateway, "load", load_later)
    server = GatewayServer(site.door, SetupCode(), Bind.parse("127.0.0.1:0"), __version__)
    server.start()
    try:
        yield Early(server.url, operator, loaded, begun)
    finally:
        loaded.set()
        server.stop()


@pytest.fixture
def ask_beside() -> Iterator[Callable[..., Any]]:
    """Calls something on a thread of its own. Gives the future."""
    with ThreadPoolExecutor(8) as pool:
        yield pool.submit


def test_pictures_come_before_the_routes_are_loaded(early: Early):
    assert early.begun.wait(SECONDS)
    for path in ("/ws/camera/door", "/ws/camera/0?width=64&height=64&main=false"):
        with early.view(path) as viewer:
            message = json.loads(viewer.recv(SECONDS))
            assert message["type"] == "frame" and message["camera_id"] == "door"
    assert not early.loaded.is_set()
    early.loaded.set()
    with early.view("/ws/camera/door") as viewer:  # by the route of the whole, as soon as that is there
        assert json.loads(viewer.recv(SECONDS))["type"] == "frame"


def changes_in(message: str | bytes) -> dict[str, Any]:
    assert isinstance(message, bytes)
    return Inflated(1 << 24)(message)


def test_what_changes_is_told_before_the_routes_are_loaded(early: Early):
    assert early.begun.wait(SECONDS)
    with early.view("/ws/changes") as console:
        first = changes_in(console.recv(SECONDS))
        assert [camera["settings"]["id"] for camera in first["snapshot"]["cameras"]] == ["door"]
    with early.view(f"/ws/changes?stream={first['stream']}&revision={first['revision']}") as console:
        assert changes_in(console.recv(SECONDS))["from"] == first["revision"]
    assert not early.loaded.is_set()
    early.loaded.set()
    assert early.ask("GET", "/api/v1/session").status_code == 200
    with early.view(f"/ws/changes?stream={first['stream']}&revision={first['revision']}") as console:
        assert changes_in(console.recv(SECONDS))["from"] == first["revision"], "the whole goes on with it"


def test_a_console_has_its_engine_back_before_the_routes_are_loaded(site: Site, operator: str, monkeypatch: pytest.MonkeyPatch):
    loaded, load = threading.Event(), gateway.load
    before = GatewayServer(site.door, SetupCode(), Bind.parse("127.0.0.1:0"), __version__)
    before.start()
    address = urlsplit(before.url).netloc
    port = RemotePort(before.url, operator)
    try:
        until(lambda: port._told_before, "it is told what changes")
        before.stop()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LOST, "nothing old is shown as live")
        monkeypatch.setattr(gateway, "load", lambda module: loaded.wait(SECONDS) and load(module))
        server = GatewayServer(site.door, SetupCode(), Bind.parse(address), __version__)
        server.start()
        try:
            until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE, "it is back")
            assert not loaded.is_set() and port._session_due
            loaded.set()
            until(lambda: not port._session_due, "it is asked what it is, once it answers")
            assert port.ask(ListEvents()) is not None
        finally:
            loaded.set()
            server.stop()
    finally:
        before.stop()
        port.close()


def test_an_early_refusal_is_the_same_as_a_late_one(early: Early):
    def refusals() -> list[tuple[int, Any]]:
        found: list[tuple[int, Any]] = []
        for path, headers in (
            ("/ws/camera/nowhere", {}),
            ("/ws/camera/door", {"Authorization": "Bearer wrong"}),
            ("/ws/camera/door", {"X-None": "1"}),
            ("/ws/changes", {"Authorization": "Bearer wrong"}),
            ("/ws/changes", {"X-None": "1"}),
        ):
            with pytest.raises(InvalidStatus) as refusal:
                early.view(path, **headers)
            found.append((refusal.value.response.status_code, json.loads(refusal.value.response.body or b"")))
        return found

    before = refusals()
    assert [status for status, _ in before] == [404, 401, 401, 401, 401] and not early.loaded.is_set()
    early.loaded.set()
    assert early.ask("GET", "/api/v1/session").status_code == 200
    assert refusals() == before


def test_other_requests_wait_and_are_answered(early: Early, ask_beside: Callable[..., Any]):
    assert early.begun.wait(SECONDS)
    with ExitStack() as stack:
        dashboard = ask_beside(early.view, "/ws/dashboard")
        odd = ask_beside(early.view, "/ws/camera/door?width=4")
        answers = [
            ask_beside(early.ask, method, path)
            for method, path in (("GET", "/api/v1/session"), ("GET", "/nowhere"), ("PUT", "/api/v1/session"), ("GET", "/openapi.json"))
        ]
        assert early.ask("GET", "/api/v1/session", headers={"Host": "elsewhere.example"}).status_code == 421  # the guard waits for nothing
        assert not [each for each in (*answers, dashboard, odd) if each.done()]
        early.loaded.set()
        session, nowhere, refused, described = (each.result(SECONDS) for each in answers)
        stack.enter_context(dashboard.result(SECONDS))
        assert session.status_code == 200 and nowhere.status_code == 404
        assert refused.status_code == 405 and refused.headers["allow"] == "DELETE, GET, POST"
        assert described.json()["paths"].keys() == early.ask("GET", "/openapi.json").json()["paths"].keys()
        with pytest.raises(InvalidStatus) as refusal:
            odd.result(SECONDS)
        assert refusal.value.response.status_code == 422


def test_the_description_asked_for_early_is_whole(early: Early, ask_beside: Callable[..., Any]):
    asked = ask_beside(early.ask, "GET", "/openapi.json")
    early.loaded.set()
    whole = json.loads(json.dumps(whole_app().openapi()["paths"]))
    theirs = asked.result(SECONDS).json()["paths"]
    assert theirs.keys() == whole.keys() - set(_nodes_paths()) and all(whole[path] == theirs[path] for path in theirs)


def test_routes_that_cannot_be_loaded_are_said(
    early: Early, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, site: Site, operator: str
):
    def fail(module: str) -> Any:
        raise ImportError(module)

    monkeypatch.setattr(gateway, "load", fail)
    server = GatewayServer(site.door, SetupCode(), Bind.parse("127.0.0.1:0"), __version__)
    with caplog.at_level(logging.ERROR):
        server.start()
        try:
            broken = Early(server.url, operator, early.loaded, early.begun)
            answer = broken.ask("GET", "/api/v1/session")
            with broken.view("/ws/camera/door") as viewer:
                assert json.loads(viewer.recv(SECONDS))["type"] == "frame"
        finally:
            server.stop()
    assert answer.status_code == 500 and answer.json()["error"] == "bug"
    assert "only live pictures and changes are served" in caplog.text


def test_a_gateway_that_stops_while_it_loads_leaves_nobody_waiting(early: Early, site: Site, ask_beside: Callable[..., Any]):
    before = set(threading.enumerate())
    server = GatewayServer(site.door, SetupCode(), Bind.parse("127.0.0.1:0"), __version__)
    server.start()
    assert early.begun.wait(SECONDS)
    stopping = ask_beside(server.stop)
    early.loaded.set()
    stopping.result(SECONDS)
    until(lambda: not [thread for thread in set(threading.enumerate()) - before if thread.name == "network"], "the gateway has ended")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ("", 0)),
        ("stream=a-Z_9&revision=17", ("a-Z_9", 17)),
        *((odd, None) for odd in ("revision=-1", "revision=x", "revision=", "revision=٣", "revision=9999999999999999", "since=1")),
        *((odd, None) for odd in ("stream=a&stream=b", "stream=a%20b", "stream=" + "x" * 65)),
    ],
)
def test_where_a_console_goes_on_is_understood_early_or_left_to_the_route_with_the_rules(query: str, found: tuple[str, int] | None):
    assert first_changes.going_on(QueryParams(query)) == found
    for kind, path in (("http", "/ws/changes"), ("websocket", "/ws/changes/")):
        assert not first_changes.asks_for_changes({"type": kind, "path": path, "query_string": b""})


@pytest.mark.parametrize(
    ("query", "want"),
    [
        ("", PictureWant(640, 360)),
        ("width=64&height=64", PictureWant(64, 64)),
        ("main=true", PictureWant(640, 360, True)),
        ("width=16&height=3840", PictureWant(16, 3840)),
        *((odd, None) for odd in ("width=15", "height=3841", "width=", "width=640.0", "width=+64", "main=1", "main=yes", "size=64")),
        *((odd, None) for odd in ("width=64&width=65", "width=٦٤", "height=0064", "width=64%20")),
    ],
)
def test_what_needs_judgement_waits_for_the_route_with_the_rules(query: str, want: PictureWant | None):
    assert first_pictures.picture_want(QueryParams(query)) == want
    for path, kind in (
        ("/ws/camera/door/x", "websocket"),
        ("/ws/camera/", "websocket"),
        ("/ws/camera/door", "http"),
        ("/ws/node", "websocket"),
    ):
        assert not first_pictures.is_plain({"type": kind, "path": path, "query_string": b""})


def test_plain_fields_are_those_that_openapi_describes():
    track = Track(
        "tk-1", 1, "door", Category.PERSON, TrackStatus.CONFIRMED, (1.234, 2.0, 30.5, 40.0), 0.87654, 0.9, 1_700 * SECOND, 1_701 * SECOND
    )
    event = records.event(1)
    assert TrackOut.of(track).model_dump() == track_fields(track)
    assert EventOut.of(event, {}).model_dump() == event_fields(event, {}) and event_fields(event, {}).keys() == EventOut.model_fields.keys()
    plain = json.loads(bytes(problem(404, "no", "field").body)).keys()
    assert plain == Problem.model_fields.keys() - {"changed", "by", "since"}, "what only a conflict has is not there without one"
