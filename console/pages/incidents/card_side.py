"""The right side of the Incidents page: the card of the selected incident with what can be done about it, and how Atlas does."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from console.actions.incident_actions import IncidentActions
from console.bridge import EngineBridge
from console.feeds.incident_looks import IncidentLooks
from console.pages.incidents.words import links, offers, report_distances, reports_note
from console.words import denied_text, error_text, permit
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.incidents.incident import Incident, IncidentState
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.icons import icon
from widgets.incidents.atlas_panel import AtlasPanel
from widgets.incidents.incident_card import IncidentCard
from widgets.incidents.report_compare import report_texts
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.flow_row import FlowRow
from widgets.layout.tabs import Tabs
from widgets.marks.empty_state import EmptyState
from widgets.signals import on
from widgets.theme import set_role


class IncidentSide(Tabs):
    """UI thread. Signals: shown(id): another incident is to be looked at. merge_wanted(id): with this other one, "" for any."""

    shown = Signal(str)
    merge_wanted = Signal(str)

    def __init__(self, bridge: EngineBridge, clock: Clock, act: IncidentActions, has_alerts: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._bridge, self._clock, self._act, self._has_alerts = bridge, clock, act, has_alerts
        self._incident: Incident | None = None
        self._distance_m: float | None = None
        self._trouble = ""
        self.looks = IncidentLooks(bridge, self)
        self.card, self.atlas = IncidentCard(clock), AtlasPanel()
        self.none = EmptyState("map", self.tr("No incident is chosen"), self.tr("Choose one in the table or on the map."))
        self._build_card()
        self._build_atlas()
        self._connect_card()
        self.show_incident(None, None)

    def _build_card(self) -> None:
        self.validate = QPushButton(self.tr("&Validate…"))
        self.edit = QPushButton(self.tr("&Edit…"))
        self.merge = QPushButton(self.tr("&Merge…"))
        self.close_button = QPushButton()
        self.split = QPushButton()
        foot = QWidget()
        buttons = FlowRow(foot, spacing=8)
        buttons.setContentsMargins(12, 0, 12, 12)
        for button in (self.validate, self.edit, self.merge, self.close_button):
            buttons.addWidget(button)
        self.card.add_below(foot)
        self.card.add_report_tools(self.split)
        self.page = QWidget()
        column = make_column(self.page, margins=(0, 8, 0, 0))
        column.addWidget(self.card)
        column.addWidget(self.none)
        self.addTab(self.page, self.tr("Incident"))

    def _build_atlas(self) -> None:
        self.settings = QPushButton(icon("settings"), self.tr("Atlas &settings…"))
        permit(self.settings, self._bridge.session, Verb.ADMINISTER, self.tr("Address, key, share that is sent, rounding"))
        foot = QWidget()
        row = make_row(foot, margins=NO_MARGINS)
        row.addWidget(self.settings)
        row.addStretch()
        self.atlas.add_below(foot)
        holder = QWidget()
        column = make_column(holder, margins=(0, 8, 0, 0))
        column.addWidget(self.atlas)
        self.addTab(holder, self.tr("Atlas"))

    def _connect_card(self) -> None:
        act = self._act
        on(self.validate.clicked, self.with_incident, act.validate)
        on(self.edit.clicked, self.with_incident, act.edit)
        on(self.close_button.clicked, self.with_incident, act.switch_state)
        on(self.merge.clicked, self.merge_wanted.emit, "")
        self.split.clicked.connect(self.split_ticked)
        self.settings.clicked.connect(act.atlas_settings)
        self.card.related.same.connect(self.merge_wanted)
        self.card.related.another.connect(lambda other: self.with_incident(lambda it: act.keep_apart(it, other)))
        self.card.related.shown.connect(self.shown)
        self.card.reports.ticked_changed.connect(self._show_split)
        self.looks.changed.connect(self._clear_error)
        self.looks.refused.connect(self._show_card_error)

    # What is shown

    def show_incident(self, incident: Incident | None, distance_m: float | None) -> None:
        if incident is None or self._incident is None or incident.id != self._incident.id:
            self._trouble = ""
        self._incident, self._distance_m = incident, distance_m
        self.card.setVisible(incident is not None)
        self.none.setVisible(incident is None)
        self.looks.show(incident)
        if incident is not None:
            self._show_incident(incident)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.atlas.show_health(snapshot.incidents.atlas, self._clock.now_ns())
        if self._incident is not None:
            self.card.set_links(links(self._incident, snapshot, self._has_alerts))

    def incident(self) -> Incident | None:
        return self._incident

    def _show_incident(self, it: Incident) -> None:
        offered = offers(it, self.looks.others)
        self.card.show_incident(it, self._distance_m, len(offered))
        reports, now_ns = self.looks.reports, self._clock.now_ns()
        merged = it.state is IncidentState.MERGED
        self.card.reports_note.setText(reports_note(it, reports, self._trouble, now_ns))
        shown = report_texts(self.looks.incident or it, reports or (), report_distances(it, reports or ()), now_ns)
        self.card.reports.set_reports(shown, tickable=self._act.may() and not merged and len(shown) > 1)
        self.card.related.set_offers(offered, self._act.may(), denied_text(Verb.ACKNOWLEDGE))
        self.card.patterns.set_answer(self.looks.patterns, self.looks.pattern_trouble)
        self._show_buttons(it)
        self._show_split()

    def _show_buttons(self, it: Incident) -> None:
        session, verb, merged = self._bridge.session, Verb.ACKNOWLEDGE, it.state is IncidentState.MERGED
        closed = it.state is IncidentState.CLOSED
        self.close_button.setText(self.tr("&Open again") if closed else self.tr("&Close incident"))
        tips = (
            (self.validate, self.tr("Say what it really was (V)")),
            (self.edit, self.tr("Set category, severity or description (E)")),
            (self.merge, self.tr("It is the same as another (M)")),
            (self.close_button, self.tr("Nothing more is to be done, or there is again (C)")),
        )
        for button, tip in tips:
            elsewhere = self.tr("It lives on in {0}. Do it there.").format(it.merged_into)
            if permit(button, session, verb, elsewhere if merged else tip):
                button.setEnabled(not merged)

    def _show_split(self) -> None:
        ticked, total = len(self.card.reports.ticked()), len(self.looks.reports or ())
        self.split.setVisible(total > 1 and self._incident is not None and self._incident.state is not IncidentState.MERGED)
        self.split.setText(self.tr("S&plit off {0} ticked").format(ticked) if ticked else self.tr("S&plit off…"))
        tip = self.tr("Tick the reports that are of another occurrence; one has to stay (X)")
        if permit(self.split, self._bridge.session, Verb.ACKNOWLEDGE, tip):
            self.split.setEnabled(0 < ticked < total)
        set_role(self.split, "primary" if self.split.isEnabled() else "")

    def _clear_error(self) -> None:
        self._trouble = ""
        if self._incident is not None:
            self._show_incident(self._incident)

    def _show_card_error(self, error: WatchroomError) -> None:
        self._trouble = error_text(error)
        if self._incident is not None:
            self._show_incident(self._incident)

    # What the operator does

    def with_incident(self, do: Callable[[Incident], None]) -> None:
        """Where one is chosen that stands for itself."""
        it = self._incident
        if it is not None and it.state is not IncidentState.MERGED:
            do(it)

    def split_ticked(self) -> None:
        if self.split.isEnabled() and self.split.isVisibleTo(self):
            self.with_incident(lambda it: self._act.split(it, self.card.reports.ticked()))

    def show_tab(self, number: int) -> None:
        """Of the card."""
        self.setCurrentIndex(0)
        self.card.tabs.setCurrentIndex(number)
