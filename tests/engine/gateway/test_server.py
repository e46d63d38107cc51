"""Where the gateway listens, with which certificate, and how it stops."""

import logging
import socket
import ssl
import threading
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from console.site import running
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role
from engine.model.errors import EnvironmentFault, InputError
from engine.model.port import PictureWant
from engine.model.settings import CameraSettings
from engine.runtime.command_line_settings import CommandLineSettings
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.fakes.certificates import write_certificate
from tests.fakes.waiting import until


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 and its key in one PEM file; beside it one whose key has a passphrase."""
    folder = tmp_path_factory.mktemp("tls")
    write_certificate(folder / "locked.pem", "localhost", passphrase=b"passphrase")
    return write_certificate(folder / "both.pem", "localhost", "127.0.0.1")


@pytest.mark.parametrize("text", ["", "8740", ":8740", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:²", "h:-1"])
def test_what_is_no_address_names_bind(text: str):
    with pytest.raises(InputError) as refused:
        Bind.parse(text)
    assert refused.value.field == "bind"


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "[::]", "192.0.2.1", "example.org", "[2001:db8::1]", "127.evil.example", "localhost.evil.example"]
)
def test_beyond_this_machine_needs_tls_or_an_explicit_word(host: str):
    with pytest.raises(InputError, match=r"--certificate.*--insecure") as refused:
        Bind.parse(f"{host}:8740")
    assert refused.value.field == "bind"
    assert Bind.parse(f"{host}:8740", insecure=True).port == 8740


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.3.2.1"])
def test_loopback_does_not(host: str):
    assert Bind.parse(f"{host}:0").loopback


def test_unusable_certificates_name_the_field(certificate: Path, tmp_path: Path):
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")
    for pem, key, field in [
        (tmp_path / "absent.pem", None, "certificate"),
        (certificate, tmp_path / "absent.pem", "key"),
        (nonsense, None, "certificate"),
        (certificate.parent / "locked.pem", None, "certificate"),
        (None, certificate, "key"),
    ]:
        with pytest.raises(InputError) as refused:
            Bind("127.0.0.1", 0, certificate=pem, key=key)
        assert refused.value.field == field


def test_an_engine_with_a_certificate_of_its_own(certificate: Path, tmp_path: Path, video: Path):
    trusted = ssl.create_default_context(cafile=str(certificate))
    camera = CameraSettings("door", "Front door", str(video))
    with running(
        tmp_path / "data", Bind("127.0.0.1", 0, certificate=certificate), CommandLineSettings((camera,)), gateway_needed=True
    ) as site:
        assert site.url.startswith("https://")
        assert httpx.get(f"{site.url}/healthz", verify=trusted, trust_env=False).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{site.url}/healthz", trust_env=False)
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{site.url.replace('https', 'http')}/healthz", trust_env=False)
        site.door.set_up("Harbour", ADMIN, PASSWORD).close()
        with pytest.raises(EnvironmentFault, match=r"is not trusted \(self-signed certificate\).*--ca FILE") as refused:
            RemoteDoor(site.url).sign_in(ADMIN, PASSWORD)
        assert refused.value.reason == "certificate"
        port = RemoteDoor(site.url, trusted).sign_in(ADMIN, PASSWORD)
        came = threading.Event()
        port.watch("door", PictureWant(160, 90), came.set)
        assert came.wait(60)
        port.close()


def test_the_address_a_connection_arrives_at_is_a_name_of_ours(tmp_path: Path):
    with running(tmp_path / "data", Bind("0.0.0.0", 0, insecure=True), CommandLineSettings(), gateway_needed=True) as site:
        port = site.url.rpartition(":")[2]
        assert httpx.get(f"http://127.0.0.2:{port}/healthz", trust_env=False).status_code == 200
        rebound = httpx.get(f"http://127.0.0.2:{port}/healthz", headers={"Host": "evil.example"}, trust_env=False)
        assert rebound.status_code == 421
        elsewhere = httpx.get(f"http://127.0.0.2:{port}/healthz", headers={"Host": "192.0.2.1"}, trust_env=False)
        assert elsewhere.status_code == 421


def test_given_names_are_ours(tmp_path: Path):
    bind = Bind("127.0.0.1", 0, names=("Harbour.Example",))
    with running(tmp_path / "data", bind, CommandLineSettings(), gateway_needed=True) as site:
        assert httpx.get(f"{site.url}/healthz", headers={"Host": "harbour.example"}, trust_env=False).status_code == 200


def test_a_taken_port_is_told_at_once(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = Bind("127.0.0.1", taken.getsockname()[1])
        with (
            pytest.raises(EnvironmentFault, match="taken by another program") as refused,
            running(tmp_path / "a", bind, CommandLineSettings(), True),
        ):
            pass
        assert refused.value.reason == "port_taken"
        with running(tmp_path / "b", bind, CommandLineSettings(), gateway_needed=False) as site:
            assert site.url == ""
            until(lambda: any("taken" in trouble for trouble in site.door.overview().health.troubles), "the console is told")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example", "192.0.2.1"])
def test_addresses_that_are_not_of_this_machine(tmp_path: Path, host: str):
    with (
        pytest.raises(EnvironmentFault, match="--bind"),
        running(tmp_path / "data", Bind(host, 0, insecure=True), CommandLineSettings(), True),
    ):
        pass


def test_it_stops_with_viewers_and_a_download_under_way(
    tmp_path: Path, video: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    camera = CameraSettings("door", "Front door", str(video))
    viewers = ExitStack()
    with running(tmp_path / "data", Bind(), CommandLineSettings((camera,)), gateway_needed=True) as site:
        monkeypatch.setattr(site.engine.sight.clips, "get", lambda clip_id: None)
        monkeypatch.setattr(site.engine.masking, "clip_file", lambda *_: large)
        headers = {"Authorization": f"Bearer {site.engine.accounts.create_token(Role.OPERATOR, 'test')}"}
        address = f"ws{site.url.removeprefix('http')}/ws/camera/door"
        reading = viewers.enter_context(connect(address, additional_headers=headers, proxy=None))
        viewers.enter_context(connect(f"{address}?width=320", additional_headers=headers, proxy=None, max_queue=1, close_timeout=0.2))
        reading.recv(60)
        client = httpx.Client(base_url=site.url, headers=headers, trust_env=False)
        download = client.send(client.build_request("GET", "/api/v1/clips/large"), stream=True)
        assert download.status_code == 200
        blocks = download.iter_raw()
        next(blocks)
    with viewers, pytest.raises(ConnectionClosed) as closed:
        while True:
            reading.recv(60)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
    with pytest.raises(httpx.HTTPError):
        for _ in blocks:
            pass
    client.close()
    complaints = [record for record in caplog.records if record.levelno >= logging.ERROR and record.name.startswith(("asyncio", "engine"))]
    assert not complaints, [record.getMessage() for record in complaints]
