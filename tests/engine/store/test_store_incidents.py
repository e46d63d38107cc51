"""One suite over every database that keeps incidents: the same reports give the same incidents in SQLite and in PostgreSQL with PostGIS."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from engine._geodesic import distance_m
from engine.incidents.correlation import correlate
from engine.incidents.editing import edit_incident
from engine.incidents.merging import merge_incidents, split
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.event import Severity
from engine.model.incidents.filing import report_number
from engine.model.incidents.incident import Correlation, Filed, IncidentCategory, IncidentState, IncidentStatus, Nearby, Report
from engine.model.question import CountIncidents, GetIncident, ListIncidents
from engine.model.time import SECOND, ManualClock
from engine.store import open_store
from engine.store.database.postgres import open_incidents, postgres_engine
from engine.store.incidents import questions as incident_questions
from engine.store.incidents.incidents import IncidentTable
from engine.store.search import searching
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.reports import HERE, NOW_NS, look, report

FAR = 0.01


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@contextmanager
def sqlite_table(folder: Path) -> Iterator[IncidentTable]:
    store = open_store(folder / "watchroom.db", ManualClock(NOW_NS))
    try:
        yield store.incidents
    finally:
        store.close()


@contextmanager
def postgres_table(url: str) -> Iterator[IncidentTable]:
    reading, writing = postgres_engine(url, reading=True), postgres_engine(url)
    try:
        opened = open_incidents(reading, writing)
        with writing.begin() as connection:
            connection.execute(text("TRUNCATE incidents, reports, incident_news RESTART IDENTITY"))
        yield opened
    finally:
        reading.dispose()
        writing.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IncidentTable]:
    of_sqlite = request.param == "sqlite"
    with sqlite_table(tmp_path) if of_sqlite else postgres_table(request.getfixturevalue("server")) as opened:
        yield opened


def file(table: IncidentTable, *several: Report) -> list[Filed]:
    done = table.file(several, correlate).filed
    assert all(isinstance(each, Filed) for each in done), done
    return [each for each in done if isinstance(each, Filed)]


def listed(table: IncidentTable, **ask: object) -> list[str]:
    return [each.id for each in table.answer(ListIncidents(**ask)).incidents]  # pyright: ignore[reportArgumentType]


def test_what_is_filed_is_kept_whole(table: IncidentTable) -> None:
    said = report(
        1, media=("a.jpg",), look=look(0.1 + 0.2), video_id="v1", severity=Severity.HIGH, description="Größer als «alles»", key="k"
    )
    filed = file(table, said)[0]
    got = table.answer(GetIncident(filed.incident.id))
    assert (got.incident, got.reports) == (filed.incident, (said,))
    assert (filed.status, filed.again) == (IncidentStatus.CREATED, False)


@pytest.mark.parametrize(
    ("north_deg", "after_s", "status"),
    [
        (0.0004, 120, "corroborated"),
        (0.0005, 120, "created"),
        (0.0, 300, "corroborated"),
        (0.0, 301, "created"),
        (0.0, -300, "corroborated"),
    ],
)
def test_h1_h2_h3(table: IncidentTable, north_deg: float, after_s: float, status: str) -> None:
    assert [each.status for each in file(table, report(1), report(2, north_deg=north_deg, after_s=after_s))] == ["created", status]


@pytest.mark.parametrize(
    ("latitude", "longitude", "other"), [(10.0, 179.9999, -179.9999), (-17.0, -179.9999, 179.9999), (89.9999, 0.0, 180.0)]
)
def test_at_the_date_line_and_the_pole_near_is_near(table: IncidentTable, latitude: float, longitude: float, other: float) -> None:
    first = replace(report(1), latitude=latitude, longitude=longitude)
    second = replace(report(2), latitude=latitude, longitude=other)
    assert distance_m(latitude, longitude, latitude, other) < 50
    assert file(table, first, second)[1].status is IncidentStatus.CORROBORATED


def test_h9_twenty_at_once_are_one_incident(table: IncidentTable) -> None:
    ready = threading.Barrier(20)

    def send(number: int) -> None:
        ready.wait()
        table.file([report(number)], correlate)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (incident,) = table.answer(ListIncidents()).incidents
    assert (incident.reporter_count, incident.status, len(incident.corroborations)) == (20, IncidentStatus.CORROBORATED, 20)
    assert len(table.answer(GetIncident(incident.id)).reports) == 20


def test_the_same_request_is_answered_again_and_changes_nothing(table: IncidentTable) -> None:
    first, again = file(table, report(1, key="k1"), replace(report(1, key="k1"), id="rp-other", received_ns=NOW_NS + 9))
    assert (again.again, again.report, again.status, again.incident) == (True, first.report, first.status, first.incident)
    assert file(table, report(1, key="k1"))[0].again
    assert file(table, replace(report(1, key="k1"), id="rp-2", reporter="user:2"))[0].status is IncidentStatus.CORROBORATED
    assert table.answer(CountIncidents()).reports == 2  # pyright: ignore[reportOptionalMemberAccess]


def test_a_key_for_something_else_is_refused_and_those_beside_it_are_kept(table: IncidentTable) -> None:
    other = replace(report(1, key="k1", description="Something else altogether"), id="rp-2")
    done = table.file([report(1, key="k1"), other, report(3)], correlate).filed
    assert isinstance(done[1], InputError) and done[1].field == "key"
    assert [isinstance(each, Filed) for each in done] == [True, False, True]
    assert table.answer(GetIncident("in-1")).incident.reporter_count == 2


def test_the_future_is_refused_and_keeps_nothing(table: IncidentTable) -> None:
    (done,) = table.file([report(1, after_s=301, received_ns=NOW_NS)], correlate).filed
    assert isinstance(done, InputError) and listed(table) == []


def test_h4_the_same_words_again_are_not_kept_twice_and_other_words_are(table: IncidentTable) -> None:
    same = replace(report(1), id="rp-2", received_ns=NOW_NS + SECOND)
    more = replace(report(1), id="rp-3", description="They went towards the bridge")
    first, repeated, added = file(table, report(1), same, more)
    assert (repeated.status, repeated.report, repeated.again) == (IncidentStatus.DUPLICATE, first.report, True)
    assert (added.status, added.report, added.incident.reporter_count) == (IncidentStatus.DUPLICATE, more, 1)
    assert table.answer(GetIncident("in-1")).reports == (first.report, more)


def test_pictures_are_compared_with_those_kept(table: IncidentTable) -> None:
    first, like, unlike, broken = (
        report(number, media=("p.jpg",), look=shown, look_trouble=trouble)
        for number, shown, trouble in ((1, look(1.0), ""), (2, look(0.7), ""), (3, look(-0.5), ""), (4, (), "It is damaged."))
    )
    statuses = [each.status for each in file(table, first, like, unlike, broken)]
    assert statuses == ["created", "corroborated", "created", "pending_review"]


def test_merge_and_split_move_the_reports(table: IncidentTable) -> None:
    file(table, report(1), report(2), report(3, north_deg=FAR), report(4, north_deg=FAR))
    before = table.get("in-1"), table.get("in-3")
    table.change(partial(merge_incidents, kept_id="in-1", gone_id="in-3", now_ns=NOW_NS))
    assert listed(table) == ["in-1"] and listed(table, state=IncidentState.MERGED) == ["in-3"]
    assert [each.id for each in table.answer(GetIncident("in-1")).reports] == ["rp-1", "rp-2", "rp-3", "rp-4"]
    assert [each.id for each in table.answer(GetIncident("in-3")).reports] == ["rp-3", "rp-4"]
    assert file(table, report(5, north_deg=FAR))[0].status is IncidentStatus.CREATED
    said = table.reports(["rp-3", "rp-4"])
    table.change(partial(split, incident_id="in-1", reports=said, now_ns=NOW_NS))
    after = table.get("in-1"), table.get("in-3")
    assert [each.corroborations for each in after] == [each.corroborations for each in before]
    assert [each.id for each in table.answer(GetIncident("in-3")).reports] == ["rp-3", "rp-4"]


def test_more_reports_than_are_listed_are_merged_and_split_all_the_same(table: IncidentTable) -> None:
    file(table, *(report(number) for number in range(30)), *(report(number, north_deg=FAR) for number in range(100, 131)))
    assert (table.get("in-0").reporter_count, len(table.get("in-0").corroborations)) == (30, 20)
    table.change(partial(merge_incidents, kept_id="in-0", gone_id="in-100", now_ns=NOW_NS))
    assert table.get("in-0").reporter_count == 61
    theirs = table.reports(f"rp-{number}" for number in range(100, 131))
    table.change(partial(split, incident_id="in-0", reports=theirs, now_ns=NOW_NS))
    assert (table.get("in-0").reporter_count, table.get("in-100").reporter_count) == (30, 31)
    assert file(table, replace(report(29), id="rp-x", description="I saw it once more"))[0].status is IncidentStatus.DUPLICATE


def test_what_an_act_is_refused_for_changes_nothing(table: IncidentTable) -> None:
    file(table, report(1))
    for wrong, error in (("in-1", InputError), ("in-9", NotFound)):
        with pytest.raises(error):
            table.change(partial(merge_incidents, kept_id="in-1", gone_id=wrong, now_ns=NOW_NS))
    with pytest.raises(NotFound):
        table.answer(GetIncident("in-9"))
    assert table.get("in-1").revision == 1


def test_lists_are_paged_newest_first_and_filtered(table: IncidentTable) -> None:
    kinds = (IncidentCategory.THEFT, IncidentCategory.FIRE)
    file(table, *(report(number, north_deg=number * FAR, after_s=number // 2, category=kinds[number % 2]) for number in range(7)))
    everything = listed(table)
    assert everything == ["in-6", "in-5", "in-4", "in-3", "in-2", "in-1", "in-0"]
    paged: list[str] = []
    while page := listed(table, limit=2, before_id=paged[-1] if paged else None):
        paged += page
    assert paged == everything
    assert listed(table, category=IncidentCategory.FIRE) == ["in-5", "in-3", "in-1"]
    assert listed(table, since_ns=NOW_NS + SECOND, until_ns=NOW_NS + 2 * SECOND) == ["in-3", "in-2"]
    assert listed(table, status=IncidentStatus.CORROBORATED) == []
    table.change(partial(edit_incident, incident_id="in-4", now_ns=NOW_NS, state=IncidentState.CLOSED))
    assert listed(table, state=IncidentState.CLOSED) == ["in-4"] and len(listed(table)) == 7
    with pytest.raises(InputError) as refused:
        listed(table, before_id="in-99")
    assert refused.value.field == "before_id"


@pytest.mark.parametrize("scanned", [3_000, 2])
def test_near_is_a_circle_that_is_paged_too(table: IncidentTable, scanned: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident_questions, "_SCANNED", scanned)  # so few that the spatial index is asked too
    file(table, *(report(number, north_deg=number * 0.001, after_s=number) for number in range(20)))
    kept = [number for number in range(20) if distance_m(*HERE, HERE[0] + number * 0.001, HERE[1]) <= 1_000]
    circle = (*HERE, 1.0)
    everything = [f"in-{number}" for number in reversed(kept)]
    assert listed(table, near=circle) == everything and 5 < len(kept) < 12
    assert listed(table, near=circle, limit=3) == everything[:3]
    assert listed(table, near=circle, limit=3, before_id=everything[2]) == everything[3:6]
    assert listed(table, near=circle, since_ns=NOW_NS + 2 * SECOND, until_ns=NOW_NS + 4 * SECOND) == ["in-3", "in-2"]
    assert listed(table, near=circle, category=IncidentCategory.FIRE) == []


WORDS = ("A bicycle is gone", "Åsas CYKEL är borta", "100% burnt_down", "1000 burntXdown")


@pytest.mark.parametrize("near", [None, (*HERE, 5.0)])
def test_words_are_found_whatever_their_case_and_as_they_are(table: IncidentTable, near: tuple[float, float, float] | None) -> None:
    file(table, *(report(number, north_deg=number * FAR, after_s=number, description=words) for number, words in enumerate(WORDS)))

    def found(words: str) -> list[str]:
        return listed(table, text=words, near=near)

    assert found("CYKEL") == found("borta åsas") == found("ÅSA") == ["in-1"]
    assert found("0%") == found("burnt_d") == ["in-2"] and found("burnt") == ["in-3", "in-2"]
    assert found("is") == ["in-0"] and found("is borta") == [] and len(found(" ")) == 4
    assert found("'; --") == found("\\") == found("/") == []
    with pytest.raises(InputError) as refused:
        found("a b c d e f g h i")
    assert refused.value.field == "text"


def test_a_report_is_found_by_its_number_whether_its_id_carries_an_engine_or_not(table: IncidentTable) -> None:
    ids = ("rp-7f3a91c255555555", "rp-dfa9c0de-7f3a91c255555555", "rp-dfa9c0de-5555555555555555")
    file(table, *(replace(report(number, north_deg=number * FAR, after_s=number), id=each) for number, each in enumerate(ids)))
    assert [report_number(each) for each in ids] == ["7F3A-91C2", "7F3A-91C2", "5555-5555"]
    assert listed(table, text="7F3A-91C2") == ["in-dfa9c0de-7f3a91c255555555", "in-7f3a91c255555555"]
    assert listed(table, text="dfa9c0de") == [], "an engine is no report"


@pytest.mark.parametrize("near", [None, (*HERE, 1_000.0)])
def test_a_search_looks_through_so_many_and_goes_on_from_there(
    table: IncidentTable, near: tuple[float, float, float] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "SCANNED", 4)
    kinds = (IncidentCategory.THEFT, IncidentCategory.FIRE)
    several = [
        report(
            number, north_deg=number * FAR, after_s=number, description=f"This is a report {'of wolves' if number in (2, 11) else number}"
        )
        for number in range(12)
    ]
    file(table, *(replace(each, category=kinds[number == 5]) for number, each in enumerate(several)))
    pages: list[list[str]] = []
    ask = ListIncidents(limit=1, text="wolves", near=near)
    while True:
        answer = table.answer(ask)
        pages.append([each.id for each in answer.incidents])
        following = answer.next_id or (pages[-1][-1] if pages[-1] else None)
        if following is None:
            break
        ask = replace(ask, before_id=following)
    assert pages == [["in-11"], [], [], ["in-2"], []]
    assert table.answer(ListIncidents(text="nothing", limit=1, category=IncidentCategory.FIRE)).next_id is None


@pytest.mark.parametrize("near", [(91.0, 0.0, 1.0), (0.0, 181.0, 1.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1001.0), (float("nan"), 0.0, 1.0)])
def test_a_circle_that_is_none_is_refused(table: IncidentTable, near: tuple[float, float, float]) -> None:
    with pytest.raises(InputError) as refused:
        listed(table, near=near)
    assert refused.value.field == "near"


def test_h29_counts_are_those_of_the_rows(table: IncidentTable) -> None:
    kinds = list(IncidentCategory)
    said = [
        report(number, north_deg=number // 3 * FAR, category=kinds[number // 3 % 4], severity=Severity(1 + number % 5))
        for number in range(30)
    ]
    file(table, *said)
    table.change(partial(merge_incidents, kept_id="in-0", gone_id="in-3", now_ns=NOW_NS))
    counts = table.answer(CountIncidents())
    rows = table.answer(ListIncidents(limit=1000)).incidents
    assert counts is not None and (counts.incidents, counts.reports) == (len(rows), 30) == (9, 30)

    def tally(name: str) -> dict[object, int]:
        values = [getattr(row, name) for row in rows]
        return {value: values.count(value) for value in values}

    assert dict(counts.by_category) == tally("category")
    assert dict(counts.by_severity) == tally("severity")
    assert dict(counts.by_status) == tally("status")
    assert dict(counts.by_state) == tally("state")
    nothing = table.answer(CountIncidents(since_ns=NOW_NS + SECOND))
    assert nothing is not None and (nothing.incidents, nothing.by_category) == (0, ())


def test_news_is_kept_until_it_was_told_and_no_longer(table: IncidentTable) -> None:
    file(table, report(1), report(2, north_deg=FAR))
    first = table.news()
    assert [each.id for each in first] == ["in-1", "in-2"]
    file(table, report(3))
    table.confirm_revisions((each.id, each.revision) for each in first)
    assert [(each.id, each.revision) for each in table.news()] == [("in-1", 2)]
    table.confirm_revisions([("in-1", 2)])
    assert table.news() == ()
    done = table.file([report(4, north_deg=2 * FAR)], correlate, lambda incident: False)
    assert table.news() == () and [each.id for each in done.changed] == ["in-4"]


def test_only_the_nearest_of_very_many_are_looked_at(table: IncidentTable) -> None:
    file(table, *(report(number, east_deg=number * 1e-6, media=("p.jpg",), look=()) for number in range(30)))
    near = table.near(report(500))
    assert len(near) == 24
    assert {each.incident.id for each in near} == {f"in-{number}" for number in range(24)}


def test_what_breaks_while_filing_keeps_nothing(table: IncidentTable) -> None:
    def breaks(said: Report, near: tuple[Nearby, ...]) -> Correlation:
        if said.id == "rp-2":
            raise RuntimeError("a bug")
        return correlate(said, near)

    with pytest.raises(RuntimeError):
        table.file([report(1), report(2)], breaks)
    assert listed(table) == [] and table.news() == ()


def test_both_databases_make_the_same_of_the_same_reports(server: str, tmp_path: Path) -> None:
    kinds = (IncidentCategory.THEFT, IncidentCategory.BURGLARY, IncidentCategory.FIRE)
    said = [
        report(
            n,
            north_deg=n * 7919 % 40 * 2e-5,
            east_deg=n * 104729 % 40 * 4e-5,
            after_s=n * 31 % 700,
            category=kinds[n % 3],
            reporter=f"user:{n % 12}",
        )
        for n in range(70)
    ]
    with sqlite_table(tmp_path) as one, postgres_table(server) as other:
        done = one.file(said, correlate)
        assert done == other.file(said, correlate)
        assert len({each.status for each in done.filed if isinstance(each, Filed)}) == 3
        found = one.answer(ListIncidents(near=(*HERE, 0.1), limit=1000)).incidents
        assert found == other.answer(ListIncidents(near=(*HERE, 0.1), limit=1000)).incidents and len(found) > 10
        for each in found:
            assert one.answer(GetIncident(each.id)) == other.answer(GetIncident(each.id))


def test_overwriting_what_was_erased_leaves_incidents_where_they_are(tmp_path: Path) -> None:
    store = open_store(tmp_path / "watchroom.db", ManualClock(NOW_NS))
    file(store.incidents, *(report(number, north_deg=number * FAR) for number in range(20)))
    store.scrub()
    assert file(store.incidents, report(30, north_deg=7 * FAR))[0].incident.id == "in-7"
    assert len(listed(store.incidents, near=(*HERE, 5.0))) == 5
    store.close()


def test_a_server_that_is_not_there_is_a_fault_with_a_sentence() -> None:
    engine = postgres_engine("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(EnvironmentFault) as fault:
        open_incidents(engine, engine)
    assert fault.value.reason == "database_unreachable"
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite:///x", "nonsense", "http://x"])
def test_an_address_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(InputError) as refused:
        postgres_engine(url)
    assert refused.value.field == "url"


def test_very_many_simulated_ones_neither_join_a_real_report_nor_keep_it_from_its_incident(table: IncidentTable) -> None:
    file(table, report(100, east_deg=1e-4))
    file(table, *(report(number, east_deg=number * 1e-6, media=("p.jpg",), look=(), simulated=True) for number in range(30)))
    assert [each.incident.id for each in table.near(report(500))] == ["in-100"]
    real = file(table, report(101))[0]
    assert (real.incident.id, real.status, real.incident.simulated) == ("in-100", IncidentStatus.CORROBORATED, False)
    drawn = file(table, report(102, simulated=True))[0]
    assert drawn.incident.id != "in-100" and drawn.incident.simulated and drawn.report.simulated


def test_a_simulated_incident_and_a_real_one_are_not_merged(table: IncidentTable) -> None:
    file(table, report(1), report(2, simulated=True))
    with pytest.raises(InputError, match="simulated"):
        table.change(lambda load: merge_incidents(load, "in-1", "in-2", NOW_NS))
