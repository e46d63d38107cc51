"""The acceptance scenarios of the node protocol, over real sockets against `watchroom engine`.

The walkers of AS-2 to AS-4 are a public simulator's very bytes, played from recordings; the fall, the bag and the updates are our own
node client's. What the scenarios leave to an operator without a token is done as the security rules have it: an admin registers phones.
"""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.engine_process import EngineProcess, ForkedEngine
from tests.fakes.forked import printed
from tests.fakes.recorded_nodes import RecordedNodes
from tests.fakes.waiting import until


@contextmanager
def started(data: Path, *arguments: str, kind: type[EngineProcess] = ForkedEngine) -> Iterator[EngineProcess]:
    engine = kind(data, *arguments)
    try:
        yield engine
    finally:
        engine.stop()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[EngineProcess]:
    with started(tmp_path / "data", "--pairing", "open") as engine:
        yield engine


@pytest.fixture
def program(tmp_path: Path) -> Iterator[EngineProcess]:
    """Not forked: the first start of all."""
    with started(tmp_path / "data", "--pairing", "open", kind=EngineProcess) as engine:
        yield engine


def anonymous(engine: EngineProcess) -> httpx.Client:
    return httpx.Client(base_url=engine.url, timeout=60, trust_env=False)


def admin(engine: EngineProcess) -> httpx.Client:
    token = printed(["token", "create", "--role", "admin", "--data", str(engine.data)]).strip()
    return httpx.Client(base_url=engine.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False)


