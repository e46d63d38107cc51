"""Bluetooth devices: all that is heard or registered, and the card of one."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QWidget

from console.actions.ble_actions import BleActions
from console.bridge import EngineBridge
from console.pages.devices.tab import DevicesTab
from console.pages.devices.words import scanner_name
from console.words import permit
from engine.model.accounts.access import Verb
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.devices.ble_card import BleCard
from widgets.devices.ble_table import BleTable
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.marks.notice import Notice
from widgets.number_text import number_text
from widgets.signals import on, on_chosen
from widgets.theme import set_role


class BluetoothTab(DevicesTab):
    def __init__(self, bridge: EngineBridge, clock: Clock, actions: BleActions, parent: QWidget | None = None) -> None:
        self._bridge, self._actions = bridge, actions
        self.devices = BleTable(clock)
        self.card = BleCard(clock, lambda scanner: scanner_name(bridge.snapshot, scanner))
        super().__init__("bluetooth", self.devices, self.card, parent)
        self.trouble = Notice()
        self.above.addWidget(self.trouble)
        self._build_tools()
        self._build_foot()
        self.devices.selected.connect(self._show_card)
        self.devices.activated.connect(actions.register)
        self.devices.menu_requested.connect(self._show_menu)

    def _build_tools(self) -> None:
        self.filter = QLineEdit(placeholderText=self.tr("Filter by name, address, maker, owner"), clearButtonEnabled=True)
        self.filter.setAccessibleName(self.tr("Filter devices"))
        self.filter.addAction(QAction(icon("search"), "", self.filter), QLineEdit.ActionPosition.LeadingPosition)
        self.filter.setMinimumWidth(160)
        self.filter.setMaximumWidth(320)
        self.registered = QCheckBox(self.tr("&Registered only"))
        self.by_address = QPushButton(icon("plus"), self.tr("Register by &address…"))
        self.calibrate = QPushButton(icon("ruler"), self.tr("Ca&librate a scanner…"))
        self.survey = QPushButton(icon("footprints"), self.tr("Sur&vey scanners…"))
        self.count = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.count, "secondary")
        self.add_tool(self.filter, 1)
        self.add_tool(self.registered)
        self.add_tool(self.count)
        self.add_stretch()
        self.add_tool(self.by_address)
        self.add_tool(self.calibrate)
        self.add_tool(self.survey)
        self.filter.textChanged.connect(self._filter)
        self.registered.toggled.connect(self._filter)
        on(self.by_address.clicked, self._actions.register)
        on_chosen(self.calibrate.clicked, self.devices.selected_key, self._actions.calibrate)
        on_chosen(self.survey.clicked, self.devices.selected_key, self._actions.survey)
        session = self._bridge.session
        permit(self.by_address, session, Verb.ADMINISTER, self.tr("Register a device that is not in range"))
        permit(self.calibrate, session, Verb.ADMINISTER, self.tr("Measure how signal strength falls with distance at a scanner"))
        permit(self.survey, session, Verb.ADMINISTER, self.tr("Measure all scanners at once, with a phone at places all over the floor"))

    def _build_foot(self) -> None:
        self.register = QPushButton()
        self.forget = QPushButton(icon("trash-2"), self.tr("&Forget…"))
        foot = QWidget()
        row = make_row(foot, spacing=8, margins=(12, 8, 12, 12))
        row.addWidget(self.register, 1)
        row.addWidget(self.forget, 1)
        self.card.add_below(foot)
        on_chosen(self.register.clicked, self.selected_key, self._actions.register)
        on_chosen(self.forget.clicked, self.selected_key, self._actions.forget)
        permit(self.register, self._bridge.session, Verb.ADMINISTER)
        permit(self.forget, self._bridge.session, Verb.ADMINISTER)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.trouble.set_notice(*self._adapter_trouble(snapshot))
        self.devices.set_devices(self._actions.devices())
        self._show_count()
        self._show_card()

    def _adapter_trouble(self, snapshot: Snapshot) -> tuple[str, str]:
        if snapshot.radio.ble_trouble:
            return self.tr("{0} Sightings of the nodes still count.").format(snapshot.radio.ble_trouble), "moderate"
        return "", "neutral"

    def _filter(self) -> None:
        self.devices.set_filter(self.filter.text(), self.registered.isChecked())
        self._show_count()
        self._show_card()

    def _show_count(self) -> None:
        total, shown = len(self.devices.model.keys()), len(self.devices.shown_keys())
        text = (
            self.tr("{0} devices").format(number_text(total))
            if shown == total
            else self.tr("{0} of {1} devices").format(number_text(shown), number_text(total))
        )
        self.count.setText(text if total else "")

    def _show_card(self) -> None:
        row = self.devices.row(self.selected_key())
        self.card.setVisible(row is not None)
        if row is None:
            return
        self.card.show_device(row)
        known = row.settings is not None
        self.register.setText(self.tr("&Edit…") if known else self.tr("Re&gister to a person…"))
        self.register.setIcon(icon("pencil" if known else "user-plus"))
        self.forget.setVisible(known)

    def _show_menu(self, device: str, position: QPoint) -> None:
        menu = self._actions.device_menu(device, self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)
