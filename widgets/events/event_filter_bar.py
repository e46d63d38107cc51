"""The row above the feed that narrows it down."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from engine.model.event import EventKind
from widgets.events.event_filter import EventFilter
from widgets.fields.choices import replace_choices
from widgets.fields.elided_combo import ElidedCombo
from widgets.icons import icon
from widgets.words import kind_word


class EventFilterBar(QWidget):
    """Signals: changed(EventFilter)."""

    changed = Signal(EventFilter)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: dict[str, str] = {}
        self._text = QLineEdit(placeholderText=self.tr("Filter events"), clearButtonEnabled=True)
        self._text.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._text.setAccessibleName(self.tr("Filter events by text"))
        self._camera = _choice(self.tr("Filter by camera"), self.tr("All cameras"))
        self._kind = _choice(self.tr("Filter by kind"), self.tr("All kinds"))
        for kind in EventKind:
            self._kind.addItem(kind_word(kind), kind)
        self._lay_out_filters()
        self._text.textChanged.connect(self._emit_filter)
        self._camera.currentIndexChanged.connect(self._emit_filter)
        self._kind.currentIndexChanged.connect(self._emit_filter)

    def _lay_out_filters(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(8)
        choices.addWidget(self._camera, 1)
        choices.addWidget(self._kind, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addWidget(self._text)
        column.addLayout(choices)

    def set_cameras(self, names: Mapping[str, str]) -> None:
        """Cameras to choose from, by id. The choice stays where its camera does."""
        if names == self._names:
            return
        self._names = dict(names)
        if replace_choices(self._camera, names):
            self._emit_filter()

    def current_filter(self) -> EventFilter:
        return EventFilter(self._text.text(), self._camera.currentData() or "", self._kind.currentData())

    def clear(self) -> None:
        self._text.clear()
        self._camera.setCurrentIndex(0)
        self._kind.setCurrentIndex(0)

    def _emit_filter(self) -> None:
        self.changed.emit(self.current_filter())


def _choice(name: str, everything: str) -> QComboBox:
    box = ElidedCombo()
    box.setAccessibleName(name)
    box.addItem(everything, None)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return box
