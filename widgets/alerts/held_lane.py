"""The grey lane at the foot: what was not shown to the operator, and what rules on trial would have raised. One click opens it."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from engine.model.alerts.decision import Decision, Outcome
from engine.model.time import Clock
from widgets.alerts.decision_list import ROW_HEIGHT, DecisionList
from widgets.icons import icon
from widgets.look import scaled
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr

_MOST_SHOWN = 4
_FIRE, _SECOND_SCORER = "fire risk", "second scorer"  # gates


class HeldLane(QWidget):
    """Signals: chosen(decision id)."""

    chosen = Signal(str)

    def __init__(self, clock: Clock, word: str, parent: QWidget | None = None) -> None:
        """`word`: of the head, such as “Held”."""
        super().__init__(parent)
        self._word = word
        self.head = with_properties(QPushButton(), checkable=True)
        set_role(self.head, "quiet")
        self.head.setStyleSheet("QPushButton { text-align: left; }")
        self.view = DecisionList(clock)
        self.model = self.view.rows
        self.view.setAccessibleName(word)
        self._lay_out_lane()
        self._connect_lane()
        self._show_head()

    def _lay_out_lane(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.head)
        column.addWidget(self.view)
        self.view.hide()

    def _connect_lane(self) -> None:
        self.head.toggled.connect(self._toggle_list)
        self.view.chosen.connect(self.chosen)

    def set_decisions(self, decisions: tuple[Decision, ...], cameras: Mapping[str, str], places: Mapping[str, str]) -> None:
        """Newest first. What was chosen stays so, without being chosen anew."""
        before = self.current()
        self.view.blockSignals(True)
        if self.view.set_decisions(decisions, cameras, places):
            row = next((number for number, each in enumerate(decisions) if each.id == before), -1)
            if row >= 0:
                self.view.choose_row(row)
            self.view.setFixedHeight(2 + scaled(ROW_HEIGHT) * max(1, min(len(decisions), _MOST_SHOWN)))
            self._show_parts()
        self.view.blockSignals(False)

    def current(self) -> str:
        return self.view.current()

    def clear(self) -> None:
        """Something elsewhere is chosen."""
        self.view.clear()

    def is_open(self) -> bool:
        return self.head.isChecked()

    def show_list(self) -> None:
        self.head.setChecked(True)

    def _toggle_list(self, on: bool) -> None:
        self._show_parts()
        if on and self.model.rowCount() and not self.current():
            self.view.choose_row(0)

    def _show_parts(self) -> None:
        shown = self.is_open() and self.model.rowCount() > 0
        self.view.setVisible(shown)
        self._show_head()

    def _show_head(self) -> None:
        said = tr("{0} ({1})").format(self._word, self.model.rowCount())
        shown = self.model.all_decisions()
        if dry := held_by(shown, _FIRE):
            said = tr("{0} · by fire risk ({1})").format(said, dry)
        if declined := held_by(shown, _SECOND_SCORER):
            said = tr("{0} · by second smoke check ({1})").format(said, declined)
        self.head.setText(said)
        self.head.setIcon(icon("chevron-down" if self.head.isChecked() else "chevron-right"))


def held_by(decisions: tuple[Decision, ...], gate: str) -> int:
    """How many of them this gate keeps from the operator, alone or with something else."""
    return sum(each.outcome is Outcome.HELD and any(one.gate == gate and not one.passed for one in each.gates) for each in decisions)
