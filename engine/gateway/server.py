"""An engine's gateway as it is served."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from engine.gateway.border.bind import Bind
from engine.gateway.gateway import Gateway
from engine.gateway.network_thread import NetworkThread
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor

if TYPE_CHECKING:
    from engine.gateway.nodes.door import NodeDoor

LARGEST_WORD = 1 << 16  # bytes: a node's report of every BLE device around; viewers have nothing to say


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
        self._network = NetworkThread(bind, LARGEST_WORD)

    @property
    def url(self) -> str:
        """Empty before it serves."""
        return self._network.url

    def start(self) -> None:
        """Returns when it serves. Raises EnvironmentFault when the port is taken or may not be used."""
        host, port = self._network.start(lambda host, port: self._make_app(announced=self._announced(host, port)))
        if self._nodes is not None:
            self._nodes.provisioner.serves_at(host, port, self._bind.certificate is not None)

    def stop(self) -> None:
        if self._nodes is not None:
            self._nodes.nodes.shutdown()
        self._network.stop()

    def _announced(self, host: str, port: int) -> tuple[str, int] | None:
        wanted = self._nodes is not None and (self._bind.announce or not self._bind.loopback)
        return (host, port) if wanted else None
