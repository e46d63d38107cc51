"""The demo's nodes at a scripted door: they behave as nodes do."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.sources.simulated import DEMO, WORLD_EPOCH_NS, SimulatedNodes
from engine.sources.simulated.nodes.node import IdentifyOrder, RateOrder, RebootOrder, Rejected, RoleOrder, UpdateOrder, read_order
from engine.sources.simulated.nodes.nodes import FIRMWARE

STEP_S = 0.05


class SteppedClock:
    """Time stands still until the nodes ask; then it goes on by a step: a run in fast motion, ended at `end_s`."""

    def __init__(self, end_s: float) -> None:
        self._now_s, self._end_s = 1000.0, 1000.0 + end_s
        self.stopping = threading.Event()
        self.at: dict[float, list[Callable[[], None]]] = {}

    def now_ns(self) -> int:
        return WORLD_EPOCH_NS + round(self._now_s * SECOND)

    def step(self) -> None:
        self._now_s += STEP_S
        for due in [at for at in self.at if 1000.0 + at <= self._now_s]:
            for action in self.at.pop(due):
                action()
        if self._now_s > self._end_s:
            self.stopping.set()


class Wait(threading.Event):
    """The `stopping` of a run in fast motion: every wait is one step of the clock."""

    def __init__(self, clock: SteppedClock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.step()
        return self._clock.stopping.is_set()


class Connection:
    def __init__(self, door: "Door", send: Callable[[str], None], close: Callable[[int, str], None], simulated: bool) -> None:
        self.send, self.close, self.simulated = send, close, simulated
        self.texts: list[dict[str, Any]] = []
        self.frames: list[bytes] = []
        self.over = False
        self._door = door

    def text(self, text: str) -> None:
        assert not self.over
        self.texts.append(json.loads(text))
        if self.texts[-1]["type"] == "hello":
            self._door.greet(self)

    def binary(self, data: bytes) -> None:
        assert not self.over
        self.frames.append(data)

    def closed(self) -> None:
        self.over = True

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [text for text in self.texts if text["type"] == kind]


class Door:
    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.shut = False

    def connect(
        self,
        address: str,
        send: Callable[[str], None],
        close: Callable[[int, str], None],
        token: str | None = None,
        simulated: bool = False,
    ) -> Connection:
        assert token is None
        if self.shut:
            raise EnvironmentFault("shutting_down", "not now")
        self.connections.append(Connection(self, send, close, simulated))
        return self.connections[-1]

    def greet(self, connection: Connection) -> None:
        connection.send('{"type":"role","role":"tx_rx"}')
        connection.send('{"type":"config","rate_hz":20}')

    def of(self, mac: str) -> list[Connection]:
        return [one for one in self.connections if one.texts and one.texts[0]["mac"] == mac]


PLAN = replace(DEMO, nodes=DEMO.nodes[:3])
MAC = PLAN.nodes[0].mac


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    assert all(connection.over for connection in door.connections)


def run(door: Door, seconds: float, at: dict[float, Callable[[], None]] | None = None) -> SimulatedNodes:
    clock = SteppedClock(seconds)
    clock.at = {time: [action] for time, action in (at or {}).items()}
    nodes = SimulatedNodes(clock, door, plan=PLAN)
    nodes.run(Wait(clock))
    return nodes


def test_every_node_says_hello_and_sends_at_its_rate(door: Door) -> None:
    run(door, 12)
    assert [one.texts[0]["mac"] for one in door.connections] == [node.mac for node in PLAN.nodes]
    for connection, plan in zip(door.connections, PLAN.nodes, strict=True):
        assert connection.simulated
        hello = connection.texts[0]
        assert hello["firmware_version"] == FIRMWARE
        assert (hello["pos_x"], hello["pos_y"], hello["pos_z"]) == pytest.approx(plan.at)
        assert 0.9 < len(connection.frames) / (12 * 20 * (len(PLAN.nodes) - 1)) < 1.01
        assert all(frame[:6].hex(":").upper() == plan.mac for frame in connection.frames)
        (health,) = connection.of("health")
        assert health["csi_rate_hz"] in (19, 20)
        assert len(connection.of("ble")) == 2


def test_a_rate_that_is_ordered_is_kept(door: Door) -> None:
    def slow_down() -> None:
        for connection in door.connections:
            connection.send('{"type":"config","rate_hz":5}')

    run(door, 12, {2.0: slow_down})
    assert 0.9 < len(door.connections[0].frames) / ((2 * 20 + 10 * 5) * (len(PLAN.nodes) - 1)) < 1.05


def test_roles_are_kept(door: Door) -> None:
    def change() -> None:
        door.connections[0].send('{"type":"role","role":"tx"}')
        door.connections[1].send('{"type":"role","role":"rx"}')

    run(door, 4, {1.0: change})
    sent = bytes.fromhex(PLAN.nodes[1].mac.replace(":", ""))
    assert len(door.connections[0].frames) < 80
    heard = [frame for frame in door.connections[2].frames if frame[6:12] == sent]
    assert 10 < len(heard) < 30


def test_an_update_goes_through_its_states_and_comes_back_new(door: Door) -> None:
    order = '{"type":"ota","url":"http://127.0.0.1/firmware/x.bin","sha256":"","version":"sim-2.0.0"}'
    run(door, 15, {1.0: lambda: door.of(MAC)[0].send(order)})
    old, new = door.of(MAC)
    states = [text["state"] for text in old.of("ota_status")]
    assert states[-3:] == ["verifying", "writing", "rebooting"]
    assert states[:-3] == ["downloading"] * 10
    assert [text["progress_pct"] for text in old.of("ota_status")[:10]] == list(range(10, 101, 10))
    assert new.texts[0]["firmware_version"] == "sim-2.0.0"
    assert new.texts[0]["uptime_ms"] < 1000
    assert new.frames


def test_a_reboot_and_a_lost_connection_come_back(door: Door) -> None:
    second = PLAN.nodes[1].mac
    run(
        door,
        12,
        {1.0: lambda: door.of(MAC)[0].send('{"type":"reboot","delay_ms":500}'), 2.0: lambda: door.of(second)[0].close(1008, "enough")},
    )
    assert len(door.of(MAC)) == len(door.of(second)) == 2
    assert door.of(MAC)[1].texts[0]["firmware_version"] == FIRMWARE


def test_a_rejected_node_stays_away_for_a_while(door: Door) -> None:
    def reject(connection: Connection) -> None:
        connection.send('{"type":"reject","reason":"node_disabled"}')
        connection.close(0, "")

    door.greet = reject  # type: ignore[method-assign]
    run(door, 20)
    assert len(door.of(MAC)) == 1


def test_a_door_that_is_shut_is_tried_again(door: Door) -> None:
    door.shut = True
    run(door, 12, {3.0: lambda: setattr(door, "shut", False)})
    assert len(door.connections) == len(PLAN.nodes)


def test_lamps_blink_as_long_as_told(door: Door) -> None:
    clock = SteppedClock(3)
    nodes = SimulatedNodes(clock, door, plan=PLAN)
    seen: list[tuple[str, ...]] = []
    clock.at = {
        1.0: [lambda: door.of(MAC)[0].send('{"type":"identify","duration_ms":1000}')],
        1.5: [lambda: seen.append(nodes.blinking())],
        2.9: [lambda: seen.append(nodes.blinking())],
    }
    nodes.run(Wait(clock))
    assert seen == [(MAC,), ()]


def test_time_that_was_missed_is_left_out(door: Door) -> None:
    clock = SteppedClock(10)
    nodes = SimulatedNodes(clock, door, plan=PLAN)
    jump = clock.step
    clock.at = {1.0: [lambda: [jump() for _ in range(100)] and None]}
    nodes.run(Wait(clock))
    assert len(door.connections[0].frames) < 6 * 20 * (len(PLAN.nodes) - 1)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ('{"type":"role","role":"rx"}', RoleOrder("rx")),
        ('{"type":"config","rate_hz":50,"variance_threshold":1.0}', RateOrder(50)),
        ('{"type":"config","rate_hz":0}', None),
        ('{"type":"config","rate_hz":"many"}', None),
        ('{"type":"config","ntp_server":"x"}', None),
        ('{"type":"reboot"}', RebootOrder(1.0)),
        ('{"type":"reboot","delay_ms":-5}', RebootOrder(0.0)),
        ('{"type":"identify","duration_ms":9e9}', IdentifyOrder(60.0)),
        ('{"type":"ota","url":"u","sha256":"s","version":"v"}', UpdateOrder("u", "s", "v")),
        ('{"type":"ota","url":5}', None),
        ('{"type":"reject","reason":"invalid_token"}', Rejected("invalid_token")),
        ('{"type":"shutdown","reconnect_in_ms":1}', None),
        ("[]", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_orders(text: str, order: object) -> None:
    assert read_order(text) == order
