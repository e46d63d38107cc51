"""A machine that is there and never answers: connections are made and nothing ever comes back."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def blackhole() -> Iterator[int]:
    """Its port on loopback. Nobody accepts; the system completes the handshakes."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield int(listening.getsockname()[1])
