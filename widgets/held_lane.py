"""The grey lane at the foot: what was not shown to the operator, and what rules on trial would have raised. One click opens it."""

from collections.abc import Mapping

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engine.model.decision import Decision
from engine.model.explanation import first_failed
from engine.model.time import Clock
from widgets.alert_delegate import text_left, text_right
from widgets.alert_words import NO_NAMES, decision_place, decision_title, tr
from widgets.gate_words import short_words
from widgets.icons import icon
from widgets.theme import color, font, set_role
from widgets.time_text import relative_text

_ROW, _MOST_SHOWN = 46, 4
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class HeldLane(QWidget):
    """Signals: opened(bool); chosen(decision id); promote_wanted(decision id)."""

    opened = Signal(bool)
    chosen = Signal(str)
    promote_wanted = Signal(str)

    def __init__(self, clock: Clock, word: str, action: str = "", parent: QWidget | None = None) -> None:
        """`word`: of the head, “Held”. `action`: what can be done with one; empty: nothing."""
        super().__init__(parent)
        self._word = word
        self.head = QPushButton(checkable=True)
        set_role(self.head, "quiet")
        self.head.setStyleSheet("QPushButton { text-align: left; }")
        self.model = HeldModel(self)
        self.view = QListView()
        self.view.setAccessibleName(word)
        self.view.setModel(self.model)
        self.view.setItemDelegate(_HeldDelegate(self.model, clock, self.view))
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.promote = QPushButton(icon("upload"), action)
        self.promote.setVisible(bool(action))
        self._foot = QWidget()
        self._lay_out(bool(action))
        self._connect()
        self._show_head()

    def _lay_out(self, acts: bool) -> None:
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.promote)
        self._acts = acts
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.head)
        column.addWidget(self.view)
        column.addWidget(self._foot)
        self.view.hide()
        self._foot.hide()

    def _connect(self) -> None:
        self.head.toggled.connect(self._open)
        self.view.selectionModel().currentChanged.connect(lambda index, _: self.chosen.emit(self.model.id_at(index.row())))
        self.view.clicked.connect(lambda index: self.chosen.emit(self.model.id_at(index.row())))
        self.view.activated.connect(lambda index: self._promote())
        self.promote.clicked.connect(self._promote)

    def set_decisions(self, decisions: tuple[Decision, ...], cameras: Mapping[str, str], places: Mapping[str, str]) -> None:
        """Newest first."""
        if not self.model.set_decisions(decisions, cameras, places):
            return
        self._show_head()
        self.view.setFixedHeight(2 + _ROW * max(1, min(len(decisions), _MOST_SHOWN)))
        self._open(self.head.isChecked())

    def current(self) -> str:
        return self.model.id_at(self.view.currentIndex().row())

    def is_open(self) -> bool:
        return self.head.isChecked()

    def open(self) -> None:
        self.head.setChecked(True)

    def _open(self, on: bool) -> None:
        some = self.model.rowCount() > 0
        self.view.setVisible(on and some)
        self._foot.setVisible(on and some and self._acts)
        self._show_head()
        if on and some and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0))
        self.opened.emit(on)

    def _show_head(self) -> None:
        self.head.setText(tr("{0} ({1})").format(self._word, self.model.rowCount()))
        self.head.setIcon(icon("chevron-down" if self.head.isChecked() else "chevron-right"))

    def _promote(self) -> None:
        if self._acts and self.promote.isEnabled() and (chosen := self.current()):
            self.promote_wanted.emit(chosen)


class HeldModel(QAbstractListModel):
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

    def decision(self, row: int) -> Decision:
        return self._rows[row]

    def place(self, decision: Decision) -> str:
        return decision_place(decision, self._cameras, self._places)

    def id_at(self, row: int) -> str:
        return self._rows[row].id if 0 <= row < len(self._rows) else ""

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        decision = self._rows[index.row()]
        return ", ".join(part for part in (decision_title(decision), self.place(decision), why_short(decision)) if part)


def why_short(decision: Decision) -> str:
    """The first gate that stopped it, and by how much."""
    reading = first_failed(decision)
    return short_words(reading) if reading is not None else decision.flip


class _HeldDelegate(QStyledItemDelegate):
    def __init__(self, model: HeldModel, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._clock = model, clock

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(240, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        decision = self._model.decision(index.row())
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, color("accent_quiet"))
        half = area.height() // 2
        upper, lower = (
            QRect(area.left() + 12, area.top() + 3, area.width() - 24, half - 2),
            QRect(area.left() + 12, area.top() + half, area.width() - 24, half - 3),
        )
        rest = text_right(painter, upper, relative_text(decision.decided_ns, self._clock.now_ns()), font("secondary"), "secondary")
        title = " · ".join(part for part in (decision_title(decision), self._model.place(decision)) if part)
        text_left(painter, rest, title, font("body"), "text")
        text_left(painter, lower, why_short(decision), font("secondary"), "secondary")
