"""The network thread: one asyncio loop that serves an app on a port of this machine."""

import asyncio
import errno
import socket
import threading
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from engine.gateway.border.bind import Bind
from engine.gateway.border.direct_socket import DirectSocket
from engine.gateway.border.lobby import Lobby
from engine.gateway.last_turns import last_turns
from engine.gateway.remote.protocol import bounded_by
from engine.model.errors import EnvironmentFault

START_S, STOP_S = 15.0, 5.0
LAST_S = 0.05
BACKLOG = 128
KEPT_ALIVE_S = 30  # longer than clients keep a connection that nobody uses (httpx: 5 s), which else meets its end now and then


class NetworkThread:
    """Serves on the thread `network` from `start` to `stop`. `url`: where, once it does."""

    def __init__(self, bind: Bind, largest_message: int) -> None:
        """`largest_message`: bytes of one of a WebSocket's."""
        self._bind, self._largest = bind, largest_message
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def start(self, make_app: Callable[[str, int], ASGIApp]) -> tuple[str, int]:
        """Returns when it serves: host and port, which `make_app` is given, too.

        Raises EnvironmentFault when the port is taken or may not be used.
        """
        listening = _listen(self._bind)
        host, port = listening.getsockname()[:2]
        config = uvicorn.Config(
            make_app(host, port),
            log_level="warning",
            log_config=None,
            access_log=False,
            http=bounded_by(Lobby()),
            ws=DirectSocket,
            ws_max_size=self._largest,
            ws_per_message_deflate=False,  # pictures do not get smaller, and it would be done again for every viewer
            proxy_headers=False,
            ssl_certfile=self._bind.certificate,
            ssl_keyfile=self._bind.key,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=KEPT_ALIVE_S,
            server_header=False,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=_serve, args=(self._server, listening), name="network", daemon=True)
        self._thread.start()
        _wait_until_started(self._server, self._thread)
        scheme = "https" if self._bind.certificate else "http"
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        return host, port

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_S)
            if self._thread.is_alive():  # a request's thread does not end
                self._server.force_exit = True
                self._thread.join(STOP_S)


def _serve(server: uvicorn.Server, listening: socket.socket) -> None:
    with listening:
        server.run(sockets=[listening])


def _listen(bind: Bind) -> socket.socket:
    """Raises EnvironmentFault (`port_taken`)."""
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, _EXCLUSIVE, 1)
        listening.bind((bind.host, bind.port))
        listening.listen(BACKLOG)
    except (OSError, UnicodeError, ValueError) as error:
        listening.close()
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = (error.strerror if isinstance(error, OSError) else None) or "no such address"
        what = "is taken by another program" if taken else f"cannot be used ({why})"
        raise EnvironmentFault("port_taken", f"{bind.host}:{bind.port} {what}; choose another with --bind.") from None
    return listening


# On Windows SO_REUSEADDR would let two programs share a port; elsewhere it only skips the wait after a restart.
_EXCLUSIVE: int = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    tick = threading.Event()
    for _ in range(round(START_S / 0.01)):
        if server.started:
            return
        if not thread.is_alive():
            break
        tick.wait(0.01)
    raise EnvironmentFault("gateway", "The HTTP interface did not start; see the log above.")


class _Server(uvicorn.Server):
    """Ends with every connection closed, also those that did not end in the time they were given (a download that nobody reads)."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in tuple(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        await last_turns(LAST_S)
