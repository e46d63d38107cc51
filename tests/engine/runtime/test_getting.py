"""GETs over real sockets: to the judged address and nowhere else, bounded, and with a name that is proved."""

import asyncio
import ssl
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.runtime.outbound import getting
from engine.runtime.outbound.getting import Getter, Got, Judge
from engine.runtime.outbound.outward import AddressRefused, InHouse, allowed_address
from tests.fakes.certificates import write_certificate

HERE = "127.0.0.1"


class Service(ThreadingHTTPServer):
    """Keeps connections open. `headers` and `body` are what it answers with; `release`: what it waits for before that."""

    daemon_threads = False

    def __init__(self, certificate: Path | None = None) -> None:
        self.status, self.body = 200, b"here you are"
        self.headers: dict[str, str] = {}
        self.calls: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.release: threading.Event | None = None
        self.connections = 0
        super().__init__((HERE, 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever does not believe a certificate goes."""


class Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        self.server.calls.append(dict(self.headers))
        self.server.paths.append(self.path)
        if self.server.release is not None:
            self.server.release.wait(30)
        self.send_response(self.server.status)
        for name, value in {"Content-Length": str(len(self.server.body)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def serving(service: Service) -> Iterator[Service]:
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, name="service")
    thread.start()
    yield service
    service.shutdown()
    thread.join()
    service.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    yield from serving(Service())


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return write_certificate(tmp_path / "server.pem", "tiles.example.org")


@pytest.fixture
def secure(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(getting, "trusted", lambda: ssl.create_default_context(cafile=str(certificate)))
    yield from serving(Service(certificate))


def judging(*answers: str) -> Judge:
    """The own network is allowed; each look-up of the name gives the next answer."""
    left = list(answers)

    async def resolver(host: str, port: int) -> Sequence[str]:
        return [left.pop(0)]

    return lambda host, port: allowed_address(host, port, resolver, InHouse.ALLOWED)


def get(url: str, *answers: str, longest_s: float = 5.0, times: int = 1) -> Got:
    """The last of several, over one getter."""

    async def all_of_them() -> Got:
        getter = Getter(judging(*(answers or (HERE,) * times)), longest_s, 1 << 20)
        try:
            for _ in range(times - 1):
                await getter.get(url, {})
            return await getter.get(url, {"If-None-Match": '"7"'})
        finally:
            await getter.close()

    return asyncio.run(all_of_them())


def test_the_judged_address_is_connected_to_under_the_name(service: Service) -> None:
    got = get(f"http://tiles.example.org:{service.server_port}/3/4/2.png?key=7")
    assert got.status == 200 and got.content == b"here you are" and got.headers["content-length"] == "12"
    assert service.paths == ["/3/4/2.png?key=7"]
    assert service.calls[0]["Host"] == f"tiles.example.org:{service.server_port}" and service.calls[0]["If-None-Match"] == '"7"'


def test_the_name_is_proved_although_the_address_is_connected_to(secure: Service) -> None:
    assert get(f"https://tiles.example.org:{secure.server_port}/").content == b"here you are"
    with pytest.raises(EnvironmentFault, match=r"does not prove that it is other\.example\.org") as caught:
        get(f"https://other.example.org:{secure.server_port}/")
    assert caught.value.reason == "unreachable" and len(secure.calls) == 1


def test_every_get_is_judged_also_over_a_connection_that_is_open(service: Service) -> None:
    url = f"http://tiles.example.org:{service.server_port}/"
    assert get(url, times=3).status == 200 and service.connections == 1
    with pytest.raises(AddressRefused, match=r"169\.254\.169\.254"):
        get(url, HERE, "169.254.169.254", times=2)
    assert len(service.calls) == 4


def test_a_redirect_is_told_and_not_followed(service: Service) -> None:
    service.status, service.headers = 302, {"Location": f"http://{HERE}:{service.server_port}/secret"}
    assert get(f"http://tiles.example.org:{service.server_port}/a").status == 302
    assert service.paths == ["/a"]


def test_no_proxy_of_the_environment_is_asked(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    assert get(f"http://tiles.example.org:{service.server_port}/").status == 200


def test_no_cookie_is_kept(service: Service) -> None:
    service.headers = {"Set-Cookie": "who=you; Path=/"}
    get(f"http://{HERE}:{service.server_port}/", times=2)
    assert len(service.calls) == 2 and all("Cookie" not in call for call in service.calls)


def test_a_flood_is_not_read_to_its_end(service: Service) -> None:
    service.body = b" " * (2 << 20)
    with pytest.raises(EnvironmentFault, match="more than 1 MiB") as caught:
        get(f"http://{HERE}:{service.server_port}/")
    assert caught.value.reason == "too_large"


def test_what_is_packed_is_not_unpacked(service: Service) -> None:
    service.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(EnvironmentFault, match="packs its answer") as caught:
        get(f"http://{HERE}:{service.server_port}/")
    assert caught.value.reason == "malformed" and service.calls[0]["Accept-Encoding"] == "identity"


def test_who_does_not_answer_is_given_up(service: Service) -> None:
    service.release = threading.Event()
    with pytest.raises(EnvironmentFault, match=r"did not answer within 0\.3 s") as caught:
        get(f"http://{HERE}:{service.server_port}/", longest_s=0.3)
    service.release.set()
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("url", ["", "tiles", "ftp://127.0.0.1/", "http://[::1", "http://127.0.0.1:99999", "http:///a"])
def test_an_address_that_is_none_is_a_failure_in_words(url: str) -> None:
    with pytest.raises(EnvironmentFault, match="is no address"):
        get(url)
