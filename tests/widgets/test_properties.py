"""Qt properties by name."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from widgets.properties import with_properties


def test_properties_are_those_of_the_widget(qtbot: QtBot) -> None:
    button = with_properties(QToolButton(), text="Ask", checkable=True, checked=True, iconSize=QSize(16, 16), accessibleName="Ask")
    qtbot.addWidget(button)
    assert (button.text(), button.isChecked(), button.iconSize(), button.accessibleName()) == ("Ask", True, QSize(16, 16), "Ask")
    slider = with_properties(QSlider(Qt.Orientation.Horizontal), minimum=5, maximum=23, pageStep=3)
    qtbot.addWidget(slider)
    assert (slider.minimum(), slider.maximum(), slider.pageStep()) == (5, 23, 3)


def test_a_property_that_the_widget_does_not_have_is_refused(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    with pytest.raises(AttributeError, match="setPageStep"):
        with_properties(label, pageStep=3)
