"""CSI of an ESP32 that prints it on its serial port."""

from collections.abc import Iterator

import serial

from engine.model.errors import EnvironmentFault, InputError
from engine.sources.node.csi_text import CsiRow, parse_line

BAUD = 921_600
WAIT_S = 0.5
LONGEST_LINE = 16_384


class CsiSerial:
    """An open serial port. `rows` runs on the caller's thread; `close` may come from another and ends it within `WAIT_S`."""

    def __init__(self, port: str, baud: int = BAUD) -> None:
        """Open `port` (a device name, or a URL of pyserial). EnvironmentFault when it cannot be opened."""
        self._name = port
        self._closing = False
        try:
            self._port = serial.serial_for_url(port, baudrate=baud, timeout=WAIT_S)
        except (serial.SerialException, ValueError, OSError) as error:
            raise EnvironmentFault(
                "no_serial_port", f"The serial port {port} cannot be opened: {error}. Is the device plugged in?"
            ) from None

    def rows(self) -> Iterator[CsiRow | None]:
        """Frames as they are printed, and None at least every `WAIT_S`; damaged and other lines are passed over.

        Ends after `close`. EnvironmentFault when the device is unplugged.
        """
        pending = b""
        number = 0
        while not self._closing:
            pending += self._read_port()
            *lines, pending = pending.split(b"\n")
            pending = pending[-LONGEST_LINE:]
            for line in lines:
                number += 1
                row = _row(line, number)
                if row is not None:
                    yield row
            yield None
        self._port.close()

    def close(self) -> None:
        self._closing = True

    def _read_port(self) -> bytes:
        try:
            return bytes(self._port.read(max(1, min(int(self._port.in_waiting), LONGEST_LINE))))
        except (serial.SerialException, OSError) as error:
            self._port.close()
            raise EnvironmentFault("serial_port_gone", f"The device on {self._name} does not answer any more: {error}.") from None


def _row(line: bytes, number: int) -> CsiRow | None:
    try:
        return parse_line(line.decode("utf-8", "replace"), number)
    except InputError:  # a line that the port damaged; the next one comes at once
        return None
