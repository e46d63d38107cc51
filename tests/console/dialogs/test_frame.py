"""The frame of all dialogs: as high as its words need."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from console.dialogs.frame import FramedDialog

LONG = "What is told here goes on and on, as it does in some languages and with large letters. " * 6


def test_a_height_in_pixels_gives_way_to_lines_that_are_broken(qtbot: QtBot) -> None:
    dialog = FramedDialog("Long", LONG)
    qtbot.addWidget(dialog)
    said = QLabel(LONG, wordWrap=True)
    dialog.body.addWidget(said)
    dialog.add_cancel()
    dialog.resize(400, 120)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert said.height() >= said.heightForWidth(said.width())
    assert dialog.width() == 400


def test_no_dialog_grows_beyond_its_screen(qtbot: QtBot) -> None:
    dialog = FramedDialog("Long", LONG)
    qtbot.addWidget(dialog)
    for _ in range(40):
        dialog.body.addWidget(QLabel(LONG, wordWrap=True))
    dialog.resize(400, 120)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.height() <= max(dialog.screen().availableSize().height(), dialog.minimumSizeHint().height())
