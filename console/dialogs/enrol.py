"""Learning somebody's face, from a picture or from a clip: choose, let the engine look, and be told how it ended."""

import base64
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.camera_preview import CameraPreview
from console.dialogs.frame import FramedDialog
from console.job_run import JobRun
from console.words import sentence
from engine.model.clip import Clip
from engine.model.errors import WatchroomError
from engine.model.event import Event
from engine.model.people_command import LARGEST_PICTURE, EnrolFace, EnrolFromClip
from engine.model.person import Person
from engine.model.port import EnginePort
from engine.model.question import ListClips, ListEvents
from engine.model.snapshot import Job, JobState
from engine.model.time import Clock
from widgets.empty_state import EmptyState
from widgets.event_feed import EventFeed
from widgets.icons import icon
from widgets.theme import set_role

_CLIPS = 24


class EnrolDialog(FramedDialog):
    """Override `command`. Stays open after a success, so that another picture can follow. Signals: learned()."""

    learned = Signal()

    def __init__(self, bridge: EngineBridge, title: str, lead: str, action: str, parent: QWidget | None = None) -> None:
        super().__init__(title, lead, parent=parent)
        self.bridge = bridge
        self.run = JobRun(bridge, self)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedHeight(6)
        self.progress.hide()
        self.outcome = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.outcome, "good")
        self.close_button = self.add_cancel(self.tr("&Close"))
        self.learn = self.add_button(action, "primary")
        self.learn.setEnabled(False)
        self.learn.clicked.connect(self.start)
        self.run.progressed.connect(self._progressed)
        self.run.ended.connect(self._ended)
        self.run.refused.connect(self._refused)

    def add_foot(self) -> None:
        """Below the body."""
        self.body.addWidget(self.progress)
        self.body.addWidget(self.outcome)

    def command(self) -> EnrolFace | EnrolFromClip | None:
        """What would be learned now; None while nothing is chosen."""
        raise NotImplementedError

    def refresh(self) -> None:
        self.learn.setEnabled(self.command() is not None and not self.run.running)

    def start(self) -> None:
        command = self.command()
        if command is not None:
            self.show_trouble("")
            self.outcome.setText("")
            self.progress.setRange(0, 0)
            self.progress.show()
            self.run.start(command)
            self.refresh()

    def _progressed(self, job: Job) -> None:
        self.progress.setRange(0, job.total)
        self.progress.setValue(job.done)

    def _ended(self, job: Job) -> None:
        self.progress.hide()
        if job.state is JobState.DONE:
            self.outcome.setText(sentence(job.message or _tr("The face was learned.")))
            self.learned.emit()
        else:
            self.show_trouble(sentence(job.message))
        self.refresh()

    def _refused(self, error: WatchroomError) -> None:
        self.progress.hide()
        self.show_error(error)
        self.refresh()


class EnrolPictureDialog(EnrolDialog):
    """From a JPEG or PNG file."""

    def __init__(self, bridge: EngineBridge, person: Person, parent: QWidget | None = None) -> None:
        lead = _tr("Choose a picture that shows one face, from the front and well lit. The picture itself is not kept, only the face.")
        super().__init__(bridge, _tr("Face of {0} from a picture").format(person.name), lead, _tr("&Learn this face"), parent)
        self._person_id = person.id
        self._picture = b""
        self.preview = CameraPreview()
        self.preview.set_person_share(0)
        self.preview.show_text(_tr("No picture chosen"))
        self.choose_button = QPushButton(icon("folder-open"), _tr("&Choose a picture…"))
        self.choose_button.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.addWidget(self.choose_button)
        row.addStretch()
        self.body.addWidget(self.preview)
        self.body.addLayout(row)
        self.add_foot()
        self.resize(560, 560)

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, _tr("Choose a picture"), "", _tr("Pictures (*.jpg *.jpeg *.png)"))
        if path:
            self.open_picture(Path(path))

    def open_picture(self, path: Path) -> None:
        self.show_trouble("")
        self.outcome.setText("")
        self._picture = b""
        self.preview.show_text(_tr("No picture chosen"))
        trouble = self._read(path)
        if trouble:
            self.show_trouble(trouble)
        self.refresh()

    def _read(self, path: Path) -> str:
        try:
            size = path.stat().st_size
            data = path.read_bytes() if size <= LARGEST_PICTURE else b""
        except OSError as error:
            return _tr("{0} cannot be read: {1}.").format(path.name, error.strerror or str(error))
        if not data:
            return _tr("{0} is empty or larger than {1} MB. Choose a smaller picture.").format(path.name, LARGEST_PICTURE >> 20)
        if bytes(QImageReader.imageFormat(str(path)).data()) not in (b"jpeg", b"png") or not self.preview.show_picture(data):
            return _tr("{0} is not a JPEG or PNG picture.").format(path.name)
        self._picture = data
        return ""

    def command(self) -> EnrolFace | None:
        return EnrolFace(self._person_id, base64.b64encode(self._picture).decode()) if self._picture else None


