"""What would go, counted; then it goes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.job_run import JobRun
from console.words import error_text
from engine.model.errors import WatchroomError
from engine.model.snapshot import Job, JobState
from engine.model.upkeep import PlanTidy, TidyNow, TidyPart, TidyReport
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.translation import tr


class TidyDialog(FramedDialog):
    """For administrators. Counts as soon as it opens; nothing goes before the button is pressed."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__("", width=560, parent=parent)
        title = self.tr("Clean up")
        self.setWindowTitle(title)
        self.heading.setText(title)
        self._bridge, self._run = bridge, JobRun(bridge, self)
        self.state = QLabel(self.tr("Counting removable data…"), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.parts = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.progress = QProgressBar(textVisible=False)
        self.progress.hide()
        for part in (self.state, self.parts, self.progress):
            self.body.addWidget(part)
        self.close_button = self.add_cancel(self.tr("&Close"))
        self.go = self.add_button(self.tr("Clean &up now"), "danger")
        self.go.setEnabled(False)
        self.go.clicked.connect(self._start_tidying)
        self._run.progressed.connect(self._show_progress)
        self._run.ended.connect(self._show_job_end)
        self._run.refused.connect(self.show_error)
        bridge.ask(PlanTidy(), self._show_plan, self._show_clean_up_error, owner=self)

    def _show_plan(self, plan: TidyReport) -> None:
        self.go.setEnabled(bool(plan.parts))
        self.state.setText(_summary(plan) if plan.parts else self.tr("There is nothing to clean up."))
        self.parts.setText("\n".join(map(part_text, plan.parts)))
        self.show_trouble("\n".join(plan.failures))

    def _show_clean_up_error(self, error: WatchroomError) -> None:
        self.state.setText("")
        self.show_trouble(error_text(error))

    def _start_tidying(self) -> None:
        self.go.setEnabled(False)
        self.progress.setRange(0, 0)
        self.progress.show()
        self._run.start(TidyNow())

    def _show_progress(self, job: Job) -> None:
        self.progress.setRange(0, max(job.total, 1))
        self.progress.setValue(job.done)

    def _show_job_end(self, job: Job) -> None:
        self.progress.hide()
        self.parts.hide()
        done = job.state is JobState.DONE
        self.state.setText(job.message if done else "")
        self.show_trouble("" if done else job.message)


def part_text(part: TidyPart) -> str:
    told = f"{number_text(part.count)} {part.what}"
    return f"{told} ({size_text(part.size_bytes)})" if part.size_bytes else told


def _summary(plan: TidyReport) -> str:
    freed = sum(part.size_bytes for part in plan.parts)
    words = tr("This data is removed permanently. Locked evidence and data of locked people is kept.")
    return f"{words} {tr('It frees {0}.').format(size_text(freed))}" if freed else words
