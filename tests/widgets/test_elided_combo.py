from pytestqt.qtbot import QtBot

from widgets.fields.elided_combo import ElidedCombo


def test_what_does_not_fit_is_cut_with_an_ellipsis(qtbot: QtBot) -> None:
    combo = ElidedCombo()
    qtbot.addWidget(combo)
    combo.addItems(["All categories of everything", "Fire"])
    combo.resize(400, 34)
    assert combo.shown_text() == "All categories of everything"
    wide = combo.grab().toImage()
    combo.resize(110, 34)
    assert combo.shown_text().startswith("All") and combo.shown_text().endswith("…")
    assert combo.grab().toImage() != wide.copy(0, 0, 110, 34)
    combo.setCurrentIndex(1)
    assert combo.shown_text() == combo.currentText() == "Fire"
