"""Where things stand on the Investigate page: recordings and floor above, the timeline below, the panel at the side."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget

from console.session.remembered import Remembered
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.flow_row import FlowRow
from widgets.look import scaled

Tabs = Sequence[tuple[QWidget, str]]

_LEAST, _SIDE_LEAST = 480, 340


class Side(QSplitter):
    """The panel, and with it why something was so, once that is asked: below it, beside it where the whole width is theirs, or in its place
    where there is no room for both."""

    def __init__(self, panel: QWidget, why: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self._panel, self._why, self._cramped = panel, why, False
        self.addWidget(panel)
        self.addWidget(why)
        self.setSizes([420, 340])
        why.hide()
        why.installEventFilter(self)

    def set_cramped(self, cramped: bool) -> None:
        """Too low for one below the other."""
        self._cramped = cramped
        self._share()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._share()
        return False

    def _share(self) -> None:
        self._panel.setVisible(not (self._cramped and self._why.isVisibleTo(self)))

    def least_width(self) -> int:
        """Of one below the other: never less than the panel's tabs, however large the text."""
        parts = map(self.widget, range(self.count()))
        return max(scaled(_SIDE_LEAST), *(part.minimumSizeHint().width() for part in parts if part is not None))

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return hint if self.orientation() is Qt.Orientation.Horizontal else hint.expandedTo(QSize(self.least_width(), 0))


class Arrangement(QSplitter):
    """Signals: moved(): somebody moved one of the bars that matter for the width."""

    moved = Signal()

    def __init__(self, stage: QWidget, then: QTabWidget, lower: QWidget, side: Side) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._across = _split(Qt.Orientation.Horizontal, (stage, then), (900, 420))
        self._down = _split(Qt.Orientation.Vertical, (self._across, lower), (500, 380))
        self.setChildrenCollapsible(False)
        self.addWidget(self._down)
        self.addWidget(side)
        self.setStretchFactor(0, 1)
        self._beside = [1300, 380]  # sizes when the panel was last beside the pictures
        self.setSizes(self._beside)
        self._side = side
        self.narrow = False
        self.setMinimumWidth(_LEAST)  # in which it changes over; what it holds asks for more
        self.splitterMoved.connect(self.moved)

    def fit(self, width: int, panel: bool) -> None:
        """Where there is no room for the panel beside the pictures it is in their place, above the timeline. `panel`: it is wanted."""
        beside = self._down.minimumSizeHint().width() + self._side.least_width() + self.handleWidth()
        self._set_narrow(width < beside)
        across = self.narrow and width >= 2 * self._side.least_width()
        self._side.setOrientation(Qt.Orientation.Horizontal if across else Qt.Orientation.Vertical)
        self._side.set_cramped(self.narrow and not across)
        self._across.setVisible(not (self.narrow and panel))

    def _set_narrow(self, narrow: bool) -> None:
        if narrow != self.narrow:
            self.narrow = narrow
            if narrow:
                self._beside = self.sizes() if all(self.sizes()) else self._beside
                self._down.insertWidget(0, self._side)
            else:
                self.addWidget(self._side)
                self.setSizes(self._beside)

    def restore(self, remembered: Remembered) -> None:
        for name, splitter in self._splitters():
            remembered.restore_splitter(name, splitter)

    def keep(self, remembered: Remembered) -> None:
        for name, splitter in self._splitters():
            remembered.keep_splitter(name, splitter)

    def _splitters(self) -> tuple[tuple[str, QSplitter], ...]:
        return ("investigate-across", self._across), ("investigate-down", self._down), ("investigate-beside", self)


def _split(orientation: Qt.Orientation, parts: Iterable[QWidget], sizes: tuple[int, int]) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    for part in parts:
        splitter.addWidget(part)
    splitter.setStretchFactor(0, 1)
    splitter.setSizes(sizes)
    return splitter


def tabs_of(tabs: Tabs) -> QTabWidget:
    made = QTabWidget(documentMode=True)
    for widget, text in tabs:
        made.addTab(widget, text)
    return made


def lower_part(transport: QWidget, acts: Iterable[QWidget], timeline: QWidget) -> QWidget:
    lower, row = QWidget(), FlowRow()
    row.addWidget(transport)
    row.addWidget(_beside(acts, transport.sizeHint().height()))
    column = make_column(lower, spacing=6, margins=(0, 4, 0, 0))
    column.addLayout(row)
    column.addWidget(timeline, 1)
    return lower


def _beside(acts: Iterable[QWidget], height: int) -> QWidget:
    """As high as the transport, so that all stand on one line; together on the next where there is no room."""
    together = QWidget()
    together.setMinimumHeight(height)
    row = make_row(together, spacing=6, margins=NO_MARGINS)
    for act in acts:
        row.addWidget(act)
    return together
