"""The camera's own packets over `/ws/camera/{id}`, as a console gets them, and what becomes of them where they may not be sent."""

import gc
import json
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from psutil import Process
from websockets.sync.client import ClientConnection, connect

from benchmarks.slow_line import SlowLine
from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.live import packet_viewing
from engine.gateway.live.packet_messages import NoPacketStream, PacketMessage, PacketStream, packed_answer, read_feed, unpacked
from engine.gateway.remote import received
from engine.gateway.remote.feed import RemoteFeed
from engine.gateway.remote.loop import RemoteLoop
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.model.accounts.access import Role
from engine.model.cameras.frame import StreamInfo
from engine.model.errors import EnvironmentFault, InputError
from engine.model.people.commands import UnmaskFaces
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings, DetectionSettings
from engine.runtime.cameras.packets import PacketHub
from engine.runtime.command_line_settings import CommandLineSettings
from engine.sources.camera.packet_pictures import PacketPictures
from tests.engine.gateway.relay import Relay
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import Clip, picture_number, write_clip
from tests.fakes.waiting import until

PRIVATE = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4))
LARGE = PictureWant(4000, 4000)
Socket = Callable[..., ClientConnection]


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    """`yard` with a sub-stream `small`; `long`, whose keyframes are 20 s apart; `five` in H.265."""
    folder = tmp_path_factory.mktemp("video")
    clips = {
        "yard": Clip(width=320, height=192, gop=25, noise=20),
        "small": Clip(gop=25),
        "long": Clip(frames=500, gop=500),
        "five": Clip(encoder="libx265", b_frames=2),
    }
    with RtspServer({name: write_clip(folder / f"{name}.mp4", clip) for name, clip in clips.items()}) as server:
        yield server


