"""How much is asked of the operator: alerts per ten minutes against what ISA-18.2 calls a flood, and what comes with it."""

from collections import Counter
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.model.alerts.alert import AlarmLoad
from engine.model.event import Severity
from widgets.alerts.alert_words import NO_NAMES
from widgets.layout.flow_row import FlowRow
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notice
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.shapes import draw_shape
from widgets.theme import color, font, set_role, severity_style, severity_word
from widgets.translation import tr
from widgets.words import count_text

_INCIDENT = "in-"  # how ids of incidents begin, behind the site where several are shown
WELL = 1  # per ten minutes: what EEMUA 191 calls very likely to be acceptable
_SIDE, _BETWEEN = 16, 28  # pixels beside and between the figures


class LoadMeter(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setAccessibleName(self.tr("Alarm load"))
        self._shown: object = None
        self.rate, self.state, self.gauge = _figure(), QLabel(textFormat=Qt.TextFormat.PlainText), RateGauge()
        self.flood, self.stale, self.top = _figure(), _figure(), ElidedLabel()
        self.mix = SeverityMix()
        self.holding = Notice(level="high")
        self.top.setMinimumHeight(30)
        self.top.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        set_role(self.state, "secondary")
        self._lay_out_figures()

    def _lay_out_figures(self) -> None:
        row = self._figures = FlowRow(spacing=_BETWEEN)
        rate = QHBoxLayout()
        rate.setSpacing(10)
        rate.addWidget(self.rate)
        rate.addWidget(self.gauge)
        rate.addWidget(self.state)
        row.addLayout(_titled(self.tr("Alerts in 10 min"), rate))
        row.addLayout(_titled(self.tr("Open, by severity"), self.mix))
        row.addLayout(_titled(self.tr("Time in flood, last 24 h"), self.flood))
        self._gives_way = [_part(self.tr("Open for over a day"), self.stale), _part(self.tr("Top sources, last 24 h"), self.top)]
        for part in self._gives_way:
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, 10, _SIDE, 10)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.holding)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """One line: on a small screen the list needs the height more than these figures. Worked out: showing one lays the page out anew."""
        room = self.contentsRect().width() - 2 * _SIDE
        always = [self._figures.itemAt(number) for number in range(self._figures.count() - len(self._gives_way))]
        left = room + _BETWEEN - sum(item.sizeHint().width() + _BETWEEN for item in always if item is not None)
        for part in self._gives_way:
            left -= part.minimumSizeHint().width() + _BETWEEN
            if part.isHidden() == (left >= 0):
                part.setVisible(left >= 0)
                self.updateGeometry()  # the height of two lines is not kept for one

    def show_load(self, load: AlarmLoad, flood_at: int, sources: Mapping[str, str] = NO_NAMES) -> None:
        """`sources`: names of cameras and zones by id."""
        if (load, flood_at, sources) == self._shown:
            return
        self._shown = (load, flood_at, dict(sources))
        word, level = load_state(load, flood_at)
        self.rate.setText(str(load.per_10_min))
        self.state.setText(word)
        self.gauge.show_rate(load.per_10_min, flood_at, level)
        self.flood.setText(tr("{0} %").format(number_text(100 * load.flood_share, ".1f")))
        self.stale.setText(str(load.stale))
        self.top.setText(" · ".join(f"{name} {count}" for name, count in named_sources(load.top, sources)) or tr("none"))
        self.mix.show_mix(load.by_severity)
        self.holding.set_notice(load.holding, "high" if load.flooding else "moderate")
        rate = count_text(load.per_10_min, tr("one alert in 10 minutes"), tr("{0} alerts in 10 minutes"))
        said = (f"{rate}, {word}", self.mix.words(), load.holding)
        self.setAccessibleDescription(". ".join(part for part in said if part))
        if (column := self.layout()) is not None:
            column.activate()  # rows within rows keep their widths until then
        self._fit()  # words of another width


