"""Event clips: rings of what every camera sends, and one thread that cuts files out of them."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from engine.model.cameras.clip import Clip
from engine.model.cameras.frame import DecodedFrame, EncodedPacket, StreamInfo
from engine.model.errors import EnvironmentFault
from engine.model.settings import RecordingSettings
from engine.model.time import Clock, seconds_to_ns
from engine.model.value_class import dataclass
from engine.recording.clips.clip_store import ClipStore
from engine.recording.clips.cut import Cut, Order
from engine.recording.raw import raw_packet, raw_stream, recorded_size
from engine.recording.raw_video import RawVideo
from engine.recording.ring import PacketRing

log = logging.getLogger(__name__)

_PERIOD_S = 0.2
_NOTICED_S = 10.0  # how long after its start an event may be noticed and still get its clip from the beginning
_MOST_ENCODED = 45  # pictures of one camera in one round: catching up with a new event must not hold up the other cameras
_BETWEEN = 10  # pictures encoded before those that came meanwhile are kept: on a busy machine a round can outlast what may wait
_MOST_RAW_WAITING = 32  # pictures of one camera, when the disk or the processor is slow


@dataclass(slots=True)
class _Camera:
    """One camera's ring, and its raw pictures that wait to be made into packets."""

    ring: PacketRing
    raw: deque[DecodedFrame] = field(default_factory=lambda: deque[DecodedFrame](maxlen=_MOST_RAW_WAITING))
    is_raw: bool = False
    reconnected: bool = False
    size: tuple[int, int] = (0, 0)
    video: RawVideo | None = None  # while clips of raw pictures are open


@dataclass(slots=True)
class _Open:
    """A clip being cut, and what makes its video where the camera sends raw pictures."""

    cut: Cut
    video: RawVideo | None = None


