"""One line above a wall: a shift has begun, and a wall is kept for it. Nothing changes until somebody says so."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from console.wall.book import NamedWall
from console.wall.shift import wall_now
from widgets.layout.boxes import make_row
from widgets.marks.notice import Notice
from widgets.theme import set_role
from widgets.time_text import local_time


class WallOffer(QFrame):
    """Signals: accepted(name)."""

    accepted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "raised")
        self._answered = ""
        self._offered = ""
        self.notice = Notice("", "low")
        self.use_button = QPushButton(self.tr("&Use it"))
        self.not_now_button = QPushButton(self.tr("Not &now"))
        row = make_row(self, margins=(12, 6, 8, 6))
        row.addWidget(self.notice, 1)
        row.addWidget(self.use_button)
        row.addWidget(self.not_now_button)
        self.use_button.clicked.connect(lambda: self.accepted.emit(self._offered))
        self.not_now_button.clicked.connect(self.withdraw)
        self.hide()

    def show_time(self, walls: Sequence[NamedWall], shown: str, now_ns: int) -> None:
        """`shown`: the named wall that is on the screen. Offered once per shift, and taken back when the shift is over."""
        now = local_time(now_ns)
        due = wall_now(((wall.name, wall.shift) for wall in walls), now.hour * 60 + now.minute)
        if due != self._answered:
            self._answered = ""
        if not due or due in (self._answered, shown):
            self._answered = due
            self._set("", "")
        elif due != self._offered:
            shift = next(wall.shift for wall in walls if wall.name == due)
            self._set(due, self.tr("Wall “{1}” is saved for the shift {0}.").format(shift.text if shift else "", due))

    def offered(self) -> str:
        return self._offered

    def withdraw(self) -> None:
        """Not asked again during this shift."""
        self._answered = self._offered or self._answered
        self._set("", "")

    def _set(self, name: str, text: str) -> None:
        if name != self._offered:
            self._offered = name
            self.notice.set_notice(text, "low")
            self.setVisible(bool(name))
