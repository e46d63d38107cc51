"""Persons compared over the sites of a real hub: only for purposes that sites agreed to, linked by people, and forgotten everywhere."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from sqlalchemy import text

from engine.gateway.remote.hub import HubVisit, RemoteHub
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import InputError, NotFound, PermissionDenied
from engine.model.people.commands import ErasePerson, MergePersons
from engine.model.people.person_links import HIDDEN, LinkVerdict, PersonPair
from engine.model.people.purposes import ComparePerson, DescribePerson, PersonDescription
from engine.model.time import SECOND, SystemClock
from engine.runtime.local import LocalPort
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from tests.fakes.linked_sites import BANNED, MISSING, PASSWORD, LinkedSites, linked_sites, near
from tests.fakes.people_site import ADMIN, look
from tests.fakes.postgres import new_record, postgres_or_skip
from tests.fakes.waiting import until


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres_or_skip() as server:
        yield new_record(server, "people")


@pytest.fixture(scope="module")
def sites(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedSites]:
    record = SharedRecord(database)
    with linked_sites(tmp_path_factory.mktemp("sites"), record, "north", "south", "west") as sites:
        sites.all_agree(MISSING, "north", "south")
        yield sites
    record.close()


@contextmanager
def signed_in(sites: LinkedSites, name: str = "Ada") -> Iterator[HubVisit]:
    visit = RemoteHub(sites.hub.url).sign_in(name, PASSWORD)
    yield visit
    visit.close()


@contextmanager
def everything_heard(sites: LinkedSites) -> Iterator[list[bytes]]:
    """All that goes through the NATS server meanwhile."""
    heard: list[bytes] = []
    begun, over = threading.Event(), threading.Event()

    async def listen() -> None:
        shown = sites.hub.keys.hub_pass(sites["north"].engine.clock.now_ns())
        client = Client()
        await client.connect(sites.hub.nats, user_jwt_cb=shown.claims.encode, signature_cb=shown.key.answer)

        async def note(message: Msg) -> None:
            heard.append(message.data)

        await client.subscribe(">", cb=note)
        await client.flush()
        begun.set()
        await asyncio.to_thread(over.wait)
        await client.drain()

    thread = threading.Thread(target=lambda: asyncio.run(listen()))
    thread.start()
    assert begun.wait(20)
    try:
        yield heard
    finally:
        over.set()
        thread.join()


def described(heard: list[bytes]) -> bool:
    return b'"vectors"' in b"".join(heard)


def known_twice(sites: LinkedSites, number: int) -> tuple[str, str]:
    """Somebody whom north has put under the purpose, and who is known at south too."""
    at_north, at_south = sites["north"].person(f"Anna {number}", look(number)), sites["south"].person(f"Woman {number}", near(number))
    sites["north"].put_under(at_north, MISSING)
    return at_north, at_south


def proposed(sites: LinkedSites, number: int, name: str = "Ada") -> PersonPair:
    at_north, at_south = known_twice(sites, number)
    with signed_in(sites, name) as visit:
        found = visit.people.compare("north", at_north, "missing")
    [pair] = found.pairs
    assert pair.ids == (f"north/{at_north}", f"south/{at_south}")
    return pair


def of_pair(sites: LinkedSites, pair: PersonPair) -> list[PersonPair]:
    return [each for each in sites.record.person_links.pairs() if each.ids == pair.ids]


def test_somebody_is_found_at_another_site_that_agrees_and_at_no_other(sites: LinkedSites) -> None:
    sites["west"].person("Anna in the west", near(1, 0.99))
    sites["south"].person("Somebody else", look(700))
    with everything_heard(sites) as heard:
        pair = proposed(sites, 1)
    assert described(heard), "it went from site to site"
    assert pair.likeness == pytest.approx(0.9, abs=1e-3) and pair.model == "made-up" and pair.pictures == (1, 1)
    assert pair.described == pair.a and pair.verdict is LinkVerdict.OPEN and pair.found_by == "Ada"
    assert all("west/" not in each for found in of_pair(sites, pair) for each in found.ids)
    [given] = [row for row in sites["north"].audit("describe_person") if "for missing, to South" in row.detail][:1]
    assert given.by == "Ada" and given.subject and not given.subject.startswith("pe-"), "under a pseudonym"
    assert "described by site North" in sites["south"].audit("compare_person")[0].detail
    [row] = [row for row in sites.record.audit.rows(50) if row.verb == "compare_person"][:1]
    assert row.by == "Ada" and row.subject.startswith("p-") and row.detail == "missing, of north, at south"


def test_the_hub_keeps_no_face_in_numbers(sites: LinkedSites, database: str) -> None:
    pair = proposed(sites, 2)
    engine = postgres_engine(database, reading=True)
    with engine.connect() as connection:
        tables = [row.tablename for row in connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))]
        told = {table: str(connection.execute(text(f'SELECT * FROM "{table}"')).all()) for table in tables}
    engine.dispose()
    numbers = [f"{value:.4f}" for value in look(2)[:8]]
    assert pair.a in told["person_pairs"]
    assert [table for table, rows in told.items() if any(number in rows for number in numbers)] == []


@pytest.mark.parametrize("why", ["not agreed here", "not under it", "agreed by no other"])
def test_what_is_not_agreed_to_leaves_no_site(sites: LinkedSites, why: str) -> None:
    north = sites["north"]
    person = north.person(f"Somebody {why}", look(30))
    purpose = "missing" if why == "not under it" else "banned"
    if why == "agreed by no other":
        sites.all_agree(BANNED, "north")
        north.put_under(person, BANNED)
    with signed_in(sites) as visit, everything_heard(sites) as heard, pytest.raises(InputError) as refused:
        visit.people.compare("north", person, purpose)
    assert not described(heard)
    sentence = {"not agreed here": "not agreed to by North", "not under it": "leaves this site", "agreed by no other": "no other site"}[why]
    assert sentence in str(refused.value)
    if why == "agreed by no other":
        north.withdraw(BANNED)


def test_a_site_with_another_model_says_so(sites: LinkedSites) -> None:
    person = sites["north"].person("Otto", look(40), model="other-12345678")
    sites["north"].put_under(person, MISSING)
    with signed_in(sites) as visit:
        found = visit.people.compare("north", person, "missing")
    assert found.pairs == () and found.compared == ()
    [skipped] = found.skipped
    assert skipped.site == "south" and "made-up" in skipped.reason and "other-12345678" in skipped.reason


def test_who_may_see_one_site_only_hears_of_no_link(sites: LinkedSites) -> None:
    pair = proposed(sites, 50)
    with signed_in(sites, "Ben") as ben, signed_in(sites, "Cleo") as cleo:
        assert pair.ids in [each.ids for each in ben.people.pairs()]
        assert cleo.people.pairs() == ()
        with pytest.raises(NotFound):
            cleo.people.judge(pair, LinkVerdict.SAME)
        assert [each.sites for each in cleo.people.purposes() if each.purpose == MISSING] == [("north",)]
        with pytest.raises(InputError, match="no other site"):
            cleo.people.compare("north", pair.a.partition("/")[2], "missing")
        assert ben.people.judge(pair, LinkVerdict.SAME).judged_by == "Ben"
        assert cleo.people.pairs() == ()


def test_a_verdict_that_others_contradict_names_nobody_of_a_site_that_is_not_seen(sites: LinkedSites) -> None:
    pair, links = proposed(sites, 55), sites.record.person_links
    for known, verdict in ((pair.a, LinkVerdict.SAME), (pair.b, LinkVerdict.DIFFERENT)):
        other = replace(pair, a="east/pe-55", b=known)
        links.propose([other])
        links.judge(other, verdict, AuditRow(1, "test", HubVerb.JUDGE_PAIR))
    with signed_in(sites, "Ben") as ben, pytest.raises(InputError) as refused:
        ben.people.judge(pair, LinkVerdict.SAME)
    assert refused.value.message == HIDDEN and "east" not in str(refused.value)


def test_a_verdict_is_remembered_and_can_be_taken_back(sites: LinkedSites) -> None:
    pair = proposed(sites, 60)
    with signed_in(sites) as visit:
        assert visit.people.judge(pair, LinkVerdict.DIFFERENT).verdict is LinkVerdict.DIFFERENT
        again = visit.people.compare("north", pair.a.partition("/")[2], "missing")
        assert [each.verdict for each in again.pairs] == [LinkVerdict.DIFFERENT], "it is not asked again"
        assert visit.people.judge(pair, LinkVerdict.OPEN).verdict is LinkVerdict.OPEN
        assert visit.people.judge(pair, LinkVerdict.SAME).verdict is LinkVerdict.SAME
    told = [row.detail for row in reversed(sites.record.audit.rows(50)) if row.verb == "judge_pair"][-3:]
    assert [detail.split(", ")[1] for detail in told] == ["different", "open", "same"]


def test_an_erased_person_is_in_no_link(sites: LinkedSites) -> None:
    pairs = [proposed(sites, 70), proposed(sites, 71)]
    with signed_in(sites) as visit:
        for pair in pairs:
            visit.people.judge(pair, LinkVerdict.SAME)
    for pair, site, person in ((pairs[0], "north", pairs[0].a), (pairs[1], "south", pairs[1].b)):
        sites[site].tell(ErasePerson(person.partition("/")[2], "they asked for it"))
        until(lambda pair=pair: of_pair(sites, pair) == [], "the hub has forgotten the link")
    with signed_in(sites) as visit, pytest.raises(NotFound):
        visit.people.compare("north", pairs[0].a.partition("/")[2], "missing")


def test_whom_a_site_does_not_know_any_more_is_in_no_link(sites: LinkedSites) -> None:
    pair, kept = proposed(sites, 80), sites["south"].person("Twin", look(81))
    sites["south"].tell(MergePersons(kept, pair.b.partition("/")[2]))
    until(lambda: of_pair(sites, pair) == [], "the hub has forgotten the proposal")


def test_a_site_gives_faces_in_numbers_to_its_hub_alone(sites: LinkedSites) -> None:
    """Whatever somebody may see there: also to nobody who has got hold of a word of the hub."""
    person, _ = known_twice(sites, 95)
    asked = DescribePerson(person, "missing", ("South",))
    user = next(each.user for each in sites.record.accounts.users() if each.user.name == "Ada")

    def word(question: DescribePerson, site: str = "north", user_id: str = user.id, late_ns: int = 0) -> str:
        return sites.hub.keys.comparison(site, user_id, question, SystemClock().now_ns() - late_ns)

    with signed_in(sites, "Ada") as ada, closing(ada.enter("north")) as port:
        good = replace(asked, word=word(asked))
        refused = [
            asked,
            replace(asked, word="x.y"),
            replace(asked, word=word(asked, site="south")),
            replace(asked, word=word(asked, user_id="us-somebody")),
            replace(asked, word=word(asked, late_ns=3_600 * SECOND)),
            replace(good, sites=("West",)),
        ]
        for question in refused:
            with pytest.raises(InputError, match="only that compares people over sites"):
                port.ask(question)
        assert port.ask(good).vectors
        with pytest.raises(InputError, match="only that compares"):
            port.ask(good)  # a second time
        with pytest.raises(InputError, match="only that compares"):
            port.ask(ComparePerson("missing", PersonDescription("made-up", (tuple(map(float, look(1))),), 1), "South"))
    own = LocalPort(sites["north"].engine, lambda: ADMIN)
    with pytest.raises(InputError, match="only that compares"):
        own.ask(replace(asked, word=word(asked)))


def test_operators_of_the_hub_put_nobody_under_a_purpose(sites: LinkedSites) -> None:
    from engine.model.people.purposes import SetPersonPurpose

    person = sites["north"].person("Paul", look(90))
    with signed_in(sites, "Ben") as ben:
        port = ben.enter("north")
        try:
            with pytest.raises(PermissionDenied):
                port.command(SetPersonPurpose(person, "missing"))
        finally:
            port.close()


def test_withdrawn_links_go_and_the_site_says_when(sites: LinkedSites) -> None:
    sites.all_agree(BANNED, "north", "west")
    north, west = sites["north"], sites["west"]
    person, other = north.person("Bruno", look(100)), west.person("A man", near(100))
    north.put_under(person, BANNED)
    with signed_in(sites) as visit:
        [pair] = visit.people.compare("north", person, "banned").pairs
        assert pair.ids == (f"north/{person}", f"west/{other}")
        visit.people.judge(pair, LinkVerdict.SAME)
    table, now_ns = west.engine.record.store.purposes, west.engine.clock.now_ns()
    until(lambda: table.one("banned", now_ns).links == 1, "west knows that the hub holds one")
    west.withdraw(BANNED)
    until(lambda: of_pair(sites, pair) == [], "the hub has removed it")
    until(lambda: table.one("banned", now_ns).links == 0, "which confirms it")
    assert "1: not agreed to" in [row.detail for row in sites.record.audit.rows(20) if row.verb == "remove_links"]


def test_other_terms_are_agreed_to_anew(sites: LinkedSites) -> None:
    sites.all_agree(BANNED, "north", "south")
    person = sites["north"].person("Carl", look(110))
    sites["north"].put_under(person, BANNED)
    sites.record.person_links.put_purpose(replace(BANNED, words="Recognise anybody"), AuditRow(1, "test", "put_purpose", "banned"))
    with signed_in(sites) as visit, everything_heard(sites) as heard, pytest.raises(InputError, match="not agreed to"):
        visit.people.compare("north", person, "banned")
    assert not described(heard)
    until(lambda: sites["north"].engine.record.store.purposes.one("banned", 0).person_ids == (), "nobody is under it")


def test_retired_its_links_go(sites: LinkedSites) -> None:
    """The last one: south is gone after it."""
    pair = proposed(sites, 120)
    sites.record.retire_site("south", 1, "test")
    assert of_pair(sites, pair) == [] and all(each.site != "south" for each in sites.record.person_links.agreed())
