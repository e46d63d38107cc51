"""The dialog that verifies a pack from elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

import console.dialogs.evidence.verify_pack as module
from console.bridge import EngineBridge
from console.dialogs.evidence.verify_pack import VerifyPackDialog
from engine.runtime.evidence.verify import PackVerdict
from tests.console.gallery_evidence import NO_VIDEO, manifest


@pytest.fixture
def dialog(bridge: EngineBridge, qtbot: QtBot) -> Iterator[VerifyPackDialog]:
    made = VerifyPackDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def test_a_file_is_asked_for(dialog: VerifyPackDialog, tmp_path: Path) -> None:
    assert not dialog.go.isEnabled()
    dialog.file.set_value(str(tmp_path / "none.zip"))
    assert not dialog.go.isEnabled()
    dialog.file.set_value(str(tmp_path))
    assert dialog.go.isEnabled()
    dialog.key.set_value(str(tmp_path / "none.pem"))
    assert not dialog.go.isEnabled()
    dialog.key.set_value("0123 4567 89ab cdef 0123 4567 89ab cdef")
    assert dialog.go.isEnabled()


def test_what_it_is_and_whether_it_is_right_is_said(
    dialog: VerifyPackDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "audit-key.pem"
    key.write_text("a key")
    asked: list[tuple[Path, str]] = []
    verdict = PackVerdict(manifest(), True, False, "key" * 20, None, ("It was not signed with the key that was given.",))
    monkeypatch.setattr(module, "check_pack", lambda path, key: asked.append((path, key)) or verdict)
    dialog.file.set_value(str(tmp_path / "manifest.json"))
    (tmp_path / "manifest.json").write_text("{}")
    dialog.file.revalidate()
    dialog.key.set_value(str(key))
    dialog.verify()
    assert dialog.progress.isVisible()
    qtbot.waitUntil(lambda: bool(dialog.outcome.texts()))
    assert asked == [(tmp_path, str(key))]
    assert dialog.outcome.texts()[0] == "It was not signed with the key that was given."
    assert dialog.facts.fact_text("Title") == "Break-in"
    assert dialog.facts.fact_text("Site") == "Harbour (simulated)"
    assert dialog.facts.fact_text("Dropped") == NO_VIDEO
    assert not dialog.progress.isVisible()
    assert dialog.go.isEnabled()


def test_what_is_no_pack_is_said_by_its_field(dialog: VerifyPackDialog, tmp_path: Path, qtbot: QtBot) -> None:
    letter = tmp_path / "letter.zip"
    letter.write_text("Dear all")
    dialog.file.set_value(str(letter))
    dialog.verify()
    qtbot.waitUntil(lambda: "neither a folder nor a zip" in dialog.file.message())
    assert not dialog.progress.isVisible()


def test_a_damaged_pack_is_told_of_without_what_it_says_of_itself(dialog: VerifyPackDialog, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    dialog.file.set_value(str(tmp_path))
    dialog.verify()
    qtbot.waitUntil(lambda: bool(dialog.outcome.texts()))
    assert "manifest.json" in dialog.outcome.texts()[0]
    assert not dialog.facts.isVisible()


def test_files_are_chosen(dialog: VerifyPackDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "manifest.json"), ""))
    dialog.browse.click()
    assert dialog.file.value() == str(tmp_path)
    dialog.browse_key.click()
    assert dialog.key.value() == str(tmp_path / "manifest.json")
