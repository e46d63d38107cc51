"""Provisioning: over a cable, over the engine's own serial code, as a line to copy; what goes wrong is said."""

import json
import threading
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.devices.provision import ProvisionDialog
from console.dialogs.devices.provision_cable import Cable, CableStep
from console.dialogs.devices.provision_serial import SerialCable
from engine.model.command import ProvisionNode
from engine.model.errors import EnvironmentFault, InputError
from engine.sources.node.serial_port import SerialPort
from tests.console.dialogs.conftest import Show
from tests.fakes.devices import DevicesEngine, FakeCable, lively_site, node_mac

MAC = node_mac(9)


@pytest.fixture
def engine() -> DevicesEngine:
    return lively_site()


@pytest.fixture
def open_dialog(bridge: EngineBridge, show: Show, qtbot: QtBot) -> Callable[..., ProvisionDialog]:
    def open_with(cable: Cable, mac: str = "", filled: bool = True) -> ProvisionDialog:
        dialog = ProvisionDialog(bridge, cable, mac)
        show(dialog)
        if filled:
            dialog.wifi.field("wifi_ssid").edit().setText("Harbour")
            dialog.wifi.field("wifi_pass").edit().setText("a long password")
        qtbot.waitUntil(dialog.again.isEnabled)
        return dialog

    return open_with


def states(dialog: ProvisionDialog) -> list[str]:
    return [dialog.steps.state(number) for number in range(4)]


def test_a_node_is_provisioned_and_seen_to_connect(
    open_dialog: Callable[..., ProvisionDialog], engine: DevicesEngine, qtbot: QtBot
) -> None:
    cable = FakeCable(MAC)
    cable.gate.clear()
    dialog = open_dialog(cable)
    assert dialog.port.currentText() == "/dev/ttyACM0 – USB JTAG/serial debug unit"
    dialog.submit()
    qtbot.waitUntil(lambda: "reset button" in dialog.steps._steps[0]._note.text())
    assert dialog.stop.isVisible() and not dialog.go.isEnabled() and not dialog.wifi.isEnabled()
    cable.gate.set()
    qtbot.waitUntil(lambda: states(dialog) == ["done", "done", "done", "doing"])
    assert engine.commands == [ProvisionNode(MAC, "Harbour", "a long password")]
    assert json.loads(cable.lines[0])["provision"]["wifi_ssid"] == "Harbour"
    engine.come(9)
    qtbot.waitUntil(lambda: states(dialog) == ["done"] * 4)
    assert dialog.go.isEnabled() and "next node" in dialog.go.text()
    cable.mac = node_mac(10)
    dialog.submit()
    qtbot.waitUntil(lambda: len(cable.lines) == 2 and states(dialog)[3] == "doing")
    assert engine.provisioned == [MAC, node_mac(10)]


def test_it_can_be_stopped(open_dialog: Callable[..., ProvisionDialog], qtbot: QtBot) -> None:
    cable = FakeCable(MAC)
    cable.gate.clear()
    dialog = open_dialog(cable)
    dialog.submit()
    qtbot.waitUntil(dialog.stop.isVisible)
    dialog.stop.click()
    qtbot.waitUntil(lambda: not dialog.stop.isVisible())
    assert set(states(dialog)) == {"todo"} and not dialog.trouble.isVisible() and cable.lines == []
    dialog.submit()
    qtbot.waitUntil(dialog.stop.isVisible)
    dialog.close()  # ends the worker too: the test would hang in the bridge's close


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (EnvironmentFault("node_refused", "It could not write its memory. Try again."), "could not write its memory"),
        (InputError("wifi_pass", "makes the line longer than a node takes"), ""),
    ],
)
def test_what_goes_wrong_is_said_where_it_belongs(
    open_dialog: Callable[..., ProvisionDialog], qtbot: QtBot, trouble: Exception, said: str
) -> None:
    cable = FakeCable(MAC)
    cable.trouble = trouble
    dialog = open_dialog(cable)
    dialog.submit()
    qtbot.waitUntil(lambda: states(dialog)[2] == "failed")
    if said:
        assert said in dialog.trouble.text()
    else:
        assert "longer than a node takes" in dialog.wifi.field("wifi_pass").message() and not dialog.trouble.isVisible()
    cable.trouble = None
    dialog.wifi.field("wifi_pass").edit().setText("another password")
    dialog.submit()
    qtbot.waitUntil(lambda: states(dialog)[3] == "doing")


