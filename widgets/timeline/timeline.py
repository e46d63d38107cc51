"""The timeline as a whole: filter, lanes with a scroll bar, legend and what lies under the pointer in words."""

from collections.abc import Mapping
from datetime import tzinfo
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QScrollBar, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.model.history.timeline import LaneKind, SpanState, Timeline
from widgets.icons import icon
from widgets.layout.flow_row import FlowRow
from widgets.look import scaled
from widgets.marks.elided_label import ElidedLabel
from widgets.properties import with_properties
from widgets.theme import color, set_role
from widgets.timeline.timeline_canvas import Range, TimelineCanvas
from widgets.timeline.timeline_paint import draw_lock_sample, draw_sample
from widgets.timeline.timeline_raster import layer_color
from widgets.timeline.timeline_rows import RowChoice, rows_of
from widgets.timeline.timeline_window import DAY_NS, HOUR_NS, MINUTE_NS, TimeWindow, window
from widgets.timeline.timeline_words import lane_word
from widgets.translation import tr

_FILTER = (72, 220)  # pixels, from and to
_FILTER_FROM = 480  # pixels of the view
_LEGEND_FROM = 1040  # pixels; below, the words under the pointer need the room


def _lengths() -> tuple[tuple[str, int], ...]:
    return ((tr("Minute"), MINUTE_NS), (tr("Hour"), HOUR_NS), (tr("Day"), DAY_NS), (tr("Week"), 7 * DAY_NS), (tr("Year"), 366 * DAY_NS))


