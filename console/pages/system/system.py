"""The System page: how everything is in words, then in figures."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from console.actions.camera_actions import CameraActions
from console.courier import ignore_answer
from console.dialogs.accounts.users import UsersDialog
from console.dialogs.cameras.activities import ActivitiesDialog
from console.dialogs.cameras.recording import RecordingDialog
from console.dialogs.frame import open_dialog
from console.dialogs.review_settings import ReviewSettingsDialog
from console.dialogs.site import SiteDialog
from console.help.troubleshooting import advice
from console.model_installation import ModelInstallation, missing_detectors, running_installation
from console.pages.page import Page, PageContext
from console.pages.state_mark import StateMark
from console.pages.system.help import HelpSection
from console.pages.system.log import LogSection
from console.pages.system.notifications import NotificationSection
from console.pages.system.senses import SenseSection
from console.pages.system.tips import figure_tips
from console.pages.system.upkeep import UpkeepSection
from console.pages.system.upkeep_words import days_note
from console.pages.system.words import SHOWN, detector_text, headline, is_basic, recording_text, review_text, summary, troubles
from console.words import error_text, permit
from engine.gateway.remote.port import RemotePort
from engine.model.accounts.access import Verb
from engine.model.command import CancelJob, InstallModels
from engine.model.errors import WatchroomError
from engine.model.health import EngineHealth
from engine.model.snapshot import Snapshot
from engine.model.time import MILLISECOND, SECOND
from widgets.fields.first_focus import set_first_focus
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.head_row import HeadRow
from widgets.layout.tabs import Tabs
from widgets.marks.empty_state import EmptyState
from widgets.marks.status_chip import StatusChip
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.system.gauges import CameraHealthTable, ErrorList, FigureCard, ModelTable
from widgets.system.job_list import JobList
from widgets.theme import set_role

_FIGURES_EVERY_NS = 500 * MILLISECOND
_SAMPLES_EVERY_NS = SECOND
_GIB = 1 << 30
_MANY_WAITING = 1000
_WORTH_SAYING = 50  # fewer are always on their way


PARTS = ("overview", "detection", "sensors", "storage", "notifications", "activity")  # in the order of the tabs


class SystemPage(Page):
    """UI thread. Tables follow the engine twice a second, jobs at once."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts, self._clock = context.bridge, context.toasts, context.clock
        self._figures_ns = self._samples_ns = 0
        self._quick: tuple[object, ...] = ()
        self._columns: list[QVBoxLayout] = []
        self.camera_actions = CameraActions(context.bridge, context.toasts, self)
        self.installation = ModelInstallation(context.bridge, context.toasts, self)
        self._build_sections()
        self._connect_sections()

    # Building

    def _build_sections(self) -> None:
        """State and figures stay in view; the rest stands behind tabs, each no longer than a screen."""
        outer = make_column(self, spacing=12, margins=(24, 24, 24, 0))
        outer.addLayout(self._state_row())
        outer.addWidget(self._figure_row())
        self.tabs = Tabs(parent=self)
        self.tabs.setAccessibleName(self.tr("Parts of the system"))
        outer.addWidget(self.tabs, 1)
        self._begin_tab(self.tr("Overview"))
        self.help = HelpSection(self._bridge.may(Verb.ADMINISTER), self)
        self._column.addWidget(self.help)
        self._add_cameras()
        self._add_errors()
        self._begin_tab(self.tr("Detection"))
        self._add_detection()
        self._begin_tab(self.tr("Sensors"))
        self.senses = SenseSection(self._bridge, self._clock, self)
        self._column.addWidget(self.senses)
        self._begin_tab(self.tr("Recording and storage"))
        self._add_recordings()
        self._add_upkeep()
        self._columns[0].insertWidget(0, self.upkeep.restored)  # news of the record is not hidden behind a tab
        self._begin_tab(self.tr("Notifications"))
        self.notifications = NotificationSection(self._bridge, self._toasts, self._clock, self)
        self._column.addWidget(self.notifications)
        self._begin_tab(self.tr("Activity"))
        self._add_activity()
        for column in self._columns:
            column.addStretch()
        set_first_focus(self, self.tabs.tabBar())

    def _begin_tab(self, title: str) -> None:
        """What is added next stands behind it."""
        body = QWidget()
        self._column = make_column(body, spacing=12, margins=(0, 16, 8, 24))
        self._columns.append(self._column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        self.tabs.addTab(scroll, title)

    def _add_activity(self) -> None:
        self._section(self.tr("Jobs"))
        self.jobs = JobList(self._clock, self)
        self.jobs.setToolTip(self.tr("Installations, imports, exports, backups and clean-ups since the engine started"))
        self._column.addWidget(self.jobs)
        self._column.addSpacing(16)
        self.log = LogSection(self._bridge, self._toasts, self._clock, self)
        self._column.addWidget(self.log)

    def _state_row(self) -> HeadRow:
        self.headline = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        set_role(self.headline, "page")
        self.details = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.details.setWordWrap(True)
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.mark = StateMark(self)
        words = make_column(spacing=6)
        words.addWidget(self.headline)
        words.addWidget(self.details)
        self.site_button = QPushButton(icon("clock"), self.tr("Site and time &zone…"), self)
        self.users_button = QPushButton(icon("users"), self.tr("Acco&unts…"), self)
        marked = make_row(spacing=12)
        marked.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignTop)
        marked.addLayout(words, 1)
        return HeadRow(marked, self.site_button, self.users_button)

    def _figure_row(self) -> QWidget:
        tips = figure_tips()
        self.cpu = FigureCard(self.tr("Processor"), "%", tips["cpu"], self)
        self.memory = FigureCard(self.tr("Memory"), "MiB", tips["memory"], self)
        self.database = FigureCard(self.tr("Database"), "", tips["database"], self)
        self.recordings = FigureCard(self.tr("Recordings"), "", tips["recordings"], self)
        self.disk = FigureCard(self.tr("Disk free"), "", tips["disk"], self)
        holder = QWidget(self)
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = make_row(holder, spacing=8, margins=NO_MARGINS)
        for card in (self.cpu, self.memory, self.database, self.recordings, self.disk):
            row.addWidget(card, 1)
        return holder

    def _section(self, title: str) -> HeadRow:
        self._column.addSpacing(16 if self._column.count() else 0)
        heading = QLabel(title, textFormat=Qt.TextFormat.PlainText)
        set_role(heading, "section")
        row = HeadRow(heading)
        self._column.addLayout(row)
        return row

    def _add_cameras(self) -> None:
        row = self._section(self.tr("Cameras"))
        self.add_camera = QPushButton(icon("plus"), self.tr("&Add camera…"), self)
        row.addWidget(self.add_camera)
        self.cameras = CameraHealthTable(self._clock, self)
        self.no_cameras = EmptyState("video", self.tr("No cameras yet"), self.tr("The state of each camera appears here."), parent=self)
        self._column.addWidget(self.cameras)
        self._column.addWidget(self.no_cameras)

    def _add_recordings(self) -> None:
        heading = self._section(self.tr("Recordings"))
        self.recording_button = QPushButton(icon("film"), self.tr("&Recording…"), self)
        heading.addWidget(self.recording_button)
        self.recording_note = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.recording_note.setWordWrap(True)
        set_role(self.recording_note, "secondary")
        self._column.addWidget(self.recording_note)

    def _add_detection(self) -> None:
        heading = self._section(self.tr("Person detection"))
        self.behaviour_button = QPushButton(icon("activity"), self.tr("&Behaviour detection…"), self)
        heading.addWidget(self.behaviour_button)
        self.detector = StatusChip(parent=self)
        self.detector_note = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.detector_note.setWordWrap(True)
        set_role(self.detector_note, "secondary")
        row = make_row(spacing=12)
        self.install = QPushButton(icon("download", "on_accent"), self.tr("&Install person detector"), self)
        set_role(self.install, "primary")
        row.addWidget(self.detector)
        row.addWidget(self.detector_note, 1)
        row.addWidget(self.install)
        self._column.addLayout(row)
        self._add_review()
        heading = self._section(self.tr("Models"))
        self.inference_button = QPushButton(icon("cpu"), self.tr("Inference &providers…"), self)
        heading.addWidget(self.inference_button)
        self.models = ModelTable(self)
        self._column.addWidget(self.models)

    def _add_review(self) -> None:
        heading = self._section(self.tr("Review items"))
        self.review_button = QPushButton(icon("list-filter"), self.tr("&Grouping…"), self)
        heading.addWidget(self.review_button)
        self.review_note = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.review_note.setWordWrap(True)
        set_role(self.review_note, "secondary")
        self._column.addWidget(self.review_note)

    def _add_upkeep(self) -> None:
        self._column.addSpacing(16)
        self.upkeep = UpkeepSection(self._bridge, self._toasts, self._clock, self)
        self._column.addWidget(self.upkeep)

    def _add_errors(self) -> None:
        self._section(self.tr("Last errors"))
        self.errors = ErrorList(self._clock, self)
        self.no_errors = QLabel(self.tr("Nothing has failed since the engine started."), self)
        set_role(self.no_errors, "secondary")
        self._column.addWidget(self.errors)
        self._column.addWidget(self.no_errors)

    def _connect_sections(self) -> None:
        session = self._bridge.session
        permit(self.add_camera, session, Verb.ADMINISTER, self.tr("Add a camera"))
        permit(self.site_button, session, Verb.ADMINISTER, self.tr("Name and time zone of the site"))
        permit(self.users_button, session, Verb.ADMINISTER, self.tr("Who may sign in, and with which role"))
        permit(self.recording_button, session, Verb.ADMINISTER, self.tr("What is recorded, for how long, and the space it takes"))
        permit(self.behaviour_button, session, Verb.ADMINISTER, self.tr("Limits for falls, fights, running, loitering and crowds"))
        permit(self.review_button, session, Verb.ADMINISTER, self.tr("Which events become one row in Live, Review"))
        permit(self.inference_button, session, Verb.ADMINISTER, self.tr("What runs each model, and a new measurement"))
        permit(self.install, session, Verb.ADMINISTER, self.tr("Download the person detector"))
        self.install.clicked.connect(self.installation.install_detector)
        self.models.set_can_install(session.may(Verb.ADMINISTER))
        self.add_camera.clicked.connect(self.camera_actions.add)
        self.site_button.clicked.connect(self._open_site)
        self.users_button.clicked.connect(self._open_users)
        self.behaviour_button.clicked.connect(self._open_behaviour)
        self.review_button.clicked.connect(self._open_review)
        self.inference_button.clicked.connect(self._open_inference)
        self.recording_button.clicked.connect(self._open_recording)
        self.cameras.camera_activated.connect(self.camera_actions.edit)
        self.help.edit_wanted.connect(self.camera_actions.edit)
        self.cameras.menu_wanted.connect(self._open_camera_menu)
        self.models.install_requested.connect(self._install)
        self.models.install_from_folder_requested.connect(self.installation.install_from_folder)
        self.models.cancel_requested.connect(self._cancel)

    def _open_camera_menu(self, camera_id: str, position: QPoint) -> None:
        menu = self.camera_actions.menu(camera_id, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def visit(self, what: str) -> None:
        """A part, by its key in `PARTS`."""
        if what in PARTS:
            self.tabs.setCurrentIndex(PARTS.index(what))

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        quick = (snapshot.jobs, snapshot.models, snapshot.settings, snapshot.health.detector)
        if quick != self._quick or snapshot.at_ns - self._figures_ns >= _FIGURES_EVERY_NS:
            self._quick, self._figures_ns = quick, snapshot.at_ns
            found = advice(snapshot, self.upkeep.view) if snapshot.health.threads else ()
            self.help.set_advice(found)
            self._show_state(snapshot, bool(found))
            self._show_figures(snapshot.health)
            self.recording_note.setText(recording_text(snapshot))
            self.review_note.setText(review_text(snapshot.settings.review))
            self._show_detection(snapshot)
            self._show_tables(snapshot)
            self.senses.show_snapshot(snapshot)
            self.notifications.show_snapshot(snapshot)
            self.upkeep.show_snapshot(snapshot)
            self.jobs.set_jobs(snapshot.jobs)
            self.log.show_snapshot(snapshot)
        if snapshot.at_ns - self._samples_ns >= _SAMPLES_EVERY_NS:
            self._samples_ns = snapshot.at_ns
            self.cpu.add_sample(snapshot.health.cpu_percent)
            self.memory.add_sample(snapshot.health.memory_bytes / (1 << 20))

    def _show_state(self, snapshot: Snapshot, to_try: bool) -> None:
        wrong = troubles(snapshot)
        more = [self.tr("And {0} more.").format(len(wrong) - SHOWN)] if len(wrong) > SHOWN else []
        self.headline.setText(headline(snapshot))
        self.mark.set_well(not wrong)
        below = [self.tr("Recommendations are listed below.")] if to_try else []
        self.details.setText("\n".join([*wrong[:SHOWN], *more]) or " ".join([summary(snapshot), *below]))

    def _show_figures(self, health: EngineHealth) -> None:
        known = health.threads > 0  # an engine that has measured itself has at least one
        self.cpu.set_value(number_text(health.cpu_percent, ".0f") if known else "", self.tr("of one core"))
        self.memory.set_value(number_text(health.memory_bytes / (1 << 20), ",.0f") if known else "", self._memory_note())
        self._show_database(health, known)
        self.recordings.set_value(size_text(health.recordings_bytes) if known else "", self.tr("video, thumbnails and journal"))
        free, note = health.disk_free_bytes, days_note(self.upkeep.view.disk)
        self.disk.set_value(size_text(free) if known else "", note if known else "", _disk_level(free) if known else "")

    def _memory_note(self) -> str:
        """The engine shares its process with the console, unless it runs elsewhere."""
        return self.tr("the engine's process") if isinstance(self._bridge.port, RemotePort) else self.tr("this process")

    def _show_database(self, health: EngineHealth, known: bool) -> None:
        waiting = health.writer_backlog
        note = self.tr("{0} values waiting to be written").format(number_text(waiting)) if waiting >= _WORTH_SAYING else ""
        self.database.set_value(size_text(health.database_bytes) if known else "", note, "moderate" if waiting > _MANY_WAITING else "")

    def _show_detection(self, snapshot: Snapshot) -> None:
        text, level, note = detector_text(snapshot.health.detector, snapshot.models)
        self.detector.set_status(text, level)
        self.detector_note.setText(note)
        missing = bool(missing_detectors(snapshot.models))
        basic = is_basic(snapshot.health.detector, snapshot.models)
        offered = basic and missing and not self.installation.running and running_installation(snapshot) is None
        if self.install.hasFocus() and not offered:
            self.setFocus()  # or Qt hands the keyboard to whatever comes next, on the rail
        self.install.setVisible(offered)

    def _show_tables(self, snapshot: Snapshot) -> None:
        self.cameras.set_cameras(snapshot.cameras)
        self.cameras.setVisible(bool(snapshot.cameras))
        self.no_cameras.setVisible(not snapshot.cameras)
        self.models.set_models(snapshot.models, snapshot.jobs, snapshot.health.models)
        self.errors.set_errors(snapshot.health.errors)
        self.errors.setVisible(bool(snapshot.health.errors))
        self.no_errors.setVisible(not snapshot.health.errors)

    # What the operator does

    def _open_review(self) -> None:
        open_dialog(ReviewSettingsDialog(self._bridge, self))

    def _open_inference(self) -> None:
        from console.dialogs.inference import InferenceDialog  # only now: few ever open it

        open_dialog(InferenceDialog(self._bridge, self))

    def _open_behaviour(self) -> None:
        dialog = ActivitiesDialog(self._bridge, self)
        open_dialog(dialog)

    def _open_recording(self) -> None:
        dialog = RecordingDialog(self._bridge, self)
        open_dialog(dialog)

    def _open_site(self) -> None:
        dialog = SiteDialog(self._bridge, self)
        open_dialog(dialog)

    def _open_users(self) -> None:
        dialog = UsersDialog(self._bridge, self)
        open_dialog(dialog)

    def _install(self, ids: tuple[str, ...]) -> None:
        self.installation.start(InstallModels(ids))

    def _cancel(self, job_id: str) -> None:
        self._bridge.command(CancelJob(job_id), ignore_answer, self._show_system_error, owner=self)

    def _show_system_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)

    def has_content(self) -> bool:
        return self._bridge.snapshot is not None and self._bridge.snapshot.health.threads > 0


def _disk_level(free_bytes: int) -> str:
    if free_bytes < 2 * _GIB:
        return "critical"
    return "moderate" if free_bytes < 10 * _GIB else ""
