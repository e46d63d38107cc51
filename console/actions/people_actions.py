"""What can be done about people who are remembered, wherever they are shown."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.actions.acts import Acts
from console.bridge import EngineBridge
from console.dialogs.cameras.recognition import RecognitionDialog
from console.dialogs.people.compare_sites import CompareSitesDialog, ReviewPairsDialog
from console.dialogs.people.enrol import EnrolClipDialog, EnrolPictureDialog
from console.dialogs.people.erasures import ErasuresDialog
from console.dialogs.people.person import PersonDialog
from console.dialogs.people.person_edits import DetailsDialog, MergeDialog, PickPersonDialog, SplitDialog, SureEraseDialog, put
from console.sites.linked_people import as_one_person
from engine.gateway.federation.ids import site_key
from engine.model.accounts.access import Verb
from engine.model.people.commands import DenyFace, NameTrack, RenamePerson, UndoSpokenName
from engine.model.people.person import NameSource, Person
from engine.model.people.person_links import LinkVerdict
from engine.model.time import Clock
from widgets.icons import icon
from widgets.marks.toast import ToastArea
from widgets.people.face_view import Photos
from widgets.people.person_words import KnownPerson, known_people
from widgets.signals import on_told

_NAMES_OFFERED = 12


def _named_and_frequent_first(known: KnownPerson) -> tuple[bool, int, str]:
    return known.person.name_source is NameSource.GENERATED, -known.person.visits, known.person.id


class PeopleActions(Acts):
    """Dialogs, commands and messages. UI thread. Signals: chosen(person id): somebody came to be whom the operator will want to see."""

    chosen = Signal(str)

    def __init__(self, bridge: EngineBridge, toasts: ToastArea, clock: Clock, photos: Photos, over: QWidget) -> None:
        super().__init__(bridge, toasts, over)
        self._clock, self._photos = clock, photos

    def people(self) -> tuple[KnownPerson, ...]:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return ()
        cameras = {camera.id: camera.name for camera in snapshot.settings.cameras}
        return known_people(snapshot.people.persons, snapshot.people.photos, cameras)

    def known_person(self, person_id: str) -> KnownPerson | None:
        return next((known for known in self.people() if known.person.id == person_id), None)

    def people_beside(self, id_: str) -> tuple[KnownPerson, ...]:
        """Who is known at the site of a person or track: all, on a console of one site."""
        return tuple(each for each in self.people() if site_key(each.person.id) in ("", site_key(id_)))

    # Names

    def rename(self, person_id: str, name: str) -> None:
        self.tell(RenamePerson(person_id, name), self.tr("Renamed to {0}.").format(name))

    def undo_name(self, person_id: str) -> None:
        self.tell(UndoSpokenName(person_id), self.tr("The name is removed and not learned from the voice again."))

    def name_track(self, fused_id: str, person_id: str) -> None:
        """Empty person: not who they are taken for."""
        known = self.known_person(person_id)
        said = self.tr("This is {0}.").format(known.person.name) if known else self.tr("The identification is removed.")
        self.tell(NameTrack(fused_id, person_id), said)

    def name_other(self, fused_id: str) -> None:
        """Somebody who is not on the short list."""
        title, lead = self.tr("Who is this?"), self.tr("The name stays with the person while tracked.")
        dialog = self.open(PickPersonDialog, title, lead, self.tr("Con&firm"), self.people_beside(fused_id), verb=Verb.ACKNOWLEDGE)
        if dialog is not None:
            on_told(dialog.picked, self.name_track, fused_id)

    # Faces

    def enrol_picture(self, person_id: str) -> None:
        known = self.known_person(person_id)
        if known is not None:
            self.open(EnrolPictureDialog, known.person)

    def enrol_clip(self, person_id: str) -> None:
        known = self.known_person(person_id)
        if known is not None:
            self.open(EnrolClipDialog, self._clock, known.person)

    def deny(self, face_ids: tuple[str, ...]) -> None:
        """These faces are not whom they were taken for."""
        for face_id in face_ids:
            self.tell(DenyFace(face_id))
        if face_ids:
            self.say(self.tr("Stored as counter-examples. Similar faces are no longer matched."))

    def split(self, person_id: str, face_ids: tuple[str, ...]) -> None:
        known = self.known_person(person_id)
        dialog = self.open(SplitDialog, self._photos, known, face_ids) if known is not None else None
        if dialog is not None:
            dialog.split.connect(self.chosen)

    # Persons

    def add(self) -> None:
        self.open_at_site(PersonDialog, None, opened=self._follow_new)

    def _follow_new(self, dialog: PersonDialog, bridge: EngineBridge) -> None:
        dialog.saved.connect(lambda person_id: self.chosen.emit(bridge.beyond(person_id)))

    def merge(self, person_id: str) -> None:
        """First with whom, then both side by side."""
        others = tuple(known for known in self.people_beside(person_id) if known.person.id != person_id)
        known = self.known_person(person_id)
        if known is None:
            return
        title = self.tr("Who else is {0}?").format(known.person.name)
        lead = self.tr("Choose the same person. Both are shown before the merge.")
        dialog = self.open(PickPersonDialog, title, lead, self.tr("&Compare"), others)
        if dialog is not None:
            on_told(dialog.picked, self.compare, person_id)

    def compare(self, person_id: str, other_id: str) -> None:
        one, other = self.known_person(person_id), self.known_person(other_id)
        if one is not None and other is not None:
            dialog = self.open(MergeDialog, self._photos, one, other)
            if dialog is not None:
                dialog.merged.connect(self.chosen)

    # Over sites

    def linked_with(self, person_id: str) -> tuple[KnownPerson, ...]:
        """Who is this person at several sites by links of their hub, with themselves, by name of the site. Empty: they are not linked, or
        with nobody whom this console shows."""
        return self._linked_with(person_id, self.people) if len(self._group_of(person_id)) > 1 else ()

    def people_as_one(self) -> tuple[KnownPerson, ...]:
        """As `people`, with those who are linked as one: under the id of the one whom an operator named, or who came most often."""
        people = self.people()
        shown: dict[str, KnownPerson] = {}
        for known in people:
            linked = self._linked_with(known.person.id, lambda: people) if len(self._group_of(known.person.id)) > 1 else ()
            main = min(linked, key=_named_and_frequent_first) if linked else known
            if main.person.id not in shown:
                shown[main.person.id] = self._as_one(main, linked) if linked else known
        return tuple(shown.values())

    def _as_one(self, main: KnownPerson, linked: tuple[KnownPerson, ...]) -> KnownPerson:
        sites = tuple(dict.fromkeys(self._bridge.site_of(each.person.id) for each in linked))
        return as_one_person(main, tuple(each for each in linked if each is not main), sites)

    def _linked_with(self, person_id: str, people: Callable[[], tuple[KnownPerson, ...]]) -> tuple[KnownPerson, ...]:
        group = self._group_of(person_id)
        found = [known for known in people() if known.person.id in group]
        return tuple(sorted(found, key=self._site_order)) if len(found) > 1 else ()

    def _site_order(self, known: KnownPerson) -> tuple[str, str]:
        return self._bridge.site_of(known.person.id).casefold(), known.person.id

    def _group_of(self, person_id: str) -> frozenset[str]:
        links = self._bridge.linked_people
        return links.group_of(person_id) if links is not None else frozenset()

    def can_compare_sites(self, person_id: str) -> bool:
        links = self._bridge.linked_people
        return links is not None and links.can_compare(person_id)

    def compare_sites(self, person_id: str) -> None:
        """With the people of other sites, for a purpose that those agree to."""
        known, links = self.known_person(person_id), self._bridge.linked_people
        if known is not None and links is not None:
            self.open(CompareSitesDialog, links, self._photos, self._clock, known.person, verb=Verb.SEE_PAST)

    def review_pairs(self) -> None:
        """Who may be the same person at several sites."""
        links = self._bridge.linked_people
        if links is not None:
            self.open(ReviewPairsDialog, links, self._photos, self._clock, verb=Verb.SEE_PAST)

    def undo_link(self, person_id: str) -> None:
        """All that say that they are somebody of another site."""
        links = self._bridge.linked_people
        for pair in links.links_of(person_id) if links is not None else ():
            other = self.known_person(pair.other(person_id))
            name = other.person.name if other is not None else ""
            site = self._bridge.site_of(pair.other(person_id))
            said = self.tr("No longer linked with {0} ({1}). It is a proposal again.").format(name, site)
            links.judge(pair, LinkVerdict.OPEN, lambda _, said=said: self.say(said), self.complain, self)  # type: ignore[union-attr]

    def edit(self, person_id: str) -> None:
        known = self.known_person(person_id)
        if known is not None:
            self.open(DetailsDialog, known.person)

    def lock(self, person_id: str) -> None:
        self._set_locked(person_id, True, self.tr("{0} is locked and exempt from erasure."))

    def unlock(self, person_id: str) -> None:
        self._set_locked(person_id, False, self.tr("{0} is no longer locked."))

    def _set_locked(self, person_id: str, locked: bool, said: str) -> None:
        known = self.known_person(person_id)
        if known is not None:
            self.tell(put(known.person, locked=locked), said.format(known.person.name))

    def erase(self, person_id: str) -> None:
        known = self.known_person(person_id)
        if known is not None and known.person.locked:
            title = self.tr("{0} is locked").format(known.person.name)
            text = self.tr("Locked people cannot be erased. Unlock the person first, with the consent of whoever locked it.")
            self.confirm(title, text, self.tr("&Unlock"), self.unlock, person_id)
        elif known is not None:
            dialog = self.open(SureEraseDialog, known.person, self._devices(person_id))
            if dialog is not None:
                dialog.kept.connect(self.list_erasures)

    def list_erasures(self) -> None:
        self.open(ErasuresDialog)

    def _devices(self, person_id: str) -> str:
        snapshot = self._bridge.snapshot
        devices = snapshot.settings.ble_devices if snapshot is not None else ()
        return ", ".join(device.label for device in devices if device.person_id == person_id)

    def settings(self) -> None:
        self.open_at_site(RecognitionDialog)

    # Menu

    def menu(self, person_id: str, parent: QWidget) -> QMenu:
        known = self.known_person(person_id)
        menu = self.menu_of(parent)
        if known is not None:
            self._fill(menu, known.person)
        return menu

    def _fill(self, menu: QMenu, person: Person) -> None:
        learn = (
            (self.tr("Learn face from a &file…"), "image", True, self.enrol_picture),
            (self.tr("Learn face from a &clip…"), "film", True, self.enrol_clip),
        )
        change = (
            (self.tr("&Merge with…"), "merge", len(self.people_beside(person.id)) > 1, self.merge),
            (self.tr("&Details…"), "pencil", True, self.edit),
            (self.tr("Un&lock"), "lock-open", True, self.unlock) if person.locked else (self.tr("&Lock"), "lock", True, self.lock),
            (self.tr("&Erase…"), "trash-2", True, self.erase),
        )
        take_back, spoken = self.tr("&Remove the spoken name"), person.name_source is NameSource.VOICE
        self.add_entries(menu, person.id, learn)
        self.add_entry(menu, take_back, "undo-2", spoken, self.undo_name, person.id, verb=Verb.ACKNOWLEDGE)
        self.add_entries(menu, person.id, change)
        if self.can_compare_sites(person.id):
            self.add_entry(menu, self.tr("Compare with other s&ites…"), "users", True, self.compare_sites, person.id, verb=Verb.SEE_PAST)
        if self.linked_with(person.id):
            text = self.tr("&Undo links with other sites")
            self.add_entry(menu, text, "undo-2", True, self.undo_link, person.id, verb=Verb.ACKNOWLEDGE)

    def naming_menu(self, fused_id: str, taken_for: str, menu: QMenu, before: QAction | None = None) -> None:
        """`This is…` and `Not them`, added to a menu about somebody who is followed. `taken_for`: id of a person, empty for nobody."""
        who = QMenu(self.tr("&This is"), menu)
        who.setIcon(icon("user"))
        verb = Verb.ACKNOWLEDGE
        for known in self._named_first(fused_id)[:_NAMES_OFFERED]:
            name, other = known.person.name.replace("&", "&&"), known.person.id != taken_for
            self.add_entry(who, name, "user", other, self.name_track, fused_id, known.person.id, verb=verb)
        who.addSeparator()
        self.add_entry(who, self.tr("&Another person…"), "users", bool(self.people_beside(fused_id)), self.name_other, fused_id, verb=verb)
        name = next((known.person.name.replace("&", "&&") for known in self.people() if known.person.id == taken_for), "")
        text = self.tr("&Not {0}").format(name) if name else self.tr("&Reject")
        denial = self.add_entry(menu, text, "x", bool(taken_for), self.name_track, fused_id, "", verb=verb)
        menu.insertMenu(before, who)  # type: ignore[arg-type]
        menu.insertAction(before, denial)  # type: ignore[arg-type]

    def _named_first(self, id_: str) -> list[KnownPerson]:
        """Whom an operator will most likely mean: those with a name, seen last."""
        return sorted(self.people_beside(id_), key=lambda k: (k.person.name_source is NameSource.GENERATED, -(k.person.last_seen_ns or 0)))
