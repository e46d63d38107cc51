"""What has long been over goes from every database that keeps incidents, whole or not at all, and nothing else is called by its id."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen

from engine.incidents.correlation import correlate
from engine.incidents.editing import edit_incident
from engine.incidents.merging import keep_apart, merge_incidents, split
from engine.incidents.smoke import join_plume
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.alerts.alert import Alert, AlertState
from engine.model.errors import InputError, NotFound, Removed
from engine.model.event import EventKind, Severity
from engine.model.incidents.atlas_call import AtlasCall, AtlasCallKind
from engine.model.incidents.incident import Filed, IncidentCategory, IncidentEdit, IncidentState, IncidentStatus, LoadIncident, Report
from engine.model.people.person import Person
from engine.model.question import CountIncidents, GetIncident, ListAlerts, ListIncidents
from engine.model.risk.risk import RiskBump
from engine.model.time import SECOND, ManualClock
from engine.store import Store, open_store
from engine.store.database import upkeep
from engine.store.database.postgres import open_incidents, postgres_engine
from engine.store.fire.risk import CellBumps
from engine.store.incidents import keeping as incident_keeping
from engine.store.incidents.incidents import IncidentTable
from engine.store.incidents.keeping import Swept
from tests.engine.store.records import event
from tests.fakes.plumes import plume
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.reports import HERE, NOW_NS, look, report

FAR = 0.01
LATER_NS = NOW_NS + 1_000 * SECOND
TABLES = "incidents, reports, incident_news, incident_smoke, removed_ids"


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
        connection.execute(text(f"TRUNCATE {TABLES} RESTART IDENTITY"))
    yield opened
    reading.dispose()
    writing.dispose()


def file(table: IncidentTable, *several: Report) -> list[Filed]:
    done = table.file(several, correlate).filed
    assert all(isinstance(each, Filed) for each in done), done
    return [each for each in done if isinstance(each, Filed)]


def close(table: IncidentTable, *ids: str, at_ns: int = NOW_NS) -> None:
    for each in ids:
        table.change(partial(edit_incident, incident_id=each, now_ns=at_ns, state=IncidentState.CLOSED))


def swept(table: IncidentTable, *needed: str, before_ns: int = LATER_NS) -> set[str]:
    return set(table.sweep(before_ns, None, 100, lambda ids: frozenset(needed)).ids)


def listed(table: IncidentTable, **ask: object) -> list[str]:
    return [each.id for each in table.answer(ListIncidents(**ask)).incidents]  # pyright: ignore[reportArgumentType]


def test_closed_ones_go_with_all_that_was_said_and_open_ones_stay(table: IncidentTable) -> None:
    file(table, report(1), report(2), report(3, north_deg=FAR), report(4, north_deg=2 * FAR))
    close(table, "in-1", "in-3")
    assert swept(table) == {"in-1", "in-3"} and listed(table) == ["in-4"]
    assert [each.id for each in table.reports(["rp-1", "rp-2", "rp-3", "rp-4"])] == ["rp-4"]
    assert listed(table, near=(*HERE, 5.0)) == ["in-4"]
    counts = table.answer(CountIncidents())
    assert counts is not None and (counts.incidents, counts.reports) == (1, 1)
    assert [each.id for each in table.news()] == ["in-4"]
    with pytest.raises(Removed, match="no longer kept"):
        table.answer(GetIncident("in-1"))
    with pytest.raises(NotFound) as never:
        table.answer(GetIncident("in-2"))
    assert not isinstance(never.value, Removed)
    assert swept(table) == set()


def test_what_is_reported_there_again_is_an_incident_of_its_own(table: IncidentTable) -> None:
    """The spatial index holds nothing of those that are gone, nor takes a new one for one of them."""
    file(table, *(report(number, north_deg=number * FAR) for number in range(5)))
    close(table, *(f"in-{number}" for number in range(5)))
    assert len(swept(table)) == 5
    again = file(table, *(report(10 + number, north_deg=number * FAR) for number in range(5)))
    assert {each.status for each in again} == {IncidentStatus.CREATED}
    assert file(table, report(20, north_deg=2 * FAR))[0].incident.id == "in-12"
    assert sorted(listed(table, near=(HERE[0] + FAR, HERE[1], 0.2))) == ["in-11"]


def test_young_ones_stay_whichever_way_they_are_young(table: IncidentTable) -> None:
    """An import of old times came just now; what was closed late was open until then."""
    bound_ns = NOW_NS + 50 * SECOND
    imported = report(1, received_ns=bound_ns)
    file(table, imported, report(2, north_deg=FAR, after_s=60), report(3, north_deg=2 * FAR), report(4, north_deg=3 * FAR))
    close(table, "in-1", "in-2", "in-4")
    close(table, "in-3", at_ns=bound_ns)
    assert swept(table, before_ns=bound_ns) == {"in-4"} and sorted(listed(table)) == ["in-1", "in-2", "in-3"]
    assert swept(table, "in-2", before_ns=LATER_NS) == {"in-1", "in-3"}


def test_those_that_were_merged_go_with_the_one_they_live_on_in_or_stay_with_it(table: IncidentTable) -> None:
    file(table, *(report(number, north_deg=number * FAR) for number in range(5)))
    table.change(partial(merge_incidents, kept_id="in-1", gone_id="in-0", now_ns=NOW_NS))
    table.change(partial(merge_incidents, kept_id="in-2", gone_id="in-1", now_ns=NOW_NS))
    table.change(partial(merge_incidents, kept_id="in-4", gone_id="in-3", now_ns=NOW_NS))
    close(table, "in-2")
    assert swept(table, "in-0") == set()
    assert swept(table) == {"in-0", "in-1", "in-2"}
    assert listed(table, state=IncidentState.MERGED) == ["in-3"] and listed(table) == ["in-4"]
    table.change(partial(split, incident_id="in-4", reports=table.reports(["rp-3"]), now_ns=NOW_NS))
    assert sorted(listed(table)) == ["in-3", "in-4"]


def test_one_that_no_link_names_goes_after_the_one_it_was_merged_into(table: IncidentTable) -> None:
    """All that was said in it was moved on elsewhere before."""
    file(table, report(1), report(2, north_deg=FAR), report(3, north_deg=2 * FAR))

    def lose(load: LoadIncident) -> IncidentEdit:
        lost = replace(load("in-2"), state=IncidentState.MERGED, merged_into="in-1")
        return IncidentEdit("in-2", (lost,), (("in-3", load("in-2").corroborations[0]),))

    table.change(lose)
    assert swept(table) == set()
    close(table, "in-1")
    assert swept(table) == {"in-1"} and swept(table) == {"in-2"}
    assert listed(table) == ["in-3"] and listed(table, state=IncidentState.MERGED) == []
    assert [each.id for each in table.reports(["rp-1", "rp-2"])] == ["rp-2"]


def test_smoke_goes_with_its_incident_also_where_that_was_merged(table: IncidentTable) -> None:
    seen = plume()
    filed, _ = table.file_plume(seen[0], lambda near: join_plume(*seen, near, NOW_NS))
    fire = report(1, north_deg=0.5, category=IncidentCategory.FIRE)
    file(table, fire)
    table.change(partial(merge_incidents, kept_id="in-1", gone_id=filed.incident_id, now_ns=NOW_NS))
    close(table, "in-1")
    assert swept(table) == {"in-1", filed.incident_id}
    assert file(table, report(2, category=IncidentCategory.FIRE))[0].status is IncidentStatus.CREATED
    assert table.file_plume(filed, lambda near: pytest.fail("nothing is near it")) == (filed, None)
    assert [each.id for each in table.answer(ListIncidents()).incidents] == ["in-2"]


def test_ids_and_keys_are_not_given_again(table: IncidentTable) -> None:
    file(table, report(1, key="k1"), report(2, north_deg=FAR), report(3, north_deg=FAR))
    close(table, "in-1")
    assert swept(table) == {"in-1"}
    same, other = report(1, key="k1"), replace(report(1, key="k1", description="Something else altogether"), received_ns=LATER_NS)
    refused = table.file([same, other, report(4, north_deg=2 * FAR, key="k4")], correlate).filed
    assert [isinstance(each, InputError) and each.field == "key" for each in refused] == [True, True, False]
    assert sorted(listed(table)) == ["in-2", "in-4"]


def test_a_key_of_before_ids_carried_an_engine_is_not_given_again(table: IncidentTable) -> None:
    before = "rp-0123456789abcdef"
    file(table, replace(report(1, key="k1"), id=before))
    close(table, "in-0123456789abcdef")
    assert swept(table) == {"in-0123456789abcdef"}
    again = replace(report(1, key="k1"), id="rp-dfa9c0de-0123456789abcdef")
    (refused,) = table.file([again], correlate).filed
    assert isinstance(refused, InputError) and refused.field == "key" and listed(table) == []


def test_a_report_split_off_does_not_take_the_id_of_one_that_is_gone(table: IncidentTable) -> None:
    """Its first incident stayed with another report when it left, and is gone since."""
    file(table, report(1), report(2), report(3), report(5, north_deg=FAR))
    moved = table.change(partial(split, incident_id="in-1", reports=table.reports(["rp-2"]), now_ns=NOW_NS)).concerned_id
    moved_first = table.change(partial(split, incident_id="in-1", reports=table.reports(["rp-1"]), now_ns=NOW_NS)).concerned_id
    assert (moved, moved_first) == ("in-2", "in-1-2")
    table.change(partial(merge_incidents, kept_id="in-5", gone_id="in-2", now_ns=NOW_NS))
    table.change(partial(merge_incidents, kept_id="in-5", gone_id="in-1-2", now_ns=NOW_NS))
    close(table, "in-1")
    assert swept(table) == {"in-1"}
    again = table.change(partial(split, incident_id="in-5", reports=table.reports(["rp-1", "rp-2"]), now_ns=NOW_NS)).concerned_id
    assert again not in ("in-1", "in-1-2") and sorted(listed(table)) == sorted([again, "in-5"])


def test_who_waits_for_a_word_about_one_that_is_gone_can_be_given_it(table: IncidentTable) -> None:
    pictured = report(1, media=("md-1",), look=look(1.0))
    _, unsure = file(table, pictured, report(2, media=("md-2",), look_trouble="It is damaged."))
    assert unsure.status is IncidentStatus.PENDING_REVIEW
    close(table, "in-1")
    assert swept(table) == {"in-1"}
    table.change(partial(keep_apart, incident_id="in-2", other_id="in-1", now_ns=NOW_NS))
    assert (table.get("in-2").status, table.get("in-2").review_ids) == (IncidentStatus.CREATED, ())


def test_a_walk_looks_at_each_once_a_round_however_many_stay(table: IncidentTable) -> None:
    file(table, *(report(number, north_deg=number * FAR, after_s=number // 2) for number in range(7)))
    close(table, *(f"in-{number}" for number in (1, 4, 6)))
    asked: list[str] = []

    def protected(ids: object) -> frozenset[str]:
        asked.extend(ids)  # type: ignore[arg-type]
        return frozenset({"in-6"})

    rounds, after = 0, None
    while rounds == 0 or after is not None:
        done = table.sweep(LATER_NS, after, 2, protected)
        rounds, after = rounds + 1, done.after
    assert (rounds, asked) == (4, ["in-1", "in-4", "in-6"])
    assert sorted(listed(table)) == ["in-0", "in-2", "in-3", "in-5", "in-6"]


def test_media_of_somebody_are_those_that_nobody_else_names(table: IncidentTable) -> None:
    by_ann = {"reporter": "user:ann", "look_trouble": "It is damaged."}
    file(
        table,
        report(1, media=("md-1", "md-2"), video_id="md-3", **by_ann),
        report(2, north_deg=FAR, media=("md-2",)),
        report(3, north_deg=2 * FAR, video_id="md-4", **by_ann),
        report(4, north_deg=3 * FAR, media=("md-5",), reporter="device:1"),
        report(5, north_deg=4 * FAR),
    )
    assert table.media_of(["user:ann"]) == {"md-1", "md-3", "md-4"}
    assert table.media_of(["user:ann", "device:1"]) == {"md-1", "md-3", "md-4", "md-5"}
    assert table.media_of(["user:ann", "user:2"]) == {"md-1", "md-2", "md-3", "md-4"}
    assert table.media_of([]) == table.media_of(["user:an", ""]) == frozenset()


ALERT = Alert("al-1", "de-1", "", EventKind.INCIDENT, Severity.HIGH, NOW_NS, NOW_NS, event_id="ev-1", incident_id="in-1")
CLOSED = replace(ALERT, state=AlertState.CLOSED)


def filed(store: Store, *numbers: int) -> None:
    file(store.incidents, *(report(number, north_deg=number * FAR) for number in numbers))
    close(store.incidents, *(f"in-{number}" for number in numbers))


def sweep(store: Store) -> Swept:
    return store.sweep_incidents(LATER_NS, None, 100)


@pytest.mark.parametrize("alert", [ALERT, replace(CLOSED, changed_ns=LATER_NS), replace(CLOSED, person_id="pe-1"), CLOSED])
def test_alerts_that_are_kept_keep_their_incident_and_others_go_with_it(store: Store, alert: Alert) -> None:
    filed(store, 1, 2)
    store.save([Person("pe-1", "Ada", locked=True), alert, replace(CLOSED, id="al-2", incident_id="", event_id="ev-2")])
    goes = alert is CLOSED
    assert store.count_old_incidents(LATER_NS) == (2 if goes else 1) and store.count_old_incidents(0) == 0
    assert set(sweep(store).ids) == ({"in-1", "in-2"} if goes else {"in-2"})
    assert {each.id for each in store.answer(ListAlerts()).alerts} == ({"al-2"} if goes else {"al-1", "al-2"})


def test_events_of_somebody_locked_keep_what_they_name(store: Store) -> None:
    filed(store, 1, 2, 3)
    named = [replace(event(number, kind=EventKind.INCIDENT), subject_id=f"in-{number}") for number in (1, 2, 3)]
    theirs = replace(named[0], person_id="pe-1"), replace(named[1], person="Ada"), replace(named[2], person="Bo")
    store.save([Person("pe-1", "Ada", locked=True), Person("pe-2", "Bo"), *theirs])
    assert sweep(store).ids == ("in-3",)


def test_what_still_adds_to_the_risk_map_stays(store: Store) -> None:
    filed(store, 1, 2)
    store.risk.put([RiskBump("in-1", *HERE, NOW_NS, IncidentCategory.THEFT, 3, 1.0, 0.1)], (), CellBumps())
    assert sweep(store).ids == ("in-2",)
    store.risk.put((), ["in-1"], CellBumps())
    assert sweep(store).ids == ("in-1",)
    assert store.risk.past(0).ids == ()


def test_calls_to_atlas_go_and_the_audit_stays(store: Store) -> None:
    filed(store, 1)
    file(store.incidents, report(2, north_deg=FAR))
    for number in (1, 2):
        store.atlas.put(AtlasCall(f"wr-{number}", AtlasCallKind.CLASSIFY, f"in-{number}", "{}", NOW_NS))
    store.add_audit(AuditRow(NOW_NS, "rita", AuditVerb.ERASE_PERSON, "in-1"))
    before = store.audit()
    assert sweep(store).ids == ("in-1",)
    left = store.atlas.next()
    assert left is not None and (left.incident_id, store.atlas.waiting()) == ("in-2", 1)
    assert store.audit() == before


def test_more_are_counted_than_are_looked_at_at_once_and_none_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident_keeping, "_AT_ONCE", 2)
    filed(store, 1, 2, 3, 4, 5)
    assert store.count_old_incidents(LATER_NS) == 5 == store.count_old_incidents(LATER_NS)


def test_it_stays_gone_after_a_restart(path: Path, store: Store) -> None:
    filed(store, 1)
    assert sweep(store).ids == ("in-1",)
    store.close()
    with closing(open_store(path, ManualClock(NOW_NS))) as again, pytest.raises(Removed):
        again.incidents.get("in-1")


def test_what_names_an_incident_is_found_by_an_index(store: Store) -> None:
    """A year of events and all alerts would be read once a minute, while nobody else can write."""
    told: list[tuple[str, object]] = []
    with store._writing.begin() as connection:
        listen(connection, "before_cursor_execute", lambda *call: told.append((call[2], call[3])))
        upkeep.needed_incidents(connection, ["in-1", "in-2"], LATER_NS)
        upkeep.forget_incidents(connection, ["in-1", "in-2"], LATER_NS)
        plans = [
            row[3] for statement, values in tuple(told) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]  # type: ignore[arg-type]
    assert not [step for step in plans if step in ("SCAN events", "SCAN alerts", "SCAN atlas_calls", "SCAN risk_bumps")]
    assert any("ix_events_incident" in step for step in plans) and sum("ix_alerts_incident" in step for step in plans) == 2
