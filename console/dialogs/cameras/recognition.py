"""How people are recognised at this site: whether at all, what for, how sure it must be, and how long they are kept."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPlainTextEdit, QToolButton, QWidget

from console.bridge import EngineBridge
from console.dialogs.saving import SavingDialog
from console.dialogs.setting_fields import range_and_help
from console.recognition_by_site import recognises
from console.words import sentence
from engine.model.command import ChangeSettings
from engine.model.errors import InputError, WatchroomError
from engine.model.people.settings import PeopleSettings
from engine.model.snapshot import Snapshot
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.marks.notice import Notices
from widgets.number_text import number_text, typed_number
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr
from widgets.words import count_text

_LEAST_PURPOSE = 8


class RecognitionDialog(SavingDialog):
    """Admins only. Nothing is compared with anybody until a purpose is stated."""

    def __init__(self, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, tr("Recognition"), width=600, parent=parent)
        snapshot = bridge.snapshot
        self._before = snapshot.settings.recognition if snapshot is not None else PeopleSettings()
        self.stored = QLabel(_stored_text(snapshot), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.stored, "secondary")
        self.notices = Notices()
        self.notices.set_notices(troubles(snapshot) if snapshot is not None else ())
        self.on = QCheckBox(tr("&Recognise people by face and spoken name"))
        self.purpose = QPlainTextEdit(self._before.purpose, tabChangesFocus=True)
        self.purpose.setPlaceholderText(tr("For example: safety of people working alone in the laboratory at night"))
        self.purpose.setFixedHeight(64)
        self.purpose.setAccessibleName(tr("Purpose"))
        self.purpose_trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.purpose_trouble, "secondary")
        self.learn_names = QCheckBox(tr("&Learn spoken names"))
        self.blur = QCheckBox(tr("&Blur faces in live pictures, clips and thumbnails for users without the right to unmask"))
        self.more = with_properties(QToolButton(), text=tr("T&hresholds and retention"), checkable=True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_role(self.more, "quiet")
        self.more.toggled.connect(self._unfold)
        self._lay_out_purpose()
        self._show_settings(self._before)
        self.on.toggled.connect(self._weigh)
        self.on.clicked.connect(self._on_clicked)
        self.purpose.textChanged.connect(self._weigh)
        self.add_save(tr("&Save settings"))
        self._weigh()

    def _lay_out_purpose(self) -> None:
        purpose = make_column(spacing=4)
        label = QLabel(tr("&Purpose (visible to all, recorded in the audit log)"))
        label.setBuddy(self.purpose)
        for part in (label, self.purpose, self.purpose_trouble):
            purpose.addWidget(part)
        self.body.addWidget(self.stored)
        self.body.addWidget(self.notices)
        self.body.addWidget(self.on)
        self.body.addLayout(purpose)
        self.body.addWidget(self.learn_names)
        self._add_number("face_threshold", tr("&Match threshold"))
        self._add_number("face_margin", tr("Margin to the &next best match"))
        self._add_number("archive_days", tr("Arch&ive after, in days unseen"))
        self._add_number("erase_days", tr("&Erase after, in days unseen"))
        self.body.addWidget(self.blur)
        self.body.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.fields)
        self._unfold(False)

    def _unfold(self, unfolded: bool) -> None:
        self.fields.setVisible(unfolded)
        self.more.setIcon(icon("chevron-down" if unfolded else "chevron-right"))

    def submit(self) -> None:
        self.more.setChecked(self.more.isChecked() or not self.fields.is_valid())
        super().submit()

    def show_refusal(self, error: WatchroomError) -> None:
        self.more.setChecked(True)
        super().show_refusal(error)

    def _add_number(self, name: str, label: str) -> None:
        self.fields.add_checked(name, label, _number_trouble, range_and_help(PeopleSettings, name))

    def _show_settings(self, settings: PeopleSettings) -> None:
        self.on.setChecked(settings.biometrics)
        self.learn_names.setChecked(settings.learn_names)
        self.blur.setChecked(settings.blur_faces)
        for name in ("face_threshold", "face_margin", "archive_days", "erase_days"):
            value = getattr(settings, name)
            self.fields.field(name).set_value("" if value is None else number_text(value, "g"))

    def _on_clicked(self, on: bool) -> None:
        if on and not self.purpose.toPlainText().strip():
            self.purpose.setFocus()

    def _weigh(self) -> None:
        missing = self.on.isChecked() and len(self.purpose.toPlainText().strip()) < _LEAST_PURPOSE
        set_role(self.purpose_trouble, "error" if missing else "secondary")
        hint = tr("Faces and voices are personal data: state the purpose of the comparison in a sentence.")
        self.purpose_trouble.setText(tr("Required to switch recognition on. {0}").format(hint) if missing else hint)
        self.learn_names.setEnabled(self.on.isChecked())
        self.refresh()

    def is_valid(self) -> bool:
        return super().is_valid() and (not self.on.isChecked() or len(self.purpose.toPlainText().strip()) >= _LEAST_PURPOSE)

    def command(self) -> ChangeSettings:
        value = {name: self.fields.field(name).value() for name in ("face_threshold", "face_margin", "archive_days", "erase_days")}
        settings = replace(
            self._before,
            biometrics=self.on.isChecked(),
            purpose=self.purpose.toPlainText().strip(),
            learn_names=self.learn_names.isChecked(),
            face_threshold=typed_number(value["face_threshold"]) if value["face_threshold"].strip() else None,
            face_margin=typed_number(value["face_margin"]),
            blur_faces=self.blur.isChecked(),
            archive_days=typed_number(value["archive_days"]),
            erase_days=typed_number(value["erase_days"]),
        )
        return ChangeSettings(recognition=settings)


def troubles(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """What keeps people from being recognised though it is switched on."""
    people = snapshot.people
    wanted = (people.face_trouble, people.speech_trouble) if recognises(snapshot) else ()
    return tuple((trouble, "moderate") for trouble in (*wanted, people.looks_trouble) if trouble)


def _stored_text(snapshot: Snapshot | None) -> str:
    if snapshot is None:
        return ""
    if not snapshot.people.persons:
        return tr("Nothing is stored yet. Faces are stored as embeddings with a small picture each; sound is never stored.")
    persons, photos = snapshot.people.persons, snapshot.people.photos
    text = tr("Stored now: {0}, {1} as embeddings with a small picture each. No sound is stored.")
    people = count_text(len(persons), tr("one person"), tr("{0} people"))
    return text.format(people, count_text(sum(len(faces) for _, faces in photos), tr("one face"), tr("{0} faces")))


def _number_trouble(name: str, text: str) -> str:
    if name == "face_threshold" and not text.strip():
        return ""
    try:
        value = typed_number(text)
    except ValueError:
        return tr("Enter a number.")
    try:
        replace(PeopleSettings(), **{name: value, **({"erase_days": 3650.0} if name == "archive_days" else {"archive_days": 0.001})})
    except InputError as error:
        return sentence(error.message)
    return ""
