"""Learning somebody's face, from a file or from a recorded clip: choose, let the engine look, and be told how it ended."""

import base64
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt, Signal
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QStackedWidget, QWidget

from console.bridge import EngineBridge
from console.dialogs.cameras.camera_preview import CameraPreview
from console.dialogs.evidence.clip_choice import ClipChoice, clips_with_people
from console.dialogs.frame import FramedDialog
from console.job_run import JobRun
from console.playback.clip_reader import RecordedClipReader
from console.words import sentence
from engine.model.errors import WatchroomError
from engine.model.people.commands import LARGEST_PICTURE, EnrolFace, EnrolFromClip
from engine.model.people.person import Person
from engine.model.snapshot import Job, JobState
from engine.model.time import Clock
from widgets.icons import icon
from widgets.marks.plain_tip import plain_tip
from widgets.playback.clip_player import ClipPlayer
from widgets.signals import on
from widgets.theme import set_role
from widgets.translation import tr

FILMS = "*.mp4 *.mkv *.avi *.mov *.ts *.m4v *.webm"


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
        self.learn.clicked.connect(self.start)
        self.run.progressed.connect(self._progressed)
        self.run.ended.connect(self._show_enrol_outcome)
        self.run.refused.connect(self._show_enrol_error)

    def add_foot(self) -> None:
        """Below the body."""
        self.body.addWidget(self.progress)
        self.body.addWidget(self.outcome)

    def command(self) -> EnrolFace | EnrolFromClip | None:
        """What would be learned now; None while nothing is chosen."""
        raise NotImplementedError

    def missing(self) -> str:
        """Override: why nothing can be learned while nothing is chosen."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether something is chosen."""
        return self.command() is not None

    def refresh(self) -> None:
        ready, running = self.ready(), self.run.running
        self.learn.setEnabled(ready and not running)
        self.learn.setToolTip(plain_tip(tr("Analysing…") if running else "" if ready else self.missing()))

    def forget_outcome(self) -> None:
        if not self.run.running:
            self.show_trouble("")
            self.outcome.setText("")

    def start(self) -> None:
        command = self.command()
        if command is not None and not self.run.running:
            self.show_trouble("")
            set_role(self.outcome, "secondary")
            self.outcome.setText(tr("Detecting the face…"))
            self.progress.setRange(0, 0)
            self.progress.show()
            self.run.start(command)
            self.refresh()

    def _progressed(self, job: Job) -> None:
        self.progress.setRange(0, job.total)
        self.progress.setValue(job.done)

    def _show_enrol_outcome(self, job: Job) -> None:
        self.progress.hide()
        if job.state is JobState.DONE:
            set_role(self.outcome, "good")
            self.outcome.setText(sentence(job.message or tr("The face was learned.")))
            self.learned.emit()
            self.close_button.setFocus()
        else:
            self.outcome.setText("")
            self.show_trouble(sentence(job.message))
        self.refresh()

    def _show_enrol_error(self, error: WatchroomError) -> None:
        self.progress.hide()
        self.outcome.setText("")
        self.show_error(error)
        self.refresh()


