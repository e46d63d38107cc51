"""Where things stand on the Investigate page: recordings and floor above, the timeline below, the panel at the side."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from console.remembered import Remembered
from widgets.flow_row import FlowRow

Tabs = Sequence[tuple[QWidget, str]]


_LEAST = 480


class Arrangement(QSplitter):
    """Signals: moved(): somebody moved one of the bars that matter for the width."""

    moved = Signal()

    def __init__(self, stage: QWidget, then: QTabWidget, lower: QWidget, side: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._across = _split(Qt.Orientation.Horizontal, (stage, then), (900, 420))
        self._down = _split(Qt.Orientation.Vertical, (self._across, lower), (500, 380))
        self.setChildrenCollapsible(False)
        self.addWidget(self._down)
        self.addWidget(side)
        self.setStretchFactor(0, 1)
        self.setSizes([1300, 380])
        self._side = side
        self.narrow = False
        self.setMinimumWidth(_LEAST)  # in which it changes over; what it holds asks for more
        self.splitterMoved.connect(lambda *_: self.moved.emit())

    def beside_from(self) -> int:
        """Pixels from which the panel has room beside the pictures."""
        return (
            self._down.minimumSizeHint().width() + max(self._side.minimumWidth(), self._side.minimumSizeHint().width()) + self.handleWidth()
        )

    def set_narrow(self, narrow: bool, panel: bool) -> None:
        """Where there is no room for the panel beside the pictures it is in their place, above the timeline. `panel`: it is wanted."""
        if narrow != self.narrow:
            self.narrow = narrow
            if narrow:
                self._down.insertWidget(0, self._side)
            else:
                self.addWidget(self._side)
        self._across.setVisible(not (narrow and panel))

    def restore(self, remembered: Remembered) -> None:
        for name, splitter in self._named():
            remembered.restore_splitter(name, splitter)

    def keep(self, remembered: Remembered) -> None:
        for name, splitter in self._named():
            remembered.keep_splitter(name, splitter)

    def _named(self) -> tuple[tuple[str, QSplitter], ...]:
        return ("investigate-across", self._across), ("investigate-down", self._down), ("investigate-beside", self)


def _split(orientation: Qt.Orientation, parts: Iterable[QWidget], sizes: tuple[int, int]) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    for part in parts:
        splitter.addWidget(part)
    splitter.setStretchFactor(0, 1)
    splitter.setSizes(sizes)
    return splitter


def side_of(panel: QWidget, why: QWidget) -> QSplitter:
    """The panel, and below it why something was so, once that is asked."""
    side = QSplitter(Qt.Orientation.Vertical)
    side.setChildrenCollapsible(False)
    side.setMinimumWidth(340)
    side.addWidget(panel)
    side.addWidget(why)
    side.setSizes([420, 340])
    why.hide()
    return side


def tabs_of(tabs: Tabs) -> QTabWidget:
    made = QTabWidget(documentMode=True)
    for widget, text in tabs:
        made.addTab(widget, text)
    return made


def lower_part(transport: QWidget, acts: Iterable[QWidget], timeline: QWidget) -> QWidget:
    lower, row = QWidget(), FlowRow()
    row.addWidget(transport)
    row.addWidget(_beside(acts, transport.sizeHint().height()))
    column = QVBoxLayout(lower)
    column.setContentsMargins(0, 4, 0, 0)
    column.setSpacing(6)
    column.addLayout(row)
    column.addWidget(timeline, 1)
    return lower


def _beside(acts: Iterable[QWidget], height: int) -> QWidget:
    """As high as the transport, so that all stand on one line; together on the next where there is no room."""
    together = QWidget()
    together.setMinimumHeight(height)
    row = QHBoxLayout(together)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for act in acts:
        row.addWidget(act)
    return together
