"""The mark of pages that show what never happened."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from widgets.layout.boxes import make_row
from widgets.marks.plain_tip import plain_tip
from widgets.marks.status_chip import StatusChip


def simulated_chip(tip: str) -> StatusChip:
    """Hidden at first."""
    chip = StatusChip(QCoreApplication.translate("Page", "Simulated"), "low")
    chip.setToolTip(plain_tip(tip))
    chip.hide()
    return chip


def beside(*several: QWidget) -> QHBoxLayout:
    row = make_row(spacing=10)
    for each in several:
        row.addWidget(each)
    row.addStretch()
    return row
