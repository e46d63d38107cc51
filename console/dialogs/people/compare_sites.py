"""Somebody compared with the people of other sites, for a purpose that those agree to; and what is to be reviewed of it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from console.bridge import EngineBridge
from console.dialogs.frame import FramedDialog
from console.dialogs.people.pair_list import PairList
from console.sites.linked_people import LinkedPeople, ShownComparison
from console.words import error_text, permit
from engine.gateway.federation.ids import site_key, split
from engine.model.accounts.access import Verb
from engine.model.errors import WatchroomError
from engine.model.people.person import Person
from engine.model.people.person_links import LinkVerdict, OfferedPurpose
from engine.model.people.purposes import ListPurposes, SetPersonPurpose, SitePurpose
from engine.model.time import Clock
from widgets.engine_text import translate_engine_text
from widgets.number_text import number_text
from widgets.people.face_view import Photos
from widgets.theme import set_role
from widgets.translation import tr

_WIDTH = 760


class CompareSitesDialog(FramedDialog):
    """UI thread. Nothing leaves the person's site before they are under the purpose, and *Compare* was pressed."""

    SCROLLS = True

    def __init__(
        self, bridge: EngineBridge, links: LinkedPeople, photos: Photos, clock: Clock, person: Person, parent: QWidget | None = None
    ) -> None:
        lead = tr("Other sites compare this person's face with the people they know. Every comparison is in the audit of all sites.")
        super().__init__(tr("Compare {0} with other sites").format(person.name), lead, width=_WIDTH, parent=parent)
        self._bridge, self._links, self._person = bridge, links, person
        self._offered: tuple[OfferedPurpose, ...] = ()
        self._under: frozenset[str] = frozenset()  # purposes that the person is under; asked of their site
        self.purpose = QComboBox()
        self.terms = _text("secondary")
        self.under = QCheckBox()
        self.outcome = _text()
        self.skipped = _text("secondary")
        self.pairs = PairList(bridge, links, photos, clock)
        self.add_labelled(tr("&Purpose"), self.purpose, self.terms)
        for part in (self.under, self.outcome, self.pairs, self.skipped):
            self.body.addWidget(part)
        self.add_cancel(tr("C&lose"))
        self.compare = self.add_button(tr("&Compare"), "primary")
        self.exclude_choice(self.purpose)
        self.exclude_choice(self.under)
        self.compare.clicked.connect(self._compare)
        self.purpose.currentIndexChanged.connect(self._show_purpose)
        self.under.clicked.connect(self._set_under)
        self._set_waiting(tr("Asking which sites agree to what…"))
        links.purposes(person.id, self._take_offered, self._complain, self)
        bridge.ask_at(site_key(person.id), ListPurposes(), self._take_under, self._complain, owner=self)

    def chosen_purpose(self) -> OfferedPurpose | None:
        index = self.purpose.currentIndex()
        return self._offered[index] if 0 <= index < len(self._offered) else None

    def _take_offered(self, offered: tuple[OfferedPurpose, ...]) -> None:
        self._offered = offered
        self.purpose.clear()
        for each in offered:
            self.purpose.addItem(each.purpose.name)
        self.purpose.setFocus()
        none = tr("This site agrees to no purpose. Its administrator decides that with: watchroom people agree")
        self.outcome.setText("" if offered else none)
        self._show_purpose()

    def _take_under(self, purposes: tuple[SitePurpose, ...]) -> None:
        found = split(self._person.id)
        own_ids = {self._person.id, found[1] if found is not None else ""}
        self._under = frozenset(each.purpose.id for each in purposes if own_ids & set(each.person_ids))
        self._show_purpose()

    def _show_purpose(self) -> None:
        offered = self.chosen_purpose()
        others = self._others(offered)
        for part in (self.purpose, self.terms, self.under):
            part.setVisible(offered is not None)
        if offered is not None:
            purpose = offered.purpose
            basis = tr("Lawful basis: {0}").format(purpose.basis)
            agree = tr("Sites that agree: {0}").format(", ".join(others)) if others else tr("No other site that you may see agrees to it.")
            live = tr("These sites recognise persons under this purpose in live video, too.") if purpose.gallery and others else ""
            self.terms.setText("\n".join(filter(None, (purpose.words, basis, agree, live))))
            self.under.setText(tr("P&ut this person under the purpose, for {0} days").format(number_text(purpose.keep_days)))
            self.under.setChecked(purpose.id in self._under)
            tip = tr("Their face may then be described to these sites. Clear it to end that and remove their links for this purpose.")
            permit(self.under, self._bridge.session, Verb.EXPORT, tip)
        self._refresh()

    def _others(self, offered: OfferedPurpose | None) -> list[str]:
        own = site_key(self._person.id)
        keys = offered.sites if offered is not None else ()
        return [self._site_name(key) for key in keys if key != own]

    def _site_name(self, key: str) -> str:
        return next((site.name for site in self._bridge.sites if site.key == key), key)

    def _refresh(self) -> None:
        offered = self.chosen_purpose()
        ready = offered is not None and offered.purpose.id in self._under and bool(self._others(offered))
        self.compare.setEnabled(ready)
        self.compare.setDefault(ready)

    def _set_under(self, wanted: bool) -> None:
        offered = self.chosen_purpose()
        if offered is None:
            return

        def note_change(_: str) -> None:
            purpose_id = offered.purpose.id
            self._under = self._under | {purpose_id} if wanted else self._under - {purpose_id}
            self._show_purpose()

        self.under.setEnabled(False)
        self._bridge.command(SetPersonPurpose(self._person.id, offered.purpose.id, wanted), note_change, self._complain, owner=self)

    def _compare(self) -> None:
        offered = self.chosen_purpose()
        if offered is not None:
            self._set_waiting(tr("Comparing…"))
            self.compare.setEnabled(False)
            self._links.compare(self._person.id, offered.purpose.id, self._show_comparison, self._complain, self)

    def _show_comparison(self, found: ShownComparison) -> None:
        self._refresh()
        compared = ", ".join(map(self._site_name, found.compared))
        if found.pairs:
            self.outcome.setText(tr("Who may be the same person, the most similar first. Compared at: {0}").format(compared))
        elif compared:
            self.outcome.setText(tr("Nobody similar is known at: {0}").format(compared))
        else:
            self.outcome.setText(tr("No site could compare."))
        self.skipped.setText("\n".join(f"{self._site_name(key)}: {translate_engine_text(reason)}" for key, reason in found.skipped))
        self.pairs.show_pairs(found.pairs)

    def _set_waiting(self, text: str) -> None:
        self.show_trouble("")
        self.outcome.setText(text)
        self.skipped.setText("")

    def _complain(self, error: WatchroomError) -> None:
        self.outcome.setText("")
        self._show_purpose()
        self.show_trouble(error_text(error))