@pytest.fixture(scope="module")
def site(cameras: RtspServer, video: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    added = (
        CameraSettings("yard", "Yard", cameras.url("yard"), sub_url=cameras.url("small")),
        CameraSettings("long", "Long", cameras.url("long")),
        CameraSettings("five", "Five", cameras.url("five")),
        CameraSettings("old", "Old", str(video)),  # MPEG-4 part 2
    )
    with running(tmp_path_factory.mktemp("site") / "data", Bind(), CommandLineSettings(added), gateway_needed=True) as site:
        site.door.set_up("Test site", "ada", "correct horse battery").close()
        site.engine.update_settings(lambda now: replace(now, detection=DetectionSettings(rate_hz=0.2)), "test")
        until(lambda: all(isinstance_source(site, name) for name in ("yard", "long", "five")), "packets come")
        yield site
    monkeypatch.undo()


def isinstance_source(site: Site, camera_id: str) -> bool:
    return not isinstance(site.door.packets(camera_id).choose(True, frozenset({"h264", "hevc"})), str)


@pytest.fixture(scope="module")
def token(site: Site) -> str:
    return site.engine.accounts.create_token(Role.ADMIN, "test")


@pytest.fixture
def view(site: Site, token: str) -> Iterator[Socket]:
    with ExitStack() as stack:

        def opened(path: str, packets: str = "h264,hevc", **options: object) -> ClientConnection:
            address = f"ws{site.url.removeprefix('http')}/ws/camera/{path}{'&' if '?' in path else '?'}packets={packets}"
            headers = {"Authorization": f"Bearer {token}"}
            return stack.enter_context(connect(address, additional_headers=headers, proxy=None, **options))  # type: ignore[arg-type]

        yield opened


@pytest.fixture
def remote(site: Site) -> Iterator[RemotePort]:
    port = RemoteDoor(site.url).sign_in("ada", "correct horse battery")
    yield port
    port.close()


def feed_of(socket: ClientConnection) -> PacketStream | NoPacketStream:
    """The next description."""
    while True:
        message = socket.recv(60)
        if isinstance(message, str) and (plain := json.loads(message))["type"] == "feed":
            return read_feed(plain)


def packets_of(socket: ClientConnection) -> PacketMessage:
    """The next packets; answered as a console does."""
    while True:
        message = socket.recv(60)
        if isinstance(message, bytes):
            read = unpacked(message)
            if read.answer:
                socket.send(packed_answer(read.number))
            return read


def watched(port: RemotePort, camera_id: str, want: PictureWant = LARGE) -> RemoteFeed:
    feed = port.watch(camera_id, want, lambda: None)
    assert isinstance(feed, RemoteFeed)
    return feed


def test_packets_begin_at_a_keyframe_and_go_on_without_a_gap(view: Socket, site: Site) -> None:
    socket = view("yard")
    feed = feed_of(socket)
    assert isinstance(feed, PacketStream) and (feed.info.codec, feed.stream) == ("h264", "sub")
    assert (feed.info.width, feed.info.height) == (160, 96)
    first = packets_of(socket)
    assert first.anew and first.packets[0].keyframe
    decoder, numbers, times = PacketPictures(feed.info), [], []
    for packet in first.packets:
        times += [frame.captured_ns for frame in decoder.decode(packet)]
    while len(numbers) < 60:
        message = packets_of(socket)
        assert not message.anew
        for packet in message.packets:
            for frame in decoder.decode(packet):
                numbers.append(picture_number(frame.luma()))
                times.append(frame.captured_ns)
    assert all((one + 1) % 50 == next_one for one, next_one in pairwise(numbers))
    assert times == sorted(set(times)) and abs(times[-1] - site.engine.clock.now_ns()) < 60 * 10**9


def test_the_first_picture_does_not_wait_for_the_next_keyframe(view: Socket, site: Site) -> None:
    """They are twenty seconds apart: what came since the last is sent at once."""
    ring = site.door.packets("long").choose(False, frozenset({"h264"}))
    assert not isinstance(ring, str)
    until(lambda: len(ring.ring.read(0)) > 30, "it is well within a group of pictures")
    socket = view("long")
    feed = feed_of(socket)
    assert isinstance(feed, PacketStream)
    first = packets_of(socket)
    assert first.anew and first.packets[0].keyframe and len(first.packets) > 20
    assert PacketPictures(feed.info).decode(first.packets[0])


def test_the_main_stream_for_large_tiles(view: Socket) -> None:
    socket = view("yard?main=true")
    feed = feed_of(socket)
    assert isinstance(feed, PacketStream) and feed.stream == "main" and (feed.info.width, feed.info.height) == (320, 192)
    assert feed.track_size == (160, 96)
    assert packets_of(socket).packets[0].keyframe


def test_consoles_of_before_get_pictures_and_say_nothing_of_packets(site: Site, token: str) -> None:
    address = f"ws{site.url.removeprefix('http')}/ws/camera/yard"
    with connect(address, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None) as socket:
        assert {json.loads(socket.recv(60))["type"] for _ in range(5)} == {"frame"}


@pytest.mark.parametrize(("path", "packets", "reason"), [("old", "h264,hevc", "codec"), ("yard", "hevc", "no_decoder")])
def test_pictures_where_there_can_be_no_packets_and_why(view: Socket, path: str, packets: str, reason: str) -> None:
    socket = view(path, packets)
    feed = feed_of(socket)
    assert isinstance(feed, NoPacketStream) and feed.reason == reason and feed.message.endswith(".")
    assert json.loads(socket.recv(60))["type"] == "frame"


def test_names_that_nobody_knows_are_no_packets(view: Socket) -> None:
    assert json.loads(view("yard", "vp9,h266").recv(60))["type"] == "frame"


@pytest.mark.parametrize("camera_id", ["yard", "five"])
def test_a_console_decodes_them(remote: RemotePort, camera_id: str) -> None:
    feed = watched(remote, camera_id)
    until(lambda: feed.latest() is not None, "a picture comes")
    assert isinstance(feed.sent, PacketStream)
    seen: dict[int, int] = {}

    def note() -> bool:
        picture = feed.latest()
        assert picture is not None and picture.pixels.shape == (96, 160, 4) and not picture.pixels.flags.writeable
        assert (picture.frame_width, picture.frame_height) == (160, 96)
        seen[picture.index] = picture_number(picture.pixels[..., 1])
        return len(seen) > 30

    until(note, "thirty pictures came")
    assert list(seen) == sorted(seen) and len(set(seen.values())) > 20
    feed.change(PictureWant(80, 80))
    until(lambda: (picture := feed.latest()) is not None and picture.pixels.shape == (48, 80, 4), "it is of the other size")
    feed.close()


def test_a_tile_that_grows_is_given_the_main_stream(remote: RemotePort) -> None:
    feed = watched(remote, "yard")
    until(lambda: isinstance(feed.sent, PacketStream) and feed.sent.stream == "sub", "it is the sub-stream")
    feed.change(replace(LARGE, main=True))
    until(lambda: (picture := feed.latest()) is not None and picture.pixels.shape[:2] == (192, 320), "it is the main stream")
    picture = feed.latest()
    assert picture is not None and (picture.frame_width, picture.frame_height) == (160, 96)  # what boxes refer to


class Sent:
    """What the engine gives to sockets, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.packets = 0
        packed = packet_viewing.packed

        def counting(message: PacketMessage) -> bytes:
            self.packets += 1
            return packed(message)

        monkeypatch.setattr(packet_viewing, "packed", counting)


def test_not_one_packet_after_a_privacy_area_is_in_force(
    remote: RemotePort, view: Socket, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Sent(monkeypatch)
    feed, sockets = watched(remote, "yard"), [view("yard"), view("yard?main=true"), view("yard?width=64")]
    for socket in sockets:
        packets_of(socket)
    until(lambda: feed.latest() is not None, "a picture comes")
    yard = site.engine.settings.camera("yard")
    assert yard is not None
    site.engine.update_settings(lambda now: now.with_camera(replace(yard, privacy=(PRIVATE,))), "test")
    in_force, in_force_ns = sent.packets, site.engine.clock.now_ns()
    try:
        for socket in sockets:
            messages: list[str | bytes] = []
            while not messages or isinstance(messages[-1], bytes):
                messages.append(socket.recv(60))
            assert json.loads(messages[-1])["reason"] == "privacy"
            assert all(packet.captured_ns <= in_force_ns for each in messages[:-1] for packet in unpacked(each).packets)  # type: ignore[arg-type]
            assert [json.loads(socket.recv(60))["type"] for _ in range(3)] == ["frame"] * 3
        until(lambda: isinstance(feed.sent, NoPacketStream) and feed.latest() is not None, "pictures come")
        picture = feed.latest()
        assert picture is not None and picture.pixels[20:36, 20:60, :3].max() < 80  # burned
        assert sent.packets == in_force
        later = view("yard")
        told = feed_of(later)
        assert isinstance(told, NoPacketStream) and told.reason == "privacy"
    finally:
        site.engine.update_settings(lambda now: now.with_camera(yard), "test")
    for socket in sockets:
        while not isinstance(told := feed_of(socket), PacketStream):  # until a keyframe comes
            assert told.reason in ("not_yet", "privacy")
        first = packets_of(socket)
        assert first.anew and first.packets[0].keyframe and first.packets[0].captured_ns > in_force_ns
    until(lambda: isinstance(feed.sent, PacketStream), "packets come again")


def test_where_faces_are_hidden_there_are_no_packets_and_who_may_see_them_gets_packets_again(
    view: Socket, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Sent(monkeypatch)
    port = RemoteDoor(site.url).sign_in("ada", "correct horse battery")
    socket, feed = view("yard"), watched(port, "yard")
    packets_of(socket)
    until(lambda: isinstance(feed.sent, PacketStream), "packets come")

    def blur(faces: bool) -> None:
        site.engine.update_settings(lambda now: replace(now, recognition=replace(now.recognition, blur_faces=faces)), "test")

    blur(True)
    try:
        told = feed_of(socket)
        assert isinstance(told, NoPacketStream) and told.reason == "faces_hidden"
        until(lambda: isinstance(feed.sent, NoPacketStream), "pictures come")
        hidden = sent.packets
        assert json.loads(socket.recv(60))["type"] == "frame"
        assert sent.packets == hidden
        port.command(UnmaskFaces("a test"))
        until(lambda: isinstance(feed.sent, PacketStream), "this session sees them")
        assert json.loads(socket.recv(60))["type"] == "frame"  # another session does not
    finally:
        blur(False)
        port.close()
    until(lambda: isinstance(feed_of(socket), PacketStream), "packets come again")


def test_a_slow_line_shows_what_is_now_and_holds_nobody_up(site: Site, token: str, view: Socket) -> None:
    """It carries a part of what the camera sends; who looks over a better one is ahead."""
    loop = RemoteLoop("slow")
    with SlowLine(urlsplit(site.url).port or 0, 200e3, 0.05) as line:
        feed = RemoteFeed(loop, line.url, token, True, "yard", replace(LARGE, main=True), lambda: None)
        try:
            until(lambda: feed.latest() is not None, "a picture comes")
            quick = view("yard?main=true")
            first = feed.latest()
            assert first is not None

            def gone_on() -> bool:
                newest_ns = packets_of(quick).packets[-1].captured_ns
                now = feed.latest()
                return now is not None and now.captured_ns - first.captured_ns > 6 * 10**9 and newest_ns > now.captured_ns

            until(gone_on, "pictures go on over the slow line, later than those over the other")
        finally:
            feed.close()
            loop.close()


def test_an_engine_that_sends_rubbish_is_left_and_tried_again(site: Site, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lying:
        lying.setattr(packet_viewing, "packed", lambda message: b"\x07" * 40)
        port = RemoteDoor(site.url).sign_in("ada", "correct horse battery")
        feed = watched(port, "long")
        until(lambda: feed._pause_s > 1, "it was tried some times")
        assert feed.latest() is None
    until(lambda: feed.latest() is not None, "it is well again")
    port.close()


def test_a_stream_that_the_console_cannot_decode_comes_as_pictures(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(info: StreamInfo, decoder: str) -> PacketPictures:
        raise EnvironmentFault("codec", "h264 is not decoded here.")

    monkeypatch.setattr(received, "PacketPictures", refused)
    port = RemoteDoor(site.url).sign_in("ada", "correct horse battery")
    feed = watched(port, "yard")
    until(lambda: feed.latest() is not None, "pictures come")
    assert feed.sent is None  # it asks for no packets any more
    port.close()


def test_a_connection_that_breaks_leaves_no_decoder(site: Site, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds its pictures, and Python looks seldom for circles of objects that nobody else holds."""
    made: list[weakref.ref[PacketPictures]] = []

    def making(info: StreamInfo, decoder: str) -> PacketPictures:
        pictures = PacketPictures(info, decoder)
        made.append(weakref.ref(pictures))
        return pictures

    def connected(before: int) -> bool:
        return len(made) > before and feed.latest() is not None

    monkeypatch.setattr(received, "PacketPictures", making)
    loop = RemoteLoop("broken")
    with Relay(urlsplit(site.url).port or 0) as relay:
        gc.disable()
        feed = RemoteFeed(loop, relay.url, token, True, "yard", LARGE, lambda: None)
        try:
            for so_far in range(3):
                until(partial(connected, so_far), "pictures come")
                relay.cut()
                relay.mend()
            until(lambda: len(made) > 3 and not any(pictures() for pictures in made[:-1]), "only the newest is there")
        finally:
            gc.enable()
            feed.close()
            loop.close()


@pytest.mark.parametrize("moment", ["at once", "with pictures"])
def test_closing_leaves_neither_thread_nor_socket(site: Site, moment: str) -> None:
    files, hub = Process().num_fds, site.door.packets("yard")
    until(lambda: hub.listeners == 0, "nobody of before is there")
    port = RemoteDoor(site.url).sign_in("ada", "correct horse battery")
    feeds = [watched(port, "yard", PictureWant(64 + side, 64, main=side % 2 == 0)) for side in range(6)]
    if moment == "with pictures":
        until(lambda: all(feed.latest() is not None for feed in feeds), "pictures come")
    before = files()
    port.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "remote"]
    until(lambda: hub.listeners == 0, "nobody listens")
    until(lambda: files() < before, "sockets are closed")


