"""What sites say to their hub of purposes for which people may be compared, and what it offers them."""

from engine.gateway.federation.ids import SEPARATOR, qualified
from engine.model.time import Clock
from engine.runtime.hub.purpose_messages import PurposeOffer, pack_offer, read_report
from engine.store.shared.record import SharedRecord


class PurposeDesk:
    """Any thread."""

    def __init__(self, record: SharedRecord, clock: Clock) -> None:
        self._links, self._clock = record.person_links, clock

    def exchange(self, site: str, data: bytes) -> bytes:
        """What a site says, for what there is. Raises InputError (`message`), EnvironmentFault."""
        report = read_report(data)
        persons = {purpose: [qualified(site, each) for each in ids] for purpose, ids in report.persons.items()}
        unknown = [qualified(site, each) for each in report.unknown]
        self._links.settle(site, report.agreed, persons, unknown, self._clock.now_ns())
        own = len(site) + len(SEPARATOR)
        linked = {purpose: tuple(each[own:] for each in ids) for purpose, ids in self._links.linked(site).items()}
        return pack_offer(PurposeOffer(self._links.purposes(), linked))
