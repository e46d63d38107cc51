"""Sound to a camera: the audio backchannel of ONVIF profile T over RTSP (ONVIF Streaming 5.3), G.711 interleaved on one connection.

No library speaks it: FFmpeg receives only. The answers of a camera are bounded, and nothing of them is followed elsewhere: the control
address of the track is used at the address that was judged (`find.reach`).
"""

import asyncio
import hashlib
import os
import re
import secrets
import struct
from collections.abc import Mapping
from types import TracebackType
from urllib.parse import urljoin, urlsplit

from engine.model.command import Credentials
from engine.model.value_class import dataclass
from engine.sources.camera.find.reach import check_reach

REQUIRE = "www.onvif.org/ver20/backchannel"
PIECE = 160  # bytes of G.711: 20 ms
PIECE_S = PIECE / 8000
ANSWER_S = 4.0
_LARGEST = 1 << 16
_CODECS = {"PCMU": 0, "PCMA": 8}


class NoBackchannel(Exception):
    """The camera plays no sound that it is sent, or refuses; the message is for the log and the trouble line."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """That the camera plays. `payload`: RTP payload type; `alaw`: G.711 A-law rather than µ-law."""

    control: str
    payload: int
    alaw: bool


class Backchannel:
    """One connection. `async with`; asyncio, one loop. Raises NoBackchannel, EnvironmentFault `unknown_host`, InputError."""

    def __init__(self, url: str, login: Credentials | None) -> None:
        """`url`: of the camera's RTSP stream, without a login."""
        self._url, self._login = url, login
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._cseq = 0
        self._session = self._challenge = ""
        self._sequence, self._stamp = secrets.randbelow(1 << 15), secrets.randbelow(1 << 31)
        self._ssrc = secrets.randbits(32)
        self._track: SoundTrack | None = None
        self._drain: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Backchannel":
        parts = urlsplit(self._url)
        if parts.scheme != "rtsp":
            raise NoBackchannel("sound is sent over RTSP only")
        await asyncio.to_thread(check_reach, self._url)
        try:
            async with asyncio.timeout(ANSWER_S):
                self._reader, self._writer = await asyncio.open_connection(parts.hostname, parts.port or 554, limit=_LARGEST)
        except (OSError, TimeoutError):
            raise NoBackchannel("the camera cannot be reached") from None
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._drain is not None:
            self._drain.cancel()
        if self._writer is not None:
            if self._session:
                self._writer.write(self._text("TEARDOWN", self._url, {}))
            self._writer.close()

    async def describe(self) -> SoundTrack:
        """Raises NoBackchannel where the camera plays nothing."""
        answer = await self._ask("DESCRIBE", self._url, {"Accept": "application/sdp", "Require": REQUIRE})
        track = sound_track(answer.body, answer.headers.get("content-base") or self._url)
        if track is None:
            raise NoBackchannel("the camera offers no track for sound that it is sent")
        return track

    async def begin(self) -> None:
        track = await self.describe()
        control = _at_host(track.control, self._url)
        setup = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", "Require": REQUIRE}
        answer = await self._ask("SETUP", control, setup)
        self._session = answer.headers.get("session", "").partition(";")[0]
        await self._ask("PLAY", self._url, {"Require": REQUIRE})
        self._track, self._drain = track, asyncio.create_task(self._swallow())

    async def send(self, mulaw: bytes) -> None:
        """A piece of `PIECE` bytes of µ-law; the caller keeps the pace. Raises NoBackchannel: the camera is gone."""
        assert self._track is not None and self._writer is not None
        sound = mulaw.translate(_TO_ALAW) if self._track.alaw else mulaw
        head = struct.pack("!BBHII", 0x80, self._track.payload, self._sequence & 0xFFFF, self._stamp & 0xFFFFFFFF, self._ssrc)
        self._sequence, self._stamp = self._sequence + 1, self._stamp + len(sound)
        packet = head + sound
        try:
            self._writer.write(b"$\x00" + struct.pack("!H", len(packet)) + packet)
            async with asyncio.timeout(ANSWER_S):
                await self._writer.drain()
        except (OSError, TimeoutError):
            raise NoBackchannel("the camera takes no more sound") from None

    async def _swallow(self) -> None:
        """What the camera sends meanwhile (RTCP) is not of use, but must not fill its buffers."""
        assert self._reader is not None
        while await self._reader.read(_LARGEST):
            pass

    async def _ask(self, method: str, url: str, headers: Mapping[str, str]) -> _Answer:
        answer = await self._exchange(method, url, headers)
        if answer.status == 401 and self._login is not None and answer.headers.get("www-authenticate"):
            self._challenge = answer.headers["www-authenticate"]
            answer = await self._exchange(method, url, headers)
        if answer.status != 200:
            raise NoBackchannel(f"the camera answers {answer.status} to {method}")
        return answer

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str]) -> _Answer:
        assert self._writer is not None and self._reader is not None
        self._writer.write(self._text(method, url, headers))
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._answer()
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError, ValueError):
            raise NoBackchannel(f"the camera does not answer {method}") from None

    def _text(self, method: str, url: str, headers: Mapping[str, str]) -> bytes:
        self._cseq += 1
        given = {"CSeq": str(self._cseq), "User-Agent": "Watchroom", **headers}
        if self._session:
            given["Session"] = self._session
        if self._challenge and self._login is not None:
            given["Authorization"] = authorisation(self._challenge, self._login, method, url)
        lines = (f"{method} {url} RTSP/1.0", *(f"{name}: {value}" for name, value in given.items()), "", "")
        return "\r\n".join(lines).encode()

    async def _answer(self) -> _Answer:
        assert self._reader is not None
        while (first := await self._reader.readexactly(1)) == b"$":
            await self._reader.readexactly(int.from_bytes((await self._reader.readexactly(3))[1:], "big"))
        head = (first + await self._reader.readuntil(b"\r\n\r\n")).decode("utf-8", "replace").split("\r\n")
        status = int(head[0].split(" ")[1]) if head[0].startswith("RTSP/1.0 ") else 0
        headers: dict[str, str] = {}
        for name, colon, value in (line.partition(":") for line in head[1:]):
            if colon and _strongest(name.strip().lower(), value.strip(), headers):
                headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", "0") or 0)
        if not 0 <= length <= _LARGEST:
            raise ValueError("too long")
        return _Answer(status, headers, (await self._reader.readexactly(length)).decode("utf-8", "replace"))


