"""One alert, whole: what, where, when, who, why, what to do. Or one decision that raised none, and why not."""

from collections.abc import Mapping
from dataclasses import field
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.event import EventKind
from engine.model.incidents.incident import Incident
from engine.model.time import Clock
from engine.model.value_class import dataclass
from widgets.alerts.alert_words import (
    NO_NAMES,
    alert_place,
    alert_title,
    decision_place,
    decision_title,
    disposition_word,
    hub_text,
    is_on_trial,
    outcome_word,
    severity_number,
    shelf_text,
    state_word,
)
from widgets.alerts.gate_ladder import GateLadder
from widgets.alerts.gate_words import gate_rows
from widgets.alerts.notes_list import NotesList
from widgets.alerts.procedure_list import ProcedureList
from widgets.facts import Facts
from widgets.icons import icon
from widgets.incidents.incident_words import category_text
from widgets.incidents.incident_words import state_word as incident_state_word
from widgets.layout.down_scroll import DownScroll
from widgets.layout.flow_row import FlowRow
from widgets.marks.plain_tip import plain_tip
from widgets.marks.severity_mark import SeverityMark
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.people.evidence_parts import EvidenceParts
from widgets.theme import set_role
from widgets.time_text import clock_text, relative_text
from widgets.translation import tr
from widgets.words import count_text

_CHIPS = {"new": "info", "acknowledged": "neutral", "in_progress": "good", "closed": "neutral"}


@dataclass(frozen=True, slots=True)
class CardNames:
    """What ids are called on the screen."""

    cameras: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)  # by what stands before the ids of each, where several are shown

    def site(self, id_: str) -> str:
        return self.sites.get(id_.partition("/")[0], "")


