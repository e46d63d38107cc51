"""Tiles over the network: asked for once, kept on disk, and a service that fails is said and left alone for a while."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from console.map_tiles import NetworkTiles
from engine.model.errors import InputError
from engine.model.map_settings import MapSettings


def png() -> bytes:
    image = QImage(256, 256, QImage.Format.Format_RGB32)
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
        self.status, self.body = 200, png()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def settings(self) -> MapSettings:
        return MapSettings(f"http://127.0.0.1:{self.server_port}/{{z}}/{{x}}/{{y}}.png", "© somebody")


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.send_header("Cache-Control", "max-age=86400")
        self.end_headers()
        self.wfile.write(self.server.body)

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
def tiles(service: Service, tmp_path: Path, qtbot: QtBot) -> Iterator[NetworkTiles]:
    made = NetworkTiles(service.settings, tmp_path / "tiles")
    yield made
    made.stop()
    qtbot.waitUntil(lambda: not made._under_way)
    made.deleteLater()


def test_a_tile_comes_and_is_asked_for_once(tiles: NetworkTiles, service: Service, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tiles.changed):
        assert tiles.picture(3, 4, 2) is None
        assert tiles.picture(3, 4, 2) is None
    image = tiles.picture(3, 4, 2)
    assert image is not None and image.pixelColor(5, 5) == QColor("#336699")
    assert service.asked == ["/3/4/2.png"] and tiles.trouble == ""


def test_it_is_kept_on_disk(tiles: NetworkTiles, service: Service, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tiles.changed):
        tiles.picture(3, 4, 2)
    later = NetworkTiles(service.settings, tmp_path / "tiles")
    with qtbot.waitSignal(later.changed):
        later.picture(3, 4, 2)
    assert later.picture(3, 4, 2) is not None and len(service.asked) == 1
    later.deleteLater()


@pytest.mark.parametrize(("status", "body"), [(404, b""), (500, b"no"), (200, b"<html>"), (200, b"\x89PNG" + b"0" * (2 << 20))])
def test_what_is_no_tile_is_said_and_not_asked_for_at_every_paint(
    tiles: NetworkTiles, service: Service, qtbot: QtBot, status: int, body: bytes
) -> None:
    service.status, service.body = status, body
    with qtbot.waitSignal(tiles.changed):
        tiles.picture(1, 0, 0)
    assert tiles.picture(1, 0, 0) is None and tiles.trouble.startswith("The map service")
    assert len(service.asked) == 1 and not tiles._under_way


def test_a_service_that_is_gone_is_said(service: Service, tmp_path: Path, qtbot: QtBot) -> None:
    gone = NetworkTiles(MapSettings("http://127.0.0.1:9/{z}/{x}/{y}"), tmp_path)
    with qtbot.waitSignal(gone.changed):
        gone.picture(0, 0, 0)
    assert "gives no tiles" in gone.trouble
    gone.deleteLater()


def test_no_more_than_a_few_at_once(tiles: NetworkTiles) -> None:
    for column in range(200):
        tiles.picture(9, column, 3)
    assert len(tiles._under_way) <= 6 and len(tiles._wishes) <= 128


@pytest.mark.parametrize(
    "url", ["https://a.b/{z}/{x}.png", "ftp://a.b/{z}/{x}/{y}", "https://u:p@a.b/{z}/{x}/{y}", "/{z}/{x}/{y}", "https:///{z}/{x}/{y}"]
)
def test_addresses_that_cannot_be(url: str) -> None:
    with pytest.raises(InputError) as caught:
        MapSettings(url)
    assert caught.value.field == "tile_url"
