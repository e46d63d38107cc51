"""Give a node this site's Wi-Fi and a token: over a USB cable of this machine, or as a line to copy."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QRadioButton,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from console.bridge import EngineBridge
from console.dialogs.devices.provision_cable import Cable, CableRun, CableStep
from console.dialogs.frame import FramedDialog
from console.words import error_text, sentence
from engine.model.command import ProvisionNode
from engine.model.errors import EnvironmentFault, InputError, WatchroomError
from engine.model.radio.radio import NodeState
from engine.model.site import read_mac
from engine.model.snapshot import Snapshot
from engine.sources.node.serial_port import SerialPort
from widgets.fields.form import Field, FieldGroup
from widgets.fields.password_field import PasswordField
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.marks.notice import Notice
from widgets.marks.step_list import StepList
from widgets.properties import with_properties
from widgets.translation import tr

_WAIT, _SEND, _STORE, _CONNECT = range(4)


class ProvisionDialog(FramedDialog):
    """Closing it ends a provisioning that runs. After one node the next can follow with the same Wi-Fi."""

    def __init__(self, bridge: EngineBridge, cable: Cable, mac: str = "", parent: QWidget | None = None) -> None:
        """`mac`: the node that is meant, where it is known."""
        lead = tr("The node receives the name and password of your Wi-Fi and a token of this site.")
        super().__init__(tr("Provision a node"), lead, width=580, parent=parent)
        self._bridge, self._cable = bridge, cable
        self._run = CableRun(bridge, cable, self)
        self._provisioned = ""
        self._busy = self._looking = False
        self._build_ways(mac)
        self._connect_ways()
        self._choose_way()
        self.look_for_ports()

    # Building

    def _build_ways(self, mac: str) -> None:
        self.by_cable = QRadioButton(self.tr("Over a &USB cable"))
        self.by_copy = QRadioButton(self.tr("&Copy the provisioning line"))
        self.by_cable.setChecked(True)
        ways = QButtonGroup(self)
        row = QHBoxLayout()
        for way in (self.by_cable, self.by_copy):
            ways.addButton(way)
            row.addWidget(way)
        row.addStretch()
        self.wifi = FieldGroup(self)
        self.wifi.add_field("wifi_ssid", Field(self.tr("&Wi-Fi name"), _ssid_trouble, self.tr("2.4 GHz only.")))
        self.wifi.add_field("wifi_pass", PasswordField(self.tr("Wi-Fi passwor&d"), _password_trouble, self.tr("Empty for an open Wi-Fi.")))
        self.ways = QStackedWidget()
        self.ways.addWidget(self._cable_way())
        self.ways.addWidget(self._copy_way(mac))
        self.body.addLayout(row)
        self.body.addWidget(self.wifi)
        self.body.addWidget(self.ways)
        self.close_button = self.add_cancel(self.tr("Cl&ose"))
        self.stop = self.add_button(self.tr("S&top"))
        self.go = self.add_button("", "primary")
        self.go.setDefault(True)

    def _cable_way(self) -> QWidget:
        self.port = QComboBox()
        label = QLabel(self.tr("Po&rt"))
        label.setBuddy(self.port)
        self.again = with_properties(QToolButton(), icon=icon("refresh-cw"), iconSize=QSize(16, 16), toolTip=self.tr("Refresh ports"))
        self.again.setAccessibleName(self.tr("Refresh ports"))
        row = QHBoxLayout()
        row.addWidget(self.port, 1)
        row.addWidget(self.again)
        self.no_port = Notice()
        texts = (self.tr("Wait for the node"), self.tr("Make its token"), self.tr("Store it on the node"), self.tr("Connected"))
        self.steps = StepList(texts)
        way = QWidget()
        column = make_column(way, spacing=4, margins=NO_MARGINS)
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(self.no_port)
        column.addSpacing(12)
        column.addWidget(self.steps)
        column.addStretch()
        return way

    def _copy_way(self, mac: str) -> QWidget:
        self.address = FieldGroup(self)
        hint = self.tr("It is printed on the module and on the node's serial output: SPAXEL READY and the address.")
        self.address.add_field("mac", Field(self.tr("&Address of the node"), _mac_trouble, hint, "AA:BB:CC:00:11:22")).set_value(mac)
        self.line = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.line.setAccessibleName(self.tr("Provisioning line"))
        self.line.setTabChangesFocus(True)
        self.line.setFixedHeight(92)
        self.copied = Notice()
        way = QWidget()
        column = make_column(way, margins=NO_MARGINS)
        column.addWidget(self.address)
        column.addWidget(self.line)
        column.addWidget(self.copied)
        column.addStretch()
        return way

    def _connect_ways(self) -> None:
        self.by_cable.toggled.connect(self._choose_way)
        self.again.clicked.connect(self.look_for_ports)
        self.port.currentIndexChanged.connect(self._enable_ways)
        self.go.clicked.connect(self.submit)
        self.stop.clicked.connect(self._run.cancel)
        for group in (self.wifi, self.address):
            group.validity_changed.connect(self._enable_ways)
            group.submitted.connect(self.submit)
        for name in ("wifi_ssid", "wifi_pass"):
            self.wifi.field(name).changed.connect(self._forget_line)
        self.address.field("mac").changed.connect(self._forget_line)
        self._run.stepped.connect(self._show_step)
        self._run.ended.connect(self._stored)
        self._run.failed.connect(self._on_provision_error)
        self._bridge.snapshot_changed.connect(self._look_for_node)

    def _choose_way(self) -> None:
        self.ways.setCurrentIndex(0 if self.by_cable.isChecked() else 1)
        for page in (self.ways.widget(number) for number in range(self.ways.count())):  # as high as what is shown
            if page is None:
                continue
            shown = page is self.ways.currentWidget()
            policy = page.sizePolicy()
            policy.setVerticalPolicy(policy.Policy.Preferred if shown else policy.Policy.Ignored)
            page.setSizePolicy(policy)
        self.show_trouble("")
        self._enable_ways()

    def _enable_ways(self) -> None:
        running, cable = self._run.running, self.by_cable.isChecked()
        ready = self.port.currentData() is not None if cable else self.address.is_valid()
        self.go.setText(self._go_text(cable))
        self.go.setEnabled(not running and not self._busy and self.wifi.is_valid() and ready)
        self.stop.setVisible(running)
        for widget in (self.by_cable, self.by_copy, self.wifi, self.port):
            widget.setEnabled(not running)
        self.again.setEnabled(not running and not self._looking)

    def _go_text(self, cable: bool) -> str:
        if not cable:
            return self.tr("&Make and copy")
        return self.tr("&Provision the next node") if self._provisioned else self.tr("&Provision")

    # Ports

    def look_for_ports(self) -> None:
        self._looking = True
        self._enable_ways()
        self._bridge.fetch(self._cable.ports, self._show_ports, self._no_ports, owner=self)

    def _show_ports(self, ports: tuple[SerialPort, ...]) -> None:
        chosen = self.port.currentData()
        self.port.clear()
        for port in ports:
            named = port.description and port.description not in ("n/a", port.device)
            self.port.addItem(f"{port.device} – {port.description}" if named else port.device, port.device)
        if chosen is not None:
            self.port.setCurrentIndex(max(0, self.port.findData(chosen)))
        self.no_port.set_notice("" if ports else self.tr("No serial port on this computer. Connect the node by USB, then refresh."))
        self._looking = False
        self._enable_ways()

    def _no_ports(self, error: WatchroomError) -> None:
        self._show_ports(())
        self.no_port.set_notice(error_text(error), "high")

    # Doing it

    def submit(self) -> None:
        if self._run.running or self._busy or not self.wifi.reveal():
            return
        self.show_trouble("")
        values = self.wifi.values()
        if self.by_cable.isChecked():
            self._start_provisioning(values["wifi_ssid"], values["wifi_pass"])
        elif self.address.reveal():
            self._make_line(values["wifi_ssid"], values["wifi_pass"])

    def _start_provisioning(self, ssid: str, password: str) -> None:
        if self.port.currentData() is None:
            return
        self._provisioned = ""
        self.steps.start_afresh()
        self.steps.go_to(_WAIT, self.tr("opening the port…"))
        self._run.start(self.port.currentData(), ssid, password)
        self._enable_ways()

    def _show_step(self, step: CableStep, mac: str) -> None:
        if step is CableStep.WAITING:
            self.steps.go_to(_WAIT, self.tr("press its reset button if nothing happens"))
        elif step is CableStep.READY:
            self.steps.set_step(_WAIT, "done", mac)
            self.steps.go_to(_SEND)
        else:
            self.steps.go_to(_STORE)

    def _stored(self, mac: str) -> None:
        self._provisioned = mac
        self.mark_saved()
        self.steps.go_to(_CONNECT, self.tr("the node restarts and connects to the Wi-Fi…"))
        self._enable_ways()
        if self._bridge.snapshot is not None:
            self._look_for_node(self._bridge.snapshot)

    def _look_for_node(self, snapshot: Snapshot) -> None:
        """The proof that everything was right: it appears."""
        node = snapshot.radio.node(self._provisioned) if self._provisioned else None
        if node is not None and node.state is NodeState.ONLINE and self.steps.state(_CONNECT) == "doing":
            self.steps.set_step(_CONNECT, "done", self.tr("it is online"))

    def _on_provision_error(self, error: WatchroomError) -> None:
        if isinstance(error, EnvironmentFault) and error.reason == "cancelled":
            self.steps.start_afresh()
        else:
            self.steps.fail()
            self._show_error(error)
        self._enable_ways()

    def _show_error(self, error: WatchroomError) -> None:
        field = error.field.rsplit(".", 1)[-1] if isinstance(error, InputError) else ""
        message = error_text(error)
        named = {"wifi_password": "wifi_pass"}.get(field, field)
        if not (self.wifi.show_error(named, message) or self.address.show_error(named, message)):
            self.show_trouble(message)

    # The line to copy

    def _make_line(self, ssid: str, password: str) -> None:
        self._busy = True
        self._enable_ways()
        command = ProvisionNode(read_mac(self.address.field("mac").value()), ssid, password)
        self._bridge.command(command, self._show_line, self._line_refused, owner=self)

    def _show_line(self, line: str) -> None:
        self._busy = False
        self.mark_saved()
        self.line.setPlainText(line)
        QApplication.clipboard().setText(line)
        text = self.tr("Copied. It contains the Wi-Fi password and the token: send it to this node only, and do not store it.")
        self.copied.set_notice(text, "moderate")
        self._enable_ways()

    def _line_refused(self, error: WatchroomError) -> None:
        self._busy = False
        self._show_error(error)
        self._enable_ways()

    def _forget_line(self) -> None:
        """It was for other values."""
        self.line.clear()
        self.copied.set_notice("")

    def done(self, result: int) -> None:
        self._run.close()
        super().done(result)


def _ssid_trouble(text: str) -> str:
    if not text:
        return tr("Enter the name of the node's Wi-Fi.")
    return tr("A Wi-Fi name has at most 32 bytes.") if len(text.encode()) > 32 else ""


def _password_trouble(text: str) -> str:
    if not text or 8 <= len(text.encode()) <= 63:
        return ""
    return tr("A Wi-Fi password has 8 to 63 characters.")


def _mac_trouble(text: str) -> str:
    if not text.strip():
        return tr("Enter the node's address.")
    try:
        read_mac(text)
    except InputError as error:
        return sentence(error.message)
    return ""
