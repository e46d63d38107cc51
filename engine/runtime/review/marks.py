"""Which of the newest review items each user has reviewed: read from the record once, then kept by what is marked."""

import threading
from collections.abc import Sequence as Several

from engine.model.review.review import ReviewItem, ReviewMark
from engine.model.time import Clock
from engine.runtime.recorder.record import Record

_USERS = 64


class ReviewMarks:
    """Any thread."""

    def __init__(self, record: Record, clock: Clock) -> None:
        self._record, self._clock = record, clock
        self._lock = threading.Lock()
        self._marks: dict[str, dict[str, ReviewMark]] = {}  # by user and item
        self._reviewed: dict[str, tuple[tuple[ReviewItem, ...], frozenset[str]]] = {}

    def mark(self, user_id: str, items: Several[ReviewItem], reviewed: bool) -> None:
        """Durable when it returns."""
        now_ns = self._clock.now_ns()
        table, marks = self._record.store.reviews, [ReviewMark(item.id, user_id, now_ns, int(item.severity)) for item in items]
        if reviewed:
            table.mark(marks)
        else:
            table.remove_marks(user_id, [item.id for item in items])
        with self._lock:
            known = self._marks.get(user_id)
            if known is not None:
                ids = {item.id for item in items}
                fresh = {mark.item_id: mark for mark in marks} if reviewed else {}
                self._marks[user_id] = {each: mark for each, mark in known.items() if each not in ids} | fresh
            self._reviewed.pop(user_id, None)

    def reviewed_ids(self, user_id: str, newest: tuple[ReviewItem, ...]) -> frozenset[str]:
        """The same value while nothing changes, so that it may be asked with every snapshot."""
        with self._lock:
            known = self._reviewed.get(user_id)
            marks = self._marks.get(user_id)
        if known is not None and known[0] is newest:
            return known[1]
        marks = self._load(user_id, newest) if marks is None else marks
        found = frozenset(item.id for item in newest if item.id in marks and marks[item.id].holds(item))
        with self._lock:
            self._marks[user_id] = {item.id: marks[item.id] for item in newest if item.id in marks}
            self._reviewed[user_id] = newest, found
            if len(self._reviewed) > _USERS:
                forgotten = next(iter(self._reviewed))
                del self._reviewed[forgotten]
                self._marks.pop(forgotten, None)
        return found

    def _load(self, user_id: str, newest: tuple[ReviewItem, ...]) -> dict[str, ReviewMark]:
        return {mark.item_id: mark for mark in self._record.store.reviews.marks(user_id, [item.id for item in newest])}
