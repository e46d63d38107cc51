"""What comes over a camera's socket, as pictures: JPEG messages, and packets that are decoded here."""

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from engine._picture_size import picture_size
from engine.gateway.live.packet_messages import NoPacketStream, PacketMessage, PacketStream, packed_answer, read_feed, unpacked
from engine.model.cameras.frame import DecodedFrame
from engine.model.errors import EnvironmentFault, InputError
from engine.model.port import PictureWant
from engine.model.settings import SOFTWARE_DECODER
from engine.model.snapshot import Picture
from engine.model.value_class import dataclass
from engine.recording.jpeg import decode_jpeg
from engine.runtime.cameras.pictures import fitted
from engine.sources.camera.packet_pictures import PacketPictures

log = logging.getLogger(__name__)

MOST_PIXELS = 50_000_000
_MOST_DAMAGED = 8  # times without any picture between: then it is the decoder, and pictures are asked for


@dataclass(frozen=True, slots=True)
class Received:
    """What one message gave, and what is to be answered."""

    picture: Picture | None = None
    answer: bytes | None = None


class ReceivedPictures:
    """Those of one connection. One thread at a time.

    Attributes:
        feed: what the engine said last of what it sends.
    """

    def __init__(self, camera_id: str, indexes: Iterator[int], decoder: str = SOFTWARE_DECODER) -> None:
        """`indexes`: of its pictures, whatever the engine counts; they go on with the next connection."""
        self._camera_id, self._indexes, self._decoder = camera_id, indexes, decoder
        self.feed: PacketStream | NoPacketStream | None = None
        self._pictures: PacketPictures | None = None
        self._damaged = 0  # so far, when the newest picture came

    def take(self, message: str | bytes, want: PictureWant) -> Received:
        """Raises InputError: the engine sends packets that are none; EnvironmentFault: they cannot be decoded here."""
        if isinstance(message, bytes):
            return self._take_packets(unpacked(message), want)
        try:
            plain: dict[str, Any] = dict(json.loads(message))
            if plain.get("type") == "feed":
                self._take_feed(plain)
                return Received()
            return Received(self._sent_picture(plain))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            log.warning("a picture of %s was not understood: %s", self._camera_id, type(error).__name__)
            return Received()

    def _take_feed(self, plain: dict[str, Any]) -> None:
        feed = read_feed(plain)
        before, self.feed = self.feed, feed
        if isinstance(feed, NoPacketStream):
            self._pictures = None
        elif self._pictures is None or not isinstance(before, PacketStream) or before.info != feed.info:
            self._pictures, self._damaged = PacketPictures(feed.info, self._decoder), 0

    def _take_packets(self, message: PacketMessage, want: PictureWant) -> Received:
        """The last picture that these packets give: several are a viewer who catches up."""
        pictures = self._pictures
        if pictures is None or not isinstance(self.feed, PacketStream):
            raise InputError("packets", "come before it was said what they are")
        if message.anew:
            pictures.start_over()
        answer = packed_answer(message.number) if message.answer else None
        frames = [frame for packet in message.packets for frame in pictures.decode(packet)]
        if frames:
            self._damaged = pictures.damaged
            return Received(self._decoded(frames[-1], self.feed, want), answer)
        if pictures.damaged - self._damaged > _MOST_DAMAGED:
            raise EnvironmentFault("codec", "Nothing of this camera's stream can be decoded here.")
        return Received(None, answer)

    def _decoded(self, frame: DecodedFrame, feed: PacketStream, want: PictureWant) -> Picture:
        pixels = frame.bgra(*fitted(frame.width, frame.height, want))
        pixels.flags.writeable = False
        size = feed.track_size if all(feed.track_size) else (frame.width, frame.height)
        return Picture(self._camera_id, frame.captured_ns, next(self._indexes), *size, pixels)

    def _sent_picture(self, plain: dict[str, Any]) -> Picture | None:
        try:
            data = plain["data"]
            pixels = _decode_bounded(base64.b64decode(data["frame"]))
            size = (int(data["width"]), int(data["height"]))
            return Picture(self._camera_id, int(plain["captured_ns"]), next(self._indexes), *size, pixels)
        except InputError as error:
            log.warning("a picture of %s was not understood: %s", self._camera_id, error)
            return None


def _decode_bounded(jpeg: bytes) -> npt.NDArray[np.uint8]:
    """Raises InputError. A few bytes can claim to be a picture that fills the memory."""
    width, height = picture_size(jpeg) or (0, 0)
    if not 0 < width * height <= MOST_PIXELS:
        raise InputError("picture", f"is no JPEG, or is too large ({width} × {height} pixels)")
    return decode_jpeg(jpeg)
