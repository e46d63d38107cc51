"""The rows of a list of review items: items, and below those that are unfolded, their events."""

from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile
from operator import eq
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.model.alerts.alert import Disposition
from engine.model.event import Event
from engine.model.review.review import ReviewItem
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.review.review_words import item_sentence, verdict_word
from widgets.words import event_title

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """An item, or one event of it."""

    item: ReviewItem
    event: Event | None = None

    @property
    def id(self) -> str:
        return self.item.id if self.event is None else f"{self.item.id}/{self.event.id}"

    @property
    def picture_id(self) -> str:
        """The event whose picture it shows; empty: none."""
        return self.item.best_event_id if self.event is None else self.event.id if self.event.camera_id else ""


class ReviewModel(QAbstractListModel):
    """Main thread only. What it shows changes only by `show_items`: it is the list that decides when rows may move."""

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.cameras: Mapping[str, str] = _NO_NAMES
        self.places: Mapping[str, str] = _NO_NAMES
        self._reviewed: frozenset[str] = frozenset()
        self._verdicts: Mapping[str, Disposition] = {}  # by event
        self._events: dict[str, tuple[Event, ...]] = {}  # of items that are unfolded
        self._items: tuple[ReviewItem, ...] = ()
        self._lines: list[ReviewLine] = []

    def show_items(self, items: tuple[ReviewItem, ...]) -> None:
        self._items = items
        self._events = {item.id: self._events[item.id] for item in items if item.id in self._events}
        lines = [line for item in items for line in (ReviewLine(item), *(ReviewLine(item, each) for each in self._events.get(item.id, ())))]
        self._replace_middle(lines)
        self._update_lines(lines)

    def set_reviewed(self, ids: Collection[str]) -> None:
        changed = self._reviewed ^ frozenset(ids)
        self._reviewed = frozenset(ids)
        for row, line in enumerate(self._lines):
            if line.item.id in changed:
                self.dataChanged.emit(self.index(row), self.index(row))

    def set_verdicts(self, verdicts: Mapping[str, Disposition]) -> bool:
        """Whether they changed."""
        changed, self._verdicts = verdicts != self._verdicts, verdicts
        return changed

    def verdict_of(self, line: ReviewLine) -> Disposition | None:
        """Of an event; of an item that of its best event, but a true alarm among the others is not passed over."""
        if line.event is not None:
            return self._verdicts.get(line.event.id)
        item = line.item
        if Disposition.TRUE in {self._verdicts.get(event_id) for event_id in item.event_ids}:
            return Disposition.TRUE
        return self._verdicts.get(item.best_event_id or item.event_ids[0]) if item.event_ids else None

    def unfold(self, item_id: str, events: tuple[Event, ...]) -> None:
        """Without events: fold."""
        if events:
            self._events[item_id] = events
        else:
            self._events.pop(item_id, None)
        self.show_items(self._items)

    def is_unfolded(self, item_id: str) -> bool:
        return item_id in self._events

    def is_reviewed(self, item_id: str) -> bool:
        return item_id in self._reviewed

    def shown_items(self) -> tuple[ReviewItem, ...]:
        return self._items

    def line_at(self, row: int) -> ReviewLine:
        return self._lines[row]

    def row_of(self, line_id: str) -> int:
        """-1 when it is not shown."""
        return next((row for row, line in enumerate(self._lines) if line.id == line_id), -1)

    def touch(self, event_id: str) -> None:
        """Have the rows with its picture painted again."""
        for row, line in enumerate(self._lines):
            if event_id in (line.picture_id, *(line.item.event_ids if line.event is None else ())):
                self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        line = self._lines[index.row()]
        if line.event is not None:
            return ", ".join(part for part in (event_title(line.event), line.event.person, verdict_word(self.verdict_of(line))) if part)
        told = item_sentence(line.item, self.cameras, self.places, self.is_reviewed(line.item.id), self._clock.now_ns())
        return ", ".join(part for part in (told, verdict_word(self.verdict_of(line))) if part)

    def _update_lines(self, lines: list[ReviewLine]) -> None:
        changed = [row for row, (old, new) in enumerate(zip(self._lines, lines, strict=True)) if old != new]
        self._lines = lines
        for row in changed:
            self.dataChanged.emit(self.index(row), self.index(row))

    def _replace_middle(self, lines: list[ReviewLine]) -> None:
        """Rows at both ends that stay, stay: the current one, what is selected and the place of the list hold."""
        before, after = [line.id for line in self._lines], [line.id for line in lines]
        first = _common(before, after)
        last = _common(before[first:][::-1], after[first:][::-1])
        if len(before) > first + last:
            self.beginRemoveRows(_NOWHERE, first, len(before) - last - 1)
            del self._lines[first : len(before) - last]
            self.endRemoveRows()
        if len(after) > first + last:
            self.beginInsertRows(_NOWHERE, first, len(after) - last - 1)
            self._lines[first:first] = lines[first : len(after) - last]
            self.endInsertRows()


def _common(some: Sequence[str], others: Sequence[str]) -> int:
    """How many are the same at the beginning."""
    return sum(1 for _ in takewhile(bool, map(eq, some, others)))
