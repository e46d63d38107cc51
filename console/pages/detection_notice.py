"""The slim line above the wall that says when people are found without a model, and offers to change that."""

from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from console.model_installation import ModelInstallation, running_installation
from console.pages.page import PageContext
from console.pages.system.words import detector_text, is_basic
from console.words import permit
from engine.model.accounts.access import Verb
from engine.model.snapshot import Job, Snapshot
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.status_chip import StatusChip
from widgets.size_text import size_text
from widgets.theme import set_role


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
        self.install = QPushButton(icon("download", "accent"), self.tr("&Install models"), self)
        set_role(self.install, "link")
        permit(self.install, context.bridge.session, Verb.ADMINISTER, self.tr("Download the people detectors"))
        self.install.clicked.connect(self.installation.install_detectors)
        row = make_row(self, spacing=12, margins=(8, 1, 1, 1))
        row.addWidget(self.chip)
        row.addWidget(self.note, 1)
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
        missing = any(not model.installed for model in snapshot.models)
        self.install.setVisible(self._allowed and missing and job is None and not self.installation.running)

    def _progress_text(self, job: Job) -> str:
        amount = self.tr("{0} of {1}").format(size_text(job.done), size_text(job.total)) if job.total else ""
        return " · ".join(part for part in (job.title, job.message, amount) if part)
