"""The Devices page: cameras, radio nodes, Bluetooth devices, people, links, firmware and microphones."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from console.actions.ble_actions import BleActions
from console.actions.camera_actions import CameraActions
from console.actions.node_actions import NodeActions
from console.dialogs.devices.calibrate_collect import Fit
from console.dialogs.devices.provision_cable import Cable
from console.dialogs.devices.provision_serial import SerialCable
from console.pages.devices.bluetooth import BluetoothTab
from console.pages.devices.cameras import CamerasTab
from console.pages.devices.firmware import FirmwareTab
from console.pages.devices.links import LinksTab
from console.pages.devices.microphones import MicrophonesTab
from console.pages.devices.nodes import NodesTab
from console.pages.devices.people import PeopleTab
from console.pages.devices.tab import DevicesTab
from console.pages.devices.words import (
    all_live,
    all_nodes,
    all_well,
    camera_headline,
    camera_summary,
    headline,
    notices,
    summary,
    update_job,
)
from console.pages.page import MARGINS, Page, PageContext
from console.pages.state_mark import StateMark
from console.words import denied_text, permit
from engine.model.accounts.access import Verb
from engine.model.capability import Capability
from engine.model.snapshot import Snapshot
from engine.model.time import MILLISECOND
from engine.radio.ble.path_loss import fit_calibration
from widgets.fields.first_focus import set_first_focus
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.layout.head_row import HeadRow
from widgets.layout.tabs import Tabs
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notices
from widgets.theme import set_role

_FIGURES_EVERY_NS = 500 * MILLISECOND


class DevicesPage(Page):
    """UI thread. Figures follow twice a second; what is connected, paired or being updated, at once."""

    def __init__(self, context: PageContext, cable: Cable | None = None, fit: Fit = fit_calibration, parent: QWidget | None = None) -> None:
        """`cable`: the serial ports of this machine, also where the engine is elsewhere."""
        super().__init__(parent)
        self._bridge, self._remembered = context.bridge, context.remembered
        self._quick: tuple[object, ...] = ()
        self._figures_ns = 0
        self.node_actions = NodeActions(context.bridge, context.toasts, cable or SerialCable(), self)
        self.ble_actions = BleActions(context.bridge, context.toasts, context.clock, fit, self)
        self.camera_actions = CameraActions(context.bridge, context.toasts, self)
        self.cameras = CamerasTab(context.bridge, context.clock, self.camera_actions)
        self.nodes = NodesTab(context.bridge, context.clock, self.node_actions)
        self.bluetooth = BluetoothTab(context.bridge, context.clock, self.ble_actions)
        self.people = PeopleTab(context.bridge, context.clock, self.ble_actions)
        self.links = LinksTab(context.bridge, context.clock)
        self.firmware = FirmwareTab(context.bridge, context.clock, self.node_actions, context.toasts)
        self.microphones = MicrophonesTab(context.bridge, context.clock, context.toasts)
        self._left_out = context.left_out
        self._build_tabs()
        self._restore()
        self.tabs.currentChanged.connect(self._show_again)
        self.cameras.live_wanted.connect(partial(self.visit_requested.emit, "live"))

    def _build_tabs(self) -> None:
        self.tabs = Tabs()
        for tab, title, icon_name, _ in self._tab_list():
            self.tabs.addTab(tab, icon(icon_name), title)
        for tab, *_ in set(self._all_tabs()) - set(self._tab_list()):
            tab.setParent(self)
            tab.hide()
        self.notices = Notices()
        self.read_only = QLabel(denied_text(Verb.ADMINISTER))
        self.read_only.setVisible(not self._bridge.may(Verb.ADMINISTER))
        set_role(self.read_only, "secondary")
        column = make_column(self, spacing=10, margins=MARGINS)
        column.addLayout(self._state_row())
        column.addWidget(self.notices)
        column.addWidget(self.read_only)
        column.addWidget(self.tabs, 1)
        set_first_focus(self, self.tabs)

    def _tab_list(self) -> tuple[tuple[DevicesTab, str, str, Capability | None], ...]:
        """Of what the engine does; accounts that are limited to some cameras see those alone."""
        limited = self._bridge.session.cameras is not None
        return tuple(tab for tab in self._all_tabs() if tab[3] is None or (tab[3] not in self._left_out and not limited))

    def _all_tabs(self) -> tuple[tuple[DevicesTab, str, str, Capability | None], ...]:
        return (
            (self.cameras, self.tr("Cameras"), "video", None),
            (self.nodes, self.tr("Nodes"), "router", Capability.RADIO),
            (self.bluetooth, self.tr("Bluetooth devices"), "bluetooth", Capability.RADIO),
            (self.people, self.tr("People"), "users", Capability.RADIO),
            (self.links, self.tr("Links"), "link", Capability.RADIO),
            (self.firmware, self.tr("Firmware"), "cpu", Capability.RADIO),
            (self.microphones, self.tr("Microphones"), "mic", Capability.SPEECH),
        )

    def _state_row(self) -> HeadRow:
        self.mark = StateMark(self)
        self.headline = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.headline, "page")
        self.summary = ElidedLabel()
        self.summary.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        set_role(self.summary, "secondary")
        words = make_column(spacing=4)
        words.addWidget(self.headline)
        words.addWidget(self.summary)
        self.settings_button = QPushButton(icon("settings"), self.tr("Radio &settings…"))
        self.settings_button.clicked.connect(self.node_actions.change_radio)
        permit(self.settings_button, self._bridge.session, Verb.ADMINISTER, self.tr("Resolution, people, falls, Bluetooth adapter"))
        marked = make_row(spacing=12)
        marked.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignTop)
        marked.addLayout(words, 1)
        return HeadRow(marked, self.settings_button)

    def _restore(self) -> None:
        self.tabs.setCurrentIndex(min(self._remembered.number("devices/kind", 0), self.tabs.count() - 1))
        for tab, *_ in self._tab_list():
            tab.restore(self._remembered)

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        quick = _quick(snapshot)
        if quick != self._quick or snapshot.at_ns - self._figures_ns >= _FIGURES_EVERY_NS:
            self._quick, self._figures_ns = quick, snapshot.at_ns
            self._show_devices(snapshot)

    def _show_again(self) -> None:
        if self._bridge.snapshot is not None:
            self._show_devices(self._bridge.snapshot)

    def _show_devices(self, snapshot: Snapshot) -> None:
        tab = self.tabs.currentWidget()
        if tab is self.cameras:
            self._show_state(camera_headline(snapshot), camera_summary(snapshot), all_live(snapshot), bool(snapshot.cameras))
        elif Capability.RADIO in self._left_out:
            self._show_state(self.tr("Microphones"), "", True, marked=False)
        else:
            self._show_state(headline(snapshot), summary(snapshot), all_well(snapshot), bool(all_nodes(snapshot)))
        with_radio = Capability.RADIO not in self._left_out and tab is not self.cameras
        self.settings_button.setVisible(with_radio)
        self.notices.set_notices(notices(snapshot) if with_radio else ())
        if isinstance(tab, DevicesTab):
            tab.show_snapshot(snapshot)

    def _show_state(self, title: str, text: str, well: bool, marked: bool) -> None:
        """Of the kind of devices that is on screen."""
        self.headline.setText(title)
        self.summary.setText(text)
        self.summary.setVisible(bool(text))
        self.mark.setVisible(marked)
        self.mark.set_well(well)

    def visit(self, what: str) -> None:
        """A camera."""
        if what:
            self.tabs.setCurrentWidget(self.cameras)
            self.cameras.want(what)

    def has_content(self) -> bool:
        return self._bridge.snapshot is not None

    def shutdown(self) -> None:
        super().shutdown()  # first: the window does not wait for a node at a cable
        self._remembered.put("devices/kind", self.tabs.currentIndex())
        for tab, *_ in self._tab_list():
            tab.keep(self._remembered)
        self.cameras.stills.close()


def _quick(snapshot: Snapshot) -> tuple[object, ...]:
    """What is shown at once when it changes."""
    radio = snapshot.radio
    nodes = tuple((node.mac, node.state, node.update, node.update_percent, node.position) for node in radio.nodes)
    counts = (len(radio.devices), len(radio.picture.links) if radio.picture is not None else 0)
    states = tuple((view.settings.id, view.health.state) for view in snapshot.cameras)
    return (
        states,
        snapshot.settings,
        tuple((person.id, person.name, person.color) for person in snapshot.people.persons),
        radio.pairing,
        nodes,
        counts,
        radio.firmware,
        radio.ble_trouble,
        radio.shed_level,
        update_job(snapshot),
        snapshot.people.speech_trouble,
    )
