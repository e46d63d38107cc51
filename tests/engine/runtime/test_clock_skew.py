"""X5: a camera whose clock is 90 s ahead is told, and no time rests on what it believes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.detection import Detections
from engine.model.cameras.face import Faces
from engine.model.cameras.frame import DecodedFrame
from engine.model.event import EventKind
from engine.model.observation import (
    DetectionsMade,
    EngineStarted,
    FacesSeen,
    FrameSeen,
    Motion,
    Numbered,
    Observation,
    RosterLoaded,
    SettingsChanged,
    Tick,
)
from engine.model.people.person import Roster
from engine.model.radio.fused import FusedPicture, FusedTrack
from engine.model.settings import CameraSettings, Settings
from engine.model.site import Floor
from engine.model.time import SECOND, SystemClock
from engine.pipeline.pipeline import Pipeline
from engine.sources.camera.capture import Capture
from engine.sources.camera.source import open_source
from engine.vision.tracking import Tracker
from tests.engine.pipeline.test_floor_teaching import SIZE, TRUE, box
from tests.engine.pipeline.test_identities import ANNA, MODEL, ON, THRESHOLD, look, sample
from tests.fakes.capture_sink import RecordingSink
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until
from tests.fakes.watched_site import BESIDE, VICTIM, watched_site

SKEW_S = 90.0
PICTURES = 75  # of each camera: three seconds


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("video") / "yard.mp4", Clip(gop=10))


def test_x5_a_clock_that_is_90_s_ahead_is_told(tmp_path: Path, video: Path) -> None:
    with watched_site(tmp_path / "site", video, tmp_path / "models") as site:
        site.server.faults.clock_ahead_s = SKEW_S
        until(lambda: abs((site.health(VICTIM).clock_ahead_s or 0) - SKEW_S) < 2, "it is noticed")
        assert site.health(VICTIM).clock_wrong and site.health(BESIDE).clock_ahead_s is None
        until(
            lambda: any("Victim: its clock is" in each and "ahead" in each for each in site.engine.condition.vitals.health.troubles),
            "it is told",
        )
        for camera_id in (VICTIM, BESIDE):
            site.wait_pictures(camera_id, 1)
            assert abs((site.health(camera_id).last_picture_ns or 0) - site.engine.clock.now_ns()) < 10 * SECOND


@dataclass(frozen=True, slots=True)
class Picture:
    """`came_ns`: when it was there, by this machine; `captured_ns`: what it was stamped with."""

    camera_id: str
    came_ns: int
    captured_ns: int


class Stamps(RecordingSink):
    """Notes beside each picture's stamp when it came."""

    def __init__(self, camera_id: str, clock: SystemClock) -> None:
        super().__init__()
        self.camera_id, self.clock = camera_id, clock
        self.pictures: list[Picture] = []

    def on_frame(self, camera_id: str, frame: DecodedFrame) -> None:
        self.pictures.append(Picture(self.camera_id, self.clock.now_ns(), frame.captured_ns))
        super().on_frame(camera_id, frame)


@pytest.fixture(scope="module")
def pictures(video: Path) -> Iterator[list[Picture]]:
    """As two cameras send them at once, of which the second's clock is ahead; in the order in which they came."""
    clock = SystemClock()
    with RtspServer({"yard": video}) as right, RtspServer({"yard": video}) as ahead:
        right.faults.clock_ahead_s, ahead.faults.clock_ahead_s = 0.0, SKEW_S
        sinks = [Stamps(name, clock) for name in TRUE]
        captures = [_capture(sink, server, clock) for sink, server in zip(sinks, (right, ahead), strict=True)]
        for capture in captures:
            capture.start()
        for sink in sinks:
            sink.wait_frames(PICTURES)
        skews = [capture.clock_ahead_ns for capture in captures]
        for capture in captures:
            capture.stop()
    assert [round((skew or 0) / SECOND / SKEW_S) for skew in skews] == [0, 1]
    yield sorted((each for sink in sinks for each in sink.pictures), key=lambda each: each.came_ns)


def _capture(sink: Stamps, server: RtspServer, clock: SystemClock) -> Capture:
    camera = CameraSettings(sink.camera_id, sink.camera_id, server.url("yard"))
    return Capture(camera, "main", lambda: open_source(camera, "main", None, clock), clock, sink)


