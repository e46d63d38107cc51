"""The serial ports of this machine, also where the engine is elsewhere."""

import threading
from collections.abc import Callable

from console.courier import ignore_answer
from console.dialogs.devices.provision_cable import CableStep, Tell
from engine.sources.node.serial_port import SerialLine, SerialPort, SerialProvisioning, list_ports, open_line


class SerialCable:
    """A `Cable` by way of the engine's serial provisioning. `open_port` and `find_ports` are what touches the hardware."""

    def __init__(
        self, open_port: Callable[[str], SerialLine] = open_line, find_ports: Callable[[], tuple[SerialPort, ...]] = list_ports
    ) -> None:
        self._open_port, self._find_ports = open_port, find_ports

    def ports(self) -> tuple[SerialPort, ...]:
        return self._find_ports()

    def provision(self, device: str, line_for: Callable[[str], str], tell: Tell, stop: threading.Event) -> str:
        def document(mac: str) -> str:
            tell(CableStep.READY, mac)
            line = line_for(mac)
            tell(CableStep.SENT, mac)
            return line

        line = self._open_port(device)
        tell(CableStep.WAITING, "")
        return SerialProvisioning(document, ignore_answer, stop).run(line)
