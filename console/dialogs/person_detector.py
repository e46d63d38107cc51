"""Offered at a first look: the person detector, by one button, with its progress and the ways out where it cannot be downloaded."""

from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.model_installation import ModelInstallation, missing_detectors
from console.pages.system.words import is_basic
from engine.model.accounts.access import Verb
from engine.model.snapshot import Job, ModelEntry, Snapshot
from widgets.properties import with_properties
from widgets.size_text import size_text
from widgets.system.model_table import show_progress
from widgets.theme import set_role
from widgets.translation import tr


class PersonDetectorDialog(FramedDialog):
    """For administrators. Nothing is downloaded before the button is pressed; closing it lets the download continue."""

    def __init__(self, bridge: EngineBridge, model: ModelEntry, parent: QWidget | None = None) -> None:
        lead = tr("Basic detection misses people who are small or partly hidden. A detector model finds them and draws a box around each.")
        super().__init__(tr("Install the person detector?"), lead, width=500, parent=parent)
        source = tr("{0}, {1}, licence {2}, downloaded once from {3}. No picture leaves this computer.")
        self.source = QLabel(
            source.format(model.title, size_text(model.size_bytes), model.licence, urlsplit(model.url).hostname or model.url),
            wordWrap=True,
            textFormat=Qt.TextFormat.PlainText,
        )
        set_role(self.source, "secondary")
        self.state = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.bar = with_properties(QProgressBar(textVisible=False), accessibleName=tr("Installation progress"))
        for part in (self.source, self.state, self.bar):
            self.body.addWidget(part)
        self.installation = ModelInstallation(bridge, None, self)
        self.installation.progressed.connect(self._show_progress)
        self.installation.installed.connect(self.accept)
        self.installation.failed.connect(self._show_failure)
        self.installation.changed.connect(self._show_buttons)
        self._add_buttons(size_text(model.size_bytes))
        self._show_buttons()

    def _add_buttons(self, size: str) -> None:
        self.folder = self.add_button(tr("Install from &folder…"), at_left=True)
        self.folder.clicked.connect(self.installation.install_from_folder)
        self.later = self.add_cancel(tr("&Not now"))
        self.install = self.add_button(tr("&Install ({0})").format(size), "primary")
        self.install.clicked.connect(self.installation.install_detector)
        self.install.setDefault(True)
        self.install.setFocus()

    def _show_buttons(self) -> None:
        running = self.installation.running
        self.install.setEnabled(not running)
        self.folder.setEnabled(not running)
        self.bar.setVisible(running)
        self.state.setVisible(running)
        self.later.setText(tr("&Continue in the background") if running else tr("&Not now"))
        if running:
            self.show_trouble("")
            self.bar.setRange(0, 0)

    def _show_progress(self, job: Job) -> None:
        amount = tr("{0} of {1}").format(size_text(job.done), size_text(job.total)) if job.total else ""
        self.state.setText(" · ".join(filter(None, (job.message, amount))))
        show_progress(self.bar, job)

    def _show_failure(self, sentence: str) -> None:
        self.show_trouble(sentence)
        self.install.setText(tr("&Try again"))


def detector_to_offer(bridge: EngineBridge, snapshot: Snapshot) -> ModelEntry | None:
    """The one that would replace basic detection; None where nothing does, or the user may not install it."""
    if not bridge.may(Verb.ADMINISTER) or not is_basic(snapshot.health.detector, snapshot.models):
        return None
    return next(iter(missing_detectors(snapshot.models)), None)
