"""The slim line above the wall that says when people are found without a model, and offers to change that."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QWidget

from console.model_installation import ModelInstallation, missing_detectors, running_installation
from console.pages.page import PageContext
from console.pages.system.words import detector_text, is_basic
from console.words import permit
from engine.model.accounts.access import Verb
from engine.model.snapshot import Job, Snapshot
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.look import scaled
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.plain_tip import plain_tip
from widgets.marks.status_chip import StatusChip
from widgets.size_text import size_text
from widgets.system.model_table import show_progress
from widgets.theme import set_role

_LEAST_NOTE = 120  # pixels; less of the sentence says nothing, and it is the tip of the chip


class DetectionNotice(QFrame):
    """On screen only while basic detection runs and there is a camera to find people on."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._allowed = context.bridge.may(Verb.ADMINISTER)
        self.installation = ModelInstallation(context.bridge, context.toasts, self)
        self.chip = StatusChip(parent=self)
        self.note = ElidedLabel(parent=self)
        set_role(self.note, "secondary")
        self.install = QPushButton(icon("download", "accent"), self.tr("&Install person detector"), self)
        set_role(self.install, "link")
        permit(self.install, context.bridge.session, Verb.ADMINISTER, self.tr("Download the person detector"))
        self.install.clicked.connect(self.installation.install_detector)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName(self.tr("Installation progress"))
        row = make_row(self, spacing=12, margins=(8, 1, 1, 1))
        row.addWidget(self.chip)
        row.addWidget(self.note, 1)
        row.addWidget(self.bar)
        row.addStretch()
        row.addWidget(self.install)
        self.hide()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        basic = is_basic(snapshot.health.detector, snapshot.models)
        self.setVisible(basic and bool(snapshot.cameras))
        if not basic:
            return
        text, level, note = detector_text(snapshot.health.detector, snapshot.models)
        job = running_installation(snapshot)
        self.chip.set_status(text, level)
        self.note.setText(self._progress_text(job) if job is not None else note)
        self.chip.setToolTip(plain_tip(note))
        self.bar.setVisible(job is not None)
        if job is not None:
            show_progress(self.bar, job)
        missing = bool(missing_detectors(snapshot.models))
        self.install.setVisible(self._allowed and missing and job is None and not self.installation.running)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        beside = (part.sizeHint().width() for part in (self.chip, self.bar, self.install) if not part.isHidden())
        self.note.setVisible(self.width() - sum(beside) >= scaled(_LEAST_NOTE))

    def _progress_text(self, job: Job) -> str:
        amount = self.tr("{0} of {1}").format(size_text(job.done), size_text(job.total)) if job.total else ""
        return " · ".join(part for part in (job.title, job.message, amount) if part)
