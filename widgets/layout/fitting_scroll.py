"""What is as large as it needs on a large screen, and scrolls on a small one."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStyle, QWidget

from widgets.layout.room_above import room_above
from widgets.look import scaled

_LEAST = QSize(320, 200)
_BESIDE_BAR = 8  # pixels between what scrolls and its bar; none where nothing scrolls, so that it ends where the buttons below it end


class FittingScroll(QScrollArea):
    """As large as `content`, up to what the screen leaves beside `edge`: the rest of the window, in pixels at 100 % text."""

    def __init__(self, content: QWidget, edge: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edge, self._held = edge, content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the focus of what it holds
        self.setWidget(content)
        content.installEventFilter(self)
        self.verticalScrollBar().rangeChanged.connect(self._keep_from_bar)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and watched is self.widget():
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        wanted, screen = self._content(), self._screen_size()
        edge = QSize(scaled(self._edge.width()), scaled(self._edge.height()) + room_above(self))
        room = (screen - edge).expandedTo(_LEAST)
        if wanted.height() > room.height():
            wanted.setWidth(wanted.width() + self.bar_room())
        return wanted.boundedTo(room)

    def bar_room(self) -> int:
        """Width of the bar at its side and of the gap before it."""
        return self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self) + _BESIDE_BAR

    def _screen_size(self) -> QSize:
        return self.screen().availableSize()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint().boundedTo(_LEAST)

    def _content(self) -> QSize:
        """With lines broken at the width that it has at least, and without the room beside the bar."""
        layout = self._held.layout()
        if layout is None:
            return self._held.sizeHint()
        wanted = layout.totalSizeHint()
        if layout.hasHeightForWidth():
            wanted.setHeight(layout.totalHeightForWidth(wanted.width()))
        wanted.setWidth(max(wanted.width() - layout.contentsMargins().right(), self._held.minimumWidth()))
        return wanted

    def _keep_from_bar(self, least: int, most: int) -> None:
        layout = self._held.layout()
        if layout is None:
            return
        margins = layout.contentsMargins()
        beside = _BESIDE_BAR if most > least else 0
        if margins.right() != beside:
            margins.setRight(beside)
            layout.setContentsMargins(margins)
