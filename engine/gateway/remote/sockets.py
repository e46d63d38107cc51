"""Sockets to an engine elsewhere."""

import ssl
from functools import cache

from websockets.asyncio.client import connect

OPEN_S, CLOSE_S, PING_S = 5.0, 0.5, 5.0
_MOST_WAITING = 16  # messages


class SocketAddress:
    """One address of an engine. Any thread."""

    def __init__(self, url: str, path: str, verify: ssl.SSLContext | bool) -> None:
        self._address = f"ws{url.removeprefix('http')}{path}"
        self._ssl = _socket_context(verify) if self._address.startswith("wss") else None

    def connect(
        self,
        headers: dict[str, str],
        largest: int,
        query: str = "",
        most_waiting: int = _MOST_WAITING,
        open_s: float = OPEN_S,
        ping_s: float | None = PING_S,
    ) -> connect:
        """A connection to be entered. `largest`: bytes of a message. `ping_s`: None: its end is noticed otherwise."""
        return connect(
            f"{self._address}?{query}" if query else self._address,
            additional_headers=headers,
            ssl=self._ssl,
            proxy=None,
            compression=None,
            max_size=largest,
            max_queue=most_waiting,
            open_timeout=open_s,
            close_timeout=CLOSE_S,
            ping_interval=ping_s,
            ping_timeout=ping_s,
        )


def _socket_context(verify: ssl.SSLContext | bool) -> ssl.SSLContext:
    return verify if isinstance(verify, ssl.SSLContext) else _own_context(verify)


@cache
def _own_context(verify: bool) -> ssl.SSLContext:
    """Made once: a wall opens a socket for each of its tiles, and reading the authorities takes a while."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
