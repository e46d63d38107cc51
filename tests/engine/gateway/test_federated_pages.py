"""Pages over three sites are the union of what the sites have, whatever comes and goes between two pages."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from engine.gateway.federation import asking, pages
from engine.gateway.federation.pages import MOST_GIVEN, PAGINGS, Position, place_of_token, token_of
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.federation.rewriting import Qualifier, rewrite
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import Event
from engine.model.history.timeline import HitPage, SearchFilter, SearchRecord
from engine.model.question import AlertPage, ListAlerts, ListEvents, ListIncidents
from tests.engine.gateway.paged_record import PagedSite, rows_of
from tests.fakes.engine import FakeEngine

KEYS = ("a", "b", "c")
AWAY = EnvironmentFault("unreachable", "It cannot be reached.")


@contextmanager
def federation(ports: dict[str, Any]) -> Iterator[FederatedPort]:
    port = FederatedPort(Site(key, key.upper(), lambda port=port: port) for key, port in ports.items())
    port.wait_for_sites(20)
    try:
        yield port
    finally:
        port.close()


def random_times(rng: random.Random, most: int = 60) -> list[tuple[int, str]]:
    """Some at the same moment, and the same ids at all sites."""
    return [(rng.randrange(1, 40) * 1_000_000, f"x-{number:03}") for number in range(rng.randrange(most))]


def paged(port: FederatedPort, question: Any, rng: random.Random, between: Any = lambda: None) -> tuple[list[Any], int]:
    """All rows, page by page of any size, and how many pages."""
    paging, found, count = PAGINGS[type(question)], [], 0
    while True:
        limit = rng.randrange(1, 25)
        answer = port.ask(replace(question, limit=limit))
        rows = paging.rows(answer)
        found += rows
        count += 1
        between()
        following = paging.identity(rows[-1]) if paging.page is None and rows else getattr(answer, "next_id", None)
        if following is None:
            return found, count
        question = replace(question, **{paging.place_field: following})


def union(sites: dict[str, PagedSite], question: Any) -> list[Any]:
    paging = PAGINGS[type(question)]
    all_rows = [(paging.time(question, row), paging.identity(row), key, row) for key, site in sites.items() for row in site.rows]
    return [rewrite(row[3], Qualifier(row[2])) for row in sorted(all_rows, key=lambda row: row[:3], reverse=True)]


def identities(question: Any, rows: list[Any]) -> list[str]:
    return [PAGINGS[type(question)].identity(row) for row in rows]


@pytest.mark.parametrize("kind", PAGINGS, ids=lambda kind: kind.__name__)
def test_random_pages_over_three_sites_are_the_union(kind: type[Any]) -> None:
    rng, question, count = random.Random(kind.__name__), kind(), 0
    sites = {key: PagedSite([]) for key in KEYS}
    with federation(sites) as port:
        while count < 90:  # of twelve kinds: more than a thousand
            for site in sites.values():
                site.rows = rows_of(kind, random_times(rng))
            found, pages_read = paged(port, question, rng)
            assert identities(question, found) == identities(question, union(sites, question))
            count += pages_read


@pytest.mark.parametrize("kind", [ListAlerts, ListIncidents])
def test_what_takes_long_to_look_for_is_found_in_order(kind: type[Any]) -> None:
    rng, question = random.Random(7), kind(text="gate")
    sites = {key: PagedSite(rows_of(kind, random_times(rng, 80))) for key in KEYS}
    with federation(sites) as port:
        found, _ = paged(port, question, rng)
        wanted = {key: site.rows[::3] for key, site in sites.items()}
    rows = [(question, PAGINGS[kind].time(question, row), PAGINGS[kind].identity(row), key) for key, of in wanted.items() for row in of]
    assert sorted(identities(question, found)) == sorted(f"{key}/{identity}" for _, _, identity, key in rows)
    times = [PAGINGS[kind].time(question, row) for row in found]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("kind", PAGINGS, ids=lambda kind: kind.__name__)
def test_a_site_that_goes_away_and_comes_back_loses_nothing(kind: type[Any]) -> None:
    rng, question = random.Random(f"away {kind.__name__}"), kind()
    for _ in range(6):
        sites = {key: PagedSite(rows_of(kind, random_times(rng))) for key in KEYS}
        with federation(sites) as port:
            sites["a"].rows = rows_of(kind, [*random_times(rng), *((number, f"old-{number}") for number in range(1, 60))])

            def between(site: PagedSite = sites["b"]) -> None:
                site.away = rng.choice((None, AWAY))

            found, _ = paged(port, question, rng, between)
            sites["b"].away = None
            got = identities(question, found)
            assert len(got) == len(set(got)), "no row twice"
            wanted = identities(question, union(sites, question))
            missing = set(wanted) - set(got)
            assert not {each for each in missing if "a/" in each or "c/" in each}, "none lost of those that answered"
            held = [each for each in wanted if "b/" in each]
            assert [each for each in got if "b/" in each] == held[: len(held) - len(missing)], "and of the other none in between"


def test_the_answer_names_who_is_missing_and_since_when() -> None:
    sites = {key: PagedSite(rows_of(ListEvents, [(number, f"{key}-{number}") for number in range(5)])) for key in KEYS}
    with federation(sites) as port:
        sites["b"].away = AWAY
        answered = port.answer(ListEvents())
        assert [site.key for site in answered.missing] == ["b"] and answered.missing[0].since_ns > 0
        assert answered.missing[0].reason == str(AWAY) and len(answered.value) == 10
        for site in sites.values():
            site.away = AWAY
        with pytest.raises(EnvironmentFault):
            port.ask(ListEvents())


def test_rows_that_come_while_one_pages_are_not_in_later_pages() -> None:
    sites = {key: PagedSite(rows_of(ListEvents, [(number, f"{key}-{number:02}") for number in range(20)])) for key in KEYS}
    with federation(sites) as port:
        first = port.ask(ListEvents(limit=10))
        wanted = union(sites, ListEvents())[10:20]
        for site in sites.values():
            site.rows = rows_of(ListEvents, [(90, "new-1")]) + site.rows
        assert port.ask(ListEvents(limit=10, before_id=first[-1].id)) == tuple(wanted)


def test_a_row_that_is_removed_while_one_pages_does_not_end_it() -> None:
    sites = {key: PagedSite(rows_of(ListEvents, [(number, f"{key}-{number:02}") for number in range(20)])) for key in KEYS}
    with federation(sites) as port:
        first = port.ask(ListEvents(limit=10))
        wanted = union(sites, ListEvents())[10:20]
        last = next(event for event in reversed(first) if event.id.startswith("b/"))
        sites["b"].rows = [row for row in sites["b"].rows if row.id != last.id.removeprefix("b/")]
        answered = port.answer(ListEvents(limit=10, before_id=first[-1].id))
        assert answered.value == tuple(wanted) and not answered.missing


def test_one_can_page_on_from_what_a_snapshot_shows() -> None:
    sites = {key: PagedSite(rows_of(ListEvents, [(number + ord(key), f"{key}-{number:03}") for number in range(20)])) for key in KEYS}
    with federation(sites) as port:
        rows = union(sites, ListEvents())
        shown = replace(port.snapshot(), events=tuple(rows[:7]))
        port._snapshot = shown
        assert port.ask(ListEvents(limit=50, before_id=rows[6].id)) == tuple(rows[7:57])


def test_what_nobody_knows_begins_again() -> None:
    with federation({key: PagedSite([]) for key in KEYS}) as port:
        for before in ("a/ev-404", "nonsense", "~nonsense", "~e30=x", token_of({"a": Position()})[:-3] + "!!!"):
            with pytest.raises(InputError) as refused:
                port.ask(ListEvents(before_id=before))
            assert refused.value.field == "before_id"


@pytest.mark.parametrize(
    "plain", ['{"a": [1, "", null, null, 0, false]}', '{"a": 7}', "[]", '{"a": ["", "", 1.5, null, 0, false]}', "[" * 9000]
)
def test_places_that_were_tampered_with_are_refused(plain: str) -> None:
    import base64

    token = "~" + base64.urlsafe_b64encode(plain.encode()).decode()
    with pytest.raises(InputError):
        place_of_token(token, "before")
    assert place_of_token(token_of({"a": Position("ev-1", "ev-1", 5, None, 3)}), "before") == {"a": Position("ev-1", "ev-1", 5, None, 3)}


def test_a_question_about_one_site_asks_nobody_else() -> None:
    sites = {key: PagedSite(rows_of(ListEvents, [(1, "x")])) for key in KEYS}
    with federation(sites) as port:
        assert [event.id for event in port.ask(ListEvents(camera_id="b/yard"))] == ["b/x"]
        assert port.ask(ListEvents(camera_id="nobody")) == ()
        assert not sites["a"].asked and not sites["c"].asked
        assert sites["b"].asked[0].camera_id == "yard"


class Liar(PagedSite):
    """Says whatever `lie` gives."""

    def __init__(self, lie: Any) -> None:
        super().__init__([])
        self.lie = lie

    def ask(self, question: Any) -> Any:
        return self.lie(question) if type(question) in PAGINGS else super().ask(question)


def endless(question: Any) -> tuple[Any, ...]:
    """The same page again and again."""
    return tuple(rows_of(ListEvents, [(100 + number, f"z-{number:04}") for number in range(question.limit)]))


def too_long(question: Any) -> tuple[Any, ...]:
    return tuple(rows_of(ListEvents, [(100 + number, f"z-{number:04}") for number in range(3 * question.limit)]))


def twice(question: Any) -> tuple[Any, ...]:
    return tuple(rows_of(ListEvents, [(100, "z")]) * question.limit)


def rising(question: Any) -> tuple[Any, ...]:
    return tuple(reversed(rows_of(ListEvents, [(100 + number, f"z-{number}") for number in range(question.limit)])))


def mistyped(question: Any) -> Any:
    return ["no", {"event": 1}, None]


def timeless(question: Any) -> Any:
    (row,) = rows_of(ListEvents, [(1, "z")])
    object.__setattr__(row, "started_ns", "yesterday")
    return (row,)


def bug(question: Any) -> Any:
    raise RecursionError


@pytest.mark.parametrize("lie", [endless, too_long, twice, rising, mistyped, timeless, bug])
def test_a_site_whose_pages_are_no_record_harms_its_own_rows_only(lie: Any) -> None:
    good = {key: PagedSite(rows_of(ListEvents, [(number, f"{key}-{number:02}") for number in range(30)])) for key in ("a", "c")}
    with federation({**good, "b": Liar(lie)}) as port:
        got: list[Event] = []
        question, missing = ListEvents(limit=10), False
        while True:
            answered = port.answer(question)
            missing = missing or any(site.key == "b" for site in answered.missing)
            if not answered.value:
                break
            got += answered.value
            question = replace(question, before_id=answered.value[-1].id)
        own = [event for event in got if not event.id.startswith("b/")]
        assert missing, "it is named"
        assert own == union(good, ListEvents())


def test_pages_without_rows_that_never_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = iter(range(1_000_000))
    good = PagedSite(rows_of(ListAlerts, [(number, f"a-{number}") for number in range(5)]))
    with federation({"a": good, "b": Liar(lambda _: AlertPage((), f"z-{next(calls)}"))}) as port:
        answered = port.answer(ListAlerts())
        assert len(answered.value.alerts) == 5 and [site.key for site in answered.missing] == ["b"]
        assert next(calls) <= pages.MOST_ROUNDS + 1
    with federation({"a": good, "b": Liar(lambda _: AlertPage((), "z"))}) as port:
        assert "do not go on" in port.answer(ListAlerts()).missing[0].reason
    with federation({"a": good, "b": Liar(lambda _: AlertPage((), "z" * 2000))}) as port:
        assert "do not go on" in port.answer(ListAlerts()).missing[0].reason


def test_a_site_that_never_ends_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_GIVEN", 50)
    numbers = iter(range(1_000_000))

    def flood(question: SearchRecord) -> HitPage:
        hits = rows_of(SearchRecord, [(10**15, f"z-{next(numbers)}") for _ in range(question.limit)])
        return HitPage(tuple(hits), f"{next(numbers)}")

    good = PagedSite(rows_of(SearchRecord, [(number, f"a-{number}") for number in range(30)]))
    assert MOST_GIVEN > 10_000
    with federation({"a": good, "b": Liar(flood)}) as port:
        found, _ = paged(port, SearchRecord(SearchFilter()), random.Random(3))
    got = [hit.id for hit in found]
    assert [each for each in got if each.startswith("a/")] == [f"a/a-{number}" for number in reversed(range(30))]
    assert len(got) < 200


def test_a_site_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MERGED_S", 0.1)
    engine = FakeEngine()
    gate = engine.hold("ask")
    good = PagedSite(rows_of(ListEvents, [(number, f"a-{number}") for number in range(5)]))
    with federation({"a": good, "b": engine.port()}) as port:
        for _ in range(30):  # more than are let wait at once
            answered = port.answer(ListEvents())
            assert len(answered.value) == 5 and [site.key for site in answered.missing] == ["b"]
        gate.set()
