"""Choices of a list that come and go while one of them is chosen."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox


def replace_choices(box: QComboBox, names: Mapping[str, str]) -> bool:
    """Offer `names` (by id) below the first entry, which means all. What was chosen stays so while it is offered; True where it is not any
    more, and all are chosen instead. The box itself tells nobody."""
    chosen = box.currentData()
    with QSignalBlocker(box):
        while box.count() > 1:
            box.removeItem(1)
        for each_id, name in names.items():
            box.addItem(name, each_id)
        box.setCurrentIndex(max(0, box.findData(chosen)))
    return bool(box.currentData() != chosen)
