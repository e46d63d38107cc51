"""A node without a network: says what it is told to say to a hub, and keeps what it hears. Also what stands around the hub."""

import json
import struct
from typing import Any

from engine.model.time import SECOND, ManualClock
from engine.sources.node.collector import CAPACITY
from engine.sources.node.hub import NodeHub
from engine.sources.node.pairing import PairingDoor
from engine.sources.node.rates import RatePolicy
from engine.sources.node.tokens import NodeTokens

MAC = "AA:BB:CC:00:00:00"
OTHER = "AA:BB:CC:00:00:01"


def frame(
    node: str = MAC, peer: str = OTHER, rssi: int = -50, channel: int = 6, n_sub: int = 64, iq: bytes | None = None, noise: int = -95
) -> bytes:
    """One CSI frame as on the wire."""
    macs = bytes.fromhex((node + peer).replace(":", ""))
    payload = bytes(index % 100 for index in range(2 * n_sub)) if iq is None else iq
    return macs + struct.pack("<QbbBB", 50_000, rssi, noise, channel, n_sub) + payload


class MemoryStore:
    """A secret store that forgets with the process."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def put(self, key: str, secret: str) -> None:
        self.kept[key] = secret


class Bench:
    """A hub with a clock that is moved by hand."""

    def __init__(self, rates: RatePolicy | None = None, capacity: int = CAPACITY, pairing: bool = False) -> None:
        self.clock = ManualClock(1_000 * SECOND)
        self.store = MemoryStore()
        self.tokens = NodeTokens(self.store)
        self.pairing = PairingDoor(self.clock)
        if pairing:
            self.pairing.open("test", None)
        self.hub = NodeHub(self.clock, self.tokens, self.pairing, rates=rates, steady_s=self.now_s, capacity=capacity)

    def now_s(self) -> float:
        return self.clock.now_ns() / SECOND

    def wait(self, seconds: float) -> None:
        self.clock.advance_to(self.clock.now_ns() + round(seconds * SECOND))

    def peer(self, mac: str = MAC, token: str | None = None, **options: Any) -> "NodePeer":
        return NodePeer(self.hub, mac, token, **options)

    def node(self, mac: str = MAC, **hello: Any) -> "NodePeer":
        """A node with a valid token that has said hello."""
        return self.peer(mac, self.tokens.token(mac)).hello(**hello)


class NodePeer:
    """The far end of one connection."""

    def __init__(self, hub: NodeHub, mac: str = MAC, token: str | None = None, **options: Any) -> None:
        self.mac = mac
        self.heard: list[dict[str, Any]] = []
        self.ended: tuple[int, str] | None = None
        self.session = hub.connect("192.0.2.7", self._hear, self._end, token, **options)

    def hello(self, **fields: Any) -> "NodePeer":
        return self.say({"type": "hello", "mac": self.mac, "firmware_version": "0.2.72", "capabilities": ["csi", "tx", "rx"], **fields})

    def say(self, message: Any) -> "NodePeer":
        self.session.text(message if isinstance(message, str) else json.dumps(message))
        return self

    def measure(self, count: int = 1, **fields: Any) -> "NodePeer":
        for _ in range(count):
            self.session.binary(frame(self.mac, **fields))
        return self

    def types(self) -> list[str]:
        return [message["type"] for message in self.heard]

    def reasons(self) -> list[str]:
        return [message["reason"] for message in self.heard if message["type"] == "reject"]

    def _hear(self, text: str) -> None:
        assert len(text.encode()) < 2048
        self.heard.append(json.loads(text))

    def _end(self, code: int, words: str) -> None:
        assert self.ended is None, "closed twice"
        self.ended = (code, words)
