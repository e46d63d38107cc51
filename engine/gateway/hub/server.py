"""The network thread of a hub."""

import threading

import uvicorn

from engine.gateway.border.bind import Bind
from engine.gateway.hub.app import make_hub_app
from engine.gateway.hub.enrolment import Enrolment
from engine.gateway.server import STOP_S, listen, wait_until_started

LARGEST_HEAD = 16 << 10


class HubServer:
    """Serves on the thread `network` from `start` to `stop`."""

    def __init__(self, enrolment: Enrolment, bind: Bind, version: str) -> None:
        self._app, self._bind = make_hub_app(enrolment, version), bind
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
            proxy_headers=False,
            ssl_certfile=self._bind.certificate,
            ssl_keyfile=self._bind.key,
            timeout_graceful_shutdown=2,
            server_header=False,
            h11_max_incomplete_event_size=LARGEST_HEAD,
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
