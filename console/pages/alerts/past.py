"""Alerts that were closed: in the record, a page at a time, found there by all that the filter asks for."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from console.bridge import EngineBridge
from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.errors import WatchroomError
from engine.model.event import EventKind, Severity
from engine.model.history.event_names import EVENT_NAMES
from engine.model.question import AlertPage, Called, ListAlerts
from widgets.alerts.alert_rows import AlertFilter
from widgets.alerts.alert_words import disposition_word, state_word
from widgets.theme import severity_word
from widgets.translation import tr
from widgets.words import kind_word

PAGE = 200
MOST = 5000
_PAUSE_MS = 250


class PastAlerts(QObject):
    """UI thread. `more`: there may be older ones in the record. `asked`: it has answered for these wishes.

    Signals: changed(); refused(WatchroomError).
    """

    changed = Signal()
    refused = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._wanted: ListAlerts | None = None
        self._open: frozenset[str] = frozenset()
        self._found: dict[str, Alert] = {}
        self._next: str | None = None
        self._round = 0
        self._asking = False
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._begin_search)
        self.alerts: tuple[Alert, ...] = ()
        self.asked = False

    @property
    def more(self) -> bool:
        return self._next is not None and len(self._found) < MOST

    @property
    def asking(self) -> bool:
        return self._asking or self._pause.isActive()

    def show(self, wanted: ListAlerts, open_ids: frozenset[str]) -> None:
        """What is wanted, and which are open now: asked for again when it is something else, or when something was closed."""
        typed = self._wanted is not None and wanted == replace(self._wanted, text=wanted.text, called=wanted.called)
        if wanted != self._wanted:
            self._wanted, self._open, self.asked = wanted, open_ids, False
            self._pause.start(_PAUSE_MS if typed else 0)
        elif open_ids != self._open:
            self._open = open_ids
            self._begin_search()

    def load_older(self) -> None:
        if self.more and not self.asking and self._wanted is not None:
            self._ask_page(replace(self._wanted, before_id=self._next), {**self._found})

    def _begin_search(self) -> None:
        self._pause.stop()
        if self._wanted is not None:
            self._ask_page(self._wanted, {})

    def _ask_page(self, question: ListAlerts, before: dict[str, Alert]) -> None:
        self._round += 1
        self._asking = True
        number = self._round
        self._bridge.ask(question, self._receive_page, lambda error: self._on_page_error(number, error), number, before, owner=self)

    def _receive_page(self, number: int, before: dict[str, Alert], page: AlertPage) -> None:
        if number != self._round:
            return  # something else is wanted meanwhile
        self._asking = False
        self._found = before | {alert.id: alert for alert in page.alerts}
        full = len(page.alerts) == PAGE
        self._next = page.next_id or (page.alerts[-1].id if full else None)
        self.alerts, self.asked = tuple(self._found.values()), True
        self.changed.emit()

    def _on_page_error(self, number: int, error: WatchroomError) -> None:
        if number == self._round:
            self._asking = False
            self.refused.emit(error)


def past(chosen: AlertFilter, user: UserRef, names: Mapping[str, str]) -> ListAlerts:
    """The question that a filter is; a namesake's are left to the list. `names`: of zones, cameras, nodes and rules, by id."""
    limits = chosen.limits
    return ListAlerts(
        PAGE,
        open=False,
        since_ns=limits.since_ns,
        until_ns=limits.until_ns,
        text=" ".join(chosen.text.split()),
        called=_called(chosen.text, names),
        min_severity=Severity(limits.min_severity or Severity.MINIMAL),
        assignee=user.name if chosen.mine else None,
        zone_id=limits.zone_id or None,
        camera_ids=limits.camera_ids,
        kinds=tuple(EventKind(kind) for kind in limits.event_kinds),
        person_id=limits.person_id or None,
        rule_id=limits.rule_id or None,
    )


def _called(text: str, names: Mapping[str, str]) -> tuple[Called, ...]:
    """What each word is part of, as a row says it: in the language on screen or in English."""
    named = [*names.items(), *((kind.value, word) for kind in EventKind for word in (kind_word(kind), EVENT_NAMES[kind]))]
    named += [(state.value, state_word(state)) for state in AlertState]
    named += [(each.value, disposition_word(each)) for each in Disposition]
    levels = {each: f"{severity_word(each)} {each.name}" for each in Severity}
    return Called.of_words(text, named, levels, tr("simulated"))
