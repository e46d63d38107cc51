"""What this site says to its hub of purposes, and keeps of what the hub says."""

from collections.abc import Callable, Mapping

from engine.model.people.person import Person
from engine.model.time import Clock
from engine.runtime.hub.purpose_messages import PurposeOffer, PurposeReport
from engine.store.people.purposes import PurposeTable


class PurposeDesk:
    """Any one thread at a time. `persons`: whom the site knows now."""

    def __init__(self, table: PurposeTable, persons: Callable[[], Mapping[str, Person]], clock: Clock) -> None:
        self._table, self._persons, self._clock = table, persons, clock
        self._unknown: tuple[str, ...] = ()
        self._taken: PurposeOffer | None = None

    def report(self) -> PurposeReport:
        agreed = [each for each in self._table.all(self._clock.now_ns()) if each.agreed_ns is not None]
        persons = {each.purpose.id: each.person_ids for each in agreed}
        return PurposeReport({each.purpose.id: each.purpose.digest for each in agreed}, persons, self._unknown)

    def take(self, offer: PurposeOffer) -> bool:
        known = self._persons()
        if offer != self._taken:
            self._table.offer(offer.purposes, {purpose: len(ids) for purpose, ids in offer.linked.items()})
            self._taken = offer
        self._unknown = tuple(sorted({each for ids in offer.linked.values() for each in ids if each not in known}))
        return bool(self._unknown)
