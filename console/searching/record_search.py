"""The record in the palette: a question is asked, words are looked for while they are typed, filters are offered as chips."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer

from console.bridge import EngineBridge
from console.palette.commands_catalogue import Action, blocked
from console.palette.palette import Entry, Palette
from console.searching.chip_words import chip_text, site_of
from console.searching.hit_pictures import HitPictures
from console.searching.hit_words import hit_row, hit_word, said_site, site_names
from console.shell.jump_links import Jump, link_of
from console.words import place_names
from engine.history.lexicon.tokens import word_set
from engine.history.typed_search import FilterChip, chips_of, offered_chips, read_typed, with_chips, without_chip
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.history.timeline import HitKind, HitPage, SearchFilter, SearchHit, SearchRecord
from engine.model.snapshot import Snapshot
from engine.model.value_class import dataclass
from widgets.look import site_zone
from widgets.translation import tr

_PAUSE_MS = 200  # in typing, after which the record is asked
_MOST = 30
_ASKING = word_set(
    "who what when where which why how did does is are was were has have had any anyone show list count "
    "wer was wann wo welche welcher warum wie hat ist war waren zeige"
)
Visit = Callable[[str, str], object]


@dataclass(frozen=True, slots=True)
class Typed:
    """`text`: as it stands. `wanted`: words and filters, with the chips that were chosen before."""

    text: str
    wanted: SearchFilter


def is_question(text: str) -> bool:
    """It ends with a question mark, or begins as questions do and is more than a word or two."""
    words = text.lower().split()
    return text.rstrip().endswith("?") or (len(words) > 2 and words[0] in _ASKING)


class RecordSearch(QObject):
    """UI thread. Feeds one palette; only the newest answer is shown."""

    def __init__(self, palette: Palette, bridge: EngineBridge, visit: Visit) -> None:
        super().__init__(palette)
        self._palette, self._bridge, self._visit = palette, bridge, visit
        self._filter = SearchFilter()
        self._number = 0
        self._pictures = HitPictures(bridge, palette, self)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask_record)
        palette.edit.textChanged.connect(self._on_text)
        palette.chips.removed.connect(self._remove_chip)
        palette.chips.added.connect(self._add_chip)

    def begin(self, record_first: bool) -> None:
        """As new. `record_first`: what the record has stands above what can be done."""
        self._filter = SearchFilter()
        self._palette.model.record_first = record_first
        self._show_found(())
        self._show_chips("")
        if self._bridge.snapshot is not None:
            self._pictures.watch(self._bridge.snapshot)

    def _may_search(self) -> bool:
        return self._bridge.snapshot is not None and self._bridge.session.may(Verb.SEE_PAST)

    def _typed(self, text: str, snapshot: Snapshot) -> Typed:
        typed = read_typed(text, site_of(snapshot))
        return Typed(text, replace(with_chips(self._filter, typed.chips), text=typed.words))

    def _on_text(self, text: str) -> None:
        self._number += 1
        self._show_chips(text)
        self._show_front(text)
        if text.strip() or self._filter != SearchFilter():
            self._pause.start()
        else:
            self._pause.stop()
            self._show_found(())

    def _show_front(self, text: str) -> None:
        """What Enter does with the text itself."""
        words = text.strip()
        if not words or not self._may_search():
            self._palette.show_front(())
            return
        ask = Action("record.ask", tr("Ask: {0}").format(words), tr("Answer from the record"), self._visit, about=("chat", words))
        find = tr("Search the record for “{0}”").format(words)
        search = Action("record.find", find, tr("Investigate"), self._visit, about=("investigate", f"find:{words}"))
        first = (ask, search) if is_question(words) else (search, ask)
        session = self._bridge.session
        self._palette.show_front(tuple(Entry(action, "", blocked(action, session)) for action in first), is_question(words))

    def _show_chips(self, text: str) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        site, now_ns = site_of(snapshot), snapshot.at_ns
        chips = [(chip, chip_text(chip, now_ns, site_zone())) for chip in chips_of(self._filter, site)]
        offers = [(chip, chip_text(chip, now_ns, site_zone()), left) for chip, left in offered_chips(text, site)] if text.strip() else []
        self._palette.chips.show_chips(chips, offers)

    def _add_chip(self, chip: FilterChip, words: str) -> None:
        self._filter = with_chips(self._filter, [chip])
        self._palette.edit.setFocus()
        if self._palette.edit.text() == words:
            self._on_text(words)
        else:
            self._palette.edit.setText(words)

    def _remove_chip(self, chip: FilterChip) -> None:
        self._filter = without_chip(self._filter, chip)
        self._palette.edit.setFocus()
        self._on_text(self._palette.edit.text())

    # what was found

    def _ask_record(self) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None or not self._may_search() or not self._palette.isVisible():
            return
        wanted = self._typed(self._palette.edit.text(), snapshot).wanted
        self._bridge.ask(SearchRecord(_open_ended(wanted), _MOST), self._came_page, self._ignore_error, self._number, owner=self)

    def _came_page(self, number: int, page: HitPage) -> None:
        if number == self._number and self._palette.isVisible():
            self._show_found(page.hits)

    def _ignore_error(self, _: WatchroomError) -> None:
        """Half a word may be no search yet; commands are found all the same."""
        self._show_found(())

    def _show_found(self, hits: tuple[SearchHit, ...]) -> None:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return
        names = _names(snapshot)
        self._palette.show_found(tuple(self._entry(hit, names, snapshot.at_ns) for hit in hits))
        self._pictures.fetch(hits)

    def _entry(self, hit: SearchHit, names: Mapping[str, str], now_ns: int) -> Entry:
        sites = {} if self._bridge.snapshot is None else site_names(self._bridge.snapshot)
        row = hit_row(hit, names, now_ns, site_zone(), said_site(hit, sites, names))
        section = f"{hit_word(hit.kind).capitalize()} · {' · '.join(filter(None, row.lines))}"
        action = Action(f"found.{row.id}", row.text, section, partial(self._go, hit))
        return Entry(action, picture_id=hit.event_id)

    def _go(self, hit: SearchHit) -> None:
        pages = {HitKind.PERSON: ("people", hit.id), HitKind.INCIDENT: ("incidents", hit.id)}
        self._visit(*pages.get(hit.kind, ("investigate", link_of(Jump(hit.at_ns, hit.camera_id, hit.event_id)))))


def _open_ended(wanted: SearchFilter) -> SearchFilter:
    """The word that is being typed may go on."""
    last = wanted.text.split()[-1] if wanted.text.split() else ""
    return replace(wanted, text=f"{wanted.text}*") if len(last) > 1 and last[-1].isalnum() else wanted


def _names(snapshot: Snapshot) -> dict[str, str]:
    names = place_names(snapshot.settings) | snapshot.settings.camera_names()
    return names | {person.id: person.name for person in snapshot.people.persons}
