"""Plays a recording of a public node simulator over real node sockets, at its own speed: the simulator's very bytes, without it."""

import asyncio
import gzip
import json
import struct
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

_HEADER = struct.Struct("<dH")
PATIENT_S = 60.0  # for an answer of a busy machine


@dataclass(frozen=True)
class Recording:
    """Per node, in order of time: (seconds since the start, a JSON message or a frame)."""

    hellos: dict[str, dict[str, Any]]
    sent: dict[str, list[tuple[float, str | bytes]]] = field(default_factory=dict)


def read_recording(frames: Path) -> Recording:
    """`NAME.frames.gz` with `NAME.messages.jsonl.gz` beside it."""
    text = gzip.decompress(frames.with_name(frames.name.replace(".frames.", ".messages.jsonl.")).read_bytes()).decode()
    messages = [json.loads(line) for line in text.splitlines()]
    said = [(float(row["t"]), row.get("message", row)) for row in messages]
    hellos = {message["mac"]: _without_time(message) for _, message in said if message.get("type") == "hello"}
    recording = Recording(hellos, {mac: [] for mac in hellos})
    everything: list[tuple[float, str, str | bytes]] = [(t, _mac(data), data) for t, data in _frames(frames)]
    start = min((t for t, _, _ in everything), default=0.0)
    everything += [(t, m["mac"], json.dumps(_without_time(m))) for t, m in said if m.get("type") != "hello"]
    for t, mac, data in sorted(everything, key=lambda row: row[0]):
        recording.sent[mac].append((t - start, data))
    return recording


def _without_time(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key != "t"}


def _frames(path: Path) -> Iterator[tuple[float, bytes]]:
    data = gzip.decompress(path.read_bytes())
    at = 0
    while at < len(data):
        t, length = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        yield t, data[at : at + length]
        at += length


def _mac(frame: bytes) -> str:
    return ":".join(f"{byte:02X}" for byte in frame[:6])


async def play(url: str, recording: Recording, stop: asyncio.Event, loops: int = 1) -> None:
    """`url` as `ws://HOST:PORT/ws/node`. Each node waits for its role before the next one connects, as the simulator does."""
    sockets: dict[str, ClientConnection] = {}
    try:
        for mac, hello in recording.hellos.items():
            sockets[mac] = socket = await connect(url, compression=None, ping_interval=None, open_timeout=PATIENT_S)
            await socket.send(json.dumps(hello))
            said = json.loads(await asyncio.wait_for(socket.recv(), PATIENT_S))
            assert said["type"] == "role", said
        readers = [asyncio.create_task(_read(socket)) for socket in sockets.values()]
        for _ in range(loops):
            start_s = asyncio.get_running_loop().time()
            await asyncio.gather(*(_play_one(sockets[mac], sent, start_s, stop) for mac, sent in recording.sent.items()))
        for task in readers:
            task.cancel()
    finally:
        for socket in sockets.values():
            await socket.close(1000, "sim shutdown")


async def _read(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


async def _play_one(socket: ClientConnection, sent: list[tuple[float, str | bytes]], start_s: float, stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for t, data in sent:
        wait_s = start_s + t - loop.time()
        if wait_s > 0.002:
            await asyncio.sleep(wait_s)
        if stop.is_set():
            return
        await socket.send(data)


class RecordedNodes:
    """Plays on a thread of its own from the constructor until `stop` or the end."""

    def __init__(self, http_url: str, frames: Path, loops: int = 1) -> None:
        self._url = f"{http_url.replace('http', 'ws', 1)}/ws/node"
        self._recording = read_recording(frames)
        self._loops = loops
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="recorded-nodes")
        self._thread.start()

    def __enter__(self) -> "RecordedNodes":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Raises what went wrong while playing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(play(self._url, self._recording, self._stop, self._loops))
        except BaseException as error:  # noqa: BLE001 - told by stop()
            self._error = error
        finally:
            self._loop.close()


if __name__ == "__main__":
    player = RecordedNodes(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    player._thread.join()
    player.stop()
