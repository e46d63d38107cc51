"""Persons whom the links of a hub make one, with ids as this console has them; proposals, and the comparisons that make them."""

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Several
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from console.bridge import EngineBridge
from console.courier import OnError, ignore_answer
from engine.gateway.federation.ids import qualified, site_key, split
from engine.gateway.federation.rewriting import unchecked_copy
from engine.model.errors import NotFound
from engine.model.people.person_links import Comparison, LinkGroups, LinkVerdict, OfferedPurpose, PersonPair
from engine.model.value_class import dataclass
from widgets.people.person_words import KnownPerson

if TYPE_CHECKING:
    from engine.gateway.remote.hub_people import HubPeople

LOOK_MS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class ReachedHub:
    """A hub at which somebody is signed in. `sites`: keys of this console by those of the hub."""

    key: str
    people: "HubPeople"
    sites: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShownPair:
    """`a`, `b`: as this console has them. told: as the hub has it."""

    hub: str
    a: str
    b: str
    told: PersonPair

    @property
    def ids(self) -> tuple[str, str]:
        return self.a, self.b

    def other(self, person_id: str) -> str:
        return self.b if person_id == self.a else self.a


@dataclass(frozen=True, slots=True)
class ShownComparison:
    """`compared`: sites that did, skipped: those that did not, each with a sentence; by their keys here."""

    pairs: tuple[ShownPair, ...]
    compared: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


class LinkedPeople(QObject):
    """UI thread. `hubs`: those that are reached now. What a hub does not say now stays as it was said.

    Signals: changed(): there are other pairs, or other verdicts.
    """

    changed = Signal()

    def __init__(self, bridge: EngineBridge, hubs: Callable[[], Several[ReachedHub]]) -> None:
        super().__init__(bridge)
        self._bridge, self._hubs = bridge, hubs
        self._pairs: dict[str, tuple[ShownPair, ...]] = {}  # by hub
        self._names: dict[str, str] = {}  # of purposes, by id
        self._groups = LinkGroups(())
        self._verdicts = 0  # begun and told: what was asked for before one of them is out of date
        self._since_look = QElapsedTimer()

    @property
    def pairs(self) -> tuple[ShownPair, ...]:
        return tuple(pair for pairs in self._pairs.values() for pair in pairs)

    @property
    def proposals(self) -> tuple[ShownPair, ...]:
        """Those of which nobody has said anything, the most alike first."""
        found = (pair for pair in self.pairs if pair.told.verdict is LinkVerdict.OPEN)
        return tuple(sorted(found, key=lambda pair: -pair.told.likeness))

    def group_of(self, person_id: str) -> frozenset[str]:
        """Who is the same person, with themselves."""
        return self._groups.group_of(person_id)

    def links_of(self, person_id: str) -> tuple[ShownPair, ...]:
        """Pairs of them that were said to be one."""
        return tuple(pair for pair in self.pairs if person_id in pair.ids and pair.told.verdict is LinkVerdict.SAME)

    def purpose_name(self, purpose_id: str) -> str:
        """Its id, until the hub has said."""
        return self._names.get(purpose_id, purpose_id)

    def can_compare(self, person_id: str) -> bool:
        """Whether their site is reached through a hub that has another one."""
        hub = self._hub_of(person_id)
        return hub is not None and len(hub.sites) > 1

    def look(self) -> None:
        """Ask the hubs again, now and then: call it as often as the screen is renewed."""
        if not self._since_look.isValid() or self._since_look.hasExpired(LOOK_MS):
            self.renew()

    def renew(self) -> None:
        """Ask the hubs now."""
        self._since_look.start()
        hubs = {hub.key: hub for hub in self._hubs()}
        for gone in self._pairs.keys() - hubs.keys():
            self._keep(gone, ())
        for hub in hubs.values():
            self._bridge.fetch(hub.people.pairs, self._take, ignore_answer, hub, self._verdicts, owner=self)
            self._bridge.fetch(hub.people.purposes, self._take_names, ignore_answer, owner=self)

    def purposes(self, person_id: str, on_answer: Callable[[tuple[OfferedPurpose, ...]], None], on_error: OnError, owner: QObject) -> None:
        """Those that their site agrees to, with keys of sites as here."""
        hub = self._hub_of(person_id)
        if hub is None:
            on_error(NotFound("No hub leads to this person's site now."))
            return
        at_hub = _at_hub(hub, site_key(person_id))
        fetched = partial(_agreed_here, hub.people, at_hub, dict(hub.sites))
        self._bridge.fetch(fetched, on_answer, on_error, owner=owner)

    def compare(
        self, person_id: str, purpose: str, on_answer: Callable[[ShownComparison], None], on_error: OnError, owner: QObject
    ) -> None:
        """With the people of all other sites that agree to the purpose."""
        hub, found = self._hub_of(person_id), split(person_id)
        if hub is None or found is None:
            on_error(NotFound("No hub leads to this person's site now."))
            return

        def take(told: Comparison) -> None:
            self.renew()
            skipped = tuple((hub.sites.get(each.site, each.site), each.reason) for each in told.skipped)
            compared = tuple(hub.sites.get(key, key) for key in told.compared)
            on_answer(ShownComparison(_shown_pairs(hub, told.pairs), compared, skipped))

        self._bridge.fetch(partial(hub.people.compare, _at_hub(hub, found[0]), found[1], purpose), take, on_error, owner=owner)

    def judge(self, pair: ShownPair, verdict: LinkVerdict, on_done: Callable[[ShownPair], None], on_error: OnError, owner: QObject) -> None:
        """OPEN: take back what was said."""
        hub = next((each for each in self._hubs() if each.key == pair.hub), None)
        if hub is None:
            on_error(NotFound("The hub of this pair is not reached now."))
            return

        def take(told: PersonPair) -> None:
            self._verdicts += 1
            shown = ShownPair(pair.hub, pair.a, pair.b, told)
            others = [each for each in self._pairs.get(pair.hub, ()) if (each.told.purpose, each.ids) != (told.purpose, pair.ids)]
            self._keep(pair.hub, (*others, shown))
            on_done(shown)

        self._verdicts += 1
        self._bridge.fetch(partial(hub.people.judge, pair.told, verdict), take, on_error, owner=owner)

    def _hub_of(self, person_id: str) -> ReachedHub | None:
        key = site_key(person_id)
        return next((hub for hub in self._hubs() if key and key in hub.sites.values()), None)

    def _take(self, hub: ReachedHub, verdicts: int, told: tuple[PersonPair, ...]) -> None:
        if verdicts != self._verdicts:
            return  # it is asked again at the next look
        self._keep(hub.key, _shown_pairs(hub, told))

    def _take_names(self, told: tuple[OfferedPurpose, ...]) -> None:
        names = {**self._names, **{each.purpose.id: each.purpose.name for each in told}}
        if names != self._names:
            self._names = names
            self.changed.emit()

    def _keep(self, hub: str, pairs: tuple[ShownPair, ...]) -> None:
        if set(pairs) == set(self._pairs.get(hub, ())):
            return
        self._pairs = {key: kept for key, kept in {**self._pairs, hub: pairs}.items() if kept}
        self._groups = LinkGroups(_as_here(pair) for pair in self.pairs)
        self.changed.emit()


