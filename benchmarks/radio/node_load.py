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

from engine.model.errors import EnvironmentFault
from engine.model.radio.radio import CsiBatch
from engine.model.site import Position
from engine.sources.simulated import room_batches, room_positions

SPACE = "10x8x2.5"
WALKERS = 2
ROUND_S = 8.0  # of walking, before they walk back
START_S = 60.0
READY = "ready\n"


@dataclass(frozen=True, slots=True)
class Sent:
    """`late_ms`: how far the sender itself fell behind its plan, at most. `cores`: what sending took."""

    frames: int
    seconds: float
    late_ms: float
    cores: float


def start(url: str, nodes: int, rate_hz: int, seconds: float) -> subprocess.Popen[str]:
    """Returns when all nodes are let in and begin to send. Raises EnvironmentFault."""
    command = [sys.executable, "-m", "benchmarks.radio.node_load", url, str(nodes), str(rate_hz), str(seconds)]
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


def macs(nodes: int) -> list[str]:
    return list(room_positions(SPACE, nodes))


def frames(nodes: int, rate_hz: int, seconds: float = ROUND_S, seed: int = 1) -> list[list[bytes]]:
    """Per node masked WebSocket messages in order: what it would send while people walk about the room, and then back the same way.

    So they can be repeated without a jump.
    """
    number = {mac: index for index, mac in enumerate(macs(nodes))}
    sent: list[list[bytes]] = [[] for _ in range(nodes)]
    for step in room_batches(seed, nodes, WALKERS, seconds, rate_hz, SPACE):
        heads = [_head(node, peer) for node, peer in step.batch.links]
        for row, link in enumerate(step.batch.link.tolist()):
            sent[number[step.batch.links[link][0]]].append(_message(heads[link] + _tail(step.batch, row)))
    return [[*forth, *reversed(forth)] for forth in sent]


def _head(node: str, peer: str) -> bytes:
    """Both addresses, and a time that nobody reads."""
    return bytes.fromhex((node + peer).replace(":", "")) + bytes(8)


def _tail(batch: CsiBatch, row: int) -> bytes:
    facts = np.array([batch.rssi_dbm[row], batch.noise_dbm[row], batch.channel[row], batch.n_sub[row]], np.int8)
    return facts.tobytes() + batch.iq[row].tobytes()


def _message(payload: bytes, opcode: int = 2) -> bytes:
    """RFC 6455, section 5.2; clients mask."""
    key = os.urandom(4)
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + len(payload).to_bytes(2, "big")
    data = np.frombuffer(payload, np.uint8) ^ np.resize(np.frombuffer(key, np.uint8), len(payload))
    return bytes([0x80 | opcode]) + length + key + data.tobytes()


def connect(url: str, mac: str, place_m: Position) -> socket.socket:
    """A node on the wall of the room, let in without a token."""
    place = urlsplit(url)
    link = socket.create_connection((place.hostname, place.port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    head = f"GET /ws/node HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    link.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    _expect(link, b" 101 ")
    x, y, z = place_m
    hello = {"type": "hello", "mac": mac, "firmware_version": "bench", "pos_x": x, "pos_y": y, "pos_z": z}
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


def play(url: str, nodes: int, rate_hz: int, seconds: float) -> Sent:
    """Each node reports each peer `rate_hz` times a second, one message per frame, evenly over time."""
    messages = frames(nodes, rate_hz)
    links = [connect(url, mac, place_m) for mac, place_m in room_positions(SPACE, nodes).items()]
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
