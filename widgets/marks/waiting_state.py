"""What a view shows while something is made that takes some seconds: what, how far it is, and a way out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from widgets.icons import show_icon
from widgets.marks.empty_state import MARGINS, make_compact
from widgets.theme import set_role

_ICON = 40
_BAR = 280


class WaitingState(QWidget):
    """Signals: cancelled()."""

    cancelled = Signal()

    def __init__(self, icon_name: str, title: str, text: str, cancel: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        show_icon(self._picture, icon_name, _ICON)
        self._title = QLabel(title, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text = QLabel(text, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName(title)
        self.progress.setFixedWidth(_BAR)
        self.button = QPushButton(cancel)
        self.button.clicked.connect(self.cancelled)
        set_role(self._title, "section")
        set_role(self._text, "secondary")
        self._lay_out_state()

    def _lay_out_state(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(*MARGINS)
        column.setSpacing(8)
        column.addStretch(2)
        for part in (self._picture, self._title, self._text):
            column.addWidget(part)
        column.addSpacing(8)
        for narrow in (self.progress, self.button):
            column.addWidget(narrow, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def set_compact(self, compact: bool) -> None:
        """Without the picture and with small margins, where there is little height."""
        make_compact(self, self._picture, compact)

    def show_progress(self, done: int, total: int) -> None:
        """`total` 0: nobody knows how much there is to do."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
