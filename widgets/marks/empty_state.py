"""What a view shows while it has nothing: what belongs here and how to get it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from widgets.icons import show_icon
from widgets.layout.flow_row import CentredRow
from widgets.theme import set_role

_ICON = 40
MARGINS, _COMPACT_MARGINS = (24, 24, 24, 24), (12, 6, 12, 6)


def make_compact(state: QWidget, picture: QWidget, compact: bool) -> None:
    """A state without its picture and with small margins, where there is little height, or as usual."""
    picture.setVisible(not compact)
    if (layout := state.layout()) is not None:
        layout.setContentsMargins(*(_COMPACT_MARGINS if compact else MARGINS))


class EmptyState(QWidget):
    """Signals: action_requested()."""

    action_requested = Signal()

    def __init__(self, icon_name: str, title: str, text: str, action: str = "", parent: QWidget | None = None) -> None:
        """`action`: text of the button, "" for none."""
        super().__init__(parent)
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        show_icon(self._picture, icon_name, _ICON)
        self._title = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._buttons = CentredRow(spacing=8)
        self._button = QPushButton(action)
        self._button.clicked.connect(self.action_requested)
        set_role(self._title, "section")
        set_role(self._text, "secondary")
        self._lay_out_state()
        self._button.setVisible(bool(action))
        self.set_text(title, text)

    def _lay_out_state(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*MARGINS)
        column.setSpacing(8)
        column.addStretch(2)
        for part in (self._picture, self._title, self._text):
            column.addWidget(part)
        column.addSpacing(8)
        self._buttons.addWidget(self._button)
        column.addLayout(self._buttons)
        column.addStretch(3)

    def add_button(self, text: str) -> QPushButton:
        """Another way to get it, at the right of the first, which becomes the one that is recommended."""
        set_role(self._button, "primary")
        button = QPushButton(text)
        self._buttons.addWidget(button)
        return button

    def set_compact(self, compact: bool) -> None:
        """Without the picture and with small margins, where there is little height."""
        make_compact(self, self._picture, compact)

    def set_text(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setHidden(not text)
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()  # at once: a second line would be cut until the next turn of the event loop

    def set_action(self, action: str) -> None:
        """Text of the button."""
        self._button.setText(action)

    def set_action_visible(self, visible: bool) -> None:
        self._button.setVisible(visible)
