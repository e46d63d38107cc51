"""Fields of numbers and times: with air at the edge, which a style sheet gives them none of, and without zeros that say nothing."""

from typing import TypeVar

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox

Box = TypeVar("Box", bound=QAbstractSpinBox)
_MARGINS = (8, 0, 4, 0)
_EITHER_MARK = str.maketrans(",", ".")


def padded(box: Box) -> Box:
    box.lineEdit().setTextMargins(*_MARGINS)
    return box


class NumberField(QDoubleSpinBox):
    """`30 days` rather than `30.00 days`; what has decimals shows them. A comma and a point may both be typed before them: nothing is
    grouped here, so neither can be mistaken."""

    def textFromValue(self, value: float) -> str:
        text, point = super().textFromValue(value), self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(self._with_its_mark(text))

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        return super().validate(self._with_its_mark(text), pos)

    def _with_its_mark(self, text: str) -> str:
        return text.translate(_EITHER_MARK).replace(".", self.locale().decimalPoint())
