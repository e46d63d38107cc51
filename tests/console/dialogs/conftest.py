"""Dialogs under test are closed again, and can be reached by keys and read out."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tests.console.test_reachable import nameless, unreachable

Show = Callable[[QDialog], QDialog]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Show a dialog, which must be reachable by keys and have a name on everything."""
    shown: list[QDialog] = []

    def show_it(dialog: QDialog) -> QDialog:
        qtbot.addWidget(dialog)
        shown.append(dialog)
        dialog.show()
        assert nameless(dialog) == [] and unreachable(dialog) == []
        return dialog

    yield show_it
    for dialog in shown:
        dialog.close()
