"""One sound track, opened by FFmpeg: decoded piece by piece, as mono of one rate. What network cameras and files have in common."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from engine.model.cameras.sound import SOUND_HZ, Samples
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.sources.camera import faults
from engine.sources.camera.calls import ffmpeg_call
from engine.sources.camera.ffmpeg_log import route_ffmpeg_log
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.stream import Opening

T = TypeVar("T")
_MOST_BROKEN = 200  # packets one after another that cannot be decoded: 4 s of usual ones
_SLOWEST_HZ, _FASTEST_HZ = 4_000, 192_000


def sound_opening(opening: Opening) -> Opening:
    """The same address, for its sound alone: an RTSP camera is not even asked to send pictures."""
    options = {key: value for key, value in opening.options.items() if key != "fpsprobesize"}
    if opening.format == "rtsp":
        options["allowed_media_types"] = "audio"
    return replace(opening, options=options)


class SoundReader:
    """Opened once, read, closed once, by one thread."""

    def __init__(self, opening: Opening, interrupt: Interrupt) -> None:
        """Connects.

        Raises:
            EnvironmentFault: with a reason from `faults`, or `no_sound`, `codec`.
        """
        route_ffmpeg_log()
        self._opening, self._interrupt = opening, interrupt
        self._container = self._call(self._open_stream, opening.open_limit_s, faults.timed_out)
        try:
            self._stream = self._sound()
        except EnvironmentFault:
            self._container.close()
            raise
        self._packets = self._container.demux(self._stream)
        self._decoded: deque[AudioFrame] = deque()
        self._broken = 0
        self._over = False

    def next(self) -> AudioFrame | None:
        """The next piece; None at the end. Packets that cannot be decoded are passed over.

        Raises:
            EnvironmentFault: the connection broke or stalled, or nothing of it can be decoded.
        """
        while not self._decoded and not self._over:
            packet = self._call(lambda: next(self._packets, None), self._opening.read_limit_s, self._stalled)
            self._over = packet is None or not packet.size
            if packet is not None:
                self._decoded.extend(self._frames(packet))
        return self._decoded.popleft() if self._decoded else None

    def seek(self, place_ns: int) -> None:
        """To the last piece that begins at or before this time; what was decoded is dropped. Files only."""
        base = self._stream.time_base or Fraction(1, SOUND_HZ)
        ticks = place_ns * base.denominator // (base.numerator * SECOND)
        self._call(lambda: self._container.seek(ticks, stream=self._stream), self._opening.read_limit_s, self._stalled)
        self._packets = self._container.demux(self._stream)
        self._decoded.clear()
        self._over = False

    def close(self) -> None:
        self._decoded.clear()
        self._container.close()

    def _open_stream(self) -> InputContainer:
        opening = self._opening
        limits = (opening.open_limit_s, opening.read_limit_s)
        return av.open(opening.url, format=opening.format or None, options=dict(opening.options), timeout=limits)

    def _sound(self) -> AudioStream:
        streams = self._container.streams.audio
        shown = self._opening.shown
        if not streams:
            raise EnvironmentFault("no_sound", f"{shown} carries no sound. Switch sound on in the camera, if it has a microphone.")
        if getattr(streams[0], "codec_context", None) is None:
            raise EnvironmentFault("codec", f"The sound of {shown} is in a form that cannot be decoded. Choose AAC, G.711 or Opus.")
        return streams[0]

    def _frames(self, packet: "av.Packet[AudioStream]") -> list[AudioFrame]:
        try:
            frames = [frame for frame in packet.decode() if frame.samples]
        except FFmpegError:
            self._broken += 1
            if self._broken > _MOST_BROKEN:
                raise self._undecodable() from None
            return []
        self._broken = 0 if frames else self._broken
        return frames

    def _undecodable(self) -> EnvironmentFault:
        return EnvironmentFault("codec", f"The sound of {self._opening.shown} comes, but cannot be decoded. Choose AAC, G.711 or Opus.")

    def _stalled(self, shown: str) -> EnvironmentFault:
        return EnvironmentFault("stalled", f"No sound came from {shown} for {self._opening.read_limit_s:g} s. The connection is made anew.")

    def _call(self, work: Callable[[], T], limit_s: float, late: Callable[[str], EnvironmentFault]) -> T:
        return ffmpeg_call(work, self._interrupt, self._opening.shown, limit_s, late)


class Mono:
    """Any sound as `SOUND_HZ` mono, 16 bit; its form may change from piece to piece. One thread."""

    def __init__(self) -> None:
        self._form: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None

    def feed(self, frame: AudioFrame) -> Samples:
        """What it adds. A rate that no sound has gives nothing."""
        if not _SLOWEST_HZ <= frame.sample_rate <= _FASTEST_HZ:
            return np.zeros(0, np.int16)
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._resampler is None or form != self._form:
            self._form, self._resampler = form, AudioResampler(format="s16", layout="mono", rate=SOUND_HZ)
        frame.pts = None  # times of broken packets go back and forth, which the resampler would not take
        pieces = [made.to_ndarray().reshape(-1) for made in self._resampler.resample(frame)]
        return np.concatenate(pieces).astype(np.int16, copy=False) if pieces else np.zeros(0, np.int16)


def began_ns(frame: AudioFrame) -> int | None:
    """When its first sample is played, by the stream's own count."""
    if frame.pts is None or not frame.time_base:
        return None
    return frame.pts * frame.time_base.numerator * SECOND // frame.time_base.denominator


def length_ns(frame: AudioFrame) -> int:
    return frame.samples * SECOND // max(frame.sample_rate, 1)
