"""A real RTSP server (RFC 2326) that fails on demand. RTP over TCP (interleaved) and UDP; H.264 and H.265 from files, and sound, looped.

    with RtspServer({"yard": path}) as server:
        server.url("yard")        # rtsp://127.0.0.1:PORT/yard
        server.freeze()           # connections stay open, nothing more is sent

Runs one asyncio loop on its own thread; the methods may be called from any thread.
"""

import asyncio
import random
import threading
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.fakes.http_login import Login
from tests.fakes.rtp import Packetiser, Picture, Recording
from tests.fakes.rtp_sound import Sound, is_sound


@dataclass(slots=True)
class Faults:
    """What goes wrong, read before each picture and each connection."""

    frozen: bool = False
    refusing: bool = False  # accepts and closes at once
    silent: bool = False  # accepts and never answers
    slowness: float = 1.0  # pictures take this many times longer
    damaged_share: float = 0.0  # of the pictures have bytes flipped
    lost_share: float = 0.0  # of the RTP packets are never sent
    mute: bool = False  # no sound is sent, while pictures go on
    clock_ahead_s: float | None = None  # with each keyframe the camera says what time it is: so far ahead of the truth
    stamps_ahead_s: float = 0.0  # its own times of pictures are so far ahead of what they were at first


class RtspServer:
    def __init__(
        self,
        videos: Mapping[str, Path],
        login: Login | None = None,
        seed: int = 1,
        sounds: Mapping[str, Sound] | None = None,
        backchannels: Mapping[str, int] | None = None,
    ) -> None:
        """`sounds`: of some of the videos, by name. backchannels: RTP payload types of those that play what they are sent (ONVIF profile
        T); what they heard is in `heard`."""
        self.backchannels, self.heard = dict(backchannels or {}), dict[str, bytearray]()
        self.faults = Faults()
        self.sounds = dict(sounds or {})
        self.login = login
        self.recordings = {name: Recording.load(path) for name, path in videos.items()}
        self.random = random.Random(seed)
        self.port = 0
        self.connections = 0  # ever accepted
        self._streaming = 0
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-rtsp")
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> "RtspServer":
        self._thread.start()
        self.restart()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        self._call(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, name: str, user_info: str = "") -> str:
        return f"rtsp://{user_info}{'@' if user_info else ''}127.0.0.1:{self.port}/{name}"

    def kill(self) -> None:
        """The process is gone: nobody listens, every connection is reset."""
        self._call(self._close())

    def restart(self) -> None:
        """Listen again, on the same port as before."""
        self._call(self._listen())

    def show(self, name: str, path: Path) -> None:
        """From now on these pictures, also on connections that are open: of another size, for example."""
        self.recordings[name] = Recording.load(path)

    def freeze(self) -> None:
        self.faults.frozen = True

    def thaw(self) -> None:
        self.faults.frozen = False

    def wait_streaming(self, count: int = 1, timeout_s: float = 120.0) -> None:
        """Until `count` clients are being sent pictures."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._streaming >= count, timeout_s), "no client started the stream"

    def wait_connections(self, count: int, timeout_s: float = 120.0) -> None:
        """Until `count` connections have been accepted since the start."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.connections >= count, timeout_s), "no client connected"

    def note(self, streaming: int = 0, connections: int = 0) -> None:
        with self._changed:
            self._streaming += streaming
            self.connections += connections
            self._changed.notify_all()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def _end_tasks(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.note(connections=1)
        self._writers.add(writer)
        session = _Session(self, reader, writer)
        try:
            if not self.faults.refusing:
                await session.run()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client went, or the server was killed: both are what this fake is for
        finally:
            session.end()
            self._writers.discard(writer)
            writer.close()


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: dict[str, str]


class _Session:
    """One client's connection."""

    def __init__(self, server: RtspServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._id = f"{random.getrandbits(32):08x}"
        self._udp: asyncio.DatagramTransport | None = None
        self._sending: asyncio.Task[None] | None = None
        self._sound: Sound | None = None
        self._hears = ""  # the name of the camera that is talked to

    async def run(self) -> None:
        while (request := await self._request()).method != "TEARDOWN":
            if self._server.faults.silent:
                continue
            await self._answer(request)
        self._reply(request, "200 OK")

    def end(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
        if self._udp is not None:
            self._udp.close()

    async def _request(self) -> _Request:
        while (first := await self._reader.readexactly(1)) == b"$":  # RTCP from the client
            head = await self._reader.readexactly(3)
            packet = await self._reader.readexactly(int.from_bytes(head[1:], "big"))
            if self._hears and head[0] == 0:
                self._server.heard.setdefault(self._hears, bytearray()).extend(packet[12:])
        lines = (first + await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, url, _ = lines[0].split(" ")
        pairs = (line.partition(":") for line in lines[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        await self._reader.readexactly(int(headers.get("content-length", 0)))
        return _Request(method, url, headers)

    async def _answer(self, request: _Request) -> None:
        login = self._server.login
        if login is not None and not login.accepts(request.headers.get("authorization", ""), request.method):
            self._reply(request, "401 Unauthorized", {"WWW-Authenticate": login.challenge()})
        elif request.method == "OPTIONS":
            self._reply(request, "200 OK", {"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"})
        elif self._recording(request) is None:
            self._reply(request, "404 Not Found")
        elif "backchannel" in request.headers.get("require", "") and self._name(request) not in self._server.backchannels:
            self._reply(request, "551 Option not supported")
        else:
            await self._answer_stream(request)

    async def _answer_stream(self, request: _Request) -> None:
        recording = self._recording(request)
        assert recording is not None
        if request.method == "DESCRIBE":
            sound = self._server.sounds.get(self._name(request))
            sdp = recording.sdp() + (sound.sdp() if sound is not None else "")
            if "backchannel" in request.headers.get("require", ""):
                payload = self._server.backchannels[self._name(request)]
                sdp += f"m=audio 0 RTP/AVP {payload}\r\na=control:trackID=9\r\na=sendonly\r\n"
            self._reply(request, "200 OK", {"Content-Base": f"{request.url}/", "Content-Type": "application/sdp"}, sdp)
        elif request.method == "SETUP":
            await self._set_up(request)
        else:
            self._reply(request, "200 OK")
        if request.method == "PLAY" and self._sending is None and not self._hears:
            name = self._name(request)
            self._sending = asyncio.ensure_future(self._send(name) if self._sound is None else self._send_sound(self._sound))

    def _recording(self, request: _Request) -> Recording | None:
        return self._server.recordings.get(self._name(request))

    def _name(self, request: _Request) -> str:
        path = request.url.split("/", 3)
        return path[3].split("/")[0] if len(path) > 3 else ""

    async def _set_up(self, request: _Request) -> None:
        """One of pictures and sound; whoever wants both has to connect twice, as the engine does."""
        if request.url.endswith("trackID=9"):
            self._hears = self._name(request)
        elif is_sound(request.url):
            self._sound = self._server.sounds[self._name(request)]
        wanted = request.headers.get("transport", "")
        if "interleaved" in wanted:
            self._reply(request, "200 OK", {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"})
            return
        client = int(wanted.partition("client_port=")[2].partition("-")[0])
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, ("127.0.0.1", 0), ("127.0.0.1", client))
        port = self._udp.get_extra_info("sockname")[1]
        transport = f"RTP/AVP;unicast;client_port={client}-{client + 1};server_port={port}-{port + 1}"
        self._reply(request, "200 OK", {"Transport": transport})

    def _reply(self, request: _Request, status: str, headers: Mapping[str, str] | None = None, body: str = "") -> None:
        fields = {"CSeq": request.headers.get("cseq", "0"), "Session": self._id, **(headers or {}), "Content-Length": str(len(body))}
        lines = [f"RTSP/1.0 {status}", *(f"{name}: {value}" for name, value in fields.items()), "", body]
        self._writer.write("\r\n".join(lines).encode())

    async def _send(self, name: str) -> None:
        packetiser = Packetiser(self._server.recordings[name].codec)
        self._server.note(streaming=1)
        try:
            due_s, shown_s = time.monotonic(), 0.0
            while True:
                due_s, shown_s = await self._send_recording(name, packetiser, due_s, shown_s)
        finally:
            self._server.note(streaming=-1)

    async def _send_recording(self, name: str, packetiser: Packetiser, due_s: float, shown_s: float) -> tuple[float, float]:
        """Until there is another; when the next picture is due, and its time."""
        recording, before_s, faults = self._server.recordings[name], 0.0, self._server.faults
        for picture in recording.rounds():
            if self._server.recordings[name] is not recording:
                return due_s, shown_s + picture.send_s
            due_s += (picture.send_s - before_s) * faults.slowness
            before_s = picture.send_s
            await asyncio.sleep(due_s - time.monotonic())
            if not faults.frozen:
                await self._send_picture(packetiser, replace(picture, shown_s=picture.shown_s + shown_s + faults.stamps_ahead_s))
        raise AssertionError("rounds have no end")

    async def _send_sound(self, sound: Sound) -> None:
        began_s = time.monotonic()
        for due_s, packet in sound.rounds():
            await asyncio.sleep(began_s + due_s - time.monotonic())
            if self._server.faults.mute or self._server.faults.frozen:
                continue
            if self._udp is not None:
                self._udp.sendto(packet)
                continue
            self._writer.write(b"$\x00" + len(packet).to_bytes(2, "big") + packet)
            await self._writer.drain()

    async def _send_picture(self, packetiser: Packetiser, picture: Picture) -> None:
        faults, chance = self._server.faults, self._server.random.random
        if chance() < faults.damaged_share:
            picture = Picture(picture.send_s, picture.shown_s, tuple(map(self._damage, picture.nals)), picture.keyframe)
        kept = [packet for packet in packetiser.packets(picture) if chance() >= faults.lost_share]
        if faults.clock_ahead_s is not None and picture.keyframe:
            kept.insert(0, packetiser.report(picture, time.time() + faults.clock_ahead_s))
        if self._udp is not None:
            for packet in kept:
                self._udp.sendto(packet)
            return
        self._writer.write(b"".join(b"$\x00" + len(packet).to_bytes(2, "big") + packet for packet in kept))
        await self._writer.drain()

    def _damage(self, nal: bytes) -> bytes:
        """Every thirtieth byte replaced by chance; the NAL header is left alone."""
        dirty = bytearray(nal)
        for place in range(2, len(dirty), 30):
            dirty[place] = self._server.random.randrange(256)
        return bytes(dirty)
