"""H.264 and H.265 pictures cut into RTP packets (RFC 6184 and RFC 7798: single NAL units and fragments)."""

import base64
import random
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

CLOCK_HZ = 90_000
MTU = 1400
NTP_TO_UNIX_S = 2_208_988_800


@dataclass(frozen=True, slots=True)
class Picture:
    """One access unit. `send_s` is when it is due, `shown_s` its presentation time, both since the start of the first round."""

    send_s: float
    shown_s: float
    nals: tuple[bytes, ...]
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """An encoded file, ready to be sent over and over."""

    codec: str
    pictures: tuple[Picture, ...]
    length_s: float

    @classmethod
    def load(cls, path: Path) -> "Recording":
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            codec = stream.codec_context.name
            annex_b = BitStreamFilterContext(f"{codec}_mp4toannexb", stream)
            packets = [out for packet in container.demux(stream) if packet.dts is not None for out in annex_b.filter(packet)]
            assert stream.time_base is not None
            tick = float(stream.time_base)
        first = packets[0].dts
        pictures = tuple(Picture((p.dts - first) * tick, (p.pts - first) * tick, _nals(bytes(p)), p.is_keyframe) for p in packets)
        return cls(codec, pictures, pictures[-1].send_s + (packets[-1].duration or 0) * tick)

    def rounds(self) -> Iterator[Picture]:
        """Pictures for ever; times go on through the rounds."""
        base = 0.0
        while True:
            for picture in self.pictures:
                yield Picture(base + picture.send_s, base + picture.shown_s, picture.nals, picture.keyframe)
            base += self.length_s

    def sdp(self) -> str:
        name = {"h264": "H264", "hevc": "H265"}[self.codec]
        lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=fake", "c=IN IP4 0.0.0.0", "t=0 0", "a=control:*", "m=video 0 RTP/AVP 96"]
        return "\r\n".join([*lines, f"a=rtpmap:96 {name}/{CLOCK_HZ}", f"a=fmtp:96 {self._parameters()}", "a=control:trackID=0", ""])

    def _parameters(self) -> str:
        first = self.pictures[0].nals
        if self.codec == "h264":
            sps, pps = (next(n for n in first if n[0] & 31 == kind) for kind in (7, 8))
            return f"packetization-mode=1;profile-level-id={sps[1:4].hex()};sprop-parameter-sets={_b64(sps)},{_b64(pps)}"
        vps, sps, pps = (next(n for n in first if n[0] >> 1 & 63 == kind) for kind in (32, 33, 34))
        return f"sprop-vps={_b64(vps)};sprop-sps={_b64(sps)};sprop-pps={_b64(pps)}"


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _nals(annex_b: bytes) -> tuple[bytes, ...]:
    return tuple(part for part in re.split(b"\x00\x00\x00\x01|\x00\x00\x01", annex_b) if part)


@dataclass(slots=True)
class Packetiser:
    """One RTP sender. Not shared between threads."""

    codec: str
    sequence: int = field(default_factory=lambda: random.getrandbits(15))
    ssrc: int = field(default_factory=lambda: random.getrandbits(32))

    def packets(self, picture: Picture) -> list[bytes]:
        payloads = [payload for nal in picture.nals for payload in self._payloads(nal)]
        stamp = int(picture.shown_s * CLOCK_HZ) & 0xFFFFFFFF
        return [self._packet(payload, stamp, last=i == len(payloads) - 1) for i, payload in enumerate(payloads)]

    def report(self, picture: Picture, unix_s: float) -> bytes:
        """An RTCP sender report (RFC 3550, 6.4.1): by the sender's clock it is now `unix_s`, and its pictures are at this one."""
        ntp = round((unix_s + NTP_TO_UNIX_S) * 2**32)
        stamp = int(picture.shown_s * CLOCK_HZ) & 0xFFFFFFFF
        return struct.pack("!BBHIQIII", 0x80, 200, 6, self.ssrc, ntp, stamp, 0, 0)

    def _packet(self, payload: bytes, stamp: int, last: bool) -> bytes:
        self.sequence = (self.sequence + 1) & 0xFFFF
        return struct.pack("!BBHII", 0x80, 96 | (0x80 if last else 0), self.sequence, stamp, self.ssrc) + payload

    def _payloads(self, nal: bytes) -> Iterator[bytes]:
        if len(nal) <= MTU:
            yield nal
            return
        head, kind = self._fragment_head(nal)
        body = nal[len(head) :] if self.codec == "hevc" else nal[1:]
        for start in range(0, len(body), MTU):
            first, last = start == 0, start + MTU >= len(body)
            yield head + bytes([kind | (0x80 if first else 0) | (0x40 if last else 0)]) + body[start : start + MTU]

    def _fragment_head(self, nal: bytes) -> tuple[bytes, int]:
        if self.codec == "hevc":
            return bytes([nal[0] & 0x81 | 49 << 1, nal[1]]), nal[0] >> 1 & 63
        return bytes([nal[0] & 0xE0 | 28]), nal[0] & 31
