"""A list of decisions, two lines each: what it was about, and the first gate that stopped it."""

from collections.abc import Mapping

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.model.alerts.decision import Decision, Outcome
from engine.model.alerts.explanation import first_failed
from engine.model.time import Clock
from widgets.alerts.alert_delegate import text_left, text_right
from widgets.alerts.alert_words import NO_NAMES, decision_place, decision_title, is_on_trial, outcome_word
from widgets.alerts.gate_words import short_words
from widgets.look import scaled
from widgets.marks.chosen_row import fill_chosen
from widgets.theme import font
from widgets.time_text import relative_text
from widgets.translation import tr

ROW_HEIGHT = 46
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class DecisionList(QListView):
    """Signals: chosen(decision id)."""

    chosen = Signal(str)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = DecisionModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_DecisionDelegate(self.rows, clock, self))
        self.setAccessibleName(self.tr("Decisions"))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._emit_chosen)
        self.clicked.connect(self._emit_chosen)

    def set_decisions(self, decisions: tuple[Decision, ...], cameras: Mapping[str, str], places: Mapping[str, str]) -> bool:
        """False where nothing has changed."""
        return self.rows.set_decisions(decisions, cameras, places)

    def current(self) -> str:
        return self.rows.id_at(self.currentIndex().row())

    def decision(self, decision_id: str) -> Decision | None:
        return next((each for each in self.rows.all_decisions() if each.id == decision_id), None)

    def choose_row(self, row: int) -> None:
        self.setCurrentIndex(self.rows.index(row))

    def clear(self) -> None:
        """Nothing is chosen; nobody is told."""
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())

    def _emit_chosen(self, index: QModelIndex) -> None:
        if decision_id := self.rows.id_at(index.row()):
            self.chosen.emit(decision_id)


class DecisionModel(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: tuple[Decision, ...] = ()
        self._cameras: Mapping[str, str] = NO_NAMES
        self._places: Mapping[str, str] = NO_NAMES

    def set_decisions(self, decisions: tuple[Decision, ...], cameras: Mapping[str, str], places: Mapping[str, str]) -> bool:
        """False where nothing has changed."""
        if decisions == self._rows and cameras == self._cameras and places == self._places:
            return False
        kept = [held.id for held in self._rows] == [held.id for held in decisions]
        if not kept:
            self.beginResetModel()
        self._rows, self._cameras, self._places = decisions, dict(cameras), dict(places)
        if not kept:
            self.endResetModel()
        return True

    def all_decisions(self) -> tuple[Decision, ...]:
        return self._rows

    def decision(self, row: int) -> Decision:
        return self._rows[row]

    def place_words(self, decision: Decision) -> str:
        return decision_place(decision, self._cameras, self._places)

    def id_at(self, row: int) -> str:
        return self._rows[row].id if 0 <= row < len(self._rows) else ""

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        decision = self._rows[index.row()]
        return ", ".join(part for part in (decision_title(decision), self.place_words(decision), why_short(decision)) if part)


def why_short(decision: Decision) -> str:
    """The first gate that stopped it, and by how much."""
    if is_on_trial(decision):
        return tr("The rule is on trial; armed, it would have raised an alert")
    reading = first_failed(decision)
    return short_words(reading, decision.facts) if reading is not None else tr("All conditions met")


class _DecisionDelegate(QStyledItemDelegate):
    def __init__(self, model: DecisionModel, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._clock = model, clock

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(240, scaled(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        decision = self._model.decision(index.row())
        if state & QStyle.StateFlag.State_Selected:
            fill_chosen(painter, area)
        half = area.height() // 2
        upper, lower = (
            QRect(area.left() + 12, area.top() + 3, area.width() - 24, half - 2),
            QRect(area.left() + 12, area.top() + half, area.width() - 24, half - 3),
        )
        rest = text_right(painter, upper, relative_text(decision.decided_ns, self._clock.now_ns()), font("secondary"), "secondary")
        outcome = "" if decision.outcome is Outcome.HELD or is_on_trial(decision) else outcome_word(decision.outcome)
        title = " · ".join(part for part in (decision_title(decision), self._model.place_words(decision), outcome) if part)
        text_left(painter, rest, title, font("body"), "text")
        text_left(painter, lower, why_short(decision), font("secondary"), "secondary")
