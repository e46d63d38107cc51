"""The network thread: one asyncio loop that serves the gateway."""

import errno
import ipaddress
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from engine.gateway.app import make_app
from engine.gateway.guards import LOOPBACK_NAMES
from engine.model.errors import EnvironmentFault, InputError
from engine.runtime.accounts import SetupCode
from engine.runtime.local import LocalDoor

START_S = 15.0


@dataclass(frozen=True, slots=True)
class Bind:
    """Where to listen. Beyond loopback either a certificate or `insecure` is needed.

    Raises InputError (field `bind`).
    """

    host: str = "127.0.0.1"
    port: int = 0
    insecure: bool = False
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InputError("bind", f"port {self.port} is outside 0–65535")
        if not self.loopback and not self.insecure and self.certificate is None:
            raise InputError("bind", f"{self.host} is reachable from other machines: give --certificate and --key, or --insecure")

    @property
    def loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def hosts(self) -> frozenset[str]:
        """Names a request may use in its Host header."""
        shown = f"[{self.host}]" if ":" in self.host else self.host.lower()
        return LOOPBACK_NAMES | {shown} | {name.lower() for name in self.names}

    @classmethod
    def parse(
        cls, text: str, insecure: bool = False, certificate: Path | None = None, key: Path | None = None, names: tuple[str, ...] = ()
    ) -> "Bind":
        """From `HOST:PORT` or `[IPV6]:PORT`."""
        host, colon, port = text.rpartition(":")
        if not colon or not port.isdigit() or not host:
            raise InputError("bind", f"{text!r} is not HOST:PORT")
        return cls(host.strip("[]"), int(port), insecure, certificate, key, names)


class GatewayServer:
    """Serves on the thread `network` from `start` to `stop`."""

    def __init__(self, door: LocalDoor, setup_code: SetupCode, bind: Bind, version: str) -> None:
        self._bind = bind
        self._app = make_app(door, setup_code, bind.hosts, version)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def start(self) -> None:
        """Returns when it serves. Raises EnvironmentFault when the port is taken or may not be used."""
        listening = _listen(self._bind)
        config = uvicorn.Config(
            self._app,
            log_level="warning",
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            ssl_certfile=self._bind.certificate,
            ssl_keyfile=self._bind.key,
            timeout_graceful_shutdown=2,
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, args=(self._server, listening), name="network", daemon=True)
        self._thread.start()
        self._wait_until_started()
        scheme = "https" if self._bind.certificate else "http"
        host, port = listening.getsockname()[:2]
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(START_S)

    def _serve(self, server: uvicorn.Server, listening: socket.socket) -> None:
        with listening:
            server.run(sockets=[listening])

    def _wait_until_started(self) -> None:
        assert self._server is not None and self._thread is not None
        tick = threading.Event()
        for _ in range(round(START_S / 0.01)):
            if self._server.started:
                return
            if not self._thread.is_alive():
                break
            tick.wait(0.01)
        raise EnvironmentFault("gateway", "The HTTP interface did not start; see the log above.")


def _listen(bind: Bind) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((bind.host, bind.port))
    except OSError as error:
        listening.close()
        what = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise EnvironmentFault("port_taken", f"{bind.host}:{bind.port} {what}; choose another with --bind.") from None
    return listening
