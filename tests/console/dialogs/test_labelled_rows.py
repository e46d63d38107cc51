"""Rows of settings: labels that name what they belong to, and folders that are typed or chosen."""

import pytest
from PySide6.QtWidgets import QFileDialog, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from console.dialogs.labelled_rows import FolderField, LabelledRows


def test_a_label_names_its_box_and_leads_to_it(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    rows, box = LabelledRows(200), QSpinBox()
    holder.setLayout(rows)
    rows.add("Keep the &newest", box)
    label = rows.labelForField(rows.itemAt(0, LabelledRows.ItemRole.FieldRole).layout())
    assert box.accessibleName() == "Keep the newest" and label.buddy() is box and label.minimumWidth() == 200


def test_a_folder_is_chosen_and_giving_up_leaves_it(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    field = FolderField("/old", "None", "C&hoose…", "Folder")
    for part in (field.edit, field.button):
        qtbot.addWidget(part)
    chosen = ["", "/new"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen.pop(0))
    field.button.click()
    assert field.value() == "/old"
    field.button.click()
    assert field.value() == "/new" and field.edit.placeholderText() == "None"


def test_what_stands_beside_a_field_does_not_touch_it(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    rows, field = LabelledRows(100), FolderField("", "None", "C&hoose…", "Folder")
    holder.setLayout(rows)
    rows.add("&Folder", field.edit, field.button)
    holder.show()
    assert field.button.x() - field.edit.geometry().right() > 4
