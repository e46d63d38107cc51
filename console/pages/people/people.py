"""The People page: everybody who is remembered, and all about one of them."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QSizePolicy, QSplitter, QWidget

from console.actions.camera_actions import CameraActions
from console.actions.moment_actions import SIMILAR, MomentActions
from console.actions.people_actions import PeopleActions
from console.courier import ignore_answer
from console.feeds.face_album import FaceAlbum
from console.feeds.last_sighting import LastSighting
from console.feeds.person_past import PersonPast
from console.pages.investigate.clip_panel import ClipPanel
from console.pages.missing_models import MissingModels
from console.pages.page import MARGINS, Page, PageContext
from console.pages.people.steps import FirstStep, NextSteps, first_step, first_words
from console.pages.people.words import headline, here_text, no_sighting_text, notices, sighting_text, summary
from console.palette.commands_catalogue import Action, bind
from console.playback.event_marks import still_marks
from console.recognition_by_site import recognises
from console.searching.typed_chips import OF_EVENTS, TypedChips
from console.shell.jump_links import link_to
from console.words import error_text, permit, place_names
from engine.model.accounts.access import Verb
from engine.model.event import Event
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND
from widgets.fields.first_focus import set_first_focus
from widgets.icons import icon
from widgets.layout.boxes import make_column, make_row
from widgets.layout.card_beside import CardBeside
from widgets.layout.card_foot import CardFoot
from widgets.layout.folding_row import FoldingRow
from widgets.layout.head_row import HeadRow
from widgets.look import scaled
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.notice import Notices
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text
from widgets.people.person_card import PersonCard
from widgets.people.roster_table import RosterTable
from widgets.people.site_tabs import SiteTabs
from widgets.properties import with_properties
from widgets.signals import on_chosen
from widgets.theme import set_role

_FIGURES_EVERY_NS = SECOND
_CARD_WIDTHS = (440, 296)


class PeoplePage(Page):
    """UI thread. Who is known follows at once, figures once a second; events of one person are asked for while their timeline is open."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._remembered, self._clock = context.bridge, context.remembered, context.clock
        self._quick: tuple[object, ...] = ()
        self._figures_ns = 0
        self._unmasked = False
        self.album = FaceAlbum(context.bridge, self)
        self.actions_of = PeopleActions(context.bridge, context.toasts, context.clock, self.album.photo, self)
        self._cameras = CameraActions(context.bridge, context.toasts, self)
        self.missing = MissingModels(context.bridge, context.toasts, ("face_detection", "face_recognition"))
        self.table = RosterTable(context.clock, self.album.photo)
        self.card = PersonCard(context.clock, self.album.photo)
        self.clip = ClipPanel(context.bridge, self)
        self.moments = MomentActions(context.bridge, context.toasts, context.clock, self)
        self.chips = TypedChips(self.card.timeline.bar, context.bridge, OF_EVENTS, self)
        self.past = PersonPast(context.bridge, self)
        self.last = LastSighting(context.bridge, self)
        self._wanted = ""
        self._members: dict[str, str] = {}  # by row: whom of those who are linked the card shows
        self._build_table()
        self._connect_table()
        self._bind_keys()
        self._remembered.restore_splitter("people-across", self._across)
        self._remembered.restore_splitter("people-down", self._down)

    def _build_table(self) -> None:
        self.notices = Notices()
        self._down = QSplitter(Qt.Orientation.Vertical)
        self._down.setChildrenCollapsible(False)
        self._down.addWidget(self.table)
        self._down.addWidget(self.clip)
        self._down.setSizes([420, 380])
        self.clip.hide()
        self._across = CardBeside(self._down, self.card, *_CARD_WIDTHS)
        self.card.hide()
        column = make_column(self, spacing=10, margins=MARGINS)
        column.addLayout(self._head())
        column.addWidget(self.notices)
        column.addWidget(self.missing)
        column.addLayout(self._tools())
        column.addWidget(self._across, 1)
        self._add_card_buttons()
        self.steps = NextSteps(self._bridge.session)
        self.steps.name_button.clicked.connect(self.card.begin_rename)
        on_chosen(self.steps.clip_button.clicked, self.selected_person, self.actions_of.enrol_clip)
        on_chosen(self.steps.file_button.clicked, self.selected_person, self.actions_of.enrol_picture)
        self.card.add_next_steps(self.steps)
        self.site_tabs = SiteTabs()
        self.site_tabs.chosen.connect(self._choose_member)
        self.card.add_under_head(self.site_tabs)
        set_first_focus(self, self.table)

    def _head(self) -> HeadRow:
        self.headline = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.headline, "page")
        self.summary = ElidedLabel()
        self.summary.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        set_role(self.summary, "secondary")
        words = make_column(spacing=4)
        words.addWidget(self.headline)
        words.addWidget(self.summary)
        self.settings_button = QPushButton(icon("settings"), self.tr("&Recognition settings…"))
        permit(self.settings_button, self._bridge.session, Verb.ADMINISTER, self.tr("Recognition, its purpose, and retention"))
        return HeadRow(words, self.settings_button)

    def _tools(self) -> QHBoxLayout:
        self.search = QLineEdit(placeholderText=self.tr("Search by name"), clearButtonEnabled=True)
        self.search.setAccessibleName(self.tr("Search people"))
        self.search.addAction(QAction(icon("search"), "", self.search), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMaximumWidth(320)
        self.search.setMinimumWidth(self.search.sizeHint().width() + scaled(24))  # the tools fold before its words are cut
        self.archived_button = with_properties(QPushButton(), checkable=True, visible=False)
        tip = self.tr("Show archived people too. People who are not seen again are erased at the end of their retention.")
        self.archived_button.setToolTip(plain_tip(tip))
        self.count = QLabel(textFormat=Qt.TextFormat.PlainText)
        set_role(self.count, "secondary")
        self.review_button = with_properties(QPushButton(icon("users"), ""), visible=False)
        self.review_button.clicked.connect(self.actions_of.review_pairs)
        self.add_button = QPushButton(icon("user-plus"), self.tr("Add &person…"))
        permit(self.add_button, self._bridge.session, Verb.ADMINISTER, self.tr("A person who has not been seen yet"))
        row = make_row(spacing=8)
        row.addWidget(self.search, 1)
        row.addWidget(self.archived_button)
        row.addWidget(self.count)
        self.erasures_button = QPushButton(icon("trash-2"), self.tr("&Erased people…"))
        permit(self.erasures_button, self._bridge.session, Verb.ADMINISTER, self.tr("Who is being erased, and who was"))
        row.addStretch(1)
        row.addWidget(self.review_button)
        row.addWidget(FoldingRow((self.add_button, self.erasures_button)))
        return row

    def _add_card_buttons(self) -> None:
        self.deny_button = QPushButton(icon("x"), self.tr("&Not this person"))
        self.split_button = QPushButton(icon("split"), self.tr("&Split off…"))
        self.picture_button = QPushButton(icon("image"), self.tr("From a &file…"))
        self.film_button = QPushButton(icon("film"), self.tr("From a &clip…"))
        self.card.add_face_tools(FoldingRow((self.deny_button, self.split_button)))
        self.card.add_face_tools(FoldingRow((self.picture_button, self.film_button)), spare=True)  # they are in the menu too
        self.merge_button = QPushButton(icon("merge"), self.tr("&Merge with…"))
        self.details_button = QPushButton(icon("pencil"), self.tr("&Details…"))
        self.past_button = QPushButton(icon("clock"), self.tr("&Show visits"))
        permit(self.past_button, self._bridge.session, Verb.SEE_PAST, self.tr("Visits on the timeline"))
        foot = CardFoot((self.past_button, self.details_button, self.merge_button))
        self.more_button = foot.more
        self.more_button.clicked.connect(self._show_more)
        self.card.add_below(foot)
        session, admin = self._bridge.session, Verb.ADMINISTER
        permit(self.card.rename_button, session, Verb.ACKNOWLEDGE, self.tr("Rename (F2)"))
        permit(self.picture_button, session, admin, self.tr("Learn the face from a picture or video file"))
        permit(self.film_button, session, admin, self.tr("Learn the face from a recorded clip"))
        permit(self.details_button, session, admin, self.tr("Colour, consent, note, lock"))
        permit(self.merge_button, session, admin, self.tr("Two entries are the same person"))

    def _connect_table(self) -> None:
        act = self.actions_of
        self.settings_button.clicked.connect(act.settings)
        self.table.empty.action_requested.connect(self._take_first_step)
        self.add_button.clicked.connect(act.add)
        self.erasures_button.clicked.connect(act.list_erasures)
        self.search.textChanged.connect(self._search)
        self.archived_button.toggled.connect(self._show_again)
        self.table.selected.connect(self._selected)
        self.table.activated.connect(self.card.begin_rename)
        self.table.menu_requested.connect(self._show_menu)
        self.card.renamed.connect(self._rename)
        self.card.faces.chosen_changed.connect(self._faces_chosen)
        self.card.tabs.currentChanged.connect(self._show_past)
        self.card.older_wanted.connect(self.past.load_older)
        self.card.sighting_wanted.connect(self._open_sighting)
        self.last.came.connect(self._show_sighting)
        self.card.timeline.thumbnail_wanted.connect(self._fetch_thumbnail)
        self.card.timeline.event_activated.connect(self.open_event)
        self.card.timeline.timeline_wanted.connect(lambda event: self.visit_requested.emit("investigate", link_to(event)))
        self.card.timeline.offer_timeline()
        on_chosen(self.past_button.clicked, self.selected_person, self._visit_past)
        self.past.changed.connect(self._show_events)
        self.past.refused.connect(lambda error: self._past_refused(error_text(error)))
        on_chosen(self.deny_button.clicked, self.card.faces.selected_faces, act.deny)
        self.split_button.clicked.connect(self._split)
        on_chosen(self.picture_button.clicked, self.selected_person, act.enrol_picture)
        on_chosen(self.film_button.clicked, self.selected_person, act.enrol_clip)
        on_chosen(self.merge_button.clicked, self.selected_person, act.merge)
        on_chosen(self.details_button.clicked, self.selected_person, act.edit)
        self.clip.closed.connect(self.clip.hide)
        self.clip.offer_actions(self.moments)
        self.moments.visit_requested.connect(self.visit_requested)
        self.album.came.connect(self._photo_came)
        act.chosen.connect(self.want)
        if self._bridge.linked_people is not None:
            self._bridge.linked_people.changed.connect(self._show_again)

    def _rename(self, name: str) -> None:
        self.actions_of.rename(self.selected_person(), name)

    def _split(self) -> None:
        self.actions_of.split(self.selected_person(), self.card.faces.selected_faces())

    def _visit_past(self, person_id: str) -> None:
        self.visit_requested.emit("investigate", f"person:{person_id}")

    def _show_more(self) -> None:
        self._show_menu(self.selected_person(), self.more_button.mapToGlobal(QPoint(0, 0)))

    def _bind_keys(self) -> None:
        bind(self.actions())
        leave = QShortcut(QKeySequence("Esc"), self.card.editor, context=Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self.card.end_rename)

    def actions(self) -> tuple[Action, ...]:
        section, hosts = self.tr("People"), (self,)
        return (
            Action("people.rename", self.tr("Rename the selected person"), section, self.card.begin_rename, "F2", hosts=hosts),
            Action("people.search", self.tr("Search people"), section, self.search.setFocus, "Ctrl+F", hosts=hosts),
        )

    def visit(self, what: str) -> None:
        """Somebody."""
        self.search.clear()
        self.want(what)

    # What the engine shows

    def show_snapshot(self, snapshot: Snapshot) -> None:
        people = snapshot.people
        troubles = (people.face_trouble, people.speech_trouble, people.looks_trouble)
        quick = (people.persons, people.photos, snapshot.settings, troubles, _unmasked(snapshot))
        if quick != self._quick or snapshot.at_ns - self._figures_ns >= _FIGURES_EVERY_NS:
            self._quick, self._figures_ns = quick, snapshot.at_ns
            self._show(snapshot)
        self._show_past()
        self.clip.show_snapshot(snapshot)
        if self._bridge.linked_people is not None:
            self._bridge.linked_people.look()

    def _show(self, snapshot: Snapshot) -> None:
        self._note_unmasking(snapshot)
        self.album.keep_only(frozenset(face_id for _, faces in snapshot.people.photos for face_id in faces))
        self.album.try_missing()
        may = self._bridge.may(Verb.ADMINISTER)
        self.headline.setText(headline(snapshot))
        self.summary.setText(summary(snapshot))
        self.notices.set_notices(notices(snapshot, may, self._bridge.may(Verb.UNMASK)))
        title, text, action = first_words(snapshot, may)
        self.table.empty.set_text(title, text)
        self.table.empty.set_action(action)
        self.table.empty.set_action_visible(may)
        trouble = snapshot.people.face_trouble if recognises(snapshot) else ""
        self.missing.show_trouble(trouble, snapshot)
        self._show_people()
        self.search.setVisible(bool(snapshot.people.persons))
        self._select_person(self._wanted)
        self._show_count()
        self._show_card(snapshot)

    def _show_people(self) -> None:
        """Who is kept aside, as unseen for long, only when asked for."""
        people = self.actions_of.people_as_one()
        aside = sum(known.person.archived_ns is not None for known in people)
        self.archived_button.setText(self.tr("Archi&ved ({0})").format(number_text(aside)))
        self.archived_button.setVisible(bool(aside))
        all_too = self.archived_button.isChecked()
        shown = tuple(known for known in people if all_too or known.person.archived_ns is None)
        if aside and not shown:
            text = self.tr("All people on file are archived. Choose “Archived” above to show them.")
            self.table.empty.set_text(self.tr("No one seen recently"), text)
            self.table.empty.set_action_visible(False)
        self.table.set_people(shown)
        links = self._bridge.linked_people
        proposals = len(links.proposals) if links is not None else 0
        self.review_button.setText(self.tr("Review &matches ({0})…").format(number_text(proposals)))
        self.review_button.setToolTip(plain_tip(self.tr("People of different sites who may be the same")))
        self.review_button.setVisible(bool(proposals))

    def _show_again(self) -> None:
        if self._bridge.snapshot is not None:
            self._show(self._bridge.snapshot)

    def _take_first_step(self) -> None:
        snapshot = self._bridge.snapshot
        step = first_step(snapshot) if snapshot is not None else FirstStep.RECOGNITION
        steps = {
            FirstStep.RECOGNITION: self.actions_of.settings,
            FirstStep.CAMERA: self._cameras.add,
            FirstStep.PERSON: self.actions_of.add,
        }
        steps[step]()

    def _note_unmasking(self, snapshot: Snapshot) -> None:
        """What was shown while faces were unmasked is not shown on."""
        unmasked = _unmasked(snapshot)
        if unmasked != self._unmasked:
            self._unmasked = unmasked
            self.album.forget()
            self._photo_came()
            self.card.timeline.forget_thumbnails()
            self.last.forget()

    def _show_count(self) -> None:
        total, shown = len(self.table.model.keys()), len(self.table.shown_keys())
        self.count.setText(self.tr("{0} of {1}").format(number_text(shown), number_text(total)) if shown != total else "")

    def _show_card(self, snapshot: Snapshot) -> None:
        known = self.actions_of.known_person(self.selected_person())
        self.card.setVisible(known is not None)
        if known is not None:
            settings = snapshot.settings_at(self._bridge.key_of(known.person.id)).recognition
            self.card.show_person(known, settings, here_text(snapshot, known.person.id), self._clock.now_ns())
            others = len(self.actions_of.people_beside(known.person.id)) > 1
            tip = self.tr("Two entries are the same person") if others else self.tr("There is no other person yet")
            if permit(self.merge_button, self._bridge.session, Verb.ADMINISTER, tip):
                self.merge_button.setEnabled(others)
            self.steps.show_person(known, settings)
            self._show_members(known.person.id)
            self._faces_chosen()
            if self._bridge.may(Verb.SEE_PAST):
                self.last.show(known.person.id, newest_event(snapshot, known.person.id))
            self._show_sighting()

    def _show_sighting(self) -> None:
        """Where they were seen last, and by which picture; empty while that is asked for."""
        snapshot, known = self._bridge.snapshot, self.actions_of.known_person(self.selected_person())
        if snapshot is None or known is None:
            return
        sighting, allowed = self.last.sighting, self._bridge.may(Verb.SEE_PAST)
        if sighting is not None and sighting.events and allowed:
            event = sighting.events[0]
            marks = still_marks(sighting.jpeg, event, snapshot.settings, event.camera_id)
            self.card.sighting.show_picture(sighting.jpeg, marks, sighting_text(snapshot, event, self._clock.now_ns()))
        elif sighting is not None or not allowed:
            self.card.sighting.show_nothing(no_sighting_text(known.person, allowed))
        else:
            self.card.sighting.show_nothing("")

    def _last_event_id(self) -> str:
        sighting = self.last.sighting
        return sighting.events[0].id if sighting is not None and sighting.events else ""

    def _find_similar(self, event_id: str) -> None:
        """Who looks as they did when they were seen last, at all sites of the console."""
        self.visit_requested.emit("investigate", f"{SIMILAR}{event_id}")

    def _open_sighting(self) -> None:
        if self.last.sighting is not None and self.last.sighting.events:
            self._play(self.last.sighting.events[0])

    def _faces_chosen(self) -> None:
        known = self.actions_of.known_person(self.selected_person())
        chosen, total = len(self.card.faces.selected_faces()), len(known.faces) if known else 0
        deny = self.tr("Stored as a counter-example") if chosen else self.tr("Choose a face first")
        if permit(self.deny_button, self._bridge.session, Verb.ACKNOWLEDGE, deny):
            self.deny_button.setEnabled(chosen > 0)
        split = (
            self.tr("The chosen faces become a new person")
            if 0 < chosen < total
            else self.tr("Choose faces to split off; at least one must stay")
        )
        if permit(self.split_button, self._bridge.session, Verb.ADMINISTER, split):
            self.split_button.setEnabled(0 < chosen < total)
        self.card.faces_hint.setText(
            self.tr("No face is known. Learn one from a picture or a clip.")
            if not total
            else self.tr("Choose faces of another person.")
            if not chosen
            else self.tr("{0} chosen").format(number_text(chosen))
        )

    def _photo_came(self) -> None:
        self.table.photo_came()
        self.card.photo.update()
        self.card.faces.viewport().update()

    # Who

    def selected_person(self) -> str:
        """Whose card is shown: the selected one, otherwise the first."""
        if not self.table.selected_key() and (shown := self.table.shown_keys()):
            self.table.select_row(shown[0])
        row = self.table.selected_key()
        member = self._members.get(row, row)
        return member if member == row or self._row_of(member) == row else row

    def _row_of(self, person_id: str) -> str:
        """In which they stand: of those who are linked one stands for all."""
        if person_id in self.table.shown_keys():
            return person_id
        linked = {known.person.id for known in self.actions_of.linked_with(person_id)}
        return next((key for key in self.table.shown_keys() if key in linked), "")

    def _show_members(self, person_id: str) -> None:
        linked = self.actions_of.linked_with(person_id)
        words = tuple((known.person.id, f"{self._bridge.site_of(known.person.id)}: {known.person.name}") for known in linked)
        self.site_tabs.show_members(words, person_id)

    def _choose_member(self, person_id: str) -> None:
        row = self.table.selected_key()
        if row and self._bridge.snapshot is not None:
            self._members[row] = person_id
            self._show_card(self._bridge.snapshot)
            self._show_past()

    def want(self, person_id: str) -> None:
        """Select them, as soon as they are known."""
        self._wanted = person_id
        known = self.actions_of.known_person(person_id)
        if known is not None and known.person.archived_ns is not None:
            self.archived_button.setChecked(True)
        self._select_person(person_id)

    def _select_person(self, person_id: str) -> None:
        row = self._row_of(person_id) if person_id else ""
        if row:
            self._wanted = ""
            self._members[row] = person_id
            self.table.select_row(row)
            self._selected(row)

    def _selected(self, person_id: str) -> None:
        if self._bridge.snapshot is not None and person_id:
            self._show_card(self._bridge.snapshot)
            self._show_past()

    def _search(self, text: str) -> None:
        self.table.filter_people(text)
        self._show_count()
        if self._bridge.snapshot is not None:
            self._show_card(self._bridge.snapshot)

    def _show_menu(self, person_id: str, position: QPoint) -> None:
        menu = self.menu_of(person_id)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)

    def menu_of(self, person_id: str) -> QMenu:
        """What can be done with somebody, and where their past is shown."""
        act, see_past = self.actions_of, Verb.SEE_PAST
        menu = act.menu(person_id, self)
        visits = act.add_entry(menu, self.tr("&Show visits"), "clock", True, self._visit_past, person_id, verb=see_past)
        event_id = self._last_event_id() if person_id == self.selected_person() else ""
        text = self.tr("Find si&milar people")
        similar = act.add_entry(menu, text, "users", bool(event_id), self._find_similar, event_id, verb=see_past)
        menu.insertActions(menu.actions()[0], [visits, similar])
        return menu

    # Their past

    def _show_past(self) -> None:
        """Asked for while it is looked at, again when there are newer events of theirs."""
        snapshot, person_id = self._bridge.snapshot, self.selected_person()
        if snapshot is None or self.card.tabs.currentIndex() != 2 or not person_id:
            return
        if not self._bridge.may(Verb.SEE_PAST):
            self._past_refused(self.tr("Your account may not see recorded data."))
            return
        self.past.show(person_id, newest_event(snapshot, person_id))

    def _show_events(self) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        self.card.past_trouble.hide()
        cameras = {camera.id: camera.name for camera in snapshot.settings.cameras}
        self.card.timeline.set_events(self.past.events, cameras, place_names(snapshot.settings))
        self.card.timeline.set_clip_events(snapshot.clip_events)
        self.card.older.setVisible(self.past.more)

    def _past_refused(self, text: str) -> None:
        self.card.past_trouble.setText(text)
        self.card.past_trouble.show()

    def _fetch_thumbnail(self, event_id: str) -> None:
        port = self._bridge.port
        self._bridge.fetch(
            partial(port.thumbnail, event_id),
            self._show_thumbnail,
            ignore_answer,  # the row keeps its placeholder
            event_id,
            owner=self,
        )

    def _show_thumbnail(self, event_id: str, jpeg: bytes | None) -> None:
        self.card.timeline.set_thumbnail(event_id, jpeg)

    def open_event(self, event_id: str) -> None:
        event: Event | None = next((event for event in self.past.events if event.id == event_id), None)
        if event is not None:
            self._play(event)

    def _play(self, event: Event) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        camera = snapshot.settings.camera(event.camera_id)
        self.clip.show()
        self.clip.open_event(event, camera.name if camera else event.camera_id)
        self.clip.player.setFocus()

    def has_content(self) -> bool:
        return self._bridge.snapshot is not None and self._bridge.idle

    def shutdown(self) -> None:
        super().shutdown()
        if self.card.isVisible():
            self._remembered.keep_splitter("people-across", self._across)
        if self.clip.isVisible():
            self._remembered.keep_splitter("people-down", self._down)
        self.clip.shutdown()


def newest_event(snapshot: Snapshot, person_id: str) -> object:
    """Another value whenever there is something newer of theirs."""
    return next(((event.id, event.ended_ns) for event in snapshot.events if event.person_id == person_id), None)


def _unmasked(snapshot: Snapshot) -> bool:
    return (snapshot.people.unmasked_until_ns or 0) > snapshot.at_ns