class Simulator:
    """`watchroom nodes simulate` as a process of its own."""

    def __init__(self, engine: EngineProcess, *arguments: str) -> None:
        url = f"{engine.url.replace('http', 'ws', 1)}/ws/node"
        command = [sys.executable, "-m", "console", "nodes", "simulate", "--url", url, *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def wait(self) -> tuple[int, str]:
        out, err = self._process.communicate(timeout=60)
        return self._process.returncode, out + err


def soon(holds: Callable[[], Any], longest_s: float) -> None:
    """Asked four times a second, as a client would."""
    tick = threading.Event()

    def asked() -> bool:
        tick.wait(0.25)
        return bool(holds())

    until(asked, "it is so", longest_s)


def polled(times: int, ask: Callable[[], Any], period_s: float = 1.0) -> list[Any]:
    tick = threading.Event()
    answers = []
    for _ in range(times):
        answers.append(ask())
        tick.wait(period_s)
    return answers


def test_as1_set_up_with_a_pin_and_a_first_node(program: EngineProcess) -> None:
    with anonymous(program) as client:
        assert client.get("/api/auth/status").json()["pin_configured"] is False
        assert client.post("/api/auth/setup", json={"pin": "1234"}).status_code == 200
        assert client.get("/api/auth/setup").json()["pin_configured"] is True
        with Simulator(program, "--nodes", "1", "--walkers", "0", "--duration", "60"):
            soon(lambda: any(node["status"] == "online" for node in client.get("/api/nodes").json()), 30)
        assert client.post("/api/auth/login", json={"pin": "4321"}).status_code == 401
        assert client.post("/api/auth/login", json={"pin": "1234"}).json()["ok"] is True
        assert client.get("/api/v1/cameras").status_code == 401, "the PIN's cookie opens the reference's endpoints only"


@pytest.mark.parametrize("recording", ["walk1_2n_20hz", "walk1_4n_20hz"])
def test_as2_a_walker_is_found_and_gone_when_the_nodes_are(bench: EngineProcess, shared: Path, recording: str) -> None:
    with anonymous(bench) as client, RecordedNodes(bench.url, shared / f"data/csi/nodesim/{recording}.frames.gz") as nodes:
        polled(3, lambda: None)
        counts = polled(25, lambda: len(client.get("/api/blobs").json()))
        assert sum(count > 0 for count in counts) >= 0.8 * len(counts), counts
        assert max(counts) == 1, "one walker is one blob"
        assert client.get("/api/events", params={"type": "detection"}).json()["events"]
        nodes.stop()
        soon(lambda: client.get("/api/blobs").json() == [], 10)
        assert client.get("/ws/node/api/blobs").json() == []


def test_as2_two_walkers_are_one_to_three_blobs(bench: EngineProcess, shared: Path) -> None:
    with anonymous(bench) as client, RecordedNodes(bench.url, shared / "data/csi/nodesim/walk2_4n_30hz.frames.gz"):
        polled(10, lambda: None)
        counts = polled(15, lambda: len(client.get("/api/blobs").json()))
        assert all(1 <= count <= 3 for count in counts), counts


class Webhook:
    """Takes what is posted."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="webhook")
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/webhook"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    made = Webhook()
    yield made
    made.stop()


def with_webhook(tmp_path: Path, url: str) -> AbstractContextManager[EngineProcess]:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "settings.toml").write_text(f'[[webhooks]]\nid = "test"\nurl = "{url}"\n')
    return started(data, "--pairing", "open")


def falls(client: httpx.Client) -> list[dict[str, Any]]:
    return client.get("/api/events", params={"type": "fall_alert"}).json()["events"]


def test_as3_the_public_simulators_fall_is_told_once_and_posted(tmp_path: Path, webhook: Webhook, shared: Path) -> None:
    recording = shared / "data/csi/nodesim/fall_4n_20hz.frames.gz"
    with with_webhook(tmp_path, webhook.url) as engine, anonymous(engine) as client, RecordedNodes(engine.url, recording):
        soon(lambda: falls(client), 120)
        soon(lambda: webhook.bodies, 60)
        (alert,) = falls(client)
        assert alert["severity"] in ("critical", "warning") and b"fall" in webhook.bodies[0]


def test_as3_a_fall_of_our_own_simulated_walker_is_told_once_and_posted(tmp_path: Path, webhook: Webhook) -> None:
    arguments = ("--nodes", "4", "--walkers", "1", "--rate", "20", "--duration", "60", "--scenario", "fall", "--space", "5x5x2.5")
    with with_webhook(tmp_path, webhook.url) as engine, anonymous(engine) as client, Simulator(engine, *arguments):
        soon(lambda: falls(client), 120)
        soon(lambda: webhook.bodies, 60)
        polled(5, lambda: None)
        (alert,) = falls(client)
        assert alert["severity"] in ("critical", "warning") and b"fall" in webhook.bodies[0]


def test_as3_a_bag_dropped_on_a_couch_is_no_fall(tmp_path: Path, webhook: Webhook) -> None:
    arguments = ("--nodes", "4", "--walkers", "1", "--rate", "20", "--duration", "40", "--scenario", "bag", "--space", "5x5x2.5")
    with with_webhook(tmp_path, webhook.url) as engine, anonymous(engine) as client, Simulator(engine, *arguments) as simulator:
        code, said = simulator.wait()
        assert code == 0, said
        assert falls(client) == [] and webhook.bodies == []
        assert client.get("/api/events", params={"type": "detection"}).json()["events"], "it was watched"


def test_as4_a_registered_phone_names_its_walker(bench: EngineProcess, shared: Path) -> None:
    phones = {"AA:BB:CC:DD:EE:00": ("Alice", "#4488ff"), "AA:BB:CC:DD:EE:01": ("Bob", "#44ff88")}
    with anonymous(bench) as client, admin(bench) as registrar:
        refused = client.post("/api/ble/devices", json={"addr": "AA:BB:CC:DD:EE:00", "label": "Mallory"})
        assert refused.status_code == 401, "a bench lets everybody read, nobody write"
        for address, (name, color) in phones.items():
            body = {"addr": address, "label": name, "type": "person", "color": color}
            assert registrar.post("/api/ble/devices", json=body).status_code == 200
        with RecordedNodes(bench.url, shared / "data/csi/nodesim/walk2_4n_30hz.frames.gz"):
            soon(lambda: any(blob["person"] for blob in client.get("/api/blobs").json()), 60)
            polled(5, lambda: None)
            named = [blob for blob in client.get("/api/blobs").json() if blob["person"]]
            assert named and all(blob["assignedColor"] == dict(phones.values())[blob["person"]] for blob in named)
            assert len({blob["person"] for blob in named}) == len(named), "one person is on one blob"


def test_as5_an_update_that_works_and_one_that_rolls_back(bench: EngineProcess) -> None:
    image = b"\xe9" + bytes(range(256)) * 64
    with anonymous(bench) as client, admin(bench) as registrar:
        arguments = ("--nodes", "1", "--walkers", "0", "--duration", "120", "--scenario", "ota")
        with Simulator(bench, *arguments):
            node = _first_online(client)
            _upload(registrar, "sim-1.1.0", image)
            assert registrar.post(f"/api/nodes/{node['mac']}/ota", json={"version": "sim-1.1.0"}).status_code < 300
            soon(lambda: _node(client)["firmware_version"] == "sim-1.1.0" and _node(client)["status"] == "online", 60)
            soon(lambda: _node(client)["ota_state"] == "verified", 70)
        with Simulator(bench, *arguments, "--ota-failure"):
            soon(lambda: _node(client)["status"] == "online" and _node(client)["firmware_version"] == "sim-1.0.0", 30)
            _upload(registrar, "sim-1.2.0-bad", image[::-1].replace(image[-1:], b"\xe9", 1))
            assert registrar.post(f"/api/nodes/{node['mac']}/ota", json={"version": "sim-1.2.0-bad"}).status_code < 300
            soon(lambda: _node(client)["ota_state"] in ("rollback", "failed"), 60)
            soon(lambda: _node(client)["status"] == "online" and _node(client)["firmware_version"] == "sim-1.0.0", 60)


def _node(client: httpx.Client) -> dict[str, Any]:
    return client.get("/api/nodes").json()[0]


def _first_online(client: httpx.Client) -> dict[str, Any]:
    soon(lambda: any(node["status"] == "online" for node in client.get("/api/nodes").json()), 30)
    return _node(client)


def _upload(client: httpx.Client, version: str, image: bytes) -> None:
    answer = client.post("/api/firmware/upload", files={"firmware": (f"{version}.bin", image)}, params={"version": version})
    assert answer.status_code < 300, answer.text


def test_as7_only_the_right_token_lets_a_node_in(tmp_path: Path) -> None:
    with started(tmp_path / "data") as engine, admin(engine) as client:
        for token in ((), ("--token", "0" * 64)):
            with Simulator(engine, "--nodes", "1", "--walkers", "0", "--duration", "20", *token) as simulator:
                code, said = simulator.wait()
            assert code != 0 and "rejected" in said, said
            assert not [node for node in client.get("/api/nodes").json() if node["status"] == "online"]
        mac = "02:57:53:00:00:00"  # our first simulated node
        given = client.post("/api/provision", json={"mac": mac})
        assert given.status_code == 200, given.text
        with Simulator(engine, "--nodes", "1", "--walkers", "0", "--duration", "20", "--token", given.json()["node_token"]):
            soon(lambda: any(node["mac"] == mac and node["status"] == "online" for node in client.get("/api/nodes").json()), 20)
