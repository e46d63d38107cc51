"""What different people reported, side by side."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.model.incidents.filing import report_number
from engine.model.incidents.incident import Corroboration, Incident, Report
from engine.model.value_class import dataclass
from widgets.facts import Facts
from widgets.incidents.incident_table import SEVERITY_LEVELS
from widgets.incidents.incident_words import category_word, distance_text, gap_text, pseudonym, why_joined
from widgets.incidents.picture_strip import PictureStrip, StripPicture
from widgets.look import scaled
from widgets.marks.status_chip import StatusChip
from widgets.properties import with_properties
from widgets.theme import set_role, severity_word
from widgets.time_text import clock_text, duration_text
from widgets.translation import tr
from widgets.written_text import WrittenText

_LEAST_WIDTH, _LEAST_HEIGHT = 200, 60
_COLUMN = 260  # of reports beside each other: their facts stand beside what they are
AT_ONCE = 24


@dataclass(frozen=True, slots=True)
class ReportText:
    """A report as it is shown, all of it."""

    id: str
    who: str
    severity: int
    level: str
    category: str
    text: str
    facts: tuple[tuple[str, str], ...]
    why: str
    media: tuple[str, ...] = ()


def report_texts(incident: Incident, reports: Iterable[Report], distances: dict[str, float], now_ns: int) -> tuple[ReportText, ...]:
    """`distances`: of each report from the anchor, in metres."""
    links = {link.id: link for link in incident.corroborations}
    return tuple(_report_column(each, incident, links.get(each.id), distances.get(each.id), now_ns) for each in reports)


def _report_column(report: Report, incident: Incident, link: Corroboration | None, away_m: float | None, now_ns: int) -> ReportText:
    gap_s = (report.occurred_ns - incident.occurred_ns) / 1e9
    facts = (
        (tr("Occurred"), clock_text(report.occurred_ns, now_ns)),
        (tr("Received"), _received(report, now_ns)),
        (tr("From anchor"), _from_anchor(away_m, gap_s)),
        (tr("Accuracy"), distance_text(report.accuracy_m) if report.accuracy_m else ""),
        (tr("Pictures"), _pictures(report, link)),
        (tr("ID"), report_number(report.id)),
    )
    return ReportText(
        report.id,
        pseudonym(report.reporter, report.source.value),
        int(report.severity),
        SEVERITY_LEVELS[report.severity],
        f"{category_word(report.category)}, {severity_word(report.severity).lower()}",
        report.description,
        facts,
        why_joined(link),
        report.media,
    )


def _received(report: Report, now_ns: int) -> str:
    late_ns = report.received_ns - report.occurred_ns
    late = tr("{0} later").format(duration_text(late_ns)) if late_ns >= 1_000_000_000 else tr("at once")
    return f"{clock_text(report.received_ns, now_ns)}, {late}"


def _from_anchor(away_m: float | None, gap_s: float) -> str:
    if away_m is None:
        return ""
    when = tr("same time") if abs(gap_s) < 0.5 else (tr("{0} later") if gap_s > 0 else tr("{0} earlier")).format(gap_text(gap_s))
    return f"{distance_text(away_m)}, {when}"


def _pictures(report: Report, link: Corroboration | None) -> str:
    if not report.has_media:
        return tr("None sent")
    trouble = report.look_trouble or (link.look_trouble if link is not None else "")
    if link is not None and link.similarity is not None:
        alike = tr("{0} % alike").format(round(100 * link.similarity))
        return alike if not trouble else tr("{0}. Some could not be compared. {1}").format(alike, trouble)
    if trouble:
        return tr("Could not be compared. {0}").format(trouble)
    return tr("{0} sent, nothing to compare with").format(max(1, len(report.media)))


class ReportPanel(QFrame):
    """One report. Signals: ticked(): its box was changed. picture_chosen(media id): one of its pictures was clicked."""

    ticked = Signal()
    picture_chosen = Signal(str)

    def __init__(self, shown: ReportText, tickable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.report_id = shown.id
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.box = QCheckBox(shown.who)
        self.box.setAccessibleName(self.tr("Report of {0}").format(shown.who))
        self.box.toggled.connect(self.ticked)
        who = QLabel(shown.who, textFormat=Qt.TextFormat.PlainText)
        self.text = WrittenText(shown.text)
        self.pictures = PictureStrip()
        self.pictures.chosen.connect(self.picture_chosen)
        self.media = shown.media
        why = QLabel(shown.why, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(why, "secondary")
        facts = Facts()
        facts.set_facts(shown.facts)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.box if tickable else who)
        column.addWidget(StatusChip(shown.category, shown.level), alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.text)
        column.addWidget(self.pictures)
        column.addWidget(facts)
        column.addWidget(why)
        column.addStretch(1)
        (who if tickable else self.box).hide()


class ReportCompare(QWidget):
    """As many side by side as there is room for. Signals: ticked_changed(); picture_chosen(media id)."""

    ticked_changed = Signal()
    picture_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self._panels: list[ReportPanel] = []
        self._texts: tuple[ReportText, ...] = ()
        self._tickable = False
        self._columns = 1
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setSpacing(8)
        self.more = QToolButton()
        self.more.clicked.connect(self._add_more)
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._body)
        row = QHBoxLayout()
        row.addWidget(self.more)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll, 1)
        column.addLayout(row)
        self.more.hide()

    def set_reports(self, texts: tuple[ReportText, ...], tickable: bool) -> None:
        """Built anew only when something else is to be shown; ticks of reports that stay are kept."""
        if (texts, tickable) == self._shown:
            return
        ticked = self.ticked()
        self._shown, self._texts, self._tickable = (texts, tickable), texts, tickable
        for panel in self._panels:
            panel.hide()
            panel.deleteLater()
        self._panels = []
        self._add_more()
        for panel in self._panels:
            panel.box.setChecked(panel.report_id in ticked)
        self.ticked_changed.emit()

    def _add_more(self) -> None:
        begin = len(self._panels)
        for shown in self._texts[begin : begin + AT_ONCE]:
            panel = ReportPanel(shown, self._tickable, self._body)
            panel.ticked.connect(self.ticked_changed)
            panel.picture_chosen.connect(self.picture_chosen)
            self._panels.append(panel)
        left = len(self._texts) - len(self._panels)
        self.more.setText(self.tr("Show {0} more of {1}").format(min(left, AT_ONCE), len(self._texts)))
        self.more.setVisible(left > 0)
        self._place_panels()

    def set_pictures(self, pictures: Mapping[str, StripPicture]) -> None:
        """By the ids that reports have for them; those that are there."""
        for panel in self._panels:
            panel.pictures.set_pictures([pictures[each] for each in panel.media if each in pictures])

    def ticked(self) -> tuple[str, ...]:
        return tuple(panel.report_id for panel in self._panels if panel.box.isChecked())

    def panels(self) -> tuple[ReportPanel, ...]:
        return tuple(self._panels)

    def _place_panels(self) -> None:
        for panel in self._panels:
            self._grid.removeWidget(panel)
        for number in range(max(self._columns, self._grid.columnCount())):
            self._grid.setColumnStretch(number, 1 if number < self._columns else 0)
        rows = -(-len(self._panels) // self._columns)
        for number, panel in enumerate(self._panels):
            self._grid.addWidget(panel, number // self._columns, number % self._columns, Qt.AlignmentFlag.AlignTop)
            panel.show()
        for number in range(self._grid.rowCount()):
            self._grid.setRowStretch(number, 0)
        self._grid.setRowStretch(rows, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = max(1, event.size().width() // scaled(_COLUMN))
        if columns != self._columns:
            self._columns = columns
            self._place_panels()

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, _LEAST_HEIGHT)