class EnrolPictureDialog(EnrolDialog):
    """From a file: a JPEG or PNG picture, or the picture at which a film is stopped."""

    def __init__(self, bridge: EngineBridge, person: Person, parent: QWidget | None = None) -> None:
        lead = tr("Choose a picture or video file that shows one face from the front, well lit. Only the face is stored.")
        super().__init__(bridge, tr("Face of {0} from a file").format(person.name), lead, tr("&Learn this face"), parent)
        self._person_id = person.id
        self._picture = b""
        self.preview = CameraPreview()
        self.preview.set_person_share(0)
        self.preview.show_text(tr("No file chosen"))
        self.player = ClipPlayer(RecordedClipReader, self, closable=False)
        self.player.position_changed.connect(self.refresh)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.preview)
        self.pages.addWidget(self.player)
        self.choose_button = QPushButton(icon("folder-open"), tr("Choose a &file…"))
        self.choose_button.setAutoDefault(False)
        self.choose_button.clicked.connect(self._choose_pictures)
        self.hint = QLabel(tr("Pause where the face is seen best. The picture on screen is learned."))
        set_role(self.hint, "secondary")
        self.hint.hide()
        row = QHBoxLayout()
        row.addWidget(self.choose_button)
        row.addWidget(self.hint)
        row.addStretch()
        self.body.addLayout(row)  # above the picture: what is chosen there would need scrolling to on a small screen
        self.body.addWidget(self.pages, 1)
        self.add_foot()
        self.resize(640, 640)
        self.choose_button.setFocus()
        self.refresh()

    def _choose_pictures(self) -> None:
        kinds = tr("Pictures and videos ({0});;All files (*)").format(f"*.jpg *.jpeg *.png {FILMS}")
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a picture or video file"), "", kinds)
        if path:
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """What is no picture is taken for a film, which says itself when it cannot be played."""
        self.forget_outcome()
        self._picture = b""
        self.preview.show_text(tr("No file chosen"))
        film = f"*{path.suffix.lower()}" in FILMS.split()
        self.pages.setCurrentWidget(self.player if film else self.preview)
        self.hint.setVisible(film)
        if film:
            self.player.open_clip(path, "")
        else:
            self.show_trouble(self._read_picture(path))
        self.refresh()

    def _read_picture(self, path: Path) -> str:
        try:
            size = path.stat().st_size
            data = path.read_bytes() if size <= LARGEST_PICTURE else b""
        except OSError as error:
            return tr("{0} cannot be read: {1}.").format(path.name, error.strerror or str(error))
        if not data:
            return tr("{0} is empty or larger than {1} MB. Choose a smaller picture.").format(path.name, LARGEST_PICTURE >> 20)
        if bytes(QImageReader.imageFormat(str(path)).data()) not in (b"jpeg", b"png") or not self.preview.show_picture(data):
            return tr("{0} is not a JPEG or PNG picture.").format(path.name)
        self._picture = data
        return ""

    def missing(self) -> str:
        return tr("Choose a file first.")

    def start(self) -> None:
        self.player.pause()
        super().start()

    def command(self) -> EnrolFace | None:
        film = self.pages.currentWidget() is self.player
        picture = self._picture if not film else b"" if self.player.image().isNull() else _jpeg(self.player.image())
        return EnrolFace(self._person_id, base64.b64encode(picture).decode()) if picture else None

    def ready(self) -> bool:
        return self.player.has_picture() if self.pages.currentWidget() is self.player else bool(self._picture)

    def done(self, result: int) -> None:
        self.player.shutdown()
        super().done(result)


class EnrolClipDialog(EnrolDialog):
    """From a clip: theirs first, then others of late."""

    def __init__(self, bridge: EngineBridge, clock: Clock, person: Person, parent: QWidget | None = None) -> None:
        lead = tr("Choose a clip that shows only this person, facing the camera. The whole clip is analysed.")
        super().__init__(bridge, tr("Face of {0} from a clip").format(person.name), lead, tr("&Learn from this clip"), parent)
        self._person_id = person.id
        nothing = tr("Clips of people appear here after they have left the view. You can also use a file.")
        self.choice = ClipChoice(bridge, clock, lambda port: clips_with_people(port, person.id), nothing)
        self.body.addWidget(self.choice, 1)
        self.add_foot()
        self.choice.changed.connect(self._on_clip_selection)
        self.choice.refused.connect(self._show_enrol_error)
        on(self.choice.feed.event_activated, self.start)
        self.resize(1000, 660)
        self.refresh()

    def _on_clip_selection(self) -> None:
        self.forget_outcome()
        self.refresh()

    def missing(self) -> str:
        return tr("Choose a clip first.")

    def command(self) -> EnrolFromClip | None:
        clip = self.choice.clip()
        return EnrolFromClip(self._person_id, clip.id) if clip is not None else None

    def done(self, result: int) -> None:
        self.choice.player.shutdown()
        super().done(result)


def _jpeg(image: QImage) -> bytes:
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(held, "JPEG", 95)  # type: ignore[call-overload]
    return bytes(held.data().data())
