"""The row above the feed that narrows it down: what is chosen stands below it as chips."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from engine.model.event import EventKind
from engine.model.history.timeline import SearchFilter
from widgets.events.event_filter import EventFilter
from widgets.fields.filter_box import FilterBox, filter_button
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_row
from widgets.row_limits import NO_LIMITS
from widgets.words import kind_word


class EventFilterBar(QWidget):
    """Signals: changed(EventFilter)."""

    changed = Signal(EventFilter)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, str] = {}
        self._limits = NO_LIMITS
        self.text = QLineEdit(placeholderText=self.tr("Filter events"), clearButtonEnabled=True)
        self.text.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.text.setAccessibleName(self.tr("Filter events by text"))
        self._camera = FilterBox(self.tr("Camera"), self.tr("Filter by camera"))
        self._kind = FilterBox(self.tr("Kind"), self.tr("Filter by kind"))
        for kind in EventKind:
            self._kind.offer_one(kind.value, kind_word(kind))
        self._lay_out_filters()
        self.text.textChanged.connect(self._emit_filter)
        self._camera.chosen.connect(self._limit_camera)
        self._kind.chosen.connect(self._limit_kind)

    def _lay_out_filters(self) -> None:
        self._add = filter_button((self._camera, self._kind))
        self._add.hide()
        self._choices = QWidget()
        choices = make_row(self._choices, spacing=8, margins=NO_MARGINS)
        choices.addWidget(self._camera, 1)
        choices.addWidget(self._kind, 1)
        typed = make_row(spacing=8)
        typed.addWidget(self.text, 1)
        typed.addWidget(self._add)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addLayout(typed)
        column.addWidget(self._choices)

    def set_low(self, low: bool) -> None:
        """Where there is little room for the list: the boxes are a menu beside what is typed."""
        self._choices.setHidden(low)
        self._add.setVisible(low)

    def set_cameras(self, names: Mapping[str, str]) -> None:
        """Cameras to choose from, by id. A filter by one that is gone goes, too."""
        if names == self._names:
            return
        gone, self._names = self._names.keys() - names.keys(), dict(names)
        self._camera.offer(names)
        self.set_limits(replace(self._limits, camera_ids=tuple(each for each in self._limits.camera_ids if each not in gone)))

    def current_filter(self) -> EventFilter:
        return EventFilter(self.text.text(), self._limits)

    def limits(self) -> SearchFilter:
        """The filters that were typed or chosen."""
        return self._limits

    def set_limits(self, limits: SearchFilter) -> None:
        if limits != self._limits:
            self._limits = limits
            self._emit_filter()

    def _limit_camera(self, value: str) -> None:
        self.set_limits(replace(self._limits, camera_ids=tuple(dict.fromkeys((*self._limits.camera_ids, value)))))

    def _limit_kind(self, value: str) -> None:
        self.set_limits(replace(self._limits, event_kinds=tuple(dict.fromkeys((*self._limits.event_kinds, value)))))

    def add_chips(self, chips: QWidget) -> None:
        """Below the rows in which they are typed or chosen."""
        self._column.addWidget(chips)

    def clear(self) -> None:
        self.set_limits(NO_LIMITS)
        self.text.clear()

    def _emit_filter(self) -> None:
        self.changed.emit(self.current_filter())
