"""A button whose text gives way: what does not fit is cut with "…" instead of in the middle of a letter."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

_ICON_GAP = 4  # Qt's own


class ElidedButton(QPushButton):
    """Takes whatever width it is given. `whole`: as it is read, without mnemonics. Who makes one says the whole text in its tooltip."""

    def __init__(self, whole: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_whole(whole)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_whole(self, whole: str) -> None:
        self.whole = whole
        self.setText(whole.replace("&", "&&"))
        self.setAccessibleName(whole)

    def shown_text(self) -> str:
        """What fits now."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
        picture = 0 if self.icon().isNull() else self.iconSize().width() + _ICON_GAP
        return self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideRight, max(0, room - picture))

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown_text().replace("&", "&&")  # type: ignore[attr-defined]
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()
