"""One camera at work: its captures, pictures, motion and figures, tied to the rest of the engine."""

from collections.abc import Callable, Container
from dataclasses import replace
from typing import Protocol

import numpy as np

from engine.model.cameras.frame import CaptureSink, DecodedFrame, DecoderInfo, EncodedPacket, StreamInfo
from engine.model.cameras.privacy import USUAL, Size, areas_on, same_way
from engine.model.cameras.track import Track
from engine.model.command import Credentials
from engine.model.geometry import Floats, Polygon
from engine.model.health import CameraHealth, CameraState
from engine.model.observation import CameraStateChanged, FrameSeen, Motion
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings
from engine.model.time import MILLISECOND, SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.cameras.packets import MAIN, ONLY, SUB, PacketHub
from engine.runtime.cameras.pictures import Feed, PictureHub
from engine.runtime.closer.rates import Rate, Smoothed
from engine.runtime.ports import Inbox
from engine.sources.camera.protocol import Place

ACTIVE_NS = SECOND  # after the last motion, the detector goes on this long
PAUSED = "Paused by a person."
WHOLE: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


class Capture(Protocol):
    """One capture thread (engine.sources.camera.Capture)."""

    privacy: Callable[[int, int], tuple[Polygon, ...]]

    def settle(self) -> None: ...

    def start(self) -> None: ...

    def ask_to_stop(self) -> None: ...

    def stop(self) -> None: ...

    @property
    def decode(self) -> bool: ...

    @decode.setter
    def decode(self, wanted: bool) -> None: ...

    @property
    def reconnects(self) -> int: ...

    @property
    def clock_ahead_ns(self) -> int | None: ...

    @property
    def place(self) -> Place | None: ...

    @property
    def decoder(self) -> DecoderInfo: ...


class Recorder(Protocol):
    """What a camera gives the recording room."""

    def on_stream(self, camera_id: str, info: StreamInfo) -> None: ...

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None: ...

    def on_raw_frame(self, camera_id: str, frame: DecodedFrame) -> None: ...

    def begin_anew(self, camera_id: str, info: StreamInfo | None) -> None: ...

    def forget_camera(self, camera_id: str) -> None: ...


class MotionLooker(Protocol):
    def look(self, frame: DecodedFrame) -> Motion: ...


@dataclass(frozen=True, slots=True)
class CameraParts:
    """What a camera unit is wired to. `offer`: see `InferencePool.offer`. away: PTZ cameras that are not at home."""

    clock: Clock
    make_capture: Callable[[CameraSettings, str, Credentials | None, CaptureSink], Capture]
    make_motion: Callable[[CameraSettings], MotionLooker]
    recorder: Recorder
    inbox: Inbox
    offer: Callable[[str, DecodedFrame, bool, Floats], None]
    detector_hz: Callable[[str], float]
    away: Container[str] = ()


