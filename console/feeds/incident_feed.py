"""The incidents that are wanted: from the record a page at a time, newest first, kept up to date by what the engine shows of now."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from engine._geodesic import is_within
from engine.model.errors import WatchroomError
from engine.model.incidents.filing import has_number, number_digits
from engine.model.incidents.incident import Incident, IncidentState
from engine.model.question import IncidentPage, ListIncidents

PAGE = 200
MOST = 5000


def holds_words(it: Incident, text: str) -> bool:
    """Whether its description holds every word of it, or it is the number of one of its reports."""
    description, digits = it.description.lower(), number_digits(text)
    numbered = bool(digits) and any(has_number(link.id, digits) for link in it.corroborations)
    return numbered or all(word in description for word in text.lower().split())


class IncidentFeed(QObject):
    """UI thread. `more`: there are older ones in the record. `asked`: the record has answered for these wishes.

    Signals: changed(); refused(WatchroomError).
    """

    changed = Signal()
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wanted: ListIncidents | None = None
        self._live: tuple[Incident, ...] = ()
        self._known: dict[str, Incident] = {}
        self._oldest = ""
        self._pinned: Incident | None = None
        self._asking = self._stale = self._moved = False
        self.incidents: tuple[Incident, ...] = ()
        self.more = self.asked = False

    def show(self, wanted: ListIncidents, live: tuple[Incident, ...]) -> None:
        """`wanted`: which (its limit and page do not count). `live`: the newest open ones of now."""
        if wanted != self._wanted:
            self._wanted, self._live = wanted, live
            self.asked = False
            self._renew(PAGE)
        elif live is not self._live and live != self._live:
            before, self._live = self._live, live
            self._take_live(before)

    def renew(self) -> None:
        """Something was done: ask again for all that is shown."""
        self._renew(max(PAGE, len(self._known)))

    def pin(self, incident: Incident) -> None:
        """Shown too where it fits, however old it is."""
        self._pinned = incident
        if self.asked and not self._asking:
            self._add_pinned()
            self._publish()

    def _add_pinned(self) -> None:
        if self._pinned is not None and self._pinned.id not in self._known and self._is_wanted(self._pinned):
            self._known[self._pinned.id] = self._pinned

    def load_older(self) -> None:
        if self.more and not self._asking and self._wanted is not None:
            self._ask(replace(self._wanted, limit=PAGE, before_id=self._oldest))

    def _renew(self, limit: int) -> None:
        if self._asking:
            self._stale = True  # what is being asked is out of date already
        elif self._wanted is not None:
            self._ask(replace(self._wanted, limit=min(MOST, limit)))

    def _ask(self, question: ListIncidents) -> None:
        self._asking, self._moved = True, False
        self._bridge.ask(question, self._receive_page, self._on_feed_error, question, owner=self)

    def _receive_page(self, question: ListIncidents, page: IncidentPage) -> None:
        self._asking = False
        if self._stale:
            self._stale = False
            self._renew(max(PAGE, len(self._known)) if self.asked else PAGE)
            return
        if question.before_id is None:
            self._known = {}
        self._known |= {each.id: each for each in page.incidents}
        self._oldest = page.next_id or (page.incidents[-1].id if page.incidents else self._oldest)
        self.more, self.asked = page.next_id is not None or len(page.incidents) == question.limit, True
        self._add_pinned()
        for each in self._live:
            self._merge_live(each)
        self._publish()
        if self._moved and self._misses():
            self.renew()  # the page was read before what has just been seen of now

    def _take_live(self, before: tuple[Incident, ...]) -> None:
        """What has left the open ones was closed or merged, or is older than the newest 200: the record knows."""
        self._moved = True
        now = {each.id for each in self._live}
        if any(each.id not in now and each.id in self._known for each in before) or self._misses():
            self.renew()
        if self.asked and any([self._merge_live(each) for each in self._live]):
            self._publish()

    def _misses(self) -> bool:
        """Whether one that the record called open should be among the open ones of now, and is not.

        One may come and go between two looks at now, as when it is split off and merged again.
        """
        now = {each.id for each in self._live}
        oldest_ns = self._live[-1].occurred_ns if len(self._live) >= PAGE else 0
        return any(it.state is IncidentState.OPEN and it.id not in now and it.occurred_ns > oldest_ns for it in self._known.values())

    def _merge_live(self, live: Incident) -> bool:
        """Whether something changed."""
        known = self._known.get(live.id)
        if known is not None and known.revision >= live.revision:
            return False
        if self._fits(live):
            self._known[live.id] = live
            return True
        return self._known.pop(live.id, None) is not None

    def _fits(self, it: Incident) -> bool:
        return not (self.more and it.id not in self._known and self._is_older(it)) and self._is_wanted(it)

    def _is_wanted(self, it: Incident) -> bool:
        ask = self._wanted
        if ask is None:
            return False
        if ask.near is not None and not is_within(ask.near[0], ask.near[1], it.latitude, it.longitude, 1000 * ask.near[2]):
            return False
        same = ask.category in (None, it.category) and ask.status in (None, it.status)
        in_time = (ask.since_ns is None or it.occurred_ns >= ask.since_ns) and (ask.until_ns is None or it.occurred_ns < ask.until_ns)
        in_state = it.state is ask.state if ask.state is not None else it.state is not IncidentState.MERGED
        return same and in_time and in_state and holds_words(it, ask.text)

    def _is_older(self, it: Incident) -> bool:
        """Than what was paged to: it comes with its own page."""
        oldest = self._known.get(self._oldest)
        return oldest is not None and it.occurred_ns < oldest.occurred_ns

    def _publish(self) -> None:
        self.incidents = tuple(sorted(self._known.values(), key=lambda each: (-each.occurred_ns, each.id)))
        self.changed.emit()

    def _on_feed_error(self, error: WatchroomError) -> None:
        self._asking = self._stale = False
        self.refused.emit(error)
