"""Where things stand on the Investigate page: recordings and floor above, the timeline below, the panel at the side."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSplitter, QTabWidget, QWidget

from console.session.remembered import Remembered
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.folding_row import FoldingRow
from widgets.layout.tabs import Tabs
from widgets.look import scaled
from widgets.playback.transport_bar import TransportBar

TabPages = Sequence[tuple[QWidget, str]]

LEAST_VIDEO = QSize(480, 270)  # of the pictures, whatever else is opened, from windows of 1280 × 800 on; the manual states it
_LEAST_EVER = QSize(240, 135)  # in smaller windows and with larger text
_LEAST, _SIDE_LEAST = 380, 340
_SIDE_HEIGHT = 234  # of the panel under the pictures: its tabs, and three rows of what was found; in low windows the pictures give way
_LEAST_SIDE_HEIGHT = 184  # with one row fewer, where the acts stand below the transport


class Side(QSplitter):
    """The panel, and below it why something was so, once that is asked. Under the pictures: beside it, or in its place where there is
    no room for both."""

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


class LowerPart(QWidget):
    """Transport and acts on one line; below them the timeline, or the panel where there is no room for it beside the pictures."""

    def __init__(self, transport: TransportBar, acts: FoldingRow, timeline: QWidget) -> None:
        super().__init__()
        self._timeline = timeline
        self._transport, self._acts, self._side_height = transport, acts, _SIDE_HEIGHT
        self._side: QWidget | None = None  # while it is here
        row = self._row = make_row(spacing=10, margins=NO_MARGINS)
        row.addWidget(transport, 1)
        row.addWidget(acts)
        self._column = make_column(self, spacing=6, margins=(0, 4, 0, 0))
        self._column.addLayout(row)
        self._column.addWidget(timeline, 1)

    def fit(self, width: int) -> None:
        """Without room for the acts beside the transport they stand below it, and without room for speeds these go."""
        self._transport.show_speeds(self._transport.least_width(speeds=True) <= width)
        beside = self._transport.minimumSizeHint().width() + self._row.spacing() + self._acts.minimumSizeHint().width() <= width
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._side_height = _SIDE_HEIGHT if beside else _LEAST_SIDE_HEIGHT
        if self._side is not None:
            self._side.setMinimumHeight(self._side_height)

    def take(self, side: QWidget) -> None:
        shown = not side.isHidden()  # a widget that gets another parent is hidden
        self._side = side
        side.setMinimumHeight(self._side_height)
        self._column.addWidget(side, 1)
        side.setVisible(shown)

    def give_back(self, side: QWidget) -> None:
        self._side = None
        side.setMinimumHeight(0)
        self._column.removeWidget(side)

    def show_timeline(self, shown: bool) -> None:
        self._timeline.setVisible(shown)


class Arrangement(QSplitter):
    """The pictures keep their place, and at least `LEAST_VIDEO`."""

    def __init__(self, stage: QWidget, then: QTabWidget, lower: LowerPart, side: Side) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._stage, self._then = stage, then
        self._across = _split(Qt.Orientation.Horizontal, (stage, then), (900, 420))
        self._down = _split(Qt.Orientation.Vertical, (self._across, lower), (1000, 320))
        self._lower = lower
        self.setChildrenCollapsible(False)
        self.addWidget(self._down)
        self.addWidget(side)
        self.setStretchFactor(0, 1)
        self._beside = [1300, 380]  # sizes when the panel was last beside the pictures
        self.setSizes(self._beside)
        self._side = side
        self.narrow = False
        self.setMinimumWidth(_LEAST)  # in which it changes over; what it holds asks for more

    def fit(self, width: int, panel: bool) -> None:
        """Where there is no room for the panel beside the pictures it is in the place of the timeline. `panel`: it is wanted."""
        self._lower.fit(width)
        pictures = LEAST_VIDEO.width() + (self._then.minimumWidth() if self._then.isVisibleTo(self) else 0)
        beside = max(pictures, self._lower.minimumSizeHint().width()) + self._side.least_width() + 2 * self.handleWidth()
        self._set_narrow(width < beside)
        across = self.narrow and width >= 2 * self._side.least_width()
        self._side.setOrientation(Qt.Orientation.Horizontal if across else Qt.Orientation.Vertical)
        self._side.set_cramped(self.narrow and not across)
        self._lower.show_timeline(not (self.narrow and panel))
        self._keep_pictures(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._keep_pictures(event.size().width())
        super().resizeEvent(event)

    def _keep_pictures(self, width: int) -> None:
        """Their least size, or what is left of the window for them where that is less."""
        floor = self._then.minimumWidth() + self._across.handleWidth() if self._then.isVisibleTo(self) else 0
        room = QSize(width - floor, self.height() - self._lower.minimumSizeHint().height() - self._down.handleWidth())
        least = room.boundedTo(LEAST_VIDEO).expandedTo(_LEAST_EVER)
        if least != self._stage.minimumSize():
            self._stage.setMinimumSize(least)

    def _set_narrow(self, narrow: bool) -> None:
        if narrow != self.narrow:
            self.narrow = narrow
            if narrow:
                self._beside = self.sizes() if all(self.sizes()) else self._beside
                self._lower.take(self._side)
            else:
                shown = not self._side.isHidden()
                self._lower.give_back(self._side)
                self.addWidget(self._side)
                self._side.setVisible(shown)
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


def tabs_of(tabs: TabPages) -> QTabWidget:
    made = Tabs()
    for widget, text in tabs:
        made.addTab(widget, text)
    return made
