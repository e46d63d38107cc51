"""Everything about one person: who they are, their faces, and when they were seen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from engine.model.people.person import PERSON_NAME_LENGTH, Consent, NameSource
from engine.model.people.settings import PeopleSettings
from engine.model.time import Clock
from widgets.events.event_feed import EventFeed
from widgets.facts import Facts
from widgets.icons import icon
from widgets.layout.card_foot import is_low_card
from widgets.layout.tabs import Tabs
from widgets.marks.elided_label import ElidedLabel
from widgets.marks.empty_state import EmptyState
from widgets.marks.notice import Notices
from widgets.marks.plain_tip import plain_tip
from widgets.people.face_view import FaceGrid, FaceView, Photos
from widgets.people.person_words import KnownPerson, consent_text, faces_text, retention_text, seen_text, source_text, visits_text
from widgets.people.sighting_view import SightingView
from widgets.properties import with_properties
from widgets.theme import set_role
from widgets.translation import tr

_PHOTO, _LOW_PHOTO = 88, 52


class PersonCard(QFrame):
    """Whoever owns it adds buttons with `add_below` and `add_face_tool`.

    Signals: renamed(name): typed and confirmed. older_wanted(): the end of the timeline was asked for. sighting_wanted(): the clip of
    the last sighting.
    """

    renamed = Signal(str)
    older_wanted = Signal()
    sighting_wanted = Signal()

    def __init__(self, clock: Clock, photos: Photos, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._clock, self._shown = clock, ""
        self._said: tuple[str, ...] = ()
        self._spare: tuple[QWidget, ...] = ()
        self.photo = FaceView(photos, _PHOTO)
        self.name = ElidedLabel()
        set_role(self.name, "section")
        self.source = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.source, "secondary")
        self.rename_button = self._tool("pencil", self.tr("Rename (F2)"))
        self.editor = QLineEdit(maxLength=PERSON_NAME_LENGTH)
        self.editor.setAccessibleName(self.tr("New name"))
        self.notices = Notices()
        self.sighting = SightingView()
        self.facts = Facts()
        self.faces = FaceGrid(photos)
        self.faces_hint = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.faces_hint, "secondary")
        nothing = EmptyState("clock", self.tr("No events yet"), self.tr("Events of this person appear here."))
        self.timeline = EventFeed(clock, empty=nothing)
        self._outer = QVBoxLayout(self)
        self._lay_out_card()
        self._connect_buttons()

    def _tool(self, icon_name: str, tip: str) -> QToolButton:
        button = with_properties(QToolButton(), icon=icon(icon_name), toolTip=plain_tip(tip), accessibleName=tip)
        set_role(button, "quiet")
        return button

    def _lay_out_card(self) -> None:
        self._names = QStackedWidget()
        self._names.addWidget(self._name_row())
        self._names.addWidget(self.editor)
        self._names.setFixedHeight(36)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._names)
        words.addWidget(self.source)
        words.addStretch()
        top = self._top = QHBoxLayout()
        top.setContentsMargins(16, 16, 16, 0)
        top.setSpacing(14)
        top.addWidget(self.photo, alignment=Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        self.tabs = Tabs()
        self.tabs.addTab(self._about(), self.tr("About"))
        self.tabs.addTab(self._faces(), self.tr("Faces"))
        self.tabs.addTab(self._past(), self.tr("Timeline"))
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(8)
        self._outer.addLayout(top)
        self._outer.addWidget(self.tabs, 1)

    def _name_row(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.name)
        row.addWidget(self.rename_button)
        row.addStretch()
        return holder

    def _about(self) -> QWidget:
        body = QWidget()
        self._about_column = column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.notices)
        column.addWidget(self.sighting)
        column.addWidget(self.facts)
        column.addStretch()
        scroll = with_properties(QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        return scroll

    def _faces(self) -> QWidget:
        body = QWidget()
        self._face_tools = QVBoxLayout()
        self._face_tools.setSpacing(6)
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.faces_hint)
        column.addWidget(self.faces, 1)
        column.addLayout(self._face_tools)
        return body

    def _past(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        self.past_trouble = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        set_role(self.past_trouble, "error")
        self.past_trouble.hide()
        self.older = with_properties(QToolButton(), text=self.tr("Show older"))
        self.older.hide()
        column.addWidget(self.past_trouble)
        column.addWidget(self.timeline, 1)
        column.addWidget(self.older, alignment=Qt.AlignmentFlag.AlignHCenter)
        return body

    def _connect_buttons(self) -> None:
        self.rename_button.clicked.connect(self.begin_rename)
        self.editor.returnPressed.connect(self._finish_rename)
        self.editor.editingFinished.connect(self.end_rename)
        self.older.clicked.connect(self.older_wanted)
        self.sighting.clicked.connect(self.sighting_wanted)

    def add_below(self, widget: QWidget) -> None:
        """At the foot, always in sight."""
        self._outer.addWidget(widget)

    def add_under_head(self, widget: QWidget) -> None:
        """Above the tabs."""
        self._outer.insertWidget(1, widget)

    def add_next_steps(self, widget: QWidget) -> None:
        """Under what is to be known first."""
        self._about_column.insertWidget(1, widget)

    def add_face_tools(self, row: QWidget, spare: bool = False) -> None:
        """`spare`: a low card goes without it."""
        self._face_tools.addWidget(row)
        self._spare += (row,) if spare else ()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the head leaves its room to what is behind the tabs."""
        super().resizeEvent(event)
        low = is_low_card(event.size().height())
        self.photo.set_side(_LOW_PHOTO if low else _PHOTO)
        self._top.setContentsMargins(16, 10 if low else 16, 16, 0)
        self._outer.setSpacing(4 if low else 8)
        for row in self._spare:
            row.setHidden(low)
        self._say_source()

    def _say_source(self) -> None:
        low = self.photo.height() == _LOW_PHOTO
        self.source.setText((" · " if low else "\n").join(self._said))

    # what is shown

    def show_person(self, known: KnownPerson, settings: PeopleSettings, here: str, now_ns: int) -> None:
        """`here`: what they do now, in words; empty when they are not there."""
        person = known.person
        if person.id != self._shown:
            self._shown = person.id
            self.end_rename()
        self.photo.show_face(known.faces[0] if known.faces else "", person.color, person.name)
        self.name.setText(person.name)
        self._said = (source_text(person.name_source), visits_text(person.visits), *((here,) if here else ()))
        self._say_source()
        self.notices.set_notices(_notices(known, settings))
        self.facts.set_facts(self._person_facts(known, settings, now_ns))
        self.faces.show_faces(known.faces)
        self.tabs.setTabText(1, self.tr("Faces ({0})").format(len(known.faces)))

    def _person_facts(self, known: KnownPerson, settings: PeopleSettings, now_ns: int) -> tuple[tuple[str, str], ...]:
        person = known.person
        return (
            (self.tr("Last seen"), seen_text(person.last_seen_ns, now_ns)),
            (self.tr("Where"), known.where),
            (self.tr("First seen"), seen_text(person.first_seen_ns, now_ns)),
            (self.tr("Faces"), faces_text(len(known.faces))),
            (self.tr("Consent"), consent_text(person.consent)),
            (self.tr("Kept"), retention_text(person, settings)),
            (self.tr("Note"), person.note),
        )

    def person_id(self) -> str:
        return self._shown

    # the name

    def begin_rename(self) -> None:
        if self.rename_button.isEnabled():
            self.editor.setText(self.name.text())
            self._names.setCurrentIndex(1)
            self.editor.setFocus()
            self.editor.selectAll()

    def renaming(self) -> bool:
        return self._names.currentIndex() == 1

    def _finish_rename(self) -> None:
        name = self.editor.text().strip()
        self.end_rename()
        if name and name != self.name.text():
            self.renamed.emit(name)

    def end_rename(self) -> None:
        self._names.setCurrentIndex(0)


def _notices(known: KnownPerson, settings: PeopleSettings) -> tuple[tuple[str, str], ...]:
    person = known.person
    found: list[tuple[str, str]] = []
    if person.consent is Consent.REFUSED:
        found.append((tr("Consent refused: face and voice are not compared."), "moderate"))
    if person.locked:
        found.append((tr("Locked: exempt from erasure and retention."), "low"))
    if person.archived_ns is not None:
        found.append((tr("Archived: not seen for long. Restored automatically when seen again."), "low"))
    if person.name_source is NameSource.GENERATED and settings.biometrics:
        found.append((tr("Enter a name, or merge with a person on file."), "neutral"))
    if not known.faces and settings.biometrics and person.consent is not Consent.REFUSED:
        found.append((tr("No face is stored, so cameras cannot recognise this person."), "neutral"))
    return tuple(found)
