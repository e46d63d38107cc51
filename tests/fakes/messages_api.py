"""Anthropic's Messages API on loopback: it speaks HTTP and server-sent events as the real one does, and says what a test tells it to.

The key may come as `x-api-key` or, as newer versions of the SDK send it, as a bearer token.

What was asked is kept as it came over the wire, so that a test sees every byte that left.
"""

import json
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

KEY = "sk-fake-key-for-tests"
Plain: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Say:
    """A turn of the model: text, tools it uses, or both. `broken`: the stream ends in the middle; `drip`: a byte now and then, for ever."""

    text: str = ""
    tools: tuple[tuple[str, Plain], ...] = ()
    input_tokens: int = 1_000
    output_tokens: int = 100
    broken: str = ""
    drip: bool = False
    silent_after_s: float = math.inf  # of the drip: from then on nothing comes any more, and the connection stays


@dataclass(frozen=True)
class Refuse:
    """An error as the API gives it. `hang`: no answer at all until `release`."""

    status: int = 500
    kind: str = "api_error"
    retry_after: str = ""
    body: bytes | None = None
    hang: bool = False


Said: TypeAlias = Say | Refuse
Turn: TypeAlias = Say | Refuse | Callable[[Plain], Said]


@dataclass
class FakeMessages:
    """`turns`: what it says, one after another; `always` when there are none. requests: bodies as they came; `raw`: their bytes."""

    turns: deque[Turn] = field(default_factory=deque)
    always: Turn | None = None
    requests: list[Plain] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    made: int = 0
    key: str = KEY

    @property
    def left(self) -> str:
        """Everything that came over the wire, as text."""
        return b"\n".join(self.raw).decode()

    def next(self, body: Plain) -> Say | Refuse:
        turn = self.turns.popleft() if self.turns else self.always
        if turn is None:
            return Refuse(400, "invalid_request_error")
        return turn(body) if callable(turn) else turn


def plan(*queries: Plain, not_understood: tuple[str, ...] = (), suggestion: str = "") -> Say:
    """A turn in which the model fills in the plan."""
    given = {"queries": list(queries), "not_understood": list(not_understood), "suggestion": suggestion}
    return Say(tools=(("plan", given),))


@contextmanager
def messages_api(*turns: Turn, key: str = KEY) -> Iterator[FakeMessages]:
    fake = FakeMessages(deque(turns), key=key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = False
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, name="fake-messages", kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        fake.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(fake: FakeMessages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            body = json.loads(raw)
            fake.raw.append(raw)
            fake.requests.append(body)
            key = self.headers.get("x-api-key", "") or self.headers.get("authorization", "").removeprefix("Bearer ")
            fake.keys.append(key)
            self.close_connection = True
            if self.path != "/v1/messages" or not self.headers.get("anthropic-version"):
                self._refuse(Refuse(404, "not_found_error"))
            elif key != fake.key:
                self._refuse(Refuse(401, "authentication_error"))
            else:
                said = fake.next(body)
                self._refuse(said) if isinstance(said, Refuse) else self._say(said, body)

        def _refuse(self, refusal: Refuse) -> None:
            if refusal.hang:
                fake.release.wait(30)
                return
            plain = {"type": "error", "error": {"type": refusal.kind, "message": "as the test wants it"}}
            body = refusal.body if refusal.body is not None else json.dumps(plain).encode()
            self.send_response(refusal.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            if refusal.retry_after:
                self.send_header("retry-after", refusal.retry_after)
            self.end_headers()
            self.wfile.write(body)

        def _say(self, said: Say, body: Plain) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            try:
                for name, plain in _events(fake, said, body):
                    self.wfile.write(f"event: {name}\ndata: {json.dumps(plain)}\n\n".encode())
                    self.wfile.flush()
                    if said.broken and name == "content_block_start":
                        self.wfile.write(f"event: content_block_delta\ndata: {said.broken}\n\n".encode())
                        return
                    silent_s = time.monotonic() + said.silent_after_s
                    while said.drip and name == "message_start" and not fake.release.wait(0.02):
                        if time.monotonic() < silent_s:
                            self.wfile.write(b":")
                            self.wfile.flush()
            except OSError:
                return  # whoever asked has left

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


def _events(fake: FakeMessages, said: Say, body: Plain) -> Iterator[tuple[str, Plain]]:
    fake.made += 1
    usage = {"input_tokens": said.input_tokens, "output_tokens": 1}
    message = {"id": f"msg_{fake.made}", "type": "message", "role": "assistant", "model": body["model"], "content": []}
    yield "message_start", {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None, "usage": usage}}
    yield "ping", {"type": "ping"}
    number = 0
    if said.text:
        yield from _block(number, {"type": "text", "text": ""}, [{"type": "text_delta", "text": part} for part in _pieces(said.text)])
        number += 1
    for name, given in said.tools:
        block = {"type": "tool_use", "id": f"toolu_{fake.made}_{number}", "name": name, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in _pieces(json.dumps(given))]
        yield from _block(number, block, deltas)
        number += 1
    delta = {"stop_reason": "tool_use" if said.tools else "end_turn", "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": delta, "usage": {"output_tokens": said.output_tokens}}
    yield "message_stop", {"type": "message_stop"}


def _block(number: int, block: Plain, deltas: list[Plain]) -> Iterator[tuple[str, Plain]]:
    yield "content_block_start", {"type": "content_block_start", "index": number, "content_block": block}
    for delta in deltas:
        yield "content_block_delta", {"type": "content_block_delta", "index": number, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": number}


def _pieces(text: str) -> list[str]:
    return [text[at : at + 25] for at in range(0, len(text), 25)]