class CameraUnit:
    """Runs a camera's capture threads. `start`, `stop`, `watch` and `health` may be called from any thread.

    `hub`, `packets`: the camera's viewers, who outlive this unit when the camera is edited. The hub tells `main_wanted` whenever that
    changes.

    With a sub-stream the wall and the detector live on that, while the main stream is only demuxed, for clips, and decoded
    when somebody wants to see it large.

    With privacy areas there are no packets: what is recorded is made of the burned pictures, those of the main stream where there is one,
    which then is always decoded.
    """

    def __init__(
        self, settings: CameraSettings, credentials: Credentials | None, parts: CameraParts, hub: PictureHub, packets: PacketHub
    ) -> None:
        self.settings = settings
        self._credentials = credentials
        self._parts = parts
        self._motion = parts.make_motion(settings)
        self._hub = hub
        self._packets = packets
        self._state = CameraState.CONNECTING
        self._reason = self._fault = ""
        self._since_ns = parts.clock.now_ns()
        self._info = StreamInfo("", 0, 0, 0.0)
        self._recorded: StreamInfo | None = None  # the stream that clips are made of
        self._first: Size = (0, 0)  # of the live stream's pictures, since the areas are what they are
        self._size = (0, 0)
        self._raw = False
        self._pictures = 0
        self._last_ns: int | None = None
        self._moved_ns = 0
        self._rate = Rate()
        self._latency_ms = Smoothed(0.0)
        self.tracks: tuple[Track, ...] = ()
        self._live = parts.make_capture(settings, "sub" if settings.sub_url else "main", credentials, _LiveSink(self))
        self._main = parts.make_capture(settings, "main", credentials, _MainSink(self)) if settings.sub_url else None
        for capture in self._captures:
            capture.privacy = self.areas

    def start(self) -> None:
        self._packets.begin_anew(bool(self.settings.privacy), {})
        if not self.settings.enabled:
            self.state(CameraState.PAUSED, PAUSED)
            return
        self._live.start()
        if self._main is not None:
            self._main.decode = bool(self.settings.privacy)
            self._hub.wants_changed()
            self._main.start()

    def configure(self, settings: CameraSettings) -> None:
        """Take over settings under which the pictures come in as before (`reads_like`)."""
        before, self.settings = self.settings, settings
        covered_otherwise = (settings.privacy, settings.privacy_size) != (before.privacy, before.privacy_size)
        if settings.masks != before.masks or covered_otherwise:
            self._motion = self._parts.make_motion(settings)
        if covered_otherwise:
            self._cover_otherwise()

    def areas(self, width: int, height: int) -> tuple[Polygon, ...]:
        """What is burned into pictures of this size now, in shares. Any thread."""
        settings = self.settings
        if settings.privacy and settings.ptz.cover_away and settings.id in self._parts.away:
            return (WHOLE,)
        return areas_on(settings.privacy, (width, height), self._drawn_on((width, height))) if settings.privacy else ()

    @property
    def size(self) -> Size:
        """Of the live stream's pictures; (0, 0) while they are not known."""
        return self._info.width, self._info.height

    @property
    def shapes(self) -> tuple[Size, ...]:
        """Of pictures that its privacy areas may have been drawn on."""
        return tuple(size for size in dict.fromkeys((self.settings.privacy_size, self.size, self._recorded_size)) if all(size))

    def ask_to_stop(self) -> None:
        """Returns at once; lets many cameras stop together."""
        for capture in self._captures:
            capture.ask_to_stop()

    def stop(self) -> None:
        """Waits until the capture threads have ended."""
        if self.settings.enabled:
            for capture in self._captures:
                capture.stop()
        self._packets.begin_anew(bool(self.settings.privacy), {})
        self._parts.recorder.forget_camera(self.settings.id)

    def watch(self, want: PictureWant, on_picture: Callable[[], None], masked: Callable[[], bool]) -> Feed:
        """`masked`: whether faces are hidden from the viewer, asked for every picture."""
        return self._hub.watch(want, on_picture, masked)

    def health(self) -> CameraHealth:
        live = self._state is CameraState.LIVE
        return CameraHealth(
            state=self._state,
            reason=self._reason,
            since_ns=self._since_ns,
            last_picture_ns=self._last_ns,
            fps=self._rate.per_second() if live else 0.0,
            detector_hz=self._parts.detector_hz(self.settings.id) if live else 0.0,
            latency_ms=self._latency_ms.value,
            pictures=self._pictures,
            dropped=self._hub.dropped,
            reconnects=self._live.reconnects,
            width=self._size[0],
            height=self._size[1],
            codec=self._info.codec or "raw",
            clock_ahead_s=self._clock_ahead_s(),
            fault=self._fault,
            decoder=self._live.decoder.name if self._info.codec else "",
            decoder_reason=self._live.decoder.reason,
        )

    def _clock_ahead_s(self) -> float | None:
        ahead_ns = self._live.clock_ahead_ns
        return None if ahead_ns is None else round(ahead_ns / SECOND, 1)

    def stream(self, info: StreamInfo) -> None:
        self._info = info
        self._packets.on_stream(self._live_name, info)
        self._raw = not info.codec
        if not all(self._first):
            self._first = (info.width, info.height)

    def state(self, state: CameraState, reason: str, fault: str = "") -> None:
        now_ns = self._parts.clock.now_ns()
        if state is not self._state:
            self._since_ns = now_ns
        self._state, self._reason, self._fault = state, reason, fault
        self._parts.inbox.post(CameraStateChanged(self.settings.id, now_ns, state, reason))

    def frame(self, frame: DecodedFrame) -> None:
        """On the live stream's capture thread, for every decoded frame."""
        camera_id = self.settings.id
        self._size = self._packets.track_size = (frame.width, frame.height)
        motion = self._motion.look(frame)
        if len(motion.regions_xyxy):
            self._moved_ns = frame.captured_ns
        self._parts.inbox.post(FrameSeen(camera_id, frame.captured_ns, frame.index, frame.width, frame.height, motion))
        active = bool(self.tracks) or frame.captured_ns - self._moved_ns < ACTIVE_NS
        self._parts.offer(camera_id, frame, active, self._regions(motion))
        self._hub.show(frame, self._size, "only" if self._main is None else "sub")
        if self._main is None if self.settings.privacy else self._raw:
            self._parts.recorder.on_raw_frame(camera_id, frame)
        self._count(frame)

    def main_frame(self, frame: DecodedFrame) -> None:
        """On the main stream's capture thread, while a viewer wants it or parts of it are private."""
        self._hub.show(frame, self._size if self._size[0] else (frame.width, frame.height), "main")
        if self.settings.privacy:
            self._parts.recorder.on_raw_frame(self.settings.id, frame)

    def live_packet(self, packet: EncodedPacket) -> None:
        self._packets.append(self._live_name, packet)
        if self._main is None:
            self._parts.recorder.on_packet(self.settings.id, packet)

    def main_packet(self, packet: EncodedPacket) -> None:
        self._packets.append(MAIN, packet)
        self._parts.recorder.on_packet(self.settings.id, packet)

    def main_stream(self, info: StreamInfo) -> None:
        self._packets.on_stream(MAIN, info)
        self.recorded_stream(info)

    def recorded_stream(self, info: StreamInfo) -> None:
        self._recorded = info
        self._parts.recorder.on_stream(self.settings.id, self._as_recorded(info))

    def place(self) -> Place | None:
        """Where in its file the main stream's picture is; None for what is no file. Any thread."""
        return (self._main or self._live).place

    @property
    def has_main(self) -> bool:
        return self._main is not None

    def main_wanted(self, wanted: bool) -> None:
        if self._main is not None:
            self._main.decode = wanted or bool(self.settings.privacy)

    @property
    def _captures(self) -> tuple[Capture, ...]:
        return (self._live,) if self._main is None else (self._live, self._main)

    @property
    def _live_name(self) -> str:
        return SUB if self.settings.sub_url else ONLY

    @property
    def _connected(self) -> dict[str, StreamInfo]:
        found = {self._live_name: self._info} if self._info.width else {}
        return found if self._main is None or self._recorded is None else {**found, MAIN: self._recorded}

    def _as_recorded(self, info: StreamInfo) -> StreamInfo:
        return replace(info, codec="", extradata=b"") if self.settings.privacy else info

    def _drawn_on(self, size: Size) -> tuple[Size, ...]:
        """Shapes of the pictures that the areas may have been drawn on."""
        drawn = self.settings.privacy_size if all(self.settings.privacy_size) else self._first
        if self._main is None:
            return (drawn,)
        live, main = self.size, self._recorded_size
        return (drawn, live, main, *(() if all(live) and all(main) else same_way(USUAL, size)))

    @property
    def _recorded_size(self) -> Size:
        return (self._recorded.width, self._recorded.height) if self._recorded is not None else (0, 0)

    def _cover_otherwise(self) -> None:
        """Other areas hold from the next picture on; what is kept in memory of before goes."""
        for capture in self._captures:
            capture.settle()
        self._packets.begin_anew(bool(self.settings.privacy), self._connected)
        self._first = self.size
        self._hub.wants_changed()
        self._hub.forget()
        self._parts.recorder.begin_anew(self.settings.id, self._as_recorded(self._recorded) if self._recorded else None)

    def _regions(self, motion: Motion) -> Floats:
        boxes = np.array([track.box_xyxy for track in self.tracks], np.float32).reshape(-1, 4)
        return np.concatenate([motion.regions_xyxy, boxes])

    def _count(self, frame: DecodedFrame) -> None:
        self._pictures += 1
        self._rate.count()
        self._last_ns = frame.captured_ns
        self._latency_ms.add((self._parts.clock.now_ns() - frame.captured_ns) / MILLISECOND)