def _agreed_here(people: "HubPeople", site: str, keys: Mapping[str, str]) -> tuple[OfferedPurpose, ...]:
    found = (each for each in people.purposes() if site in each.sites)
    return tuple(OfferedPurpose(each.purpose, tuple(keys.get(key, key) for key in each.sites)) for each in found)


def _at_hub(hub: ReachedHub, key: str) -> str:
    return next((at_hub for at_hub, here in hub.sites.items() if here == key), "")


def _shown_pairs(hub: ReachedHub, pairs: Several[PersonPair]) -> tuple[ShownPair, ...]:
    """Without those of sites that this console does not know."""
    ids = [(_here(hub, pair.a), _here(hub, pair.b), pair) for pair in pairs]
    return tuple(ShownPair(hub.key, a, b, pair) for a, b, pair in ids if a and b)


def _here(hub: ReachedHub, person_id: str) -> str:
    found = split(person_id)
    return qualified(hub.sites[found[0]], found[1]) if found is not None and found[0] in hub.sites else ""


def _as_here(pair: ShownPair) -> PersonPair:
    told = pair.told
    verdict = (told.verdict, told.judged_by, told.judged_ns)
    return PersonPair(told.purpose, *pair.ids, pair.a, told.likeness, told.model, told.pictures, told.found_by, told.found_ns, *verdict)


def as_one_person(main: KnownPerson, others: Several[KnownPerson], sites: tuple[str, ...]) -> KnownPerson:
    """One who is known at several sites, called as `main` is: seen last where any of them was, with the visits and faces of all."""
    everyone = (main, *others)
    last = max(everyone, key=lambda known: known.person.last_seen_ns or 0)
    firsts = [known.person.first_seen_ns for known in everyone if known.person.first_seen_ns is not None]
    person = unchecked_copy(
        main.person,
        first_seen_ns=min(firsts, default=None),
        last_seen_ns=last.person.last_seen_ns,
        last_camera_id=last.person.last_camera_id,
        visits=sum(known.person.visits for known in everyone),
    )
    faces = tuple(face for known in everyone for face in known.faces)
    names = tuple(dict.fromkeys(known.person.name for known in others if known.person.name != main.person.name))
    return KnownPerson(person, faces, last.where, sites, names)
