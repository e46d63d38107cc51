"""A real HTTP camera: JPEG pictures for ever in one multipart answer, failing on demand.

    with MjpegServer(pictures) as server:
        server.url()          # http://127.0.0.1:PORT/video

Every connection has its own thread; the methods may be called from any thread.
"""

import contextlib
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from tests.fakes.http_login import Login

BOUNDARY = "picture"


@dataclass(slots=True)
class Faults:
    frozen: bool = False
    damaged: bool = False  # the second half of each picture is overwritten
    period_s: float = 0.04
    with_length: bool = True  # FFmpeg and most cameras send Content-Length with each part; some do not
    content_type: str = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
    answer: str = ""  # instead of pictures, as `403 Forbidden`


class MjpegServer:
    """`pictures`: JPEG files as bytes, sent in turn."""

    def __init__(self, pictures: Sequence[bytes], login: Login | None = None) -> None:
        self.faults = Faults()
        self.login = login
        self.pictures = list(pictures)
        self.hosts: list[str] = []  # as they were asked for
        self.stopping = threading.Event()
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._sockets: set[socket.socket] = set()

    def __enter__(self) -> "MjpegServer":
        self.restart()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()

    def url(self, user_info: str = "", path: str = "/video") -> str:
        return f"http://{user_info}{'@' if user_info else ''}127.0.0.1:{self._port}{path}"

    def restart(self) -> None:
        """Listen, on the same port as before."""
        self.stopping.clear()
        self._server = _HttpServer(("127.0.0.1", self._port), self._handler())
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="fake-mjpeg")
        self._thread.start()

    def kill(self) -> None:
        """Nobody listens, every connection is cut."""
        if self._server is None or self._thread is None:
            return
        self.stopping.set()
        for connection in list(self._sockets):
            with contextlib.suppress(OSError):  # already gone
                connection.shutdown(socket.SHUT_RDWR)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = None

    def opened(self, connection: socket.socket) -> None:
        self._sockets.add(connection)

    def closed(self, connection: socket.socket) -> None:
        self._sockets.discard(connection)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        camera = self

        class Handler(_Connection):
            server_camera = camera

        return Handler


class _HttpServer(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True


class _Connection(BaseHTTPRequestHandler):
    server_camera: MjpegServer

    def do_GET(self) -> None:
        camera = self.server_camera
        camera.hosts.append(self.headers.get("Host", ""))
        if camera.login is not None and not camera.login.accepts(self.headers.get("Authorization", ""), "GET"):
            self._end("401 Unauthorized", {"WWW-Authenticate": camera.login.challenge()})
        elif self.path.startswith("/moved"):
            self._end("302 Found", {"Location": "/video"})
        elif camera.faults.answer:
            self._end(camera.faults.answer, {})
        elif not self.path.startswith("/video"):
            self._end("404 Not Found", {})
        else:
            self._stream(camera)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _end(self, status: str, headers: dict[str, str]) -> None:
        self.send_response(int(status[:3]), status[4:])
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self, camera: MjpegServer) -> None:
        self.send_response(200)
        self.send_header("Content-Type", camera.faults.content_type)
        self.end_headers()
        camera.opened(self.connection)
        try:
            self._send_pictures(camera)
        except OSError:
            pass  # the client went, or the server was killed
        finally:
            camera.closed(self.connection)
            self.close_connection = True

    def _send_pictures(self, camera: MjpegServer) -> None:
        turn = 0
        while not camera.stopping.wait(camera.faults.period_s):
            if not camera.faults.frozen:
                self._send(camera.pictures[turn % len(camera.pictures)], camera.faults)
                turn += 1

    def _send(self, picture: bytes, faults: Faults) -> None:
        if faults.damaged:
            half = len(picture) // 2
            picture = picture[: half // 2] + b"\x00" * (len(picture) - half // 2)
        length = f"Content-Length: {len(picture)}\r\n" if faults.with_length else ""
        self.wfile.write(f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + picture + b"\r\n")
