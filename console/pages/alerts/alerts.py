"""The Alerts page: open alerts, what happened, why they were raised and what to do; worked with the keyboard alone."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QMenu, QPushButton, QSizePolicy, QSplitter, QWidget

from console.actions.alert_actions import AlertActions
from console.actions.moment_actions import MomentActions
from console.bridge import EngineBridge
from console.dialogs.alerts.alert_rules import AlertRulesDialog
from console.dialogs.alerts.why_nothing import WhyNothingDialog
from console.dialogs.at_site import open_at_site
from console.feeds.alert_picture_feed import AlertPictureFeed
from console.pages.alerts.buttons import TriageButtons, possible_acts
from console.pages.alerts.keys import TriageKeys
from console.pages.alerts.past import PastAlerts, past
from console.pages.alerts.past_incidents import PastIncidents
from console.pages.alerts.places import incident_place, place_of_alert, place_of_decision, places_without_camera
from console.pages.alerts.stage import AlertStage, StageSubject
from console.pages.alerts.why import WhyOf
from console.pages.alerts.words import empty_words, headline, no_match_words, on_floor, summary
from console.pages.page import MARGINS, Page, PageContext, ShortcutNote
from console.palette.commands_catalogue import Action
from console.searching.typed_chips import OF_ALERTS, TypedChips
from console.shell.jump_links import Jump, link_of
from console.words import error_text, permit, place_names
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.decision import Decision
from engine.model.errors import WatchroomError
from engine.model.incidents.incident import Incident
from engine.model.places import choices
from engine.model.snapshot import Snapshot
from widgets.alerts.alert_card import AlertCard, CardNames
from widgets.alerts.alert_list import AlertList
from widgets.alerts.held_lane import HeldLane
from widgets.alerts.load_meter import LoadMeter
from widgets.engine_text import translate_engine_text
from widgets.fields.first_focus import set_first_focus
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.head_row import HeadRow
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.empty_state import EmptyState
from widgets.signals import on
from widgets.theme import set_role

_SEEN_MS = 400  # whoever steps past an alert has not seen it
_ABOUT_ALERTS = frozenset(
    {"acknowledge", "begin", "close", "shelve", "unshelve", "take", "note", "open"}
)  # not while something else is shown


class AlertsPage(Page):
    """UI thread. Lists and figures follow every snapshot; why an alert was raised is asked for when it is chosen."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._remembered = context.bridge, context.clock, context.remembered
        self._context = context
        self._names = CardNames()
        self._names_of: object = None
        self._shown_held = ""
        self._wanted = ""
        self.act = AlertActions(context.bridge, context.toasts, context.clock, self)
        self.moments = MomentActions(context.bridge, context.toasts, context.clock, self)
        self.why_of = WhyOf(context.bridge, context.clock, self)
        self.past = PastAlerts(context.bridge, self)
        self.meter = LoadMeter()
        self.list = AlertList(context.clock, context.bridge.user)
        self.chips = TypedChips(self.list.bar, context.bridge, OF_ALERTS, self)
        self.older = QPushButton(self.tr("Show &older"))
        self.held = HeldLane(context.clock, self.tr("Held"))
        self.shadows = HeldLane(context.clock, self.tr("On trial, not raised"))
        self.card = AlertCard(context.clock)
        self.buttons = TriageButtons(context.bridge.session, context.bridge.user)
        self.promote_button = QPushButton(self.tr("Raise as alert"))
        self.stage = AlertStage(context.bridge, self)
        self.clip = self.stage.clip
        self.row_pictures = AlertPictureFeed(context.bridge, self.list.pictures, self)
        self._incidents: dict[str, Incident] = {}
        self.past_incidents = PastIncidents(context.bridge, self)
        self.nothing = EmptyState("bell", "", "")
        self._seen = QTimer(self, interval=_SEEN_MS, singleShot=True)
        self._build_columns()
        self._connect_lists()
        self.keys = TriageKeys(self.left, self.right_card, self)
        self._remembered.restore_splitter("alerts-across", self._across)
        self._remembered.restore_splitter("alerts-stage", self._down)
        self._remembered.restore_splitter("alerts-place", self.stage.across)
        set_first_focus(self, self.list.view)

    def _build_columns(self) -> None:
        self.left = QWidget()
        column = make_column(self.left, spacing=8, margins=(0, 0, 4, 0))
        column.addWidget(self.list, 1)
        column.addWidget(self.older, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.held)
        column.addWidget(self.shadows)
        self.right_card = QFrame()
        set_role(self.right_card, "panel")
        inner = make_column(self.right_card, margins=NO_MARGINS)
        inner.addWidget(self.card)
        inner.addWidget(self.nothing)
        self.card.below_reason.addWidget(self.buttons)
        self.card.below_reason.addWidget(self.promote_button, alignment=Qt.AlignmentFlag.AlignLeft)
        set_role(self.promote_button, "primary")
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.setChildrenCollapsible(False)
        self._down.addWidget(self.stage)
        self._down.addWidget(self.right_card)
        self._down.setStretchFactor(0, 1)
        self._down.setStretchFactor(1, 1)
        self._down.setSizes([400, 400])
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setChildrenCollapsible(False)
        self._across.addWidget(self.left)
        self._across.addWidget(self._down)
        self._across.setStretchFactor(1, 1)
        self._across.setSizes([500, 820])
        self.left.setMinimumWidth(330)
        column = make_column(self, spacing=12, margins=MARGINS)
        column.addLayout(self._head())
        column.addWidget(self.meter)
        column.addWidget(self._across, 1)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """As it is read: the head, the list with its filters, what is held, the card from above."""
        bar, held, shadows = self.list.bar, self.held, self.shadows
        filters = (bar.text, bar.add_button, bar.mine, bar.shelved, *bar.boxes)
        lanes = (held.head, held.view, shadows.head, shadows.view)
        buttons = (self.clip.player, *self.buttons.buttons.values(), self.promote_button, self.card.live)
        for first, second in pairwise((self.why_button, self.rules_button, *filters, self.list.view, self.older, *lanes, *buttons)):
            QWidget.setTabOrder(first, second)

    def _head(self) -> HeadRow:
        self.headline, self.summary = QLabel(textFormat=Qt.TextFormat.PlainText), ElidedLabel()
        set_role(self.headline, "page")
        set_role(self.summary, "secondary")
        self.summary.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words = make_column(spacing=4)
        words.addWidget(self.headline)
        words.addWidget(self.summary)
        self.why_button = QPushButton(self.tr("&Why was there no alert?…"))
        self.rules_button = QPushButton(self.tr("&Rules…"))
        session = self._bridge.session
        permit(self.why_button, session, Verb.SEE_PAST, self.tr("Choose a place and a time, and see which condition was not met"))
        permit(self.rules_button, session, Verb.ADMINISTER, self.tr("Rules that decide what becomes an alert"))
        return HeadRow(words, self.why_button, self.rules_button)

    def _connect_lists(self) -> None:
        self.list.selected.connect(self._alert_chosen)
        self.list.activated.connect(self.open_current)
        self.list.menu_requested.connect(self._open_menu)
        self.list.filter_changed.connect(self._filtered)
        self.past.changed.connect(self._filtered)
        self.past.refused.connect(self._toast_alert_error)
        self.past_incidents.came.connect(self._show_past_incident)
        self.older.clicked.connect(self.past.load_older)
        self.list.view.clicked.connect(self._alert_clicked)
        self.held.chosen.connect(self._held_chosen)
        self.shadows.chosen.connect(self._held_chosen)
        self.held.chosen.connect(self.shadows.clear)
        self.shadows.chosen.connect(self.held.clear)
        self.promote_button.clicked.connect(self._promote_shown)
        permit(
            self.promote_button,
            self._bridge.session,
            Verb.ACKNOWLEDGE,
            self.tr("Raise the held candidate as an alert (R). The rule's count of promoted candidates goes up."),
        )
        self.buttons.wanted.connect(self.do)
        self.card.step_ticked.connect(self._tick)
        self.card.live_wanted.connect(self._visit_live)
        self.card.space_wanted.connect(self._visit_space)
        self.card.incident_wanted.connect(self._visit_incident)
        self.card.timeline_wanted.connect(self.show_on_timeline)
        self.why_of.came.connect(self._why_came)
        self.why_button.clicked.connect(self.ask_why_nothing)
        self.rules_button.clicked.connect(self.edit_rules)
        self.stage.left.connect(self.back)
        self.stage.offer_actions(self.moments)
        self.moments.visit_requested.connect(self.visit_requested)
        self.act.promoted.connect(self.want)
        self.act.done.connect(self._keep_keyboard_soon)
        self._seen.timeout.connect(self._saw)

    def actions(self) -> tuple[Action, ...]:
        return self.keys.actions()

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return self.keys.notes()

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._set_names(snapshot)
        cameras, places = self._names.cameras, self._names.places
        view = snapshot.alerts
        self.headline.setText(headline(snapshot))
        self.summary.setText(summary(snapshot))
        self.meter.show_load(view.load, snapshot.settings.alerts.flood_at, {**places, **cameras})
        self.list.bar.set_shelved(sum(1 for alert in view.alerts if alert.shelved(snapshot.at_ns)))
        self.list.empty.set_text(*empty_words(snapshot.settings.alerts, bool(snapshot.cameras)))
        self._show_list(snapshot)
        self.held.set_decisions(view.held, cameras, places)
        self.shadows.set_decisions(view.shadows, cameras, places)
        self.shadows.setVisible(bool(view.shadows))
        self._choose_wanted()
        self._show_card()
        self.stage.show_snapshot(snapshot)
        self.row_pictures.show_snapshot(snapshot)

    def _set_names(self, snapshot: Snapshot) -> None:
        gone = self.past_incidents.incidents()
        named_of = snapshot.settings, snapshot.incidents.incidents, gone, tuple(alert.incident_id for alert in snapshot.alerts.alerts)
        if named_of == self._names_of:
            return
        settings, self._names_of = snapshot.settings, named_of
        self._incidents = {incident.id: incident for incident in (*gone, *snapshot.incidents.incidents)}
        cameras = self._bridge.with_sites(settings.camera_names())
        sites = {site.key: site for site in self._bridge.sites}
        own = {key: site.settings for key, site in sites.items() if site.settings is not None}
        incidents = {
            id_: incident_place(incident, own.get(self._bridge.key_of(id_), settings)) for id_, incident in self._incidents.items()
        }
        places = {**place_names(settings), **self._bridge.with_sites({**places_without_camera(settings), **incidents})}
        site_names = {key: site.name for key, site in sites.items()} if len(sites) > 1 else {}
        places |= self._sites_of_unknown(snapshot.alerts.alerts, places, site_names)
        rules = {rule.id: translate_engine_text(rule.name) for rule in settings.alerts.rules}
        self._names = CardNames(cameras, places, rules, site_names)
        self.list.bar.set_zones(dict(choices(settings)))
        self.list.bar.set_cameras(cameras)

    def _sites_of_unknown(self, alerts: Iterable[Alert], places: Mapping[str, str], site_names: Mapping[str, str]) -> dict[str, str]:
        """Of incidents that are not known yet, or any more, the site stands for the place, where several are shown."""
        unknown = {alert.incident_id for alert in alerts if alert.incident_id} - places.keys()
        return {id_: site_names[key] for id_ in unknown if (key := self._bridge.key_of(id_)) in site_names}

    def _show_list(self, snapshot: Snapshot) -> None:
        alerts, chosen = snapshot.alerts.alerts, self.list.bar.current_filter()
        looking_back = chosen.state is AlertState.CLOSED and self._bridge.may(Verb.SEE_PAST)
        if looking_back:
            names = {**self._names.rules, **self._names.cameras, **self._names.places}
            self.past.show(past(chosen, self.act.user, names), frozenset(alert.id for alert in alerts))
        self.older.setVisible(looking_back and self.past.asked and self.past.more)
        self.older.setText(self.tr("Search &older ones") if chosen.text.strip() else self.tr("Show &older"))
        self.list.no_match.set_text(*no_match_words(looking_back and not self.past.asked, looking_back and self.past.more))
        if chosen.state is AlertState.CLOSED:
            alerts = self.past.alerts
        self.list.set_alerts(alerts, self._names.cameras, self._names.places, snapshot.at_ns)

    def _filtered(self) -> None:
        if self._bridge.snapshot is not None:
            self._show_list(self._bridge.snapshot)

    # Which one

    def current(self) -> Alert | None:
        return self.list.model.alert(self.list.current())

    def selected_alerts(self) -> tuple[Alert, ...]:
        found = (self.list.model.alert(alert_id) for alert_id in self.list.selected_ids())
        return tuple(alert for alert in found if alert is not None)

    def want(self, alert_id: str) -> None:
        """Choose it, as soon as it is there."""
        self._wanted = alert_id
        self._choose_wanted()
        self.list.view.setFocus()

    def visit(self, what: str) -> None:
        self.list.bar.clear()
        self.want(what or self.list.current())

    def _choose_wanted(self) -> None:
        if self._wanted and self.list.select_alert(self._wanted):
            self._wanted, self._shown_held = "", ""

    def _keep_keyboard_soon(self) -> None:
        QTimer.singleShot(0, self, self._keep_keyboard)

    def _keep_keyboard(self) -> None:
        """After a dialog: where it was if that is still there, else with the list."""
        focused = self.window().focusWidget()
        if focused is None or not self.isAncestorOf(focused) or not focused.isEnabled() or not focused.isVisible():
            self.list.view.setFocus()

    def _alert_chosen(self, alert_id: str) -> None:
        focused = self.window().focusWidget()
        if focused is not None and self.card.isAncestorOf(focused):
            self.list.view.setFocus()  # what had it on the card belongs to another alert
        self._shown_held = ""
        self.held.clear()
        self.shadows.clear()
        self._seen.start()
        self._show_card()

    def _alert_clicked(self) -> None:
        """Also the one that was chosen before something that was held."""
        if self._shown_held:
            self._alert_chosen(self.list.current())

    def _held_chosen(self, decision_id: str) -> None:
        if decision_id:
            self._shown_held = decision_id
            self.list.mark_current(False)
            self._show_card()

    def _saw(self) -> None:
        alert = self.current()
        if alert is not None and alert.open and self.isVisible() and not alert.is_seen_by(self.act.user):
            self.act.see(alert)

    # The card

    def _show_card(self) -> None:
        held, alert = self._shown_held_decision(), self.current()
        self.card.setVisible(held is not None or alert is not None)
        self.nothing.setVisible(held is None and alert is None)
        self.buttons.setVisible(held is None)
        self.promote_button.setVisible(held is not None and self._can_promote())
        if held is not None:
            self.card.show_decision(held, self._names)
            self.stage.show_subject(self._stage_of_decision(held))
        elif alert is not None:
            self.card.show_alert(alert, self._names, self.act.may(), self._incident_of(alert))
            self.stage.show_subject(self._stage_of_alert(alert))
            self.buttons.show_alert(alert, self._clock.now_ns())
            self._show_why(alert)
        else:
            self.stage.show_subject(None)
            self.nothing.set_text(self.tr("No alert selected"), self.tr("Select an alert to see its details, cause and procedure."))

    def _stage_of_alert(self, alert: Alert) -> StageSubject | None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return None
        place = place_of_alert(alert, self._incident_of(alert), snapshot, self._names.cameras, self._names.places)
        return StageSubject(alert.id, alert.event_id, alert.camera_id, alert.zone_id, alert.raised_ns, place)

    def _incident_of(self, alert: Alert) -> Incident | None:
        return self._incidents.get(alert.incident_id) or self.past_incidents.incident(alert.incident_id)

    def _show_past_incident(self) -> None:
        if self._bridge.snapshot is not None:
            self._set_names(self._bridge.snapshot)
            self._show_list(self._bridge.snapshot)
            self._show_card()

    def _stage_of_decision(self, held: Decision) -> StageSubject | None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return None
        place = place_of_decision(held, snapshot.settings, self._names.cameras, self._names.places)
        return StageSubject(held.id, held.event_id or "", held.camera_id, held.zone_id, held.decided_ns, place)

    def _shown_held_decision(self) -> Decision | None:
        snapshot = self._bridge.snapshot
        if snapshot is None or not self._shown_held:
            return None
        return next((one for one in (*snapshot.alerts.held, *snapshot.alerts.shadows) if one.id == self._shown_held), None)

    def _can_promote(self) -> bool:
        snapshot = self._bridge.snapshot
        return snapshot is not None and any(one.id == self._shown_held for one in snapshot.alerts.held)

    def _show_why(self, alert: Alert) -> None:
        self.why_of.ask(alert.decision_id)
        decision, trouble = self.why_of.cached_decision(alert.decision_id)
        if decision is not self.card.decision or decision is None:
            self.card.show_why(decision, self._names.cameras, trouble)

    def _why_came(self, decision_id: str) -> None:
        alert = self.current()
        if alert is not None and alert.decision_id == decision_id and self._shown_held_decision() is None:
            self._show_why(alert)

    # What the operator does

    def do(self, what: str) -> None:
        """One of the keys of `TriageKeys`, for all that are marked."""
        on_marked = {
            "acknowledge": self.act.acknowledge,
            "begin": self.act.begin,
            "close": self.act.close,
            "shelve": self.act.shelve,
            "unshelve": self.act.unshelve,
            "take": self.act.take,
        }
        acts = {
            "note": self._note,
            "promote": self._promote,
            "held": self._toggle_held,
            "open": self.open_current,
            "search": self.list.bar.text.setFocus,
            "play": self.play,
        }
        if self._shown_held_decision() is not None and what in _ABOUT_ALERTS:
            self._context.toasts.show_message(
                self.tr("This candidate was held and is not an alert. R raises it, Esc goes back to the alerts."), "info"
            )
            return
        if what in on_marked:
            on_marked[what](self.selected_alerts())
        else:
            acts[what]()

    def _tick(self, step: int, done: bool) -> None:
        self.act.tick(self.current(), step, done)

    def _note(self) -> None:
        self.act.note(self.current())

    def _promote_shown(self) -> None:
        self.act.promote(self._shown_held)

    def _promote(self) -> None:
        self.act.promote(self._shown_held if self._can_promote() else self.held.current())

    def _toggle_held(self) -> None:
        self.held.head.toggle()
        if self.held.is_open() and self.held.model.rowCount():
            self._held_chosen(self.held.current())
            self.held.view.setFocus()
        else:
            self._shown_held = ""
            self.list.view.setFocus()
            self._show_card()

    def open_current(self) -> None:
        """Into the card: its steps first, where there are some."""
        boxes = self.card.procedure.boxes
        if self.current() is not None:
            (boxes[0] if boxes and self.card.procedure.isVisible() else self.buttons.buttons["note"]).setFocus()
            self._saw()

    def back(self) -> None:
        """Esc: to the list."""
        self._shown_held = ""
        self.held.clear()
        self.shadows.clear()
        self.list.mark_current(True)
        self.list.view.setFocus()
        self._show_card()

    def _open_menu(self, alert_id: str, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        user, now_ns = self._bridge.user, self._clock.now_ns()
        possible = frozenset[str]().union(*(possible_acts(alert, user, now_ns) for alert in self.selected_alerts()))
        for text, keys, what in self.keys.menu_texts():
            action = menu.addAction(f"{text}\t{keys}")
            action.setEnabled(self.act.may() and what in possible)
            action.setVisible(what != "unshelve" or what in possible)
            on(action.triggered, self.do, what)
        menu.popup(position)

    def ask_why_nothing(self) -> None:
        open_at_site(self._bridge, WhyNothingDialog, self, self._clock, verb=Verb.SEE_LIVE, opened=self._keep_keyboard_after)

    def edit_rules(self) -> None:
        open_at_site(self._bridge, AlertRulesDialog, self, self._clock, verb=Verb.SEE_LIVE, opened=self._keep_keyboard_after)

    def _keep_keyboard_after(self, dialog: QDialog, _: EngineBridge) -> None:
        dialog.finished.connect(self._keep_keyboard_soon)

    # Where it is

    def _visit_live(self) -> None:
        camera_id = self.card.alert.camera_id if self.card.alert is not None else self._held_camera()
        self.visit_requested.emit("live", camera_id)

    def _held_camera(self) -> str:
        held = self._shown_held_decision()
        return held.camera_id if held is not None else ""

    def _visit_space(self) -> None:
        held = self._shown_held_decision()
        subject = self.card.alert.subject_id if self.card.alert is not None else held.subject_id if held is not None else ""
        there = on_floor(self._bridge.snapshot, subject) if self._bridge.snapshot is not None else ""
        self.visit_requested.emit("space", there)
        if not there:
            self._context.toasts.show_message(self.tr("The subject is no longer tracked on the floor."))

    def show_on_timeline(self) -> None:
        """When it was, on Investigate: the event it came of, or the decision that held it."""
        alert, held = self.current(), self._shown_held_decision()
        if held is not None:
            self.visit_requested.emit("investigate", link_of(Jump(held.decided_ns, held.camera_id, held.event_id or "")))
        elif alert is not None:
            self.visit_requested.emit("investigate", link_of(Jump(alert.raised_ns, alert.camera_id, alert.event_id)))

    def _visit_incident(self) -> None:
        alert = self.current()
        if alert is not None and alert.incident_id:
            self.visit_requested.emit("incidents", alert.incident_id)

    def play(self) -> None:
        """The keyboard to the clip on stage, or why there is none."""
        if not self.stage.play():
            self._context.toasts.show_message(self.stage.still.caption or self.tr("No clip of this alert"))

    def _toast_alert_error(self, error: WatchroomError) -> None:
        self._context.toasts.show_message(error_text(error), "critical")

    def has_content(self) -> bool:
        return self._bridge.snapshot is not None and self._bridge.idle

    def shutdown(self) -> None:
        super().shutdown()
        self._remembered.keep_splitter("alerts-across", self._across)
        if self.stage.isVisible():
            self._remembered.keep_splitter("alerts-stage", self._down)
            self._remembered.keep_splitter("alerts-place", self.stage.across)
        self.stage.shutdown()
