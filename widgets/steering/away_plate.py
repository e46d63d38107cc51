"""The plate at the foot of a tile whose camera does not show its usual view: who or what moved it, and the way back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role

PLATE_HEIGHT = 34


class AwayPlate(QFrame):
    """Signals: home_requested()."""

    home_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setAutoFillBackground(True)
        self.setFixedHeight(PLATE_HEIGHT)
        self.text = ElidedLabel(parent=self)
        self.home = QToolButton(self)
        self.home.setIcon(icon("undo-2"))
        self.home.setText(self.tr("Back to home"))
        self.home.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.home.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(self.home, "quiet")
        self.home.clicked.connect(self.home_requested)
        row = make_row(self, spacing=6, margins=(8, 2, 4, 2))
        row.addWidget(self.text, 1)
        row.addWidget(self.home)
        self.hide()

    def show_words(self, words: str, why_not_home: str) -> None:
        """`why_not_home`: empty where it can be sent home."""
        if words != self.text.text():
            self.text.setText(words)
            self.setAccessibleName(words)
        self.text.setToolTip(plain_tip(f"{words}. {self.tr('Zones and lines are on hold.')}"))
        self.home.setEnabled(not why_not_home)
        self.home.setToolTip(plain_tip(why_not_home or self.tr("Send the camera to its home position")))
