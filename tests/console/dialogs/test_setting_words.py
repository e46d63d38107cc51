"""Fields of settings in words: every one has some, things are called by their names, values read like values."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.setting_words import change_row, field_words, value_words
from console.dialogs.upkeep.import_settings import ImportSettingsDialog
from engine.model.setting import described_fields
from engine.model.settings import CameraSettings, Settings
from engine.model.site import CameraPose, Floor, NodeSettings
from engine.model.upkeep import SettingChange
from tests.console.dialogs.conftest import Show

GATE = CameraSettings("gate", "North gate", "rtsp://10.0.0.3/1")
POSE = CameraPose("gate", (0.0, 0.0, 2.0), (1.0, 0.0, 0.0))
NODE = NodeSettings("AA:BB:CC:00:11:22", "Hall, over the door")
SITE = replace(Settings(), cameras=(GATE,), floor=Floor(camera_poses=(POSE,)), nodes=(NODE,))


def test_every_field_has_words() -> None:
    found = {field.path: field.setting for field in described_fields(Settings)}
    assert {"recording.keep_clips_days", "cameras.zones.loiter_s", "webhooks.alerts.quiet"} <= found.keys()
    assert [path for path, setting in found.items() if setting is None] == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("recording.keep_clips_days", "Recording › Maximum age of clips, in days"),
        ("cameras[gate].name", "Cameras › North gate › Name"),
        ("cameras[gate]", "Cameras › North gate"),
        ("cameras[new].zones[door].loiter_s", "Cameras › new › Zones › door › Report dwell longer than, in s"),
        ("cameras", "Cameras"),
        ("nodes[AA:BB:CC:00:11:22].position", "Nodes › Hall, over the door › Position"),
        ("floor.camera_poses[gate].fov_deg", "Floor › Cameras › North gate › Field of view, in degrees"),
        ("radio.some_new_thing", "Radio › Some new thing"),
        ("Not a field!", "Not a field!"),
    ],
)
def test_fields_are_called_as_in_the_console(field: str, words: str) -> None:
    assert field_words(field, SITE) == words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", "not set"),
        ("True", "yes"),
        ("30.0", "30"),
        ("59.329301", "59.329301"),
        ("10.0.0.5", "10.0.0.5"),
        ("['person', 'car']", "person, car"),
        ("[85.0, 6.0, 15.0]", "85, 6, 15"),
        ("[]", "none"),
        ("[[[0.1, 0.2], [0.3, 0.4]]]", "one entry"),
        ("[['away', ['*']], ['night', ['*']]]", "2 entries"),
        ("[[0.1, 0.2], [0.…", "many entries"),
        ("{'id': 'nurse'}", "set"),
        ("[Hall]", "[Hall]"),
        ("North gate", "North gate"),
    ],
)
def test_values_read_like_values(written: str, read: str) -> None:
    assert value_words(written) == read


def test_what_differs_never_reads_the_same() -> None:
    row = change_row(SettingChange("cameras[gate].masks", "[[[0.1, 0.2]]]", "[[[0.1, 0.3]]]"), SITE)
    assert (row.now, row.then) == ("one entry", "one entry, changed")


def test_the_dialog_says_words_and_keeps_the_field_at_hand(bridge: EngineBridge, show: Show, qtbot: QtBot) -> None:
    dialog = ImportSettingsDialog(bridge, "harbour.toml", "")
    show(dialog)
    qtbot.waitUntil(lambda: dialog.changes is not None)
    rows = [[dialog.table.item(row, column).text() for column in range(3)] for row in range(2)]
    assert rows == [["Recording › Maximum age of clips, in days", "30", "12"], ["Cameras › Gate › Name", "Gate", "North gate"]]
    assert dialog.table.item(0, 0).toolTip().endswith("\nrecording.keep_clips_days")
    assert dialog.table.item(0, 1).toolTip() == "30\n30.0" and dialog.table.item(1, 1).toolTip() == "Gate"