class EnrolClipDialog(EnrolDialog):
    """From a clip: theirs first, then others of late."""

    def __init__(self, bridge: EngineBridge, clock: Clock, person: Person, parent: QWidget | None = None) -> None:
        lead = _tr("Choose a clip in which only they are seen, with their face towards the camera.")
        super().__init__(bridge, _tr("Face of {0} from a clip").format(person.name), lead, _tr("&Learn from this clip"), parent)
        self._person_id = person.id
        self._clips: dict[str, Clip] = {}
        empty = EmptyState("film", _tr("Looking for clips…"), "")
        self._empty = empty
        self.feed = EventFeed(clock, empty=empty)
        self.feed.setMinimumHeight(320)
        self.body.addWidget(self.feed, 1)
        self.add_foot()
        self.feed.event_selected.connect(lambda _: self.refresh())
        self.feed.event_activated.connect(lambda _: self.start())
        self.feed.thumbnail_wanted.connect(self._fetch_thumbnail)
        self.resize(560, 620)
        port, person_id = bridge.port, person.id
        bridge.fetch(lambda: clips_with_people(port, person_id), self._show, self._refused, owner=self)

    def _show(self, found: tuple[tuple[Event, Clip], ...]) -> None:
        snapshot = self.bridge.snapshot
        names = {camera.id: camera.name for camera in snapshot.settings.cameras} if snapshot else {}
        self._clips = {event.id: clip for event, clip in found}
        self._empty.set_text(
            _tr("No clip shows anybody yet"), _tr("Clips are recorded when somebody is seen. Then a face can be learned from one.")
        )
        self.feed.set_events(tuple(event for event, _ in found), names)
        self.feed.set_clip_events(frozenset(self._clips))
        self.refresh()

    def _fetch_thumbnail(self, event_id: str) -> None:
        port = self.bridge.port
        self.bridge.fetch(
            lambda: port.thumbnail(event_id),
            lambda jpeg: self.feed.set_thumbnail(event_id, jpeg) if jpeg else None,
            lambda error: None,  # the row keeps its placeholder
            owner=self,
        )

    def command(self) -> EnrolFromClip | None:
        clip = self._clips.get(self.feed.selected())
        return EnrolFromClip(self._person_id, clip.id) if clip is not None else None


def clips_with_people(port: EnginePort, person_id: str) -> tuple[tuple[Event, Clip], ...]:
    """Any thread. Events that have a clip: of this person, then of anybody; each part newest first."""
    theirs = port.ask(ListEvents(limit=_CLIPS, person_id=person_id)).events
    known = {event.id for event in theirs}
    others = [event for event in port.ask(ListEvents(limit=_CLIPS)).events if event.id not in known and event.camera_id]
    found: list[tuple[Event, Clip]] = []
    for event in (*theirs, *others):
        clips = port.ask(ListClips(limit=1, event_id=event.id)).clips
        found += [(event, clips[0])] if clips else []
    return tuple(found)


def _tr(text: str) -> str:
    return QCoreApplication.translate("EnrolDialog", text)
