"""The column of what happened: review items, or each event by itself."""

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QStackedWidget, QToolButton, QWidget

from console.courier import ignore_answer
from console.feeds.review_past import ReviewPast
from console.pages.page import PageContext
from console.playback.event_marks import still_marks
from console.playback.row_clip import RowClip
from console.words import error_text, place_names
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Disposition
from engine.model.errors import WatchroomError
from engine.model.event import Event
from engine.model.question import ListEvents
from engine.model.review.review import PutReviewed, ReviewItem
from engine.model.snapshot import Snapshot
from widgets.engine_text import translate_engine_text
from widgets.events.event_feed import EventFeed
from widgets.events.thumbnails import SIZE
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.properties import with_properties
from widgets.review.review_feed import ReviewFeed

_UNREVIEWED, _EACH_EVENT = "live-unreviewed", "live-each-event"
_MOST = 1_000


class ReviewColumn(QWidget):
    """UI thread. Signals: event_opened(Event): show it; menu_opening(QMenu, Event): others add what can be done with it."""

    event_opened = Signal(object)
    menu_opening = Signal(QMenu, object)

    def __init__(self, context: PageContext, events: EventFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._toasts = context.bridge, context.remembered, context.toasts
        self._snapshot: Snapshot | None = None
        self._hidden = False
        self._reasons: dict[str, str] = {}
        self.past = ReviewPast(context.bridge, self)
        self.items, self.events = ReviewFeed(context.clock, self), events
        self.clip = RowClip(context.bridge, SIZE, self)
        self.items_button = with_properties(QToolButton(), text=self.tr("Review"), checkable=True)
        self.items_button.setToolTip(self.tr("One row per occurrence: what belongs together is one item"))
        self.events_button = with_properties(QToolButton(), text=self.tr("All events"), checkable=True)
        self.events_button.setToolTip(self.tr("Each event in a row of its own"))
        self._lay_out_column()
        self._connect_column()
        self._restore()

    def _lay_out_column(self) -> None:
        self._choice = QButtonGroup(self)
        top = QHBoxLayout()
        top.setSpacing(4)
        for number, button in enumerate((self.items_button, self.events_button)):
            self._choice.addButton(button, number)
            top.addWidget(button)
        top.addStretch()
        self._news = [_beside(feed.news) for feed in (self.items, self.events)]
        for place in self._news:
            top.addWidget(place)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.items)
        self._pages.addWidget(self.events)
        column = make_column(self, spacing=8, margins=NO_MARGINS)
        column.addLayout(top)
        column.addWidget(self._pages, 1)

    def _connect_column(self) -> None:
        self._choice.idToggled.connect(self._choose)
        self.items.event_activated.connect(self.open_event)
        self.items.events_wanted.connect(self._fetch_events)
        self.items.reviewed.connect(self._mark)
        self.items.menu_opening.connect(self._offer_actions)
        self.items.thumbnail_wanted.connect(self._fetch_thumbnail)
        self.items.filter_changed.connect(self._filter)
        self.items.older_wanted.connect(self.past.load_more)
        self.past.changed.connect(self._show_items)
        self.items.clip_wanted.connect(self._play)
        self.items.clip_left.connect(self.clip.stop)
        self.clip.shown.connect(self.items.show_moment)
        self.clip.none.connect(self.items.show_stills)

    def _restore(self) -> None:
        unreviewed = self._remembered.flag(_UNREVIEWED, False)
        self.items.restore_unreviewed(unreviewed)
        self.past.choose("", unreviewed)
        (self.events_button if self._remembered.flag(_EACH_EVENT, False) else self.items_button).setChecked(True)

    def _choose(self, number: int, on: bool) -> None:
        if on:
            self._pages.setCurrentIndex(number)
            for each, place in enumerate(self._news):
                place.setVisible(each == number)
            self._remembered.put(_EACH_EVENT, bool(number))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """The events are shown by the page."""
        self._snapshot = snapshot
        if snapshot.faces_hidden != self._hidden:
            self._hidden = snapshot.faces_hidden
            self.items.forget_thumbnails()
        self.past.show_snapshot(snapshot)
        self._show_items()

    def _show_items(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        names = snapshot.settings.camera_names()
        items = self.past.items()
        self.items.set_items(items, self.past.reviewed(), names, place_names(snapshot.settings) | self._reasons_of(items, snapshot))
        self.items.set_verdicts(self._verdicts(snapshot))

    def _reasons_of(self, items: Collection[ReviewItem], snapshot: Snapshot) -> dict[str, str]:
        """Of events without a place; those that the snapshot no longer has are kept while their rows are."""
        nowhere = {event_id for item in items if not item.camera_id and not item.zone_ids for event_id in item.event_ids}
        told = {event.id: translate_engine_text(event.reason) for event in snapshot.events if event.id in nowhere and event.reason}
        self._reasons = {event_id: text for event_id, text in (self._reasons | told).items() if event_id in nowhere}
        return self._reasons

    def _verdicts(self, snapshot: Snapshot) -> dict[str, Disposition]:
        """By event: what was said of it, else how an alert about it was closed."""
        of_alerts = {alert.event_id: alert.disposition for alert in snapshot.alerts.alerts if alert.disposition is not None}
        return of_alerts | self.past.verdicts() | {each.event_id: each.disposition for each in snapshot.verdicts}

    def _filter(self, camera_id: str, unreviewed: bool) -> None:
        self._remembered.put(_UNREVIEWED, unreviewed)
        self.past.choose(camera_id, unreviewed)

    def open_event(self, event_id: str) -> None:
        known = self._event_of_now(event_id)
        if known is not None:
            self.event_opened.emit(known)
            return
        item = self.past.item_of(event_id)
        if item is not None:
            self._ask_event(item, event_id, self.event_opened.emit)

    def _ask_event(self, item: ReviewItem, event_id: str, then: Callable[[Event], object], owner: QObject | None = None) -> None:
        """One of an item, that the snapshot no longer has."""

        def answered(events: tuple[Event, ...]) -> None:
            event = next((event for event in events if event.id == event_id), None)
            if event is not None:
                then(event)

        self._ask_events(item, answered, owner)

    def _event_of_now(self, event_id: str) -> Event | None:
        events = self._snapshot.events if self._snapshot is not None else ()
        return next((event for event in events if event.id == event_id), None)

    def _fetch_events(self, item: ReviewItem) -> None:
        known = tuple(event for event_id in item.event_ids if (event := self._event_of_now(event_id)) is not None)
        if len(known) == len(item.event_ids) or not self._bridge.may(Verb.SEE_PAST):
            self.items.show_events(item.id, known)
            return
        self._ask_events(item, partial(self.items.show_events, item.id))

    def _ask_events(self, item: ReviewItem, then: Callable[[tuple[Event, ...]], object], owner: QObject | None = None) -> None:
        """From the record; the newest of them may stand in the snapshot only."""
        until_ns = None if item.ended_ns is None else item.ended_ns + 1
        question = ListEvents(limit=_MOST, camera_id=item.camera_id or None, since_ns=item.started_ns, until_ns=until_ns)

        def answered(found: tuple[Event, ...]) -> None:
            by_id = {event.id: event for event in (*found, *(self._snapshot.events if self._snapshot is not None else ()))}
            then(tuple(by_id[event_id] for event_id in item.event_ids if event_id in by_id))

        self._bridge.ask(question, answered, self._show_error, owner=owner or self)

    def _offer_actions(self, menu: QMenu, item: ReviewItem, event_id: str) -> None:
        """At once, or as soon as the record has told of the event: the entries stand at the end of the menu, and move none."""
        event = self._event_of_now(event_id)
        if event is not None:
            self.menu_opening.emit(menu, event)
        elif self._bridge.may(Verb.SEE_PAST):
            self._ask_event(item, event_id, partial(self.menu_opening.emit, menu), owner=menu)

    def _play(self, item: ReviewItem) -> None:
        """The clip of its best event; where that has none, of another one of its events."""
        if not item.camera_id or not self._bridge.may(Verb.SEE_PAST):
            self.items.show_stills(item.id)
            return
        with_clip = self._snapshot.clip_events if self._snapshot is not None else frozenset[str]()
        wanted = (item.best_event_id, *item.event_ids)
        event_id = next((each for each in wanted if each in with_clip), item.best_event_id or item.event_ids[0])
        event = self._event_of_now(event_id)
        if event is not None:
            self.clip.start(item.id, event)
        else:
            self._ask_event(item, event_id, partial(self._play_found, item.id))

    def _play_found(self, item_id: str, event: Event) -> None:
        if self.items.playing_id() == item_id:
            self.clip.start(item_id, event)

    def _mark(self, ids: tuple[str, ...], reviewed: bool) -> None:
        self._bridge.tell(PutReviewed(ids, reviewed), self.past.mark, self._show_error, ids, reviewed, owner=self)

    def _show_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "moderate")

    def _fetch_thumbnail(self, event_id: str) -> None:
        call = partial(self._bridge.port.thumbnail, event_id)
        self._bridge.fetch(call, self._receive_thumbnail, ignore_answer, event_id, self._hidden, owner=self)

    def _receive_thumbnail(self, event_id: str, hidden: bool, jpeg: bytes | None) -> None:
        snapshot = self._snapshot
        if jpeg is None or snapshot is None or hidden != self._hidden:
            return
        event = self._event_of_now(event_id)
        zones = (event.zone_id,) if event is not None else ()
        marks = still_marks(jpeg, event, snapshot.settings, event.camera_id if event is not None else "", *zones)
        self.items.set_thumbnail(event_id, jpeg, marks)

    def shutdown(self) -> None:
        self.clip.shutdown()


def _beside(news: QWidget) -> QWidget:
    """What waits above a list is said beside its name: over the rows it would cover one."""
    place = QWidget()
    make_row(place, margins=NO_MARGINS).addWidget(news)
    news.hide()
    return place
