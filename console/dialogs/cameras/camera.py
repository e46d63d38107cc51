"""Add or edit a camera: its address, a test that shows its picture, its name."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from console.bridge import EngineBridge
from console.dialogs.alerts.what_to_try import WhatToTryDialog
from console.dialogs.basis import Basis
from console.dialogs.cameras.camera_form import CameraForm, group_paths
from console.dialogs.cameras.camera_preview import CameraPreview
from console.dialogs.cameras.find_camera import ChosenCamera, FindCameraDialog
from console.dialogs.cameras.usb_cameras import UsbCameras
from console.dialogs.frame import FramedDialog, open_dialog
from console.help.advice import Advice
from console.help.camera_advice import advice_for_test
from console.job_run import JobRun
from console.words import error_text
from engine.model.command import PutCamera, TestCamera
from engine.model.errors import Conflict, InputError, WatchroomError
from engine.model.settings import CameraSettings
from engine.model.snapshot import Job, JobState, Snapshot
from widgets.icons import icon
from widgets.layout.boxes import make_row
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

_LABEL_HEIGHT = 20  # the picture begins beside the address, not beside the word above it


class CameraDialog(FramedDialog):
    """Signals: saved(camera id). Closing it ends a test that runs."""

    saved = Signal(str)

    CHOICES_ARE_WORK = True

    def __init__(
        self, bridge: EngineBridge, camera: CameraSettings | None = None, parent: QWidget | None = None, *, first: bool = False
    ) -> None:
        """`first`: nobody asked for it, it follows the set-up of a site."""
        lead = tr("You can add cameras on Live at any time.") if first else ""
        super().__init__(tr("Add the first camera") if first else _title(camera), lead, parent=parent)
        self._first = first
        self.resize(980, 660 if first else 620)
        self._bridge, self._camera = bridge, camera
        self._busy = False
        self._basis = Basis(bridge.snapshot)
        self._test = JobRun(bridge, self)
        self._tried = camera
        self._advice: tuple[Advice, ...] = ()
        groups = group_paths(bridge.snapshot.settings.cameras) if bridge.snapshot else ()
        self.form = CameraForm(camera, groups, self)
        self.form.source.usb = UsbCameras(bridge, self)
        self.preview = CameraPreview(self)
        self._build_preview_and_form()
        self._connect_form()
        bridge.snapshot_changed.connect(self._show_decoding)
        if bridge.snapshot is not None:
            self._show_decoding(bridge.snapshot)
        self._make_room(True)
        self.preview.set_person_share(self.form.share.value() / 100)
        self.preview.show_text(self.tr("Test the camera to see its picture."))
        self._enable_buttons()

    def _build_preview_and_form(self) -> None:
        beside = make_row(spacing=16)
        beside.addWidget(self._scrolled(self.form))
        beside.addLayout(self._test_column(), 1)
        self.body.addLayout(beside, 1)
        self.add_cancel(self.tr("Late&r") if self._first else "")
        self.save = self.add_button(self.tr("&Save camera"), "primary")
        self.save.setDefault(True)

    @staticmethod
    def _scrolled(form: CameraForm) -> QScrollArea:
        """With everything unfolded the form is higher than small screens."""
        scroll = QScrollArea()
        scroll.setWidget(form)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the first field has it
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedWidth(440)
        return scroll

    def _test_column(self) -> QVBoxLayout:
        self.test = QPushButton(icon("play"), self.tr("T&est"), self)
        self.stop = QPushButton(self.tr("Stop t&est"), self)
        self.help = QPushButton(icon("circle-help"), self.tr("&Recommendations…"), self)
        for button in (self.test, self.stop, self.help):
            button.setAutoDefault(False)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.outcome = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.outcome.setWordWrap(True)
        self.outcome.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        set_role(self.outcome, "secondary")
        row = QHBoxLayout()
        row.addWidget(self.test)
        row.addWidget(self.stop)
        row.addWidget(self.help)
        row.addWidget(self.outcome, 1)
        column = QVBoxLayout()
        column.addSpacing(_LABEL_HEIGHT)
        column.addWidget(self.preview)
        column.addWidget(self.progress)
        column.addLayout(row)
        column.addStretch()
        return column

    def _connect_form(self) -> None:
        self.form.changed.connect(self._enable_buttons)
        self.form.more.toggled.connect(self._make_room)
        self.form.listening.allowed.toggled.connect(self._make_room)
        self.form.person_share_changed.connect(self.preview.set_person_share)
        self.form.fields.submitted.connect(self.submit)
        on(self.form.source.search_requested, self.search)
        self.test.clicked.connect(self.start_test)
        self.stop.clicked.connect(self._test.cancel)
        self.help.clicked.connect(self.show_what_to_try)
        self.save.clicked.connect(self.submit)
        self._test.progressed.connect(self._show_progress)
        self._test.ended.connect(self._show_end)
        self._test.refused.connect(self._show_refusal)

    def _make_room(self, unfolded: bool) -> None:
        """Grow so that nothing needs scrolling, as far as the screen allows."""
        if unfolded:
            self.form.adjustSize()
            wanted = self.form.sizeHint().height() + 170
            self.resize(self.width(), max(self.height(), min(wanted, self.screen().availableGeometry().height() - 80)))

    def _enable_buttons(self) -> None:
        running = self._test.running
        self.test.setVisible(not running)
        self.stop.setVisible(running)
        self.progress.setVisible(running)
        self.help.setVisible(bool(self._advice))
        self.test.setEnabled(self.form.can_test())
        self.save.setEnabled(self.form.is_valid() and not self._busy)

    def search(self, first: bool = False) -> None:
        """For a camera on the network; what is chosen comes into the form, and is tested at once. `first`: it opens by itself."""
        dialog = FindCameraDialog(self._bridge, self, first)
        dialog.chosen.connect(self._take_found)
        dialog.put_off.connect(self.reject)
        open_dialog(dialog)

    def _take_found(self, found: ChosenCamera) -> None:
        self.form.take_found(found)
        self.form.want_name()
        if self.form.can_test() and not self._test.running:
            self.start_test()

    # The test

    def start_test(self) -> None:
        self.show_trouble("")
        self._show_outcome("")
        self.form.forget_fault()
        self._advice = ()
        self.preview.show_text(self.tr("Waiting for a picture…"))
        self.progress.setRange(0, 0)
        try:
            self._tried = self.form.tried(self._newest())
            self._test.start(TestCamera(self._tried, self.form.credentials()))
        except InputError as error:
            self._show_refusal(error)
        self._enable_buttons()

    def _show_progress(self, job: Job) -> None:
        self.progress.setRange(0, job.total)
        self.progress.setValue(job.done)

    def _show_end(self, job: Job) -> None:
        if job.state is JobState.FAILED and self._tried is not None:
            self._advice = (advice_for_test(self._tried, job.fault, job.message),)
            self.bring_to_view(self.form.show_fault(job.fault))
        self._enable_buttons()
        if job.state is JobState.DONE:
            self._show_outcome(job.message, "good")
            self._fetch_picture(job.id)
        elif job.state is JobState.CANCELLED:
            self.preview.show_text(self.tr("The test was stopped."))
        else:
            self.preview.show_text(job.message, wrong=True)

    def show_what_to_try(self) -> None:
        """With what the test came to."""
        dialog = WhatToTryDialog(self._bridge, self._advice, parent=self)
        open_dialog(dialog)

    def _fetch_picture(self, job_id: str) -> None:
        port = self._bridge.port
        self._bridge.fetch(partial(port.job_picture, job_id), self._show_picture, self._show_refusal, owner=self)

    def _show_picture(self, jpeg: bytes | None) -> None:
        if jpeg is None or not self.preview.show_picture(jpeg):
            self.preview.show_text(self.tr("The camera answered, but its picture cannot be shown."), wrong=True)

    def _show_refusal(self, error: WatchroomError) -> None:
        shown = isinstance(error, InputError) and self.form.show_error(error)
        self.preview.show_text(self.tr("The test did not start.") if shown else error_text(error), wrong=True)
        self._enable_buttons()

    def _show_outcome(self, text: str, role: str = "secondary") -> None:
        self.outcome.setText(text)
        set_role(self.outcome, role)

    def _show_decoding(self, snapshot: Snapshot) -> None:
        view = snapshot.camera(self._camera.id) if self._camera is not None else None
        if view is not None:
            self.form.show_decoding(view.health)

    # Saving

    def submit(self) -> None:
        if self._busy or not self.form.is_valid():
            self.form.reveal()
            return
        newest = self._newest()
        if self._camera is not None and newest is None:
            self.show_trouble(self.tr("This camera was removed in the meantime. Close the dialog, and add the camera again if needed."))
            return
        self._busy = True
        self.show_trouble("")
        try:
            command = PutCamera(self.form.settings(newest), self.form.credentials())
        except InputError as error:
            self._show_camera_error(error)
            return
        terms = self._basis.terms(command, self._bridge.snapshot)
        self._bridge.command(command, self._saved, self._show_camera_error, owner=self, terms=terms)
        self._enable_buttons()

    def _newest(self) -> CameraSettings | None:
        """The camera that is edited, as it is now: others may have drawn in its picture meanwhile."""
        snapshot = self._bridge.snapshot
        if self._camera is None or snapshot is None:
            return self._camera
        return snapshot.settings.camera(self._camera.id)

    def _saved(self, camera_id: str) -> None:
        self.saved.emit(camera_id)
        self.accept()

    def _show_camera_error(self, error: WatchroomError) -> None:
        self._busy = False
        if isinstance(error, Conflict):
            self.show_trouble(self._basis.conflict_text(error))
        elif not (isinstance(error, InputError) and self.form.show_error(error)):
            self.show_error(error)
        self._enable_buttons()

    def done(self, result: int) -> None:
        if self._test.running:
            self._test.cancel()
        super().done(result)


def _title(camera: CameraSettings | None) -> str:
    return tr("Add camera") if camera is None else tr("Edit {0}").format(camera.name)