class AlertCard(QWidget):
    """Main thread only.

    Signals: live_wanted(); space_wanted(); incident_wanted(); timeline_wanted(); step_ticked(number, done).
    """

    live_wanted = Signal()
    space_wanted = Signal()
    incident_wanted = Signal()
    timeline_wanted = Signal()
    step_ticked = Signal(int, bool)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._ordered: tuple[QWidget, ...] = ()
        self.alert: Alert | None = None
        self.decision: Decision | None = None
        self.mark, self.title, self.state = SeverityMark(), QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText), StatusChip()
        self.reason = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.below_reason = QVBoxLayout()
        self.facts = Facts()
        self.live = QPushButton(icon("video"), self.tr("Show on &Live"))
        self.space = QPushButton(icon("box"), self.tr("Show on S&pace"))
        self.incident = QPushButton(icon("map"), self.tr("Show &incident"))
        self.timeline = QPushButton(icon("clock"), self.tr("Show on the &timeline"))
        self.procedure, self.notes = ProcedureList(), NotesList()
        self.flip = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.evidence, self.ladder = EvidenceParts(), GateLadder()
        self.why_trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._lay_out_card()
        self.live.clicked.connect(self.live_wanted)
        self.space.clicked.connect(self.space_wanted)
        self.incident.clicked.connect(self.incident_wanted)
        self.timeline.clicked.connect(self.timeline_wanted)
        self.procedure.ticked.connect(self.step_ticked)

    def _lay_out_card(self) -> None:
        set_role(self.title, "page")
        for label in (self.flip, self.why_trouble):
            set_role(label, "secondary")
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(12)
        column.addLayout(self._title_row())
        column.addWidget(self.reason)
        column.addLayout(self.below_reason)
        column.addWidget(self.facts)
        column.addWidget(self._ways())
        self._todo = _section(column, self.tr("Procedure"), self.procedure)
        self._noted = _section(column, self.tr("Notes"), self.notes)
        self._why = _section(column, self.tr("Cause"), self.flip, self.why_trouble, self.evidence, self.ladder)
        column.addStretch(1)
        self.area = DownScroll(self._body)
        frame = QVBoxLayout(self)
        frame.setContentsMargins(0, 0, 0, 0)
        frame.addWidget(self.area)

    def _title_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.title, 1)
        row.addWidget(self.state, alignment=Qt.AlignmentFlag.AlignTop)
        return row

    def _ways(self) -> QWidget:
        holder = QWidget()
        row = FlowRow(holder, spacing=8)
        for button in (self.incident, self.live, self.space, self.timeline):
            row.addWidget(button)
        return holder

    # An alert

    def show_alert(self, alert: Alert, names: CardNames, may_act: bool, incident: Incident | None = None) -> None:
        """Costs little where nothing changed; times move on with every call. `incident`: that it is about, as it is now."""
        if self.alert is None or self.alert.id != alert.id:
            self.area.verticalScrollBar().setValue(0)
        self.alert = alert
        now_ns = self._clock.now_ns()
        self.mark.show_severity(alert.severity)
        self._title(alert_title(alert), alert.reason)
        word = disposition_word(alert.disposition) if alert.disposition is not None else state_word(alert.state)
        self.state.set_status(word, _CHIPS[alert.state.value])
        self.facts.set_facts(self._alert_facts(alert, names, now_ns, incident))
        self.procedure.show_steps(alert.id, alert.procedure, alert.steps_done, may_act and alert.open)
        _set_shown(self._todo, bool(alert.procedure))
        self.notes.show_notes(alert.notes, now_ns)
        _set_shown(self._noted, bool(alert.notes))
        self._show_ways(bool(alert.camera_id), alert.position is not None, bool(alert.incident_id))
        self._order_tabs()

    def _alert_facts(self, alert: Alert, names: CardNames, now_ns: int, incident: Incident | None) -> tuple[tuple[str, str], ...]:
        raised = f"{clock_text(alert.raised_ns, now_ns)}, {relative_text(alert.raised_ns, now_ns)}"
        over = tr(", ended") if alert.ended else tr(", ongoing") if alert.open else ""
        shelved = shelf_text(alert, now_ns)
        escalated = count_text(alert.level, tr("once (unacknowledged)"), tr("{0} times (unacknowledged)"))
        nowhere = alert.kind is EventKind.FORECAST_FAILED  # of the engine itself: it has no place, and is about nobody
        return (
            (tr("Severity"), severity_number(alert.severity)),
            (tr("Site"), names.site(alert.id)),
            (tr("Where"), alert_place(alert, names.cameras, names.places) or ("" if nowhere else tr("Unknown"))),
            (tr("Incident"), incident_fact(incident) if incident is not None else ""),
            (tr("When"), raised + over),
            (tr("Who"), alert.person or ("" if nowhere else tr("Unidentified"))),
            (tr("Assigned to"), alert.assignee or tr("Unassigned")),
            (tr("At the hub"), hub_text(alert, now_ns)),
            (tr("Shelved"), f"{shelved}. {alert.shelved_reason}" if shelved else ""),
            (tr("Events"), tr("{0}, grouped as one cause").format(number_text(len(alert.event_ids))) if len(alert.event_ids) > 1 else ""),
            (tr("Escalated"), escalated if alert.level else ""),
            (tr("Rule"), names.rules.get(alert.rule_id, alert.rule_id)),
            (tr("Raised by"), tr("An operator, from held candidates") if alert.promoted else ""),
            (tr("Sensor"), tr("Simulated") if alert.simulated else ""),
            (tr("Seen by"), ", ".join(alert.seen_by)),
        )

    # A decision

    def show_decision(self, decision: Decision, names: CardNames) -> None:
        """One that raised nothing: held, on trial, or rejected."""
        self.alert = None
        now_ns = self._clock.now_ns()
        facts = decision.facts
        self.mark.show_severity(facts.severity if facts is not None else None)
        self._title(decision_title(decision), decision.reason)
        self.state.set_status(tr("On trial") if is_on_trial(decision) else outcome_word(decision.outcome), "neutral")
        when = f"{clock_text(decision.decided_ns, now_ns)}, {relative_text(decision.decided_ns, now_ns)}"
        where = decision_place(decision, names.cameras, names.places)
        self.facts.set_facts(
            (
                (tr("Severity"), severity_number(facts.severity) if facts is not None else ""),
                (tr("Site"), names.site(decision.id)),
                (tr("Where"), where or tr("Unknown")),
                (tr("Incident"), ""),
                (tr("When"), when),
                *((what, "") for what in (tr("Who"), tr("Assigned to"), tr("At the hub"), tr("Shelved"), tr("Events"), tr("Escalated"))),
                (tr("Rule"), names.rules.get(decision.rule_id, decision.rule_id) or tr("No rule applies")),
                (tr("Raised by"), ""),
                (tr("Sensor"), ""),
                (tr("Seen by"), ""),
            )
        )
        _set_shown(self._todo, False)
        _set_shown(self._noted, False)
        self._show_ways(bool(decision.camera_id), decision.position is not None, False)
        self.show_why(decision, names.cameras)

    # Why

    def show_why(self, decision: Decision | None, cameras: Mapping[str, str] = NO_NAMES, trouble: str = "") -> None:
        """None while it is fetched, or where it is no longer kept; `trouble` says which."""
        self.decision = decision
        self.why_trouble.setText(trouble)
        self.why_trouble.setVisible(bool(trouble))
        for widget in (self.flip, self.evidence, self.ladder):
            widget.setVisible(decision is not None)
        if decision is not None:
            self.flip.setText(decision.flip)
            self.evidence.show_decision(decision, cameras)
            self.ladder.show_rows(gate_rows(decision))
        self._order_tabs()

    def _order_tabs(self) -> None:
        """As they stand on the card; what is made anew would come last."""
        boxes = (*self.procedure.boxes, *self.evidence.boxes())
        if boxes != self._ordered:
            self._ordered = boxes
            for first, second in pairwise((self.incident, self.live, self.space, self.timeline, *boxes, self.evidence.again)):
                QWidget.setTabOrder(first, second)

    def _title(self, title: str, reason: str) -> None:
        self.title.setText(title)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.setAccessibleName(title)

    def _show_ways(self, camera: bool, place: bool, incident: bool) -> None:
        _set_shown(self.incident, incident)
        for button, there, why in (
            (self.live, camera, self.tr("No camera shows it")),
            (self.space, place, self.tr("Its place on the floor is unknown")),
        ):
            button.setEnabled(there)
            button.setToolTip(plain_tip("" if there else why))


def incident_fact(incident: Incident) -> str:
    """`Theft, 3 reporters, open`: as the incident is now, in the counts of its own card."""
    reporters = count_text(incident.reporter_count, tr("1 reporter"), tr("{0} reporters"))
    return ", ".join((category_text(incident), reporters, incident_state_word(incident.state).lower()))


def _section(column: QVBoxLayout, title: str, *widgets: QWidget) -> QWidget:
    """A heading with what stands under it, shown and hidden as one."""
    holder = QWidget()
    heading = QLabel(title, textFormat=Qt.TextFormat.PlainText)
    set_role(heading, "section")
    line = QFrame()
    set_role(line, "line")
    inner = QVBoxLayout(holder)
    inner.setContentsMargins(0, 4, 0, 0)
    inner.setSpacing(8)
    inner.addWidget(line)
    inner.addWidget(heading)
    for widget in widgets:
        inner.addWidget(widget)
    column.addWidget(holder)
    return holder


def _set_shown(widget: QWidget, on: bool) -> None:
    if widget.isHidden() is on:
        widget.setVisible(on)