def _strongest(name: str, value: str, known: Mapping[str, str]) -> bool:
    """Of several challenges digest is answered, not basic."""
    return name != "www-authenticate" or name not in known or value.lower().startswith("digest")


def sound_track(sdp: str, base: str) -> SoundTrack | None:
    """The first audio track that the camera receives (`a=sendonly` from the client's side, ONVIF Streaming 5.3.1) and that is G.711."""
    for part in re.split(r"(?m)^(?=m=)", sdp)[1:]:
        lines = [line.strip() for line in part.splitlines()]
        media = lines[0].split()
        if not lines[0].startswith("m=audio") or "a=sendonly" not in lines or len(media) < 4:
            continue
        control = next((line[len("a=control:") :] for line in lines if line.startswith("a=control:")), "")
        for payload in media[3:]:
            codec = _codec(payload, lines)
            if codec is not None:
                return SoundTrack(control if "://" in control else f"{base.rstrip('/')}/{control}", int(payload), codec == "PCMA")
    return None


def _codec(payload: str, lines: list[str]) -> str | None:
    static = {str(number): name for name, number in _CODECS.items()}
    mapped = next((line.split(" ", 1)[1] for line in lines if line.startswith(f"a=rtpmap:{payload} ")), "")
    name, _, rate = mapped.partition("/")
    if mapped:
        return name.upper() if name.upper() in _CODECS and rate.split("/")[0] == "8000" and payload.isdigit() else None
    return static.get(payload)


def _at_host(control: str, url: str) -> str:
    """The track at the address that was asked: a camera names others behind a router, and may name strangers."""
    asked, named = urlsplit(url), urlsplit(urljoin(url, control))
    return named._replace(scheme=asked.scheme, netloc=asked.netloc).geturl()


def authorisation(challenge: str, login: Credentials, method: str, url: str) -> str:
    """Digest (RFC 7616: MD5, SHA-256), or basic where the camera knows nothing better."""
    import base64

    if not challenge.lower().startswith("digest"):
        return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
    fields = {key.lower(): quoted or bare for key, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', challenge)}
    algorithm = fields.get("algorithm", "MD5").upper()
    digest = _sha256 if algorithm.startswith("SHA-256") else _md5
    realm, nonce = fields.get("realm", ""), fields.get("nonce", "")
    first = digest(f"{login.user}:{realm}:{login.password}".encode())
    second = digest(f"{method}:{url}".encode())
    given = {"username": login.user, "realm": realm, "nonce": nonce, "uri": url}
    if "auth" in fields.get("qop", "").replace(" ", "").split(","):
        cnonce, count = os.urandom(8).hex(), "00000001"
        response = digest(f"{first}:{nonce}:{count}:{cnonce}:auth:{second}".encode())
        more = f', qop=auth, nc={count}, cnonce="{cnonce}"'
    else:
        response, more = digest(f"{first}:{nonce}:{second}".encode()), ""
    if "opaque" in fields:
        given["opaque"] = fields["opaque"]
    if "algorithm" in fields:
        more += f", algorithm={fields['algorithm']}"
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in (given | {"response": response}).items()) + more


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _linear(mulaw: int) -> int:
    """Of µ-law (G.711), 14 bits."""
    inverted = ~mulaw & 0xFF
    magnitude = (((inverted & 0x0F) << 3) + 0x84 << ((inverted & 0x70) >> 4)) - 0x84
    return -magnitude if inverted & 0x80 else magnitude


def _alaw(sample: int) -> int:
    """To A-law (G.711)."""
    sign, magnitude = (0x80, sample) if sample >= 0 else (0x00, -sample - 1)
    magnitude = min(max(magnitude, 0), 0x7FFF) >> 4
    exponent = 0 if magnitude < 0x10 else magnitude.bit_length() - 4
    mantissa = magnitude & 0x0F if exponent < 2 else (magnitude >> (exponent - 1)) & 0x0F
    return (sign | (exponent << 4) | mantissa) ^ 0x55


_TO_ALAW = bytes(_alaw(_linear(each)) for each in range(256))
