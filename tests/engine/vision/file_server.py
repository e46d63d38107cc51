"""A web server on loopback that serves one file, and misbehaves as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Shop:
    """What the server does. `requests` holds the Range header of each request ("" for none).

    Attributes:
        cut_after: bytes of each answer after which the connection is dropped.
        statuses: answered first, one per request, instead of the file.
        ignores_range: sends the whole file whatever is asked.
        silent_after: bytes of each answer after which nothing comes any more, until `goes_on`; -1: not even its head.
    """

    content: bytes
    cut_after: int | None = None
    statuses: list[int] = field(default_factory=list)
    ignores_range: bool = False
    silent_after: int | None = None
    goes_on: threading.Event = field(default_factory=threading.Event)
    requests: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(shop: Shop) -> Iterator[Shop]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop))
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="file-server")
    thread.start()
    shop.url = f"http://127.0.0.1:{server.server_address[1]}/model.onnx"
    try:
        yield shop
    finally:
        shop.goes_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shop.requests.append(self.headers.get("Range", ""))
            if shop.silent_after == -1:
                shop.goes_on.wait()
            if shop.statuses:
                self.send_error(shop.statuses.pop(0))
                return
            start = self._start()
            rest = shop.content[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(shop.content) - 1}/{len(shop.content)}")
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            if shop.silent_after is not None:
                self.wfile.write(rest[: shop.silent_after])
                shop.goes_on.wait()
            self.wfile.write(rest[: shop.cut_after])
            self.close_connection = True

        def _start(self) -> int:
            asked = self.headers.get("Range")
            return 0 if asked is None or shop.ignores_range else int(asked.removeprefix("bytes=").removesuffix("-"))

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
