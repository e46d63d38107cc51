"""A choice whose text gives way: what does not fit is cut with "…" instead of in the middle of a letter."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

_INSET = 4  # what the style leaves beside the text


class ElidedCombo(QComboBox):
    """As the choice that Qt draws, in every other way."""

    def shown_text(self) -> str:
        """As it stands there."""
        return str(self._option().currentText)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), self._option()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self)
        icon = 0 if option.currentIcon.isNull() else option.iconSize.width() + _INSET
        room = field.width() - _INSET - icon
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, max(0, room))
        return option
