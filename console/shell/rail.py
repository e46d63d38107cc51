"""The rail on the left: one button per page."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QWidget

from console.pages.registry import PageEntry
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.theme import set_role

_LOOKS = ((24, 4, 4, True), (18, 1, 1, True), (24, 4, 1, False))  # icon, padding, spacing in pixels, with words: the roomiest first

_BETWEEN, _FRAME = 3, 6  # pixels that a button adds between icon and words, and around both
_STYLE = "QToolButton {{ padding: {}px 0; }}"  # room for the longest titles


class Rail(QFrame):
    """Signals: chosen(page id)."""

    chosen = Signal(str)

    def __init__(self, pages: tuple[PageEntry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setFixedWidth(92)
        self.setAccessibleName(self.tr("Pages"))
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._look = _LOOKS[0]
        self._column = column = make_column(self, spacing=4, margins=(6, 8, 6, 8))
        for number, page in enumerate(pages, start=1):
            self._buttons[page.id] = self._button(page, number % 10)
            column.addWidget(self._buttons[page.id])
        column.addStretch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Another size of text."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """On a low screen the buttons close up; words that would be cut give way to the tooltips."""
        for look in _LOOKS:
            if self._height_of(look) <= self.height() or look is _LOOKS[-1]:
                self._take_look(look)
                return

    def _height_of(self, look: tuple[int, int, int, bool]) -> int:
        """Worked out, not tried: trying would lay the window out anew."""
        icon_px, padding, spacing, words = look
        text = self.fontMetrics().height() + _BETWEEN if words else 0
        edges = self._column.contentsMargins()
        count = len(self._buttons)
        return count * (icon_px + text + 2 * padding + _FRAME) + (count - 1) * spacing + edges.top() + edges.bottom()

    def _take_look(self, look: tuple[int, int, int, bool]) -> None:
        if look == self._look:
            return
        self._look = look
        icon_px, padding, spacing, words = look
        style = Qt.ToolButtonStyle.ToolButtonTextUnderIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
        self._column.setSpacing(spacing)
        for button in self._buttons.values():
            button.setIconSize(QSize(icon_px, icon_px))
            button.setToolButtonStyle(style)
            button.setStyleSheet(_STYLE.format(padding))

    def _button(self, page: PageEntry, number: int) -> QToolButton:
        button = QToolButton(self)
        button.setText(page.title)
        button.setIcon(icon(page.icon))
        button.setIconSize(QSize(24, 24))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setFixedWidth(80)
        button.setToolTip(plain_tip(self.tr("{0} (Ctrl+{1})").format(page.title, number)))
        set_role(button, "quiet")
        button.setAccessibleName(page.title)
        button.setStyleSheet(_STYLE.format(_LOOKS[0][1]))
        on(button.clicked, self.chosen.emit, page.id)
        self._group.addButton(button)
        return button

    def select(self, page_id: str) -> None:
        self._buttons[page_id].setChecked(True)

    def buttons(self) -> dict[str, QToolButton]:
        return self._buttons
