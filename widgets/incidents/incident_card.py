"""All about one incident: what it was, who said so, what it may be the same as."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.model.incidents.incident import Classification, Incident, IncidentState
from engine.model.incidents.settings import IncidentSettings
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.facts import Facts
from widgets.incidents.incident_table import SEVERITY_LEVELS, status_level, status_text
from widgets.incidents.incident_words import (
    category_reason_text,
    category_word,
    classified_by,
    coordinates_text,
    distance_text,
    edited_text,
    one_line,
    part_word,
    state_word,
)
from widgets.incidents.pattern_list import PatternList
from widgets.incidents.picture_strip import PictureStrip
from widgets.incidents.related_list import RelatedList
from widgets.incidents.report_compare import ReportCompare
from widgets.layout.tabs import Tabs
from widgets.marks.notice import Notices
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.theme import set_role, severity_word
from widgets.time_text import clock_text, relative_text
from widgets.written_text import WrittenText


@dataclass(frozen=True, slots=True)
class LinkedItem:
    """An alert or event that came of the incident. `page`, `what`: where it can be looked at; "" nowhere."""

    text: str
    level: str
    page: str = ""
    what: str = ""


class IncidentCard(QFrame):
    """`add_below` for what can be done. Signals: link_wanted(page, what): an alert or event is to be looked at."""

    link_wanted = Signal(str, str)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._clock = clock
        self._links: tuple[LinkedItem, ...] | None = None
        self.title = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.where = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.severity, self.status = StatusChip(), StatusChip()
        self.notices = Notices()
        self.text = WrittenText()
        self.pictures = PictureStrip()
        self.facts, self.classified = Facts(), Facts()
        self.advice = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.patterns = PatternList()
        self.reports, self.related = ReportCompare(), RelatedList()
        self.reports_note = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        set_role(self.title, "section")
        set_role(self.where, "secondary")
        set_role(self.reports_note, "secondary")
        self._lay_out_card()

    def _lay_out_card(self) -> None:
        chips = QHBoxLayout()
        chips.setSpacing(6)
        chips.addWidget(self.severity)
        chips.addWidget(self.status)
        chips.addStretch()
        top = QVBoxLayout()
        top.setContentsMargins(16, 14, 16, 0)
        top.setSpacing(6)
        top.addWidget(self.title)
        top.addWidget(self.where)
        top.addLayout(chips)
        self.tabs = Tabs()
        self.tabs.addTab(self._overview(), self.tr("Overview"))
        self.tabs.addTab(self._reports(), self.tr("Reports"))
        self.tabs.addTab(_scrolled(self.related), self.tr("Possible duplicates"))
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(8)
        self._outer.addLayout(top)
        self.tabs.setMinimumHeight(80)  # in the smallest window the tabs scroll, and the head stays whole
        self._outer.addWidget(self.tabs, 1)

    def _overview(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(self.text)
        column.addWidget(self.notices)  # not in the head, which they would fill in the smallest window
        column.addWidget(self.pictures)
        column.addWidget(self.facts)
        self._links_head = _heading(self.tr("Alerts and events"))
        self._links_column = QVBoxLayout()
        self._links_column.setSpacing(2)
        self._advice_head = _heading(self.tr("Recommended"))
        for part in (_heading(self.tr("Classification")), self.classified, self._advice_head, self.advice):
            column.addWidget(part)
        column.addWidget(_heading(self.tr("Patterns nearby")))
        column.addWidget(self.patterns)
        column.addWidget(self._links_head)
        column.addLayout(self._links_column)
        column.addStretch(1)
        return _scrolled(body)

    def _reports(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.reports_note)
        column.addWidget(self.reports, 1)
        return body

    def add_below(self, widget: QWidget) -> None:
        self._outer.addWidget(widget)

    # What is shown

    def show_incident(self, incident: Incident, distance_m: float | None, others: int, site: str = "") -> None:
        """`others`: how many may be the same. site: whose it is, where several are shown."""
        now_ns = self._clock.now_ns()
        self.title.setText(category_word(incident.category))
        at, ago = clock_text(incident.occurred_ns, now_ns), relative_text(min(now_ns, incident.occurred_ns), now_ns)
        away = _tr("{0} from the site").format(distance_text(distance_m)) if distance_m is not None else ""
        place = coordinates_text(incident.latitude, incident.longitude)
        place = f"{place} ± {distance_text(incident.accuracy_m)}" if incident.accuracy_m else place
        self.where.setText("\n".join((f"{at}, {ago}", f"{place}, {away}" if away else place)))
        self.severity.set_status(severity_word(incident.severity), SEVERITY_LEVELS[incident.severity])
        self.status.set_status(status_text(incident), status_level(incident))
        self.notices.set_notices(_notices(incident))
        self.text.set_written(incident.description)
        self.facts.set_facts(_incident_facts(incident, site, now_ns))
        self.classified.set_facts(_classification(incident.classification, now_ns))
        advice = incident.classification.recommendations if incident.classification is not None else ()
        self.advice.setText("\n".join(f"• {one_line(each)}" for each in advice))
        self.advice.setVisible(bool(advice))
        self._advice_head.setVisible(bool(advice))
        self.tabs.setTabText(1, self.tr("Reports ({0})").format(number_text(incident.reporter_count)))
        words = self.tr("Possible duplicates ({0})").format(others) if others else self.tr("Possible duplicates")
        self.tabs.set_words(2, words, self.tr("Duplicates ({0})").format(others) if others else self.tr("Duplicates"))

    def set_links(self, links: tuple[LinkedItem, ...]) -> None:
        """Its alerts and events."""
        if links == self._links:
            return
        self._links = links
        while (item := self._links_column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for link in links:
            self._links_column.addWidget(self._link(link))
        if not links:
            none = QLabel(self.tr("No open alert or event"))
            set_role(none, "secondary")
            self._links_column.addWidget(none)

    def _link(self, link: LinkedItem) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(StatusChip(link.text, link.level))
        row.addStretch()
        if link.page:
            button = QPushButton(self.tr("Show"))
            button.setAccessibleName(self.tr("Open {0}").format(link.text))
            button.clicked.connect(partial(self.link_wanted.emit, link.page, link.what))
            row.addWidget(button)
        return holder


def _notices(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Worst first."""
    said: list[tuple[str, str]] = []
    if incident.simulated:
        said.append((_tr("Simulated incident"), "neutral"))
    if incident.state is IncidentState.MERGED:
        said.append((_tr("Merged into {0}, which shows its reports.").format(incident.merged_into), "neutral"))
    if incident.review_ids and incident.state is not IncidentState.MERGED:
        said.append((_tr("Pending review: decide on possible duplicates."), "moderate"))
    if incident.category_flagged:
        said.append((_tr("Uncertain category. {0}").format(incident.category_reason), "moderate"))
    if incident.degraded_reason:
        said.append((_tr("Classified locally from the report's text. {0}").format(one_line(incident.degraded_reason)), "moderate"))
    if incident.accuracy_m > IncidentSettings().radius_m:
        said.append((_tr("Location accuracy: {0}.").format(distance_text(incident.accuracy_m)), "neutral"))
    if incident.edited:
        said.append((edited_text(incident), "neutral"))
    return tuple(said)


