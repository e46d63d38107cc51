"""What can be done about people who are remembered, wherever they are shown."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from console.bridge import EngineBridge
from console.dialogs.cameras.recognition import RecognitionDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.people.enrol import EnrolClipDialog, EnrolPictureDialog
from console.dialogs.people.person import PersonDialog
from console.dialogs.people.person_edits import DetailsDialog, MergeDialog, PickPersonDialog, SplitDialog, SureEraseDialog, put
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.people.commands import DenyFace, NameTrack, PeopleCommand, RenamePerson, UndoSpokenName
from engine.model.people.person import NameSource, Person
from engine.model.time import Clock
from widgets.icons import icon
from widgets.marks.toast import ToastArea
from widgets.people.face_view import Photos
from widgets.people.person_words import KnownPerson, known_people

_NAMES_OFFERED = 12


class PeopleActions(QObject):
    """Dialogs, commands and messages. UI thread. Signals: chosen(person id): somebody came to be whom the operator will want to see."""

    chosen = Signal(str)

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, photos: Photos, over: QWidget) -> None:
        super().__init__(over)
        self._bridge, self._toasts, self._clock, self._photos, self._over = bridge, toasts, clock, photos, over

    def people(self) -> tuple[KnownPerson, ...]:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return ()
        cameras = {camera.id: camera.name for camera in snapshot.settings.cameras}
        return known_people(snapshot.people.persons, snapshot.people.photos, cameras)

    def known_person(self, person_id: str) -> KnownPerson | None:
        return next((known for known in self.people() if known.person.id == person_id), None)

    # Names

    def rename(self, person_id: str, name: str) -> None:
        self._send_command(RenamePerson(person_id, name), self.tr("They are called {0} now.").format(name))

    def undo_name(self, person_id: str) -> None:
        self._send_command(UndoSpokenName(person_id), self.tr("The name is taken back, and not learned from their voice again."))

    def name_track(self, fused_id: str, person_id: str) -> None:
        """Empty person: not who they are taken for."""
        known = self.known_person(person_id)
        said = self.tr("This is {0}.").format(known.person.name) if known else self.tr("They are no longer taken for who they were.")
        self._send_command(NameTrack(fused_id, person_id), said)

    def name_other(self, fused_id: str) -> None:
        """Somebody who is not on the short list."""
        title, lead = self.tr("Who is this?"), self.tr("Their name stays with them as long as they are followed.")
        dialog = self._open_person_dialog(
            lambda: PickPersonDialog(self._bridge, title, lead, self.tr("&This is them"), self.people(), self._over), Verb.ACKNOWLEDGE
        )
        if isinstance(dialog, PickPersonDialog):
            dialog.picked.connect(lambda person_id: self.name_track(fused_id, person_id))

    # Faces

    def enrol_picture(self, person_id: str) -> None:
        self._with(person_id, lambda known: EnrolPictureDialog(self._bridge, known.person, self._over))

    def enrol_clip(self, person_id: str) -> None:
        self._with(person_id, lambda known: EnrolClipDialog(self._bridge, self._clock, known.person, self._over))

    def deny(self, face_ids: tuple[str, ...]) -> None:
        """These faces are not whom they were taken for."""
        for face_id in face_ids:
            self._send_command(DenyFace(face_id), "")
        if face_ids:
            self._say(self.tr("Remembered as not them. Faces like these are no longer taken for them."))

    def split(self, person_id: str, face_ids: tuple[str, ...]) -> None:
        dialog = self._with(person_id, lambda known: SplitDialog(self._bridge, self._photos, known, face_ids, self._over))
        if isinstance(dialog, SplitDialog):
            dialog.split.connect(self.chosen)

    # Persons

    def add(self) -> None:
        dialog = self._open_person_dialog(partial(PersonDialog, self._bridge, None, self._over))
        if isinstance(dialog, PersonDialog):
            dialog.saved.connect(self.chosen)

    def merge(self, person_id: str) -> None:
        """First with whom, then both side by side."""
        others = tuple(known for known in self.people() if known.person.id != person_id)
        known = self.known_person(person_id)
        if known is None:
            return
        title = self.tr("Who else is {0}?").format(known.person.name)
        lead = self.tr("Choose the person who is the same. You see both before anything is done.")
        dialog = self._open_person_dialog(lambda: PickPersonDialog(self._bridge, title, lead, self.tr("&Compare"), others, self._over))
        if isinstance(dialog, PickPersonDialog):
            dialog.picked.connect(lambda other: self.compare(person_id, other))

    def compare(self, person_id: str, other_id: str) -> None:
        one, other = self.known_person(person_id), self.known_person(other_id)
        if one is not None and other is not None:
            dialog = self._open_person_dialog(partial(MergeDialog, self._bridge, self._photos, one, other, self._over))
            if isinstance(dialog, MergeDialog):
                dialog.merged.connect(self.chosen)

    def edit(self, person_id: str) -> None:
        self._with(person_id, lambda known: DetailsDialog(self._bridge, known.person, self._over))

    def set_locked(self, person_id: str, locked: bool) -> None:
        known = self.known_person(person_id)
        if known is not None:
            said = self.tr("{0} is locked: nothing of theirs is erased.") if locked else self.tr("{0} is no longer locked.")
            self._send_command(put(known.person, locked=locked), said.format(known.person.name))

    def erase(self, person_id: str) -> None:
        known = self.known_person(person_id)
        if known is None:
            return
        if known.person.locked:
            title = self.tr("{0} is locked").format(known.person.name)
            text = self.tr("Nothing of theirs may be erased. Unlock them first, if whoever locked them agrees.")
            dialog = self._open_person_dialog(lambda: ConfirmDialog(title, text, self.tr("&Unlock"), self._over))
            if dialog is not None:
                dialog.accepted.connect(lambda: self.set_locked(person_id, False))
            return
        self._open_person_dialog(lambda: SureEraseDialog(self._bridge, known.person, self._devices(person_id), self._over))

    def _devices(self, person_id: str) -> str:
        snapshot = self._bridge.snapshot
        devices = snapshot.settings.ble_devices if snapshot is not None else ()
        return ", ".join(device.label for device in devices if device.person_id == person_id)

    def settings(self) -> None:
        self._open_person_dialog(partial(RecognitionDialog, self._bridge, self._over))

    # Menu

    def menu(self, person_id: str, parent: QWidget) -> QMenu:
        known = self.known_person(person_id)
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        if known is None:
            return menu
        for entry in self._entries(known.person):
            menu.addAction(self._entry(menu, *entry))
        return menu

    def _entries(self, person: Person) -> tuple[tuple[str, str, Verb, bool, Callable[[], object]], ...]:
        spoken = person.name_source is NameSource.VOICE
        several = len(self.people()) > 1
        lock = self.tr("Un&lock") if person.locked else self.tr("&Lock")
        admin = Verb.ADMINISTER
        return (
            (self.tr("Learn face from a &file…"), "image", admin, True, lambda: self.enrol_picture(person.id)),
            (self.tr("Learn face from a &clip…"), "film", admin, True, lambda: self.enrol_clip(person.id)),
            (self.tr("&Take back the name they said"), "undo-2", Verb.ACKNOWLEDGE, spoken, lambda: self.undo_name(person.id)),
            (self.tr("&Merge with…"), "merge", admin, several, lambda: self.merge(person.id)),
            (self.tr("&Details…"), "pencil", admin, True, lambda: self.edit(person.id)),
            (lock, "lock-open" if person.locked else "lock", admin, True, lambda: self.set_locked(person.id, not person.locked)),
            (self.tr("&Erase…"), "trash-2", admin, True, lambda: self.erase(person.id)),
        )

    def naming_menu(self, fused_id: str, taken_for: str, menu: QMenu, before: QAction | None = None) -> None:
        """`This is…` and `Not them`, added to a menu about somebody who is followed. `taken_for`: id of a person, empty for nobody."""
        who = QMenu(self.tr("&This is"), menu)
        who.setIcon(icon("user"))
        acknowledge = Verb.ACKNOWLEDGE
        for known in self._named_first()[:_NAMES_OFFERED]:
            name, other = known.person.name.replace("&", "&&"), known.person.id != taken_for
            who.addAction(self._entry(who, name, "user", acknowledge, other, self._namer(fused_id, known)))
        who.addSeparator()
        somebody = self.tr("&Somebody else…")
        who.addAction(self._entry(who, somebody, "users", acknowledge, bool(self.people()), lambda: self.name_other(fused_id)))
        name = next((known.person.name.replace("&", "&&") for known in self.people() if known.person.id == taken_for), "")
        text = self.tr("&Not {0}").format(name) if name else self.tr("&Not them")
        menu.insertMenu(before, who)  # type: ignore[arg-type]
        menu.insertAction(before, self._entry(menu, text, "x", acknowledge, bool(taken_for), lambda: self.name_track(fused_id, "")))  # type: ignore[arg-type]

    def _namer(self, fused_id: str, known: KnownPerson) -> Callable[[], None]:
        return lambda: self.name_track(fused_id, known.person.id)

    def _named_first(self) -> list[KnownPerson]:
        """Whom an operator will most likely mean: those with a name, seen last."""
        return sorted(self.people(), key=lambda k: (k.person.name_source is NameSource.GENERATED, -(k.person.last_seen_ns or 0)))

    def _entry(self, menu: QMenu, text: str, icon_name: str, verb: Verb, possible: bool, act: Callable[[], object]) -> QAction:
        action = QAction(icon(icon_name), text, menu)
        action.triggered.connect(lambda: act())
        if permit(action, self._bridge.session, verb):
            action.setEnabled(possible)
        return action

    # How

    def _with(self, person_id: str, make: Callable[[KnownPerson], QDialog]) -> QDialog | None:
        known = self.known_person(person_id)
        return self._open_person_dialog(partial(make, known)) if known is not None else None

    def _open_person_dialog(self, make: Callable[[], QDialog], verb: Verb = Verb.ADMINISTER) -> QDialog | None:
        if not self._bridge.may(verb):
            return None
        dialog = make()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _send_command(self, command: PeopleCommand, said: str) -> None:
        self._bridge.command(command, lambda _: self._say(said), self._complain, owner=self)

    def _say(self, text: str) -> None:
        if text:
            self._toasts.show_message(text)

    def _complain(self, error: WatchroomError) -> None:
        self._toasts.show_message(error_text(error), "critical", seconds=0)
