"""The list of events, newest first, with thumbnails, a filter and honest times."""

from collections.abc import Collection, Mapping
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from engine.model.event import Event
from engine.model.time import Clock
from widgets.events.event_delegate import ROW_HEIGHT, EventDelegate
from widgets.events.event_filter import EventFilter
from widgets.events.event_filter_bar import EventFilterBar
from widgets.events.event_model import NO_PLACES, EventModel
from widgets.events.thumbnails import UNMARKED, Thumbnails
from widgets.look import scaled
from widgets.marks.empty_state import EmptyState
from widgets.playback.clip_marks import StillMarks
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.words import count_text

_TICK_MS = 1000
_LOW = 300  # pixels at 100 % text


class EventFeed(QWidget):
    """Qt's main thread only.

    Signals:
        event_selected(event_id): the current row changed.
        event_activated(event_id): double-click or Enter, "open this".
        timeline_wanted(Event): its menu was opened and "show on the timeline" chosen; only after `offer_timeline`.
        menu_opening(QMenu, Event): others add what can be done with it.
        thumbnail_wanted(event_id): a row without thumbnail is on screen; answer with `set_thumbnail`. Asked again while there is none.
    """

    event_selected = Signal(str)
    event_activated = Signal(str)
    timeline_wanted = Signal(object)
    thumbnail_wanted = Signal(str)
    menu_opening = Signal(QMenu, object)

    def __init__(self, clock: Clock, parent: QWidget | None = None, empty: EmptyState | None = None) -> None:
        """`empty`: what is shown while there is no event."""
        super().__init__(parent)
        self._clock = clock
        self._model = EventModel(self)
        self._thumbnails = Thumbnails()
        self.bar = EventFilterBar()
        self._list = self._build_list()
        self._empty = empty or EmptyState(
            "activity", self.tr("No events yet"), self.tr("People, motion and offline cameras appear here in real time.")
        )
        self._no_match = EmptyState("filter", self.tr("No event matches"), self.tr("Nothing matches the filter."), self.tr("Clear filter"))
        self.news = QPushButton(self._list)  # over the list, unless its owner has another place for it
        self._unseen = 0
        self._lay_out_feed()
        self._connect_feed()
        self._choose_page()

    def _build_list(self) -> QListView:
        view = with_properties(QListView(uniformItemSizes=True), mouseTracking=True)
        view.setAccessibleName(self.tr("Events, newest first"))
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.verticalScrollBar().setSingleStep(scaled(ROW_HEIGHT) // 2)
        view.setModel(self._model)
        view.setItemDelegate(EventDelegate(self._model, self._thumbnails, self._clock, view))
        return view

    def _lay_out_feed(self) -> None:
        self._pages = QStackedWidget()
        for page in (self._list, self._empty, self._no_match):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._pages, 1)
        set_role(self.news, "primary")
        self.news.hide()

    def offer_timeline(self) -> None:
        """Rows have a menu, by the right button or the menu key."""
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._open_menu)

    def menu_of(self, event: Event) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Open event"), partial(self.event_activated.emit, event.id))
        menu.addAction(self.tr("Show on the timeline"), partial(self.timeline_wanted.emit, event))
        self.menu_opening.emit(menu, event)
        return menu

    def _open_menu(self, at: QPoint) -> None:
        index = self._list.indexAt(at)
        if not index.isValid():
            index = self._list.currentIndex()
        if index.isValid():
            menu = self.menu_of(self._model.event_at(index.row()))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._list.viewport().mapToGlobal(at))

    def _connect_feed(self) -> None:
        self._tick_timer = QTimer(self, interval=_TICK_MS)
        self._tick_timer.timeout.connect(self._tick)
        self._ask_timer = QTimer(self, interval=0, singleShot=True)
        self._ask_timer.timeout.connect(self._ask_for_thumbnails)
        self.bar.changed.connect(self._filter_changed)
        self._no_match.action_requested.connect(self.bar.clear)
        self._list.activated.connect(self._emit_activated)
        self._list.selectionModel().currentChanged.connect(self._emit_selected)
        self._list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.news.clicked.connect(self._list.scrollToTop)

    def _emit_activated(self, index: QModelIndex) -> None:
        self.event_activated.emit(self._id_at(index))

    def _emit_selected(self, index: QModelIndex) -> None:
        self.event_selected.emit(self._id_at(index))

    def set_events(self, events: tuple[Event, ...], camera_names: Mapping[str, str], places: Mapping[str, str] = NO_PLACES) -> None:
        """Show these events, newest first. Rows are matched by id: what has not changed is not touched, the scroll position holds."""
        if self._model.shows(events, camera_names, places):
            return
        anchor, offset = self._anchor()
        before = self._model.rowCount()
        self.bar.set_cameras(camera_names)
        self._model.set_events(events, camera_names, places)
        self._thumbnails.keep_only({event.id for event in events})
        self._restore_scroll(anchor, offset)
        if anchor:
            self._count_unseen(self._model.rowCount() - before)
        self._choose_page()
        self._ask_timer.start()

    def set_thumbnail(self, event_id: str, jpeg: bytes | None, marks: StillMarks = UNMARKED) -> None:
        """A picture for a row, with what is marked on it; none, damaged or unknown ones are ignored."""
        if jpeg and self._thumbnails.put(event_id, jpeg, self.devicePixelRatioF(), marks):
            self._model.touch(event_id)

    def forget_thumbnails(self) -> None:
        """They are shown otherwise now: all are asked for again."""
        self._thumbnails.drop_all()
        self._list.viewport().update()
        self._ask_timer.start()

    def set_false_alarms(self, event_ids: Collection[str]) -> None:
        """Events that operators marked as false alarms."""
        self._model.set_false_alarms(event_ids)

    def set_clip_events(self, event_ids: Collection[str]) -> None:
        """Events that have a clip get a mark."""
        self._model.set_clip_events(event_ids)

    def select_event(self, event_id: str) -> None:
        row = self._model.row_of(event_id)
        if row >= 0:
            self._list.setCurrentIndex(self._model.index(row))

    def selected(self) -> str:
        return self._id_at(self._list.currentIndex())

    def count(self) -> int:
        """Rows that pass the filter."""
        return self._model.rowCount()

    def visible_ids(self) -> list[str]:
        """Events whose rows are on the screen, top first."""
        height = self._list.viewport().height()
        first = self._list.verticalScrollBar().value() // scaled(ROW_HEIGHT)
        last = min(self._model.rowCount(), first + height // scaled(ROW_HEIGHT) + 2)
        return [self._model.event_at(row).id for row in range(first, last)]

    # keeping the place

    def _anchor(self) -> tuple[str, int]:
        """The topmost visible event and how far it is scrolled under the edge; "" at the very top, where news should show."""
        value = self._list.verticalScrollBar().value()
        row = value // scaled(ROW_HEIGHT)
        if value == 0 or row >= self._model.rowCount():
            return "", 0
        return self._model.event_at(row).id, value % scaled(ROW_HEIGHT)

    def _restore_scroll(self, anchor: str, offset: int) -> None:
        row = self._model.row_of(anchor)
        if row >= 0:
            self._list.doItemsLayout()
            self._list.verticalScrollBar().setValue(row * scaled(ROW_HEIGHT) + offset)

    def _count_unseen(self, more: int) -> None:
        self._unseen = max(0, self._unseen + more)
        self.news.setText(count_text(self._unseen, self.tr("1 new"), self.tr("{0} new")))
        self.news.setVisible(self._unseen > 0)
        self._place_news()

    def _place_news(self) -> None:
        if self.news.parentWidget() is not self._list:
            return
        self.news.adjustSize()
        self.news.move((self._list.viewport().width() - self.news.width()) // 2, 8)

    def _scrolled(self, value: int) -> None:
        if value == 0:
            self._unseen = 0
            self.news.hide()
        self._ask_timer.start()

    # reacting

    def _filter_changed(self, chosen: EventFilter) -> None:
        self._model.set_filter(chosen)
        self._unseen = 0
        self.news.hide()
        self._choose_page()
        self._ask_timer.start()

    def _choose_page(self) -> None:
        page: QWidget = self._list
        if self._model.rowCount() == 0:
            page = self._empty if self._model.total() == 0 else self._no_match
        self._pages.setCurrentWidget(page)

    def _tick(self) -> None:
        """Relative times move on."""
        self._list.viewport().update()
        self._ask_for_thumbnails()

    def _ask_for_thumbnails(self) -> None:
        if not self._list.isVisible():
            return
        now_ns = self._clock.now_ns()
        for event_id in self.visible_ids():
            if self._thumbnails.should_ask(event_id, now_ns):
                self.thumbnail_wanted.emit(event_id)

    def _id_at(self, index: QModelIndex) -> str:
        return self._model.event_at(index.row()).id if index.isValid() else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.bar.set_low(event.size().height() < scaled(_LOW))
        self._place_news()
        self._ask_timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        self._tick_timer.start()
        self._ask_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick_timer.stop()
