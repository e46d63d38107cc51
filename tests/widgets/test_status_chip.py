"""A chip whose text grows has room for it at once: nobody ever sees it cut."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.marks.status_chip import StatusChip

LONG = "No news from the engine for 12 min 30 s"


@pytest.fixture
def chip(qtbot) -> Iterator[StatusChip]:
    """Two layouts deep, beside something that takes what room there is."""
    window, inner, made = QWidget(), QWidget(), StatusChip("Live", "good")
    qtbot.addWidget(window)
    row = QHBoxLayout(inner)
    row.addWidget(made)
    row.addWidget(QLabel("Gate"))
    outer = QHBoxLayout(window)
    outer.addWidget(inner)
    outer.addStretch(1)
    window.resize(700, 60)
    window.show()
    yield made
    window.close()


def test_a_text_that_grows_is_laid_out_at_once(chip):
    assert chip.width() == chip.sizeHint().width()
    before = chip.width()
    chip.set_status(LONG, "critical")
    assert chip.width() == chip.sizeHint().width() > before
    assert chip.parentWidget().width() > chip.width()


def test_it_is_laid_out_when_it_is_first_shown(qtbot):
    window, chip = QWidget(), StatusChip("Live")
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(chip)
    chip.set_status(LONG, "critical")
    window.show()
    assert chip.width() == chip.sizeHint().width()


def test_one_that_stands_alone_just_changes(qtbot):
    chip = StatusChip("Live")
    qtbot.addWidget(chip)
    chip.show()
    chip.set_status(LONG)
    assert chip.text() == LONG
