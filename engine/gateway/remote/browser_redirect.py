"""Where a browser of this machine brings what an identity provider says: a port of loopback, open while somebody signs in (RFC 8252)."""

import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from engine.model.errors import EnvironmentFault, NotSignedIn
from engine.model.value_class import dataclass

SIGNED_IN_PATH = "/signed-in"
_LOOK_S, _REQUEST_S = 0.2, 5.0
_PAGE = b"<!doctype html><html lang=en><meta charset=utf-8><title>Watchroom</title><p>%s</p>"  # bytes: a browser shows it, not a console
_DONE, _UNKNOWN = b"Watchroom has what it needs. You can close this window.", b"This is no answer to a sign-in of Watchroom."
_HEADERS = {"Content-Type": "text/html;charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True)
class Brought:
    """`issuer`: empty where it was not brought."""

    code: str
    state: str
    issuer: str


class SignInStopped(EnvironmentFault):
    """Whoever was to sign in does so no longer."""

    def __init__(self) -> None:
        super().__init__("stopped", "Signing in was cancelled.")


class BrowserRedirect:
    """One thread. `port`: of 127.0.0.1. Raises EnvironmentFault (`port`)."""

    def __init__(self) -> None:
        self._queries: list[dict[str, str]] = []
        self._state = ""
        try:
            self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        except OSError as error:
            raise EnvironmentFault("port", f"No port of this machine is free ({error.strerror}).") from None
        self._server.timeout = _LOOK_S
        self.port = self._server.server_port

    def __enter__(self) -> "BrowserRedirect":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()

    def wait(self, state: str, within_s: float, stopping: threading.Event) -> Brought:
        """`state`: as it was sent; what comes with another one is not taken. Raises SignInStopped; NotSignedIn: too late, or refused."""
        self._state, until_s = state, time.monotonic() + within_s
        while not self._queries:
            if stopping.is_set():
                raise SignInStopped
            if time.monotonic() > until_s:
                raise NotSignedIn("Nobody has signed in with the browser in time. Begin again.")
            self._server.handle_request()
        brought = self._queries[0]
        if "code" not in brought:
            raise NotSignedIn(f"The identity provider has signed nobody in ({brought.get('error', 'without a reason')[:80]}).")
        return Brought(brought["code"], state, brought.get("iss", ""))

    def _take(self, target: str) -> bool:
        """Whether it is the answer that is waited for."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        state = query.get("state", "").encode()
        if parts.path != SIGNED_IN_PATH or not self._state or not secrets.compare_digest(state, self._state.encode()):
            return False
        self._queries.append(query)
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self._take

        class Handler(BaseHTTPRequestHandler):
            timeout = _REQUEST_S

            def do_GET(self) -> None:
                taken = take(self.path)
                page = _PAGE % (_DONE if taken else _UNKNOWN)
                self.send_response(200 if taken else 404)
                for name, value in {**_HEADERS, "Content-Length": str(len(page))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, format: str, *args: object) -> None:
                """Not: it holds the code."""

        return Handler
