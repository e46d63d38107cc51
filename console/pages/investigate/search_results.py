"""What a search of the record found, and where a person was: newest first, a page at a time. A click goes to the moment."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QScrollArea, QStackedWidget, QToolButton, QWidget

from console.bridge import EngineBridge
from console.courier import ignore_answer
from console.pages.investigate.alike import (
    AlikeAsked,
    chosen_file,
    headline,
    left_out_sentences,
    may_be_asked,
    of_file,
    of_hit,
    without_asked,
)
from console.pages.investigate.region import Region
from console.pages.investigate.search_choices import FoundChoices
from console.searching.chip_row import ChipRow
from console.searching.chip_words import chip_text, site_of
from console.searching.hit_pictures import HitPictures
from console.searching.hit_words import hit_row, said_site, site_names
from console.searching.saved_searches import SavedSearches
from console.searching.unasked_sites import unasked_sites
from console.searching.wider_filters import wider_filters
from console.words import error_text, place_names
from engine.history.typed_search import FilterChip, FilterField, SearchSite, chips_of, offered_chips, read_typed, with_chips, without_chip
from engine.model.errors import InputError, WatchroomError
from engine.model.history.timeline import (
    HitPage,
    LookHits,
    SavedSearch,
    SaveSearch,
    SearchAlike,
    SearchFilter,
    SearchHit,
    SearchRecord,
    TrackBack,
)
from engine.model.snapshot import Snapshot
from engine.model.time import Clock
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column, make_row
from widgets.look import scaled
from widgets.marks.empty_state import EmptyState
from widgets.number_text import number_text
from widgets.properties import with_properties
from widgets.signals import on
from widgets.theme import set_role
from widgets.timeline.moment_list import MomentList
from widgets.translation import tr

_PAGE = 50
_IN_FORM = (FilterField.CAMERA, FilterField.PERSON, FilterField.ZONE, FilterField.KIND, FilterField.RECORD, FilterField.TIME)
_LOW = 240  # pixels below which the panel has room for what was found only


class FoundPanel(QWidget):
    """UI thread. Only the newest question's answer is shown.

    Signals: hit_chosen(SearchHit): go there. told(str): something was saved. area_ended(): an area is looked in no more.
    words_left(str): of what was typed, behind its filters. question_wanted(str): a saved one is to be answered. searched(): for something
    else than the form beside it asks for.
    """

    hit_chosen = Signal(object)
    told = Signal(str)
    question_wanted = Signal(str)
    words_left = Signal(str)
    area_ended = Signal()
    searched = Signal()

    def __init__(self, bridge: EngineBridge, clock: Clock, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock, self._zone = bridge, clock, zone
        self._names: Mapping[str, str] = {}
        self._snapshot: Snapshot | None = None
        self.chips = ChipRow()
        self._filter = SearchFilter()
        self._hits: tuple[SearchHit, ...] = ()
        self._next = ""
        self._number = 0
        self._unanswered: tuple[str, ...] = ()  # sites that did not say where somebody was
        self._alike: AlikeAsked | None = None
        self._of_form = False
        self._unlisted: tuple[str, ...] = ()  # what the form says besides, by which a list cannot be limited
        self._missing: tuple[str, ...] = ()  # conditions without any one of which something would be found
        self._low = False
        self.list = MomentList(tr("What was found"))
        self.headline = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.empty = EmptyState("search", *_beginning())
        self._pictures = HitPictures(bridge, self.list)
        self.older = QPushButton(tr("Show &older"))
        self.choices = FoundChoices(self.chips)
        self.camera, self.person, self.saved = self.choices.camera, self.choices.person, self.choices.saved
        self.alike_button = QPushButton(icon("users"), tr("Find simil&ar"))
        self.file_button = QPushButton(icon("image"), tr("From a &file…"))
        self._build_list()
        self._connect_list()

    def _build_list(self) -> None:
        set_role(self.headline, "secondary")
        self.saved.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.saved.setMenu(QMenu(self.saved))
        self.saves = SavedSearches(self._bridge, self.saved.menu(), self._saved_now)
        self.alike_button.setToolTip(tr("Sightings of people similar to the person selected above"))
        self.file_button.setToolTip(tr("Find sightings of a person shown in a picture"))
        self.alike_button.setEnabled(False)
        self._below = QWidget()
        below = make_row(self._below, spacing=6, margins=NO_MARGINS)
        below.addWidget(self.alike_button, 1)
        below.addWidget(self.file_button, 1)
        self.shown = QStackedWidget()
        self.shown.setMinimumHeight(56)
        scroll = with_properties(
            QScrollArea(widgetResizable=True), frameShape=QFrame.Shape.NoFrame
        )  # of a low window all of it can be read, too
        scroll.setWidget(self.empty)
        self._blank = scroll
        self.shown.addWidget(scroll)
        self.shown.addWidget(self.list)
        self.headline.hide()
        self.older.hide()
        column = make_column(self, spacing=8, margins=(0, 8, 0, 0))
        column.addWidget(self.choices)
        column.addWidget(self.headline)
        column.addWidget(self.shown, 1)
        column.addWidget(self.older)
        column.addWidget(self._below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window what was found comes first; people are compared from the menus of rows and pictures, too."""
        super().resizeEvent(event)
        low = event.size().height() < scaled(_LOW)
        if low != self._low:
            self._low = low
            self._below.setVisible(not low)
            self.headline.setVisible(not low and bool(self.headline.text()))
            self._show_chips()

    def _connect_list(self) -> None:
        self.list.chosen.connect(lambda row: self._go(row.id))
        self.older.clicked.connect(self._load_older)
        self.list.selectionModel().currentChanged.connect(lambda *_: self.alike_button.setEnabled(may_be_asked(self._current())))
        self.choices.changed.connect(self._again)
        self.chips.removed.connect(self._remove_chip)
        self.chips.added.connect(self.add_chip)
        self.alike_button.clicked.connect(self._find_alike)
        on(self.file_button.clicked, self.ask_file)
        self.saves.chosen.connect(self._search_saved)
        self.saves.told.connect(self.told)

    def show_snapshot(self, snapshot: Snapshot, names: Mapping[str, str]) -> None:
        cameras = tuple((camera.id, camera.name) for camera in snapshot.settings.cameras)
        persons = tuple((person.id, person.name) for person in snapshot.people.persons)
        self._names, self._snapshot = place_names(snapshot.settings) | dict(names), snapshot
        self.choices.offer(cameras, persons, tuple(site_names(snapshot).items()))
        self._pictures.watch(snapshot)

    def search_text(self, text: str) -> None:
        """Words, with the filters that are typed among them; those that are chosen stay."""
        site = self._site()
        if site is None:
            self.search(replace(self._filter, text=text.strip()))
            return
        typed = read_typed(text, site)
        if typed.chips:
            self.words_left.emit(typed.words)
        self.search(replace(with_chips(self._filter, typed.chips), text=typed.words))

    def add_chip(self, chip: FilterChip, words: str) -> None:
        """A filter that was offered, and what is left of the text."""
        self.words_left.emit(words)
        self.search(replace(with_chips(self._filter, [chip]), text=words))

    def _remove_chip(self, chip: FilterChip) -> None:
        self._search_again(without_chip(self._filter, chip))

    def _site(self) -> SearchSite | None:
        return None if self._snapshot is None else site_of(self._snapshot)

    def offer_chips(self, text: str) -> None:
        """What somebody types may name a filter: offered beside those that are chosen."""
        self._show_chips(text)

    def _show_chips(self, text: str = "") -> None:
        site = self._site()
        if site is None:
            return
        now_ns = self._clock.now_ns()
        if self._alike is not None:  # only camera and time limit it
            wanted = self._filter
            limits = SearchFilter(camera_ids=wanted.camera_ids, since_ns=wanted.since_ns, until_ns=wanted.until_ns, sites=wanted.sites)
            self.chips.show_chips([(chip, chip_text(chip, now_ns, self._zone)) for chip in chips_of(limits, site)])
            self.choices.place_chips()
            return
        rejected = FilterChip(FilterField.REJECTED, "", "")
        offers = (
            []
            if self._filter.rejected or self._low or self._of_form
            else [(rejected, chip_text(rejected, now_ns, self._zone), self._filter.text)]
        )
        chips = [
            (chip, chip_text(chip, now_ns, self._zone))
            for chip in chips_of(self._filter, site)
            if not (self._of_form and chip.field in _IN_FORM)
        ]
        typed = [(chip, chip_text(chip, now_ns, self._zone), left) for chip, left in offered_chips(text, site)] if text.strip() else []
        self.chips.show_chips(chips, typed or (offers if self._filter != SearchFilter() else ()))
        self.choices.place_chips()

    def search_area(self, region: Region) -> None:
        """What was in a part of a camera's picture; words, person, kind and time stay as they are chosen."""
        self.search(replace(self.choices.applied(self._filter), camera_ids=(region.camera_id,), region=region.corners))

    def end_area(self) -> None:
        """The area is drawn no more."""
        if self._filter.region and self._alike is None:
            self.search(replace(self._filter, region=()))

    def ask_file(self, path: Path | None = None) -> None:
        """Look for who looks like the one on a picture; without a path it is asked for."""
        path = path or chosen_file(self)
        if path is None:
            return
        try:
            self.search_alike(of_file(path))
        except InputError as error:
            self.told.emit(error_text(error))

    def search_alike(self, asked: AlikeAsked) -> None:
        """Who looks like that, within the camera and the time that are chosen."""
        self._begin_search(asked, replace(self.choices.applied(self._filter), region=()))
        self._show_headline(tr("Comparing looks…"), "", "")
        wanted = self._filter
        limits = {"since_ns": wanted.since_ns, "until_ns": wanted.until_ns, "camera_ids": wanted.camera_ids, "sites": wanted.sites}
        self._ask_alike(replace(asked.question, **limits, limit=_PAGE))

    def _find_alike(self) -> None:
        hit = self._current()
        if hit is not None:
            self.search_alike(of_hit(hit, self._names.get(hit.person_id, "")))

    def _again(self) -> None:
        """Somebody chose something else to limit it by."""
        wanted = self.choices.applied(self._filter)
        if wanted != self._filter:
            self._search_again(wanted)

    def _search_again(self, wanted: SearchFilter) -> None:
        """The same words or looks within other limits."""
        if self._alike is not None:
            self._filter = wanted
            self.search_alike(self._alike)
            return
        ended = bool(self._filter.region) and not wanted.region
        self.search(wanted)
        if ended:
            self.area_ended.emit()

    def track(self, person_id: str) -> None:
        """Where a person was, stay by stay."""
        self.search(SearchFilter(person_id=person_id))

    def search(self, wanted: SearchFilter) -> None:
        """Ask the record. Nothing wanted at all: back to how it is used."""
        self._begin_search(None, wanted)
        if wanted == SearchFilter():
            self._show_headline("", *_beginning())
            return
        self._show_headline(tr("Looking through the record…"), "", "")
        self._ask_hits(self._question(""))

    def search_form(self, wanted: SearchFilter, unlisted: tuple[str, ...]) -> None:
        """What a form beside it asks for, where its conditions stand as chips; sites that are chosen here stay. `unlisted`: what it says
        besides."""
        self._begin_search(None, replace(wanted, sites=self._filter.sites), of_form=True)
        self._unlisted = unlisted
        self._show_headline(tr("Looking through the record…"), "", "")
        self._ask_hits(SearchRecord(self._filter, _PAGE))

    def end_form(self) -> None:
        """The form is put away: its conditions stand here from now on."""
        self._of_form = False
        self._show_chips()

    def _begin_search(self, alike: AlikeAsked | None, wanted: SearchFilter, *, of_form: bool = False) -> None:
        self._of_form = of_form
        if not of_form:
            self.searched.emit()
        self._alike, self._filter, self._hits, self._next = alike, wanted, (), ""
        self._number += 1
        self._unanswered = self._unlisted = self._missing = ()
        self.choices.reflect(wanted)
        self.choices.limit(alike is not None)
        self._show_chips()

    def _question(self, before: str) -> SearchRecord | TrackBack:
        wanted = self._filter
        if wanted.person_id and wanted == SearchFilter(person_id=wanted.person_id):
            return TrackBack(wanted.person_id)
        return SearchRecord(wanted, _PAGE, before)

    def _ask_hits(self, question: SearchRecord | TrackBack) -> None:
        number = self._number
        if isinstance(question, TrackBack):
            self._ask_visits(question, number)
        else:
            self._bridge.ask(question, self._came_page, lambda error: self._show_record_search_error(number, error), number, owner=self)

    def _ask_visits(self, question: TrackBack, number: int) -> None:
        """At the sites of all who are this person by a hub's links; a site that does not answer is named."""
        links = self._bridge.linked_people
        group = links.group_of(question.person_id) if links is not None else frozenset[str]()
        self._bridge.ask(question, self._add_visits, partial(self._show_record_search_error, number), number, owner=self)
        for linked in sorted(group & self._names.keys() - {question.person_id}):
            missing = partial(self._miss_visits, number, linked)
            self._bridge.ask(replace(question, person_id=linked), self._add_visits, missing, number, owner=self)

    def _add_visits(self, number: int, hits: tuple[SearchHit, ...]) -> None:
        if number == self._number:
            merged = sorted((*self._hits, *hits), key=lambda hit: -hit.at_ns)
            self._hits = ()
            self._show_hits(tuple(merged), "")
            self._say_found()

    def _miss_visits(self, number: int, person_id: str, error: WatchroomError) -> None:
        if number == self._number:
            self._unanswered = (*self._unanswered, f"{self._bridge.site_of(person_id)}: {error_text(error)}")
            self._say_found()

    def _ask_alike(self, question: SearchAlike) -> None:
        number = self._number
        self._bridge.ask(question, self._came_alike, lambda error: self._show_record_search_error(number, error), number, owner=self)

    def _load_older(self) -> None:
        if self._next:
            self.older.setEnabled(False)
            self._ask_hits(self._question(self._next))

    def _came_page(self, number: int, page: HitPage) -> None:
        self._add_hits(number, page.next_id or "", page.hits)

    def _add_hits(self, number: int, next_id: str, hits: tuple[SearchHit, ...]) -> None:
        if number == self._number:
            self._show_hits(hits, next_id)
            self._say_found()

    def _came_alike(self, number: int, found: LookHits) -> None:
        if number == self._number and self._alike is not None:
            others = without_asked(self._alike, found)
            self._show_hits(others.hits, "")
            self._say_alike(self._alike, others, bool(found.hits))

    def _show_hits(self, hits: tuple[SearchHit, ...], next_id: str) -> None:
        self._hits = (*self._hits, *hits)
        self._next = next_id
        now_ns = self._clock.now_ns()
        sites = {} if self._snapshot is None else site_names(self._snapshot)
        rows = (hit_row(hit, self._names, now_ns, self._zone, said_site(hit, sites, self._names)) for hit in self._hits)
        self.list.set_rows(tuple(rows))
        self._pictures.fetch(hits)
        self.older.setVisible(bool(self._next))
        self.older.setEnabled(True)

    def _say_found(self) -> None:
        what = self._filter_text()
        if self._hits:
            more = "+" if self._next else ""
            found = tr("{0}{1} found {2}").format(number_text(len(self._hits)), more, what)
            self._show_headline(" ".join((found, *self._besides())), "", "")
        else:
            self._say_nothing_found(what)
            self._ask_without_each()

    def _besides(self) -> tuple[str, ...]:
        """What has to be known about what was found."""
        unlisted = (tr("The list is not limited by: {0}.").format(", ".join(self._unlisted)),) if self._unlisted else ()
        return (*unlisted, *unasked_sites(self._bridge, self._filter), *self._unanswered)

    def _say_nothing_found(self, what: str) -> None:
        tip = tr("Try fewer words, leave a word's end open with *, or look on all cameras.")
        if self._missing:
            tip = tr("Something is found without this: {0}.").format(", ".join(self._missing))
        self._show_headline("", tr("Nothing was found {0}").format(what), " ".join((tip, *self._besides())))

    def _ask_without_each(self) -> None:
        """Nothing fits: by which of the conditions."""
        site = self._site()
        if site is None or isinstance(self._question(""), TrackBack):
            return
        for text, wider in wider_filters(self._filter, site, self._clock.now_ns(), self._zone):
            self._bridge.ask(SearchRecord(wider, 1), self._came_without, ignore_answer, self._number, text, owner=self)

    def _came_without(self, number: int, condition: str, page: HitPage) -> None:
        if number == self._number and page.hits and not self._hits:
            self._missing = (*self._missing, condition)
            self._say_nothing_found(self._filter_text())

    def _say_alike(self, asked: AlikeAsked, others: LookHits, compared: bool) -> None:
        """`compared`: at least with the appearance that was asked about."""
        if others.hits:
            self._show_headline(headline(asked, others), "", "")
            return
        title = tr("No other appearances") if compared else tr("No comparison possible")
        alone = tr("Only this appearance of the person is stored from that time.")
        why = alone if compared else tr("No appearance data from that time. It is stored only while biometrics are on.")
        self._show_headline("", title, " ".join((why, *left_out_sentences(others))))

    def _show_record_search_error(self, number: int, error: WatchroomError) -> None:
        if number == self._number:
            self._show_headline("", tr("The record could not be searched"), error_text(error))

    def _filter_text(self) -> str:
        person = self._names.get(self._filter.person_id, "")
        camera = self._names.get(self._filter.camera_ids[0], "") if self._filter.camera_ids else ""
        parts = (
            tr("for “{0}”").format(self._filter.text) if self._filter.text else "",
            tr("with {0}").format(person) if person else "",
            tr("in an area on {0}").format(camera) if camera and self._filter.region else tr("on {0}").format(camera) if camera else "",
        )
        return " ".join(part for part in parts if part)

    def _show_headline(self, headline: str, title: str, text: str) -> None:
        self.headline.setText(headline)
        self.headline.setVisible(bool(headline) and not self._low)
        self.older.setVisible(bool(self._next))
        if title:
            self.empty.set_text(title, text)
        if not self._hits:
            self.list.set_rows(())
        self.shown.setCurrentWidget(self._blank if title else self.list)

    def _go(self, row_id: str) -> None:
        hit = next((hit for hit in self._hits if f"{hit.kind.value}:{hit.id}" == row_id), None)
        self.alike_button.setEnabled(may_be_asked(hit))
        if hit is not None:
            self.hit_chosen.emit(hit)

    def _current(self) -> SearchHit | None:
        row = self.list.current()
        return None if row is None else next((hit for hit in self._hits if f"{hit.kind.value}:{hit.id}" == row.id), None)

    def _saved_now(self) -> SaveSearch | None:
        """Under what it says."""
        if self._filter == SearchFilter() or self._alike is not None:
            return None
        return SaveSearch(self._filter_text() or tr("everything"), replace(self._filter, sites=()))

    def _search_saved(self, saved: SavedSearch) -> None:
        if saved.question:
            self.question_wanted.emit(saved.question)
        else:
            self.search(saved.filter)


def _beginning() -> tuple[str, str]:
    return (
        tr("Search the record"),
        tr("Type words above: events, alerts, incidents, reports, people, notes. Or choose a person here to see where they were."),
    )
