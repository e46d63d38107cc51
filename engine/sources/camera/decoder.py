"""Packets to pictures, past damage."""

from contextlib import suppress

import av
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from engine._picture_size import picture_size
from engine.model.cameras.frame import SOFTWARE, DecoderInfo
from engine.model.settings import MOST_MEGAPIXELS, SOFTWARE_DECODER
from engine.sources.camera import faults
from engine.sources.camera.ffmpeg_log import refusals, refused_size
from engine.sources.camera.hardware import HardwareDecoding

MOST_PIXELS = round(MOST_MEGAPIXELS * 1_000_000)
_PATIENCE = 300  # packets without a keyframe; then it is a stream that refreshes bit by bit and has none
_HELD = 600  # packets kept for a decoder that is switched off: 20 s at 30 fps


class Decoder:
    """One stream's decoder, on the thread that reads the stream; FFmpeg gets no threads of its own.

    After damage everything is dropped until the next keyframe: a smeared picture looks like motion.

    Attributes:
        damaged: packets and pictures that could not be decoded so far.
    """

    def __init__(
        self,
        context: VideoCodecContext,
        strict: bool,
        shown: str = "",
        most_pixels: int = MOST_PIXELS,
        device: HardwareDecoding | None = None,
    ) -> None:
        """
        Args:
            context: not opened yet, or as FFmpeg opened it with the stream.
            strict: a picture with any error in it is refused; otherwise FFmpeg patches small ones up.
            shown: the address, for what is said. most_pixels: of a picture that may be decoded; no memory is taken for a larger one.
            device: what may decode instead of FFmpeg.
        """
        self.damaged = 0
        self._shown, self._most_pixels = shown, most_pixels
        self._context = context
        self._context.thread_count = 1
        self._context.thread_type = "SLICE"
        self._context.options = {"max_pixels": str(most_pixels), **({"err_detect": "explode"} if strict else {})}
        self._tolerant = not strict
        self._device = device or HardwareDecoding(context, SOFTWARE_DECODER)
        self._awaiting_key = True
        self._awaited = 0
        self._held: list[av.Packet[VideoStream]] = []

    @property
    def info(self) -> DecoderInfo:
        """What decodes now."""
        return self._device.info

    def decode(self, packet: "av.Packet[VideoStream]") -> list[av.VideoFrame]:
        """Pictures finished by this packet, after catching up with what was held.

        Raises EnvironmentFault (`too_large`): its picture has more pixels than may be decoded.
        """
        held, self._held = self._held, []
        for earlier in held:
            self._decode(earlier)
        return self._decode(packet)

    def hold(self, packet: "av.Packet[VideoStream]") -> None:
        """Instead of `decode`: costs nothing now, and lets a later `decode` give a picture at once and not at the next keyframe."""
        if packet.is_keyframe:
            self._held.clear()
        elif len(self._held) >= _HELD:
            self.start_over()
        self._held.append(packet)

    def begin_anew(self) -> bool:
        """The stream begins again from its start. False: not as a decoder that was just opened would take it."""
        if self.damaged or self._device.info is not SOFTWARE:
            return False
        self.start_over()
        return True

    def start_over(self) -> None:
        """Packets were left out: the next one that is decoded is a keyframe."""
        self._held.clear()
        self._awaiting_key = True
        self._awaited = 0
        self._device.start_over()
        if self._context.is_open:
            self._context.flush_buffers()

    def flush(self) -> list[av.VideoFrame]:
        """The last pictures, at the end of a file."""
        try:
            if self._device.decodes:
                return self._sound(self._device.decode(None))
            return self._sound(self._by_software(None))
        except FFmpegError:
            return []

    def _decode(self, packet: "av.Packet[VideoStream]") -> list[av.VideoFrame]:
        if self._awaiting_key and not self._is_start(packet):
            return []
        self._awaiting_key = False
        try:
            frames = self._sound(self._decoded(packet))
        except FFmpegError:
            self._check_size(packet)
            frames = None
        if frames is None or (packet.is_corrupt and not self._tolerant):
            self._damage()
            return []
        return frames

    def _decoded(self, packet: "av.Packet[VideoStream]") -> list[av.VideoFrame]:
        """Raises FFmpegError. After a device that fails, software begins with the next keyframe."""
        if not self._device.decodes:
            frames = self._by_software(packet)
            self._device.judge(packet, frames)
            return frames
        try:
            return self._device.decode(packet)
        except FFmpegError as error:
            self._device.give_up(f"The device failed ({error}).")
            raise

    def _by_software(self, packet: "av.Packet[VideoStream] | None") -> list[av.VideoFrame]:
        """Raises FFmpegError."""
        return self._context.decode(packet)  # pyright: ignore[reportUnknownMemberType]  (PyAV leaves the packet's stream open)

    def _check_size(self, packet: "av.Packet[VideoStream]") -> None:
        """Of a packet that could not be decoded: FFmpeg is asked again, as it says why only in its log."""
        if self._context.is_open:
            self._context.flush_buffers()
        with refusals() as told, suppress(FFmpegError):
            self._by_software(packet)
        size = refused_size(told) or picture_size(bytes(packet))  # a JPEG says its size itself
        if size is not None and size[0] * size[1] > self._most_pixels:
            raise faults.too_large(self._shown, *size, self._most_pixels)

    def _is_start(self, packet: "av.Packet[VideoStream]") -> bool:
        self._awaited += 1
        self._tolerant = self._tolerant or self._awaited > _PATIENCE
        return packet.is_keyframe or self._awaited > _PATIENCE

    def _sound(self, frames: list[av.VideoFrame]) -> list[av.VideoFrame]:
        return [frame for frame in frames if frame.width and frame.height and (self._tolerant or not frame.is_corrupt)]

    def _damage(self) -> None:
        self.damaged += 1
        self.start_over()
