"""Choices of a list that come and go while one of them is chosen."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox


def replace_choices(box: QComboBox, names: Mapping[str, str], first: int = 1) -> bool:
    """Offer `names` (by id) below the first entry, which means all. What was chosen stays so while it is offered; True where it is not any
    more, and all are chosen instead. The box itself tells nobody.

    first: the place of the first of them; 0: there is no entry for all, and the first of them is chosen instead.
    """
    if list(names.items()) == [(box.itemData(row), box.itemText(row)) for row in range(first, box.count())]:
        return False
    chosen = box.currentData()
    with QSignalBlocker(box):
        while box.count() > first:
            box.removeItem(first)
        for each_id, name in names.items():
            box.addItem(name, each_id)
        box.setCurrentIndex(max(0, box.findData(chosen)))
    return bool(box.currentData() != chosen)
