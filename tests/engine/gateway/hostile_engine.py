"""An engine that means harm, over HTTP: says what a test gives it to say."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from engine.model import wire
from engine.model.snapshot import Snapshot
from tests.fakes.engine import FakeEngine

SESSION = {
    "user_id": "good/user-ada",
    "user": "ada",
    "role": "admin",
    "verbs": ["see_live", "see_past", "administer", "export"],
    "cameras": None,
    "machine": None,
    "expires": None,
    "ends": None,
}
Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """`answers`: by the end of the path; else 404."""

    protocol_version = "HTTP/1.1"
    answers: dict[str, Answer]
    sent: list[int]
    ended: threading.Event

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self._answer()

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        answer = next((answer for end, answer in self.answers.items() if path.endswith(end)), None)
        with suppress(OSError):
            if answer is None:
                self.send_error(404)
            else:
                answer(self)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def begin(self, **headers: str) -> None:
        self.send_response(200)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, data: bytes) -> None:
        self.begin(content_length=str(len(data)))
        self.wfile.write(data)


def says(plain: Any) -> Answer:
    return lambda handler: handler.send(json.dumps(plain).encode())


def a_gigabyte(handler: Handler) -> None:
    """Unless nobody reads on."""
    handler.begin(content_length=str(1 << 30))
    block = b" " * (1 << 16)
    try:
        for _ in range((1 << 30) >> 16):
            handler.wfile.write(block)
            handler.sent.append(len(block))
    finally:
        handler.close_connection = True


def a_packed_gigabyte(handler: Handler) -> None:
    packed = _packed_mebibyte()
    handler.begin(content_length=str(1024 * len(packed)), content_encoding="gzip")
    for _ in range(1024):
        handler.wfile.write(packed)


@cache
def _packed_mebibyte() -> bytes:
    return gzip.compress(b" " * (1 << 20))


def nothing(handler: Handler) -> None:
    handler.ended.wait()
    handler.close_connection = True


def drop_by_drop(handler: Handler) -> None:
    handler.begin(content_length="1000000")
    while not handler.ended.wait(0.2):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def elsewhere(handler: Handler) -> None:
    handler.send_response(302)
    handler.send_header("location", "http://127.0.0.1:9/")
    handler.send_header("content-length", "0")
    handler.end_headers()


def told(snapshot: Snapshot) -> dict[str, Any]:
    return {"snapshot": wire.to_plain(snapshot), "mark": ""}


@contextmanager
def hostile_engine(engine: FakeEngine) -> Iterator[tuple[str, dict[str, Answer], type[Handler]]]:
    """Its address, and what it says, to be changed: at first what a good engine would."""
    answers: dict[str, Answer] = {"/api/v1/session": says(SESSION), "/port/snapshot": says(told(engine.snapshot))}

    class OfOneTest(Handler):
        pass

    OfOneTest.answers, OfOneTest.sent, OfOneTest.ended = answers, [], threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), OfOneTest)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="hostile")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", answers, OfOneTest
    finally:
        OfOneTest.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
