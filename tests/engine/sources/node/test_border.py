"""Nothing that a node sends gets an exception out of the border, or anything odd into the engine."""

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.radio.radio import BleSighting, CsiBatch
from engine.sources.node.hub import NodeHub
from engine.sources.node.messages import BleAdvert
from tests.fakes.node_peer import MAC, OTHER, Bench, NodePeer, frame
from tests.fakes.node_worst import KEYS, check, check_batch, frames, json_texts, message_texts

INPUTS = 1_000_000
CONVERSATIONS = st.lists(frames() | message_texts() | json_texts() | st.text(max_size=100), max_size=12)


def named(scanner: str, adverts: "list[BleAdvert]", now_ns: int) -> tuple[BleSighting, ...]:
    return tuple(BleSighting(advert.address, advert.rssi_dbm, advert.name, advert.company_id) for advert in adverts)


def open_bench() -> Bench:
    bench = Bench(pairing=True)
    bench.hub = NodeHub(bench.clock, bench.tokens, bench.pairing, named, steady_s=bench.now_s)  # type: ignore[arg-type]
    return bench


def hear(bench: Bench, node: NodePeer, message: str | bytes) -> None:
    (node.session.text if isinstance(message, str) else node.session.binary)(message)  # type: ignore[arg-type]
    bench.wait(0.05)


def check_hub(bench: Bench) -> None:
    for observation in bench.hub.drain(bench.clock.now_ns()):
        if isinstance(observation, CsiBatch):
            check_batch(observation)
        else:
            check(observation)
    for view in bench.hub.views():
        check(view)
    check(bench.hub.update_progress())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(CONVERSATIONS, st.booleans())
def test_any_conversation_leaves_the_hub_sound(conversation: list[str | bytes], after_hello: bool) -> None:
    bench = open_bench()
    node = bench.node() if after_hello else bench.peer()
    bystander = bench.node(OTHER)
    for message in conversation:
        hear(bench, node, message)
    check_hub(bench)
    assert bystander.measure(peer=MAC).ended is None
    assert all(len(text) < 2048 for text in map(str, node.heard))


class Worst:
    """Random inputs a hundred times faster than hypothesis makes them: mutations of good frames and messages."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._frames = [
            frame(n_sub=n, rssi=r, channel=c, peer=p)
            for n in (0, 1, 64, 128, 255)
            for r in (0, -50)
            for c in (0, 6, 15)
            for p in (MAC, OTHER)
        ]
        self._texts = [self._message(kind) for kind in KEYS for _ in range(40)]

    def input(self) -> str | bytes:
        chance = self._random
        if chance.random() < 0.5:
            return self._mutated(bytearray(chance.choice(self._frames)))
        text = chance.choice(self._texts)
        if chance.random() < 0.3:
            return text
        return self._mutated(bytearray(text.encode("utf-8", "surrogatepass"))).decode("utf-8", "replace")

    def _mutated(self, data: bytearray) -> bytes:
        chance = self._random
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(data) + 1)
            match chance.randrange(4):
                case 0:
                    del data[at:]
                case 1:
                    data[at:at] = chance.randbytes(chance.randrange(1, 5))
                case 2 if at < len(data):
                    data[at] = chance.randrange(256)
                case _:
                    data[at : at + chance.randrange(8)] = b""
        return bytes(data)

    def _value(self, depth: int = 0) -> str:
        chance = self._random
        plain = (
            "null",
            "true",
            "-1",
            "1e999",
            "NaN",
            "9" * 400,
            '""',
            '"\\ud800"',
            f'"{MAC}"',
            '"x' + "y" * 50 + '"',
            "-70",
            "0.5",
            '"random"',
            "[" * 30 + "]" * 30,
        )
        if depth < 3 and chance.random() < 0.3:
            return "[" + ",".join(self._value(depth + 1) for _ in range(chance.randrange(4))) + "]"
        return chance.choice(plain)

    def _message(self, kind: str) -> str:
        parts = [f'"{key}":{self._value()}' for key in KEYS[kind] if self._random.random() < 0.8]
        if kind == "ble":
            device = ",".join(f'"{key}":{self._value(3)}' for key in ("addr", "rssi_dbm", "name", "mfr_id", "mfr_data_hex"))
            parts.append(f'"devices":[{{{device}}},{{"addr":"{OTHER}","rssi_dbm":-60,"name":{self._value(3)}}}]')
        return "{" + ",".join([f'"type":"{kind}"', *parts, f'"mac":"{MAC}"' if self._random.random() < 0.8 else '"x":1']) + "}"


def run(count: int, seed: int) -> int:
    """Feed so many inputs, half of them to nodes that said no hello; gives how many connections that took."""
    worst, bench, connections = Worst(seed), open_bench(), 0
    node = bench.peer()
    for number in range(count):
        if node.ended is not None or number % 997 == 0:
            node = bench.node() if number % 2 else bench.peer()
            connections += 1
        hear(bench, node, worst.input())
        if number % 2000 == 0:
            check_hub(bench)
    check_hub(bench)
    return connections


def test_thousands_of_random_inputs() -> None:
    assert run(20_000, seed=1) > 20


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_million_random_inputs() -> None:
    seed = int(os.environ.get("WATCHROOM_FUZZ_SEED", "2"))
    assert run(INPUTS, seed) > 1000
