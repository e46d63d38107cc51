"""Review items beyond those of the snapshot: older ones, page by page as the list is scrolled, and what was said of their events."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from console.courier import ignore_answer
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Disposition
from engine.model.errors import WatchroomError
from engine.model.review.event_verdict import MOST_EVENTS, EventVerdict, ListEventVerdicts
from engine.model.review.review import ListReview, ReviewItem, ReviewPage
from engine.model.snapshot import Snapshot

PAGE = 100
_MOST_OLDER = 4_000
_AGAIN_MS = 5_000


class ReviewPast(QObject):
    """UI thread. Signals: changed(): more items, marks or verdicts are known."""

    changed = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._filter = ("", False)
        self._newest: tuple[ReviewItem, ...] = ()
        self._newest_reviewed: frozenset[str] = frozenset()
        self._older: dict[str, ReviewItem] = {}
        self._reviewed: set[str] = set()  # of the older ones
        self._verdicts: dict[str, Disposition] = {}  # likewise
        self._next_id: str | None = None
        self._number = 0  # answers for an earlier one are dropped
        self._asking = self._ended = False
        self._items: tuple[ReviewItem, ...] = ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.reviews is not self._newest:
            now = {item.id for item in snapshot.reviews}
            self._keep([item for item in self._newest if item.id not in now])
            if not self._older and _last_id(self._newest) != _last_id(snapshot.reviews):
                self._begin_anew()  # where the newest end now, the record may go on
            self._newest = snapshot.reviews
            self._join()
        self._newest_reviewed = snapshot.reviewed

    def items(self) -> tuple[ReviewItem, ...]:
        """Newest first. The same value while nothing changes."""
        return self._items

    def reviewed(self) -> frozenset[str]:
        return self._newest_reviewed | self._reviewed

    def verdicts(self) -> dict[str, Disposition]:
        """By event."""
        return self._verdicts

    def item_of(self, event_id: str) -> ReviewItem | None:
        return next((item for item in self._items if event_id in item.event_ids), None)

    def choose(self, camera_id: str, unreviewed: bool) -> None:
        """Which ones are wanted from now on."""
        if (camera_id, unreviewed) != self._filter:
            self._filter = camera_id, unreviewed
            self._begin_anew()
            self._older, self._reviewed = {}, set()
            self._join()
            self.changed.emit()

    def load_more(self) -> None:
        """The next page, unless it is on its way or there is none."""
        if self._asking or self._ended or not self._bridge.may(Verb.SEE_PAST):
            return
        self._asking = True
        camera_id, unreviewed = self._filter
        before_id = self._next_id or (self._newest[-1].id if self._newest else None)
        question = ListReview(PAGE, before_id, (camera_id,) if camera_id else (), reviewed=False if unreviewed else None)
        self._bridge.ask(question, self._receive, partial(self._not_told, self._number), self._number, owner=self)

    def mark(self, ids: tuple[str, ...], reviewed: bool) -> None:
        """As the engine has it now, of older ones: the snapshot tells of the newest only."""
        older = self._older.keys() & set(ids)
        if older:
            self._reviewed = self._reviewed | older if reviewed else self._reviewed - older
            self.changed.emit()

    def judge(self, event_id: str, disposition: Disposition | None) -> None:
        """As `mark`, of an event."""
        self._verdicts.pop(event_id, None)
        if disposition is not None:
            self._verdicts[event_id] = disposition
        self.changed.emit()

    def _receive(self, number: int, page: ReviewPage) -> None:
        if number != self._number:
            return
        self._asking, self._next_id, self._ended = False, page.next_id, page.next_id is None
        self._older.update((row.item.id, row.item) for row in page.rows)
        self._reviewed.update(row.item.id for row in page.rows if row.reviewed)
        self._join()
        self.changed.emit()
        ids = [event_id for row in page.rows for event_id in row.item.event_ids]
        for first in range(0, len(ids), MOST_EVENTS):
            question = ListEventVerdicts(tuple(ids[first : first + MOST_EVENTS]))
            self._bridge.ask(question, self._receive_verdicts, ignore_answer, owner=self)

    def _receive_verdicts(self, found: tuple[EventVerdict, ...]) -> None:
        if found:
            self._verdicts.update((each.event_id, each.disposition) for each in found)
            self.changed.emit()

    def _not_told(self, number: int, _: WatchroomError) -> None:
        """Asked again after a while: an item that has just begun is not in the record yet."""
        QTimer.singleShot(_AGAIN_MS, self, partial(self._ask_again, number))

    def _ask_again(self, number: int) -> None:
        if number == self._number:
            self._asking = False
            self.changed.emit()

    def _begin_anew(self) -> None:
        """What is on its way is of no use any more."""
        self._number += 1
        self._asking = self._ended = False
        self._next_id = None

    def _keep(self, gone: list[ReviewItem]) -> None:
        """They are no longer among the newest 200. Where nobody has scrolled so far, the record has them."""
        if not gone or not self._older:
            return
        self._older.update((item.id, item) for item in gone)
        self._reviewed.update(self._newest_reviewed & {item.id for item in gone})
        if len(self._older) > _MOST_OLDER:
            kept = sorted(self._older.values(), key=_age, reverse=True)[: _MOST_OLDER // 2]
            self._older = {item.id: item for item in kept}
            self._ended, self._next_id = False, kept[-1].id

    def _join(self) -> None:
        newest = {item.id for item in self._newest}
        older = [item for item in self._older.values() if item.id not in newest]
        older.sort(key=_age, reverse=True)
        self._items = self._newest if not older else tuple(sorted((*self._newest, *older), key=_age, reverse=True))


def _age(item: ReviewItem) -> tuple[int, str]:
    return item.started_ns, item.id


def _last_id(items: tuple[ReviewItem, ...]) -> str:
    return items[-1].id if items else ""
