"""Things beside each other that go on in the next line where there is no room."""

from collections.abc import Iterable

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

_ANY_HEIGHT = 16_777_215  # Qt's own limit


class FlowRow(QLayout):
    """Its height depends on its width. Main thread only."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 6) -> None:
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}  # by width; Qt asks many times for each layout that it makes
        self._least: QSize | None = None
        super().__init__(parent)
        self.setContentsMargins(QMargins(0, 0, 0, 0))
        self.setSpacing(spacing)

    def invalidate(self) -> None:
        self._heights.clear()
        self._least = None
        super().invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def addLayout(self, layout: QLayout) -> None:
        self.addChildLayout(layout)
        self.addItem(layout)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        if not 0 <= index < len(self._items):
            return None
        self.invalidate()
        return self._items.pop(index)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place_within_margins(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place_within_margins(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        if self._least is None:
            shown = [item.minimumSize() for item in self.visible_items()]
            least = QSize(max((size.width() for size in shown), default=0), max((size.height() for size in shown), default=0))
            self._least = least.grownBy(self.contentsMargins())
        return QSize(self._least)

    def _place_within_margins(self, whole: QRect, move: bool) -> int:
        """The height that it takes."""
        edge = self.contentsMargins()
        return self.place_items(whole.marginsRemoved(edge), move) + edge.top() + edge.bottom()

    # for those that place in another way

    def visible_items(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def place_items(self, rect: QRect, move: bool) -> int:
        """The height that what is shown takes within `rect`, whose own height does not count; `move` puts it there."""
        return self.flow(self.visible_items(), rect, move)

    def flow(self, items: Iterable[QLayoutItem], rect: QRect, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in items:
            size = item.sizeHint().boundedTo(QSize(rect.width(), _ANY_HEIGHT))
            left = rect.right() + 1 - x
            if size.width() > left >= item.minimumSize().width() and item.expandingDirections() & Qt.Orientation.Horizontal:
                size.setWidth(left)  # what can give way does, before a line is begun for it
            elif x > rect.x() and size.width() > left:
                x, y, line = rect.x(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self.spacing()
            line = max(line, size.height())
        return y + line - rect.y()


class CentredRow(FlowRow):
    """Each line of it is in the middle."""

    def place_items(self, rect: QRect, move: bool) -> int:
        shown = self.visible_items()
        height = self.flow(shown, rect, move)
        if move:
            for top in {item.geometry().top() for item in shown}:
                line = [item for item in shown if item.geometry().top() == top]
                aside = (rect.right() - max(item.geometry().right() for item in line)) // 2
                for item in line:
                    item.setGeometry(item.geometry().translated(aside, 0))
        return height