class TimelineView(QWidget):
    """Signals: folded(set of LaneKind as a frozenset): which groups are folded away now. Everything else is told by `canvas`."""

    folded = Signal(object)

    def __init__(self, zone: tzinfo | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Mapping[str, str] = {}
        self._timeline: Timeline | None = None
        self._choice = RowChoice(words={kind: lane_word(kind) for kind in LaneKind})
        self.canvas = TimelineCanvas(zone)
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        self.bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.readout = ElidedLabel()
        self.filter = QLineEdit(placeholderText=tr("Filter lanes, types"), clearButtonEnabled=True)
        self._build_view()
        self._connect_canvas()

    def _build_view(self) -> None:
        self.filter.setAccessibleName(tr("Filter lanes and event types"))
        self.filter.setToolTip(tr("Filter lanes and event types"))
        self.filter.addAction(QAction(icon("list-filter"), "", self.filter), QLineEdit.ActionPosition.LeadingPosition)
        self.tools = FlowRow()  # large text may need a second line
        self.tools.addWidget(self.filter)
        self._spans = [self._span_button(text, length_ns) for text, length_ns in _lengths()]
        for button in self._spans:
            self.tools.addWidget(button)
        lanes = QHBoxLayout()
        lanes.setSpacing(0)
        lanes.addWidget(self.canvas, 1)
        lanes.addWidget(self.bar)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        set_role(self.readout, "secondary")
        self.readout.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        foot.addWidget(self.readout, 1)
        self.legend = TimelineLegend()
        self.legend.setMinimumWidth(1)  # it is hidden where there is no room, and must not keep it
        foot.addWidget(self.legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self.tools)
        column.addLayout(lanes, 1)
        column.addLayout(foot)

    def _span_button(self, text: str, length_ns: int) -> QToolButton:
        button = with_properties(QToolButton(), text=text)
        button.setToolTip(tr("Set the length of the view"))
        set_role(button, "quiet")
        button.clicked.connect(partial(self.show_length, length_ns))
        return button

    def _connect_canvas(self) -> None:
        self.filter.textChanged.connect(self._filtered)
        self.canvas.folded.connect(self._fold)
        self.canvas.pointed.connect(self.readout.setText)
        self.canvas.scrolled.connect(self._follow_scroll)
        self.bar.valueChanged.connect(self.canvas.set_scroll)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.legend.setVisible(event.size().width() >= scaled(_LEGEND_FROM))
        self._fit_filter()

    def _fit_filter(self) -> None:
        """As wide as the buttons beside it leave room for; in a narrow view the buttons keep their row, and only a filter in use stays."""
        roomy = self.width() >= scaled(_FILTER_FROM)
        self.filter.setVisible(roomy or bool(self.filter.text()))
        for button in (self._spans[0], self._spans[-1]):  # the wheel comes closer and goes farther, too
            button.setVisible(roomy)
        others = [item.sizeHint().width() for item in map(self.tools.itemAt, range(1, self.tools.count())) if item is not None]
        room = self.width() - sum(others) - self.tools.spacing() * len(others)
        self.filter.setFixedWidth(max(scaled(_FILTER[0]), min(scaled(_FILTER[1]), room)))

    def show_timeline(self, timeline: Timeline, names: Mapping[str, str]) -> None:
        """`names`: of cameras, persons and sensors."""
        self._timeline, self._names = timeline, names
        self.canvas.set_bookmarks(timeline.bookmarks)
        self._show_rows()

    def show_trouble(self, text: str) -> None:
        """A sentence; lanes that were loaded stay."""
        self.canvas.set_words(text)
        self.readout.setText(text)

    def set_folded(self, kinds: frozenset[LaneKind]) -> None:
        self._choice = RowChoice(self._choice.text, kinds, self._choice.words)
        self._show_rows()

    def show_length(self, length_ns: int) -> None:
        """As much as that, around the playhead where it is in view."""
        shown, at_ns = self.canvas.window_shown(), self.canvas.playhead()
        held = at_ns is not None and shown.holds(at_ns)
        self.canvas.set_window(window((at_ns if held and at_ns is not None else shown.middle_ns) - length_ns // 2, length_ns))

    def reveal(self, since_ns: int, until_ns: int) -> None:
        """Show a stretch with air at both ends."""
        air_ns = max((until_ns - since_ns) // 8, 1)
        self.canvas.set_window(window(since_ns - air_ns, until_ns - since_ns + 2 * air_ns))

    def window_shown(self) -> TimeWindow:
        return self.canvas.window_shown()

    def range_chosen(self) -> Range | None:
        return self.canvas.range_chosen()

    def _filtered(self, text: str) -> None:
        self._choice = RowChoice(text, self._choice.folded, self._choice.words)
        self._show_rows()

    def _fold(self, kind: LaneKind) -> None:
        self.set_folded(self._choice.folded ^ {kind})
        self.folded.emit(self._choice.folded)

    def _show_rows(self) -> None:
        if self._timeline is None:
            return
        rows = rows_of(self._timeline, self._names, self._choice)
        text = self._choice.text.strip()
        self.canvas.set_words(tr("No lane or event type matches “{0}”.").format(text) if text else tr("No records in this range."))
        self.canvas.set_timeline(self._timeline, rows)

    def _follow_scroll(self) -> None:
        layout = self.canvas.layout_now()
        self.bar.blockSignals(True)
        self.bar.setRange(0, layout.most_scroll())
        self.bar.setPageStep(self.canvas.height())
        self.bar.setSingleStep(32)
        self.bar.setValue(self.canvas.scroll_now())
        self.bar.blockSignals(False)
        self.bar.setVisible(layout.most_scroll() > 0)


class TimelineLegend(QWidget):
    """What the colours and hatches mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        colours = {tr("motion"): "motion", tr("people, objects"): "object", tr("alert"): "raised"}
        for text, layer in colours.items():
            row.addWidget(_Sample(text, layer_color(layer)))
        states = {
            SpanState.VIDEO: tr("video"),
            SpanState.GAP: tr("not recorded"),
            SpanState.OBSERVED: tr("watched"),
            SpanState.PARTLY: tr("partly"),
            SpanState.BLIND: tr("blind"),
        }
        for state, text in states.items():
            row.addWidget(_Sample(text, "", state))
        row.addWidget(_LockSample(tr("locked")))


class _Sample(QWidget):
    def __init__(self, text: str, role: str, state: SpanState | None = None) -> None:
        super().__init__()
        self._role, self._state = role, state
        label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
        set_role(label, "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 0, 0)
        row.addWidget(label)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(0, (self.height() - 12) / 2, 18, 12)
        if self._state is None:
            painter.fillRect(area.adjusted(0, 2, 0, 0), color(self._role))
        else:
            draw_sample(painter, self._state, area)
        painter.end()


class _LockSample(_Sample):
    """As a lane shows what is locked as evidence: a line on top, and a lock where it begins."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "text")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_lock_sample(painter, QRectF(0, (self.height() - 14) / 2, 18, 14))
        painter.end()