class Site:
    """Anna walks where both cameras see her; her face is seen by the first."""

    def __init__(self, at_ns: int) -> None:
        self.pipeline, self.number = Pipeline(Tracker), 0
        self.began_ns: dict[str, int] = {}
        cameras = tuple(CameraSettings(name, name, f"rtsp://{name}/") for name in TRUE)
        settings = Settings(cameras=cameras, floor=Floor(camera_poses=tuple(TRUE.values())), recognition=ON)
        self.enter(EngineStarted(at_ns, "test"), at_ns)
        self.enter(SettingsChanged(at_ns, settings), at_ns)
        self.enter(RosterLoaded(at_ns, Roster((ANNA,), (sample(ANNA, 0),))), at_ns)

    def enter(self, observation: Observation, now_ns: int) -> FusedPicture | None:
        self.number += 1
        self.result = self.pipeline.step(Numbered(self.number, now_ns, observation))
        self.began_ns |= {event.camera_id: event.started_ns for event in self.result.events if event.kind is EventKind.PERSON}
        return self.result.fused

    def see(self, picture: Picture, stamped_ns: int) -> FusedPicture | None:
        """She is where she is when the picture is made, whatever it is stamped with."""
        seconds = picture.came_ns / SECOND
        xy = np.array([5.0 + 1.5 * np.sin(0.4 * seconds), 4.0 + np.cos(0.3 * seconds)])
        name, seen = picture.camera_id, Detections.people([box(TRUE[picture.camera_id], xy)], [0.8])
        self.enter(FrameSeen(name, stamped_ns, self.number, *SIZE, Motion.none()), picture.came_ns)
        self.enter(DetectionsMade(name, stamped_ns, self.number, *SIZE, seen, "test"), picture.came_ns)
        for track in dict(self.result.tracks).get(name, ()) if name == "c0" else ():
            self.enter(FacesSeen(name, stamped_ns, (track.id,), (track.id,), _face(), MODEL, THRESHOLD), picture.came_ns)
        return self.enter(Tick(picture.came_ns), picture.came_ns)


def _face() -> Faces:
    return Faces(
        np.array([[10, 10, 40, 50]], np.float32),
        np.zeros((1, 5, 2), np.float32),
        np.full(1, 0.9, np.float32),
        look(0)[None],
        np.full(1, 0.9, np.float32),
    )


def told(pictures: list[Picture], skew_s: float = 0.0) -> tuple[list[tuple[str, int]], float]:
    """Who is on the floor at the end, each by name and how many sensors see them; and how far apart the two cameras' events begin.

    `skew_s` is added to what the second camera's pictures are stamped with.
    """
    site, fused = Site(pictures[0].came_ns), None
    for picture in pictures:
        fused = site.see(picture, picture.captured_ns + round(skew_s * SECOND) * (picture.camera_id == "c1")) or fused
    tracks: tuple[FusedTrack, ...] = fused.tracks if fused is not None else ()
    names = [(track.identity.person_name if track.identity is not None else "", len(track.sources)) for track in tracks]
    return names, (site.began_ns.get("c1", 0) - site.began_ns["c0"]) / SECOND


def test_x5_one_person_before_a_camera_whose_clock_is_ahead_is_one_person(pictures: list[Picture]) -> None:
    assert max(abs(each.came_ns - each.captured_ns) for each in pictures) < 2 * SECOND
    names, apart_s = told(pictures)
    assert names == [("Anna", 2)] and abs(apart_s) < 2


def test_times_of_the_cameras_own_clock_would_have_misled() -> None:
    """That the test above can fail: with a clock ahead the same person comes a minute and a half later, with one behind it is nobody."""
    begin_ns = 1_700_000_000 * SECOND
    seen = [Picture(name, begin_ns + number * SECOND // 25, begin_ns + number * SECOND // 25) for number in range(75) for name in TRUE]
    assert told(seen)[0] == [("Anna", 2)]
    assert told(seen, SKEW_S)[1] > 80
    assert told(seen, -SKEW_S)[0] != [("Anna", 2)]
