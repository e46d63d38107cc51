"""The serial ports of this machine."""

import threading
from collections.abc import Callable

from console.dialogs.provision_cable import PortChoice, Tell
from engine.model.errors import EnvironmentFault


class SerialCable:
    def ports(self) -> tuple[PortChoice, ...]:
        return ()

    def provision(self, device: str, line_for: Callable[[str], str], tell: Tell, stop: threading.Event) -> str:
        raise EnvironmentFault("port", f"{device} cannot be opened.")
