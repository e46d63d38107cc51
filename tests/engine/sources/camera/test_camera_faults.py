"""Real servers that fail: cameras are lost in time, come back, and leave the others alone."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.sources.camera.capture import Capture
from engine.sources.camera.find.probe import probe
from engine.sources.camera.source import open_source
from tests.fakes.capture_sink import RecordingSink
from tests.fakes.http_login import Login
from tests.fakes.mjpeg import MjpegServer
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import numbered_picture

Start = Callable[..., tuple[Capture, RecordingSink]]
SECRET = Credentials("viewer", "p@ss/w:rd")


@pytest.fixture(scope="session")
def jpegs() -> list[bytes]:
    from engine._opencv import cv2

    return [cv2.imencode(".jpg", numbered_picture(number, 160, 96))[1].tobytes() for number in range(50)]


def assert_runs_on(sink: RecordingSink) -> None:
    assert [seen.index for seen in sink.frames] == list(range(len(sink.frames)))
    assert all(a.captured_ns < b.captured_ns for a, b in zip(sink.frames, sink.frames[1:], strict=False))


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("name", "codec"), [("h264.mp4", "h264"), ("h265.mp4", "hevc"), ("b_frames.mp4", "h264")])
def test_rtsp_gives_every_picture_in_order(videos: dict[str, Path], start_capture: Start, transport: str, name: str, codec: str) -> None:
    with RtspServer({"yard": videos[name]}) as server:
        capture, sink = start_capture(server.url("yard"), transport=transport)
        sink.wait_more_frames(15)
        capture.stop()
    assert sink.streams[0].codec == codec
    first = sink.frames[0].number
    assert [seen.number for seen in sink.frames] == [(first + i) % 50 for i in range(len(sink.frames))]
    assert_runs_on(sink)
    assert sink.packets[0].keyframe and len(sink.packets) >= len(sink.frames)


@pytest.mark.parametrize("with_length", [True, False])
def test_mjpeg_over_http(jpegs: list[bytes], start_capture: Start, with_length: bool) -> None:
    with MjpegServer(jpegs) as server:
        server.faults.with_length = with_length
        capture, sink = start_capture(server.url())
        sink.wait_more_frames(8)
        capture.stop()
    assert sink.streams[0].codec == "mjpeg"
    assert [seen.number for seen in sink.frames] == list(range(len(sink.frames)))
    assert [packet.pts for packet in sink.packets] == sorted({packet.pts for packet in sink.packets})
    assert_runs_on(sink)


def test_a_camera_cannot_send_us_elsewhere(jpegs: list[bytes], clock: SystemClock) -> None:
    with MjpegServer(jpegs) as server, pytest.raises(EnvironmentFault):
        probe(CameraSettings("yard", "Yard", server.url(path="/moved")), None, clock)


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_a_name_is_looked_up_once_and_no_proxy_asked(
    jpegs: list[bytes], clock: SystemClock, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)  # FFmpeg's own look-up would find no such name
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with MjpegServer(jpegs, Login(SECRET.user, SECRET.password, scheme)) as server:
        camera = CameraSettings("yard", "Yard", server.url().replace("127.0.0.1", "yard.example.invalid"))
        _, frame = probe(camera, SECRET, clock)
        assert frame.width == 160 and set(server.hosts) == {camera.url.split("/")[2]}


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_logins(videos: dict[str, Path], jpegs: list[bytes], clock: SystemClock, scheme: str) -> None:
    login = Login(SECRET.user, SECRET.password, scheme)
    with RtspServer({"yard": videos["h264.mp4"]}, login) as rtsp, MjpegServer(jpegs, login) as mjpeg:
        for url in (rtsp.url("yard"), mjpeg.url()):
            camera = CameraSettings("yard", "Yard", url)
            _, frame = probe(camera, SECRET, clock)
            assert frame.width == 160
            for wrong in (None, Credentials("viewer", "s3cr3t-guess")):
                with pytest.raises(EnvironmentFault) as caught:
                    probe(camera, wrong, clock)
                assert caught.value.reason == "credentials"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("403 Forbidden", "forbidden"),
        ("404 Not Found", "not_found"),
        ("400 Bad Request", "error_answer"),
        ("410 Gone", "error_answer"),
        ("429 Too Many Requests", "error_answer"),
        ("503 Service Unavailable", "error_answer"),
    ],
)
def test_what_a_camera_answers_instead_of_pictures_is_told_apart(jpegs: list[bytes], clock: SystemClock, answer: str, word: str) -> None:
    with MjpegServer(jpegs) as server, pytest.raises(EnvironmentFault) as caught:
        server.faults.answer = answer
        probe(CameraSettings("yard", "Yard", server.url()), None, clock)
    assert caught.value.reason == word


@pytest.mark.parametrize("scheme", ["https", "rtsps"])
def test_a_camera_that_does_not_encrypt(jpegs: list[bytes], clock: SystemClock, scheme: str) -> None:
    with MjpegServer(jpegs) as server, pytest.raises(EnvironmentFault) as caught:
        probe(CameraSettings("yard", "Yard", server.url().replace("http:", f"{scheme}:")), None, clock)
    assert caught.value.reason == "tls"


def test_credentials_never_show(
    videos: dict[str, Path], clock: SystemClock, caplog: pytest.LogCaptureFixture, start_capture: Start
) -> None:
    with RtspServer({"yard": videos["h264.mp4"]}, Login("viewer", "else")) as server, caplog.at_level(logging.DEBUG):
        url = server.url("yard")
        source = open_source(CameraSettings("yard", "Yard", url), "main", SECRET, clock)
        with pytest.raises(EnvironmentFault) as caught:
            source.open()
        _, sink = start_capture(url, SECRET)
        sink.wait_state(CameraState.LOST)
        server.kill()
        sink.wait(lambda: "Nothing answers" in sink.reason, "the refusal")
    error: BaseException | None = caught.value
    said = [repr(source), repr(vars(source)), caplog.text, repr(sink.states)]
    while error is not None:
        said.append(repr(error))
        error = error.__context__ or error.__cause__
    assert "p%40ss" not in "".join(said) and SECRET.password not in "".join(said) and "viewer:" not in "".join(said)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_frozen_is_lost_and_comes_back_while_others_go_on(videos: dict[str, Path], start_capture: Start, transport: str) -> None:
    with RtspServer({"yard": videos["h264.mp4"]}) as bad, RtspServer({"gate": videos["h264.mp4"]}) as good:
        _, sink = start_capture(bad.url("yard"), transport=transport)
        _, other = start_capture(good.url("gate"))
        sink.wait_state(CameraState.LIVE)
        other.wait_state(CameraState.LIVE)
        bad.freeze()
        sink.wait_state(CameraState.LOST)
        assert "sent nothing for" in sink.reason
        bad.thaw()
        sink.wait_state(CameraState.LIVE)
        other.wait_more_frames(5)
        assert [state for state, _ in other.states] == [CameraState.CONNECTING, CameraState.LIVE]
        assert len(other.streams) == 1
    assert_runs_on(sink)


def test_killed_is_lost_and_comes_back(videos: dict[str, Path], jpegs: list[bytes], start_capture: Start) -> None:
    with RtspServer({"yard": videos["h264.mp4"]}) as rtsp, MjpegServer(jpegs) as mjpeg:
        for server, url in ((rtsp, rtsp.url("yard")), (mjpeg, mjpeg.url())):
            _, sink = start_capture(url)
            sink.wait_state(CameraState.LIVE)
            server.kill()
            sink.wait(lambda sink=sink: "Nothing answers" in sink.reason, "the refusal")
            server.restart()
            sink.wait_state(CameraState.LIVE)
            assert_runs_on(sink)


def test_damage_costs_pictures_only(videos: dict[str, Path], start_capture: Start) -> None:
    with RtspServer({"yard": videos["noisy.mp4"]}) as server:
        capture, sink = start_capture(server.url("yard"))
        sink.wait_state(CameraState.LIVE)
        server.faults.damaged_share = 0.15
        sink.wait(lambda: len(sink.packets) > 75, "packets, damaged ones among them")
        server.faults.damaged_share = 0.0
        sink.wait_more_frames(10)
        capture.stop()
    assert len(sink.frames) < len(sink.packets) - 5, "nothing was dropped"
    whole = [seen.number for seen in sink.frames]
    assert all(number < 50 for number in whole), "a smeared picture was shown"
    assert len(sink.streams) == 1, "it connected anew"
    assert_runs_on(sink)


def test_lost_udp_packets_cost_pictures_only(videos: dict[str, Path], start_capture: Start) -> None:
    with RtspServer({"yard": videos["noisy.mp4"]}) as server:
        capture, sink = start_capture(server.url("yard"), transport="udp")
        sink.wait_state(CameraState.LIVE)
        server.faults.lost_share = 0.02
        sink.wait(lambda: len(sink.packets) > 60, "packets")
        server.faults.lost_share = 0.0
        sink.wait_more_frames(10)
        capture.stop()
    assert all(seen.number < 50 for seen in sink.frames)
    assert_runs_on(sink)


def test_a_slow_camera_stays_slow_and_true(videos: dict[str, Path], start_capture: Start) -> None:
    with RtspServer({"yard": videos["h264.mp4"]}) as server:
        _, sink = start_capture(server.url("yard"))
        sink.wait_state(CameraState.LIVE)
        server.faults.slowness = 8.0
        sink.wait_more_frames(5)
        server.faults.slowness = 1.0
        sink.wait_more_frames(20)
        assert [state for state, _ in sink.states] == [CameraState.CONNECTING, CameraState.LIVE]
    assert_runs_on(sink)


def test_a_refusing_server_and_a_missing_stream_say_so(videos: dict[str, Path], start_capture: Start) -> None:
    with RtspServer({"yard": videos["h264.mp4"]}) as server:
        _, sink = start_capture(server.url("nowhere"))
        sink.wait_state(CameraState.LOST)
        assert "has no stream" in sink.reason
        server.faults.refusing = True
        _, refused = start_capture(server.url("yard"))
        refused.wait_state(CameraState.LOST)
        server.faults.refusing = False
        refused.wait_state(CameraState.LIVE)


@pytest.mark.parametrize("moment", ["silent", "frozen"])
def test_stop_does_not_wait_for_a_hung_camera(videos: dict[str, Path], start_capture: Start, moment: str) -> None:
    with RtspServer({"yard": videos["h264.mp4"]}) as server:
        server.faults.silent = moment == "silent"
        capture, sink = start_capture(server.url("yard"))
        server.wait_connections(1)
        if moment == "frozen":
            sink.wait_state(CameraState.LIVE)
            server.freeze()
        began_s = time.monotonic()
        capture.stop(timeout_s=1.5)  # less than any time-out of FFmpeg's calls
        assert not capture.running, f"still running {time.monotonic() - began_s:.1f} s after"


def test_probe_is_cancelled_and_times_out(videos: dict[str, Path], clock: SystemClock) -> None:
    with RtspServer({"yard": videos["h264.mp4"]}) as server:
        server.faults.silent = True
        camera = CameraSettings("yard", "Yard", server.url("yard"))
        cancel = threading.Event()
        threading.Timer(0.2, cancel.set).start()
        with pytest.raises(EnvironmentFault) as caught:
            probe(camera, None, clock, cancelled=cancel.is_set)
        assert caught.value.reason == "cancelled"
        with pytest.raises(EnvironmentFault) as caught:
            probe(camera, None, clock, timeout_s=0.3)
        assert caught.value.reason == "timeout"


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Open files are counted where Linux lists them.")
def test_nothing_leaks_through_many_connections(videos: dict[str, Path], clock: SystemClock) -> None:
    with RtspServer({"yard": videos["h265.mp4"]}) as server:
        camera = CameraSettings("yard", "Yard", server.url("yard"))
        probe(camera, None, clock)
        files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
        for _ in range(10):
            probe(camera, None, clock)
            with pytest.raises(EnvironmentFault):
                probe(CameraSettings("yard", "Yard", server.url("nowhere")), None, clock)
        server.kill()
        server.restart()
        assert len(os.listdir("/proc/self/fd")) <= files + 1
        assert threading.active_count() <= threads