class ClipRecorder:
    """Keeps the last seconds of every camera and, for each event, the video around it. Any thread may call any method.

    `on_packet` and `on_raw_frame` only put things aside; files are written, hashed and named on the thread `recording`. A clip is
    announced when its file is whole. Cameras never meet: each has its ring, and each file follows one ring.

    Attributes:
        removed_parts: files that a crash had left half written, removed by `start`.
        raw_dropped: raw pictures that were overtaken before they could be kept.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        on_clip: Callable[[Clip], None],
        on_trouble: Callable[[str | None], None],
        settings: RecordingSettings,
    ) -> None:
        """`folder`: the data folder. Both callbacks run on the recording thread; `on_trouble` gets a sentence when a clip cannot be
        written, None when one could be again. Raises EnvironmentFault.
        """
        self._store = ClipStore(folder)
        self._clock = clock
        self._on_clip = on_clip
        self._on_trouble = on_trouble
        self._settings = settings
        self._lock = threading.Lock()  # guards _cameras, _cuts, _ending, _settled
        self._cameras: dict[str, _Camera] = {}
        self._cuts: dict[str, _Open] = {}
        self._ending: list[_Open] = []  # clips whose camera began anew: they get what came before
        self._settled: set[str] = set()  # events still open whose clip has got all it may have
        self._in_trouble = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._record_clips, name="recording", daemon=True)
        self.removed_parts = 0
        self.raw_dropped = 0

    def start(self) -> None:
        self.removed_parts = self._store.clear_parts()
        if self.removed_parts:
            log.warning("removed %d clips that a crash had left half written", self.removed_parts)
        self._thread.start()

    def stop(self) -> None:
        """End every clip where it is and keep it; returns when that is done."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def settings(self) -> RecordingSettings:
        return self._settings

    @settings.setter
    def settings(self, settings: RecordingSettings) -> None:
        """Rings change at once; clips being cut keep the lengths they began with."""
        with self._lock:
            self._settings = settings
            for camera in self._cameras.values():
                camera.ring.resize(*self._ring_size())
                if not settings.enabled:
                    camera.ring.clear()
                if not self._encodes_always:
                    self._stop_encoding(camera)

    def on_stream(self, camera_id: str, info: StreamInfo) -> None:
        """A camera's stream, also after each reconnection. Without a codec its pictures come by `on_raw_frame`.

        A camera that sends packets now and pictures before, or the other way round, is another one: its open clips end.
        """
        with self._lock:
            camera = self._cameras.get(camera_id)
            if camera is not None and camera.is_raw == bool(info.codec):
                self._forget_camera(camera_id)
                camera = None
            self._connect(camera or _Camera(PacketRing(0, 0)), camera_id, info)

    def begin_anew(self, camera_id: str, info: StreamInfo | None) -> None:
        """Nothing that came before goes into the same file as what comes from now on, or before an event that begins from now on. Clips of
        events that go on get what came before, and go on in a further file.

        `info`: as for `on_stream`; None where the camera is not connected yet.
        """
        with self._lock:
            going_on = [opened for opened in self._cuts.values() if opened.cut.order.camera_id == camera_id and not opened.cut.no_more]
            self._forget_camera(camera_id)
            if info is None:
                return
            camera = self._connect(_Camera(PacketRing(0, 0)), camera_id, info)
            for opened in going_on:
                self._ending.append(opened)
                self._cuts[opened.cut.order.event_id] = self._going_on(opened.cut, camera)

    def _connect(self, camera: _Camera, camera_id: str, info: StreamInfo) -> _Camera:
        self._cameras[camera_id] = camera
        camera.is_raw = not info.codec
        camera.ring.resize(*self._ring_size())
        camera.reconnected = True
        if info.codec:
            camera.ring.on_stream(info)
        return camera

    def _going_on(self, cut: Cut, camera: _Camera) -> _Open:
        if camera.is_raw and camera.video is None:
            camera.video = self._raw_video(camera, self._clock.now_ns())
        ring = camera.ring if camera.video is None else camera.video.ring
        return _Open(cut.going_on(ring, camera.is_raw), camera.video)

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None:
        camera = self._cameras.get(camera_id)
        if camera is not None and not camera.is_raw and self._settings.enabled:
            camera.ring.append(packet)

    def on_raw_frame(self, camera_id: str, frame: DecodedFrame) -> None:
        camera = self._cameras.get(camera_id)
        if camera is None or not camera.is_raw or not self._settings.enabled:
            return
        if len(camera.raw) == _MOST_RAW_WAITING:
            self.raw_dropped += 1
        camera.raw.append(frame)

    def open_clip(self, event_id: str, camera_id: str, event_started_ns: int) -> None:
        """An event began: keep the video from `before_s` earlier. Does nothing for an event that has its clip already."""
        with self._lock:
            camera = self._cameras.get(camera_id)
            if camera is None or not self._settings.enabled or event_id in self._cuts or event_id in self._settled:
                return
            if camera.is_raw and camera.video is None:
                camera.video = self._raw_video(camera, event_started_ns)
            ring = camera.ring if camera.video is None else camera.video.ring
            order = Order(event_id, camera_id, event_started_ns, camera.is_raw)
            self._cuts[event_id] = _Open(Cut(order, ring, self._settings, self._store.begin), camera.video)

    def close_clip(self, event_id: str, event_ended_ns: int) -> None:
        """The event is over: its clip ends `after_s` later."""
        with self._lock:
            self._settled.discard(event_id)
            opened = self._cuts.get(event_id)
            if opened is not None:
                opened.cut.end_event(event_ended_ns)

    def forget_camera(self, camera_id: str) -> None:
        """The camera is gone: its clips end here, its ring is emptied."""
        with self._lock:
            self._forget_camera(camera_id)

    def rings(self) -> dict[str, PacketRing]:
        """By camera, what its continuous video is made of. What a camera sends as pictures is encoded from the first call on, until
        `settings` say that it is not recorded all the time."""
        with self._lock:
            for camera in self._cameras.values():
                if camera.is_raw and camera.video is None:
                    camera.video = self._raw_video(camera, self._clock.now_ns())
            return {camera_id: camera.ring if camera.video is None else camera.video.ring for camera_id, camera in self._cameras.items()}

    def ring(self, camera_id: str) -> tuple[PacketRing, bool] | None:
        """What a camera sent last, and whether that came as pictures; None for a camera that is not there, or where nothing is kept."""
        with self._lock:
            camera = self._cameras.get(camera_id)
            return (camera.ring, camera.is_raw) if camera is not None and self._settings.enabled else None

    def byte_rates(self) -> dict[str, float]:
        """By camera, how many bytes a second of its video takes; those of whom that is not known are left out. What a camera sends as
        pictures is not known before it is encoded."""
        with self._lock:
            rings = {camera_id: camera.video.ring if camera.video else camera.ring for camera_id, camera in self._cameras.items()}
            unknown = {camera_id for camera_id, camera in self._cameras.items() if camera.is_raw and camera.video is None}
        rates = {camera_id: ring.bytes_per_s() for camera_id, ring in rings.items() if camera_id not in unknown}
        return {camera_id: rate for camera_id, rate in rates.items() if rate}

    def ring_bytes(self) -> dict[str, int]:
        """Memory that each camera's ring holds."""
        with self._lock:
            return {camera_id: camera.ring.size_bytes for camera_id, camera in self._cameras.items()}

    def _forget_camera(self, camera_id: str) -> None:
        self._cameras.pop(camera_id, None)
        for opened in self._cuts.values():
            if opened.cut.order.camera_id == camera_id:
                opened.cut.no_more = True

    def _raw_video(self, camera: _Camera, event_started_ns: int) -> RawVideo:
        from_ns = event_started_ns - seconds_to_ns(self._settings.before_s)
        return RawVideo(camera.ring, from_ns, *self._ring_size())

    def _ring_size(self) -> tuple[int, int]:
        """Bytes and ns: what instant replay is to reach back, and the time before an event until it is noticed."""
        settings = self._settings
        return settings.ring_mib << 20, seconds_to_ns(max(settings.ring_s, settings.before_s + _NOTICED_S))

    def _record_clips(self) -> None:
        while not self._stopping.wait(_PERIOD_S):
            self._round(last=False)
        self._round(last=True)

    def _round(self, last: bool) -> None:
        self._guarded(self._encode_raw, lambda: None)
        with self._lock:
            opened = [*self._ending, *self._cuts.values()]
        for clip in opened:
            clip.cut.no_more |= last
        behind = self._encode_videos(opened)
        for clip in opened:
            until_ns = 0 if clip.video in behind else self._clock.now_ns()
            self._guarded(lambda cut=clip.cut, until_ns=until_ns: self._advance(cut, until_ns), clip.cut.abandon)
            if clip.cut.done:
                self._settle(clip.cut)

    def _encode_videos(self, opened: list[_Open]) -> set[RawVideo]:
        """Each raw camera's pictures, once for all its clips; those that have more to do. What gets no more is taken to its end."""
        at_once = {clip.video for clip in opened if clip.cut.no_more}
        behind: set[RawVideo] = set()
        with self._lock:
            videos = [camera.video for camera in self._cameras.values()] + [clip.video for clip in opened]
        for video in {video for video in videos if video is not None}:
            self._guarded(lambda video=video: self._encode_video(video, video in at_once, behind), lambda: None)
        return behind

    def _encode_video(self, video: RawVideo, to_end: bool, behind: set[RawVideo]) -> None:
        for _ in range(0, _MOST_ENCODED, _BETWEEN):
            if video.advance(_BETWEEN):
                return
            self._guarded(self._encode_raw, lambda: None)
        if not to_end:
            behind.add(video)
        while to_end and not video.advance(_MOST_ENCODED):
            pass

    def _guarded(self, action: Callable[[], None], give_up: Callable[[], None]) -> None:
        """The thread's top: whatever goes wrong with one clip must not cost another."""
        try:
            action()
        except EnvironmentFault as error:
            give_up()
            self._trouble(str(error))
        except Exception as error:
            log.exception("the recorder met a bug")
            give_up()
            self._trouble(f"Recording met an error it did not expect ({error}). A clip is missing.")

    def _encode_raw(self) -> None:
        with self._lock:
            cameras = list(self._cameras.values())
        for camera in cameras:
            while camera.raw:
                self._keep_raw(camera, camera.raw.popleft())

    def _keep_raw(self, camera: _Camera, frame: DecodedFrame) -> None:
        if frame.width <= 0 or frame.height <= 0:
            return
        if camera.reconnected or recorded_size(frame) != camera.size:
            camera.reconnected, camera.size = False, recorded_size(frame)
            camera.ring.on_stream(raw_stream(frame))
        camera.ring.append(raw_packet(frame))

    def _advance(self, cut: Cut, now_ns: int) -> None:
        for file in cut.advance(now_ns):
            self._on_clip(self._store.keep(file, cut.order))
            self._trouble(None)

    def _settle(self, cut: Cut) -> None:
        with self._lock:
            opened = self._cuts.get(cut.order.event_id)
            if opened is None or opened.cut is not cut:
                self._ending = [each for each in self._ending if each.cut is not cut]
                return
            del self._cuts[cut.order.event_id]
            if not cut.event_ended:
                self._settled.add(cut.order.event_id)
            camera = self._cameras.get(cut.order.camera_id)
            if camera is not None and not self._encodes_always:
                self._stop_encoding(camera)

    @property
    def _encodes_always(self) -> bool:
        return self._settings.enabled and self._settings.continuous

    def _stop_encoding(self, camera: _Camera) -> None:
        """Unless a clip needs it."""
        if all(opened.video is not camera.video for opened in self._cuts.values()):
            camera.video = None

    def _trouble(self, sentence: str | None) -> None:
        if sentence is None and not self._in_trouble:
            return
        self._in_trouble = sentence is not None
        if sentence is not None:
            log.warning("%s", sentence)
        self._on_trouble(sentence)
