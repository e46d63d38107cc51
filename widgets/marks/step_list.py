"""The steps of something guided: done, doing, to do, failed; by shape, word and colour."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.icons import icon_pixmap
from widgets.marks.plain_tip import plain_tip
from widgets.shapes import draw_shape
from widgets.theme import color, set_role, shape_color

STATES = ("todo", "doing", "done", "failed")


class StepList(QWidget):
    """One line per step."""

    def __init__(self, texts: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: dict[str, str] = dict(zip(STATES, (self.tr("To do"), self.tr("Now"), self.tr("Done"), self.tr("Failed")), strict=True))
        self._steps = tuple(_Step(text) for text in texts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for step in self._steps:
            column.addWidget(step)
        self.start_afresh()

    def start_afresh(self) -> None:
        for step in self._steps:
            step.show_state("todo", "", self._words["todo"])

    def set_step(self, number: int, state: str, note: str = "") -> None:
        """`state`: see `STATES`; `note`: what came of it, or what to do meanwhile."""
        self._steps[number].show_state(state, note, self._words[state])

    def go_to(self, number: int, note: str = "") -> None:
        """Everything before it is done."""
        for earlier in range(number):
            if self.state(earlier) != "done":
                self.set_step(earlier, "done")
        if number < len(self._steps):
            self.set_step(number, "doing", note)

    def fail(self) -> None:
        """What was being done has failed."""
        for number, step in enumerate(self._steps):
            if step.state == "doing":
                self.set_step(number, "failed")

    def state(self, number: int) -> str:
        return self._steps[number].state


class _Step(QWidget):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.state = ""
        self._mark = _StepMark()
        self._text = QLabel(text, textFormat=Qt.TextFormat.PlainText)
        self._note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._note.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        set_role(self._note, "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addWidget(self._text)
        row.addWidget(self._note, 1)

    def show_state(self, state: str, note: str, word: str) -> None:
        if state != self.state:
            self.state = state
            self._mark.show_state(state)
            set_role(self._text, "secondary" if state == "todo" else "")
        self._note.setText(note)
        self.setAccessibleName(f"{self._text.text()} {word} {note}".strip())
        self.setToolTip(plain_tip(word))


class _StepMark(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._state = "todo"
        self.setFixedSize(QSize(18, 22))

    def show_state(self, state: str) -> None:
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._state == "done":
            painter.drawPixmap(1, 3, icon_pixmap("check", color("good"), 16, self.devicePixelRatioF()))
        else:
            shape, role = {"todo": ("ring", "disabled"), "doing": ("disc", "accent"), "failed": ("diamond", "critical")}[self._state]
            draw_shape(painter, shape, QRectF(4, 6, 10, 10), shape_color(role))
        painter.end()
