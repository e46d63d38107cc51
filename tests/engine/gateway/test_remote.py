"""The remote port when its engine or the network does not behave."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote import calls as remote_calls
from engine.gateway.remote import port as remote
from engine.gateway.remote.files import FetchedFiles
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.model.accounts.access import Role
from engine.model.cameras.clip import Clip
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.question import ListClips, ListEvents
from engine.model.settings import CameraSettings
from engine.runtime.command_line_settings import CommandLineSettings
from tests.engine.gateway.relay import Relay
from tests.fakes.waiting import until


@pytest.fixture
def relay(site: Site) -> Iterator[Relay]:
    with Relay(urlsplit(site.url).port or 0) as relay:
        yield relay


def test_without_a_certificate_to_check_no_authorities_are_read_and_with_one_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bool] = []
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **_: read.append(True) or ssl.create_default_context())
    remote_calls._public_authorities.cache_clear()
    assert remote_calls.checked_with("http://door:8740", True) is False and read == []
    one, again = (remote_calls.checked_with("https://door:8740", True) for _ in range(2))
    assert isinstance(one, ssl.SSLContext) and one.verify_mode is ssl.CERT_REQUIRED and one.check_hostname
    assert again is one and read == [True]
    of_its_own = ssl.create_default_context()
    assert remote_calls.checked_with("https://door:8740", of_its_own) is of_its_own
    remote_calls._public_authorities.cache_clear()


@contextmanager
def port_at(url: str, token: str) -> Iterator[RemotePort]:
    port = RemotePort(url, token)
    try:
        yield port
    finally:
        port.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8740",
        "ftp://localhost",
        "http://",
        "http://user:secret@localhost:8740",
        "http://localhost:99999",
        "http://localhost:8740/path",
        "http://localhost/?q",
        "http://[::1",
        "http://local host",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str):
    with pytest.raises(InputError) as refused:
        RemoteDoor(url)
    assert refused.value.field == "connect" and "secret" not in str(refused.value)


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    for call in (RemoteDoor(f"http://127.0.0.1:{free}").needs_setup, lambda: RemoteDoor(f"http://127.0.0.1:{free}").sign_in("a", "b")):
        with pytest.raises(EnvironmentFault) as fault:
            call()
        assert fault.value.reason == "unreachable"


ANSWERS = [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n[1]", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"]
ANSWERS += [b"HTTP/1.1 500 No\r\n\r\n<html>", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"SSH-2.0-OpenSSH\r\n"]


@pytest.mark.parametrize("answer", ANSWERS)
def test_something_else_there(answer: bytes):
    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(EnvironmentFault) as fault:
            RemoteDoor(f"http://127.0.0.1:{listening.getsockname()[1]}").needs_setup()
        thread.join()
    assert fault.value.reason == "unreachable"


def test_it_survives_a_restart_of_its_engine(tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(remote_calls, "REQUEST_S", 60.0)  # a busy machine takes long until an engine that starts answers
    monkeypatch.setattr(remote, "LOST_S", 0.3)
    added = CommandLineSettings((CameraSettings("door", "Front door", str(video)),))
    with ExitStack() as stack:
        with running(tmp_path / "data", Bind(), added, gateway_needed=True) as site:
            address = Bind("127.0.0.1", urlsplit(site.url).port or 0)
            token = site.engine.accounts.create_token(Role.OPERATOR, "test")
            port = stack.enter_context(port_at(site.url, token))
            until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE, "it is live")
            came = threading.Event()
            feed = port.watch("door", PictureWant(160, 90), came.set)
            assert came.wait(60)
            uptime_from = port.snapshot().health.started_ns
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LOST, "nothing old is shown as live")
        lost = port.snapshot()
        assert "cannot be reached" in lost.health.troubles[0] and len(lost.health.troubles) <= 2 and lost.cameras[0].tracks == ()
        with pytest.raises(EnvironmentFault) as fault:
            port.ask(ListEvents())
        assert fault.value.reason == "unreachable"
        with pytest.raises(EnvironmentFault):
            port.thumbnail("ev-1")
        last = feed.latest()
        assert last is not None
        with running(tmp_path / "data", address, added, gateway_needed=True):
            until(lambda: port.snapshot().health.started_ns > uptime_from, "it is back")
            until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE, "the camera too")
            until(lambda: (picture := feed.latest()) is not None and picture.captured_ns > last.captured_ns, "pictures come again")
            until(lambda: not any("cannot be reached" in each for each in port.snapshot().health.troubles), "and no longer said to be away")


def test_an_ended_session_says_so(site: Site):
    token = site.engine.accounts.create_token(Role.OPERATOR, "ends soon")
    with port_at(site.url, token) as port:
        assert port.snapshot().cameras
        site.engine.accounts.sign_out(token)
        until(lambda: _signed_out(port), "the port knows")
        with pytest.raises(NotSignedIn):
            port.ask(ListEvents())
    with pytest.raises(NotSignedIn):
        RemotePort(site.url, token)


def _signed_out(port: RemotePort) -> bool:
    try:
        port.snapshot()
        return False
    except NotSignedIn:
        return True


@pytest.mark.parametrize("trouble", ["freeze", "cut", "garble"])
def test_a_dead_or_frozen_network_never_blocks_the_screen(relay: Relay, operator: str, monkeypatch: pytest.MonkeyPatch, trouble: str):
    tidied = threading.Event()
    monkeypatch.setattr(remote, "LOST_S", 0.3)
    monkeypatch.setattr(remote, "TIDY_S", 0.0)
    monkeypatch.setattr(remote, "return_free_memory", tidied.set)
    with port_at(relay.url, operator) as port:
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE, "it is live")
        feed = port.watch("door", PictureWant(160, 90), lambda: None)
        until(lambda: feed.latest() is not None, "pictures come")
        getattr(relay, trouble)()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LOST, "nothing old is shown as live")
        slowest_s = 0.0
        for _ in range(200):
            began_s = time.perf_counter()
            port.snapshot()
            feed.latest()
            slowest_s = max(slowest_s, time.perf_counter() - began_s)
        assert slowest_s < remote_calls.REQUEST_S / 2  # a request would take its whole time-out
        last = feed.latest()
        relay.mend()
        until(lambda: port.snapshot().cameras[0].health.state is CameraState.LIVE, "it is back")
        until(lambda: feed.latest() is not last, "pictures too")
        until(tidied.is_set, "memory of before goes back")


@pytest.mark.parametrize("state", ["fine", "freeze", "cut", "garble", "refuse"])
def test_closing_leaves_no_thread_in_any_state(relay: Relay, operator: str, state: str):
    port = RemotePort(relay.url, operator)
    feeds = [port.watch("door", PictureWant(64 + side, 64), lambda: None) for side in range(4)]
    if state != "fine":
        getattr(relay, state)()
        feeds.append(port.watch("door", PictureWant(100, 100), lambda: None))
    feeds[0].close()
    feeds[0].close()
    port.close()
    port.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "remote"]
    for feed in feeds:
        feed.change(PictureWant(32, 32))
        feed.close()
    for call in (lambda: port.ask(ListEvents()), lambda: port.watch("door", PictureWant(9, 9), lambda: None)):
        with pytest.raises(EnvironmentFault) as fault:
            call()
        assert fault.value.reason == "closed"


def test_a_port_may_be_closed_from_its_own_callback(site: Site, operator: str):
    port = RemotePort(site.url, operator)
    closed = threading.Event()

    def close() -> None:
        port.close()
        closed.set()

    port.watch("door", PictureWant(64, 64), close)
    assert closed.wait(60)
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "remote"], "its thread ends")


def test_a_size_that_changes_all_the_time_is_asked_for_once(site: Site, operator: str):
    with port_at(site.url, operator) as port:
        feed = port.watch("door", PictureWant(64, 64), lambda: None)
        until(lambda: feed.latest() is not None, "pictures come")
        for side in range(65, 129):
            feed.change(PictureWant(side, side))
        until(lambda: (picture := feed.latest()) is not None and picture.pixels.shape[1] == 128, "the last size comes")


def test_a_clip_is_downloaded_once_and_has_its_suffix(site: Site, operator: str, lost_event: str, monkeypatch: pytest.MonkeyPatch):
    with port_at(site.url, operator) as port:
        (clip,) = port.ask(ListClips(event_id=lost_event))
        first = port.clip_file(clip.id)
        assert first.suffix == ".mp4" and first.stat().st_size == clip.size_bytes
        monkeypatch.setattr(remote_calls.Caller, "download", lambda *_: pytest.fail("downloaded again"))
        assert port.clip_file(clip.id) == first
    assert not first.exists()


def test_clips_that_were_played_before_others_make_room(site: Site, operator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "clip.mp4"
    file.write_bytes(bytes(1000))
    known = Clip("", "ev", "door", 0, 1, str(file), "", "0" * 64, 1000, "h264", 2, 2)
    monkeypatch.setattr(site.engine.sight.clips, "get", lambda clip_id: replace(known, id=clip_id))
    with port_at(site.url, operator) as port:
        port._clips = FetchedFiles(2500)
        first, second = port.clip_file("a"), port.clip_file("b")
        assert port.clip_file("a") == first
        third = port.clip_file("c")
        assert (first.exists(), second.exists(), third.exists()) == (True, False, True)


def test_a_pack_that_is_taken_again_leaves_one_copy(site: Site, operator: str, monkeypatch: pytest.MonkeyPatch):
    """It is asked for again, since the engine writes down who takes it."""
    asked: list[str] = []

    def download(_caller: object, address: str, folder: Path) -> Path:
        asked.append(address)
        path = folder / f"{len(asked)}.zip"
        path.write_bytes(b"pack")
        return path

    monkeypatch.setattr(remote_calls.Caller, "download", download)
    with port_at(site.url, operator) as port:
        first, second, other = (port.pack_file(pack_id) for pack_id in ("pk-1", "pk-1", "pk-2"))
        assert (first.exists(), second.exists(), other.exists()) == (False, True, True)
        assert len(asked) == 3


@pytest.mark.parametrize("clip_id", ["", ".", "..", "../..", "a/b", "?", "#", "%2e%2e", "x" * 3000])
def test_no_clip_id_leads_anywhere(site: Site, operator: str, clip_id: str):
    with port_at(site.url, operator) as port, pytest.raises(NotFound):
        port.clip_file(clip_id)


def test_a_broken_download_leaves_nothing(site: Site, relay: Relay, operator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    clip = Clip("large", "ev", "door", 0, 1, str(large), "", "0" * 64, 100_000_000, "h264", 2, 2)
    monkeypatch.setattr(site.engine.sight.clips, "get", lambda clip_id: clip)
    with port_at(relay.url, operator) as port:
        folder = Path(port._downloads.name)
        relay.cut_after(1_000_000)
        with pytest.raises(EnvironmentFault) as fault:
            port.clip_file("large")
        assert fault.value.reason == "unreachable" and list(folder.iterdir()) == []


def test_a_full_disk_is_told(site: Site, operator: str, lost_event: str, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with port_at(site.url, operator) as port:
        (clip,) = port.ask(ListClips(event_id=lost_event))
        monkeypatch.setattr(remote_calls.tempfile, "NamedTemporaryFile", full)
        with pytest.raises(EnvironmentFault, match="No space left") as fault:
            port.clip_file(clip.id)
        assert fault.value.reason == "disk"


def test_events_travel_only_when_they_changed(site: Site, operator: str, lost_event: str, client: httpx.Client):
    first = client.get("/api/v1/port/snapshot").json()
    again = client.get("/api/v1/port/snapshot", params={"mark": first["mark"]}).json()
    assert first["snapshot"]["events"] and again["snapshot"]["events"] == []
    assert ("events" in again["changes"]) <= (again["mark"] != first["mark"])
    other = client.get("/api/v1/port/snapshot", params={"mark": "of another run"}).json()
    assert other["snapshot"]["events"] and "changes" not in other
    with port_at(site.url, operator) as port:
        number = port.snapshot().number
        until(lambda: port.snapshot().number > number, "snapshots move on")
        assert lost_event in [event.id for event in port.snapshot().events]


def test_no_token_in_any_repr(site: Site, operator: str):
    with port_at(site.url, operator) as port:
        feed = port.watch("door", PictureWant(64, 64), lambda: None)
        assert operator not in f"{port!r} {feed!r} {port._caller!r} {port.session!r}"
