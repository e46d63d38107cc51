"""The Devices page and its dialogs, for the gallery: every state to be looked at."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.pairing import PairingDialog
from console.dialogs.devices.calibrate import CalibrateDialog
from console.dialogs.devices.firmware import FirmwareDialog
from console.dialogs.devices.firmware_update import UpdateDialog
from console.dialogs.devices.node import NodeDialog
from console.dialogs.devices.provision import ProvisionDialog
from console.dialogs.devices.radio_settings import RadioSettingsDialog
from console.dialogs.devices.register_device import RegisterDeviceDialog
from console.dialogs.devices.scanner_survey import ScannerSurveyDialog
from console.dialogs.devices.survey_walk import LONGEST_NS, Stop
from console.dialogs.people.person import PersonDialog
from console.pages.devices.devices import DevicesPage
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.command import AddFirmware, CreateUser, SetPairing, UpdateNodes
from engine.model.errors import EnvironmentFault, InputError
from engine.model.health import CameraState
from engine.model.people.settings import MicrophoneSettings, PeopleSettings
from engine.model.people.view import MicrophoneView
from engine.model.radio.radio import NodeState, UpdateState
from engine.model.radio.scanner_survey import SurveyFit
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, SystemClock
from tests.fakes.devices import NAMES, PHONE, PLACES, DevicesEngine, FakeCable, lively_site, node_mac, simple_fit
from tests.fakes.engine import FakeEngine
from widgets.devices.ble_words import ble_rows
from widgets.devices.node_words import node_rows

SURVEYED = (0.6, 0.8), (5.4, 0.6), (5.2, 4.2), (0.8, 4.4), (3.0, 1.2), (2.0, 3.0)


def survey_stop(spot: tuple[float, float]) -> Stop:
    """What the nodes hear there of a phone, each with a level of its own."""
    readings: dict[str, tuple[int, ...]] = {}
    for number, place in enumerate(PLACES):
        level = round(-46 - 5 * number - 32 * math.log10(max(math.dist((*spot, 1.2), place), 0.5)))
        readings[node_mac(number)] = (level, level + 2, level - 2, level + 1)
    return Stop(spot, readings)


class Shows(Protocol):
    def save(self, widget: QWidget, name: str) -> None: ...
    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...


def wait_for(until: Callable[[], bool], seconds: float = 6.0) -> None:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


def troubled(engine: DevicesEngine) -> None:
    """One of everything that can be wrong with nodes."""
    engine.change_node(1, state=NodeState.OFFLINE, since_ns=engine.now_ns - 725 * SECOND, reason="Nothing was heard from it for 60 s.")
    engine.change_node(2, rate_hz=0.0, reported_hz=0.0, health=None)
    engine.change_node(3, health=0.34, malformed=1240, rssi_dbm=-84)
    engine.come(7, NodeState.UNPAIRED, firmware="0.2.70")
    engine.come(8, position=(1.0, 4.9, 2.0), position_source="announced")


class DevicesGallery:
    def devices(self: Shows, engine: FakeEngine, tab: int = 1, user: str = "ada") -> tuple[MainWindow, DevicesPage]:
        window = self.window(engine, user)
        window.show_page("devices")
        page = window.page("devices")
        assert isinstance(page, DevicesPage)
        page.tabs.setCurrentIndex(tab)
        return window, page

    def show_devices_cameras(self) -> None:
        engine = lively_site()
        for camera_id, name in (("yard", "Yard"), ("gate", "North gate"), ("dock", "Loading dock by the river"), ("shed", "Bicycle shed")):
            engine.add_camera(camera_id, name, f"rtsp://10.0.0.{len(name)}/main")
        with engine.running():
            window, page = self.devices(engine, 0)
            wait_for(lambda: all(page.cameras.stills.pixmap(each) for each in ("yard", "gate", "dock")))
            self.save(window, "devices-cameras")
            reason = "The camera refuses the user name or password."
            engine.set_state("gate", CameraState.LOST, reason, "credentials")
            engine.set_state("shed", CameraState.PAUSED, "Switched off.")
            page.cameras.cameras.select_row("gate")
            self.save(window, "devices-cameras-lost")
            menu = page.camera_actions.menu("gate", page)
            menu.popup(page.mapToGlobal(page.rect().center()))
            self.save(menu, "devices-camera-menu")
            menu.close()
            window.close()

    def show_devices_nodes(self) -> None:
        engine = lively_site()
        window, page = self.devices(engine)
        self.save(window, "devices-nodes")
        troubled(engine)
        engine.execute(SetPairing(True, 10))
        page.nodes.nodes.sort_by(1)
        page.nodes.nodes.select_row(node_mac(2))
        self.save(window, "devices-nodes-troubles")
        page.nodes.nodes.select_row(node_mac(7))
        self.save(window, "devices-nodes-unpaired")
        page.nodes.nodes.select_row(node_mac(1))
        self.save(window, "devices-nodes-offline")
        menu = page.node_actions.menu(node_mac(0), page)
        menu.popup(page.mapToGlobal(page.rect().center()))
        self.save(menu, "devices-node-menu")
        menu.close()
        window.resize(1024, 640)
        self.save(window, "devices-nodes-small")
        window.close()

    def show_devices_many(self) -> None:
        engine = lively_site(nodes=32, strangers=197)
        engine.set_radio(shedding=212.0, shed_level=2)
        window, page = self.devices(engine)
        self.save(window, "devices-nodes-32")
        page.tabs.setCurrentIndex(2)
        self.save(window, "devices-bluetooth-200")
        page.tabs.setCurrentIndex(4)
        self.save(window, "devices-links-496")
        window.close()

    def show_devices_bluetooth(self) -> None:
        engine = lively_site()
        engine.set_radio(ble_trouble="This machine has no Bluetooth adapter.")
        window, page = self.devices(engine, 2)
        self.save(window, "devices-bluetooth")
        page.bluetooth.devices.select_row(next(key for key in page.bluetooth.devices.shown_keys() if key.startswith("anon")))
        self.save(window, "devices-bluetooth-stranger")
        page.bluetooth.filter.setText("apple")
        self.save(window, "devices-bluetooth-filtered")
        page.tabs.setCurrentIndex(3)
        self.save(window, "devices-people")
        page.tabs.setCurrentIndex(4)
        self.save(window, "devices-links")
        window.close()

    def show_devices_firmware(self) -> None:
        engine = lively_site()
        window, page = self.devices(engine, 5)
        self.save(window, "devices-firmware")
        engine.execute(AddFirmware("0.3.0", "A" * 1_600_000))
        engine.rolls_back = {node_mac(2)}
        engine.execute(UpdateNodes("0.3.0", tuple(node_mac(n) for n in range(5))))
        for _ in range(11):
            engine.tick()
        self.save(window, "devices-firmware-updating")
        page.tabs.setCurrentIndex(1)
        self.save(window, "devices-nodes-updating")
        page.tabs.setCurrentIndex(5)
        while any(node.update is not UpdateState.IDLE and node.update is not UpdateState.VERIFIED for node in engine.radio.nodes[:2]):
            engine.tick()
        for _ in range(12):
            engine.tick()
        self.save(window, "devices-firmware-halted")
        window.close()

    def show_devices_microphones(self) -> None:
        engine = lively_site()
        camera = CameraSettings("door", "Front door", "rtsp://192.0.2.7/door")
        on = PeopleSettings(biometrics=True, purpose="Knowing who works here", expected_names=("Zoe",))
        listed = (
            MicrophoneSettings("desk", "Reception desk", position=(2.0, 3.5, 1.1), enabled=True),
            MicrophoneSettings("door-sound", "Front door", camera_id="door", enabled=True),
            MicrophoneSettings("lab", "Laboratory", "USB PnP Sound Device, ALSA", enabled=True),
            MicrophoneSettings("store", "Store room", "Line in, ALSA"),
        )
        engine.settings = replace(engine.settings, cameras=(camera,), microphones=listed, recognition=on)
        said_ns = engine.now_ns - 12 * SECOND
        gone = "The microphone USB PnP Sound Device, ALSA is not connected. There are: Built-in Audio, ALSA."
        views = (
            MicrophoneView("desk", level_db=-24.0, heard=41, name="Sarah", name_ns=said_ns),
            MicrophoneView("door-sound", level_db=-52.0, heard=3, dropped=2),
            MicrophoneView("lab", gone),
            MicrophoneView("store"),
        )
        recogniser = (
            "The built-in recogniser understands introductions only (“My name is …”, “I'm …”), in English, and only with these names: "
        )
        engine.people = replace(engine.people, microphones=views, recogniser=recogniser + "Anna, Ben, Chloe, Zoe and 3 more.")
        engine.sound_devices = EnvironmentFault(
            "no_microphone", "This machine has no microphone. Connect one; cameras with sound work without."
        )
        engine.publish()
        window, page = self.devices(engine, 6)
        self.save(window, "devices-microphones")
        page.microphones.microphones.select_row("lab")
        page.microphones.edit_microphone("lab")
        dialog = page.microphones.findChild(QDialog)
        assert dialog is not None
        self.save(dialog, "devices-microphone")
        dialog.close()
        engine.people = replace(
            engine.people, recogniser="", speech_trouble="Speech cannot be told from noise: the model silero-vad is not installed."
        )
        engine.publish()
        window.resize(1024, 640)
        self.save(window, "devices-microphones-trouble")
        window.close()

    def show_devices_empty(self) -> None:
        window, page = self.devices(DevicesEngine())
        for number, name in enumerate(("cameras", "nodes", "bluetooth", "people", "links", "firmware", "microphones")):
            page.tabs.setCurrentIndex(number)
            self.save(window, f"devices-empty-{name}")
        window.close()

    def show_devices_operator(self) -> None:
        engine = lively_site()
        engine.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
        window, _ = self.devices(engine, 1, "bo")
        self.save(window, "devices-operator")
        window.close()

    def show_devices_dialogs(self) -> None:
        engine = lively_site()
        troubled(engine)
        bridge = EngineBridge(engine.port())
        bridge.start()
        rows = node_rows(engine.radio.nodes, engine.settings.nodes)
        node = NodeDialog(bridge, next(row for row in rows if row.view.mac == node_mac(8)))
        node.show()
        self.save(node, "devices-node")
        node.position.edits[0].setText("twelve")
        node.position.edits[1].setText("2")
        node.position.edits[2].setText("1,5")
        self._save_dialog(node, "node-wrong")
        self._save_dialog(PairingDialog(bridge), "pairing")
        self._save_dialog(PersonDialog(bridge), "person")
        self._save_dialog(RadioSettingsDialog(bridge), "radio-settings")
        devices = ble_rows(engine.radio.devices, engine.settings, engine.people.persons, lambda scanner: scanner)
        register = RegisterDeviceDialog(bridge, next(row for row in devices if row.view.rotates))
        register.owner.setCurrentIndex(register.owner.count() - 1)
        register.key_fields.field("irk").edit().setText("12ab")
        self._save_dialog(register, "register-new-person")
        self._save_dialog(RegisterDeviceDialog(bridge, next(row for row in devices if row.view.device == PHONE)), "register-edit")
        self._save_dialog(UpdateDialog(bridge, rows), "update-nodes")
        self._save_dialog(FirmwareDialog(bridge), "firmware-add")
        bridge.close()

    def show_devices_provision(self) -> None:
        engine = lively_site()
        bridge = EngineBridge(engine.port())
        bridge.start()
        cable = FakeCable()
        dialog = ProvisionDialog(bridge, cable)
        dialog.show()
        self.save(dialog, "devices-provision")
        dialog.wifi.field("wifi_ssid").edit().setText("Harbour")
        dialog.wifi.field("wifi_pass").edit().setText("a long password")
        cable.gate.clear()
        dialog.submit()
        self.save(dialog, "devices-provision-waiting")
        cable.gate.set()
        self.save(dialog, "devices-provision-stored")
        engine.come(9)
        self.save(dialog, "devices-provision-online")
        cable.trouble = EnvironmentFault("nvs", "The node could not store it (nvs_write_failed). Erase its flash memory and try again.")
        dialog.submit()
        self.save(dialog, "devices-provision-failed")
        dialog.by_copy.setChecked(True)
        dialog.address.field("mac").edit().setText("7c dfa1 000005")
        dialog.submit()
        self.save(dialog, "devices-provision-copy")
        dialog.close()
        self._save_dialog(ProvisionDialog(bridge, FakeCable(ports=())), "provision-no-port")
        bridge.close()

    def show_devices_calibrate(self) -> None:
        engine = lively_site()
        bridge = EngineBridge(engine.port())
        bridge.start()
        devices = tuple(
            row for row in ble_rows(engine.radio.devices, engine.settings, engine.people.persons, str) if row.settings is not None
        )
        scanners = ((node_mac(0), "Hall, over the door"), (node_mac(1), "Window"))
        dialog = CalibrateDialog(bridge, SystemClock(), simple_fit, scanners, devices, PHONE)
        dialog.show()
        self.save(dialog, "devices-calibrate")
        for distance_m, level in ((1.0, -57), (2.0, -64), (4.0, -71)):
            self._collect(engine, dialog, distance_m, level)
        self.save(dialog, "devices-calibrate-fitted")
        dialog.close()
        bridge.close()

    def show_devices_survey(self) -> None:
        """Empty, half way with somebody standing, a phone that is not received, a fit that is better, and one that is not."""
        engine = lively_site(strangers=0)
        bridge = EngineBridge(engine.port())
        bridge.start()
        scanners = tuple((node_mac(number), NAMES[number]) for number in range(5))
        rows = ble_rows(engine.radio.devices, engine.settings, engine.people.persons, str)
        clock = SystemClock()
        dialog = ScannerSurveyDialog(bridge, clock, scanners, ("Attic",), tuple(row for row in rows if row.settings is not None), PHONE)
        dialog.show()
        wait_for(lambda: bridge.snapshot is not None)
        self.save(dialog, "devices-survey")
        dialog.stops += [survey_stop(spot) for spot in SURVEYED[:3]]
        dialog.choose_spot(3.0, 1.0)
        dialog.stand_here()
        assert dialog.standing is not None
        dialog.standing.started_ns -= 12 * SECOND
        for turn in range(3):
            for number in range(4):
                engine.hear(PHONE, -55 - 3 * number + turn, node_mac(number))
            wait_for(lambda turn=turn: dialog.standing is None or len(dialog.standing.readings.get(node_mac(3), ())) > turn)
        self.save(dialog, "devices-survey-standing")
        dialog.standing.readings.clear()
        dialog.standing.started_ns -= LONGEST_NS
        engine.publish()
        wait_for(lambda: dialog.standing is None)
        self.save(dialog, "devices-survey-not-received")
        dialog.remove_place(3)
        dialog.choose_spot(0.9, 0.9)
        self.save(dialog, "devices-survey-too-close")
        dialog.remove_place(3)
        dialog.stops += [survey_stop(spot) for spot in SURVEYED[3:]]
        dialog.choose_place(4)
        dialog.fit_places()
        wait_for(lambda: dialog.fit is not None)
        self.save(dialog, "devices-survey-better")
        dialog._show_fit(SurveyFit((), (1.2,) * 6, (1.6,) * 6))
        self.save(dialog, "devices-survey-not-better")
        dialog._show_fit_error(InputError("places", "fewer than 2 scanners received the phone at 3 places. Stand nearer to them"))
        self.save(dialog, "devices-survey-refused")
        dialog.stops.clear()
        dialog.close()
        bridge.close()

    def _collect(self, engine: DevicesEngine, dialog: CalibrateDialog, distance_m: float, level: int) -> None:
        dialog.collect(distance_m)
        collection = dialog._collection
        assert collection is not None
        for number in range(8):
            engine.now_ns = max(engine.now_ns, SystemClock().now_ns()) + SECOND // 10
            engine.hear(PHONE, level + (number * 5) % 7 - 3)
            QApplication.processEvents()
            threading.Event().wait(0.05)
            QApplication.processEvents()
        if distance_m == 2.0:
            self.save(dialog, "devices-calibrate-collecting")
        collection.started_ns -= 30 * SECOND
        for _ in range(10):
            engine.publish()
            QApplication.processEvents()
            threading.Event().wait(0.02)

    def _save_dialog(self, dialog: QDialog, name: str) -> None:
        dialog.show()
        self.save(dialog, f"devices-{name}")
        dialog.close()
        dialog.deleteLater()  # as `open_dialog` does: left to Python's collection, one that scrolls ends the process