def test_a_camera_that_comes_back_in_mid_stream_and_one_of_another_size(remote: RemotePort, cameras: RtspServer, tmp_path: Path) -> None:
    feed = watched(remote, "five")
    until(lambda: feed.latest() is not None, "a picture comes")
    cameras.kill()
    before = feed.latest()
    cameras.restart()
    until(lambda: (now := feed.latest()) is not None and before is not None and now.index > before.index + 30, "pictures go on")
    kept = cameras.recordings["five"]
    cameras.show("five", write_clip(tmp_path / "wide.mp4", Clip(encoder="libx265", width=256, height=128)))
    until(lambda: (now := feed.latest()) is not None and now.pixels.shape[:2] == (128, 256), "it is of another size")
    cameras.recordings["five"] = kept
    until(lambda: (now := feed.latest()) is not None and now.pixels.shape[:2] == (96, 160), "and of the first")
    assert isinstance(feed.sent, PacketStream)


def test_a_removed_camera_ends_its_viewers(view: Socket, site: Site, cameras: RtspServer) -> None:
    site.engine.update_settings(lambda now: now.with_camera(CameraSettings("back", "Back", cameras.url("small"))), "test")
    until(lambda: isinstance_source(site, "back"), "it comes")
    socket = view("back")
    packets_of(socket)
    site.engine.update_settings(lambda now: now.without_camera("back"), "test")
    assert ends(socket) == 4404


