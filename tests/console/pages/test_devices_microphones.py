"""Microphones on the Devices page: added, watched, switched and removed, as an administrator and as an operator see it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.microphone import ExpectedNamesDialog, MicrophoneDialog, names_in
from console.dialogs.confirm import ConfirmDialog
from console.pages.devices.microphones import MicrophonesTab
from engine.model.accounts.access import Role
from engine.model.command import ChangeSettings, CreateUser
from engine.model.errors import EnvironmentFault
from engine.model.people.settings import MicrophoneSettings, PeopleSettings
from engine.model.people.speech import SoundDevice
from engine.model.people.view import MicrophoneView
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, SystemClock
from tests.fakes.engine import FakeEngine
from widgets.devices.microphone_table import MicrophoneRow, microphone_cells
from widgets.layout.cells import BarCell, StatusCell, TitleCell
from widgets.marks.toast import ToastArea

DESK = MicrophoneSettings("desk", "Reception desk", "USB mic, ALSA", position=(2.0, 3.0, 1.1), enabled=True)
CAMERAS = (CameraSettings("door", "Door", "rtsp://192.0.2.7/door"), CameraSettings("old", "Old", "http://192.0.2.7/video"))
NOW_NS = 1_700_000_000 * SECOND


@pytest.fixture
def engine() -> FakeEngine:
    fake = FakeEngine()
    fake.settings = replace(fake.settings, cameras=CAMERAS, microphones=(DESK,))
    fake.people = replace(fake.people, microphones=(MicrophoneView("desk", level_db=-31.0, heard=12),), recogniser="Hears Anna.")
    fake.sound_devices = (
        SoundDevice("USB mic, ALSA", "USB mic", 1, 48_000, True),
        SoundDevice("Line in, ALSA", "Line in", 2, 44_100, False),
    )
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    return fake


class Host(QWidget):
    def __init__(self, bridge: EngineBridge) -> None:
        super().__init__()
        self.bridge = bridge
        self.toasts = ToastArea(self)
        self.tab = MicrophonesTab(bridge, SystemClock(), self.toasts, self)
        self.tab.resize(1200, 600)
        self.resize(1200, 600)
        bridge.snapshot_changed.connect(self.tab.show_snapshot)
        bridge.start()


@pytest.fixture
def opened(engine: FakeEngine, qtbot: QtBot) -> Iterator[list[Host]]:
    hosts: list[Host] = []
    yield hosts
    for host in hosts:
        for dialog in host.findChildren(QDialog):
            dialog.close()
        host.bridge.close()
        host.close()
        host.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def tab(opened: list[Host], engine: FakeEngine, qtbot: QtBot) -> MicrophonesTab:
    return shown(opened, engine, qtbot)


def shown(opened: list[Host], engine: FakeEngine, qtbot: QtBot, user: str = "ada") -> MicrophonesTab:
    host = Host(EngineBridge(engine.port(user)))
    opened.append(host)
    with qtbot.waitExposed(host):
        host.show()
    qtbot.waitUntil(lambda: bool(host.tab.microphones.shown_keys()))
    return host.tab


def dialog_of(tab: MicrophonesTab, kind: type[QDialog]) -> QDialog:
    (found,) = [dialog for dialog in tab.findChildren(kind) if dialog.isVisible()]
    return found


def test_a_microphone_of_a_camera_is_added(tab: MicrophonesTab, engine: FakeEngine, qtbot: QtBot) -> None:
    tab.add.click()
    dialog = dialog_of(tab, MicrophoneDialog)
    assert isinstance(dialog, MicrophoneDialog)
    qtbot.waitUntil(lambda: dialog.source.count() == 4)
    titles = [dialog.source.itemText(number) for number in range(dialog.source.count())]
    assert titles == ["Default microphone of the engine's computer", "USB mic", "Line in", "Camera Door"]
    assert not dialog.save.isEnabled()
    dialog.fields.field("name").edit().setText("At the door")
    dialog.source.setCurrentIndex(3)
    assert "position of the camera" in dialog.position._message.text()
    dialog.save.click()
    qtbot.waitUntil(lambda: bool(engine.commands))
    (change,) = engine.commands
    assert isinstance(change, ChangeSettings) and change.microphones is not None
    desk, made = change.microphones
    assert desk == DESK and "door" not in made.id
    assert made == MicrophoneSettings(made.id, "At the door", camera_id="door", enabled=True)
    qtbot.waitUntil(lambda: tab.microphones.shown_keys() == (made.id, "desk"))


def test_editing_keeps_the_device_though_no_sound_system_answers(tab: MicrophonesTab, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.sound_devices = EnvironmentFault("no_sound_system", "Microphones need PortAudio. Install it.")
    tab.edit.click()
    dialog = dialog_of(tab, MicrophoneDialog)
    assert isinstance(dialog, MicrophoneDialog)
    qtbot.waitUntil(lambda: "PortAudio" in dialog.source_trouble.text())
    assert dialog.source.currentText() == "USB mic, ALSA (not connected)"
    dialog.fields.field("name").edit().setText("Desk")
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.commands == [ChangeSettings(microphones=(replace(DESK, name="Desk"),))])


def test_switching_off_and_removing(tab: MicrophonesTab, engine: FakeEngine, qtbot: QtBot) -> None:
    tab.switch.click()
    qtbot.waitUntil(lambda: engine.settings.microphones == (replace(DESK, enabled=False),))
    qtbot.waitUntil(lambda: "isten" in tab.switch.text() and "Stop" not in tab.switch.text())
    tab.remove.click()
    dialog = dialog_of(tab, ConfirmDialog)
    dialog.accept()
    qtbot.waitUntil(lambda: engine.settings.microphones == ())
    qtbot.waitUntil(lambda: tab.microphones.empty.isVisible())
    assert not tab.add.isVisible()


def test_expected_names_are_kept_beside_all_other_settings(tab: MicrophonesTab, engine: FakeEngine, qtbot: QtBot) -> None:
    on = PeopleSettings(biometrics=True, purpose="Knowing who works here", expected_names=("Anna",))
    engine.settings = replace(engine.settings, recognition=on)
    engine.publish()
    qtbot.waitUntil(lambda: tab._bridge.snapshot is not None and tab._bridge.snapshot.settings.recognition == on)
    tab.names.click()
    dialog = dialog_of(tab, ExpectedNamesDialog)
    assert isinstance(dialog, ExpectedNamesDialog)
    field = dialog.fields.field("expected_names")
    assert field.value() == "Anna"
    field.edit().setText("Anna,  Peter   Meyer, , Anna")
    dialog.save.click()
    qtbot.waitUntil(lambda: engine.settings.recognition == replace(on, expected_names=("Anna", "Peter Meyer")))


def test_what_keeps_anybody_from_being_heard_is_said_above(tab: MicrophonesTab, engine: FakeEngine, qtbot: QtBot) -> None:
    assert "Hears Anna. To test it, speak" in tab.recogniser.text()
    engine.people = replace(engine.people, speech_trouble="The model is not installed.", recogniser="")
    engine.publish()
    qtbot.waitUntil(lambda: tab.trouble.text() == "The model is not installed.")
    assert not tab.recogniser.isVisible()
    engine.people = replace(engine.people, speech_trouble="", microphones=(MicrophoneView("desk", "The device is gone. Plug it in."),))
    engine.publish()
    qtbot.waitUntil(lambda: tab.trouble.text() == "Reception desk has no sound. The device is gone. Plug it in.")


def test_an_operator_sees_and_changes_nothing(opened: list[Host], engine: FakeEngine, qtbot: QtBot) -> None:
    tab = shown(opened, engine, qtbot, "bo")
    assert not any(button.isEnabled() for button in (tab.add, tab.edit, tab.switch, tab.remove, tab.names))
    tab.microphones.activated.emit("desk")
    assert not tab.findChildren(QDialog)


@pytest.mark.parametrize(
    ("enabled", "view", "word", "level", "below"),
    [
        (False, MicrophoneView("desk"), "Off", "–", "USB mic, ALSA"),
        (True, MicrophoneView("desk"), "Connecting", "–", "USB mic, ALSA"),
        (True, MicrophoneView("desk", level_db=-30.0), "Listening", "−30 dB", "USB mic, ALSA"),
        (True, MicrophoneView("desk", "It is not connected."), "Out of range", "–", "It is not connected."),
    ],
)
def test_each_state_has_a_word_and_its_reason(enabled: bool, view: MicrophoneView, word: str, level: str, below: str) -> None:
    title, state, bar, *_ = microphone_cells(MicrophoneRow(replace(DESK, enabled=enabled), view), NOW_NS)
    assert isinstance(title, TitleCell) and isinstance(state, StatusCell) and isinstance(bar, BarCell)
    assert (state.text, bar.text, title.below) == (word, level, below)


def test_the_name_said_last_stands_with_its_age() -> None:
    cells = microphone_cells(MicrophoneRow(DESK, MicrophoneView("desk", name="Sarah", name_ns=NOW_NS - 12 * SECOND)), NOW_NS)
    assert getattr(cells[5], "text", "").startswith("Sarah, 12 s")


def test_expected_names_as_typed() -> None:
    assert names_in(" Anna ,,Bob  Ray,Anna") == ("Anna", "Bob Ray")
