"""What stands above a page or a part of it: words at the left, buttons at the right, or below where there is no room for both."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from widgets.layout.flow_row import FlowRow


class HeadRow(FlowRow):
    """Main thread only."""

    def __init__(self, words: QLayout | QWidget, *buttons: QWidget, spacing: int = 8, centred: bool = False) -> None:
        """`centred`: buttons lower than the words stand beside their middle, not at their top."""
        super().__init__(spacing=spacing)
        self._centred = centred
        if isinstance(words, QLayout):
            self.addLayout(words)
        else:
            self.addWidget(words)
        for button in buttons:
            self.addWidget(button)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def place_items(self, rect: QRect, move: bool) -> int:
        words, buttons = self._items[0], [item for item in self._items[1:] if not item.isEmpty()]
        taken = sum(button.sizeHint().width() + self.spacing() for button in buttons)
        beside = words.minimumSize().width() + taken <= rect.width()
        room = QRect(rect.x(), rect.y(), rect.width() - taken if beside else rect.width(), 0)
        room.setHeight(_height(words, room.width()))
        beyond = QRect(rect)
        if beside:
            beyond.setLeft(room.right() + 1 + self.spacing())
        else:
            beyond.setTop(room.bottom() + 1 + self.spacing())
        below = self.flow(buttons, beyond, move=False)
        if beside and self._centred and below < room.height():
            beyond.translate(0, (room.height() - below) // 2)
        if move:
            self.flow(buttons, beyond, move)
        high = max(room.height(), below) if beside else room.height() + self.spacing() + below
        if move:
            room.setHeight(high if beside else room.height())
            words.setGeometry(room)
        return high


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
