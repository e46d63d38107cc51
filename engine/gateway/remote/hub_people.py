"""People compared over the sites of a hub, as a console asks the hub for it."""

from typing import Any

from engine.gateway.remote.calls import Caller
from engine.model.people.person_links import Comparison, LinkVerdict, OfferedPurpose, PersonPair, SkippedSite
from engine.model.people.purposes import Purpose
from engine.model.time import from_iso
from engine.model.tolerant_wire import read_tolerantly

_PEOPLE = "/api/v1/hub/people"
_COMPARE_S = 60.0  # several sites are asked, one after the other at worst


class HubPeople:
    """Any thread. Ids of persons are qualified by their sites. Raises PermissionDenied, NotSignedIn, EnvironmentFault; NotFound also from a
    hub of a version before."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def purposes(self) -> tuple[OfferedPurpose, ...]:
        """By name."""
        told: Any = self._caller.json("GET", f"{_PEOPLE}/purposes").get("purposes")
        return tuple(OfferedPurpose(read_tolerantly(Purpose, dict(each)), tuple(map(str, each["sites"]))) for each in told)

    def compare(self, site: str, person_id: str, purpose: str) -> Comparison:
        """`person_id`: as the site has it. Raises NotFound, InputError (`purpose`, and what the site refuses)."""
        body = {"site": site, "person_id": person_id, "purpose": purpose}
        told: Any = self._caller.json("POST", f"{_PEOPLE}/comparisons", json=body, timeout=_COMPARE_S)
        skipped = tuple(SkippedSite(str(each["site"]), str(each["reason"])) for each in told["skipped"])
        return Comparison(tuple(map(_pair, told["pairs"])), tuple(map(str, told["compared"])), skipped)

    def pairs(self) -> tuple[PersonPair, ...]:
        """Of which this account may see both sites."""
        told: Any = self._caller.json("GET", f"{_PEOPLE}/pairs").get("pairs")
        return tuple(map(_pair, told))

    def judge(self, pair: PersonPair, verdict: LinkVerdict) -> PersonPair:
        """OPEN: what was said is taken back. Raises NotFound, InputError (`verdict`)."""
        body = {"purpose": pair.purpose, "a": pair.a, "b": pair.b, "verdict": verdict.value}
        return _pair(self._caller.json("PUT", f"{_PEOPLE}/pairs", json=body))


def _pair(told: Any) -> PersonPair:
    plain = dict(told)
    judged = plain.pop("judged", None)
    plain |= {"found_ns": from_iso(str(plain.pop("found"))), "judged_ns": 0 if judged is None else from_iso(str(judged))}
    return read_tolerantly(PersonPair, plain)
