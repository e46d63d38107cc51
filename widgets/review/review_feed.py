"""The list of review items, newest first. Rows never move under the pointer: while it is over the list, or the list is scrolled, what is
new waits behind a button."""

from collections.abc import Collection, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from engine.model.alerts.alert import Disposition
from engine.model.event import Event
from engine.model.review.review import MOST_MARKED, ReviewItem
from engine.model.time import Clock
from widgets.events.thumbnails import UNMARKED, Thumbnails
from widgets.look import scaled
from widgets.marks.empty_state import EmptyState
from widgets.playback.clip_marks import StillMarks
from widgets.properties import with_properties
from widgets.review.review_bar import ReviewBar
from widgets.review.review_delegate import ITEM_HEIGHT, ReviewDelegate, mark_area, unfold_area
from widgets.review.review_model import ReviewLine, ReviewModel
from widgets.review.row_play import RowPlay
from widgets.theme import set_role
from widgets.words import count_text

_TICK_MS = 1_000
_WITHIN = 2.0  # heights of the list from its end: older items are asked for
_BY_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class ReviewFeed(QWidget):
    """Qt's main thread only.

    Signals:
        event_activated(event_id): double-click or Enter on an item or on an event of it: open that.
        events_wanted(ReviewItem): it is to be unfolded; answer with `show_events`.
        reviewed(tuple of ids, bool): mark them, or clear the mark.
        thumbnail_wanted(event_id): a picture that is on screen is missing; answer with `set_thumbnail`. Asked again while there is none.
        menu_opening(QMenu, ReviewItem, str): of the event with this id; others add what can be done with it.
        filter_changed(camera id, bool): of which camera items are shown from now on (empty: all), and whether only unreviewed ones.
        clip_wanted(ReviewItem): it is to play in its row; answer with `show_moment` or `show_stills`. clip_left(): no longer.
        older_wanted(): the end of the list is near; `set_items` may bring older ones.
    """

    event_activated = Signal(str)
    events_wanted = Signal(object)
    reviewed = Signal(object, bool)
    thumbnail_wanted = Signal(str)
    menu_opening = Signal(QMenu, object, str)
    filter_changed = Signal(str, bool)
    clip_wanted = Signal(object)
    clip_left = Signal()
    older_wanted = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._items: tuple[ReviewItem, ...] = ()
        self._reviewed: frozenset[str] = frozenset()
        self._keyed = False  # the list was last moved through by keys
        self._model = ReviewModel(clock, self)
        self._thumbnails = Thumbnails()
        self.bar = ReviewBar()
        self._list = self._build_list()
        self._play = RowPlay(self._thumbnails, self)
        self._delegate = ReviewDelegate(self._model, self._thumbnails, self._play, clock, self._list)
        self._list.setItemDelegate(self._delegate)
        self._empty = EmptyState("activity", self.tr("Nothing to review"), self.tr("Events appear here, one row per occurrence."))
        self._no_match = EmptyState("filter", self.tr("All reviewed"), self.tr("Nothing matches the filter."), self.tr("Clear filter"))
        self.news = QPushButton(self)  # over the list, unless its owner has another place for it
        self._lay_out_feed()
        self._connect_feed()
        self._choose_page()

    def _build_list(self) -> QListView:
        view = with_properties(QListView(), mouseTracking=True)
        view.setAccessibleName(self.tr("Review items, newest first"))
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.verticalScrollBar().setSingleStep(scaled(ITEM_HEIGHT) // 2)
        view.setModel(self._model)
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

    def _connect_feed(self) -> None:
        self._tick_timer = QTimer(self, interval=_TICK_MS)
        self._tick_timer.timeout.connect(self._tick)
        self._play.clip_wanted.connect(self.clip_wanted)
        self._play.clip_left.connect(self.clip_left)
        self._play.still_wanted.connect(self._want_picture)
        self._play.changed.connect(self._repaint_item)
        self._ask_timer = QTimer(self, interval=0, singleShot=True)
        self._ask_timer.timeout.connect(self._ask_for_thumbnails)
        self._ask_timer.timeout.connect(self._ask_for_older)
        self.bar.changed.connect(self._filter_changed)
        self.bar.all_reviewed.connect(self.mark_all)
        self._no_match.action_requested.connect(self.bar.clear)
        self.news.clicked.connect(self.show_news)
        self._list.activated.connect(self._activate)
        self._list.customContextMenuRequested.connect(self._open_menu)
        self._list.selectionModel().currentChanged.connect(self._play_current)
        self._list.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._list.viewport().installEventFilter(self)
        self._list.installEventFilter(self)

    # what is shown

    def set_items(
        self, items: tuple[ReviewItem, ...], reviewed: Collection[str], cameras: Mapping[str, str], places: Mapping[str, str]
    ) -> None:
        """Newest first. The same values again cost nothing."""
        marks = frozenset(reviewed)
        if items is self._items and marks == self._reviewed and cameras == self._model.cameras and places == self._model.places:
            return
        self._items, self._reviewed = items, marks
        self._model.cameras, self._model.places = dict(cameras), dict(places)
        self.bar.set_cameras(cameras)
        self._model.set_reviewed(marks)
        self._thumbnails.keep_only({event_id for item in items for event_id in item.event_ids})
        self._show(settle=not self.is_held())

    def set_verdicts(self, verdicts: Mapping[str, Disposition]) -> None:
        """What operators said of events, by their ids."""
        if self._model.set_verdicts(verdicts):
            self._list.viewport().update()

    def is_held(self) -> bool:
        """Whether rows stay where they are: somebody points at them, or has scrolled away from the newest."""
        return self._list.viewport().underMouse() or self._list.verticalScrollBar().value() > 0

    def show_news(self) -> None:
        """What waits, at the top."""
        self._show(settle=True)
        self._list.scrollToTop()

    def _show(self, settle: bool) -> None:
        """`settle`: rows may come, go and move; otherwise those that are shown are only told anew."""
        passing = tuple(item for item in self._items if self._passes(item))
        if settle or not self._model.shown_items():
            self._model.show_items(passing)
            self._show_count(0)
        else:
            now = {item.id: item for item in self._items}
            shown = tuple(now.get(item.id, item) for item in self._model.shown_items())
            shown += _after(passing, shown[-1])  # below the last row nothing moves
            self._model.show_items(shown)
            self._show_count(len({item.id for item in passing} - {item.id for item in shown}))
        self._choose_page()
        self._ask_timer.start()

    def _passes(self, item: ReviewItem) -> bool:
        if self.bar.camera_id() not in ("", item.camera_id):
            return False
        return not (self.bar.unreviewed.isChecked() and item.id in self._reviewed)

    def _show_count(self, waiting: int) -> None:
        self.news.setText(count_text(waiting, self.tr("1 new"), self.tr("{0} new")))
        self.news.setVisible(waiting > 0)
        self._place_news()

    def waiting_text(self) -> str:
        """Of the button; empty: nothing waits."""
        return self.news.text() if not self.news.isHidden() else ""

    def count(self) -> int:
        """Rows that are shown."""
        return self._model.rowCount()

    def restore_unreviewed(self, on: bool) -> None:
        self.bar.restore_unreviewed(on)
        self._show(settle=True)

    # events of an item

    def show_events(self, item_id: str, events: tuple[Event, ...]) -> None:
        """Unfold it into these."""
        self._model.unfold(item_id, events)
        self._ask_timer.start()

    def toggle_events(self, item: ReviewItem) -> None:
        if self._model.is_unfolded(item.id):
            self._model.unfold(item.id, ())
        else:
            self.events_wanted.emit(item)

    # marks

    def toggle_reviewed(self, item: ReviewItem) -> None:
        self.reviewed.emit((item.id,), not self._model.is_reviewed(item.id))

    def mark_all(self) -> None:
        """Those that are shown and not reviewed."""
        ids = tuple(item.id for item in self._model.shown_items() if item.id not in self._reviewed)
        for first in range(0, len(ids), MOST_MARKED):
            self.reviewed.emit(ids[first : first + MOST_MARKED], True)

    # pictures

    def set_thumbnail(self, event_id: str, jpeg: bytes | None, marks: StillMarks = UNMARKED) -> None:
        if jpeg and self._thumbnails.put(event_id, jpeg, self.devicePixelRatioF(), marks):
            self._model.touch(event_id)

    def forget_thumbnails(self) -> None:
        """They are shown otherwise now: all are asked for again."""
        self._thumbnails.drop_all()
        self._list.viewport().update()
        self._ask_timer.start()

    def _ask_for_thumbnails(self) -> None:
        if not self._list.isVisible():
            return
        for line in self._visible_lines():
            self._want_picture(line.picture_id)
            if line.event is None and line.picture_id and self._thumbnails.get(line.picture_id) is None:
                self._want_picture(line.item.event_ids[0])

    def _want_picture(self, event_id: str) -> None:
        if event_id and self._thumbnails.should_ask(event_id, self._clock.now_ns()):
            self.thumbnail_wanted.emit(event_id)

    def _visible_lines(self) -> list[ReviewLine]:
        first = self._list.indexAt(QPoint(4, 4)).row()
        rows = range(max(0, first), self._model.rowCount())
        most = self._list.viewport().height() // scaled(ITEM_HEIGHT) + 2
        return [self._model.line_at(row) for row in rows[:most]]

    # playing in a row

    def show_moment(self, item_id: str, picture: QPixmap, share: float) -> None:
        """The next picture of its clip, as large as a row's, and how far through the clip it is."""
        self._play.show_moment(item_id, picture, share)

    def show_stills(self, item_id: str) -> None:
        """It has no clip: the pictures of its events take turns."""
        self._play.show_stills(item_id)

    def playing_id(self) -> str:
        """Of the item that plays; empty: none."""
        return self._play.item_id

    def _repaint_item(self, item_id: str) -> None:
        row = self._model.row_of(item_id)
        if row >= 0:
            self._list.update(self._model.index(row))

    def _play_current(self, *_: QModelIndex) -> None:
        """The row that was reached by keys plays as the one under the pointer does."""
        index = self._list.currentIndex()
        if self._keyed:
            self._play.play(self._model.line_at(index.row()).item if index.isValid() else None)

    # what the operator does

    def menu_of(self, line: ReviewLine) -> QMenu:
        menu, item = QMenu(self), line.item
        opened = item.best_event_id if line.event is None else line.event.id
        menu.addAction(self.tr("Open event"), partial(self.event_activated.emit, opened)).setEnabled(bool(opened))
        unfolded = self._model.is_unfolded(item.id)
        menu.addAction(self.tr("Hide events") if unfolded else self.tr("Show events"), partial(self.toggle_events, item))
        marked = self._model.is_reviewed(item.id)
        menu.addAction(self.tr("Mark as unreviewed") if marked else self.tr("Mark as reviewed"), partial(self.toggle_reviewed, item))
        about = opened or next(iter(item.event_ids), "")
        if about:
            self.menu_opening.emit(menu, item, about)
        return menu

    def _open_menu(self, at: QPoint) -> None:
        index = self._list.indexAt(at)
        index = index if index.isValid() else self._list.currentIndex()
        if index.isValid():
            menu = self.menu_of(self._model.line_at(index.row()))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._list.viewport().mapToGlobal(at))

    def _activate(self, index: QModelIndex) -> None:
        line = self._model.line_at(index.row())
        event_id = line.item.best_event_id if line.event is None else line.event.id
        if event_id:
            self.event_activated.emit(event_id)
        elif line.event is None:
            self.toggle_events(line.item)

    def _filter_changed(self) -> None:
        self.filter_changed.emit(self.bar.camera_id(), self.bar.unreviewed.isChecked())
        self._show(settle=True)

    def _scrolled(self, value: int) -> None:
        if value == 0 and not self.is_held():
            self._show(settle=True)
        self._ask_timer.start()

    def _ask_for_older(self) -> None:
        bar = self._list.verticalScrollBar()
        if self.isVisible() and bar.value() >= bar.maximum() - _WITHIN * self._list.viewport().height():
            self.older_wanted.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._list:
            self._note_focus(event)
            return event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._take_key(event)
        if watched is not self._list.viewport():
            return False
        if event.type() is QEvent.Type.Leave:
            self._keyed = False
            self._play.play(None)
            QTimer.singleShot(0, self, self._settle_after_leaving)
        elif event.type() is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._keyed, index = False, self._list.indexAt(event.position().toPoint())
            self._play.play(self._model.line_at(index.row()).item if index.isValid() else None)
        elif event.type() is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            return event.button() is Qt.MouseButton.LeftButton and self._take_click(event.position().toPoint())
        return False

    def _note_focus(self, event: QEvent) -> None:
        """By keys: the current row plays until the focus goes."""
        if event.type() is QEvent.Type.KeyPress:
            self._keyed = True
        elif event.type() is QEvent.Type.FocusIn and isinstance(event, QFocusEvent) and event.reason() in _BY_KEYS:
            self._keyed = True
            self._play_current()
        elif event.type() is QEvent.Type.FocusOut and self._keyed:
            self._keyed = False
            self._play.play(None)

    def _settle_after_leaving(self) -> None:
        if not self.is_held():
            self._show(settle=True)

    def _take_click(self, at: QPoint) -> bool:
        """On the mark or on the number of events."""
        index = self._list.indexAt(at)
        if not index.isValid() or self._model.line_at(index.row()).event is not None:
            return False
        row, item = self._list.visualRect(index), self._model.line_at(index.row()).item
        if mark_area(row).contains(at):
            self.toggle_reviewed(item)
            return True
        if unfold_area(row).contains(at):
            self.toggle_events(item)
            return True
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        index = self._list.currentIndex()
        if not index.isValid():
            return False
        item = self._model.line_at(index.row()).item
        unfolded = self._model.is_unfolded(item.id)
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left) and unfolded is (event.key() == Qt.Key.Key_Left):
            self.toggle_events(item)
            return True
        if event.key() == Qt.Key.Key_R and not event.modifiers():
            self.toggle_reviewed(item)
            return True
        return False

    def _choose_page(self) -> None:
        page: QWidget = self._list
        if self._model.rowCount() == 0:
            page = self._no_match if self._items else self._empty
        self._pages.setCurrentWidget(page)

    def _place_news(self) -> None:
        if self.news.parentWidget() is not self:
            return
        self.news.adjustSize()
        self.news.move((self.width() - self.news.width()) // 2, self._pages.y() + 8)
        self.news.raise_()

    def _tick(self) -> None:
        self._list.viewport().update()
        self._ask_for_thumbnails()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_news()
        self._ask_timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        self._tick_timer.start()
        self._ask_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick_timer.stop()
        self._play.play(None)


def _after(items: tuple[ReviewItem, ...], last: ReviewItem) -> tuple[ReviewItem, ...]:
    """Those that stand below it."""
    return tuple(item for item in items if (item.started_ns, item.id) < (last.started_ns, last.id))
