"""The network thread: one asyncio loop that serves the gateway."""

import asyncio
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from engine.gateway.border.bind import Bind
from engine.gateway.border.direct_socket import DirectSocket
from engine.gateway.border.listening import STOP_S, listen, wait_until_started
from engine.gateway.border.lobby import Lobby
from engine.gateway.gateway import Gateway
from engine.gateway.last_turns import last_turns
from engine.gateway.remote.protocol import bounded_by
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor

if TYPE_CHECKING:
    from engine.gateway.nodes.door import NodeDoor

LAST_S = 0.05
LARGEST_WORD = 1 << 16  # bytes: a node's report of every BLE device around; viewers have nothing to say
KEPT_ALIVE_S = 30  # longer than clients keep a connection that nobody uses (httpx: 5 s), which else meets its end now and then


class GatewayServer:
    """Serves on the thread `network` from `start` to `stop`."""

    def __init__(
        self,
        door: LocalDoor,
        setup_code: SetupCode,
        bind: Bind,
        version: str,
        nodes: "NodeDoor | None" = None,
        on_loaded: Callable[[], None] = lambda: None,
    ) -> None:
        """on_loaded: called on the network loop once all routes are there; live pictures are served before."""
        self._bind = bind
        self._nodes = nodes
        self._make_app = partial(Gateway, door, setup_code, bind.hosts, version, nodes, on_loaded=on_loaded)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def start(self) -> None:
        """Returns when it serves. Raises EnvironmentFault when the port is taken or may not be used."""
        listening = listen(self._bind)
        host, port = listening.getsockname()[:2]
        config = uvicorn.Config(
            self._make_app(announced=self._announced(host, port)),
            log_level="warning",
            log_config=None,
            access_log=False,
            http=bounded_by(Lobby()),
            ws=DirectSocket,
            ws_max_size=LARGEST_WORD,
            ws_per_message_deflate=False,  # pictures do not get smaller, and it would be done again for every viewer
            proxy_headers=False,
            ssl_certfile=self._bind.certificate,
            ssl_keyfile=self._bind.key,
            timeout_graceful_shutdown=2,
            timeout_keep_alive=KEPT_ALIVE_S,
            server_header=False,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._serve, args=(self._server, listening), name="network", daemon=True)
        self._thread.start()
        wait_until_started(self._server, self._thread)
        scheme = "https" if self._bind.certificate else "http"
        if self._nodes is not None:
            self._nodes.provisioner.serves_at(host, port, self._bind.certificate is not None)
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def stop(self) -> None:
        if self._nodes is not None:
            self._nodes.nodes.shutdown()
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_S)
            if self._thread.is_alive():  # a request's thread does not end
                self._server.force_exit = True
                self._thread.join(STOP_S)

    def _announced(self, host: str, port: int) -> tuple[str, int] | None:
        wanted = self._nodes is not None and (self._bind.announce or not self._bind.loopback)
        return (host, port) if wanted else None

    def _serve(self, server: uvicorn.Server, listening: socket.socket) -> None:
        with listening:
            server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends with every connection closed, also those that did not end in the time they were given (a download that nobody reads)."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        for connection in tuple(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        await last_turns(LAST_S)
