"""Pairs of persons of different sites in a dialog: each with its pictures, and buttons that say at once whether they are the same."""

from collections.abc import Mapping
from collections.abc import Sequence as Several

from PySide6.QtWidgets import QWidget

from console.bridge import EngineBridge
from console.sites.linked_people import LinkedPeople, ShownPair
from console.words import error_text, permit
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.people.person_links import LinkVerdict
from engine.model.time import Clock
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.number_text import number_text
from widgets.people.face_view import Photos
from widgets.people.pair_row import PairRow, PairSide, PairWords
from widgets.people.person_words import KnownPerson, known_people
from widgets.time_text import clock_text
from widgets.translation import tr

_Key = tuple[str, str, str, str]


class PairList(QWidget):
    """UI thread."""

    def __init__(self, bridge: EngineBridge, links: LinkedPeople, photos: Photos, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._links, self._photos, self._clock = bridge, links, photos, clock
        self.rows: dict[_Key, PairRow] = {}
        self._column = make_column(self, spacing=8, margins=NO_MARGINS)

    def show_pairs(self, pairs: Several[ShownPair]) -> None:
        """Rows that stay keep what is being done in them."""
        wanted = {_key(pair): pair for pair in pairs}
        for gone in self.rows.keys() - wanted.keys():
            row = self.rows.pop(gone)
            self._column.removeWidget(row)
            row.deleteLater()
        known = self._known_by_id()
        for key, pair in wanted.items():
            if key not in self.rows:
                self.rows[key] = self._make_row(pair, known)
                self._column.addWidget(self.rows[key])
            self.rows[key].show_words(self._words(pair))

    def _make_row(self, pair: ShownPair, known: Mapping[str, KnownPerson]) -> PairRow:
        a, b = (PairSide(self._bridge.site_of(each), known.get(each)) for each in pair.ids)
        row = PairRow(self._photos, (a, b), self)
        for button, tip in ((row.same, tr("Link the two")), (row.different, tr("Do not ask about them again")), (row.undo, "")):
            permit(button, self._bridge.session, Verb.ACKNOWLEDGE, tip)
        row.judged.connect(lambda verdict, pair=pair, row=row: self._judge(pair, row, verdict))
        return row

    def _judge(self, pair: ShownPair, row: PairRow, verdict: LinkVerdict) -> None:
        def show(judged: ShownPair) -> None:
            row.set_busy(False)
            row.show_words(self._words(judged))

        def complain(error: WatchroomError) -> None:
            row.set_busy(False)
            row.show_trouble(error_text(error))

        row.set_busy(True)
        row.show_trouble("")
        self._links.judge(pair, verdict, show, complain, row)

    def _words(self, pair: ShownPair) -> PairWords:
        told = pair.told
        facts = (tr("Similarity {0}").format(number_text(told.likeness, ".2f")), self._links.purpose_name(told.purpose))
        if told.verdict is LinkVerdict.OPEN:
            return PairWords(facts)
        said = {LinkVerdict.SAME: tr("Same person"), LinkVerdict.DIFFERENT: tr("Not the same")}[told.verdict]
        when = clock_text(told.judged_ns, self._clock.now_ns())
        return PairWords(facts, tr("{0}: {1}, {2}").format(said, told.judged_by, when))

    def _known_by_id(self) -> Mapping[str, KnownPerson]:
        snapshot = self._bridge.snapshot
        if snapshot is None:
            return {}
        cameras = {camera.id: camera.name for camera in snapshot.settings.cameras}
        return {known.person.id: known for known in known_people(snapshot.people.persons, snapshot.people.photos, cameras)}


def _key(pair: ShownPair) -> _Key:
    return pair.hub, pair.told.purpose, pair.a, pair.b
