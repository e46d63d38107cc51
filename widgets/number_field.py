"""Fields of numbers and times: with air at the edge, which a style sheet gives them none of, and without zeros that say nothing."""

from typing import TypeVar

from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox

Box = TypeVar("Box", bound=QAbstractSpinBox)
_MARGINS = (8, 0, 4, 0)


def padded(box: Box) -> Box:
    box.lineEdit().setTextMargins(*_MARGINS)
    return box


class NumberField(QDoubleSpinBox):
    """`30 days` rather than `30.00 days`; what has decimals shows them."""

    def textFromValue(self, value: float) -> str:
        text, point = super().textFromValue(value), self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text
