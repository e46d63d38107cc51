"""Trying other settings on a stretch of the past: what they would have gained and lost, and putting them in force."""

from collections.abc import Mapping
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QTabWidget, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.dialogs.confirm import ConfirmDialog
from console.job_run import JobRun
from console.pages.investigate.words import difference_words, different_row
from console.pages.what_if.trial_form import TryForm
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.errors import InputError, WatchroomError
from engine.model.history.replay import (
    ApplyReplay,
    ChangeReplay,
    Different,
    GetDifference,
    ReplayDifference,
    ReplaySettings,
    StartReplay,
    StopReplay,
)
from engine.model.snapshot import Job, JobState, Snapshot
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.marks.notice import Notices
from widgets.marks.toast import ToastArea
from widgets.number_text import number_text, written_number_text
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.timeline.moment_list import MomentList
from widgets.timeline.timeline_words import stretch_text
from widgets.translation import tr


class TryPanel(QWidget):
    """UI thread. One session of replay at a time; a new run stops the one before.

    Signals: chosen(Different): go there and show why. pack_wanted(): an evidence pack of the stretch.
    """

    chosen = Signal(object)
    pack_wanted = Signal()

    def __init__(self, bridge: EngineBridge, zone: tzinfo, toasts: ToastArea, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._zone, self._toasts = bridge, zone, toasts
        self._stretch: tuple[int, int] | None = None
        self._names: Mapping[str, str] = {}
        self._session = ""
        self._starting = self._several = False
        self._tried = ReplaySettings()
        self._difference: ReplayDifference | None = None
        self._found: dict[str, Different] = {}
        self.form = TryForm()
        self.job = JobRun(bridge, self)
        self.when = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.run_button = QPushButton(tr("&Run"))
        self.reset_button = QPushButton(tr("Reset to c&urrent"))
        self.again_button = QPushButton(tr("&Other settings"))
        self.changed = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.progress = QProgressBar()
        self.progress_words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.notices = Notices()
        self.tabs = QTabWidget()
        self.gained, self.lost, self.same = MomentList(tr("Gained")), MomentList(tr("Lost")), MomentList(tr("Same"))
        self.apply_button = QPushButton(tr("&Apply to live…"))
        self.pack_button = QPushButton(tr("&Evidence pack…"))
        self._build_results()
        self._connect_form()
        self._enable()

    def _build_results(self) -> None:
        set_role(self.run_button, "primary")
        for label in (self.when, self.progress_words, self.words, self.changed):
            label.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.when, "secondary")
        set_role(self.progress_words, "secondary")
        buttons = QHBoxLayout()
        buttons.addWidget(self.run_button)
        buttons.addWidget(self.reset_button)
        buttons.addWidget(self.again_button)
        buttons.addStretch(1)
        self.tabs.addTab(self.gained, tr("Gained"))
        self.tabs.addTab(self.lost, tr("Lost"))
        self.tabs.addTab(self.same, tr("Same"))
        self.tabs.setMinimumHeight(190)
        after = QHBoxLayout()
        after.addWidget(self.apply_button)
        after.addWidget(self.pack_button)
        after.addStretch(1)
        inner = QWidget()
        column = make_column(inner, spacing=10, margins=(0, 8, 6, 0))
        column.addWidget(self.when)
        column.addWidget(self.form)
        column.addWidget(self.changed)
        column.addLayout(buttons)
        for widget in (self.progress, self.progress_words, self.notices, self.words):
            column.addWidget(widget)
        column.addWidget(self.tabs, 1)
        column.addLayout(after)
        column.addStretch(0)
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        outer = make_column(self, margins=NO_MARGINS)
        outer.addWidget(scroll)
        for widget in (self.progress, self.progress_words, self.words, self.tabs):
            widget.hide()
        self._fold_form(False)

    def _connect_form(self) -> None:
        self.form.changed.connect(self._enable)
        self.run_button.clicked.connect(self.run)
        self.reset_button.clicked.connect(self.form.reset)
        on(self.again_button.clicked, self._fold_form, False)
        self.job.progressed.connect(self._progressed)
        self.job.ended.connect(self._on_run_end)
        self.job.refused.connect(self._show_run_error)
        self.apply_button.clicked.connect(self.ask_to_apply)
        self.pack_button.clicked.connect(self.pack_wanted)
        for shown in (self.gained, self.lost, self.same):
            shown.chosen.connect(lambda row: self.chosen.emit(self._found[row.id]))

    @property
    def session_id(self) -> str:
        """Of the run that is shown; empty: none."""
        return self._session

    def difference(self) -> ReplayDifference | None:
        return self._difference

    def show_snapshot(self, snapshot: Snapshot, names: Mapping[str, str]) -> None:
        self._names, several = names, snapshot.several_sites
        self.form.show_settings(snapshot.settings)
        if several != self._several:
            self._several = several
            self.notices.set_notices(((tr("Settings are tried at one site. Choose it in the status bar."), "info"),) if several else ())
            self._enable()

    def set_stretch(self, stretch: tuple[int, int] | None) -> None:
        self._stretch = stretch
        self._enable()

    # running

    def run(self) -> None:
        """Again, with these settings, at full speed; or give up the run that goes on."""
        if self.job.running:
            self.job.cancel()
            return
        if self._stretch is None or self._starting:
            return
        try:
            self._tried = self.form.tried()
        except InputError as error:
            self._show_run_error(error)
            return
        self._starting = True
        self._drop_trial()
        self._say_progress(tr("Finding the start…"), 0, 0)
        self._bridge.command(StartReplay(*self._stretch), self._started, self._show_run_error, owner=self)
        self._enable()

    def _started(self, session_id: str) -> None:
        self._session, self._starting = session_id, False
        self.job.start(ChangeReplay(session_id, self._tried))
        self._enable()

    def _progressed(self, job: Job) -> None:
        self._say_progress(job.message or tr("Re-running…"), job.done, job.total)
        self._enable()

    def _on_run_end(self, job: Job) -> None:
        if job.state is JobState.DONE:
            self._say_progress(tr("Comparing…"), 0, 0)
            self._bridge.ask(GetDifference(self._session), self._take_difference, self._show_run_error, owner=self)
        else:
            self._say_trouble(job.message or tr("Run cancelled."), "neutral" if job.state is JobState.CANCELLED else "critical")
        self._enable()

    def _show_run_error(self, error: WatchroomError) -> None:
        self._starting = False
        self._say_trouble(error_text(error), "critical")
        self._enable()

    def _take_difference(self, difference: ReplayDifference) -> None:
        self._hide_progress()
        self.show_difference(difference)

    # what came out

    def show_difference(self, difference: ReplayDifference) -> None:
        self._difference = difference
        self._found = {f"{each.kind.value}:{each.id}": each for each in (*difference.gained, *difference.lost, *difference.unchanged)}
        self.words.setText(difference_words(difference))
        self.words.show()
        self.changed.setText(_changed_words(difference))
        self._fold_form(True)
        self.notices.set_notices(tuple((text, "moderate") for text in difference.missing))
        gained, lost, same = difference.gained, difference.lost, difference.unchanged
        for number, (view, found, name, count) in enumerate(
            (
                (self.gained, gained, tr("Gained"), len(gained)),
                (self.lost, lost, tr("Lost"), len(lost)),
                (self.same, same, tr("Same"), sum(count for _, count in difference.same)),
            )
        ):
            view.set_rows(tuple(different_row(each, self._names, self._zone) for each in found))
            self.tabs.setTabText(number, f"{name} ({number_text(count)})")
        self.tabs.setVisible(bool(gained or lost or same))
        self.tabs.setCurrentIndex(0 if gained else 1 if lost else 2)
        self._enable()

    def _fold_form(self, folded: bool) -> None:
        """What came out has the room of what was asked; the other way round where something else is to be asked."""
        self.form.setVisible(not folded)
        self.changed.setVisible(folded)
        self.run_button.setVisible(not folded)
        self.reset_button.setVisible(not folded)
        self.again_button.setVisible(folded)

    def _drop_trial(self) -> None:
        if self._session:
            self._bridge.command(StopReplay(self._session), ignore_answer, ignore_answer, owner=self)
        self._session, self._difference, self._found = "", None, {}
        self.notices.set_notices(())
        self.words.hide()
        self.tabs.hide()

    def _say_progress(self, text: str, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress_words.setText(text)
        self.progress.show()
        self.progress_words.show()
        self.notices.set_notices(())

    def _hide_progress(self) -> None:
        self.progress.hide()
        self.progress_words.hide()

    def _say_trouble(self, text: str, level: str) -> None:
        self._hide_progress()
        self.notices.set_notices(((text, level),))

    def _enable(self) -> None:
        running = self.job.running or self._starting
        touched = self.form.is_touched()
        if self._stretch is None:
            self.when.setText(tr("Select a range of the timeline first: drag with Shift, or press I and O at its start and end."))
        else:
            self.when.setText(stretch_text(*self._stretch, self._zone))
        self.run_button.setText(tr("&Cancel") if running else tr("&Run"))
        self.run_button.setEnabled(self._stretch is not None and (touched or running) and (running or not self._several))
        self.run_button.setToolTip("" if touched or running else tr("Change a setting first. Without a change the result is the same."))
        self.form.setEnabled(not running and not self._several)
        self.reset_button.setEnabled(touched and not running)
        shown = self._difference is not None
        self.apply_button.setVisible(shown)
        self.pack_button.setVisible(shown)
        permit(self.apply_button, self._bridge.session, Verb.ADMINISTER, tr("Apply these settings; the audit records the change"))
        permit(self.pack_button, self._bridge.session, Verb.EXPORT, tr("Export signed evidence for the selection"))

    # in force

    def ask_to_apply(self) -> ConfirmDialog:
        difference = self._difference
        assert difference is not None
        changed = _changed_words(difference)
        text = tr("These settings apply from now on, for everyone:\n\n{0}\n\nIn the tested range: {1}").format(
            changed, difference_words(difference)
        )
        dialog = ConfirmDialog(tr("Apply to live?"), text, tr("&Apply to live"), self)
        dialog.accepted.connect(self.apply)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def apply(self) -> None:
        self._bridge.tell(ApplyReplay(self._session), self._applied, self._show_run_error, owner=self)

    def _applied(self) -> None:
        self._toasts.show_message(tr("Settings applied. The audit records the difference."), "good")
        self.form.reset()

    def stop(self) -> None:
        """The page is left for good: nothing goes on."""
        self._drop_trial()


def _changed_words(difference: ReplayDifference) -> str:
    """What was tried, by the names of its fields; what has no field here is called as in the settings file."""
    names = {
        "gates.min_confidence": tr("Minimum confidence"),
        "gates.min_seen_s": tr("Minimum duration"),
        "gates.duplicate_s": tr("Suppress repeats for"),
        "radio.fall_still_s": tr("Fall: still for"),
        "activities.loiter_s": tr("Loitering after"),
    }
    return "\n".join(
        f"{names.get(name, name)}: {written_number_text(then)} → {written_number_text(tried)}" for name, then, tried in difference.changed
    )
