"""What the panels of bookmarks and of evidence locks have in common: moments of the record as a list, with buttons below."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QWidget

from console.bridge import EngineBridge
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.time import Clock
from widgets.layout.boxes import make_column
from widgets.marks.empty_state import EmptyState
from widgets.marks.toast import ToastArea
from widgets.timeline.moment_list import MomentList, MomentRow


class Moment(Protocol):
    @property
    def id(self) -> str: ...


M = TypeVar("M", bound=Moment)
D = TypeVar("D", bound=QDialog)


class MomentPanel(QWidget, Generic[M]):
    """UI thread. A panel says how it asks (`load`), what a row says (`row`), and what its buttons can do (`enable`).

    Signals: chosen(the moment): go there.
    """

    chosen = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        clock: Clock,
        zone: tzinfo,
        toasts: ToastArea,
        name: str,
        empty: EmptyState,
        buttons: Sequence[QPushButton],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._zone, self._toasts = bridge, clock, zone, toasts
        self._names: Mapping[str, str] = {}
        self._moments: tuple[M, ...] = ()
        self.list, self.empty = MomentList(name), empty
        self.shown = QStackedWidget()
        self.shown.addWidget(self.empty)
        self.shown.addWidget(self.list)
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = make_column(self, spacing=8, margins=(0, 8, 0, 0))
        column.addWidget(self.shown, 1)
        column.addLayout(row)
        self.list.chosen.connect(lambda row: self._go(row.id))
        bridge.undone.connect(self.load)

    def load(self) -> None:
        raise NotImplementedError

    def row(self, moment: M, now_ns: int) -> MomentRow:
        raise NotImplementedError

    def enable(self) -> None:
        """After another one was chosen, or other ones are shown."""
        raise NotImplementedError

    def set_names(self, names: Mapping[str, str]) -> None:
        """Of places, by id."""
        self._names = names

    def current(self) -> M | None:
        row = self.list.current()
        return next((each for each in self._moments if row is not None and each.id == row.id), None)

    def choose(self, moment_id: str) -> None:
        self.list.select_moment(moment_id)
        self._go(moment_id)

    def open_over(self, dialog: D) -> D:
        """`dialog.accepted` is the caller's."""
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def show_moments(self, moments: tuple[M, ...]) -> None:
        self._moments = moments
        now_ns = self._clock.now_ns()
        self.list.set_rows(tuple(self.row(each, now_ns) for each in moments))
        self.shown.setCurrentWidget(self.list if moments else self.empty)
        self.enable()

    def _go(self, moment_id: str) -> None:
        self.enable()
        found = next((each for each in self._moments if each.id == moment_id), None)
        if found is not None:
            self.chosen.emit(found)

    def _toast_moment_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical")
