"""Parts of the dialog of evidence packs: the cases at the left, what is known of one pack, and what is being made just now."""

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QScrollArea, QSizePolicy, QWidget

from console.dialogs.evidence.packs_words import ALL, KnownPacks, case_rows, progress_text
from engine.model.snapshot import Job, JobState, Snapshot
from widgets.facts import Facts
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.flow_row import FlowRow
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notices
from widgets.marks.plain_tip import plain_tip
from widgets.signals import on
from widgets.theme import set_role
from widgets.timeline.moment_list import MomentList
from widgets.translation import tr

_JOB = "evidence"
_LIST_PX, _DETAILS_PX = 250, 110


class CaseColumn(QWidget):
    """Signals: chosen(): another row."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = MomentList(tr("Cases"))
        self.rename, self.close_case = QPushButton(tr("Re&name…")), QPushButton()
        row = FlowRow()
        for button in (self.rename, self.close_case):
            button.setAutoDefault(False)
            row.addWidget(button)
        column = make_column(self, margins=NO_MARGINS)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self.setFixedWidth(_LIST_PX)
        self.list.chosen.connect(self.chosen)
        self.show_acts(KnownPacks())

    def show_known(self, known: KnownPacks, zone: tzinfo | None) -> None:
        """What was chosen stays so; where it is gone, it is all packs."""
        before = self.row_id()
        self.list.set_rows(case_rows(known, zone))
        if not self.list.select_moment(before):
            self.list.select_moment(ALL)
        self.show_acts(known)

    def show_acts(self, known: KnownPacks) -> None:
        """What can be done with the chosen one."""
        case = known.case(self.row_id())
        self.close_case.setText(tr("Reo&pen") if case is not None and case.closed else tr("C&lose case…"))
        for button in (self.rename, self.close_case):
            button.setEnabled(case is not None)
            button.setToolTip("" if case is not None else tr("Select a case first."))

    def row_id(self) -> str:
        row = self.list.current()
        return ALL if row is None else row.id


class PackDetails(QScrollArea):
    """One pack: what is known of it, what is missing in it, and what checking it came to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel()
        set_role(self.title, "section")
        self.facts, self.checked, self.missing = Facts(), Notices(), Notices()
        self.progress = QProgressBar(textVisible=False)
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(tr("Verifying the pack"))
        self.progress.hide()
        held = QWidget()
        column = make_column(held, spacing=10, margins=(0, 0, 8, 0))
        for part in (self.title, self.progress, self.checked, self.missing, self.facts):
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(held)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(_DETAILS_PX)
        self.setAccessibleName(tr("Selected pack"))

    def show_pack(
        self, title: str, facts: tuple[tuple[str, str], ...], missing: tuple[str, ...], checked: tuple[tuple[str, str], ...], checking: bool
    ) -> None:
        """`checked`: (sentence, level) of each. `checking`: just now."""
        self.title.setText(title)
        self.facts.set_facts(facts)
        self.missing.set_notices(tuple((text, "moderate") for text in missing))
        self.checked.set_notices(() if checking else checked)
        self.progress.setVisible(checking)


class PacksInMaking(QWidget):
    """A line for each pack that is being made just now, whoever began it; hidden while there is none.

    Signals: ended(): one is done, or was given up. stop_wanted(job id).
    """

    ended = Signal()
    stop_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[str, _Line] = {}
        self._column = make_column(self, spacing=6, margins=NO_MARGINS)
        self.hide()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        running = {job.id: job for job in snapshot.jobs if job.kind == _JOB and job.state is JobState.RUNNING}
        gone = [job_id for job_id in self._lines if job_id not in running]
        for job_id in gone:
            line = self._lines.pop(job_id)
            line.hide()
            line.deleteLater()
        for job in running.values():
            self._line(job).show_job(job)
        self.setVisible(bool(running))
        if gone:
            self.ended.emit()

    def texts(self) -> tuple[str, ...]:
        return tuple(line.words.text() for line in self._lines.values())

    def _line(self, job: Job) -> "_Line":
        if job.id not in self._lines:
            line = self._lines[job.id] = _Line(job)
            on(line.stop.clicked, self.stop_wanted.emit, job.id)
            self._column.addWidget(line)
        return self._lines[job.id]


class _Line(QWidget):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self.words = ElidedLabel()
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.stop = QPushButton(tr("Cancel"))
        self.stop.setAutoDefault(False)
        self.stop.setAccessibleName(tr("Cancel {0}").format(job.title))
        self.stop.setToolTip(plain_tip(self.stop.accessibleName()))
        row = make_row(self, margins=NO_MARGINS)
        row.addWidget(self.words, 1)
        row.addWidget(self.stop)

    def show_job(self, job: Job) -> None:
        share = job.done / job.total if job.total else None
        self.words.setText(progress_text(job.title, job.message, share))


class PackActs(QWidget):
    """What can be done with the chosen pack."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_in_folder = QPushButton(tr("Sh&ow in folder"))
        self.copy = QPushButton(tr("&Save a copy…"))
        self.verify = QPushButton(tr("&Verify"))
        self.remove = QPushButton(tr("&Remove…"))
        set_role(self.remove, "danger")
        row = FlowRow(self)
        for button in self.all():
            button.setAutoDefault(False)
            row.addWidget(button)

    def all(self) -> tuple[QPushButton, ...]:
        return (self.show_in_folder, self.copy, self.verify, self.remove)
