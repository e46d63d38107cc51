"""Handing over on screen: written, shown to the next who signs in, read, and listed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from console.app import Console
from console.bridge import EngineBridge
from console.dialogs.alerts.hand_over import HandOverDialog, HandoverDialog, HandoversDialog, head_text, left_lines
from console.dialogs.alerts.shift_briefing import ask_briefing
from console.session.remembered import Remembered
from console.window import MainWindow
from engine.model.accounts.handover import LONGEST_TEXT, Handover, LeftKind, OpenItem, WriteHandover
from engine.model.errors import EnvironmentFault
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND, SystemClock
from tests.fakes.chats import full_briefing
from tests.fakes.engine import FakeDoor, FakeEngine
from widgets.chat.briefing_view import BriefingView

TOLD = Handover("ho-1", 1_790_000_000 * SECOND, "bo", "The gate sticks.")
SETTINGS = Settings(cameras=(CameraSettings("gate", "North gate", "usb:0"),))


@pytest.fixture
def console(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Console]:
    made = Console(FakeDoor(engine), remembered, SystemClock(), lambda: None)
    yield made
    made.close()


def test_a_note_is_written(open_window: Callable[..., MainWindow], engine: FakeEngine, qtbot: QtBot) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window._bridge.snapshot is not None)
    window.status.hand_over_requested.emit()
    dialog = window.findChild(HandOverDialog)
    assert dialog is not None and dialog.open_now.text().startswith("Included:")
    dialog.text.setPlainText("x" * (LONGEST_TEXT + 1))
    assert not dialog.button.isEnabled() and "1 characters too many" in dialog.trouble.text()
    dialog.text.setPlainText(" The gate sticks. ")
    engine.fail("command", EnvironmentFault("disk_full", "The disk is full."))
    dialog.button.click()
    qtbot.waitUntil(dialog.trouble.isVisible)
    dialog.button.click()
    qtbot.waitUntil(lambda: engine.commands[-1:] == [WriteHandover("The gate sticks.")])


def test_the_next_who_signs_in_is_shown_it_and_reads_it(console: Console, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.access.handovers = [TOLD]
    console.open_window(engine.port("ada"))
    qtbot.waitUntil(lambda: console.window is not None and console.window.findChild(HandoverDialog) is not None)
    assert console.window is not None
    dialog = console.window.findChild(HandoverDialog)
    assert dialog is not None and dialog.isVisible() and dialog.view.text.text() == "The gate sticks."
    dialog.button.click()
    qtbot.waitUntil(lambda: [read.by for read in engine.access.handovers[0].read] == ["ada"])


@pytest.mark.parametrize("handovers", [[], [TOLD]])
def test_nobody_is_shown_what_is_none_or_their_own(console: Console, engine: FakeEngine, qtbot: QtBot, handovers: list[Handover]) -> None:
    port = engine.port("ada")
    engine.access.handovers = [replace(each, by="ada", by_id=port.session.user.id) for each in handovers]
    console.open_window(port)
    window = console.window
    assert window is not None
    qtbot.waitUntil(lambda: window._bridge.idle)
    assert window.findChild(HandoverDialog) is None


def test_all_of_them_are_listed(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.access.handovers = [TOLD, replace(TOLD, id="ho-0", by="cy", text="")]
    qtbot.waitUntil(lambda: bridge.snapshot is not None)
    dialog = HandoversDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    assert dialog.view.text.text() == "The gate sticks."
    dialog.list.setCurrentRow(1)
    assert dialog.view.text.text() == "No note."


def test_before_anybody_handed_over_it_says_how(bridge: EngineBridge, qtbot: QtBot) -> None:
    dialog = HandoversDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.none.isVisible())
    assert not dialog.list.isVisible() and dialog.none.findChildren(QLabel)[1].text() == "No hand-overs yet"


def texts(view: BriefingView) -> list[str]:
    return [each.sentence.text for each in view.sentences]


def test_the_shift_is_told_of_beside_the_note_and_a_line_leads_to_its_row(
    open_window: Callable[..., MainWindow], engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.chats.briefing = full_briefing(engine.now_ns)
    window = open_window()
    qtbot.waitUntil(lambda: window._bridge.snapshot is not None)
    window.hand_over()
    dialog = window.findChild(HandOverDialog)
    assert dialog is not None and dialog.briefing.told.text() == "Preparing the briefing…"
    qtbot.waitUntil(lambda: bool(dialog.briefing.sentences))
    assert texts(dialog.briefing)[0].startswith("There were 3 alerts") and " to " in dialog.briefing.told.text()
    dialog.text.setPlainText("The gate sticks.")
    visited: list[tuple[str, str]] = []
    window.chat.visit_requested.connect(lambda page, what: visited.append((page, what)))
    dialog.briefing.sentences[1].chips[1].click()
    assert visited and visited[0][0] == "investigate" and "ev-0001" in visited[0][1]
    qtbot.waitUntil(lambda: not window.findChildren(HandOverDialog))
    for note in ("The gate sticks.", ""):
        window.hand_over()
        again = window.findChild(HandOverDialog)
        assert again is not None and again.text.toPlainText() == note
        again.reject()
        qtbot.waitUntil(lambda: not window.findChildren(HandOverDialog))


def test_where_there_is_no_briefing_the_note_is_written_all_the_same(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bridge.snapshot is not None)
    engine.fail("ask", EnvironmentFault("damaged", "The record cannot be read."))
    dialog = HandOverDialog(bridge)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "The record cannot be read." in dialog.briefing.told.text())
    assert dialog.button.isEnabled() and not dialog.briefing.sentences


def test_a_hand_over_is_exported_with_its_briefing(
    bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.chats.briefing = full_briefing(engine.now_ns)
    engine.access.handovers = [replace(TOLD, text="The *gate* sticks.")]
    qtbot.waitUntil(lambda: bridge.snapshot is not None)
    dialog = HandoversDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: bool(dialog.view.briefing.sentences))
    saved = tmp_path / "hand-over.md"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(saved), ""))
    dialog.export.click()
    told = saved.read_text(encoding="utf-8")
    assert told.startswith("# Hand-over") and r"The \*gate\* sticks\." in told and "### Unusual counts" in told
    assert "Alert `al-0001`" in told.replace("alert `al-0001`", "Alert `al-0001`") and "**Not observed**" in told
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path), ""))
    dialog.export.click()
    assert "Nothing was saved" in dialog.trouble.text()


def test_a_briefing_that_comes_late_is_not_shown_with_another_hand_over(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bridge.snapshot is not None)
    gate, view = engine.hold("ask"), BriefingView({})
    qtbot.addWidget(view)
    ask_briefing(bridge, view, "ho-1")
    view.show_waiting("ho-2")
    gate.set()
    qtbot.waitUntil(lambda: bridge.idle)
    assert not view.briefings


def test_what_was_open_in_words() -> None:
    left = (
        OpenItem(LeftKind.CAMERA, "gate", 0, "No answer.", camera_id="gate"),
        OpenItem(LeftKind.INCIDENT, "in-1", 0, "fire", 4),
        OpenItem(LeftKind.ALERT, "al-1", 0, "fall", 5, "gate", acknowledged=True),
        OpenItem(LeftKind.ALERT, "al-2", 0, "of tomorrow", 3, "gone"),
    )
    lines = left_lines(replace(TOLD, left=left, more=3), SETTINGS)
    assert [line.split(",")[0].split(" since")[0] for line in lines[:4]] == [
        "• Critical: Fall detected",
        "• High: Fire",
        "• Moderate: of tomorrow",
        "• North gate has had no picture",
    ]
    assert "North gate" in lines[0] and lines[0].endswith("(acknowledged)") and "gone" in lines[2]
    assert lines[4] == "and 3 more"
    many = replace(TOLD, left=left * 10)
    assert left_lines(many, SETTINGS)[-1] == "and 28 more"
    assert "14 alerts raised, 11 of them closed" in head_text(replace(TOLD, since_ns=1, raised=14, closed=11))
