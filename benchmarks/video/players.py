"""Three ways to play the same files: ours, decoding alone, and the usual cv2 → signal → QLabel."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from math import isqrt
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from benchmarks.video.files import FPS
from benchmarks.video.measure import Marks
from console.courier import Listener
from engine.model.cameras.detection import Category
from engine.model.cameras.frame import DecodedFrame, EncodedPacket, StreamInfo
from engine.model.cameras.track import Track, TrackStatus
from engine.model.health import CameraHealth, CameraState
from engine.model.port import PictureFeed, PictureWant
from engine.model.settings import CameraSettings
from engine.model.snapshot import CameraView
from engine.model.time import SECOND, Clock, SystemClock
from engine.runtime.cameras.pictures import PictureHub
from engine.sources.camera.capture import Capture
from engine.sources.camera.file import FileSource
from widgets.wall.arrangement.layouts import LAYOUTS
from widgets.wall.tile import Tile
from widgets.wall.tile_painter import TileLook, TilePainter
from widgets.wall.video_wall import VideoWall

_PEOPLE = 3
_OVERLAY_MS = 33
_DETECTOR_PERIOD_NS = SECOND // 10  # tracks are new ten times a second on every camera, which is more than two cores can detect
_LIVE = CameraHealth(CameraState.LIVE, since_ns=1, fps=FPS)
_PERIOD_S = 1 / FPS
_BEHIND = FPS  # pictures per camera that may wait for the labels
_Loop = Callable[[Path, int, int, threading.Event], None]
"""Plays a file as camera number `index` of `tiles` until told to stop, on its own thread."""


def stagger_s(index: int, tiles: int) -> float:
    """Cameras do not keep step: their pictures are due at evenly spread moments of a period."""
    return index * _PERIOD_S / tiles


class WallPlayer:
    """The product's way: capture thread → tile-size picture in a slot → one wake → one painted widget.

    `overlays`: three people walk on every camera, with boxes, labels and trails; without, tiles still have their plates.
    """

    def __init__(self, path: Path, tiles: int, size: QSize, marks: Marks, overlays: bool = True) -> None:
        self._people = _PEOPLE if overlays else 0
        self._clock = SystemClock()
        self._ids = tuple(f"camera-{i}" for i in range(tiles))
        self._hubs = {camera_id: PictureHub(camera_id, lambda main: None) for camera_id in self._ids}
        self._feeds: dict[str, PictureFeed] = {}
        self._shown: dict[str, int] = {}
        self._listener = Listener(self._take)
        self._wall = VideoWall(self._clock, painter=_NotingPainter(self._clock, marks))
        self._wall.resize(size)
        self._wall.set_layout(LAYOUTS[str(tiles)])
        self._overlays = QTimer(interval=_OVERLAY_MS)
        self._overlays.timeout.connect(self._show_tracks)
        self._captures = [self._capture(camera_id, path) for camera_id in self._ids]

    def __enter__(self) -> "WallPlayer":
        self._wall.show()
        self._show_tracks()
        for camera_id in self._ids:
            wanted = self._wall.tile_pixel_size(camera_id)
            self._feeds[camera_id] = self._hubs[camera_id].watch(
                PictureWant(wanted.width(), wanted.height(), enlarged=True), self._listener.bell.ring, lambda: False
            )
        self._overlays.start()
        for capture in self._captures:
            capture.start()
            time.sleep(stagger_s(1, len(self._ids)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._overlays.stop()
        for capture in self._captures:
            capture.ask_to_stop()
        for capture in self._captures:
            capture.stop()
        self._listener.close()
        self._wall.close()
        self._wall.deleteLater()

    def _capture(self, camera_id: str, path: Path) -> Capture:
        settings = CameraSettings(camera_id, camera_id, str(path))
        return Capture(settings, "main", lambda: FileSource(path, self._clock, True, True), self._clock, _ToHub(self._hubs[camera_id]))

    def _take(self) -> None:
        for camera_id, feed in self._feeds.items():
            picture = feed.latest()
            if picture is not None and self._shown.get(camera_id) != picture.index:
                self._shown[camera_id] = picture.index
                self._wall.set_picture(camera_id, picture)

    def _show_tracks(self) -> None:
        now_ns = self._clock.now_ns()
        detected_ns = now_ns // _DETECTOR_PERIOD_NS * _DETECTOR_PERIOD_NS
        self._wall.set_cameras(tuple(_view(camera_id, self._people, detected_ns) for camera_id in self._ids))


class _ToHub:
    """A `CaptureSink` that only shows. Runs on the capture thread."""

    def __init__(self, hub: PictureHub) -> None:
        self._hub = hub

    def on_frame(self, camera_id: str, frame: DecodedFrame) -> None:
        self._hub.show(frame, (frame.width, frame.height), "only")

    def on_stream(self, camera_id: str, info: StreamInfo) -> None:
        """Every stream is taken as it is."""

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None:
        """Nothing is recorded."""

    def on_state(self, camera_id: str, state: CameraState, reason: str, fault: str) -> None:
        """The wall is told that every camera is live."""


class _NotingPainter(TilePainter):
    """Notes when a picture has been painted for the first time."""

    def __init__(self, clock: Clock, marks: Marks) -> None:
        super().__init__()
        self._clock = clock
        self._marks = marks
        self._last: dict[str, int] = {}

    def paint(self, painter: QPainter, tile: Tile, area: QRect, look: TileLook) -> None:
        super().paint(painter, tile, area, look)
        picture = tile.picture
        if picture is not None and self._last.get(picture.camera_id) != picture.index:
            self._last[picture.camera_id] = picture.index
            self._marks.painted.append((picture.captured_ns, self._clock.now_ns()))


@lru_cache(maxsize=64)
def _view(camera_id: str, people: int, now_ns: int) -> CameraView:
    """A live camera with people walking."""
    tracks = tuple(_walker(camera_id, person, now_ns) for person in range(people))
    return CameraView(_settings(camera_id), _LIVE, tracks, now_ns)


@lru_cache(maxsize=64)
def _settings(camera_id: str) -> CameraSettings:
    """Made once, as an engine makes them: what they are checked for is no work of the wall."""
    return CameraSettings(camera_id, camera_id, "file:x")


def _walker(camera_id: str, person: int, now_ns: int) -> Track:
    x = 40 + person * 130 + now_ns / SECOND * 30 % 150
    y = 60 + person * 40
    box = (x, y, x + 50, y + 130)
    track_id = f"{camera_id}-{person}"
    return Track(track_id, person + 1, camera_id, Category.PERSON, TrackStatus.CONFIRMED, box, 0.8, 0.9, now_ns, now_ns, (30.0, 0.0))


@contextmanager
def bare_decode(path: Path, tiles: int) -> Iterator[None]:
    """Decode the same files at the same pace and throw the pictures away."""
    with _threads(_decode_loop, path, tiles):
        yield


def _decode_loop(path: Path, index: int, tiles: int, stop: threading.Event) -> None:
    due_s = time.perf_counter() + stagger_s(index, tiles)
    while not stop.is_set():
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_count = 1
            for packet in container.demux(stream):
                if stop.wait(max(0.0, due_s - time.perf_counter())):
                    return
                packet.decode()
                due_s += _PERIOD_S if packet.size else 0


class LabelPlayer(QObject):
    """The usual way: cv2 reads, a queued signal carries each picture, a QLabel shows a scaled QPixmap.

    Nothing bounds that queue: a window that is too slow takes gigabytes within a minute and its timers starve. So that the bench ends,
    cameras skip pictures once a second of them waits, until all have been shown.
    """

    came = Signal(int, object, float)

    def __init__(self, path: Path, tiles: int, size: QSize, marks: Marks) -> None:
        super().__init__()
        self._path, self._tiles, self._marks = path, tiles, marks
        self._queue = _Queue(_BEHIND * tiles)
        self._window = QWidget()
        self._window.resize(size)
        self._labels = [QLabel(textFormat=Qt.TextFormat.PlainText) for _ in range(tiles)]
        grid = QGridLayout(self._window)
        grid.setContentsMargins(0, 0, 0, 0)
        for i, label in enumerate(self._labels):
            label.setMinimumSize(1, 1)
            grid.addWidget(label, i // isqrt(tiles), i % isqrt(tiles))
        self.came.connect(self._show)

    @contextmanager
    def playing(self) -> Iterator[None]:
        self._window.show()
        with _threads(self._read_loop, self._path, self._tiles):
            yield
        self.came.disconnect(self._show)
        self._window.close()
        self._window.deleteLater()

    def _read_loop(self, path: Path, index: int, tiles: int, stop: threading.Event) -> None:
        capture = cv2.VideoCapture(str(path))
        due_s = time.perf_counter() + stagger_s(index, tiles)
        while not stop.wait(max(0.0, due_s - time.perf_counter())):
            good, frame = capture.read()
            if not good:
                capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
                continue
            if self._queue.put():
                self.came.emit(index, cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), due_s)
            due_s += _PERIOD_S
        capture.release()

    def _show(self, index: int, pixels: np.ndarray, due_s: float) -> None:
        self._queue.take()
        height, width, _ = pixels.shape
        image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB888)
        label = self._labels[index]
        label.setPixmap(QPixmap.fromImage(image).scaled(label.size()))
        label.repaint()
        self._marks.painted.append((round(due_s * 1e9), round(time.perf_counter() * 1e9)))


class _Queue:
    """How many pictures are under way in Qt's queue; full until it is empty again. `put` on any thread, `take` on the UI thread."""

    def __init__(self, limit: int) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._waiting = 0
        self._full = False

    def put(self) -> bool:
        with self._lock:
            self._full = self._waiting >= self._limit or (self._full and self._waiting > 0)
            self._waiting += not self._full
            return not self._full

    def take(self) -> None:
        with self._lock:
            self._waiting -= 1


@contextmanager
def _threads(loop: _Loop, path: Path, tiles: int) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=loop, args=(path, i, tiles, stop), name=f"bench-{i}") for i in range(tiles)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