class _LiveSink:
    """The stream that is watched: the only one, or the sub-stream."""

    def __init__(self, unit: CameraUnit) -> None:
        self._unit = unit

    def on_stream(self, camera_id: str, info: StreamInfo) -> None:
        self._unit.stream(info)
        if not self._unit.has_main:
            self._unit.recorded_stream(info)

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None:
        self._unit.live_packet(packet)

    def on_frame(self, camera_id: str, frame: DecodedFrame) -> None:
        self._unit.frame(frame)

    def on_state(self, camera_id: str, state: CameraState, reason: str, fault: str) -> None:
        self._unit.state(state, reason, fault)


class _MainSink:
    """The main stream beside a sub-stream: recorded, and shown on demand. Its troubles show as missing clips, not as a lost camera."""

    def __init__(self, unit: CameraUnit) -> None:
        self._unit = unit

    def on_stream(self, camera_id: str, info: StreamInfo) -> None:
        self._unit.main_stream(info)

    def on_packet(self, camera_id: str, packet: EncodedPacket) -> None:
        self._unit.main_packet(packet)

    def on_frame(self, camera_id: str, frame: DecodedFrame) -> None:
        self._unit.main_frame(frame)

    def on_state(self, camera_id: str, state: CameraState, reason: str, fault: str) -> None:
        """The sub-stream speaks for the camera."""
