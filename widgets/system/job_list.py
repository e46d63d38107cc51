"""Long work of the engine, newest first: what runs, and how the rest ended."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from engine.model.snapshot import Job, JobState
from engine.model.time import Clock
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.marks.status_chip import StatusChip
from widgets.size_text import size_text
from widgets.theme import set_role
from widgets.time_text import clock_text, duration_text


class JobList(QWidget):
    """UI thread. Rows are made once and filled anew."""

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._jobs: tuple[Job, ...] | None = None
        self._rows: list[_JobRow] = []
        self._column = make_column(self, spacing=0, margins=NO_MARGINS)
        self._none = QLabel(self.tr("No job has run since the engine started."))
        set_role(self._none, "secondary")
        self._column.addWidget(self._none)
        self.set_jobs(())

    def set_jobs(self, jobs: tuple[Job, ...]) -> None:
        """In the order in which they began."""
        if jobs == self._jobs:
            return
        self._jobs = jobs
        self._none.setVisible(not jobs)
        while len(self._rows) < len(jobs):
            row = _JobRow(self._clock)
            self._rows.append(row)
            self._column.addWidget(row)
        for row in self._rows[len(jobs) :]:
            row.hide()
        for row, job in zip(self._rows, reversed(jobs), strict=False):
            row.show_job(job)
            row.show()

    def texts(self) -> tuple[str, ...]:
        """Of the rows on screen, top down."""
        return tuple(row.text() for row in self._rows[: len(self._jobs or ())])


class _JobRow(QFrame):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._facts = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_role(self._facts, "secondary")
        self._chip = StatusChip()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._facts)
        row = make_row(self, spacing=12, margins=(0, 8, 0, 8))
        row.addLayout(texts, 1)
        row.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignTop)

    def text(self) -> str:
        return f"{self._title.text()}: {self._facts.text()}"

    def show_job(self, job: Job) -> None:
        self._title.setText(job.title)
        self._chip.set_status(*self._status(job.state))
        amount = (
            self.tr("{0} of {1}").format(size_text(job.done), size_text(job.total)) if job.state is JobState.RUNNING and job.total else ""
        )
        self._facts.setText(" · ".join(filter(None, (self._when(job), amount, job.message))))

    def _when(self, job: Job) -> str:
        if not job.started_ns:
            return ""
        began = clock_text(job.started_ns, self._clock.now_ns())
        return f"{began}, {duration_text(job.ended_ns - job.started_ns)}" if job.ended_ns > job.started_ns else began

    def _status(self, state: JobState) -> tuple[str, str]:
        return {
            JobState.RUNNING: (self.tr("Running"), "info"),
            JobState.DONE: (self.tr("Done"), "good"),
            JobState.FAILED: (self.tr("Failed"), "critical"),
            JobState.CANCELLED: (self.tr("Cancelled"), "neutral"),
        }[state]
