"""The events of one person: asked for a page at a time, newest first, never twice at once."""

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from engine.model.errors import WatchroomError
from engine.model.event import Event
from engine.model.question import ListEvents

PAGE = 60


class PersonPast(QObject):
    """UI thread. `more`: there are older ones. Signals: changed(); refused(WatchroomError)."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._person = ""
        self._newest: object = None
        self._asking = False
        self.events: tuple[Event, ...] = ()
        self.more = False

    def show(self, person_id: str, newest: object) -> None:
        """`newest`: anything that changes when there is something newer of theirs."""
        if (person_id, newest) == (self._person, self._newest) or self._asking:
            return
        if person_id != self._person:
            self.events, self.more = (), False
            self.changed.emit()
        self._person, self._newest = person_id, newest
        self._ask(None)

    def load_older(self) -> None:
        if self.events and self.more and not self._asking:
            self._ask(self.events[-1].id)

    def _ask(self, before_id: str | None) -> None:
        self._asking = True
        person_id = self._person
        self._bridge.ask(
            ListEvents(limit=PAGE, before_id=before_id, person_id=person_id),
            self._receive_events,
            self._on_events_error,
            person_id,
            before_id,
            owner=self,
        )

    def _receive_events(self, person_id: str, before_id: str | None, events: tuple[Event, ...]) -> None:
        self._asking = False
        if person_id != self._person:
            return
        full = len(events) == PAGE
        if before_id is not None:
            self.events, self.more = (*self.events, *events), full
        else:
            self._renew(events, full)
        self.changed.emit()

    def _renew(self, newest: tuple[Event, ...], full: bool) -> None:
        """The newest page in front of what is known; what is known is dropped where there may be a gap between them."""
        fresh = {event.id for event in newest}
        met = any(event.id in fresh for event in self.events)
        kept = tuple(event for event in self.events if event.id not in fresh) if met else ()
        self.events = (*newest, *kept)
        self.more = self.more if met else full

    def _on_events_error(self, error: WatchroomError) -> None:
        self._asking = False
        self.refused.emit(error)
