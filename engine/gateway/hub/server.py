"""The network thread of a hub."""

import threading

import uvicorn

from engine.gateway.border.bind import Bind
from engine.gateway.border.direct_socket import DirectSocket
from engine.gateway.border.listening import STOP_S, listen, wait_until_started
from engine.gateway.border.lobby import Lobby
from engine.gateway.hub.app import make_hub_app
from engine.gateway.hub.door import HubDoor
from engine.gateway.hub.enrolment import Enrolment
from engine.gateway.remote.protocol import bounded_by

LARGEST_PIECE = 1 << 20


class HubServer:
    """Serves on the thread `network` from `start` to `stop`."""

    def __init__(self, enrolment: Enrolment, door: HubDoor, bind: Bind, version: str) -> None:
        self._app, self._bind = make_hub_app(enrolment, door, bind.hosts, version), bind
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def start(self) -> None:
        """Returns when it serves. Raises EnvironmentFault when the port is taken or may not be used."""
        listening = listen(self._bind)
        host, port = listening.getsockname()[:2]
        config = uvicorn.Config(
            self._app,
            log_level="warning",
            log_config=None,
            access_log=False,
            http=bounded_by(Lobby()),
            ws=DirectSocket,
            ws_max_size=LARGEST_PIECE,
            ws_per_message_deflate=False,  # pictures do not get smaller
            proxy_headers=False,
            ssl_certfile=self._bind.certificate,
            ssl_keyfile=self._bind.key,
            timeout_graceful_shutdown=2,
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, name="network", daemon=True)
        self._thread.start()
        wait_until_started(self._server, self._thread)
        scheme = "https" if self._bind.certificate else "http"
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_S)
