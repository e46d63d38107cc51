"""Provisioning a node over its USB serial port: wait until it says who it is, send one line, hear whether it was kept."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol, cast

from engine.model.errors import EnvironmentFault, InputError
from engine.model.value_class import dataclass
from engine.sources.node.provisioning import LONGEST_LINE

BAUD = 115_200
READ_S = 0.2  # how long a cancelling may take
READY_S = 130.0  # a new node listens for 120 s after its start, one that was provisioned before for 15 s
ANSWER_S = 15.0
LONGEST_HEARD = 4096
ESPRESSIF = 0x303A  # USB vendor

_READY = re.compile(r"SPAXEL READY ([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})")
_REFUSALS = {
    "invalid_json": "It could not read what was sent; the cable may be bad. Try again.",
    "missing_provision_key": "It did not understand what was sent. Its firmware may be too old.",
    "nvs_write_failed": "It could not write its memory. Try again, or flash its firmware anew.",
}


@dataclass(frozen=True, slots=True)
class SerialPort:
    """`device`: what it is opened by. `likely`: made by Espressif, as the nodes' chips are."""

    device: str
    description: str
    likely: bool


class SerialLine(Protocol):
    """What is used of `serial.Serial`: `read` returns what came within its timeout, perhaps nothing."""

    def read(self, size: int = 1, /) -> bytes: ...

    def write(self, data: bytes, /) -> int | None: ...

    def close(self) -> None: ...


def list_ports() -> tuple[SerialPort, ...]:
    """Of this machine, likely ones first. Takes up to a second."""
    from serial.tools import list_ports as tools

    found = [SerialPort(str(port.device), str(port.description), port.vid == ESPRESSIF) for port in tools.comports()]
    return tuple(sorted(found, key=lambda port: (not port.likely, port.device)))


def open_line(device: str) -> SerialLine:
    """Raises EnvironmentFault (`serial`)."""
    import serial

    line = serial.Serial(baudrate=BAUD, timeout=READ_S, write_timeout=ANSWER_S, exclusive=True)
    line.port = device
    line.dtr = line.rts = False  # both together would hold the chip in reset
    try:
        line.open()
    except (OSError, ValueError) as error:  # SerialException is an OSError
        raise EnvironmentFault("serial", f"The port {device} cannot be opened ({_why(error)}). {_advice(error)}") from None
    return cast("SerialLine", line)


@dataclass(frozen=True, slots=True)
class SerialProvisioning:
    """One attempt. `run` blocks for up to some minutes: call it on a thread of its own.

    Args:
        document: makes the line for the node of this MAC (its token is made for it).
        say: told in a sentence what goes on.
        cancelled: set by anybody to end it within a fifth of a second.
    """

    document: Callable[[str], str]
    say: Callable[[str], None]
    cancelled: threading.Event
    ready_s: float = READY_S
    answer_s: float = ANSWER_S

    def run(self, line: SerialLine) -> str:
        """The MAC of the node that was provisioned. Closes the line.

        Raises:
            EnvironmentFault: `cancelled`, `no_node`, `no_answer`, `node_refused`, `serial_gone`.
            InputError: the line is longer than a node takes. And whatever `document` raises.
        """
        try:
            return self._provision(line)
        except OSError as error:
            message = f"The node was unplugged, or the port failed ({_why(error)}). Plug it in and try again."
            raise EnvironmentFault("serial_gone", message) from None
        finally:
            line.close()

    def _provision(self, line: SerialLine) -> str:
        self.say("Waiting for the node. Press its reset button if it was plugged in for more than two minutes.")
        mac = self._ready(line)
        self.say(f"Found node {mac}. Sending it what it needs …")
        text = self.document(mac)
        if len(text.encode()) > LONGEST_LINE or "\n" in text:
            raise InputError("provision", f"is no single line of at most {LONGEST_LINE} characters")
        line.write(text.encode() + b"\n")
        self._answer(line)
        self.say(f"Node {mac} is provisioned. It restarts and connects by itself.")
        return mac

    def _ready(self, line: SerialLine) -> str:
        for heard in self._lines(line, self.ready_s):
            found = _READY.search(heard)
            if found is not None:
                return found[1].upper()
        message = (
            f"No node said that it is ready within {self.ready_s:.0f} s. Check the cable and the port, and press the node's reset button."
        )
        raise EnvironmentFault("no_node", message)

    def _answer(self, line: SerialLine) -> None:
        for heard in self._lines(line, self.answer_s):
            answer = _json_in(heard)
            if answer.get("ok") is True:
                return
            if answer.get("ok") is False:
                why = str(answer.get("error", ""))[:100]
                raise EnvironmentFault("node_refused", _REFUSALS.get(why, f"The node refused ({why or 'without a reason'})."))
        message = "The node did not answer, so it may or may not have kept what was sent. Restart it and try again."
        raise EnvironmentFault("no_answer", message)

    def _lines(self, line: SerialLine, longest_s: float) -> Iterator[str]:
        """What the node says, line by line, until the time is over. Among it are log lines, and noise."""
        end_s, heard = time.monotonic() + longest_s, b""
        while time.monotonic() < end_s:
            if self.cancelled.is_set():
                raise EnvironmentFault("cancelled", "Provisioning was cancelled.")
            heard += line.read(256)
            *whole, heard = heard.split(b"\n")
            heard = heard[-LONGEST_HEARD:]
            yield from (each.decode("utf-8", "replace").strip() for each in whole)


def _json_in(line: str) -> dict[str, Any]:
    try:
        value: Any = json.loads(line[line.find("{") :])
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)[:200]


def _advice(error: Exception) -> str:
    if isinstance(error, PermissionError) or "Permission" in str(error):
        return "This account may not use serial ports; on Linux add it to the group “dialout” and sign in again."
    if "lock" in str(error) or "busy" in str(error).lower():
        return "Another program uses it; close that one."
    return "Check that the node is plugged in with a data cable."
