"""Decoding by a device of this machine, beside FFmpeg's own decoder, which judges the first pictures and goes on where the device fails.

The connection is opened as always: the device is given the same packets, in a decoder of its own.
"""

import sys
from collections.abc import Callable
from typing import Protocol, TypeAlias

import av
import numpy as np
from av.codec.context import CodecContext
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from engine.model.cameras.frame import SOFTWARE, DecoderInfo
from engine.model.errors import EnvironmentFault
from engine.model.settings import AUTO_DECODER, SOFTWARE_DECODER

_JUDGED = 3  # pictures that have to be the same
_LATEST = 30  # pictures of the software decoder until the first one of the device
_ALIKE = 2.0  # mean difference of brightness, of 255: decoders give the same bits, but colour ranges and rounding may differ
_ORDER = ("videotoolbox", "d3d11va", "cuda", "vaapi", "qsv")


Packet: TypeAlias = "av.Packet[VideoStream]"


class DeviceDecoder(Protocol):
    def decode(self, packet: "Packet | None") -> list[av.VideoFrame]: ...

    def flush_buffers(self) -> None: ...


OpenDevice = Callable[[VideoCodecContext, str], DeviceDecoder]


def open_device(software: VideoCodecContext, name: str) -> DeviceDecoder:
    """A device for the stream that `software` decodes. Raises EnvironmentFault (`no_device`)."""
    if name not in hwdevices_available():
        raise EnvironmentFault("no_device", f"Decoding by {name} is not part of this installation.")
    codec = software.codec.canonical_name
    try:
        context = CodecContext.create(codec, "r", hwaccel=HWAccel(name, allow_software_fallback=False))
    except (FFmpegError, NotImplementedError, RuntimeError, ValueError) as error:
        raise EnvironmentFault("no_device", f"Decoding by {name} is not available on this machine ({error}).") from error
    if not isinstance(context, VideoCodecContext) or not context.is_hwaccel:
        raise EnvironmentFault("no_device", f"Decoding by {name} is not available for {codec}.")
    context.extradata = software.extradata
    context.thread_count = 1
    return context


class HardwareDecoding:
    """What a camera's setting makes of a device: none, one on trial, or one that decodes. On the thread that reads the stream.

    Attributes:
        info: what decodes now, and why it is not what was set.
    """

    def __init__(self, software: VideoCodecContext, wanted: str, open_with: OpenDevice = open_device) -> None:
        self.info = SOFTWARE
        self._name, self._device = "", None
        self._sound = False
        self._judged = 0
        self._by_software: dict[int, av.VideoFrame] = {}  # not compared yet, by time
        self._by_device: dict[int, av.VideoFrame] = {}
        self._last = -sys.maxsize
        if wanted != SOFTWARE_DECODER:
            self._open_first(software, wanted, open_with)

    @property
    def decodes(self) -> bool:
        return self._sound

    def judge(self, packet: "Packet", frames: list[av.VideoFrame]) -> None:
        """While software decodes: the device gets the same packet, and its pictures are compared with `frames`."""
        if self._device is None:
            return
        by_time = {frame.pts: frame for frame in frames if frame.pts is not None}
        self._last = max((self._last, *by_time))
        self._by_software |= by_time
        try:
            self._by_device |= {frame.pts: frame for frame in self._device.decode(packet) if frame.pts is not None}
        except FFmpegError as error:
            self.give_up(f"Decoding by {self._name} failed ({error}).")
            return
        self._compare()

    def decode(self, packet: "Packet | None") -> list[av.VideoFrame]:
        """By the device, without pictures that software gave already; None: the last ones. Raises FFmpegError."""
        assert self._device is not None
        frames, self._by_device = [*self._by_device.values(), *self._device.decode(packet)], {}
        return [frame for frame in frames if frame.pts is None or frame.pts > self._last]

    def start_over(self) -> None:
        """Packets were left out: the next one is a keyframe."""
        self._by_software.clear()
        self._by_device.clear()
        self._last = -sys.maxsize
        if self._device is not None:
            self._device.flush_buffers()

    def give_up(self, reason: str) -> None:
        """Software goes on; with this connection the device is not tried again."""
        self._device, self._sound = None, False
        self._by_software.clear()
        self._by_device.clear()
        self.info = DecoderInfo(SOFTWARE_DECODER, f"{reason} Pictures are decoded by software.")

    def _open_first(self, software: VideoCodecContext, wanted: str, open_with: OpenDevice) -> None:
        names = [name for name in _ORDER if name in hwdevices_available()] if wanted == AUTO_DECODER else [wanted]
        reason = "No device for decoding was found."
        for name in names:
            try:
                self._device, self._name = open_with(software, name), name
                return
            except EnvironmentFault as fault:
                reason = reason if wanted == AUTO_DECODER else str(fault)
        self.give_up(reason)

    def _compare(self) -> None:
        for pts in sorted(self._by_software.keys() & self._by_device.keys()):
            if not _alike(self._by_software.pop(pts), self._by_device.pop(pts)):
                self.give_up(f"Decoding by {self._name} gives other pictures than software.")
                return
            self._judged += 1
        if self._judged >= _JUDGED:
            self._sound, self.info = True, DecoderInfo(self._name)
            self._by_software.clear()
        elif len(self._by_software) > _LATEST:
            self.give_up(f"Decoding by {self._name} gives no pictures.")


def _alike(one: av.VideoFrame, other: av.VideoFrame) -> bool:
    if (one.width, one.height) != (other.width, other.height):
        return False
    grey = [each.to_ndarray(format="gray").astype(np.int16) for each in (one, other)]
    return float(np.abs(grey[0] - grey[1]).mean()) <= _ALIKE