class ReviewPairsDialog(FramedDialog):
    """UI thread. Proposals; and, where wanted, what was decided, to take it back."""

    SCROLLS = True

    def __init__(self, bridge: EngineBridge, links: LinkedPeople, photos: Photos, clock: Clock, parent: QWidget | None = None) -> None:
        lead = tr("People of different sites who may be the same. What you decide is remembered, and can be undone.")
        super().__init__(tr("Same person at several sites?"), lead, width=_WIDTH, parent=parent)
        self._links = links
        self.decided = QCheckBox(tr("Show &decided"))
        self.nothing = _text("secondary")
        self.pairs = PairList(bridge, links, photos, clock)
        for part in (self.decided, self.nothing, self.pairs):
            self.body.addWidget(part)
        self.add_cancel(tr("C&lose"))
        self.exclude_choice(self.decided)
        self._shown: set[tuple[str, str, str]] = set()  # what was a proposal when it came on screen: it stays, to be undone
        self.decided.toggled.connect(self._show)
        links.changed.connect(self._show)
        self._show()
        links.renew()

    def _show(self) -> None:
        pairs = sorted(self._links.pairs, key=lambda pair: -pair.told.likeness)
        self._shown |= {(pair.hub, *pair.ids) for pair in pairs if pair.told.verdict is LinkVerdict.OPEN}
        if not self.decided.isChecked():
            pairs = [pair for pair in pairs if (pair.hub, *pair.ids) in self._shown]
        self.nothing.setText("" if pairs else tr("No proposals. Compare a person with other sites from their menu."))
        self.nothing.setVisible(not pairs)
        self.pairs.show_pairs(pairs)


def _text(role: str = "") -> QLabel:
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    if role:
        set_role(label, role)
    return label
