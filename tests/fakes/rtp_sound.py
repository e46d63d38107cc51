"""Sound cut into RTP packets: G.711 (RFC 3551), AAC (RFC 3640, mode AAC-hbr) and Opus (RFC 7587)."""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import numpy as np

_TRACK = 1
_PAYLOAD_TYPES = {"pcm_mulaw": 0, "pcm_alaw": 8, "aac": 97, "libopus": 98}
_FORMS = {"aac": "fltp", "libopus": "flt"}


@dataclass(frozen=True, slots=True)
class Sound:
    """Encoded sound, ready to be sent over and over. `packets`: encoded frames of `frame` samples each."""

    codec: str
    rate_hz: int
    frame: int
    packets: tuple[bytes, ...]
    extradata: bytes

    @classmethod
    def encoded(cls, samples: "np.ndarray[Any, Any]", rate_hz: int, codec: str = "pcm_mulaw") -> "Sound":
        """(n,) int16. G.711 wants 8 kHz, Opus 48 kHz."""
        encoder: Any = av.CodecContext.create(codec, "w")
        encoder.sample_rate, encoder.layout = rate_hz, "mono"
        encoder.format = _FORMS.get(codec, "s16")
        encoder.open()
        size = encoder.frame_size or rate_hz // 50
        packets = [packet for frame in _frames(samples, rate_hz, size, encoder.format.name) for packet in encoder.encode(frame)]
        packets += encoder.encode(None)
        return cls(codec, rate_hz, size, tuple(bytes(packet) for packet in packets), bytes(encoder.extradata or b""))

    def sdp(self) -> str:
        kind = _PAYLOAD_TYPES[self.codec]
        lines = [f"m=audio 0 RTP/AVP {kind}", f"a=control:trackID={_TRACK}"]
        if self.codec == "aac":
            modes = "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3"
            lines += [f"a=rtpmap:{kind} mpeg4-generic/{self.rate_hz}/1", f"a=fmtp:{kind} {modes};config={self.extradata.hex()}"]
        if self.codec == "libopus":
            lines += [f"a=rtpmap:{kind} opus/48000/2"]
        return "\r\n".join([*lines, ""])

    def rounds(self) -> Iterator[tuple[float, bytes]]:
        """Seconds after the start, and the RTP packet that is due then; for ever."""
        sequence, ssrc = random.getrandbits(15), random.getrandbits(32)
        number = 0
        while True:
            stamp = number * self.frame
            head = struct.pack("!BBHII", 0x80, _PAYLOAD_TYPES[self.codec], (sequence + number) & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
            yield stamp / self.rate_hz, head + self._payload(self.packets[number % len(self.packets)])
            number += 1

    def _payload(self, packet: bytes) -> bytes:
        return packet if self.codec != "aac" else struct.pack("!HH", 16, len(packet) << 3) + packet


def is_sound(url: str) -> bool:
    """Whether a SETUP request asks for the sound."""
    return url.endswith(f"trackID={_TRACK}")


def _frames(samples: "np.ndarray[Any, Any]", rate_hz: int, size: int, form: str) -> Iterator[av.AudioFrame]:
    for start in range(0, len(samples) - size + 1, size):
        part = samples[None, start : start + size]
        shaped = part if form == "s16" else np.ascontiguousarray(part / 32768, np.float32)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(shaped), format=form, layout="mono")
        frame.sample_rate, frame.pts = rate_hz, start
        yield frame
