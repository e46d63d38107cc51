"""The list of alerts: grouped, filtered, worked with the keyboard."""

from collections.abc import Mapping

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStackedWidget, QVBoxLayout, QWidget

from engine.model.accounts.user_ref import UserRef
from engine.model.alerts.alert import Alert
from engine.model.time import Clock
from widgets.alerts.alert_delegate import AlertDelegate
from widgets.alerts.alert_filter_bar import AlertFilterBar
from widgets.alerts.alert_model import AlertModel
from widgets.alerts.alert_pictures import AlertPictures
from widgets.alerts.alert_rows import AlertFilter, AlertRow
from widgets.marks.empty_state import EmptyState

_TICK_MS = 1000


class AlertList(QWidget):
    """Main thread only. The chosen alert stays chosen while rows come and go; when it goes, the next one in its place is chosen.

    Signals: selected(alert id or empty); activated(alert id): Enter or double click; menu_requested(alert id, QPoint of the screen);
    filter_changed(AlertFilter).
    """

    selected = Signal(str)
    activated = Signal(str)
    menu_requested = Signal(str, QPoint)
    filter_changed = Signal(object)

    def __init__(self, clock: Clock, user: UserRef, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = AlertModel(user, self)
        self.bar = AlertFilterBar()
        self.pictures = AlertPictures(clock, self)
        self.view = _View(self.model, clock, self.pictures)
        self.empty = EmptyState("bell", self.tr("No alerts"), self.tr("Alerts appear here in real time."))
        self.no_match = EmptyState(
            "filter", self.tr("No alert matches"), self.tr("No alert in this list matches the filter."), self.tr("Clear filter")
        )
        self._current = ""
        self._order: list[str] = []
        self._telling = True
        self._pages = QStackedWidget()
        for page in (self.view, self.empty, self.no_match):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self._pages, 1)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.view.viewport().update)
        self._connect_list()
        self._choose_page()

    def _connect_list(self) -> None:
        self.bar.changed.connect(self._filter)
        self.pictures.changed.connect(self._repaint)
        self.no_match.action_requested.connect(self.bar.clear)
        self.view.activated.connect(self._emit_activated)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.customContextMenuRequested.connect(self._menu)

    def _repaint(self) -> None:
        self.view.viewport().update()

    def set_alerts(self, alerts: tuple[Alert, ...], cameras: Mapping[str, str], places: Mapping[str, str], now_ns: int) -> None:
        self._telling = False
        self.model.set_alerts(alerts, cameras, places, now_ns)
        self._telling = True
        self._keep_current()
        self._choose_page()

    # choosing

    def current(self) -> str:
        return self._current

    def selected_ids(self) -> tuple[str, ...]:
        """All that are marked, from the top; else the current one."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedIndexes())
        ids = tuple(row.alert.id for row in map(self.model.row_at, rows) if isinstance(row, AlertRow))
        return ids or ((self._current,) if self._current else ())

    def mark_current(self, marked: bool) -> None:
        """Whether the current one is told apart; not, where something else is looked at instead."""
        if not marked:
            self.view.clearSelection()
        elif self.view.currentIndex().isValid():
            self.view.selectionModel().select(self.view.currentIndex(), QItemSelectionModel.SelectionFlag.Select)

    def select_alert(self, alert_id: str) -> bool:
        row = self.model.row_of(alert_id)
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
        return row >= 0

    def step(self, by: int, extend: bool = False) -> None:
        """To the next alert (1) or the one before (−1), over heads of groups; with `extend` what was marked stays so."""
        row = self.model.row_of(self._current)
        while 0 <= (row := row + by) < self.model.rowCount():
            if isinstance(self.model.row_at(row), AlertRow):
                flag = QItemSelectionModel.SelectionFlag
                how = flag.Select if extend else flag.ClearAndSelect
                self.view.selectionModel().setCurrentIndex(self.model.index(row), how)
                self.view.scrollTo(self.model.index(max(0, row - 1) if by < 0 else row))
                return

    def _on_current_changed(self, index: QModelIndex) -> None:
        if self._telling:
            self._emit_selected(self._id_at(index))

    def _emit_activated(self, index: QModelIndex) -> None:
        self.activated.emit(self._id_at(index))

    def _emit_selected(self, alert_id: str) -> None:
        if alert_id != self._current:
            self._current = alert_id
            self.selected.emit(alert_id)

    def _keep_current(self) -> None:
        """After rows came or went: the same alert, else what is now in its place."""
        row = self.model.row_of(self._current)
        if row < 0:
            row = self._neighbour()
        self._order = [alert.id for alert in self.model.visible_alerts()]
        if row < 0:
            self._emit_selected("")
        elif self._id_at(self.view.currentIndex()) != self._id_at(self.model.index(row)):
            self.view.setCurrentIndex(self.model.index(row))
            self._emit_selected(self._id_at(self.model.index(row)))
        else:
            self._emit_selected(self._id_at(self.model.index(row)))

    def _neighbour(self) -> int:
        """Of the alert that went: the next that is still there, else the one before; −1 for none."""
        at = self._order.index(self._current) if self._current in self._order else 0
        candidates = (*self._order[at:], *reversed(self._order[:at]), *(alert.id for alert in self.model.visible_alerts()[:1]))
        return next((row for each in candidates if (row := self.model.row_of(each)) >= 0), -1)

    def _id_at(self, index: QModelIndex) -> str:
        row = self.model.row_at(index.row()) if index.isValid() else None
        return row.alert.id if isinstance(row, AlertRow) else ""

    # reacting

    def _filter(self, chosen: AlertFilter) -> None:
        self._telling = False
        self.model.set_filter(chosen)
        self._telling = True
        self.filter_changed.emit(chosen)
        self._keep_current()
        self._choose_page()

    def _choose_page(self) -> None:
        page: QWidget = self.view
        if self.model.rowCount() == 0:
            page = self.empty if self.model.filter().is_open() else self.no_match
        self._pages.setCurrentWidget(page)

    def _menu(self, position: QPoint) -> None:
        alert_id = self._id_at(self.view.indexAt(position))
        if alert_id:
            self.menu_requested.emit(alert_id, self.view.viewport().mapToGlobal(position))

    def showEvent(self, event: QShowEvent) -> None:
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()


class _View(QListView):
    def __init__(self, model: AlertModel, clock: Clock, pictures: AlertPictures) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Alerts, most severe first"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalScrollBar().setSingleStep(33)
        self.setModel(model)
        self.setItemDelegate(AlertDelegate(model, clock, pictures, self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters are the page's keys, not a search by the first letter."""
        if event.text().isalnum() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)
