"""The dialog of evidence packs: what goes in, what comes of it, what is wrong."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.evidence.pack import EvidencePackDialog, verdict_notices
from engine.model.accounts.access import Role
from engine.model.command import CreateUser
from engine.model.errors import EnvironmentFault
from engine.model.history.evidence import HiddenRegion, MakePack, PutCase, Redaction
from engine.model.snapshot import JobState
from engine.model.time import SECOND
from engine.recording.pack.manifest import Manifest
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.signers import Signer
from engine.runtime.evidence.verify import PackVerdict, RerunVerdict
from tests.console.test_reachable import nameless, unreachable
from tests.fakes.engine import FakeEngine
from tests.fakes.packs import write_pack


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
    dialog.form.name.set_value("Break-in")
    assert dialog.make_button.isEnabled()
    dialog.form.cameras.item(0).setCheckState(Qt.CheckState.Unchecked)
    dialog.form.cameras.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.make_button.isEnabled()
    assert "one camera" in dialog.make_button.toolTip()
    assert not any(isinstance(each, MakePack) for each in engine.commands)


def test_what_is_chosen_goes_in(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.packs["pack-1"] = Path("break-in.zip")
    dialog.form.name.set_value("Break-in")
    dialog.form.note.setPlainText("Found open at 7")
    dialog.form.cameras.item(0).setCheckState(Qt.CheckState.Unchecked)
    dialog.form.redaction.setCurrentIndex(dialog.form.redaction.findData(Redaction.FACES.value))
    dialog.form.raw.setChecked(False)
    dialog.make()
    wait_until_made(engine, dialog, qtbot)
    request = engine.past.packs[0].request
    assert (request.title, request.note, request.camera_ids) == ("Break-in", "Found open at 7", ("gate",))
    assert (request.redaction, request.raw, request.zipped) == (Redaction.FACES, False, True)
    qtbot.waitUntil(lambda: "break-in.zip" in dialog.words.text())
    assert "The pack is created and signed." in dialog.outcome.texts()
    assert not dialog.make_button.isVisible()


def test_recordings_of_the_sensors_do_not_go_with_hidden_faces(dialog: EvidencePackDialog) -> None:
    dialog.form.name.set_value("Break-in")
    assert dialog.form.raw.isChecked() and dialog.form.raw.isEnabled() and dialog.form.raw.toolTip() == ""
    for wanted in (True, False):
        dialog.form.raw.setChecked(wanted)
        dialog.form.redaction.setCurrentIndex(dialog.form.redaction.findData(Redaction.FACES.value))
        assert not dialog.form.raw.isChecked() and not dialog.form.raw.isEnabled()
        assert "cannot be re-run" in dialog.form.raw.toolTip()
        assert not dialog.form.request("").raw
        dialog.form.redaction.setCurrentIndex(dialog.form.redaction.findData(Redaction.NONE.value))
        assert dialog.form.raw.isChecked() is wanted and dialog.form.raw.isEnabled() and dialog.form.raw.toolTip() == ""


def test_recordings_of_the_sensors_do_not_go_where_faces_are_hidden_at_the_site(
    engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot
) -> None:
    engine.settings = replace(engine.settings, recognition=replace(engine.settings.recognition, blur_faces=True))
    engine.tick()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.faces_hidden)
    dialog = EvidencePackDialog(bridge, engine.now_ns - 60 * SECOND, engine.now_ns, None)
    qtbot.addWidget(dialog)
    assert not dialog.form.raw.isChecked() and not dialog.form.raw.isEnabled()


def test_recordings_of_the_sensors_do_not_go_with_an_account_that_sees_some_cameras(engine: FakeEngine, qtbot: QtBot) -> None:
    engine.execute(CreateUser("lim", Role.INVESTIGATOR, "a long password", ("yard",)))
    bridge = EngineBridge(engine.port("lim"))
    dialog = EvidencePackDialog(bridge, engine.now_ns - 60 * SECOND, engine.now_ns, None)
    qtbot.addWidget(dialog)
    assert not dialog.form.raw.isChecked() and not dialog.form.raw.isEnabled()
    assert "limited to some" in dialog.form.raw.toolTip()
    bridge.close()


@pytest.mark.parametrize("redaction", list(Redaction))
def test_a_pack_without_its_record_is_verified(
    dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, redaction: Redaction
) -> None:
    """Where faces are hidden, and where videos had to be covered, which only shows when the pack is made."""
    why = "It cannot be run again: the observations tell of everybody."
    engine.packs["pack-1"] = write_pack(tmp_path / "break-in", missing=[why])
    dialog.form.name.set_value("Break-in")
    dialog.form.redaction.setCurrentIndex(dialog.form.redaction.findData(redaction.value))
    dialog.make()
    wait_until_made(engine, dialog, qtbot)
    qtbot.waitUntil(dialog.verify_button.isVisible)
    dialog.verify()
    qtbot.waitUntil(lambda: "All files match the manifest." in dialog.outcome.texts())
    assert why in dialog.outcome.texts() and dialog.trouble.text() == ""
    assert any("Signed by an unknown key" in text for text in dialog.outcome.texts())


def test_a_new_case_is_made_first(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.packs["pack-2"] = Path("x.zip")
    dialog.form.name.set_value("Break-in")
    dialog.form.case.setCurrentIndex(1)
    assert not dialog.make_button.isEnabled()
    dialog.form.case_title.setText("Warehouse")
    dialog.make()
    wait_until_made(engine, dialog, qtbot)
    assert [type(each) for each in engine.commands if isinstance(each, (PutCase, MakePack))] == [PutCase, MakePack]
    assert engine.past.packs[0].request.case_id == engine.past.cases[0].id


def test_without_an_area_it_is_said_how_one_is_drawn(dialog: EvidencePackDialog) -> None:
    assert not dialog.form.hide_area.isEnabled()
    assert "Select an area" in dialog.form.hide_area.toolTip()
    dialog.form.name.set_value("Break-in")
    assert dialog.form.request("").hidden == ()


def test_a_hidden_area_takes_the_recordings_of_the_sensors_out(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    area = HiddenRegion("gate", ((0.1, 0.1), (0.4, 0.1), (0.4, 0.5)))
    dialog = EvidencePackDialog(bridge, engine.now_ns - 60 * SECOND, engine.now_ns, None, area=area)
    qtbot.addWidget(dialog)
    dialog.form.redaction.setCurrentIndex(dialog.form.redaction.findData(Redaction.FACES.value))
    dialog.form.hide_area.setChecked(True)
    dialog.form.redaction.setCurrentIndex(dialog.form.redaction.findData(Redaction.NONE.value))
    assert not dialog.form.raw.isChecked()
    assert "an area is hidden" in dialog.form.raw.toolTip()
    dialog.form.hide_area.setChecked(False)
    assert dialog.form.raw.isChecked()
    assert dialog.form.raw.isEnabled()
    dialog.reject()


def test_closing_does_not_end_what_is_made(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    made: list[object] = []
    dialog.goes_on.connect(lambda making: making.made.connect(made.append))
    dialog.form.name.set_value("Break-in")
    dialog.make()
    qtbot.waitUntil(lambda: bool(engine.jobs))
    dialog.reject()

    def told() -> bool:
        engine.tick()
        return bool(made)

    qtbot.waitUntil(told)
    assert made == engine.past.packs
    assert [job.state for job in engine.jobs.values()] == [JobState.DONE]


def test_cancel_is_a_button_of_its_own(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    assert not dialog.cancel_button.isVisible()
    dialog.form.name.set_value("Break-in")
    dialog.make()
    assert dialog.cancel_button.isVisible()
    dialog.cancel_button.click()
    qtbot.waitUntil(lambda: any(job.state is JobState.CANCELLED for job in engine.jobs.values()))
    wait_until_made(engine, dialog, qtbot)
    assert "Cancelled" in dialog.trouble.text()
    assert not dialog.cancel_button.isVisible()
    assert dialog.make_button.isEnabled()


def test_one_that_is_made_leads_to_all_of_them(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    wanted: list[str] = []
    dialog.packs_wanted.connect(wanted.append)
    assert not dialog.all_button.isVisible()
    dialog.form.name.set_value("Break-in")
    dialog.make()
    wait_until_made(engine, dialog, qtbot)
    dialog.all_button.click()
    assert wanted == [engine.past.packs[0].id]
    assert not dialog.isVisible()


def test_what_is_refused_stands_in_the_dialog_and_can_be_tried_again(dialog: EvidencePackDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    dialog.form.name.set_value("Break-in")
    engine.fail("command", EnvironmentFault("audit", "The audit cannot be kept, so nothing leaves the house."))
    dialog.make()
    qtbot.waitUntil(lambda: "audit cannot be kept" in dialog.trouble.text())
    assert dialog.make_button.isEnabled()
    assert dialog.form.name.value() == "Break-in"


def test_everything_has_a_name_and_can_be_reached(dialog: EvidencePackDialog) -> None:
    assert nameless(dialog) == []
    assert unreachable(dialog) == []


def verdict(wrong: tuple[str, ...], rerun: RerunVerdict | None, good: bool = True) -> PackVerdict:
    manifest = object.__new__(Manifest)
    return PackVerdict(manifest, good, good, "key" * 20, rerun, wrong, signer=Signer.KNOWN if good else Signer.UNKNOWN)


def test_a_pack_that_is_right_says_what_was_checked() -> None:
    said = verdict_notices(verdict((), RerunVerdict(True, 0.0, True, 34, 2.5)))
    assert [level for _, level in said] == ["good", "good", "good"]
    assert "34 decisions" in said[-1][0]


def test_a_pack_without_its_record_says_so_after_what_was_checked() -> None:
    manifest = object.__new__(Manifest)
    said = verdict_notices(PackVerdict(manifest, True, True, "key" * 20, None, (), "It cannot be run again.", Signer.GIVEN))
    assert said[-1] == ("It cannot be run again.", "moderate")
    assert [level for _, level in said] == ["good", "good", "moderate"]


def test_a_pack_of_an_unknown_key_says_so_in_words_and_is_no_good_one() -> None:
    manifest = object.__new__(Manifest)
    said = verdict_notices(PackVerdict(manifest, True, True, "key" * 20, None, ()))
    (unknown,) = [(text, level) for text, level in said if "unknown key" in text]
    assert unknown[1] == "moderate" and fingerprint("key" * 20) in unknown[0]


def test_a_pack_that_is_wrong_never_says_that_it_is_good() -> None:
    said = verdict_notices(verdict(("clips/a.mp4 was changed.",), RerunVerdict(False, 0.3, False, 34, 2.5), good=False))
    assert said[0] == ("clips/a.mp4 was changed.", "critical")
    assert not any(level == "good" for _, level in said)
