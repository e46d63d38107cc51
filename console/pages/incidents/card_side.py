"""The right side of the Incidents page: the card of the selected incident with what can be done about it, and how Atlas does."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from console.actions.incident_actions import IncidentActions
from console.bridge import EngineBridge
from console.dialogs.frame import open_dialog
from console.dialogs.incidents.report_picture import ReportPictureDialog
from console.feeds.incident_looks import IncidentLooks
from console.feeds.report_pictures import ReportPictures
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
from widgets.incidents.picture_strip import StripPicture
from widgets.incidents.report_compare import report_texts
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.folding_row import FoldingRow
from widgets.layout.tabs import Tabs
from widgets.marks.empty_state import EmptyState
from widgets.properties import with_properties
from widgets.signals import on

_MOST_PICTURES = 6
_REPORTS = 1  # tab of the card


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
        self.pictures = ReportPictures(bridge, self)
        self._faces_hidden = False
        self.card, self.atlas = IncidentCard(clock), AtlasPanel()
        self.none = EmptyState("map", self.tr("No incident selected"), self.tr("Select one in the table or on the map."))
        self._build_card()
        self._build_atlas()
        self._connect_card()
        self.show_incident(None, None)

    def _build_card(self) -> None:
        self.validate = with_properties(QToolButton(), text=self.tr("&Validate…"))
        self.edit = with_properties(QToolButton(), text=self.tr("&Edit…"))
        self.merge = with_properties(QToolButton(), text=self.tr("&Merge…"))
        self.close_button = QToolButton()
        self.split = QToolButton()
        foot = QWidget()
        buttons = make_row(foot, margins=(12, 0, 12, 12))
        self.acts = FoldingRow((self.validate, self.split, self.close_button, self.edit, self.merge))
        buttons.addWidget(self.acts)
        on(self.card.tabs.currentChanged, self._show_split)
        self.card.add_below(foot)
        self.page = QWidget()
        column = make_column(self.page, margins=(0, 8, 0, 0))
        column.addWidget(self.card)
        column.addWidget(self.none)
        self.addTab(self.page, self.tr("Incident"))

    def _build_atlas(self) -> None:
        self.settings = QPushButton(icon("settings"), self.tr("Atlas &settings…"))
        permit(self.settings, self._bridge.session, Verb.ADMINISTER, self.tr("Address, key, sampling, rounding"))
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
        self.card.pictures.chosen.connect(self._open_picture)
        self.card.reports.picture_chosen.connect(self._open_picture)
        self.pictures.came.connect(self._show_pictures)
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
        if snapshot.faces_hidden != self._faces_hidden:
            self._faces_hidden = snapshot.faces_hidden
            self.pictures.forget()
            self._show_pictures()
        if self._incident is not None:
            self.card.set_links(links(self._incident, snapshot, self._has_alerts))

    def _show_pictures(self, _: str = "") -> None:
        """Of the reports that are read, as they come."""
        media = [each for report in self.looks.reports or () for each in (*report.media, report.video_id) if each]
        found = self.pictures.of(media)
        shown = {each: StripPicture(each, self._picture_name(number), image) for number, (each, image) in enumerate(found.items(), 1)}
        self.card.pictures.set_pictures(list(shown.values())[:_MOST_PICTURES])
        self.card.reports.set_pictures(shown)

    def _picture_name(self, number: int) -> str:
        return self.tr("Picture {0} of the reports").format(number)

    def _open_picture(self, media_id: str) -> None:
        image = self.pictures.of((media_id,)).get(media_id)
        if image is not None:
            open_dialog(ReportPictureDialog(self.tr("Picture of a report"), image, self))

    def incident(self) -> Incident | None:
        return self._incident

    def _show_incident(self, it: Incident) -> None:
        offered = offers(it, self.looks.others)
        self.card.show_incident(it, self._distance_m, len(offered), self._bridge.site_of(it.id))
        reports, now_ns = self.looks.reports, self._clock.now_ns()
        merged = it.state is IncidentState.MERGED
        self.card.reports_note.setText(reports_note(it, reports, self._trouble, now_ns))
        shown = report_texts(self.looks.incident or it, reports or (), report_distances(it, reports or ()), now_ns)
        self.card.reports.set_reports(shown, tickable=self._act.may() and not merged and len(shown) > 1)
        self._show_pictures()
        self.card.related.set_offers(offered, self._act.may(), denied_text(Verb.ACKNOWLEDGE))
        self.card.patterns.set_answer(self.looks.patterns, self.looks.pattern_trouble)
        self._show_buttons(it)
        self._show_split()

    def _show_buttons(self, it: Incident) -> None:
        session, verb, merged = self._bridge.session, Verb.ACKNOWLEDGE, it.state is IncidentState.MERGED
        closed = it.state is IncidentState.CLOSED
        self.close_button.setText(self.tr("Re&open") if closed else self.tr("&Close incident"))
        tips = (
            (self.validate, self.tr("Confirm or correct the category (V)")),
            (self.edit, self.tr("Set category, severity or description (E)")),
            (self.merge, self.tr("Merge with another incident (M)")),
            (self.close_button, self.tr("Close or reopen the incident (C)")),
        )
        for button, tip in tips:
            elsewhere = self.tr("Merged into {0}. Continue there.").format(it.merged_into)
            if permit(button, session, verb, elsewhere if merged else tip):
                button.setEnabled(not merged)

    def _show_split(self) -> None:
        ticked, total = len(self.card.reports.ticked()), len(self.looks.reports or ())
        merged = self._incident is None or self._incident.state is IncidentState.MERGED
        self.acts.set_wanted(self.split, total > 1 and not merged and self.card.tabs.currentIndex() == _REPORTS)
        self.split.setText(self.tr("S&plit off {0} selected").format(ticked) if ticked else self.tr("S&plit off…"))
        tip = self.tr("Select the reports of another occurrence; one must stay (X)")
        if permit(self.split, self._bridge.session, Verb.ACKNOWLEDGE, tip):
            self.split.setEnabled(0 < ticked < total)

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
        if self.split.isEnabled() and len(self.looks.reports or ()) > 1:
            self.with_incident(lambda it: self._act.split(it, self.card.reports.ticked()))

    def take_list(self, part: QWidget) -> None:
        """Map and list as a tab, where there is no room for them beside the card."""
        self.addTab(part, self.tr("List and map"))

    def show_tab(self, number: int) -> None:
        """Of the card."""
        self.setCurrentIndex(0)
        self.card.tabs.setCurrentIndex(number)