def named_sources(top: tuple[tuple[str, int], ...], sources: Mapping[str, str]) -> list[tuple[str, int]]:
    """The four most frequent by their names. Incidents are one source: each is told of once or twice, by a number that says nothing."""
    found: Counter[str] = Counter()
    for source, count in top:
        found[tr("Incidents") if source.rpartition("/")[2].startswith(_INCIDENT) else sources.get(source, source)] += count
    return found.most_common(4)


def load_state(load: AlarmLoad, flood_at: int) -> tuple[str, str]:
    """A word and the level of `widgets.marks.status_chip`."""
    if load.flooding:
        return tr("flood"), "high"
    if load.per_10_min > WELL:
        return (tr("near flood"), "moderate") if load.holding else (tr("busy"), "low")
    return tr("normal"), "good"


class RateGauge(QWidget):
    """A bar up to one and a half times the flood limit, with lines at the target and at the flood."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rate, self._flood_at, self._level = 0, 10, "good"
        self.setFixedSize(QSize(110, 22))

    def show_rate(self, rate: int, flood_at: int, level: str) -> None:
        self._rate, self._flood_at, self._level = rate, flood_at, level
        self.setToolTip(plain_tip(tr("Lines: target {0}, flood from {1} (ISA-18.2, EEMUA 191)").format(WELL, flood_at)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(0, 7, self.width(), 8)
        painter.setPen(QPen(color("line"), 1))
        painter.setBrush(color("raised"))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        most = 1.5 * self._flood_at
        share = min(self._rate / most, 1.0)
        painter.setBrush(color("good" if self._level == "good" else self._level))
        painter.drawRoundedRect(QRectF(0, 7, max(3.0, share * self.width()) if self._rate else 0.0, 8), 3, 3)
        for mark, role in ((WELL, "secondary"), (self._flood_at, "high")):
            x = round(mark / most * self.width()) + 0.5
            painter.setPen(QPen(color(role), 1))
            painter.drawLine(QPointF(x, 2), QPointF(x, 20))
        painter.end()


class SeverityMix(QWidget):
    """How many of each severity are open: shape, number, colour; those there are none of stay away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mix: tuple[tuple[Severity, int], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_mix(self, by_severity: tuple[tuple[int, int], ...]) -> None:
        self._mix = tuple((Severity(level), count) for level, count in sorted(by_severity, reverse=True) if count)
        self.setToolTip(plain_tip(self.words()))
        self.setAccessibleName(self.words())
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        said = ", ".join(f"{count} {severity_word(severity).lower()}" for severity, count in self._mix)
        return tr("Open: {0}").format(said) if said else tr("No open alerts")

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(28 + metrics.horizontalAdvance(f"{count}") + 8 for _, count in self._mix)
        return QSize(max(width, 96), 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("section"))
        if not self._mix:
            painter.setPen(color("secondary"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, tr("none"))
        x = 0.0
        for severity, count in self._mix:
            style = severity_style(severity)
            draw_shape(painter, style.shape, QRectF(x, self.height() / 2 - 6, 12, 12), style.fill)
            painter.setPen(color("text"))
            text = QRectF(x + 17, 0, 60, self.height())
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, str(count))
            x += 17 + painter.fontMetrics().horizontalAdvance(str(count)) + 14
        painter.end()


def _figure() -> QLabel:
    label = QLabel(textFormat=Qt.TextFormat.PlainText)
    label.setFont(font("page"))
    label.setMinimumHeight(30)
    return label


def _part(title: str, content: QWidget) -> QWidget:
    part = QWidget()
    part.setLayout(_titled(title, content))
    return part


def _titled(title: str, content: QWidget | QHBoxLayout) -> QVBoxLayout:
    label = QLabel(title, textFormat=Qt.TextFormat.PlainText)
    set_role(label, "secondary")
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label)
    if isinstance(content, QWidget):
        column.addWidget(content)
    else:
        column.addLayout(content)
    return column
