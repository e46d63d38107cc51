"""Where a camera saw a person last, with the picture of it: the newest event of theirs in the record that has one."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from console.bridge import EngineBridge
from console.courier import ignore_answer
from engine.model.errors import WatchroomError
from engine.model.event import Event
from engine.model.question import ListEvents
from engine.model.value_class import dataclass

_LOOKED_AT = 12  # events, newest first; older ones are no last sighting


@dataclass(frozen=True, slots=True)
class Sighting:
    """`events`: newest first, those of cameras, of which the first has the picture `jpeg`; empty: none in the record."""

    events: tuple[Event, ...] = ()
    jpeg: bytes = b""


class LastSighting(QObject):
    """UI thread. One person at a time. Signals: came(): `sighting` is another now."""

    came = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._person, self._newest, self._turn = "", object(), 0
        self.sighting: Sighting | None = None  # None: not known yet

    def show(self, person_id: str, newest: object) -> None:
        """`newest`: anything that changes when they were seen again."""
        if (person_id, newest) == (self._person, self._newest):
            return
        if person_id != self._person:
            self.sighting = None
        self._person, self._newest = person_id, newest
        self._ask()

    def forget(self) -> None:
        """Faces are shown otherwise from now on."""
        self.sighting = None
        if self._person:
            self._ask()

    def _ask(self) -> None:
        self._turn += 1
        question = ListEvents(limit=_LOOKED_AT, person_id=self._person)
        self._bridge.ask(question, self._receive_events, self._on_error, self._turn, owner=self)

    def _receive_events(self, turn: int, events: tuple[Event, ...]) -> None:
        self._try_next(turn, tuple(event for event in events if event.camera_id))

    def _try_next(self, turn: int, events: tuple[Event, ...]) -> None:
        if turn != self._turn:
            return
        if not events:
            self._set(Sighting())
            return
        call = partial(self._bridge.port.thumbnail, events[0].id)
        self._bridge.fetch(call, self._receive_picture, ignore_answer, turn, events, owner=self)

    def _receive_picture(self, turn: int, events: tuple[Event, ...], jpeg: bytes | None) -> None:
        if jpeg is None:
            self._try_next(turn, events[1:])
        elif turn == self._turn:
            self._set(Sighting(events, jpeg))

    def _set(self, sighting: Sighting) -> None:
        self.sighting = sighting
        self.came.emit()

    def _on_error(self, _error: WatchroomError) -> None:
        """The timeline says why the record does not answer; no picture is shown."""
        self._newest = object()
