"""X1 in a record, on every database that keeps incidents: smoke and reports of fire are one incident, whichever came first."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.incidents.correlation import correlate
from engine.incidents.merging import merge_incidents
from engine.incidents.smoke import join_plume
from engine.model.fire.smoke import Plume, SmokeSequence
from engine.model.incidents.incident import Correlation, EvidenceKind, Filed, Incident, IncidentCategory, IncidentStatus, Nearby, Report
from engine.model.time import ManualClock
from engine.store import open_store
from engine.store.database.postgres import open_incidents, postgres_engine
from engine.store.incidents import smoke as incident_smoke
from engine.store.incidents.incidents import IncidentTable
from tests.fakes.plumes import crossing, plume
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.reports import HERE, NOW_NS, report

NORTH_300_M = 300 / 111_412.0


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IncidentTable]:
    if request.param == "sqlite":
        with closing(open_store(tmp_path / "watchroom.db", ManualClock(NOW_NS))) as store:
            yield store.incidents
        return
    url = request.getfixturevalue("server")
    reading, writing = postgres_engine(url, reading=True), postgres_engine(url)
    opened = open_incidents(reading, writing)
    with writing.begin() as connection:
        connection.execute(text("TRUNCATE incidents, reports, incident_news, incident_smoke RESTART IDENTITY"))
    yield opened
    reading.dispose()
    writing.dispose()


def fire(number: int, north_deg: float = NORTH_300_M, **more: float) -> Report:
    return report(number, north_deg=north_deg, category=IncidentCategory.FIRE, description="The hill burns", **more)


def file(table: IncidentTable, *several: Report) -> list[Filed]:
    return [each for each in table.file(several, correlate).filed if isinstance(each, Filed)]


def see(table: IncidentTable, seen: tuple[Plume, tuple[SmokeSequence, ...]], now_ns: int = NOW_NS) -> tuple[Plume, Correlation | None]:
    return table.file_plume(seen[0], partial(joining, *seen, now_ns=now_ns))


def joining(of: Plume, sequences: tuple[SmokeSequence, ...], near: tuple[Nearby, ...], now_ns: int) -> Correlation | None:
    return join_plume(of, sequences, near, now_ns)


def kinds(incident: Incident) -> set[EvidenceKind]:
    return {link.kind for link in incident.corroborations}


def test_x1_smoke_first(table: IncidentTable) -> None:
    filed, done = see(table, plume())
    assert done is not None
    (told,) = file(table, fire(1, after_s=1_500))
    assert (told.incident.id, told.status) == (filed.incident_id, IncidentStatus.CORROBORATED)
    kept = table.get(filed.incident_id)
    assert (kinds(kept), kept.confidence) == ({EvidenceKind.REPORT, EvidenceKind.SEQUENCE}, 0.92)
    assert [each.id for each in table.news()] == [filed.incident_id]


def test_x1_report_first(table: IncidentTable) -> None:
    (told,) = file(table, fire(1))
    filed, done = see(table, plume())
    assert done is not None
    assert (filed.incident_id, done.status) == (told.incident.id, IncidentStatus.CORROBORATED)
    kept = table.get(told.incident.id)
    assert (kinds(kept), kept.confidence, kept.revision) == ({EvidenceKind.REPORT, EvidenceKind.SEQUENCE}, 0.92, 2)


def test_x1_of_many_reports_at_once_all_are_of_the_smoke_and_a_reporter_counts_once(table: IncidentTable) -> None:
    filed, _ = see(table, plume())
    several = [fire(number, (number - 3) * NORTH_300_M / 4) for number in range(1, 7)]
    again = replace(fire(7, NORTH_300_M / 2), reporter="user:1")
    told = file(table, *several, again)
    assert {each.incident.id for each in told} == {filed.incident_id}
    assert [each.status for each in told] == [IncidentStatus.CORROBORATED] * 6 + [IncidentStatus.DUPLICATE]
    assert file(table, replace(fire(8), reporter="user:2"))[0].status is IncidentStatus.DUPLICATE
    assert table.get(filed.incident_id).reporter_count == 6


def test_filed_again_a_plume_is_of_the_same_incident_wherever_it_is_now(table: IncidentTable) -> None:
    first, _ = see(table, plume())
    elsewhere = plume("a", "b", "c", place=crossing(HERE[0] + 1))
    again, done = see(table, elsewhere)
    assert done is not None
    assert (again.incident_id, len(table.get(first.incident_id).corroborations)) == (first.incident_id, 3)
    assert see(table, elsewhere)[1] is None
    assert file(table, fire(1))[0].status is IncidentStatus.CREATED  # it is no longer there
    assert file(table, fire(2, 1 + NORTH_300_M))[0].incident.id == first.incident_id


def test_what_lives_on_in_another_incident_is_joined_there(table: IncidentTable) -> None:
    (told,) = file(table, fire(1, 0.1))
    smoke, _ = see(table, plume())
    table.change(lambda load: merge_incidents(load, told.incident.id, smoke.incident_id, NOW_NS))
    assert file(table, fire(2))[0].incident.id == told.incident.id
    wider, _ = see(table, plume("a", "b", "c"))
    assert wider.incident_id == told.incident.id


def test_smoke_of_an_incident_that_is_gone_is_passed_over(table: IncidentTable) -> None:
    """So that nothing that is filed hangs on a row that is missing."""
    smoke, done = see(table, plume(place=crossing(HERE[0] + 1)))
    assert done is not None
    file(table, fire(1, 1 + NORTH_300_M))
    with table._write() as connection:
        incident_smoke.put(connection, plume(name="lost")[0], "in-gone")
    assert file(table, fire(2))[0].status is IncidentStatus.CREATED
    again, joined = see(table, plume("a", "b", name="lost"))
    assert joined is not None
    assert again.incident_id not in ("in-gone", smoke.incident_id)


def test_what_is_no_fire_looks_for_no_smoke(table: IncidentTable) -> None:
    see(table, plume())
    theft = report(1, north_deg=NORTH_300_M)
    assert file(table, theft)[0].status is IncidentStatus.CREATED
    assert all(each.plume is None for each in table.near(theft))
    assert sum(each.plume is not None for each in table.near(fire(2))) == 1
