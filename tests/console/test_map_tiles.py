"""Tiles over the network: from judged addresses, asked for once, kept on disk; a service that fails is said and left alone for a while."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from console.maps import tile_calls
from console.maps.map_tiles import NetworkTiles
from console.maps.tile_calls import check_service
from engine.model.errors import InputError
from engine.model.risk.map_settings import MapSettings
from engine.runtime.outbound.getting import Getter
from engine.runtime.outbound.outward import AddressRefused, Resolver, resolve

METADATA = "169.254.169.254"
Open = Callable[..., NetworkTiles]


def png(edge: int = 256) -> bytes:
    image = QImage(edge, edge, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(kept.data())


class Service(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heard: list[dict[str, str]] = []
        self.status, self.body = 200, png()
        self.headers = {"Cache-Control": "max-age=86400"}
        self.release: threading.Event | None = None
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def settings(self) -> MapSettings:
        return MapSettings(f"http://127.0.0.1:{self.server_port}/{{z}}/{{x}}/{{y}}.png", "© somebody", allow_private=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever has read enough goes."""

    def named(self, host: str) -> MapSettings:
        return replace(self.settings, tile_url=self.settings.tile_url.replace("127.0.0.1", host))


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.heard.append(dict(self.headers))
        if self.server.release is not None:
            self.server.release.wait(30)
        known = self.headers.get("If-None-Match", "?") == self.server.headers.get("ETag")
        body = b"" if known else self.server.body
        self.send_response(304 if known else self.server.status)
        for name, value in {"Content-Type": "image/png", "Content-Length": str(len(body)), **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    thread = threading.Thread(target=made.serve_forever, name="tiles")
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def open_tiles(tmp_path: Path, qtbot: QtBot) -> Iterator[Open]:
    opened: list[NetworkTiles] = []

    def make(settings: MapSettings, resolver: Resolver = resolve) -> NetworkTiles:
        opened.append(NetworkTiles(settings, tmp_path / "tiles", resolver=resolver))
        return opened[-1]

    yield make
    for each in opened:
        each.stop()
        assert not each._under_way
        each.deleteLater()


@pytest.fixture
def tiles(service: Service, open_tiles: Open) -> NetworkTiles:
    return open_tiles(service.settings)


def answering(*answers: str) -> Resolver:
    """Each look-up gives the next answer, then the last one for ever."""
    left = list(answers)

    async def resolver(host: str, port: int) -> Sequence[str]:
        return [left.pop(0) if len(left) > 1 else left[0]]

    return resolver


def asked(tiles: NetworkTiles, qtbot: QtBot, column: int = 0) -> QImage | None:
    """A tile that is not at hand yet, once the service has answered."""
    with qtbot.waitSignal(tiles.changed):
        assert tiles.picture(9, column, 3) is None
    return tiles.picture(9, column, 3)


def test_a_tile_comes_and_is_asked_for_once(tiles: NetworkTiles, service: Service, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tiles.changed):
        assert tiles.picture(3, 4, 2) is None
        assert tiles.picture(3, 4, 2) is None
    image = tiles.picture(3, 4, 2)
    assert image is not None and image.pixelColor(5, 5) == QColor("#336699")
    assert service.asked == ["/3/4/2.png"] and tiles.trouble == ""


def test_it_is_kept_on_disk(tiles: NetworkTiles, service: Service, open_tiles: Open, qtbot: QtBot) -> None:
    assert asked(tiles, qtbot) is not None
    assert asked(open_tiles(service.settings), qtbot) is not None and len(service.asked) == 1


@pytest.mark.parametrize(
    ("headers", "again"),
    [
        ({}, 1),
        ({"Expires": "Fri, 31 Dec 2399 23:59:59 GMT"}, 1),
        ({"Expires": "0"}, 2),
        ({"Cache-Control": "no-store"}, 2),
        ({"Cache-Control": "max-age=0", "ETag": '"one"'}, 2),
    ],
)
def test_how_long_it_is_kept_is_the_service_s_to_say(
    service: Service, open_tiles: Open, qtbot: QtBot, headers: dict[str, str], again: int
) -> None:
    service.headers = headers
    assert asked(open_tiles(service.settings), qtbot) is not None
    assert asked(open_tiles(service.settings), qtbot) is not None and len(service.asked) == again


def test_what_is_old_is_asked_for_only_if_it_has_changed(service: Service, open_tiles: Open, qtbot: QtBot) -> None:
    service.headers = {"Cache-Control": "no-cache", "ETag": '"one"'}
    assert asked(open_tiles(service.settings), qtbot) is not None
    for _ in range(2):
        later = open_tiles(service.settings)
        assert asked(later, qtbot) is not None and later.trouble == ""
    assert [heard.get("If-None-Match") for heard in service.heard] == [None, '"one"', '"one"']


@pytest.mark.parametrize(("status", "body"), [(404, b""), (500, b"no"), (200, b"<html>"), (200, b"\x89PNG" + b"0" * (2 << 20))])
def test_what_is_no_tile_is_said_and_not_asked_for_at_every_paint(
    tiles: NetworkTiles, service: Service, qtbot: QtBot, status: int, body: bytes
) -> None:
    service.status, service.body = status, body
    with qtbot.waitSignal(tiles.changed):
        tiles.picture(1, 0, 0)
    assert tiles.picture(1, 0, 0) is None and "map service" in tiles.trouble
    assert len(service.asked) == 1 and not tiles._under_way


def test_a_picture_that_is_far_too_large_is_not_unpacked(tiles: NetworkTiles, service: Service, qtbot: QtBot) -> None:
    service.body = png(2048)
    assert asked(tiles, qtbot) is None and "an invalid picture" in tiles.trouble


def test_a_service_that_is_gone_is_said(open_tiles: Open, qtbot: QtBot) -> None:
    gone = open_tiles(MapSettings("http://127.0.0.1:9/{z}/{x}/{y}", allow_private=True))
    assert asked(gone, qtbot) is None and "No tiles from the map service" in gone.trouble and gone.lasting_trouble == gone.trouble


def test_a_service_that_hangs_is_given_up(service: Service, open_tiles: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_calls, "PATIENCE_S", 0.3)
    service.release = threading.Event()
    slow = open_tiles(service.settings)
    assert asked(slow, qtbot) is None and "time limit of 10 s" in slow.trouble
    service.release.set()


def test_nothing_is_waited_for_at_the_end(tiles: NetworkTiles, service: Service, qtbot: QtBot) -> None:
    service.release = threading.Event()
    tiles.picture(1, 0, 0)
    qtbot.waitUntil(lambda: bool(service.asked))
    tiles.stop()
    assert tiles.picture(1, 0, 0) is None and not tiles._under_way
    service.release.set()


def test_one_tile_that_fails_is_not_said_beside_a_map_that_is_there(tiles: NetworkTiles, service: Service, qtbot: QtBot) -> None:
    assert asked(tiles, qtbot) is not None
    service.status = 404
    assert asked(tiles, qtbot, column=1) is None
    assert "status 404" in tiles.trouble and tiles.lasting_trouble == ""


# Where it may be


def test_a_name_is_told_to_the_service_and_its_judged_address_connected_to(service: Service, open_tiles: Open, qtbot: QtBot) -> None:
    assert asked(open_tiles(service.named("tiles.example.org"), answering("127.0.0.1")), qtbot) is not None
    heard = service.heard[0]
    assert heard["Host"] == f"tiles.example.org:{service.server_port}" and heard["User-Agent"].startswith("Watchroom/")


@pytest.mark.parametrize("host", ["127.0.0.1", "tiles.example.org", "nas.local"])
def test_the_own_network_is_refused_unless_it_is_allowed(service: Service, open_tiles: Open, qtbot: QtBot, host: str) -> None:
    refused = open_tiles(replace(service.named(host), allow_private=False), answering("127.0.0.1"))
    assert asked(refused, qtbot) is None and service.asked == []
    assert "tile address leads to 127.0.0.1" in refused.lasting_trouble
    assert "select “Allow a map service in your own network”" in refused.lasting_trouble
    allowed = open_tiles(service.named(host), answering("127.0.0.1"))
    assert asked(allowed, qtbot) is not None and allowed.lasting_trouble == ""


@pytest.mark.parametrize("address", [METADATA, "fe80::1%eth0", "0.0.0.0", "224.0.0.1", "fd00:ec2::254"])
@pytest.mark.parametrize("allow", [True, False])
def test_some_addresses_are_never_asked(service: Service, open_tiles: Open, qtbot: QtBot, address: str, allow: bool) -> None:
    settings = replace(service.named("tiles.example.org"), allow_private=allow)
    tiles = open_tiles(settings, answering(address))
    assert asked(tiles, qtbot) is None
    assert "which is not allowed" in tiles.lasting_trouble and "tick" not in tiles.lasting_trouble
    with pytest.raises(AddressRefused):
        check_service(settings, answering(address))


def test_a_name_that_changes_its_mind_gets_one_look_up_a_tile(open_tiles: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(png()))

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(Getter, "_client", lambda getter, scheme, host: client)
    tiles = open_tiles(MapSettings("https://tiles.example.org/{z}/{x}/{y}"), answering("93.184.216.34", "192.168.0.7"))
    assert asked(tiles, qtbot) is not None
    assert (called[0].url.host, called[0].headers["Host"]) == ("93.184.216.34", "tiles.example.org")
    assert called[0].extensions["sni_hostname"] == "tiles.example.org"
    assert asked(tiles, qtbot, column=1) is None and "192.168.0.7" in tiles.lasting_trouble and len(called) == 1


def test_a_redirect_into_the_house_is_not_followed(tiles: NetworkTiles, service: Service, qtbot: QtBot) -> None:
    service.status, service.headers = 302, {"Location": f"http://127.0.0.1:{service.server_port}/secret.png"}
    assert asked(tiles, qtbot) is None
    assert len(service.asked) == 1 and "redirects (302)" in tiles.trouble


def test_what_is_allowed_is_known_before_it_is_saved(service: Service) -> None:
    check_service(service.settings)
    with pytest.raises(AddressRefused):
        check_service(replace(service.settings, allow_private=False))

    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    check_service(service.named("tiles.example.org"), unknown)


def test_no_more_than_a_few_at_once(tiles: NetworkTiles, service: Service, qtbot: QtBot) -> None:
    service.release = threading.Event()
    for column in range(200):
        tiles.picture(9, column, 3)
    assert len(tiles._wishes) == 128
    qtbot.waitUntil(lambda: len(service.asked) == 6)
    assert len(tiles._under_way) == 6 and len(tiles._wishes) == 122
    service.release.set()


@pytest.mark.parametrize(
    "url", ["https://a.b/{z}/{x}.png", "ftp://a.b/{z}/{x}/{y}", "https://u:p@a.b/{z}/{x}/{y}", "/{z}/{x}/{y}", "https:///{z}/{x}/{y}"]
)
def test_addresses_that_cannot_be(url: str) -> None:
    with pytest.raises(InputError) as caught:
        MapSettings(url)
    assert caught.value.field == "tile_url"