def ends(socket: ClientConnection) -> int:
    from websockets.exceptions import ConnectionClosed

    try:
        while True:
            socket.recv(60)
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
        return closed.rcvd.code


def test_the_last_viewer_leaves_nothing(view: Socket, site: Site) -> None:
    hub: PacketHub = site.door.packets("yard")
    until(lambda: hub.listeners == 0, "nobody of before is there")
    sockets = [view("yard"), view("yard?main=true")]
    for socket in sockets:
        packets_of(socket)
    assert hub.listeners == 2
    assert not any(feed.want for feed in site.engine.sight.cameras.unit("yard")._hub._feeds)  # nothing is made into pictures for them
    for socket in sockets:
        socket.close()
    until(lambda: hub.listeners == 0, "nobody listens")
    threads = {thread.name for thread in threading.enumerate()}
    assert "network" in threads


def test_a_device_that_is_absent_leaves_the_console_to_software(site: Site) -> None:
    with pytest.raises(InputError, match="abacus"):
        RemoteDoor(site.url, decoder="abacus")
    port = RemoteDoor(site.url, decoder="qsv").sign_in("ada", "correct horse battery")
    feed = watched(port, "yard")
    until(lambda: feed.latest() is not None and isinstance(feed.sent, PacketStream), "pictures come of packets")
    port.close()
