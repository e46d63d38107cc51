"""The dialog of all evidence packs: found by their case, checked, copied, removed; cases renamed, closed, reopened."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

import console.dialogs.evidence.packs as module
from console.bridge import EngineBridge
from console.dialogs.evidence.packs import EvidencePacksDialog
from console.dialogs.evidence.packs_words import ALL, LOOSE
from engine.model.accounts.access import Role
from engine.model.command import CancelJob, CreateUser
from engine.model.errors import EnvironmentFault
from engine.model.history.evidence import ListPacks, PutCase, RemovePack
from engine.runtime.evidence.verify import PackVerdict
from tests.console.gallery_evidence import HIDDEN, LONG, manifest, packed_site
from tests.fakes.engine import FakeEngine

Open = Callable[..., EvidencePacksDialog]


@pytest.fixture
def engine() -> FakeEngine:
    return packed_site()


@pytest.fixture
def open_dialog(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> Iterator[Open]:
    opened: list[EvidencePacksDialog] = []

    def make(pack_id: str = "") -> EvidencePacksDialog:
        dialog = EvidencePacksDialog(bridge, None, pack_id)
        qtbot.addWidget(dialog)
        dialog.show()
        opened.append(dialog)
        qtbot.waitUntil(lambda: bridge.idle)
        return dialog

    yield make
    for dialog in opened:
        dialog.close()


@pytest.fixture
def dialog(open_dialog: Open) -> EvidencePacksDialog:
    return open_dialog()


def choose(dialog: EvidencePacksDialog, row_id: str) -> None:
    dialog.cases.list.select_moment(row_id)
    dialog.cases.chosen.emit()


def file_of(engine: FakeEngine, pack_id: str, folder: Path) -> Path:
    path = folder / f"{pack_id}.zip"
    path.write_bytes(b"of no matter")
    engine.packs[pack_id] = path
    return path


def test_all_packs_newest_first_and_their_cases_closed_ones_last(dialog: EvidencePacksDialog) -> None:
    assert dialog.table.shown_keys() == ("pack-4", "pack-3", "pack-2", "pack-1")
    rows = [(row.text, row.detail.split(" · ")[0], row.mark) for row in dialog.cases.list.rows.all_rows()]
    expected = [("All packs", "4 packs", ""), ("No case", "1 pack", ""), (LONG, "2 packs", "")]
    assert rows == [*expected, ("Lorry at the gate", "1 pack", "closed")]
    current = dialog.current()
    assert current is not None
    assert current.id == "pack-4"


@pytest.mark.parametrize(("row_id", "packs"), [(LOOSE, ("pack-2",)), ("case-2", ("pack-4", "pack-3")), (ALL, None)])
def test_a_case_shows_its_packs(dialog: EvidencePacksDialog, row_id: str, packs: tuple[str, ...] | None) -> None:
    choose(dialog, row_id)
    assert dialog.table.shown_keys() == (packs or ("pack-4", "pack-3", "pack-2", "pack-1"))


def test_the_pack_that_was_asked_for_is_chosen_and_told_of(open_dialog: Open) -> None:
    dialog = open_dialog("pack-3")
    facts = dialog.details.facts
    assert dialog.details.title.text() == "Somebody climbs over the fence"
    assert facts.fact_text("Cameras") == "Yard, Loading dock behind the old warehouse"
    assert facts.fact_text("Case") == LONG
    assert facts.fact_text("Hidden") == "1 picture area"
    assert "locked by ida: Asked for by the police" in facts.fact_text("Locked")
    assert facts.fact_text("SHA-256").replace(" ", "") == "3b1f9c04d7a85e62" * 4
    assert "cannot be run again" in dialog.details.missing.texts()[0]


def test_what_is_hidden_and_left_out_stands_in_the_row(dialog: EvidencePacksDialog) -> None:
    model = dialog.table.model
    assert [model.cell(key, 4).text for key in ("pack-2", "pack-3", "pack-4")] == ["faces", "areas", "nothing"]
    assert [model.cell(key, 5).text for key in ("pack-1", "pack-4")] == ["1 item", "nothing"]
    assert model.cell("pack-1", 5).tip == "No video was recorded in this time."


def test_before_they_are_known_nothing_is_counted(engine: FakeEngine, bridge: EngineBridge, qtbot: QtBot) -> None:
    gate = engine.hold("ask")
    dialog = EvidencePacksDialog(bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.cases.list.rows.all_rows() == ()
    assert "Loading packs" in dialog.empty._text.text()
    gate.set()
    qtbot.waitUntil(lambda: dialog.current() is not None)


def test_a_site_without_packs_says_how_one_is_made(engine: FakeEngine, open_dialog: Open) -> None:
    engine.past.packs.clear()
    engine.past.cases.clear()
    dialog = open_dialog()
    assert dialog.empty.isVisible()
    assert "Evidence pack…" in dialog.empty._text.text()
    assert not dialog.details.isVisible()
    assert not dialog.acts.isVisible()


def test_a_case_without_packs_says_what_to_do(engine: FakeEngine, open_dialog: Open) -> None:
    engine.past.packs.clear()
    dialog = open_dialog()
    choose(dialog, "case-2")
    assert "select this case" in dialog.empty._text.text()
    choose(dialog, "case-1")
    assert "Reopen it" in dialog.empty._text.text()


def test_packs_that_cannot_be_listed_can_be_asked_for_again(engine: FakeEngine, open_dialog: Open, qtbot: QtBot) -> None:
    engine.fail("ask", EnvironmentFault("database", "The record cannot be read."), ListPacks)
    dialog = open_dialog()
    assert "The record cannot be read." in dialog.trouble.text()
    assert dialog.empty._button.isVisible()
    dialog.empty._button.click()
    qtbot.waitUntil(lambda: dialog.current() is not None)
    assert dialog.trouble.text() == ""


def test_a_pack_is_verified_and_what_it_came_to_stays_with_it(
    dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(engine, "pack-4", tmp_path)
    verdict = PackVerdict(manifest(), False, True, "key" * 20, None, ("video/yard.mp4 was changed.",))
    looked: list[Path] = []
    monkeypatch.setattr(module, "check_pack", lambda path, made_as: looked.append(path) or verdict)
    dialog.verify()
    assert dialog.details.progress.isVisible()
    assert not dialog.acts.verify.isEnabled()
    qtbot.waitUntil(lambda: bool(dialog.details.checked.texts()))
    assert looked == [path]
    assert dialog.details.checked.texts()[0] == "video/yard.mp4 was changed."
    assert not dialog.details.progress.isVisible()
    dialog.table.select_row("pack-3")
    assert dialog.details.checked.texts() == ()
    dialog.table.select_row("pack-4")
    assert dialog.details.checked.texts()[0] == "video/yard.mp4 was changed."


def test_what_is_left_out_is_said_once(
    open_dialog: Open, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog("pack-3")
    file_of(engine, "pack-3", tmp_path)
    verdict = PackVerdict(manifest(), True, True, "key" * 20, None, (), HIDDEN)
    monkeypatch.setattr(module, "check_pack", lambda path, made_as: verdict)
    dialog.verify()
    qtbot.waitUntil(lambda: bool(dialog.details.checked.texts()))
    assert dialog.details.checked.texts()[-1] == HIDDEN
    assert dialog.details.missing.texts() == ()


def test_a_pack_that_cannot_be_read_is_no_good_one(dialog: EvidencePacksDialog, qtbot: QtBot) -> None:
    dialog.verify()
    qtbot.waitUntil(lambda: bool(dialog.details.checked.texts()))
    assert dialog.details.checked.texts() == ("There is no evidence pack pack-4.",)
    assert dialog.acts.verify.isEnabled()


def test_a_copy_is_saved(
    dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(engine, "pack-4", tmp_path)
    target, proposed = tmp_path / "copy.zip", []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: proposed.append(args[2]) or (str(target), ""))
    dialog.save_copy()
    qtbot.waitUntil(lambda: str(target) in dialog.told.text())
    assert target.read_bytes() == b"of no matter"
    assert proposed == ["the-whole-night-as-it-was-recorded-pack-4.zip"]
    assert dialog.acts.copy.isEnabled()


def test_a_copy_that_fails_says_why(
    dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(engine, "pack-4", tmp_path)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "none" / "copy.zip"), ""))
    dialog.save_copy()
    qtbot.waitUntil(lambda: "Could not copy" in dialog.trouble.text())
    assert dialog.acts.copy.isEnabled()
    assert not dialog.told.isVisible()


def test_its_folder_is_shown(
    dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(engine, "pack-4", tmp_path)
    shown: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url) or True)
    dialog.show_in_folder()
    qtbot.waitUntil(lambda: bool(shown))
    assert Path(shown[0].toLocalFile()) == tmp_path


def test_an_engine_elsewhere_has_no_folder_to_show(
    engine: FakeEngine, bridge: EngineBridge, open_dialog: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.gateway.remote.port.RemotePort", type(bridge.port))
    dialog = open_dialog()
    assert not dialog.acts.show_in_folder.isEnabled()
    assert "another computer" in dialog.acts.show_in_folder.toolTip()
    assert dialog.acts.copy.isEnabled()


def test_a_pack_is_removed_once_somebody_is_sure(dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    sure = dialog.remove()
    assert sure is not None
    sure.reject()
    assert len(engine.past.packs) == 4
    again = dialog.remove()
    assert again is not None
    again.go.click()
    qtbot.waitUntil(lambda: dialog.table.shown_keys() == ("pack-3", "pack-2", "pack-1"))
    assert RemovePack("pack-4") in engine.commands
    assert "is removed" in dialog.told.text()
    current = dialog.current()
    assert current is not None
    assert current.id == "pack-3"


def test_who_may_export_only_cannot_remove(engine: FakeEngine, qtbot: QtBot) -> None:
    engine.execute(CreateUser("ines", Role.INVESTIGATOR, "long enough"))
    bridge = EngineBridge(engine.port("ines"))
    bridge.start()
    dialog = EvidencePacksDialog(bridge)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.current() is not None)
    assert not dialog.acts.remove.isEnabled()
    assert "may not delete" in dialog.acts.remove.toolTip()
    assert dialog.acts.verify.isEnabled()
    bridge.close()


def test_a_case_is_renamed(dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    assert not dialog.cases.rename.isEnabled()
    choose(dialog, "case-2")
    renaming = dialog.rename_case()
    assert renaming is not None
    renaming.name.set_value("Loading dock")
    renaming.submit()
    qtbot.waitUntil(lambda: "Loading dock" in [row.text for row in dialog.cases.list.rows.all_rows()])
    assert PutCase("Loading dock", "Asked for by the police, number 4711", "case-2", False) in engine.commands
    assert dialog.cases.row_id() == "case-2"


def test_a_case_needs_a_name(dialog: EvidencePacksDialog) -> None:
    choose(dialog, "case-2")
    renaming = dialog.rename_case()
    assert renaming is not None
    renaming.name.set_value(" ")
    assert not renaming.save.isEnabled()
    renaming.name.set_value("x")
    renaming.note.setPlainText("x" * 5001)
    assert not renaming.save.isEnabled()
    assert "5000" in renaming.trouble.text()
    renaming.reject()


def test_closing_a_case_is_asked_for_and_says_what_goes(dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    choose(dialog, "case-2")
    sure = dialog.close_or_reopen()
    assert sure is not None
    sure.go.click()
    qtbot.waitUntil(lambda: all(case.closed for case in engine.past.cases) and dialog.cases.close_case.text() == "Reo&pen")
    assert dialog.cases.row_id() == "case-2"


def test_a_closed_case_is_reopened_as_it_was(dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    choose(dialog, "case-1")
    assert dialog.close_or_reopen() is None
    qtbot.waitUntil(lambda: "is reopened" in dialog.told.text())
    assert PutCase("Lorry at the gate", "", "case-1", False) in engine.commands


def test_what_is_being_made_is_shown_and_can_be_cancelled(dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.start_job("evidence", "Evidence pack “Fire”", 800, "Taking videos")
    engine.start_job("replay", "Running the record again", 800, "")
    engine.publish()
    qtbot.waitUntil(dialog.making.isVisible)
    assert dialog.making.texts() == ("Evidence pack “Fire”: Taking videos, 0 %",)
    dialog.making._lines["job-0"].stop.click()
    qtbot.waitUntil(lambda: CancelJob("job-0") in engine.commands)
    engine.publish()
    qtbot.waitUntil(lambda: not dialog.making.isVisible())


def test_a_pack_that_is_done_meanwhile_is_in_the_list(dialog: EvidencePacksDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    newest = engine.past.packs.pop()
    engine.start_job("evidence", "Evidence pack", 800, "Taking videos")
    engine.publish()
    qtbot.waitUntil(dialog.making.isVisible)
    dialog.load()
    qtbot.waitUntil(lambda: len(dialog.table.shown_keys()) == 3)
    engine.past.packs.append(newest)
    engine.execute(CancelJob("job-0"))
    engine.publish()
    qtbot.waitUntil(lambda: len(dialog.table.shown_keys()) == 4)