def test_the_engine_refuses_the_token(open_dialog: Callable[..., ProvisionDialog], engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.fail("command", EnvironmentFault("no_door", "The engine serves no network: nodes cannot reach it."))
    cable = FakeCable(MAC)
    dialog = open_dialog(cable)
    dialog.submit()
    qtbot.waitUntil(lambda: "nodes cannot reach it" in dialog.trouble.text())
    assert states(dialog)[:2] == ["done", "failed"] and cable.lines == []


def test_no_port_and_plugging_one_in(open_dialog: Callable[..., ProvisionDialog], qtbot: QtBot) -> None:
    cable = FakeCable(MAC, ports=())
    dialog = open_dialog(cable)
    assert "Connect the node by USB" in dialog.no_port.text() and not dialog.go.isEnabled()
    cable.found = (SerialPort("COM3", "n/a", False),)
    dialog.again.click()
    qtbot.waitUntil(dialog.go.isEnabled)
    assert dialog.port.currentText() == "COM3" and not dialog.no_port.isVisible()


def test_what_is_typed_is_checked(open_dialog: Callable[..., ProvisionDialog]) -> None:
    dialog = open_dialog(FakeCable(MAC), filled=False)
    assert not dialog.go.isEnabled()
    for ssid, password, fine in (
        ("Harbour", "", True),
        ("Harbour", "short", False),
        ("", "long enough", False),
        ("ü" * 17, "", False),
        ("H", "x" * 63, True),
        ("H", "x" * 64, False),
    ):
        dialog.wifi.field("wifi_ssid").edit().setText(ssid)
        dialog.wifi.field("wifi_pass").edit().setText(password)
        assert dialog.wifi.is_valid() is fine, (ssid, password)


def test_the_line_can_be_copied_without_a_cable(open_dialog: Callable[..., ProvisionDialog], engine: DevicesEngine, qtbot: QtBot) -> None:
    dialog = open_dialog(FakeCable(ports=()))
    dialog.by_copy.setChecked(True)
    assert not dialog.go.isEnabled()
    address = dialog.address.field("mac")
    address.edit().setText("7cdf")
    assert "is not an address" in address.message()
    address.edit().setText("7c-df-a1-00-00-09")
    dialog.go.click()
    qtbot.waitUntil(lambda: bool(dialog.line.toPlainText()))
    assert engine.commands == [ProvisionNode(MAC, "Harbour", "a long password")]
    assert QApplication.clipboard().text() == dialog.line.toPlainText() and "node_token" in dialog.line.toPlainText()
    assert "Wi-Fi password" in dialog.copied.text()
    dialog.wifi.field("wifi_ssid").edit().setText("Other")
    assert dialog.line.toPlainText() == "" and not dialog.copied.isVisible()


def test_a_refused_line_is_said(open_dialog: Callable[..., ProvisionDialog], engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.fail("command", InputError("mac", "is unknown here"))
    dialog = open_dialog(FakeCable(), mac=MAC)
    dialog.by_copy.setChecked(True)
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.address.field("mac").message() == "Is unknown here.")
    assert dialog.line.toPlainText() == ""


class Board:
    """A node's side of a serial line."""

    def __init__(self, answer: bytes = b'{"ok":true,"mac":"x"}\n') -> None:
        self._said = [b"I (312) boot: noise\n", f"SPAXEL READY {MAC}\n".encode()]
        self._answer = answer
        self.written = b""
        self.closed = False

    def read(self, size: int = 1, /) -> bytes:
        return self._said.pop(0) if self._said else b""

    def write(self, data: bytes, /) -> int:
        self.written += data
        self._said.append(self._answer)
        return len(data)

    def close(self) -> None:
        self.closed = True


def test_the_real_serial_conversation(open_dialog: Callable[..., ProvisionDialog], qtbot: QtBot) -> None:
    board = Board()
    dialog = open_dialog(SerialCable(lambda device: board, lambda: (SerialPort("/dev/ttyACM0", "", True),)))
    dialog.submit()
    qtbot.waitUntil(lambda: states(dialog) == ["done", "done", "done", "doing"])
    assert board.written.endswith(b"}}\n") and b'"provision"' in board.written and board.closed


def test_a_board_that_refuses(open_dialog: Callable[..., ProvisionDialog], qtbot: QtBot) -> None:
    board = Board(b'{"ok":false,"error":"nvs_write_failed"}\n')
    dialog = open_dialog(SerialCable(lambda device: board, lambda: (SerialPort("/dev/ttyACM0", "", True),)))
    dialog.submit()
    qtbot.waitUntil(lambda: states(dialog)[2] == "failed")
    assert "could not write its memory" in dialog.trouble.text() and board.closed


def test_a_port_that_cannot_be_opened(open_dialog: Callable[..., ProvisionDialog], qtbot: QtBot) -> None:
    cable = SerialCable(find_ports=lambda: (SerialPort("/dev/does-not-exist", "", False),))
    dialog = open_dialog(cable)
    dialog.submit()
    qtbot.waitUntil(lambda: "cannot be opened" in dialog.trouble.text())
    assert states(dialog)[0] == "failed"


def test_the_ports_of_this_machine_can_be_listed() -> None:
    assert all(port.device for port in SerialCable().ports())


def test_steps_are_told_in_order() -> None:
    said: list[tuple[CableStep, str]] = []
    board = Board()
    cable = SerialCable(lambda device: board, tuple)
    assert cable.provision("x", lambda mac: "{}", lambda step, mac: said.append((step, mac)), threading.Event()) == MAC
    assert said == [(CableStep.WAITING, ""), (CableStep.READY, MAC), (CableStep.SENT, MAC)]
