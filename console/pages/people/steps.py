"""What to do next: while nobody is remembered, and about somebody who lacks a name or a face."""

from enum import Enum

from PySide6.QtWidgets import QPushButton, QWidget

from console.recognition_by_site import recognises
from console.words import permit
from engine.model.accounts.access import Session, Verb
from engine.model.people.person import Consent, NameSource
from engine.model.people.settings import PeopleSettings
from engine.model.snapshot import Snapshot
from widgets.icons import icon
from widgets.layout.boxes import make_column
from widgets.people.person_words import KnownPerson
from widgets.theme import set_role
from widgets.translation import tr


class FirstStep(Enum):
    """What gets somebody remembered."""

    RECOGNITION = "recognition"
    CAMERA = "camera"
    PERSON = "person"


def first_step(snapshot: Snapshot) -> FirstStep:
    if not recognises(snapshot):
        return FirstStep.RECOGNITION
    return FirstStep.PERSON if snapshot.settings.cameras else FirstStep.CAMERA


def first_words(snapshot: Snapshot, may_change: bool) -> tuple[str, str, str]:
    """Title, text and button of the empty page."""
    match first_step(snapshot):
        case FirstStep.RECOGNITION:
            way = tr("State a purpose and switch it on.") if may_change else tr("An administrator can switch it on, stating a purpose.")
            text = tr("Faces and voices are not recognised, and no face is stored. {0}").format(way)
            return tr("Recognition is off"), text, tr("Switch recognition on…")
        case FirstStep.CAMERA:
            text = tr("People whose face is seen by a camera appear here automatically. There is no camera yet.")
            return tr("No people on file"), text, tr("Add camera…")
        case FirstStep.PERSON:
            text = tr(
                "People whose face is seen by a camera appear here automatically, at first under a placeholder name. "
                "You can also add a person and learn the face from a recorded clip or a file."
            )
            return tr("No people on file"), text, tr("Add person…")


class NextSteps(QWidget):
    """UI thread. Buttons for what somebody lacks; hidden while they lack nothing."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.name_button = self._button("pencil", tr("Give the person a &name"), primary=True)
        self.clip_button = self._button("film", tr("Learn the face from a &clip…"), primary=True)
        self.file_button = self._button("image", tr("Learn the face from a &file…"))
        column = make_column(self, spacing=8, margins=(0, 0, 0, 4))
        for button in (self.name_button, self.clip_button, self.file_button):
            column.addWidget(button)
        self.hide()

    def _button(self, icon_name: str, text: str, primary: bool = False) -> QPushButton:
        button = QPushButton(icon(icon_name, "on_accent") if primary else icon(icon_name), text)
        if primary:
            set_role(button, "primary")
        button.setAutoDefault(False)
        return button

    def show_person(self, known: KnownPerson, settings: PeopleSettings) -> None:
        nameless = known.person.name_source is NameSource.GENERATED
        faceless = not known.faces and settings.biometrics and known.person.consent is not Consent.REFUSED
        self.name_button.setVisible(nameless)
        self.clip_button.setVisible(faceless)
        self.file_button.setVisible(faceless)
        permit(self.name_button, self._session, Verb.ACKNOWLEDGE)
        for button in (self.clip_button, self.file_button):
            permit(button, self._session, Verb.ADMINISTER)
        self.setVisible(nameless or faceless)
