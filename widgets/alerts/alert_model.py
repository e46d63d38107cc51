"""The rows of the list of alerts: heads and alerts, changed by differences so that the list keeps its place."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.model.accounts.user_ref import NOBODY, UserRef
from engine.model.alerts.alert import Alert
from widgets.alerts.alert_rows import AlertFilter, AlertRow, GroupRow, Row, alert_rows
from widgets.alerts.alert_words import NO_NAMES, alert_place, spoken_alert
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class AlertModel(QAbstractListModel):
    """Filtered alerts, grouped. Rows are matched by id. Main thread only."""

    def __init__(self, user: UserRef = NOBODY, parent: QObject | None = None, grouped: bool = True) -> None:
        """`user`: whose list it is, for “mine” and for what they have not seen. Not grouped: as they are given."""
        super().__init__(parent)
        self._grouped = grouped
        self.user = user
        self._all: tuple[Alert, ...] = ()
        self._cameras: Mapping[str, str] = NO_NAMES
        self._places: Mapping[str, str] = NO_NAMES
        self._filter = AlertFilter()
        self._now_ns = 0
        self._rows: tuple[Row, ...] = ()
        self._row_of: dict[str, int] = {}

    def set_alerts(self, alerts: tuple[Alert, ...], cameras: Mapping[str, str], places: Mapping[str, str], now_ns: int) -> None:
        """Costs little where nothing has changed. `now_ns`: what is shelved until then comes back."""
        same = alerts is self._all and cameras == self._cameras and places == self._places
        before_ns, self._now_ns = self._now_ns, now_ns
        if same and not any(alert.shelved(before_ns) != alert.shelved(now_ns) for alert in alerts):
            return
        self._all, self._cameras, self._places = alerts, dict(cameras), dict(places)
        self._show_filtered()

    def set_filter(self, chosen: AlertFilter) -> None:
        if chosen != self._filter:
            self._filter = chosen
            self._show_filtered()

    def filter(self) -> AlertFilter:
        return self._filter

    def all_alerts(self) -> tuple[Alert, ...]:
        """Shown or not."""
        return self._all

    def visible_alerts(self) -> list[Alert]:
        return [row.alert for row in self._rows if isinstance(row, AlertRow)]

    def row_at(self, number: int) -> Row:
        return self._rows[number]

    def alert(self, alert_id: str) -> Alert | None:
        number = self._row_of.get(alert_id, -1)
        row = self._rows[number] if number >= 0 else None
        return row.alert if isinstance(row, AlertRow) else None

    def row_of(self, alert_id: str) -> int:
        """-1 where it is not shown."""
        return self._row_of.get(alert_id, -1)

    def place_words(self, alert: Alert) -> str:
        return alert_place(alert, self._cameras, self._places)

    def is_seen(self, alert: Alert) -> bool:
        """By whose list it is. What is closed wants nobody to look any more."""
        return not alert.open or alert.is_seen_by(self.user)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Heads are read, not chosen."""
        if index.isValid() and isinstance(self._rows[index.row()], AlertRow):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(row, GroupRow):
                return self.tr("{0}, {1} alerts, {2} new").format(row.title, number_text(row.count), number_text(row.new))
            return spoken_alert(row.alert, self.place_words(row.alert), self.is_seen(row.alert))
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, AlertRow):
            return plain_tip(row.alert.reason) or None
        return None

    def _show_filtered(self) -> None:
        passing = [alert for alert in self._all if self._filter.lets_through(alert, self.place_words(alert), self.user, self._now_ns)]
        plain = tuple(AlertRow(alert) for alert in passing)
        self._replace_rows(alert_rows(passing, self._cameras, self._places) if self._grouped else plain)

    def _replace_rows(self, rows: tuple[Row, ...]) -> None:
        keys, before = [_row_key(row) for row in rows], [_row_key(row) for row in self._rows]
        if keys == before:
            self._update_rows(rows)
            return
        first = _common(keys, before)
        last = _common(keys[first:][::-1], before[first:][::-1])
        self._replace(rows, first, len(before) - last, len(keys) - last)

    def _replace(self, rows: tuple[Row, ...], first: int, before_end: int, after_end: int) -> None:
        """Rows from `first` up to the two ends differ; the rest stays where it is."""
        tail = self._rows[before_end:]
        if before_end > first:
            self.beginRemoveRows(_NOWHERE, first, before_end - 1)
            self._set((*self._rows[:first], *tail))
            self.endRemoveRows()
        if after_end > first:
            self.beginInsertRows(_NOWHERE, first, after_end - 1)
            self._set((*self._rows[:first], *rows[first:after_end], *tail))
            self.endInsertRows()
        self._update_rows(rows)

    def _update_rows(self, rows: Sequence[Row]) -> None:
        changed = [number for number, (old, new) in enumerate(zip(self._rows, rows, strict=True)) if old != new]
        self._set(tuple(rows))
        for number in changed:
            self.dataChanged.emit(self.index(number), self.index(number))

    def _set(self, rows: tuple[Row, ...]) -> None:
        self._rows = rows
        self._row_of = {row.alert.id: number for number, row in enumerate(rows) if isinstance(row, AlertRow)}


def _row_key(row: Row) -> tuple[str, str]:
    return ("group", row.key) if isinstance(row, GroupRow) else ("alert", row.alert.id)


def _common(first: Sequence[tuple[str, str]], second: Sequence[tuple[str, str]]) -> int:
    """How many are the same from the beginning."""
    same = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        same += 1
    return same
