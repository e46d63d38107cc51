"""Pairs of persons in the shared record: proposed once, judged by people, and gone with what they rest on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest

from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import InputError, NotFound
from engine.model.people.person_links import LinkGroups, LinkVerdict, PersonPair
from engine.model.people.purposes import Purpose
from engine.model.people.traces import Traces
from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
from engine.model.time import SECOND
from engine.model.wire import to_plain
from engine.store.shared.person_links import PROPOSED_NS, SETTLED_NS, AgreedSite
from engine.store.shared.record import SharedRecord
from tests.fakes.postgres import new_record, postgres_or_skip

MISSING = Purpose("missing", "Missing persons", "Find them", "Consent of the family", 30)
_NUMBERS = count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(server: str) -> Iterator[SharedRecord]:
    record = SharedRecord(new_record(server, f"links_{next(_NUMBERS)}"))
    for key in ("east", "north", "south"):
        record.add_site(key, key.title())
    record.person_links.put_purpose(MISSING, row(HubVerb.PUT_PURPOSE))
    yield record
    record.close()


def row(verb: HubVerb = HubVerb.JUDGE_PAIR, at_ns: int = 5) -> AuditRow:
    return AuditRow(at_ns, "Ada", verb)


def pair(a: str = "north/pe-1", b: str = "south/pe-1", likeness: float = 0.8, found_ns: int = 1) -> PersonPair:
    return PersonPair("missing", a, b, a, likeness, "sface-0ba9fbfa", (3, 1), "Ada", found_ns)


def told(record: SharedRecord, site: str, *persons: str, agreed: bool = True, unknown: tuple[str, ...] = (), now_ns: int = 10) -> None:
    under = {"missing": persons} if persons else {}
    record.person_links.settle(site, {"missing": MISSING.digest} if agreed else {}, under, unknown, now_ns)


def test_a_verdict_stays_and_what_is_found_again_only_refreshes_a_proposal(record: SharedRecord) -> None:
    links = record.person_links
    assert links.propose([pair()]) == (pair(),)
    assert links.propose([pair(likeness=0.9, found_ns=7)]) == (pair(likeness=0.9, found_ns=7),)
    judged = links.judge(pair(), LinkVerdict.SAME, row())
    assert judged == replace(pair(likeness=0.9, found_ns=7), verdict=LinkVerdict.SAME, judged_by="Ada", judged_ns=5)
    assert links.propose([pair(likeness=0.1, found_ns=9)]) == (judged,) == links.pairs()
    with pytest.raises(NotFound):
        links.judge(pair(b="south/pe-9"), LinkVerdict.SAME, row())


def test_of_two_verdicts_at_once_that_contradict_each_other_one_is_refused(record: SharedRecord) -> None:
    """Three persons: A is B, B is C, A is not C."""
    ring = [pair(), pair("east/pe-1", "south/pe-1"), pair("east/pe-1", "north/pe-1")]
    record.person_links.propose(ring)
    verdicts = (LinkVerdict.SAME, LinkVerdict.SAME, LinkVerdict.DIFFERENT)

    def judged(given: tuple[PersonPair, LinkVerdict]) -> bool:
        try:
            record.person_links.judge(given[0], given[1], row())
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(judged, zip(ring, verdicts, strict=True)))
    assert sorted(outcomes) == [False, True, True]
    kept = record.person_links.pairs()
    groups = LinkGroups(kept)
    assert all((each.b in groups.group_of(each.a)) for each in kept if each.verdict is LinkVerdict.SAME)


def test_what_a_site_does_not_agree_to_goes(record: SharedRecord) -> None:
    record.person_links.propose([pair(), pair("east/pe-1", "south/pe-1")])
    for site in ("east", "north", "south"):
        told(record, site, f"{site}/pe-1")
    assert len(record.person_links.pairs()) == 2 and record.person_links.agreed() == {
        AgreedSite(site, "missing") for site in ("east", "north", "south")
    }
    told(record, "north", agreed=False)
    assert [each.a for each in record.person_links.pairs()] == ["east/pe-1"]
    assert [each.detail for each in record.audit.rows(9) if each.verb == "remove_links"] == ["1: not agreed to"]
    told(record, "north", agreed=False)
    assert len([each for each in record.audit.rows(9) if each.verb == "remove_links"]) == 1, "said once"


def test_who_is_no_longer_under_the_purpose_is_in_no_pair_once_that_is_settled(record: SharedRecord) -> None:
    record.person_links.propose([pair(found_ns=SECOND)])
    told(record, "south", now_ns=SECOND + SETTLED_NS)
    told(record, "north", now_ns=SETTLED_NS)
    assert len(record.person_links.pairs()) == 1, "what a site says may be older than the comparison"
    told(record, "north", "north/pe-1", now_ns=2 * SETTLED_NS)
    assert len(record.person_links.pairs()) == 1
    told(record, "north", now_ns=2 * SETTLED_NS)
    assert record.person_links.pairs() == ()


def test_a_site_speaks_of_its_own_persons_only(record: SharedRecord) -> None:
    record.person_links.propose([pair()])
    told(record, "north", "north/pe-1")
    told(record, "east", unknown=("north/pe-1", "south/pe-1"))
    assert len(record.person_links.pairs()) == 1
    told(record, "south", unknown=("south/pe-1",))
    assert record.person_links.pairs() == ()


def test_a_proposal_that_nobody_judges_is_forgotten(record: SharedRecord) -> None:
    judged, other = pair(), pair("north/pe-2", "south/pe-2")
    record.person_links.propose([judged, other])
    record.person_links.judge(judged, LinkVerdict.DIFFERENT, row())
    told(record, "south")
    told(record, "north", "north/pe-1", "north/pe-2", now_ns=PROPOSED_NS + 2)
    assert [each.ids for each in record.person_links.pairs()] == [judged.ids]


def test_erased_and_retired(record: SharedRecord) -> None:
    links = record.person_links
    links.propose([pair(), pair("north/pe-11", "south/pe-1"), pair("east/pe-1", "south/pe-2")])
    record.begin_stream("north", "s")
    traces = Traces("north/pe-1", ("Anna",), "north/gone-1")
    record.keep("north", ChangeBatch("s", 0, 1, (RecordChange(1, ChangeKind.ERASURE, "north/gone-1", to_plain(traces)),)), 3)
    assert sorted(each.a for each in links.pairs()) == ["east/pe-1", "north/pe-11"]
    record.retire_site("north", 4, "test")
    assert [each.a for each in links.pairs()] == ["east/pe-1"]


def test_a_purpose_goes_with_its_pairs(record: SharedRecord) -> None:
    record.person_links.propose([pair()])
    assert record.person_links.remove_purpose("missing", row(HubVerb.REMOVE_PURPOSE)) == 1
    assert record.person_links.purposes() == () == record.person_links.pairs()
    with pytest.raises(NotFound):
        record.person_links.remove_purpose("missing", row(HubVerb.REMOVE_PURPOSE))
