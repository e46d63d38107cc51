"""Clips of a camera that sends pictures play in a browser, fetched from the engine over HTTP."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest

from console.site import Site, running
from engine._opencv import cv2
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role
from engine.model.cameras.clip import Clip
from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, Tick
from engine.model.question import ListClips
from engine.model.settings import DetectionSettings, RecordingSettings
from engine.model.time import SECOND
from engine.recording.clips.masked_clip import make_masked
from engine.recording.footage.playback import ClipReader
from engine.runtime.command_line_settings import CommandLineSettings
from engine.sources.simulated import DEMO_CAMERAS
from tests.fakes.chromium import Chromium
from tests.fakes.waiting import until

WATCHED = DEMO_CAMERAS[0].id
LENGTH_S = 2.5
SMALL = 64, 36

LOAD = """
const video = document.createElement("video");
video.muted = true;
video.src = "%s";
document.documentElement.append(video);
window.video = video;
return await new Promise(told => {
    video.onerror = () => told({error: video.error.code + " " + video.error.message});
    video.onloadeddata = () => told({width: video.videoWidth, height: video.videoHeight, duration: video.duration});
});
"""
PLAY = """
await video.play();
const from = video.currentTime;
for (let n = 0; n < 100 && video.currentTime < from + 0.5; n++) await new Promise(done => setTimeout(done, 50));
video.pause();
return video.currentTime - from;
"""
SHOW = """
await new Promise(done => { video.onseeked = done; video.currentTime = %f; });
await new Promise(done => setTimeout(done, 100));
const canvas = document.createElement("canvas");
canvas.width = video.videoWidth; canvas.height = video.videoHeight;
canvas.getContext("2d").drawImage(video, 0, 0);
return canvas.toDataURL("image/png").split(",")[1];
"""


@pytest.fixture(scope="module")
def watching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(
        tmp_path_factory.mktemp("browsers") / "data", Bind(), CommandLineSettings((DEMO_CAMERAS[0],)), gateway_needed=True
    ) as site:
        recording = RecordingSettings(before_s=2.0, after_s=2.0)
        site.engine.change_settings(replace(site.engine.settings, recording=recording, detection=DetectionSettings(rate_hz=0.2)), "test")
        until(lambda: site.door.overview().cameras[0].health.state is CameraState.LIVE, "the camera is live")
        yield site


@pytest.fixture(scope="module")
def clip(watching: Site) -> Clip:
    """What the engine recorded of an event that ended."""
    engine = watching.engine
    now_ns = engine.clock.now_ns()
    for report in (
        CameraStateChanged(WATCHED, now_ns, CameraState.LOST, "No picture for 2 s."),
        Tick(now_ns + 3 * SECOND),
        CameraStateChanged(WATCHED, now_ns + 3 * SECOND, CameraState.LIVE),
    ):
        engine.mailbox.post(report)
    clips = lambda: engine.record.store.answer(ListClips(5, None, None, WATCHED))  # noqa: E731
    until(lambda: bool(engine.record.writer.flush(10) and clips()), "its clip is whole")
    (made,) = clips()
    assert made.ended_ns - made.started_ns > LENGTH_S * SECOND
    return made


def configuration(file: bytes) -> tuple[int, int, int, bool]:
    """Profile, bits of a pixel, how chroma is kept, and whether the range is full, as the file tells players (vpcC, version 1)."""
    at = file.index(b"vpcC")
    assert int.from_bytes(file[at - 4 : at]) == 20 and file[at + 4] == 1
    return file[at + 8], file[at + 10] >> 4, file[at + 10] >> 1 & 7, bool(file[at + 10] & 1)


def test_the_file_says_what_players_want_to_know(watching: Site, clip: Clip, tmp_path: Path) -> None:
    file = watching.engine.data.path / clip.file
    copy = tmp_path / "copy.mp4"
    make_masked(file, copy, lambda picture, seen: ((0.0, 0.0, 0.2, 0.2),), (), lambda share: None)
    assert (clip.codec, clip.transcoded, file.suffix) == ("vp9", True, ".mp4")
    for each in (file, copy):
        data = each.read_bytes()
        assert data[4:8] == b"ftyp" and 0 < data.index(b"moov") < data.index(b"mdat"), each
        assert configuration(data) == (0, 8, 1, False), each


def test_a_browser_plays_it_seeks_in_it_and_shows_its_pictures(watching: Site, clip: Clip) -> None:
    token = watching.engine.accounts.create_token(Role.ADMIN, "browser")
    path = f"/api/v1/clips/{clip.id}"
    who = {"Authorization": f"Bearer {token}"}
    told = httpx.get(f"{watching.url}{path}", headers=who, trust_env=False)
    assert told.status_code == 200 and told.headers["content-type"].startswith("video/mp4")
    with Chromium() as browser:
        browser.open(f"{watching.url}/openapi.json", who)
        until(lambda: browser.run("return location.protocol") == "http:", "the page is there")
        loaded = browser.run(LOAD % path)
        assert loaded.get("error") is None, loaded
        assert (loaded["width"], loaded["height"]) == (clip.width, clip.height)
        assert loaded["duration"] > LENGTH_S
        assert browser.run(PLAY) > 0.4
        with ClipReader(watching.engine.data.path / clip.file) as reader:
            shown = [picture for picture in reader.pictures() if picture.at_ns < LENGTH_S * SECOND]
            for wanted in (shown[-3], shown[4], shown[len(shown) // 2]):  # on, and back over a keyframe
                png = base64.b64decode(browser.run(SHOW % (wanted.at_ns / SECOND + 0.01)))
                there = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
                assert there is not None and there.shape == (clip.height, clip.width, 3)
                here = next(reader.pictures(wanted.at_ns)).bgr()
                apart = np.abs(small(there) - small(here))
                assert apart.mean() < 2 and apart.max() < 16, (wanted.at_ns, apart.mean(), apart.max())


def small(picture: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), SMALL, interpolation=cv2.INTER_AREA), np.float32)
