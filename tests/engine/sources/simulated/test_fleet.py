"""Nodes as clients: over real sockets, at the product's own border and at scripted servers."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from websockets.asyncio.server import ServerConnection, serve

from engine.gateway.border.bind import Bind
from engine.gateway.server import GatewayServer
from engine.model.errors import EnvironmentFault, InputError
from engine.model.radio.radio import CsiBatch, NodeState, UpdateState
from engine.model.time import SystemClock
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor
from engine.sources.simulated.nodes.fleet import FleetPlan, FleetSummary, simulate_fleet
from engine.sources.simulated.nodes.fleet_update import UpdateBehaviour, UpdateFailure
from engine.sources.simulated.truth_file import COLUMNS
from engine.sources.simulated.waves.room import Scenario
from tests.fakes.node_door import FakeNodeDoor, NoSite
from tests.fakes.waiting import until

Script = Callable[[ServerConnection], Awaitable[None]]
MAC = "02:57:53:00:00:00"


@pytest.fixture
def door(tmp_path: Path) -> FakeNodeDoor:
    return FakeNodeDoor(tmp_path)


@pytest.fixture
def url(door: FakeNodeDoor) -> Iterator[str]:
    server = GatewayServer(cast("LocalDoor", NoSite()), SetupCode(), Bind(), "test", door)
    server.start()
    yield f"ws{server.url.removeprefix('http')}/ws/node"
    server.stop()


def simulate(url: str, **plan: Any) -> FleetSummary:
    async def run() -> FleetSummary:
        return await simulate_fleet(FleetPlan(url, boot_s=0.2, patience_s=0.2, **plan), SystemClock(), asyncio.Event())

    return asyncio.run(run())


def at_script(script: Script, **plan: Any) -> FleetSummary:
    """Against a server that does what the script says with every connection."""

    async def scripted(socket: ServerConnection, stopping: asyncio.Event) -> None:
        await script(socket)

    return until_stopped(scripted, **plan)


def until_stopped(script: Callable[[ServerConnection, asyncio.Event], Awaitable[None]], **plan: Any) -> FleetSummary:
    """The same with a script that can end the run."""

    async def run() -> FleetSummary:
        stopping = asyncio.Event()

        async def scripted(socket: ServerConnection) -> None:
            await script(socket, stopping)

        async with serve(scripted, "127.0.0.1", 0, compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            address = f"ws://127.0.0.1:{port}/ws/node"
            return await simulate_fleet(FleetPlan(address, boot_s=0.2, provision=False, **plan), SystemClock(), stopping)

    return asyncio.run(run())


async def let_in(socket: ServerConnection) -> list[str | bytes]:
    heard = [await socket.recv()]
    await socket.send('{"type":"role","role":"tx_rx"}')
    await socket.send('{"type":"config","rate_hz":20,"variance_threshold":0.02}')
    return heard


async def listen(socket: ServerConnection, heard: list[str | bytes]) -> None:
    async for message in socket:
        heard.append(message)


def test_walkers_cross_the_real_border(door: FakeNodeDoor, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sources.simulated.nodes.fleet.FIRST_ORDER_S", 120.0)  # however busy the machine is
    door.nodes.pairing.open("test")
    done = threading.Event()
    seen: list[Any] = []

    def drain() -> None:
        over = False
        while not over:
            over = done.wait(0.05)
            seen.extend(door.nodes.drain(door.clock.now_ns()))

    thread = threading.Thread(target=drain)
    thread.start()
    try:
        summary = simulate(url, nodes=3, walkers=2, duration_s=3.0, truth=tmp_path / "truth.csv")
        until(lambda: {view.state for view in door.nodes.views()} == {NodeState.OFFLINE}, "what was sent is read to its end")
    finally:
        done.set()
        thread.join()
    frames = sum(len(one) + one.shed for one in seen if isinstance(one, CsiBatch))  # a machine that hangs sheds some
    sending_s = 3.0 - summary.skipped_s
    assert 0.9 < summary.frames_sent / (3 * 2 * 20 * sending_s) <= 1
    assert frames >= summary.frames_sent - 3 * 40
    assert {view.state for view in door.nodes.views()} == {NodeState.OFFLINE}
    assert all(view.malformed == 0 for view in door.nodes.views())
    assert summary.rejects == ()
    rows = (tmp_path / "truth.csv").read_text().splitlines()
    assert rows[0] == COLUMNS
    assert rows[1].startswith("50,0,")
    assert abs(len(rows) - 1 - 2 * sending_s * 20) <= 4


def test_a_closed_door_is_told(url: str) -> None:
    summary = simulate(url, nodes=3, duration_s=30)
    assert summary.rejects == (f"{MAC}: invalid_token",)
    assert summary.frames_sent == 0


def test_a_token_lets_in(door: FakeNodeDoor, url: str) -> None:
    summary = simulate(url, nodes=1, duration_s=0.4, token=door.nodes.tokens.token(MAC))
    assert summary.rejects == ()
    (view,) = door.nodes.views()
    assert view.mac == MAC


def updated(door: FakeNodeDoor, url: str, behaviour: UpdateBehaviour, state: UpdateState) -> FleetSummary:
    """One node, told to update as soon as it is there; until the server sees the state."""
    door.nodes.pairing.open("test")
    firmware = door.firmware.add(b"\xe9" + bytes(30_000), "9.9.1", "image.bin")
    found: list[FleetSummary] = []

    async def run() -> None:
        stopping = asyncio.Event()
        plan = FleetPlan(url, nodes=1, walkers=0, scenario=Scenario.OTA, duration_s=30, boot_s=0.2, update=behaviour)
        fleet = asyncio.create_task(simulate_fleet(plan, SystemClock(), stopping))
        while not any(view.state is NodeState.ONLINE for view in door.nodes.views()):
            await asyncio.sleep(0.02)
        door.nodes.update(firmware, ())
        ends = time.monotonic() + 20
        while not any(view.update is state for view in door.nodes.views()) and time.monotonic() < ends:
            door.nodes.tick()
            door.nodes.drain(door.clock.now_ns())
            await asyncio.sleep(0.05)
        stopping.set()
        found.append(await fleet)

    asyncio.run(run())
    assert [view.update for view in door.nodes.views()] == [state]
    return found[0]


def test_an_update_is_fetched_and_installed(door: FakeNodeDoor, url: str) -> None:
    summary = updated(door, url, UpdateBehaviour(), UpdateState.VERIFIED)
    assert [(one.state, one.version) for one in summary.updates] == [("installed", "9.9.1")]
    assert summary.reconnects == 1
    assert door.nodes.views()[0].firmware == "9.9.1"


@pytest.mark.parametrize(
    ("failure", "state", "outcome", "error"),
    [
        (UpdateFailure.BOOT, UpdateState.ROLLBACK, "rolled_back", ""),
        (UpdateFailure.VERIFY, UpdateState.FAILED, "failed", "sha256_mismatch"),
        (UpdateFailure.DOWNLOAD, UpdateState.FAILED, "failed", "download_failed"),
    ],
)
def test_an_update_fails_as_told(
    door: FakeNodeDoor, url: str, failure: UpdateFailure, state: UpdateState, outcome: str, error: str
) -> None:
    summary = updated(door, url, UpdateBehaviour(failure=failure), state)
    assert [(one.state, one.error) for one in summary.updates] == [(outcome, error)]
    assert door.nodes.views()[0].firmware == "sim-1.0.0"


def test_an_update_that_cannot_be_fetched_is_reported() -> None:
    states: list[tuple[str, str]] = []

    async def script(socket: ServerConnection) -> None:
        await let_in(socket)
        order = {"type": "ota", "url": "http://127.0.0.1:9/firmware/x.bin", "sha256": "", "version": "2"}
        await socket.send(json.dumps(order))
        await socket.send(json.dumps(order | {"url": "file:///etc/passwd"}))
        async for message in socket:
            if isinstance(message, str) and json.loads(message)["type"] == "ota_status":
                states.append((json.loads(message)["state"], json.loads(message).get("error", "")))

    summary = at_script(script, nodes=1, duration_s=0.6)
    assert states == [("failed", "download_failed")]
    assert summary.updates[0].error == "download_failed"


def test_it_says_hello_first_waits_for_its_role_and_ends_with_a_close_frame() -> None:
    order: list[str] = []
    codes: list[tuple[int | None, str | None]] = []

    async def script(socket: ServerConnection) -> None:
        heard = [await socket.recv()]
        mac = json.loads(heard[0])["mac"]
        order.append(f"hello {mac[-1]}")
        await asyncio.sleep(0.1)
        order.append(f"role {mac[-1]}")
        await socket.send('{"type":"role","role":"tx_rx"}')
        await listen(socket, heard)
        codes.append((socket.close_code, socket.close_reason))
        assert all(isinstance(message, bytes) and len(message) == 152 for message in heard[1:])

    at_script(script, nodes=3, duration_s=0.5)
    assert order == ["hello 0", "role 0", "hello 1", "role 1", "hello 2", "role 2"]
    assert codes == [(1000, "sim shutdown")] * 3


def test_a_node_on_its_own_measures_its_access_point() -> None:
    heard: list[str | bytes] = []

    async def script(socket: ServerConnection) -> None:
        heard.extend(await let_in(socket))
        await listen(socket, heard)

    at_script(script, nodes=1, duration_s=1.0)
    access_point = json.loads(heard[0])["ap_bssid"]
    assert len(heard) > 15
    assert {frame[6:12].hex(":").upper() for frame in heard if isinstance(frame, bytes)} == {access_point}


def test_a_lost_connection_is_made_again() -> None:
    hellos: list[dict[str, Any]] = []

    async def script(socket: ServerConnection, stopping: asyncio.Event) -> None:
        heard = await let_in(socket)
        hellos.append(json.loads(heard[0]))
        if len(hellos) == 1:
            await socket.recv()
            socket.transport.abort()
        else:
            stopping.set()
            await listen(socket, heard)

    summary = until_stopped(script, nodes=1, duration_s=0)
    assert len(hellos) == 2
    assert summary.reconnects == 1


def test_walkers_carry_phones_when_told_to() -> None:
    reports: list[dict[str, Any]] = []

    async def script(socket: ServerConnection) -> None:
        heard = await let_in(socket)
        await listen(socket, heard)
        reports.extend(json.loads(text) for text in heard if isinstance(text, str) and '"ble"' in text)

    at_script(script, nodes=2, walkers=2, duration_s=5.4, ble=True)
    blue = [report for report in reports if report["type"] == "ble"]
    assert len(blue) == 2
    assert {device["addr"] for report in blue for device in report["devices"]} <= {"AA:BB:CC:DD:EE:00", "AA:BB:CC:DD:EE:01"}
    assert any(device["name"] == "sim-person-0" for report in blue for device in report["devices"])


@pytest.mark.parametrize(("obey", "low", "high"), [(True, 0.05, 0.4), (False, 0.8, 1.01)])
def test_the_servers_rate_is_followed_when_asked_to(obey: bool, low: float, high: float) -> None:
    async def script(socket: ServerConnection) -> None:
        heard = await let_in(socket)
        await socket.send('{"type":"config","rate_hz":2}')
        await socket.send("nonsense")
        await socket.send(b"\x00\x01")
        await listen(socket, heard)

    summary = at_script(script, nodes=2, duration_s=2.0, obey_rate=obey)
    assert low <= summary.frames_sent / (2 * 20 * 2.0) <= high


def test_a_server_that_never_answers_is_named() -> None:
    with pytest.raises(EnvironmentFault) as caught:
        simulate("ws://127.0.0.1:9/ws/node", duration_s=1)
    assert caught.value.reason == "unreachable"


def test_a_truth_that_cannot_be_written_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        simulate(url, duration_s=1, truth=tmp_path / "missing" / "truth.csv")
    assert caught.value.reason == "truth"


PLANS = ({"nodes": 0}, {"nodes": 65}, {"rate_hz": 0}, {"rate_hz": float("nan")}, {"duration_s": -1}, {"seed": -1})
TIMES = ({"event_at_s": float("nan")}, {"event_at_s": -1}, {"down_s": float("nan")}, {"down_s": 0})


@pytest.mark.parametrize("plan", [*PLANS, *TIMES])
def test_plans_that_cannot_be(plan: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        FleetPlan("ws://x/ws/node", **plan)


@pytest.mark.parametrize("address", ["", "http://x/ws", "ws://", "nonsense"])
def test_addresses_that_cannot_be(address: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate(address, duration_s=1)
    assert caught.value.field == "url"


def test_stopping_ends_it_at_once() -> None:
    async def script(socket: ServerConnection, stopping: asyncio.Event) -> None:
        await let_in(socket)
        stopping.set()
        await listen(socket, [])

    assert until_stopped(script, nodes=8, duration_s=0).frames_sent == 0
