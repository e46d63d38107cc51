"""A node at the end of a USB cable, as the provisioning dialog needs it."""

import threading
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeAlias

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.courier import Listener
from engine.model.command import ProvisionNode
from engine.model.errors import WatchroomError
from engine.sources.node.serial_port import SerialPort


class CableStep(StrEnum):
    WAITING = "waiting"  # the port is open; the node says READY once a second while it can be provisioned
    READY = "ready"  # it did, with its address
    SENT = "sent"  # the line is on its way; the node writes it to its flash memory


Tell: TypeAlias = Callable[[CableStep, str], None]
"""Called on the worker thread with a step and the node's address, where it is known."""


class Cable(Protocol):
    """Both methods run on a worker thread."""

    def ports(self) -> tuple[SerialPort, ...]:
        """The serial ports of this machine."""
        ...

    def provision(self, device: str, line_for: Callable[[str], str], tell: Tell, stop: threading.Event) -> str:
        """Wait for the node, send it what `line_for` gives for its address, and return that address once it has stored it.

        Raises EnvironmentFault where port or node fail, with `cancelled` soon after `stop` was set; what `line_for` raises goes through.
        """
        ...


class CableRun(QObject):
    """One provisioning at a time, on a worker. UI thread.

    Signals: stepped(CableStep, address); ended(address); failed(WatchroomError).
    """

    stepped = Signal(object, str)
    ended = Signal(str)
    failed = Signal(object)

    def __init__(self, bridge: EngineBridge, cable: Cable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._cable = bridge, cable
        self._said: deque[tuple[CableStep, str]] = deque()
        self._listener = Listener(self._hear, self)
        self._stop = threading.Event()
        self._running = False

    @property
    def running(self) -> bool:
        return self._running

    def start(self, device: str, wifi_ssid: str, wifi_password: str) -> None:
        """The engine makes the token once the node has told its address; the password goes to both and is kept nowhere here."""
        stop, cable, port = threading.Event(), self._cable, self._bridge.port
        said, bell = self._said, self._listener.bell
        said.clear()
        self._stop, self._running = stop, True

        def tell(step: CableStep, mac: str) -> None:
            said.append((step, mac))
            bell.ring()

        def work() -> str:
            return cable.provision(device, lambda mac: port.command(ProvisionNode(mac, wifi_ssid, wifi_password)), tell, stop)

        self._bridge.fetch(work, self._finish_run, self._fail_run, owner=self)

    def cancel(self) -> None:
        """The worker ends soon; `failed` follows with reason `cancelled`."""
        self._stop.set()

    def close(self) -> None:
        """No signal follows."""
        self._stop.set()
        self._listener.close()

    def _hear(self) -> None:
        while self._said:
            self.stepped.emit(*self._said.popleft())

    def _finish_run(self, mac: str) -> None:
        self._running = False
        self._hear()
        self.ended.emit(mac)

    def _fail_run(self, error: WatchroomError) -> None:
        self._running = False
        self._hear()
        self.failed.emit(error)
