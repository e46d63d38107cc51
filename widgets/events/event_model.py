"""The rows of an event feed, changed by differences so that views keep their place."""

from collections.abc import Collection, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.model.event import Event, EventKind
from widgets.engine_text import translate_engine_text
from widgets.events.event_filter import EventFilter
from widgets.marks.plain_tip import plain_tip
from widgets.words import event_title

Index = QModelIndex | QPersistentModelIndex
EVENT_ROLE = int(Qt.ItemDataRole.UserRole)
_NOWHERE = QModelIndex()
NO_PLACES: Mapping[str, str] = MappingProxyType({})


class EventModel(QAbstractListModel):
    """Filtered events in the order given (newest first). Rows are matched by id. Main thread only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Event, ...] = ()
        self._names: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self._filter = EventFilter()
        self._rows: list[Event] = []
        self._row_of: dict[str, int] = {}
        self._clips: frozenset[str] = frozenset()
        self._false: frozenset[str] = frozenset()

    def set_events(self, events: tuple[Event, ...], names: Mapping[str, str], places: Mapping[str, str] = NO_PLACES) -> None:
        """`names`: of cameras by id; `places`: of zones, portals and nodes by id."""
        if self.shows(events, names, places):
            return
        self._all, self._names, self._places = events, dict(names), dict(places)
        self._show_events(self._passing())

    def shows(self, events: tuple[Event, ...], names: Mapping[str, str], places: Mapping[str, str] = NO_PLACES) -> bool:
        """True when exactly this was set last; costs nothing, so it may be asked with every snapshot."""
        return events is self._all and names == self._names and places == self._places

    def set_filter(self, chosen: EventFilter) -> None:
        self._filter = chosen
        self._show_events(self._passing())

    def set_false_alarms(self, event_ids: Collection[str]) -> None:
        """Events that operators marked as false alarms."""
        changed, self._false = self._false ^ frozenset(event_ids), frozenset(event_ids)
        for row in (row for row in range(self.rowCount()) if self.event_at(row).id in changed):
            self.dataChanged.emit(self.index(row), self.index(row))

    def is_false_alarm(self, event_id: str) -> bool:
        return event_id in self._false

    def set_clip_events(self, event_ids: Collection[str]) -> None:
        changed = self._clips ^ frozenset(event_ids)
        self._clips = frozenset(event_ids)
        for event_id in changed & self._row_of.keys():
            self.touch(event_id)

    def filter(self) -> EventFilter:
        return self._filter

    def total(self) -> int:
        """Events given, shown or not."""
        return len(self._all)

    def event_at(self, row: int) -> Event:
        return self._rows[row]

    def row_of(self, event_id: str) -> int:
        """-1 when it is not shown."""
        return self._row_of.get(event_id, -1)

    def place_words(self, event: Event) -> str:
        """Who, where that is known, and where it was: the camera's name, or what radio can say."""
        place_id = event.subject_id if event.kind is EventKind.NODE_LOST else event.zone_id
        place = self._names.get(event.camera_id, event.camera_id) if event.camera_id else self._places.get(place_id, place_id)
        return " · ".join(part for part in (event.person, place) if part)

    def has_clip(self, event_id: str) -> bool:
        return event_id in self._clips

    def touch(self, event_id: str) -> None:
        """Have the row painted again."""
        row = self.row_of(event_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        event = self._rows[index.row()]
        if role == EVENT_ROLE:
            return event
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (event_title(event), self.place_words(event)) if part)
        return plain_tip(translate_engine_text(event.reason)) or None if role == Qt.ItemDataRole.ToolTipRole else None

    def _passing(self) -> list[Event]:
        if self._filter.is_open():
            return list(self._all)
        return [event for event in self._all if self._filter.lets_through(event, self.place_words(event))]

    def _show_events(self, wanted: list[Event]) -> None:
        wanted_ids = [event.id for event in wanted]
        staying = set(wanted_ids)
        if [event.id for event in self._rows if event.id in staying] != [event_id for event_id in wanted_ids if event_id in self._row_of]:
            self._reset(wanted)
            return
        self._remove_rows([row for row, event in enumerate(self._rows) if event.id not in staying])
        self._insert(wanted)
        self._update_rows(wanted)

    def _reset(self, wanted: list[Event]) -> None:
        """Order has changed: rare, and not worth moving rows one by one."""
        self.beginResetModel()
        self._rows = wanted
        self._index_rows()
        self.endResetModel()

    def _remove_rows(self, rows: list[int]) -> None:
        for first, last in reversed(_runs(rows)):
            self.beginRemoveRows(_NOWHERE, first, last)
            del self._rows[first : last + 1]
            self._index_rows()
            self.endRemoveRows()

    def _insert(self, wanted: list[Event]) -> None:
        for first, last in _runs([row for row, event in enumerate(wanted) if event.id not in self._row_of]):
            self.beginInsertRows(_NOWHERE, first, last)
            self._rows[first:first] = wanted[first : last + 1]
            self._index_rows()
            self.endInsertRows()

    def _update_rows(self, wanted: list[Event]) -> None:
        changed = [row for row, (old, new) in enumerate(zip(self._rows, wanted, strict=True)) if old is not new and old != new]
        self._rows = wanted
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first), self.index(last))

    def _index_rows(self) -> None:
        self._row_of = {event.id: row for row, event in enumerate(self._rows)}


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Ascending numbers as ranges of neighbours (first, last)."""
    grouped = (list(group) for _, group in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]))
    return [(run[0][1], run[-1][1]) for run in grouped]
