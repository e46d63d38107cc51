"""Facts about one thing: what is known on the left, its value on the right."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from widgets.look import scaled
from widgets.marks.plain_tip import plain_tip
from widgets.theme import set_role

_LINE = 16


class Facts(QWidget):
    """Labels stay where they are while values follow; a fact that is empty is not shown."""

    def __init__(self, parent: QWidget | None = None, tips: Mapping[str, str] | None = None) -> None:
        """`tips`: for a `what` of `set_facts`, a sentence about it."""
        super().__init__(parent)
        self._tips = tips or {}
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnMinimumWidth(0, 92)
        self._grid.setColumnStretch(1, 1)

    def set_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        """(what, value) in their order; always the same `what`s in the same order."""
        for number, (what, value) in enumerate(facts):
            label, shown = self._fact_row(what)
            self._grid.setRowMinimumHeight(number, scaled(_LINE) if value else 0)  # lines that are broken could be squeezed otherwise
            if shown.text() != value:
                shown.setText(value)
                shown.setAccessibleName(f"{what} {value}")
            label.setVisible(bool(value))
            shown.setVisible(bool(value))

    def fact_text(self, what: str) -> str:
        return self._rows[what][1].text()

    def _fact_row(self, what: str) -> tuple[QLabel, QLabel]:
        if what not in self._rows:
            label = QLabel(what, alignment=Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, textFormat=Qt.TextFormat.PlainText)
            set_role(label, "secondary")
            shown = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            for part in (label, shown):
                part.setToolTip(plain_tip(self._tips.get(what, "")))
            number = len(self._rows)
            self._grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, number, 1)
            self._rows[what] = (label, shown)
        return self._rows[what]
