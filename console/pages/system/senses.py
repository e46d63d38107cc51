"""How well each sensor does at this site, on the System page: for whoever places cameras and nodes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from console.bridge import EngineBridge
from console.feeds.sense_quality import SenseQualityFeed
from console.pages.space.words import sensor_names
from engine.model.radio.radio import LOCAL_SCANNER
from engine.model.sense_quality import SenseFigures, SenseKind, SenseQuality
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.head_row import HeadRow
from widgets.properties import with_properties
from widgets.signals import on
from widgets.system.sense_table import SenseRow, SenseTable
from widgets.system.sense_words import advice_of
from widgets.theme import set_role
from widgets.time_text import clock_text


class SenseSection(QWidget):
    """UI thread. Asks while it is on screen."""

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock = bridge, clock
        self.feed = SenseQualityFeed(bridge, self)
        self.period = with_properties(QComboBox(), accessibleName=self.tr("Period"))
        self.period.addItems([self.tr("This hour and the last"), self.tr("Last 24 hours")])
        self.since = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.table = SenseTable(self)
        self.trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.since, "secondary")
        set_role(self.trouble, "error")
        heading = QLabel(self.tr("Sensor performance"))
        set_role(heading, "section")
        column = make_column(self, spacing=12, margins=NO_MARGINS)
        column.addLayout(HeadRow(heading, self.period))
        for part in (self.since, self.table, self.trouble):
            column.addWidget(part)
        self.trouble.hide()
        self.feed.changed.connect(self._show_senses)
        on(self.period.currentIndexChanged, self._show_senses)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if self.isVisible():
            self.feed.ask_now_and_then(snapshot.at_ns)

    def _show_senses(self) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        self.trouble.setText(self.feed.trouble)
        self.trouble.setVisible(bool(self.feed.trouble))
        self.table.setVisible(not self.feed.trouble)
        names, last_day = sensor_names(snapshot), self.period.currentIndex() == 1
        names |= {"radio": self.tr("Radio"), LOCAL_SCANNER: self.tr("This computer")}
        told = [*self.feed.senses, *_microphones(snapshot)] if self.feed.senses else []
        rows = [_row(quality, quality.day if last_day else quality.recent, names, snapshot) for quality in told]
        self.table.set_senses(rows, snapshot.at_ns)
        self.since.setText(self._since_text([row.figures for row in rows if row.figures.since_ns]))

    def _since_text(self, figures: list[SenseFigures]) -> str:
        explained = self.tr("Sensors that look at the same place are compared with each other. A sensor that is moved starts anew.")
        if not figures:
            return explained
        since = clock_text(min(each.since_ns for each in figures), self._clock.now_ns())
        return f"{self.tr('Since {0}.').format(since)} {explained}"


def _row(quality: SenseQuality, figures: SenseFigures, names: dict[str, str], snapshot: Snapshot) -> SenseRow:
    name = names.get(quality.sensor_id, quality.sensor_id)
    advice = advice_of(quality, figures, snapshot.settings)
    return SenseRow(quality.sensor_id, name, quality.kind, figures, advice, quality.simulated)


def _microphones(snapshot: Snapshot) -> list[SenseQuality]:
    """Nothing is counted of them: they are listed, so that nobody takes them for good."""
    nothing = SenseFigures(0)
    return [SenseQuality(each.id, SenseKind.MICROPHONE, nothing, nothing) for each in snapshot.settings.microphones]
