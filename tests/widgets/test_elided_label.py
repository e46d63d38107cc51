import pytest

from widgets.marks.elided_label import ElidedLabel

LONG = "The loading dock behind the northern warehouse of the harbour office"


@pytest.fixture
def label(qtbot) -> ElidedLabel:
    made = ElidedLabel(LONG)
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_does_not_fit_is_cut_and_stands_in_the_tooltip(label):
    label.resize(120, 20)
    label.grab()
    assert label.shown_text().endswith("…") and label.toolTip() == LONG
    label.resize(2000, 20)
    label.grab()
    assert label.shown_text() == LONG and label.toolTip() == ""


def test_it_never_holds_its_neighbours_off(label):
    assert label.minimumSizeHint().width() < 30
    assert label.sizeHint().width() >= label.fontMetrics().horizontalAdvance(LONG)
