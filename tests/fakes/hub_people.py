"""A hub as `HubPeople` shows it: with purposes, pairs and verdicts, and comparisons whose outcome the test chooses."""

from dataclasses import replace

from engine.gateway.remote.hub_people import HubPeople
from engine.model.errors import NotFound, WatchroomError
from engine.model.people.person_links import Comparison, LinkVerdict, OfferedPurpose, PersonPair, check_verdict
from engine.model.people.purposes import Purpose
from engine.model.time import SECOND

MISSING = Purpose("missing", "Missing persons", "Find where a missing person was seen.", "Consent of the family", 30)
SAID_NS = 1_700_000_000 * SECOND


def found_pair(a: str, b: str, likeness: float = 0.71, verdict: LinkVerdict = LinkVerdict.OPEN) -> PersonPair:
    a, b = sorted((a, b))
    judged = ("Ben", SAID_NS) if verdict is not LinkVerdict.OPEN else ("", 0)
    return PersonPair("missing", a, b, a, likeness, "sface-0ba9fbfa", (3, 1), "Ada", SAID_NS, verdict, *judged)


class FakeHubPeople(HubPeople):
    """Any thread. `outcome`: of the next comparison; trouble: raised instead."""

    def __init__(self, *pairs: PersonPair) -> None:
        self.known = list(pairs)
        self.offered = (OfferedPurpose(MISSING, ("north", "south")),)
        self.outcome = Comparison((), ("south",), ())
        self.trouble: WatchroomError | None = None
        self.asked: list[tuple[str, str, str]] = []

    def purposes(self) -> tuple[OfferedPurpose, ...]:
        return self.offered

    def compare(self, site: str, person_id: str, purpose: str) -> Comparison:
        self.asked.append((site, person_id, purpose))
        if self.trouble is not None:
            raise self.trouble
        self.known += [pair for pair in self.outcome.pairs if pair.ids not in [each.ids for each in self.known]]
        return self.outcome

    def pairs(self) -> tuple[PersonPair, ...]:
        return tuple(self.known)

    def judge(self, pair: PersonPair, verdict: LinkVerdict) -> PersonPair:
        before = next((each for each in self.known if each.ids == pair.ids), None)
        if before is None:
            raise NotFound("There is no such pair of persons for this purpose. It may have been removed meanwhile.")
        others = [each for each in self.known if each is not before]
        check_verdict(before, verdict, others)
        judged = replace(before, verdict=verdict, judged_by="Ada", judged_ns=SAID_NS)
        self.known = [*others, judged]
        return judged
