"""The thread that reads one camera for as long as it is wanted: connect, read, notice silence, connect again."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from engine._burning import AreasOf, Burner
from engine.model.cameras.frame import SOFTWARE, CaptureSink, DecodedFrame, DecoderInfo, StreamInfo
from engine.model.errors import EnvironmentFault, InputError, fault_word
from engine.model.geometry import Polygon
from engine.model.health import CameraState
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, Clock
from engine.sources.camera.backoff import Backoff
from engine.sources.camera.picture import burned
from engine.sources.camera.protocol import STALL_S, DecodesOnRequest, EndOfStream, FrameSource, Place, Reading
from engine.sources.camera.sequence import Sequence
from engine.sources.reading_thread import ReadingThread

_GIVE_UP_S = 10.0  # packets come but no picture: keyframes may be far apart, so wait this long before connecting anew
_STEADY_NS = 5 * SECOND  # live for this long: the next failure is a new one
_LONGEST_PATIENCE_S = 120.0
_DAMAGED = "damaged"
_log = logging.getLogger(__name__)

SourceMaker = Callable[[], FrameSource]


def nothing_private(_width: int, _height: int) -> tuple[Polygon, ...]:
    return ()


class Capture:
    """Reads one stream of one camera on a thread of its own and hands everything to the sink on that thread.

    States: CONNECTING until the first picture; LIVE; LOST with a reason after two seconds without a picture or a failed attempt, until
    the next picture; ENDED for a file that plays once. Nothing that a camera does ends the thread or reaches another camera.

    Where there are privacy areas, pictures are burned before the sink gets them, and packets, which hold what lies under the areas, are
    read and thrown away.

    Attributes:
        privacy: gives the areas for a size of picture; asked for every picture and packet, on the capture thread.
    """

    def __init__(
        self,
        settings: CameraSettings,
        stream: str,
        make_source: SourceMaker,
        clock: Clock,
        sink: CaptureSink,
        *,
        backoff: Backoff | None = None,
    ) -> None:
        """`make_source` is called on the thread, once per attempt; it may raise InputError."""
        self._camera_id = settings.id
        self._name = settings.id if stream == "main" else f"{settings.id}-{stream}"
        self._make_source = make_source
        self._voice = _Voice(self._camera_id, self._name, sink)
        self._sink = sink
        self._clock = clock
        self._backoff = backoff if backoff is not None else Backoff()
        self._sequence = Sequence()
        self.privacy: AreasOf = nothing_private
        self._burner = Burner(lambda width, height: self.privacy(width, height))
        self._passing = threading.RLock()  # held while something is passed on
        self._decode = True
        self._thread = ReadingThread(f"capture-{self._name}", self._capture, f"Camera {self._name}")
        self._info: StreamInfo | None = None
        self._progress_ns = 0
        self._live_since_ns: int | None = None
        self._bug_logged = False
        self._clock_ahead_ns: int | None = None
        self._place: Place | None = None
        self._decoder = SOFTWARE

    @property
    def decoder(self) -> DecoderInfo:
        """What decodes its pictures."""
        return self._decoder

    @property
    def place(self) -> Place | None:
        """Of a file: where its picture is. None for everything else, and while it is lost."""
        return self._place

    @property
    def clock_ahead_ns(self) -> int | None:
        """How far the camera's own clock is ahead of ours; None where it does not say, and while it is lost."""
        return self._clock_ahead_ns

    @property
    def decode(self) -> bool:
        """True: every picture is decoded. False: only packets are passed on; the camera is live as long as they come."""
        return self._decode

    @decode.setter
    def decode(self, wanted: bool) -> None:
        self._decode = wanted

    @property
    def reconnects(self) -> int:
        """How often the picture came back after it was lost."""
        return self._voice.recoveries

    @property
    def running(self) -> bool:
        return self._thread.running

    def start(self) -> None:
        """Once."""
        self._thread.start()

    def settle(self) -> None:
        """When this returns, nothing is passed on any more that was read under areas which `privacy` gave before."""
        with self._passing:
            return

    def ask_to_stop(self) -> None:
        """Returns at once; `stop` then has less to wait for. Lets many cameras stop together."""
        self._thread.ask_to_stop()

    def stop(self, timeout_s: float = 3.0) -> None:
        """Interrupt whatever blocks and wait for the thread; after that the sink hears nothing more. Logs a warning if it is too late."""
        self._thread.stop(timeout_s)

    def _capture(self) -> None:
        self._voice.tell(CameraState.CONNECTING)
        while not self._thread.stopping.is_set():
            if self._connection_ended():
                return
            self._thread.stopping.wait(self._backoff.next_s())

    def _connection_ended(self) -> bool:
        """One connection from start to failure; True when there is to be no other."""
        try:
            self._read_connection()
        except EndOfStream:
            self._voice.tell(CameraState.ENDED, "The file has been played to its end.")
            return True
        except (EnvironmentFault, InputError) as fault:
            self._lose(str(fault), fault_word(fault))
        except Exception as bug:  # noqa: BLE001  (thread top: a bug in one camera's code must not end its thread)
            self._lose("An internal error broke the connection. It is made anew; the log has the details.", fault_word(bug))
            self._log_bug()
        return self._thread.stopping.is_set()

    def _lose(self, reason: str, fault: str) -> None:
        if self._live_since_ns is not None and self._clock.now_ns() - self._live_since_ns > _STEADY_NS:
            self._backoff.reset()
            self._bug_logged = False
        self._live_since_ns = self._clock_ahead_ns = self._place = None
        if not self._thread.stopping.is_set():
            self._voice.tell(CameraState.LOST, reason, fault)

    def _log_bug(self) -> None:
        """Within `except`: the traceback of the first failure, not of each attempt after it."""
        if not self._bug_logged:
            _log.exception("Reading camera %s failed by a bug", self._name)
        self._bug_logged = True

    def _read_connection(self) -> None:
        source = self._make_source()
        with self._thread.holding(source) as wanted:
            if wanted:
                on_request = source if isinstance(source, DecodesOnRequest) else None
                self._describe(source.open())
                self._progress_ns = self._clock.now_ns()
                while not self._thread.stopping.is_set():
                    self._step(source, on_request)

    def _step(self, source: FrameSource, on_request: DecodesOnRequest | None) -> None:
        decode = self._decode
        if on_request is not None:
            on_request.decoding = decode
        reading = source.read()
        if self._thread.stopping.is_set():
            return
        if reading.info is not None:
            self._describe(reading.info)
        self._clock_ahead_ns = reading.clock_ahead_ns
        if reading.frames:
            self._decoder = reading.decoder
        if reading.place_ns is not None:
            self._place = Place(reading.place_ns, time.monotonic())
        self._pass_on(reading, reading.frames if decode else ())
        self._watch(bool(reading.frames) or (reading.packet is not None and not decode))

    def _describe(self, info: StreamInfo) -> None:
        if info.width <= 0 or info.height <= 0:
            raise EnvironmentFault("no_picture", f"The camera gives pictures of size {info.width}×{info.height}. Check its settings.")
        self._info = info
        with self._passing:
            self._sink.on_stream(self._camera_id, info)

    def _pass_on(self, reading: Reading, frames: tuple[DecodedFrame, ...]) -> None:
        with self._passing:
            if reading.packet is not None and not self._is_private():
                self._sink.on_packet(self._camera_id, self._sequence.packet(reading.packet))
            for frame in frames:
                self._notice_size(frame)
                self._sink.on_frame(self._camera_id, self._sequence.frame(self._burned(frame)))

    def _is_private(self) -> bool:
        info = self._info
        return bool(self.privacy(info.width, info.height)) if info is not None else False

    def _burned(self, frame: DecodedFrame) -> DecodedFrame:
        return burned(frame, self._burner) if self.privacy(frame.width, frame.height) else frame

    def _notice_size(self, frame: DecodedFrame) -> None:
        info = self._info
        if info is not None and (frame.width, frame.height) != (info.width, info.height):
            self._describe(replace(info, width=frame.width, height=frame.height))

    def _watch(self, progress: bool) -> None:
        """Live on progress, lost without it, and a new connection when it stays away."""
        now_ns = self._clock.now_ns()
        if progress:
            self._progress_ns = now_ns
            self._live_since_ns = self._live_since_ns or now_ns
            self._voice.tell(CameraState.LIVE)
            return
        silent_s = (now_ns - self._progress_ns) / SECOND
        if silent_s > self._patience_s():
            reason = f"No whole picture for {STALL_S:g} s, though the camera sends. Waiting for its next keyframe."
            self._voice.tell(CameraState.LOST, reason, _DAMAGED)
        if silent_s > self._patience_s() + _GIVE_UP_S:
            raise EnvironmentFault(_DAMAGED, "The camera sends, but nothing that gives a picture. The connection is made anew.")

    def _patience_s(self) -> float:
        fps = self._info.fps if self._info is not None else 0.0
        return max(STALL_S, min(3 / fps, _LONGEST_PATIENCE_S)) if fps > 0 else STALL_S


class _Voice:
    """Tells the sink each change once, and the log the first failure and the recovery."""

    def __init__(self, camera_id: str, name: str, sink: CaptureSink) -> None:
        self._camera_id = camera_id
        self._name = name
        self._sink = sink
        self._told: tuple[CameraState, str, str] | None = None
        self._failing = False
        self.recoveries = 0

    def tell(self, state: CameraState, reason: str = "", fault: str = "") -> None:
        if self._told == (state, reason, fault):
            return
        self._told = (state, reason, fault)
        self._log(state, reason)
        self._sink.on_state(self._camera_id, state, reason, fault)

    def _log(self, state: CameraState, reason: str) -> None:
        if state is CameraState.LOST and not self._failing:
            _log.warning("Camera %s is lost: %s", self._name, reason)
            self._failing = True
        elif state is CameraState.LIVE and self._failing:
            _log.info("Camera %s is back", self._name)
            self._failing = False
            self.recoveries += 1
