"""The Gestures page: teach a movement in front of a camera, try it at once, and say what it is to raise."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from console.actions.camera_actions import CameraActions
from console.courier import ignore_answer
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.frame import open_dialog
from console.dialogs.people.take_from_clip import TakeFromClipDialog
from console.pages.missing_models import MissingModels
from console.pages.page import LOW, LOW_MARGINS, MARGINS, Page, PageContext, ShortcutNote
from console.pages.teach.recorder import TakeRecorder
from console.pages.teach.words import everyday_words, is_masked, poses_of_now, ready_takes, teach_words, trouble_words, view_words
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.event import Event, EventKind
from engine.model.people.commands import DropTake, RemoveGesture, SetGestureMode, ShowPoses, TeachGesture
from engine.model.people.gesture import GestureMode
from engine.model.people.view import TakeState, TakeView
from engine.model.port import PictureWant
from engine.model.question import ListEvents
from engine.model.snapshot import Picture, Snapshot
from engine.model.time import SECOND
from widgets.fields.first_focus import set_first_focus
from widgets.gestures.gesture_list import GestureList
from widgets.gestures.gesture_scores import ScoreBars
from widgets.gestures.gesture_takes import TakeShelf
from widgets.gestures.gesture_view import GestureView
from widgets.gestures.gesture_words import LINE, raised_words, verdict
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.layout.down_scroll import DownScroll
from widgets.layout.flow_row import FlowRow
from widgets.layout.head_row import HeadRow
from widgets.look import scaled
from widgets.marks.empty_state import EmptyState
from widgets.marks.notice import Notice
from widgets.marks.plain_tip import plain_tip
from widgets.marks.simulated_mark import SimulatedMark
from widgets.signals import on
from widgets.theme import set_role

_SHOW_S = 30.0
_WRITTEN_MS = 2500
_ASK_AGAIN_NS = 10 * SECOND
_RAISED, _RAISED_EACH = 60, 4
_NAME_WIDTH = 220
_BIG = "QPushButton { min-height: 32px; padding: 6px 22px; font-size: 15px; }"
_POSE_ROLES = ("pose_detection", "pose_landmarks")


class TeachPage(Page):
    """UI thread. While it is on screen for an administrator, the engine is asked to look at poses."""

    moves = True

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._toasts, self._clock = context.bridge, context.toasts, context.clock
        self._may = context.bridge.may(Verb.ADMINISTER)
        self._wall = context.bridge.wall(self._show_picture)
        self._asked_ns = 0
        self._tests: list[str] = []  # takes that are not for teaching
        self._takes: tuple[TakeView, ...] = ()
        self._counted = 0
        self._tries: dict[str, tuple[int, int]] = {}  # by gesture: recognised, tried
        self.recorder = TakeRecorder(context.bridge, self)
        self._cameras = CameraActions(context.bridge, context.toasts, self)
        self._build_columns()
        self._connect_recorder()

    # How it is built

    def _build_columns(self) -> None:
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setChildrenCollapsible(False)
        teaching = self._teaching()
        self._across.addWidget(teaching)
        teaching.setVisible(self._may)  # who may not teach has no use for the picture either
        self._across.addWidget(self._taught())
        self._across.setStretchFactor(0, 1)
        self._across.setSizes([900, 400])
        self.no_camera = EmptyState(
            "video",
            self.tr("No camera yet"),
            self.tr("Teach a gesture in front of a camera, or from a recorded clip."),
            self.tr("Add camera…") if self._may else "",
        )
        self.no_camera.action_requested.connect(self._cameras.add)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._across)
        self._stack.addWidget(self.no_camera)
        self._column = column = make_column(self, spacing=12)
        column.addWidget(_heading(self.tr("Gestures"), "page"))
        self._missing = MissingModels(self._bridge, self._toasts, _POSE_ROLES)
        self.trouble, self.install = self._missing.notice, self._missing.install
        column.addWidget(self._missing)
        column.addWidget(self._stack, 1)
        set_first_focus(self, self.record if self._may else self.list)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < scaled(LOW)
        self._column.setContentsMargins(*(LOW_MARGINS if low else MARGINS))
        self._lead.setHidden(low)  # so that the picture, the takes and their name are on screen together
        for button in (self.record, self.from_clip):
            button.setStyleSheet("" if low else _BIG)

    def _teaching(self) -> QWidget:
        self.cameras = QComboBox()
        self.cameras.setAccessibleName(self.tr("Camera"))
        self.view = GestureView()
        self._simulated = SimulatedMark(self.view)
        self.record = QPushButton(icon("circle-dot", "on_accent"), self.tr("&Record a take"))
        set_role(self.record, "primary")
        self.from_clip = QPushButton(icon("film"), self.tr("From a &clip…"))
        self.shelf = TakeShelf()
        self._takes_strip = _TakesStrip(self.shelf)
        side = QWidget()
        column = make_column(side, spacing=10, margins=(0, 0, 12, 0))
        column.addLayout(HeadRow(_heading(self.tr("Teach a gesture"), "section"), self._camera_choice()))
        self._lead = _lead(self.tr("Record two to five takes of one movement, live or from clips. Then name it and teach it."))
        column.addWidget(self._lead)
        column.addWidget(self.view, 1)
        column.addLayout(_flowing(self.record, self.from_clip))
        column.addWidget(self._takes_strip)
        column.addLayout(self._naming())
        return DownScroll(side)

    def _camera_choice(self) -> QWidget:
        choice = QWidget()
        row = make_row(choice, spacing=8, margins=NO_MARGINS)
        row.addWidget(QLabel(self.tr("Camera")))
        row.addWidget(self.cameras)
        return choice

    def _naming(self) -> QVBoxLayout:
        self.name = QLineEdit(placeholderText=self.tr("Name, for example “Help”"))
        self.name.setAccessibleName(self.tr("Name of the gesture"))
        self.name.setMaxLength(100)
        self.name.setMinimumWidth(scaled(_NAME_WIDTH))
        self.on_trial = QComboBox()
        self.on_trial.setAccessibleName(self.tr("Initial state"))
        self.on_trial.addItem(self.tr("On trial: no alerts"), GestureMode.SHADOW)
        self.on_trial.addItem(self.tr("Armed"), GestureMode.ARMED)
        self.teach = QPushButton(icon("check", "on_accent"), self.tr("&Teach"))
        set_role(self.teach, "primary")
        self.missing, self.apart = (
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        for label in (self.missing, self.apart):
            set_role(label, "secondary")
        column = make_column(spacing=6)
        column.addLayout(HeadRow(self.name, self.on_trial, self.teach))
        column.addWidget(self.missing)
        column.addWidget(self.apart)
        return column

    def _taught(self) -> QWidget:
        self.list = GestureList(self._may)
        self.test = QPushButton(icon("play"), self.tr("Test reco&gnition"))
        self.test.setToolTip(self.tr("Make a gesture in front of the camera to see how it is recognised"))
        self.verdict = Notice()
        self.scores = ScoreBars()
        side = QWidget()
        side.setMinimumWidth(320)
        column = QVBoxLayout(side)
        column.setContentsMargins(12 if self._may else 0, 0, 0, 0)  # beside teaching, or at the page's edge
        column.setSpacing(10)
        column.addLayout(_free_row(_heading(self.tr("Try"), "section"), None, self.test))
        self.how_to_try = _lead(self.tr("Make a taught gesture in front of the camera to see how confidently it is recognised."))
        column.addWidget(self.how_to_try)
        column.addWidget(self.verdict)
        column.addWidget(self.scores)
        column.addWidget(_heading(self.tr("Taught"), "section"))
        column.addWidget(self.list, 1)
        return side

    def _connect_recorder(self) -> None:
        session = self._bridge.session
        permit(self.record, session, Verb.ADMINISTER, self.tr("A 3 s countdown, then 2.5 s for the movement"))
        permit(self.from_clip, session, Verb.ADMINISTER, self.tr("From a part of a recorded clip"))
        permit(self.test, session, Verb.ADMINISTER, self.tr("Make a gesture in front of the camera to see how it is recognised"))
        on(self.record.clicked, self._start_take, False)
        on(self.test.clicked, self._start_take, True)
        self.from_clip.clicked.connect(self.open_clips)
        self.cameras.currentIndexChanged.connect(self._camera_chosen)
        self.name.textChanged.connect(self._show_again)
        self.name.returnPressed.connect(self.teach.click)
        self.teach.clicked.connect(self.teach_it)
        self.shelf.removed.connect(lambda take_id: self._command(DropTake(take_id)))
        self.list.mode_chosen.connect(lambda gesture_id, mode: self._command(SetGestureMode(gesture_id, mode)))
        self.list.remove_asked.connect(self.ask_to_remove)
        self.recorder.counted.connect(lambda text, share: self.view.show_count(text, share if share >= 0 else None))
        self.recorder.ended.connect(self._recorded)
        self.recorder.refused.connect(self._show_gesture_error)

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._stack.setCurrentWidget(self._across if snapshot.cameras else self.no_camera)
        self._show_cameras(snapshot)
        self._ask_for_poses(snapshot)
        self._missing.show_trouble(trouble_words(snapshot.people.pose_trouble), snapshot)
        camera = snapshot.camera(self.camera_id())
        if camera is not None:
            self._simulated.set_wanted(camera.settings.simulated)
            self.view.set_masked(is_masked(snapshot))
            self.view.show_words(view_words(snapshot, camera))
            self.view.show_poses(poses_of_now(snapshot, camera.settings.id))
            self._want_pictures()
        self.recorder.show_snapshot(snapshot)
        self._show_takes(snapshot)
        self.list.show_gestures(snapshot.people.gestures, snapshot.at_ns)
        self._ask_what_trials_raised(snapshot)
        self._show_again()

    def _show_cameras(self, snapshot: Snapshot) -> None:
        wanted = [(view.settings.name, view.settings.id) for view in snapshot.cameras]
        if wanted == [(self.cameras.itemText(row), self.cameras.itemData(row)) for row in range(self.cameras.count())]:
            return
        chosen = self.camera_id()
        self.cameras.blockSignals(True)
        self.cameras.clear()
        for name, camera_id in wanted:
            self.cameras.addItem(name, camera_id)
        self.cameras.setCurrentIndex(max(0, self.cameras.findData(chosen)))
        self.cameras.blockSignals(False)
        self._camera_chosen()

    def _ask_for_poses(self, snapshot: Snapshot) -> None:
        if self._may and snapshot.cameras and snapshot.at_ns - self._asked_ns >= _ASK_AGAIN_NS:
            self._asked_ns = snapshot.at_ns
            self._command(ShowPoses(_SHOW_S))

    def _show_takes(self, snapshot: Snapshot) -> None:
        known = {take.id for take in snapshot.people.takes}
        self._tests = [take_id for take_id in self._tests if take_id in known]
        hidden = self.recorder.for_test and self.recorder.busy
        self._takes = tuple(
            take
            for take in snapshot.people.takes
            if take.id not in self._tests and not (hidden and take.state is TakeState.RECORDING and take.camera_id == self.camera_id())
        )
        self.shelf.show_takes(self._takes)
        self._takes_strip.fit(bool(self._takes))  # without takes the picture has the room

    def _ask_what_trials_raised(self, snapshot: Snapshot) -> None:
        """Whenever one more was counted."""
        counted = sum(gesture.shadow_fired for gesture in snapshot.people.gestures if gesture.mode is GestureMode.SHADOW)
        if counted != self._counted:
            self._counted = counted
            self._ask_raised()
            QTimer.singleShot(_WRITTEN_MS, self, self._ask_raised)  # what was just counted is written a little later

    def _ask_raised(self) -> None:
        ask = ListEvents(limit=_RAISED, kinds=(EventKind.GESTURE,), shadow=True)
        self._bridge.ask(ask, self._show_raised, self._show_gesture_error, owner=self)

    def _show_raised(self, events: tuple[Event, ...]) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        names = {camera.id: camera.name for camera in snapshot.settings.cameras}
        for gesture in snapshot.people.gestures:
            theirs = [event for event in events if event.label == gesture.label][:_RAISED_EACH]
            self.list.card(gesture.id).show_raised([raised_words(event, names, snapshot.at_ns) for event in theirs])

    def _show_again(self) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        labels = tuple(gesture.label for gesture in snapshot.people.gestures)
        words = teach_words(self.name.text(), labels, len(ready_takes(self._takes)))
        self.missing.setText(words)
        self.missing.setVisible(bool(words))
        self.apart.setText(everyday_words(snapshot.people.everyday_s, len(labels)))
        self.apart.setVisible(not words)
        self.teach.setEnabled(self._may and not words)
        possible = self._may and not snapshot.people.pose_trouble
        ready = possible and not self.recorder.busy and bool(self.camera_id())
        self.from_clip.setEnabled(possible)
        self.record.setEnabled(ready)
        self.test.setEnabled(ready and bool(labels))
        self._say_why(bool(labels), words, snapshot.people.pose_trouble)

    def _say_why(self, taught: bool, missing: str, trouble: str) -> None:
        """Tooltips of what cannot be pressed now."""
        if self._may:
            busy = trouble or (self.tr("Wait until this take is recorded") if self.recorder.busy else "")
            self.from_clip.setToolTip(plain_tip(trouble or self.tr("From parts of recorded clips")))
            make = self.tr("Make a gesture in front of the camera to see how it is recognised")
            self.test.setToolTip(plain_tip(busy or (make if taught else self.tr("Teach a gesture first"))))
            three = self.tr("A 3 s countdown, then 2.5 s for the movement")
            self.record.setToolTip(plain_tip(busy or three))
            self.teach.setToolTip(plain_tip(missing))

    # What the user does

    def camera_id(self) -> str:
        return self.cameras.currentData() or ""

    def _camera_chosen(self) -> None:
        self.recorder.cancel()
        self.view.show_picture(None)
        self.view.show_poses(())
        self._want_pictures()

    def _want_pictures(self) -> None:
        if self._may and self.isVisible() and self.camera_id():
            self._wall.want({self.camera_id(): PictureWant(1280, 720)})

    def _show_picture(self, picture: Picture) -> None:
        if picture.camera_id == self.camera_id():
            self.view.show_picture(picture)

    def _start_take(self, for_test: bool) -> None:
        if for_test:
            self.verdict.set_notice("")
            self.how_to_try.show()
            self.scores.show_scores(())
        self.recorder.start(self.camera_id(), for_test)
        self._show_again()

    def _recorded(self, take: TakeView) -> None:
        if not self.recorder.for_test:
            return
        self._tests.append(take.id)
        words, level = (take.trouble, "critical") if take.state is TakeState.FAILED else verdict(take.scores)
        self.how_to_try.hide()
        self.verdict.set_notice(words, level)
        self.scores.show_scores(take.scores)
        self._note_try(take)
        self._command(DropTake(take.id))

    def _note_try(self, take: TakeView) -> None:
        """A try was one of the gesture that it is most like."""
        if take.state is TakeState.READY and take.scores:
            best = take.scores[0]
            recognised, tried = self._tries.get(best.gesture_id, (0, 0))
            self._tries[best.gesture_id] = recognised + (best.confidence >= LINE), tried + 1
            self.list.card(best.gesture_id).show_tries(*self._tries[best.gesture_id])

    def teach_it(self) -> None:
        if not self.teach.isEnabled():
            return
        label, mode = self.name.text().strip(), GestureMode(self.on_trial.currentData())
        command = TeachGesture(label, ready_takes(self._takes), mode=mode)
        self._bridge.tell(command, self._was_taught, self._show_gesture_error, label, mode, owner=self)

    def _was_taught(self, label: str, mode: GestureMode) -> None:
        self.name.clear()
        armed = mode is GestureMode.ARMED
        said = (
            self.tr("Gesture “{0}” is taught and armed.")
            if armed
            else self.tr("Gesture “{0}” is taught. It raises no alert until you arm it.")
        )
        self._toasts.show_message(said.format(label), "good")

    def open_clips(self) -> None:
        dialog = TakeFromClipDialog(self._bridge, self._clock, self.camera_id(), self)
        on(dialog.finished, self.name.setFocus)
        open_dialog(dialog)

    def ask_to_remove(self, gesture_id: str) -> None:
        snapshot = self._bridge.snapshot
        gesture = next((each for each in snapshot.people.gestures if each.id == gesture_id), None) if snapshot else None
        if gesture is None:
            return
        text = self.tr("The gesture and its takes are deleted. Past events are kept.")
        dialog = ConfirmDialog(self.tr("Remove “{0}”?").format(gesture.label), text, self.tr("&Remove gesture"), self, can_undo=True)
        on(dialog.accepted, self._command, RemoveGesture(gesture_id))
        open_dialog(dialog)

    def _command(self, command: DropTake | SetGestureMode | RemoveGesture | ShowPoses) -> None:
        self._bridge.command(command, ignore_answer, self._show_gesture_error, owner=self)

    def _show_gesture_error(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
        self._show_again()

    # Coming and going

    def shortcut_notes(self) -> tuple[ShortcutNote, ...]:
        return (
            ShortcutNote("Alt+R", self.tr("Record a take")),
            ShortcutNote("Alt+D", self.tr("Test recognition of a gesture")),
            ShortcutNote("Alt+T", self.tr("Teach")),
        )

    def has_content(self) -> bool:
        return self.view.has_picture() or not self.camera_id() or not self._may

    def leave(self) -> None:
        self.recorder.cancel()
        self._asked_ns = 0
        self._wall.want({})
        self.view.show_picture(None)

    def shutdown(self) -> None:
        super().shutdown()
        self.recorder.cancel()
        self._wall.close()


class _TakesStrip(QScrollArea):
    """Takes side by side, as high as what is said of them; the newest stays in sight."""

    def __init__(self, takes: TakeShelf) -> None:
        super().__init__(widgetResizable=True)
        self._takes = takes
        self.setWidget(takes)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hide()
        bar = self.horizontalScrollBar()
        bar.rangeChanged.connect(self._show_newest)

    def fit(self, shown: bool) -> None:
        """To what the takes are now."""
        if shown:
            self._fit_height()
        self.setVisible(shown)

    def _fit_height(self) -> None:
        bar = self.horizontalScrollBar()
        self.setFixedHeight(self._takes.needed_height() + (bar.sizeHint().height() if bar.maximum() > 0 else 0))

    def _show_newest(self, _: int, newest: int) -> None:
        self.horizontalScrollBar().setValue(newest)
        if not self.isHidden():
            self._fit_height()


def _heading(text: str, role: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    set_role(label, role)
    return label


def _lead(text: str) -> QLabel:
    label = _heading(text, "secondary")
    label.setWordWrap(True)
    return label


def _flowing(*parts: QWidget) -> FlowRow:
    row = FlowRow(spacing=8)
    for part in parts:
        row.addWidget(part)
    return row


def _free_row(*parts: QWidget | None) -> QHBoxLayout:
    """None: what is free goes here."""
    row = make_row(spacing=8)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row
