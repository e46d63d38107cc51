"""How Atlas does: its state in words, what waits for it, and its figures beside what they should be."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from engine.model.incidents.atlas import AtlasHealth, AtlasState
from engine.model.value_class import dataclass
from widgets.facts import Facts
from widgets.layout.boxes import make_column, make_row
from widgets.layout.flow_row import FlowRow
from widgets.marks.notice import Notice
from widgets.marks.status_chip import LEVELS, StatusChip
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.shapes import draw_shape
from widgets.theme import set_role, shape_color
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr
from widgets.words import count_text

ATLAS_LEVELS = {AtlasState.OFF: "neutral", AtlasState.WORKING: "good", AtlasState.DOWN: "high", AtlasState.OPEN: "high"}


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` "": there is no data. `target`: what it should be, "" for none. `met`: whether it is, None where nobody can say."""

    name: str
    value: str
    target: str = ""
    met: bool | None = None


def atlas_state_word(state: AtlasState) -> str:
    return {
        AtlasState.OFF: tr("Atlas is off"),
        AtlasState.WORKING: tr("Atlas is working"),
        AtlasState.DOWN: tr("Atlas is down"),
        AtlasState.OPEN: tr("Atlas is paused"),
    }[state]


def atlas_state_text(health: AtlasHealth) -> str:
    """What it means."""
    return {
        AtlasState.OFF: tr("Incidents are classified locally by keywords. No data leaves this site."),
        AtlasState.WORKING: tr("Incidents are classified by Atlas."),
        AtlasState.DOWN: tr("Calls fail. Incidents are classified locally, and again by Atlas once it answers."),
        AtlasState.OPEN: tr("Too many calls failed. Atlas is tried again after a pause; until then incidents are classified locally."),
    }[health.state]


def figures(health: AtlasHealth) -> tuple[Figure, ...]:
    """Of the last seven days."""
    return (
        _percent_figure(tr("Classified by Atlas"), health.classified, 0.95, tr("≥ 95 %")),
        Figure(tr("Mean response time"), *_mean(health.mean_ms)),
        _percent_figure(tr("Uptime"), health.uptime, 0.995, tr("99.5 %"), digits=2),
        _percent_figure(tr("With nearby patterns"), health.enriched),
        Figure(
            tr("Links to other products"),
            "" if health.links_per_week is None else tr("{0} a week").format(number_text(health.links_per_week, "g")),
        ),
        _percent_figure(tr("Accuracy (validated)"), health.agreement),
        _percent_figure(tr("Keyword accuracy (validated)"), health.local_agreement),
    )


def _percent_figure(name: str, value: float | None, least: float | None = None, target: str = "", digits: int = 1) -> Figure:
    if value is None:
        return Figure(name, "", target)
    return Figure(name, f"{number_text(100 * value, f'.{digits}f')} %", target, None if least is None else value >= least)


def _mean(mean_ms: float | None) -> tuple[str, str, bool | None]:
    target = tr("< 200 ms")
    return ("", target, None) if mean_ms is None else (f"{number_text(mean_ms, '.0f')} ms", target, mean_ms < 200)


class _Met(QWidget):
    """A shape before a figure: whether its target is met."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = ""
        self.setFixedSize(14, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.level:
            shape, role = LEVELS[self.level]
            painter = QPainter(self)
            draw_shape(painter, shape, QRectF(2, 4, 10, 10), shape_color(role))
            painter.end()


class AtlasPanel(QFrame):
    """`add_below` for what can be done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.state = StatusChip()
        self.since = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.meaning = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.reason = Notice()
        self.queue = Facts()
        self._rows: list[tuple[QLabel, _Met, QLabel, QLabel]] = []
        set_role(self.since, "secondary")
        top = FlowRow()
        top.addWidget(self.state)
        top.addWidget(self.since)
        heading = QLabel(self.tr("Last seven days"))
        set_role(heading, "section")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        body = QWidget()
        column = make_column(body, spacing=10, margins=(16, 14, 16, 4))
        column.addLayout(top)
        for part in (self.meaning, self.reason, self.queue, heading):
            column.addWidget(part)
        column.addLayout(self._grid)
        column.addStretch(1)
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)  # in a low window the figures scroll; what can be done stays below them
        self._column = make_column(self, spacing=6, margins=(1, 1, 1, 14))
        self._column.addWidget(scroll, 1)

    def add_below(self, widget: QWidget) -> None:
        row = make_row(margins=(16, 0, 16, 0))
        row.addWidget(widget)
        self._column.addLayout(row)

    def show_health(self, health: AtlasHealth, now_ns: int) -> None:
        self.state.set_status(atlas_state_word(health.state), ATLAS_LEVELS[health.state])
        since = f"{clock_text(health.since_ns, now_ns)}, {relative_text(min(health.since_ns, now_ns), now_ns)}" if health.since_ns else ""
        self.since.setText(self.tr("since {0}").format(since) if since else "")
        self.meaning.setText(atlas_state_text(health))
        self.reason.set_notice(health.reason if health.state not in (AtlasState.OFF, AtlasState.WORKING) else "", "moderate")
        dropped = self.tr("{0} (queue full)").format(health.dropped) if health.dropped else self.tr("None")
        waiting = count_text(health.waiting, self.tr("one call"), self.tr("{0} calls"))
        self.queue.set_facts(((self.tr("Waiting"), waiting), (self.tr("Dropped"), dropped)))
        for number, figure in enumerate(figures(health)):
            self._show_figure(number, figure)

    def values(self) -> dict[str, str]:
        """What is shown, by its name."""
        return {name.text(): value.text() for name, _, value, _ in self._rows}

    def _show_figure(self, number: int, figure: Figure) -> None:
        if number == len(self._rows):
            row = (
                QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
                _Met(),
                QLabel(textFormat=Qt.TextFormat.PlainText),
                QLabel(textFormat=Qt.TextFormat.PlainText),
            )
            for column, part in enumerate(row[:3]):
                self._grid.addWidget(part, 2 * number, column)
            self._grid.addWidget(row[3], 2 * number + 1, 0, 1, 3, Qt.AlignmentFlag.AlignRight)
            row[2].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            set_role(row[3], "secondary")
            self._rows.append(row)
        name, met, value, target = self._rows[number]
        name.setText(figure.name)
        value.setText(figure.value or self.tr("No data"))
        set_role(value, "" if figure.value else "secondary")
        target.setText(self.tr("target {0}").format(figure.target) if figure.target else "")
        target.setVisible(bool(figure.target))
        met.level = "" if figure.met is None else "good" if figure.met else "moderate"
        met.setToolTip("" if figure.met is None else self.tr("Target met") if figure.met else self.tr("Target missed"))
        value.setAccessibleName(f"{figure.name} {value.text()} {met.toolTip()}".strip())
        met.update()
