"""A text that somebody else wrote, whole and as it is: never as HTML, wrapped wherever needed, begun at the side its writing begins."""

import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from widgets.incidents.incident_words import whole_text


class WrittenText(QLabel):
    """Can be selected by mouse and keyboard."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.set_written(text)

    def set_written(self, text: str) -> None:
        shown = whole_text(text)
        if shown == self.text():
            return
        side = Qt.AlignmentFlag.AlignRight if _reads_leftwards(shown) else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)
        self.setText(shown)
        self.setAccessibleName(text)


def _reads_leftwards(text: str) -> bool:
    """By its first letter that has a direction (UAX 9, rules P2 and P3)."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)
