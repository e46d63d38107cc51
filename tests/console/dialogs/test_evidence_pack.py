"""The dialog of evidence packs: what goes in, what comes of it, what is wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.evidence_pack import EvidencePackDialog, verdict_notices
from engine.model.errors import EnvironmentFault
from engine.model.evidence import MakePack, PutCase, Redaction
from engine.model.time import SECOND
from engine.recording.pack.manifest import Manifest
from engine.runtime.evidence.verify import PackVerdict, RerunVerdict
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.engine import FakeEngine


@pytest.fixture
def dialog(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> Iterator[EvidencePackDialog]:
    made = EvidencePackDialog(bridge, engine.now_ns - 60 * SECOND, engine.now_ns, None)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def wait_until_made(engine: FakeEngine, dialog: EvidencePackDialog, qtbot: QtBot) -> None:
    def made() -> bool:
        engine.tick()
        return not dialog._busy

    qtbot.waitUntil(made)


def test_a_title_is_asked_for_before_anything_is_made(dialog: EvidencePackDialog, engine: FakeEngine) -> None:
    assert not dialog.make_button.isEnabled()
    dialog.name.set_value("Break-in")
    assert dialog.make_button.isEnabled()
    dialog.cameras.item(0).setCheckState(Qt.CheckState.Unchecked)
    dialog.cameras.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.make_button.isEnabled()
    assert "one camera" in dialog.make_button.toolTip()
    assert not any(isinstance(each, MakePack) for each in engine.commands)


def test_what_is_chosen_goes_in(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.packs["pack-1"] = Path("break-in.zip")
    dialog.name.set_value("Break-in")
    dialog.note.setPlainText("Found open at 7")
    dialog.cameras.item(0).setCheckState(Qt.CheckState.Unchecked)
    dialog.redaction.setCurrentIndex(dialog.redaction.findData(Redaction.FACES.value))
    dialog.raw.setChecked(False)
    dialog.make()
    wait_until_made(engine, dialog, qtbot)
    request = engine.past.packs[0].request
    assert (request.title, request.note, request.camera_ids) == ("Break-in", "Found open at 7", ("gate",))
    assert (request.redaction, request.raw, request.zipped) == (Redaction.FACES, False, True)
    qtbot.waitUntil(lambda: "break-in.zip" in dialog.words.text())
    assert "The pack is made and signed." in dialog.outcome.texts()
    assert not dialog.make_button.isVisible()


def test_a_new_case_is_made_first(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.packs["pack-2"] = Path("x.zip")
    dialog.name.set_value("Break-in")
    dialog.case.setCurrentIndex(1)
    assert not dialog.make_button.isEnabled()
    dialog.case_title.setText("Warehouse")
    dialog.make()
    wait_until_made(engine, dialog, qtbot)
    assert [type(each) for each in engine.commands if isinstance(each, (PutCase, MakePack))] == [PutCase, MakePack]
    assert engine.past.packs[0].request.case_id == engine.past.cases[0].id


def test_what_is_refused_stands_in_the_dialog_and_can_be_tried_again(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.name.set_value("Break-in")
    engine.fail("command", EnvironmentFault("audit", "The audit cannot be kept, so nothing leaves the house."))
    dialog.make()
    qtbot.waitUntil(lambda: "audit cannot be kept" in dialog.trouble.text())
    assert dialog.make_button.isEnabled()
    assert dialog.name.value() == "Break-in"


def test_everything_has_a_name_and_can_be_reached(dialog: EvidencePackDialog) -> None:
    assert nameless(dialog) == []
    assert unreachable(dialog) == []


def verdict(wrong: tuple[str, ...], rerun: RerunVerdict | None, good: bool = True) -> PackVerdict:
    manifest = object.__new__(Manifest)
    return PackVerdict(manifest, good, good, "key" * 20, rerun, wrong)


def test_a_pack_that_is_right_says_what_was_checked() -> None:
    said = verdict_notices(verdict((), RerunVerdict(True, 0.0, True, 34, 2.5)))
    assert [level for _, level in said] == ["good", "good", "good"]
    assert "34 decisions" in said[-1][0]


def test_a_pack_that_is_wrong_never_says_that_it_is_good() -> None:
    said = verdict_notices(verdict(("clips/a.mp4 was changed.",), RerunVerdict(False, 0.3, False, 34, 2.5), good=False))
    assert said[0] == ("clips/a.mp4 was changed.", "critical")
    assert not any(level == "good" for _, level in said)
