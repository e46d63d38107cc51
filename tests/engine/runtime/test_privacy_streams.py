"""A real engine on a camera with two streams of different shapes: the colour under the area is in neither, nor in what is recorded."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.segment import ListSegments
from engine.model.errors import EnvironmentFault
from engine.model.geometry import Polygon
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings, DetectionSettings, RecordingSettings
from engine.model.time import SystemClock
from engine.recording.footage.playback import ClipReader
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.vision.models import ModelStore
from tests.fakes.waiting import until

AREA: Polygon = ((0.6, 0.3), (0.8, 0.3), (0.8, 0.7), (0.6, 0.7))  # drawn on the main stream
MAIN = 384, 216
MAGENTA = (255, 0, 255)


def magenta(picture: Bytes2D) -> bool:
    wide = picture[..., :3].astype(np.int32)
    return bool((np.minimum(wide[..., 0], wide[..., 2]) - wide[..., 1] > 100).sum() > 1)


def scene() -> Bytes2D:
    picture = np.full((MAIN[1], MAIN[0], 3), 90, np.uint8)
    picture[round(0.32 * MAIN[1]) : round(0.68 * MAIN[1]), round(0.62 * MAIN[0]) : round(0.78 * MAIN[0])] = MAGENTA
    return picture


def write(path: Path, picture: Bytes2D) -> str:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"g": "5", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = picture.shape[1], picture.shape[0], "yuv420p"
        for number in range(20):
            frame = picture.copy()
            frame[5:20, 3 * number : 3 * number + 15] = 230
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode(None))
    return str(path)


def sub_streams() -> dict[str, Bytes2D]:
    squeezed = np.asarray(cv2.resize(scene(), (192, 144), interpolation=cv2.INTER_AREA), np.uint8)
    cut = round((MAIN[0] - MAIN[1] * 4 / 3) / 2)
    part = np.ascontiguousarray(scene()[:, cut : MAIN[0] - cut])
    return {"squeezed": squeezed, "cut off": np.asarray(cv2.resize(part, (192, 144), interpolation=cv2.INTER_AREA), np.uint8)}


@pytest.fixture(params=["squeezed", "cut off"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    main, sub = write(tmp_path / "main.mp4", scene()), write(tmp_path / "sub.mp4", sub_streams()[request.param])
    camera = CameraSettings("yard", "Yard", main, sub_url=sub, privacy=(AREA,), privacy_size=MAIN)
    data = DataFolder(tmp_path / "site")
    with data.lock():
        recording = RecordingSettings(continuous=True, segment_s=5.0, keep_free_gib=0.1)
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"), CommandLineSettings((camera,), recording=recording))
        engine.update_settings(lambda now: replace(now, detection=DetectionSettings(rate_hz=0.5)), "test")
        engine.start()
        try:
            until(lambda: live(engine), "the camera is live")
            yield engine
        finally:
            engine.stop()


def live(engine: Engine) -> bool:
    view = engine.snapshot(with_users=False).camera("yard")
    return view is not None and view.health.state is CameraState.LIVE


def test_neither_stream_shows_it_from_the_first_picture_on_nor_does_what_is_recorded(engine: Engine) -> None:
    shown: list[tuple[int, int]] = []
    coloured: list[tuple[int, int]] = []

    def look() -> None:
        for feed in feeds:
            picture = feed.latest()
            if picture is not None:
                size = picture.pixels.shape[1], picture.pixels.shape[0]
                shown.append(size)
                coloured.extend([size] if magenta(picture.pixels) else [])

    unit = engine.sight.cameras.unit("yard")
    feeds = [unit.watch(PictureWant(4000, 4000, main=main), look, lambda: False) for main in (False, True)]
    until(lambda: {(192, 144), MAIN} <= set(shown), "pictures of both streams are shown")
    parts = lambda: list((engine.data.path / "segments").rglob("*.part"))  # noqa: E731
    until(lambda: any(plays(part) > 10 for part in parts()), "the main stream is recorded")
    for feed in feeds:
        feed.close()
    assert not coloured
    engine.update_settings(lambda now: replace(now, recording=replace(now.recording, continuous=False)), "test")
    until(lambda: bool(engine.record.writer.flush(10) and segments(engine)), "what was recorded is whole")
    for segment in segments(engine):
        assert (segment.codec, segment.width, segment.height) == ("vp9", *MAIN)
        with ClipReader(engine.data.path / segment.file) as reader:
            assert not any(magenta(picture.bgr()) for picture in reader.pictures())


def segments(engine: Engine):
    return engine.record.store.answer(ListSegments(0, 1 << 62))


def plays(part: Path) -> int:
    try:
        with ClipReader(part) as reader:
            return sum(1 for _ in reader.pictures())
    except EnvironmentFault:
        return 0
