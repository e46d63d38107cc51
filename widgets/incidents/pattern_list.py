"""What happens again and again around a place, as Atlas sees it. "Unavailable" is never shown as "none nearby"."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.model.incidents.atlas_call import Pattern, PatternAnswer
from widgets.incidents.incident_words import category_word, distance_text, one_line
from widgets.marks.notice import Notice
from widgets.number_text import number_text
from widgets.theme import set_role
from widgets.translation import tr


class PatternList(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: object = None
        self._lines: list[QLabel] = []
        self.state = Notice()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.state)
        self.set_answer(None)

    def set_answer(self, answer: PatternAnswer | None, trouble: str = "") -> None:
        """None: it is being asked, or could not be (`trouble`)."""
        if (answer, trouble) == self._shown:
            return
        self._shown = (answer, trouble)
        text, level = pattern_state(answer, trouble)
        self.state.set_notice(text, level)
        for label in self._lines:
            label.hide()
            label.deleteLater()
        self._lines = []
        if answer is not None and answer.available:
            for pattern in answer.patterns:
                self._add_line(pattern_text(pattern), "")
            for advice in answer.recommendations:
                self._add_line(f"→ {one_line(advice)}", "secondary")

    def texts(self) -> tuple[str, ...]:
        return tuple(label.text() for label in self._lines)

    def _add_line(self, text: str, role: str) -> None:
        label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        if role:
            set_role(label, role)
        self._lines.append(label)
        self._column.addWidget(label)


def pattern_state(answer: PatternAnswer | None, trouble: str = "") -> tuple[str, str]:
    """In words, and their level."""
    if answer is None:
        return (
            (tr("Unavailable. {0} Patterns may still exist.").format(trouble), "moderate") if trouble else (tr("Asking Atlas…"), "neutral")
        )
    if not answer.available:
        why = answer.reason or tr("No answer from Atlas.")
        return tr("Unavailable. {0} Patterns may still exist.").format(why), "moderate"
    if not answer.patterns:
        return tr("No Atlas patterns within 5 km."), "neutral"
    return tr("{0} within 5 km").format(number_text(len(answer.patterns))), "low"


def pattern_text(pattern: Pattern) -> str:
    kinds = ", ".join(category_word(category) for category in pattern.categories)
    trend = f", {one_line(pattern.trend)}" if pattern.trend else ""
    times = tr("{0} times").format(number_text(pattern.count))
    return f"{one_line(pattern.name) or pattern.id}: {times}{trend}, {distance_text(pattern.distance_m)}" + (f" ({kinds})" if kinds else "")
