"""Many nodes on one engine, as a process of its own: their frames cost the measured process nothing but receiving them.

Run as a module: the address, then nodes, rate and seconds; one JSON line on stdout when it is done.
"""

import base64
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from engine.model.errors import EnvironmentFault

VARIANTS = 50  # frames of a link before they repeat
ROOM_M = (10.0, 8.0)
START_S = 30.0
READY = "ready\n"
WALKER_HZ = 0.7  # of the modulation that a moving body makes; enough to keep the links awake


@dataclass(frozen=True, slots=True)
class Sent:
    """`late_ms`: how far the sender itself fell behind its plan, at most. `cores`: what sending took."""

    frames: int
    seconds: float
    late_ms: float
    cores: float


def start(url: str, nodes: int, rate_hz: int, seconds: float) -> subprocess.Popen[str]:
    """Returns when all nodes are let in and begin to send. Raises EnvironmentFault."""
    command = [sys.executable, "-m", "console.bench.node_load", url, str(nodes), str(rate_hz), str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    if process.stdout is None or process.stdout.readline() != READY:
        raise EnvironmentFault("bench", "The process that plays the nodes did not start; see its message above.")
    return process


def result(process: subprocess.Popen[str], seconds: float) -> Sent:
    """Raises EnvironmentFault when it did not send."""
    out, _ = process.communicate(timeout=seconds + START_S)
    if process.returncode:
        raise EnvironmentFault("bench", "The process that plays the nodes failed; see its message above.")
    return Sent(**json.loads(out))


def mac(index: int) -> str:
    return f"02:00:00:00:01:{index:02X}"


def frames(node: int, nodes: int, seed: int = 1) -> list[bytes]:
    """Masked WebSocket messages, VARIANTS rounds of one to each peer: a static path, a moving body, noise."""
    random = np.random.default_rng(seed + node)
    peers = [peer for peer in range(nodes) if peer != node]
    paths = {peer: random.normal(0, 12, (64, 2)) for peer in peers}
    return [_message(_frame(node, peer, _iq(paths[peer], turn, random))) for turn in range(VARIANTS) for peer in peers]


def _iq(path: npt.NDArray[np.float64], turn: int, random: np.random.Generator) -> npt.NDArray[np.int8]:
    moving = 6 * np.sin(2 * np.pi * (WALKER_HZ * turn / VARIANTS + np.arange(64) / 64))[:, None]
    return np.clip(path + moving + random.normal(0, 1, (64, 2)), -127, 127).astype(np.int8)


def _frame(node: int, peer: int, iq: npt.NDArray[np.int8]) -> bytes:
    macs = bytes.fromhex((mac(node) + mac(peer)).replace(":", ""))
    return macs + (0).to_bytes(8, "little") + np.array([-50, -95, 6, 64], np.int8).tobytes() + iq.tobytes()


def _message(payload: bytes, opcode: int = 2) -> bytes:
    """RFC 6455, section 5.2; clients mask."""
    key = os.urandom(4)
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + len(payload).to_bytes(2, "big")
    data = np.frombuffer(payload, np.uint8) ^ np.resize(np.frombuffer(key, np.uint8), len(payload))
    return bytes([0x80 | opcode]) + length + key + data.tobytes()


def connect(url: str, index: int, nodes: int) -> socket.socket:
    """A node on the wall of the room, let in without a token."""
    place = urlsplit(url)
    link = socket.create_connection((place.hostname, place.port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    head = f"GET /ws/node HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    link.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    _expect(link, b" 101 ")
    x, y = _on_the_wall(index / nodes)
    hello = {"type": "hello", "mac": mac(index), "firmware_version": "bench", "pos_x": x, "pos_y": y, "pos_z": 2.0}
    link.sendall(_message(json.dumps(hello).encode(), 1))
    _expect(link, b"role")
    return link


def _expect(link: socket.socket, words: bytes) -> None:
    heard = b""
    while words not in heard:
        more = link.recv(4096)
        if not more:
            raise EnvironmentFault("bench", f"The engine refused a node: {heard[-200:]!r}")
        heard += more


def _on_the_wall(share: float) -> tuple[float, float]:
    """Once around the room."""
    width, depth = ROOM_M
    along = share * 2 * (width + depth)
    if along < width:
        return along, 0.0
    if along < width + depth:
        return width, along - width
    return (2 * width + depth - along, depth) if along < 2 * width + depth else (0.0, 2 * (width + depth) - along)


def play(url: str, nodes: int, rate_hz: int, seconds: float) -> Sent:
    """Each node reports each peer `rate_hz` times a second, one message per frame, evenly over time."""
    messages = [frames(index, nodes) for index in range(nodes)]
    links = [connect(url, index, nodes) for index in range(nodes)]
    print(READY, end="", flush=True)
    per_second = rate_hz * (nodes - 1)
    begin_s, begin_cpu_s, turn, late_s = time.perf_counter(), time.process_time(), 0, 0.0
    while (now_s := time.perf_counter() - begin_s) < seconds:
        due = int(now_s * per_second)
        late_s = max(late_s, now_s - turn / per_second)
        while turn < due:
            for link, rows in zip(links, messages, strict=True):
                link.sendall(rows[turn % len(rows)])
            turn += 1
        time.sleep(0.0005)
    seconds, cpu_s = time.perf_counter() - begin_s, time.process_time() - begin_cpu_s
    for link in links:
        link.close()
    return Sent(turn * nodes, round(seconds, 3), round(1000 * late_s, 1), round(cpu_s / seconds, 3))


if __name__ == "__main__":
    sent = play(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    print(json.dumps({"frames": sent.frames, "seconds": sent.seconds, "late_ms": sent.late_ms, "cores": sent.cores}))
