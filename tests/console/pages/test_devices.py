"""The Devices page as an administrator and as an operator work with it, over a site in memory."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.accounts.pairing import PairingDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.devices.firmware import FirmwareDialog
from console.dialogs.devices.firmware_update import UpdateDialog
from console.dialogs.devices.node import NodeDialog
from console.dialogs.devices.provision import ProvisionDialog
from console.dialogs.devices.radio_settings import RadioSettingsDialog
from console.dialogs.devices.register_device import RegisterDeviceDialog
from console.dialogs.people.erase_person import ErasePersonDialog
from console.dialogs.people.person import PersonDialog
from console.pages.devices.devices import DevicesPage
from console.pages.devices.words import all_well, headline, notices, scanner_name, summary
from console.pages.page import PageContext
from console.session.remembered import Remembered
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.command import (
    AddFirmware,
    CreateUser,
    IdentifyNode,
    PutCamera,
    PutNode,
    RebootNode,
    RemoveBleDevice,
    RemoveNode,
    RestartCamera,
    SetPairing,
    UpdateNodes,
)
from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState
from engine.model.people.commands import ErasePerson, PutPerson
from engine.model.people.view import PeopleView
from engine.model.radio.radio import NodeState, UpdateState
from engine.model.site import NodeSettings
from engine.model.snapshot import JobState
from engine.model.time import SECOND, SystemClock
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.devices import PHONE, TAG, DevicesEngine, FakeCable, lively_site, node_mac
from widgets.marks.toast import ToastArea

Opener = Callable[..., DevicesPage]


@pytest.fixture
def engine() -> DevicesEngine:
    fake = lively_site()
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    return fake


class Host(QWidget):
    """A window with the Devices page alone: the main window has pages that take their time."""

    def __init__(self, bridge: EngineBridge, remembered: Remembered, cable: FakeCable) -> None:
        super().__init__()
        self.toasts = ToastArea(self)
        self.page = DevicesPage(PageContext(bridge, SystemClock(), remembered, self.toasts), cable)
        self.bridge = bridge
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.page)
        self.resize(1360, 860)
        bridge.snapshot_changed.connect(self.page.show_snapshot)
        bridge.start()

    def end(self) -> None:
        """As the main window closes."""
        self.page.shutdown()
        self.bridge.close()
        self.close()


@pytest.fixture
def cable() -> FakeCable:
    return FakeCable()


@pytest.fixture
def open_page(engine: DevicesEngine, remembered: Remembered, cable: FakeCable, qtbot: QtBot) -> Iterator[Opener]:
    opened: list[Host] = []

    def open_for(user: str = "ada", tab: int | None = 1) -> DevicesPage:
        """On the nodes, or the tab of before."""
        host = Host(EngineBridge(engine.port(user)), remembered, cable)
        if tab is not None:
            host.page.tabs.setCurrentIndex(tab)
        opened.append(host)
        with qtbot.waitActive(host):
            host.show()
            host.activateWindow()
        return host.page

    yield open_for
    for host in opened:
        host.end()
        host.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def page(open_page: Opener) -> DevicesPage:
    return open_page()


def dialog_of(page: DevicesPage, kind: type[QDialog]) -> QDialog:
    found = [dialog for dialog in page.findChildren(kind) if dialog.isVisible()]
    assert len(found) == 1, f"{len(found)} dialogs of {kind.__name__}"
    return found[0]


def host_of(page: DevicesPage) -> Host:
    host = page.window()
    assert isinstance(host, Host)
    return host


def toasts(page: DevicesPage) -> str:
    return " ".join(label.text() for label in host_of(page).toasts.findChildren(QLabel))


# Whole tasks


def test_open_pairing_let_a_node_in_name_it_and_place_it(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    page.nodes.pairing.open_button.click()
    pairing = dialog_of(page, PairingDialog)
    assert isinstance(pairing, PairingDialog)
    pairing.minutes.setCurrentIndex(pairing.minutes.findData(30))
    pairing.save.click()
    qtbot.waitUntil(lambda: "Pairing is open until" in page.nodes.pairing.title.text())
    assert engine.commands == [SetPairing(True, 30.0)] and "any node on this network" in page.nodes.pairing.text.text()

    engine.come(9, NodeState.UNPAIRED)
    qtbot.waitUntil(lambda: node_mac(9) in page.nodes.nodes.shown_keys())
    assert "1 joined without a token" in page.nodes.pairing.text.text()
    page.nodes.nodes.select_row(node_mac(9))
    assert any("needs a position" in text for text in page.nodes.card.notices.texts())
    assert page.nodes.provision_this.isVisible()

    page.nodes.edit.click()
    edit = dialog_of(page, NodeDialog)
    assert isinstance(edit, NodeDialog)
    edit.fields.field("name").edit().setText("Loading dock")
    for field, text in zip(edit.position.edits, ("4.5", "-1", "2.2"), strict=True):
        field.setText(text)
    edit.save.click()
    qtbot.waitUntil(lambda: page.nodes.card.name.text() == "Loading dock")
    assert engine.commands[-1] == PutNode(NodeSettings(node_mac(9), "Loading dock", (4.5, -1.0, 2.2)))
    assert page.nodes.card.facts.fact_text("Position") == "4.50, −1.00, 2.20 m · from the plan"

    page.nodes.pairing.close_button.click()
    qtbot.waitUntil(lambda: page.nodes.pairing.title.text() == "Pairing is closed")


def test_register_a_phone_that_is_heard_to_somebody_new(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.hear("A4:C1:38:00:00:77", -61, name="Pixel 9", company="Google")
    page.tabs.setCurrentIndex(2)
    page.bluetooth.filter.setText("pixel")
    qtbot.waitUntil(lambda: page.bluetooth.devices.shown_keys() == ("A4:C1:38:00:00:77",))
    page.bluetooth.register.click()
    dialog = dialog_of(page, RegisterDeviceDialog)
    assert isinstance(dialog, RegisterDeviceDialog)
    assert dialog.fields.field("label").value() == "Pixel 9"
    dialog.owner.setCurrentIndex(dialog.owner.count() - 1)
    dialog.person_fields.field("name").edit().setText("Katherine")
    dialog.save.click()
    qtbot.waitUntil(lambda: "Katherine" in page.bluetooth.card.facts.fact_text("Belongs to"))
    page.tabs.setCurrentIndex(3)
    person = next(person for person in engine.people.persons if person.name == "Katherine")
    qtbot.waitUntil(lambda: person.id in page.people.people.shown_keys())
    assert [page.people.people.model.cell(person.id, column).text for column in (0, 1, 2)] == ["Katherine", "Here", "Pixel 9"]


def test_update_all_nodes_one_rolls_back_and_the_rest_is_left(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.execute(AddFirmware("0.3.0", "A" * 4000))
    engine.rolls_back = {node_mac(1)}
    page.tabs.setCurrentIndex(5)
    qtbot.waitUntil(lambda: "0.3.0" in page.firmware.firmware.shown_keys())
    page.firmware.firmware.select_row("0.3.0")
    page.firmware.update_all.click()
    dialog = dialog_of(page, UpdateDialog)
    assert isinstance(dialog, UpdateDialog)
    assert dialog.version.currentData() == "0.3.0" and "Updates 5 nodes" in dialog.said.text()
    dialog.go.click()
    qtbot.waitUntil(lambda: any(isinstance(command, UpdateNodes) for command in engine.commands))
    engine.tick()
    engine.tick()
    qtbot.waitUntil(lambda: page.firmware.cancel.isVisible() and len(page.firmware.updates.shown_keys()) == 5)
    qtbot.waitUntil(lambda: "25 %" in page.firmware.updates.model.cell(node_mac(0), 2).text)
    with engine.running(60):
        qtbot.waitUntil(lambda: page.firmware.said.text().startswith("Halted."))
    assert "Node Window: It came back with its old firmware." in page.firmware.said.text() and not page.firmware.cancel.isVisible()
    assert page.firmware.updates.model.cell(node_mac(0), 1).text == "Updated"
    assert page.firmware.updates.model.cell(node_mac(1), 1).text == "Rolled back"
    assert page.firmware.updates.shown_keys()[0] == node_mac(1)
    assert node_mac(2) not in page.firmware.updates.shown_keys()
    qtbot.waitUntil(lambda: "The update was halted." in toasts(page))
    page.tabs.setCurrentIndex(1)
    page.nodes.nodes.select_row(node_mac(1))
    assert any("reverted to 0.2.72" in text for text in page.nodes.card.notices.texts())


def test_an_update_can_be_stopped(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.execute(UpdateNodes("0.3.0", (node_mac(0), node_mac(1))))
    page.tabs.setCurrentIndex(5)
    qtbot.waitUntil(page.firmware.cancel.isVisible)
    page.firmware.cancel.setFocus()
    page.firmware.cancel.click()
    qtbot.waitUntil(lambda: page.firmware.said.text().startswith("Stopped."))
    assert engine.jobs["job-0"].state is JobState.CANCELLED


def test_an_update_that_succeeds(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.execute(AddFirmware("0.3.0", "A" * 4000))
    qtbot.waitUntil(lambda: bool(page._bridge.snapshot and len(page._bridge.snapshot.radio.firmware) == 2))
    page.node_actions.update_node(node_mac(0))
    dialog = dialog_of(page, UpdateDialog)
    assert isinstance(dialog, UpdateDialog)
    dialog.version.setCurrentIndex(dialog.version.findData("0.3.0"))
    dialog.go.click()
    with engine.running(60):
        qtbot.waitUntil(lambda: "The update is done." in toasts(page))
    assert engine.radio.nodes[0].update is UpdateState.VERIFIED and engine.radio.nodes[0].firmware == "0.3.0"


# What can be done with one node


def test_blink_restart_switch_off_and_remove(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    page.nodes.nodes.select_row(node_mac(2))
    page.nodes.blink.click()
    qtbot.waitUntil(lambda: engine.commands == [IdentifyNode(node_mac(2), 5.0)])
    qtbot.waitUntil(lambda: "Kitchen shelf blinks" in toasts(page))
    page.node_actions.restart(node_mac(2))
    confirm(page)
    qtbot.waitUntil(lambda: engine.commands[-1] == RebootNode(node_mac(2)))
    page.node_actions.switch_off(node_mac(2))
    qtbot.waitUntil(lambda: page.nodes.card.chip.text() == "Switched off")
    page.node_actions.remove(node_mac(2))
    confirm(page)
    qtbot.waitUntil(lambda: node_mac(2) not in page.nodes.nodes.shown_keys())
    assert engine.commands[-1] == RemoveNode(node_mac(2))


def any_dialog(page: DevicesPage) -> bool:
    return any(dialog.isVisible() for dialog in page.findChildren(QDialog))


def confirm(page: DevicesPage) -> None:
    dialog = dialog_of(page, ConfirmDialog)
    assert isinstance(dialog, ConfirmDialog)
    assert dialog.keep.hasFocus() or dialog.keep.isDefault()
    dialog.go.click()


def test_what_is_refused_is_said(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.fail("command", EnvironmentFault("offline", "The node does not answer. Check that it has power."))
    page.node_actions.identify(node_mac(0))
    qtbot.waitUntil(lambda: "does not answer" in toasts(page))


def test_the_menu_offers_what_is_possible(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.change_node(1, state=NodeState.OFFLINE)
    qtbot.waitUntil(lambda: page.nodes.nodes.model.cell(node_mac(1), 1).text.startswith("Offline"))
    menu = page.node_actions.menu(node_mac(1), page)
    can = {action.text().replace("&", ""): action.isEnabled() for action in menu.actions()}
    assert can["Edit…"] and can["Remove…"] and not can["Blink"] and not can["Restart…"] and not can["Update firmware…"]
    assert page.node_actions.menu("unknown", page).isEmpty()
    page.nodes.nodes.select_row(node_mac(1))
    assert not page.nodes.blink.isEnabled()


def test_the_menu_opens_from_the_table_and_from_more(page: DevicesPage, qtbot: QtBot) -> None:
    for open_menu in (lambda: page.nodes.more.click(), lambda: page.nodes._show_menu(node_mac(0), page.mapToGlobal(page.rect().center()))):
        open_menu()
        menu = QApplication.activePopupWidget()
        assert menu is not None and menu.isVisible()
        menu.close()


# People and Bluetooth


def test_people_are_added_edited_and_removed(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    page.tabs.setCurrentIndex(3)
    page.people.add.click()
    dialog = dialog_of(page, PersonDialog)
    assert isinstance(dialog, PersonDialog)
    dialog.fields.field("name").edit().setText("Hedy")
    dialog.save.click()
    qtbot.waitUntil(lambda: "person-3" in page.people.people.shown_keys() and not any_dialog(page))
    page.people.people.select_row("person-3")
    page.people.edit.click()
    edit = dialog_of(page, PersonDialog)
    assert isinstance(edit, PersonDialog)
    edit.color.set_value("#cc79a7")
    edit.save.click()
    qtbot.waitUntil(lambda: engine.commands[-1] == PutPerson("Hedy", "#cc79a7", "person-3"))
    page.people.people.select_row("person-1")
    page.people.erase.click()
    erase = dialog_of(page, ErasePersonDialog)
    assert isinstance(erase, ErasePersonDialog) and not erase.save.isEnabled()
    assert "Ada's phone" in " ".join(label.text() for label in erase.findChildren(QLabel))
    erase.fields.field("reason").edit().setText("asked for it")
    assert erase.command() == ErasePerson("person-1", "asked for it")
    erase.fields.field("reporter_id").edit().setText(" ada, ,ada.l ")
    erase.save.click()
    qtbot.waitUntil(lambda: "person-1" not in page.people.people.shown_keys())
    assert engine.commands[-1] == ErasePerson("person-1", "asked for it", ("ada", "ada.l"))
    assert not page.ble_actions.person_menu("person-2", page).isEmpty()


def test_a_device_is_forgotten(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    page.tabs.setCurrentIndex(2)
    page.bluetooth.devices.select_row(TAG)
    assert page.bluetooth.forget.isVisible()
    page.bluetooth.forget.click()
    confirm(page)
    qtbot.waitUntil(lambda: engine.commands == [RemoveBleDevice(TAG)])
    qtbot.waitUntil(lambda: not page.bluetooth.forget.isVisible())
    assert {action.text() for action in page.ble_actions.device_menu(PHONE, page).actions() if action.isEnabled()} >= {"&Edit…", "&Forget…"}


def test_no_adapter_is_said_plainly(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    page.tabs.setCurrentIndex(2)
    assert not page.bluetooth.trouble.isVisible()
    engine.set_radio(ble_trouble="This machine has no Bluetooth adapter.")
    qtbot.waitUntil(page.bluetooth.trouble.isVisible)
    assert page.bluetooth.trouble.text() == "This machine has no Bluetooth adapter. Sightings of the nodes still count."


def test_registered_only(page: DevicesPage, qtbot: QtBot) -> None:
    page.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: page.bluetooth.count.text() == "26 devices")
    page.bluetooth.registered.setChecked(True)
    assert len(page.bluetooth.devices.shown_keys()) == 3 and page.bluetooth.count.text() == "3 of 26 devices"
    page.bluetooth.filter.setText("nothing like this")
    assert not page.bluetooth.card.isVisible()


def test_calibrating_offers_who_can_hear(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    page.ble_actions.calibrate(PHONE)
    dialog = page.findChild(QDialog)
    assert dialog is not None and dialog.isVisible()
    assert dialog.device.currentData() == PHONE and dialog.scanner.count() == 5  # type: ignore[attr-defined]
    dialog.close()
    engine.settings = replace(engine.settings, radio=replace(engine.settings.radio, scan_ble=True))
    engine.publish()
    qtbot.waitUntil(lambda: len(page.ble_actions._scanners()) == 6)


# What stands above


def test_headlines() -> None:
    engine = lively_site(nodes=3)
    assert headline(engine.snapshot) == "All 3 nodes are online" and all_well(engine.snapshot)
    assert summary(engine.snapshot) == "119 CSI frames/s · 3 links · 26 Bluetooth devices heard · 3.1 ms per step"
    engine.change_node(0, rate_hz=0.0)
    assert headline(engine.snapshot) == "1 of 3 nodes send no CSI" and not all_well(engine.snapshot)
    engine.change_node(0, state=NodeState.OFFLINE)
    assert headline(engine.snapshot) == "One of 3 nodes is offline"
    engine.change_node(1, state=NodeState.OFFLINE)
    assert headline(engine.snapshot) == "2 of 3 nodes are offline"
    engine.change_node(2, state=NodeState.OFFLINE)
    assert headline(engine.snapshot) == "No node is online"
    assert headline(DevicesEngine().snapshot) == "No nodes yet" and not all_well(DevicesEngine().snapshot)
    assert scanner_name(engine.snapshot, "local") == "Engine's adapter" and scanner_name(None, "AA") == "AA"


def test_overload_and_switched_off_sensing_are_said() -> None:
    engine = lively_site()
    engine.set_radio(shedding=212.0, shed_level=2)
    assert "212 frames/s are dropped (level 2)" in notices(engine.snapshot)[0][0]
    engine.settings = replace(engine.settings, radio=replace(engine.settings.radio, enabled=False))
    engine.publish()
    assert any("sensing is off" in text for text, _ in notices(engine.snapshot)) and not all_well(engine.snapshot)


# Cameras


def test_a_lost_camera_is_found_says_why_and_is_restarted(open_page: Opener, engine: DevicesEngine, qtbot: QtBot) -> None:
    for camera_id, name in (("gate", "North gate"), ("dock", "Loading dock")):
        engine.add_camera(camera_id, name, f"rtsp://10.0.0.12/{camera_id}")
    engine.set_state("gate", CameraState.LOST, "The camera refuses the user name or password.", "credentials")
    page = open_page(tab=0)
    page.cameras.filter.setText("refuses password")
    assert page.cameras.cameras.shown_keys() == ("gate",) and page.cameras.count.text() == "1 of 3 cameras"
    cells = [page.cameras.cameras.model.cell("gate", column) for column in range(5)]
    assert cells[1].text.startswith("Offline") and cells[4].text.endswith("/gate")
    assert "refuses the user name" in getattr(cells[0], "below", "")
    qtbot.waitUntil(page.cameras.card.isVisible)
    assert page.headline.text() == "One of 3 cameras is offline" and page.cameras.card.caption.text() == "No picture of this camera"
    page.cameras.restart.click()
    qtbot.waitUntil(lambda: engine.commands == [RestartCamera("gate")])
    qtbot.waitUntil(lambda: "North gate is restarted" in toasts(page))
    page.cameras.filter.setText("10.0.0.12")
    assert set(page.cameras.cameras.shown_keys()) == {"gate", "dock"}
    page.visit("gate")
    assert page.cameras.filter.text() == "" and page.cameras.selected_key() == "gate"
    with qtbot.waitSignal(page.visit_requested) as asked:
        page.cameras.live.click()
    assert asked.args == ["live", "gate"]


def test_pictures_come_once_each_and_go_where_they_are_covered_otherwise(open_page: Opener, engine: DevicesEngine, qtbot: QtBot) -> None:
    with engine.running():
        page = open_page(tab=0)
        camera_id = engine.settings.cameras[0].id
        qtbot.waitUntil(lambda: page.cameras.stills.pixmap(camera_id) is not None)
        assert page.cameras.card.caption.text() == ""
        page.tabs.setCurrentWidget(page.nodes)
    engine.set_state(camera_id, CameraState.LOST, "No answer.")
    page.tabs.setCurrentWidget(page.cameras)
    qtbot.waitUntil(lambda: page.cameras.card.caption.text().startswith("Last picture, "))
    covered = replace(engine.settings.cameras[0], privacy=(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)),))
    engine.execute(PutCamera(covered))
    qtbot.waitUntil(lambda: page.cameras.stills.pixmap(camera_id) is None)


def test_without_cameras_the_page_offers_to_find_one(open_page: Opener, engine: DevicesEngine, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, cameras=())
    engine.publish()
    page = open_page(tab=0)
    qtbot.waitUntil(lambda: page.headline.text() == "No cameras yet")
    assert page.cameras.cameras.empty.isVisible() and page.headline.text() == "No cameras yet" and not page.cameras.find_button.isVisible()


# Empty, forbidden, remembered


def test_empty_states_say_what_belongs_here(engine: DevicesEngine, page: DevicesPage, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, nodes=(), ble_devices=())
    engine.people = PeopleView()
    engine.set_radio(nodes=(), devices=(), firmware=(), picture=None)
    for tab in (page.nodes, page.bluetooth, page.people, page.links, page.firmware):
        page.tabs.setCurrentWidget(tab)
        qtbot.waitUntil(tab.table.empty.isVisible)
        assert tab.table.empty.findChildren(QLabel)[2].text()
        if tab.beside is not None and tab is not page.firmware:
            assert not tab.beside.card.isVisible()
    page.tabs.setCurrentIndex(1)
    page.nodes.nodes.empty.action_requested.emit()
    dialog_of(page, ProvisionDialog).close()
    page.firmware.firmware.empty.action_requested.emit()
    dialog_of(page, FirmwareDialog).close()


def test_an_operator_sees_everything_and_changes_nothing(open_page: Opener, engine: DevicesEngine) -> None:
    page = open_page("bo")
    assert page.read_only.isVisible() and "Ask an administrator" in page.read_only.text()
    assert page.nodes.nodes.shown_keys() and page.nodes.card.isVisible()
    for button in (page.settings_button, page.nodes.provision, page.nodes.update_all, page.nodes.pairing.open_button, page.nodes.edit):
        assert not button.isEnabled() and "may not administer" in button.toolTip()
    for button in (page.bluetooth.by_address, page.bluetooth.calibrate, page.people.add, page.firmware.add, page.nodes.blink):
        assert not button.isEnabled() and "may not administer" in button.toolTip()
    assert not any(action.isEnabled() for action in page.node_actions.menu(node_mac(0), page).actions())
    page.nodes.nodes.activated.emit(node_mac(0))
    page.bluetooth.devices.activated.emit(PHONE)
    page.node_actions.identify(node_mac(0))
    page.node_actions.remove(node_mac(0))
    assert not [dialog for dialog in page.findChildren(QDialog) if dialog.isVisible()] and engine.commands == []


def test_tab_and_width_are_remembered(open_page: Opener) -> None:
    page = open_page()
    page.tabs.setCurrentIndex(4)
    host_of(page).end()
    assert open_page(tab=None).tabs.currentIndex() == 4


def test_closing_the_window_ends_a_provisioning(page: DevicesPage, cable: FakeCable, qtbot: QtBot) -> None:
    """The window must not wait for a node that never says READY."""
    cable.gate.clear()
    page.nodes.provision.click()
    dialog = dialog_of(page, ProvisionDialog)
    assert isinstance(dialog, ProvisionDialog)
    qtbot.waitUntil(lambda: dialog.port.currentData() is not None)
    dialog.wifi.field("wifi_ssid").edit().setText("Harbour")
    dialog.submit()
    host_of(page).end()
    assert cable.lines == []


def test_radio_settings_open(page: DevicesPage) -> None:
    page.settings_button.click()
    dialog_of(page, RadioSettingsDialog).close()


def test_everything_can_be_reached_and_named(page: DevicesPage) -> None:
    for tab in range(page.tabs.count()):
        page.tabs.setCurrentIndex(tab)
        assert nameless(page) == [] and unreachable(page) == []


def test_the_smallest_window_cuts_nothing_off(page: DevicesPage, qtbot: QtBot) -> None:
    host_of(page).resize(1024 - 80, 640 - 36)
    for number, tab in enumerate((page.cameras, page.nodes, page.bluetooth, page.people, page.links, page.firmware)):
        page.tabs.setCurrentWidget(tab)
        QApplication.processEvents()
        assert page.width() == 944
        assert tab.table.view.horizontalScrollBar().maximum() == 0, number
        assert tab.table.view.columnWidth(0) >= 110


def test_it_is_a_page_of_the_window(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.rail.buttons()["devices"].click()
    page = window.page("devices")
    assert isinstance(page, DevicesPage) and page.isVisible() and page.headline.text() == "The camera is online"
    page.tabs.setCurrentWidget(page.nodes)
    assert page.headline.text() == "All 5 nodes are online"


def test_figures_follow_twice_a_second_and_states_at_once(page: DevicesPage, engine: DevicesEngine, qtbot: QtBot) -> None:
    """Thirty snapshots in a second change a table twice, not thirty times."""
    page.show_snapshot(engine.snapshot)
    changes: list[int] = []
    page.nodes.nodes.model.dataChanged.connect(lambda *_: changes.append(1))
    page._figures_ns = engine.now_ns
    for number in range(14):
        engine.now_ns += SECOND // 30
        engine.radio = replace(engine.radio, nodes=(replace(engine.radio.nodes[0], rate_hz=10.0 + number), *engine.radio.nodes[1:]))
        engine.publish()
        page.show_snapshot(engine.snapshot)
    assert changes == []
    engine.now_ns += SECOND // 10
    engine.publish()
    page.show_snapshot(engine.snapshot)
    assert changes
    engine.change_node(3, state=NodeState.OFFLINE)
    page.show_snapshot(engine.snapshot)
    assert page.nodes.nodes.model.cell(node_mac(3), 1).text.startswith("Offline")


def test_enter_edits_the_chosen_node(page: DevicesPage, qtbot: QtBot) -> None:
    page.nodes.nodes.view.setFocus()
    qtbot.keyClick(page.nodes.nodes.view, Qt.Key.Key_Return)
    dialog_of(page, NodeDialog).close()
