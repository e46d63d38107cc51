"""A PTZ camera over HTTP and over both ports, from a running engine: steering, presets, the deadman, what the audit keeps; and a kill."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault
from engine.model.port import EnginePort
from engine.model.ptz.commands import SendTalk, SteerCamera
from engine.model.question import ListAudit
from engine.model.settings import CameraSettings
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.engine_process import ForkedEngine
from tests.fakes.ptz_camera import PtzCamera, ptz_camera
from tests.fakes.waiting import until

PASSWORD = "correct horse battery"
AT = "/api/v1/cameras/yard/ptz"


@pytest.fixture(scope="module")
def camera() -> Iterator[PtzCamera]:
    with ptz_camera(PtzCamera(user="", password="")) as camera:  # the login of a simulated camera is nobody's
        camera._let_in = lambda _: True  # type: ignore[method-assign]
        yield camera


@pytest.fixture(scope="module")
def site(camera: PtzCamera, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yard = CameraSettings("yard", "Yard", "simulated:yard", onvif=camera.address)
    added = CommandLineSettings(cameras=(yard,))
    folder = tmp_path_factory.mktemp("ptz")
    with running(folder / "site", Bind("127.0.0.1", 0), added, gateway_needed=True) as site:
        site.engine.accounts.create_first_admin("ada", PASSWORD)
        site.engine.accounts.create_user("otto", Role.OPERATOR, PASSWORD)
        until(lambda: bool(site.engine.snapshot(False).ptz) and site.engine.snapshot(False).ptz[0].can.moves, "the camera is reached")
        yield site


@pytest.fixture(params=["local", "remote"])
def port(request: pytest.FixtureRequest, site: Site) -> Iterator[EnginePort]:
    door = site.door if request.param == "local" else RemoteDoor(site.url)
    port = door.sign_in("otto", PASSWORD)
    yield port
    port.close()


def test_both_ports_steer_and_the_deadman_stops(site: Site, camera: PtzCamera, port: EnginePort) -> None:
    camera.faults.ignores_timeout = True
    port.command(SteerCamera("yard", 0.5))
    until(lambda: camera.moving, "it moves")
    until(lambda: not camera.moving, "it stops")
    until(lambda: bool(port.snapshot().ptz) and port.snapshot().ptz[0].control is not None, "who steers is shown")
    with pytest.raises(EnvironmentFault, match="does not say that it can"):
        port.command(SendTalk("yard", "gICA"))


def test_over_http(site: Site, camera: PtzCamera) -> None:
    token = site.door.sign_in_for_token("ada", PASSWORD)[0]
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=60) as client:
        shown = client.get(AT).json()
        assert shown["state"] == "online" and {"pan_tilt", "zoom", "home"} <= set(shown["can"])
        assert client.post(f"{AT}/move", json={"pan": 1.5}).status_code == 422
        assert client.post(f"{AT}/move", json={"pan": 0.3}).status_code == 204
        assert client.post(f"{AT}/move", json={}).status_code == 204
        assert client.post(f"{AT}/presets/1").status_code == 204
        assert client.post(f"{AT}/presets/none").status_code == 404
        made = client.post(f"{AT}/presets", json={"name": "Door"}).json()["id"]
        assert client.delete(f"{AT}/presets/{made}").status_code == 204
        assert client.post("/api/v1/cameras/yard/outputs/lamp", json={"action": "on"}).status_code == 204 and camera.outputs["lamp"]
        assert client.post("/api/v1/cameras/yard/outputs/lamp", json={"action": "toggle"}).status_code == 422
        assert client.post("/api/v1/cameras/yard/talk", json={"sound": "gICA"}).status_code == 503
        assert client.put(f"{AT}/tour", json={"tour": "camera:t1"}).status_code == 204 and camera.touring == "t1"
        assert client.delete(f"{AT}/tour").status_code == 204
        assert client.put(f"{AT}/home").status_code == 204 and client.post(f"{AT}/home").status_code == 204
        assert client.post(f"{AT}/release").status_code == 204
        assert client.get(AT).json()["control"] is None
    port = site.door.sign_in("ada", PASSWORD)
    verbs = [row.verb for row in port.ask(ListAudit(limit=20))]
    assert {"take_camera", "go_to_preset", "set_preset", "remove_preset", "switch_output", "start_tour", "stop_tour"} <= set(verbs)
    port.close()


def test_who_steers_is_told_to_others(site: Site) -> None:
    ada, otto = site.door.sign_in("ada", PASSWORD), site.door.sign_in("otto", PASSWORD)
    ada.command(SteerCamera("yard", 0.1))
    with pytest.raises(EnvironmentFault, match="ada steers this camera with priority 30"):
        otto.command(SteerCamera("yard", 0.1))
    ada.close()
    otto.close()


def test_a_killed_engine_leaves_no_camera_moving(tmp_path: Path) -> None:
    """SIGKILL in a movement: the camera stops by the time limit that came with the movement; one that ignores that, by the next start."""
    with ptz_camera() as camera:
        camera._let_in = lambda _: True  # type: ignore[method-assign]
        settings = f'[[cameras]]\nid = "yard"\nname = "Yard"\nurl = "rtsp://127.0.0.1:9/yard"\nonvif = "{camera.address}"\n'
        data = tmp_path / "site"
        data.mkdir(mode=0o700)
        (data / "settings.toml").write_text(settings)
        engine = ForkedEngine(data)
        try:
            _steer(engine, camera)
        finally:
            engine.kill()
        assert camera.stops_within_s < 3
        until(lambda: not camera.moving, "the camera's own limit")
        camera.faults.ignores_timeout = True
        again = ForkedEngine(data)
        try:
            _steer(again, camera)
        finally:
            again.kill()
        time.sleep(0.5)
        assert camera.moving
        last = ForkedEngine(data)
        try:
            until(lambda: not camera.moving, "the next engine stops it")
        finally:
            assert last.stop() == 0


def _steer(engine: ForkedEngine, camera: PtzCamera) -> None:
    def moves() -> bool:
        time.sleep(0.2)
        with suppress(httpx.TransportError):  # a machine that is busy answers late
            engine._client.post(f"{AT}/move", json={"pan": 0.05})
        return camera.moving

    until(moves, "the camera moves")