def _incident_facts(incident: Incident, site: str, now_ns: int) -> tuple[tuple[str, str], ...]:
    validated = (
        _tr("{0}, by {1}").format(category_word(incident.validated_category), one_line(incident.validated_by))
        if incident.validated_category
        else _tr("Not yet")
    )
    return (
        (_tr("Site"), site),
        (_tr("State"), state_word(incident.state)),
        (_tr("Reporters"), str(incident.reporter_count)),
        (_tr("Confidence"), f"{number_text(100 * incident.confidence, '.0f')} %"),
        (_tr("Category"), _with_editor(incident, "category", category_reason_text(incident))),
        (_tr("Severity"), _with_editor(incident, "severity", severity_word(incident.severity))),
        (_tr("Validated"), validated),
        (_tr("Updated"), clock_text(incident.updated_ns, now_ns)),
        (_tr("ID"), incident.id.rpartition("/")[2]),  # as its site has it
    )


def _with_editor(incident: Incident, part: str, text: str) -> str:
    """With who set it, where that was a person."""
    return _tr("{0} ({1} edited)").format(text, part_word(part)) if part in incident.edited else text


def _classification(said: Classification | None, now_ns: int) -> tuple[tuple[str, str], ...]:
    if said is None:
        return ((_tr("Method"), _tr("Not classified yet")), *((name, "") for name in _classified_parts()))
    products = ", ".join(f"{one_line(product)}: {one_line(word)}" for product, word in said.products)
    emergency = _tr("Emergency") if said.emergency else ""
    values = (
        ", ".join(part for part in (category_word(said.category), severity_word(said.severity).lower(), emergency) if part),
        f"{number_text(100 * said.confidence, '.0f')} %",
        clock_text(said.at_ns, now_ns),
        " ".join(part for part in (one_line(said.threat_id), one_line(said.model_version)) if part),
        products,
    )
    return ((_tr("Method"), classified_by(said)), *zip(_classified_parts(), values, strict=True))


def _classified_parts() -> tuple[str, ...]:
    return (_tr("Category"), _tr("Confidence"), _tr("When"), _tr("Reference"), _tr("External ID"))


def _heading(text: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    set_role(label, "section")
    return label


def _scrolled(body: QWidget) -> QScrollArea:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(16, 12, 8, 12)
    column.addWidget(body)
    scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(holder)
    return scroll


def _tr(text: str) -> str:
    return QCoreApplication.translate("IncidentCard", text)
