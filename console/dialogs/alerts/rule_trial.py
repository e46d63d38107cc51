"""What other rules would have made of the last day: gained, lost, the same."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.words import place_names
from engine.model.alerts.decision import Decision
from engine.model.question import GetDecision, RuleTrial
from engine.model.time import Clock
from widgets.alerts.decision_list import DecisionList
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.layout.tabs import Tabs
from widgets.theme import set_role
from widgets.translation import tr

_SHOWN = 30
_SIGNS = ("+", "\N{MINUS SIGN}", "=")  # gained, lost, unchanged
_TABS_PX = 200  # they have room for their words; as long as there are none this side may be narrower


class TrialView(QWidget):
    """Each list's newest thirty are looked up; the counts are of all."""

    def __init__(self, bridge: EngineBridge, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._found: dict[str, Decision] = {}
        self._trial: RuleTrial | None = None
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.tabs = Tabs(framed=True)
        self.tabs.setMinimumWidth(_TABS_PX)
        self.lists = tuple(DecisionList(clock) for _ in range(3))
        for view, name in zip(self.lists, (tr("Gained"), tr("Lost"), tr("Unchanged")), strict=True):
            view.setAccessibleName(name)
            self.tabs.addTab(view, name)
        set_role(self.words, "section")
        column = make_column(self, spacing=8, margins=NO_MARGINS)
        column.addWidget(self.words)
        column.addWidget(self.tabs, 1)
        column.addStretch(0)
        self.clear(tr("Not tested yet"))

    def clear(self, words: str) -> None:
        self._trial = None
        self.words.setText(words)
        self.tabs.hide()

    def show_trial(self, trial: RuleTrial) -> None:
        self._trial = trial
        self.words.setText(trial_words(trial))
        self.tabs.setVisible(bool(trial.gained or trial.lost or trial.same))
        for number, ((ids, name), sign) in enumerate(zip(self._parts(trial), _SIGNS, strict=True)):
            self.tabs.set_words(number, f"{name} ({len(ids)})", f"{sign}{len(ids)}")
            for decision_id in ids[:_SHOWN]:
                if decision_id not in self._found:
                    self._look_up(decision_id)
        full = next((number for number, (ids, _) in enumerate(self._parts(trial)) if ids), 0)
        self.tabs.setCurrentIndex(full)
        self._show_outcome()

    def _parts(self, trial: RuleTrial) -> tuple[tuple[tuple[str, ...], str], ...]:
        return (trial.gained, tr("Gained")), (trial.lost, tr("Lost")), (trial.same, tr("Unchanged"))

    def _look_up(self, decision_id: str) -> None:
        """One that is no longer kept stays out of the list, and in the count."""
        self._bridge.ask(GetDecision(decision_id), self._add_decisions, ignore_answer, owner=self)

    def _add_decisions(self, decision: Decision) -> None:
        self._found[decision.id] = decision
        self._show_outcome()

    def _show_outcome(self) -> None:
        snapshot = self._bridge.snapshot
        if self._trial is None or snapshot is None:
            return
        cameras = snapshot.settings.camera_names()
        for view, (ids, _) in zip(self.lists, self._parts(self._trial), strict=True):
            view.set_decisions(tuple(self._found[each] for each in ids if each in self._found), cameras, place_names(snapshot.settings))


def trial_words(trial: RuleTrial) -> str:
    if not trial.looked_at:
        return tr("There were no candidates in the last 24 h to test the rules on.")
    text = tr("{0} candidates in 24 h: {1} gained, {2} lost, {3} unchanged")
    return text.format(trial.looked_at, len(trial.gained), len(trial.lost), len(trial.same))
