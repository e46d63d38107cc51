"""A receiver of webhooks on loopback that answers as it was told: a status, or not at all."""

import json
import queue
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HANG = -1
TRICKLE = -2  # the head of an answer, byte by byte, without end


@dataclass
class Receiver:
    """`script`: answers in order, the last one for ever; `calls`: what came, as (headers, body)."""

    script: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    calls: "queue.Queue[tuple[dict[str, str], dict[str, Any]]]" = field(default_factory=queue.Queue)
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def next_answer(self) -> int:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def call(self) -> tuple[dict[str, str], dict[str, Any]]:
        """The next call, waited for."""
        return self.calls.get(timeout=60)

    def called(self, count: int) -> list[str]:
        """Idempotency keys of the next calls."""
        return [self.call()[0]["Idempotency-Key"] for _ in range(count)]


@contextmanager
def listening(*script: int, path: str = "/hook", certificate: Path | None = None) -> Iterator[Receiver]:
    """With a certificate it speaks HTTPS, and is addressed by the name `localhost`."""
    receiver = Receiver(list(script) or [200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.put((dict(self.headers.items()) | {"path": self.path, "raw": body.decode()}, json.loads(body)))
            self.answer(receiver.next_answer())

        def answer(self, status: int) -> None:
            if status == TRICKLE:
                self.trickle()
            elif status == HANG:
                receiver.release.wait(30)
                self.close_connection = True
            else:
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def trickle(self) -> None:
            self.close_connection = True
            try:
                while not receiver.release.wait(0.05):
                    self.wfile.write(b"H")
            except OSError:
                return

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}{path}"
    if certificate is not None:
        secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secured.load_cert_chain(certificate)
        server.socket = secured.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        receiver.url = f"https://localhost:{server.server_address[1]}{path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
