"""“Why nothing?”: a place or a camera, and a time; then the nearest decisions, each with the first gate that stopped it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton, QScrollArea, QStackedWidget, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.words import error_text, place_names
from engine.model.alerts.decision import Decision, Outcome, Stage
from engine.model.errors import WatchroomError
from engine.model.question import WhyNothing
from engine.model.time import SECOND, Clock
from widgets.alerts.alert_words import decision_title, outcome_word
from widgets.alerts.decision_list import DecisionList, why_short
from widgets.alerts.gate_ladder import GateLadder
from widgets.alerts.gate_words import gate_rows
from widgets.fields.time_edits import MomentEdit
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.flow_row import FlowRow
from widgets.layout.tabs import Tabs
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.space.build import scene_of
from widgets.space.plan.places import PlacePlan
from widgets.space.scene import Layers
from widgets.theme import set_role
from widgets.time_text import clock_text
from widgets.translation import tr

_WITHIN_M, _WITHIN_S = 5.0, 60.0
_LAYERS = Layers(links=False, glow=False, trails=False, uncertainty=False, coverage=False)


class WhyNothingDialog(FramedDialog):
    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QWidget | None = None) -> None:
        lead = tr("Choose a place and a time. The candidates there are listed, each with the condition that was not met and its margin.")
        super().__init__(tr("Why was there no alert?"), lead, parent=parent)
        self.resize(1200, 720)
        self._bridge, self._clock = bridge, clock
        self.plan = PlacePlan(_WITHIN_M)
        self.camera = QComboBox()
        self.when = MomentEdit()
        self.found = DecisionList(clock)
        self.ladder = GateLadder()
        self.why = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.empty = EmptyState("search", tr("No search yet"), tr("Choose a place or a camera, and a time."))
        self._build_question()
        self._fill_choices()
        self.found.chosen.connect(self._show_decision)
        self.plan.place_chosen.connect(self._show_reach)
        self._show_reach()

    def _build_question(self) -> None:
        row = make_row(spacing=20)
        row.addWidget(self._asking(), 1)
        row.addWidget(self._results(), 1)
        self.body.addLayout(row, 1)
        self.add_cancel(tr("Cl&ose"))
        self.ask_button = self.add_button(tr("&Search"), "primary")
        self.ask_button.setDefault(True)
        self.ask_button.clicked.connect(self.ask)

    def _asking(self) -> QWidget:
        holder = QWidget()
        column = make_column(holder, spacing=8, margins=NO_MARGINS)
        self.tabs = Tabs(framed=True)
        self.plan.setMinimumHeight(180)
        self.plan.set_layers(_LAYERS)
        self.tabs.addTab(self.plan, tr("On the floor"))
        at_camera = QWidget()
        inner = make_column(at_camera, margins=(12, 12, 12, 12))
        self.camera.setAccessibleName(tr("Camera"))
        inner.addWidget(self.camera)
        inner.addStretch(1)
        self.tabs.addTab(at_camera, tr("At a camera"))
        self.tabs.currentChanged.connect(self._show_reach)
        column.addWidget(self.tabs, 1)
        column.addLayout(self._time_row())
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.note, "secondary")
        column.addWidget(self.note)
        return holder

    def _time_row(self) -> FlowRow:
        label = QLabel(tr("&Time"))
        label.setBuddy(self.when)
        self.when.setMinimumWidth(170)
        self.when.setAccessibleName(tr("Time"))
        field = make_row(spacing=8)
        field.addWidget(label)
        field.addWidget(self.when)
        row = FlowRow(spacing=8)
        row.addLayout(field)
        for text, seconds in ((tr("1 min ago"), 60), (tr("10 min ago"), 600), (tr("1 h ago"), 3600)):
            button = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, seconds=seconds: self.set_time(self._clock.now_ns() - seconds * SECOND))
            row.addWidget(button)
        return row

    def _results(self) -> QWidget:
        set_role(self.title, "section")
        set_role(self.why, "secondary")
        detail = QWidget()
        inner = make_column(detail, spacing=8, margins=(0, 8, 8, 0))
        for widget in (self.title, self.why, self.ladder):
            inner.addWidget(widget)
        inner.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(detail)
        self._list = QWidget()
        column = make_column(self._list, margins=NO_MARGINS)
        column.addWidget(self.found, 2)
        column.addWidget(area, 3)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._list)
        return self._pages

    def _fill_choices(self) -> None:
        snapshot = self._bridge.snapshot
        self.set_time(self._clock.now_ns() - 60 * SECOND)
        if snapshot is None:
            return
        self.plan.set_scene(scene_of(snapshot))
        self.plan.fit()
        for camera in snapshot.settings.cameras:
            self.camera.addItem(camera.name, camera.id)
        if not snapshot.settings.floor.zones and not snapshot.settings.nodes and snapshot.settings.cameras:
            self.tabs.setCurrentIndex(1)

    def set_time(self, at_ns: int) -> None:
        self.when.set_at_ns(at_ns)

    def question(self) -> WhyNothing | None:
        """None while no place, or no camera, is chosen."""
        at_ns = self.when.at_ns()
        place, camera_id = self.plan.chosen_place(), self.camera.currentData()
        if self.tabs.currentIndex() == 0:
            return WhyNothing(at_ns, position=place, within_s=_WITHIN_S, within_m=_WITHIN_M) if place is not None else None
        return WhyNothing(at_ns, camera_id=camera_id, within_s=_WITHIN_S) if camera_id else None

    def _show_reach(self) -> None:
        around = tr("Searches within {0} m and {1} s.").format(number_text(_WITHIN_M, "g"), number_text(_WITHIN_S, "g"))
        hint = tr("Click a place on the plan, or move the mark with the arrow keys.") if self.plan.chosen_place() is None else around
        self.note.setText(hint if self.tabs.currentIndex() == 0 else tr("Searches within {0} s.").format(number_text(_WITHIN_S, "g")))
        self.ask_button.setEnabled(self.question() is not None)

    def ask(self) -> None:
        question = self.question()
        if question is not None:
            self.show_trouble("")
            self.ask_button.setEnabled(False)
            self._bridge.ask(question, self._show_decisions, self._show_search_error, owner=self)

    def _show_search_error(self, error: WatchroomError) -> None:
        self._show_reach()
        self.show_trouble(error_text(error))

    def _show_decisions(self, decisions: tuple[Decision, ...]) -> None:
        self._show_reach()
        snapshot = self._bridge.snapshot
        cameras = snapshot.settings.camera_names() if snapshot else {}
        self.found.set_decisions(decisions, cameras, place_names(snapshot.settings) if snapshot else {})
        self._pages.setCurrentWidget(self._list if decisions else self.empty)
        if decisions:
            self.found.choose_row(0)
            self.found.setFocus()
        else:
            text = tr("There was no candidate there around {0}: no sensor detected anything, or the record has been deleted.")
            at_ns = self.when.at_ns()
            self.empty.set_text(tr("Nothing detected"), text.format(clock_text(at_ns, self._clock.now_ns())))

    def _show_decision(self, decision_id: str) -> None:
        decision = self.found.decision(decision_id)
        if decision is not None:
            self.title.setText(f"{decision_title(decision)}: {outcome_word(decision.outcome).lower()}")
            self.why.setText(explained(decision))
            self.ladder.show_rows(gate_rows(decision))


def explained(decision: Decision) -> str:
    """What stopped it and by how much, and what would have changed that."""
    about = tr("Decision of an alert rule.") if decision.stage is Stage.ALERT else tr("Decision about an event.")
    if decision.outcome is Outcome.RAISED:
        return f"{about} {tr('All conditions met.')} {decision.flip}"
    return f"{about} {tr('Stopped by')} {why_short(decision)}. {decision.flip}"
