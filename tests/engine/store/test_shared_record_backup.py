"""A hub's database is copied and put back by PostgreSQL's own tools; what was told since is told again."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.history.postgres_server import programs
from engine.gateway.hub.intake import Intake
from engine.incidents.correlation import correlate
from engine.model.accounts.audit import AuditRow
from engine.model.people.erasure import ErasureStage
from engine.model.people.traces import ERASED_NAME, Traces
from engine.model.question import ListAlerts, ListClips, ListDecisions, ListEvents
from engine.model.time import SECOND, SystemClock
from engine.store import Store
from engine.store.shared.record import SharedRecord, SharedSite
from tests.engine.gateway.test_replication import Wire, over, telling
from tests.engine.store.records import clip, decision, event
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.postgres import new_database, postgres_or_skip
from tests.fakes.reports import report
from tests.fakes.review import review_items
from tests.fakes.waiting import until

NORTH = "north"
(ITEM,) = review_items([event(1)])
TABLES = (
    "events",
    "alerts",
    "decisions",
    "review_items",
    "clips",
    "incidents",
    "shared_audit",
    "audit",
    "event_counts",
    "shared_sites",
    "site_codes",
)
_NUMBERS = count()
AS_IN_THE_MANUAL = "ENCODING 'UTF8' TEMPLATE template0"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        if not tool("pg_dump").is_file():
            pytest.skip("pg_dump is not installed on this machine (Debian: postgresql-client-15).")
        yield url


def tool(name: str) -> Path:
    folder = programs()
    assert folder is not None
    return folder / name


def dump(database: str, folder: Path) -> Path:
    path = folder / "hub.dump"
    subprocess.run([tool("pg_dump"), "--format=custom", f"--file={path}", database], check=True, timeout=120)
    return path


def restored(path: Path, server: str) -> str:
    database = new_database(server, f"backup_{next(_NUMBERS)}", AS_IN_THE_MANUAL)
    subprocess.run([tool("pg_restore"), "--exit-on-error", f"--dbname={database}", path], check=True, timeout=120)
    return database


@pytest.fixture
def databases(server: str) -> Iterator[list[SharedRecord]]:
    """Records that were opened, the first of them new and with a site."""
    opened = [SharedRecord(new_database(server, f"backup_{next(_NUMBERS)}", AS_IN_THE_MANUAL))]
    opened[0].add_site(NORTH, "North gate")
    yield opened
    for record in opened:
        record.close()


@pytest.fixture
def record(databases: list[SharedRecord]) -> SharedRecord:
    return databases[0]


def address(record: SharedRecord) -> str:
    return record._writing.url.set(drivername="postgresql").render_as_string(hide_password=False)


def rows(record: SharedRecord, table: str) -> list[str]:
    """As texts, in one order; without when a site was heard of last, which goes on while the dump is read."""
    told = "to_jsonb(t) - 'heard_ns' - 'clock_offset_ns'" if table == "shared_sites" else "to_jsonb(t)"
    with record._read() as connection:
        return sorted(str(row[0]) for row in connection.execute(text(f"SELECT ({told})::text FROM {table} t")))


def write_everything(store: Store) -> None:
    known = replace(event(2), person="Ada", person_id="pe-1", reason="Ada walked by")
    store.save([event(1), known, decision(1), ALERT, clip(1), ITEM])
    store.add_audit(AuditRow(5 * SECOND, "ada", "view_clip"))
    store.incidents.file([report(1)], correlate)


def wait_until_sent(store: Store, record: SharedRecord) -> None:
    """All that the site has to tell, and it knows."""

    def sent() -> bool:
        state, site = store.replication.state(), record.site(NORTH)
        return state is not None and state.filled and not state.waiting and (site.stream, site.seq) == (state.stream, state.settled)

    until(sent, "everything is sent")


def test_a_restored_hub_is_the_hub_of_the_backup(
    store: Store, record: SharedRecord, databases: list[SharedRecord], server: str, tmp_path: Path
) -> None:
    store.replication.begin("s1")
    record.put_code("digest", "south", "South", 10**18, AuditRow(1, "", "create_code"))
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        write_everything(store)
        wait_until_sent(store, record)
        databases.append(SharedRecord(restored(dump(address(record), tmp_path), server)))  # the hub runs meanwhile
    again = databases[1]
    for table in TABLES:
        assert rows(again, table) == rows(record, table) != [], table
    for question in (ListEvents(), ListAlerts(), ListClips(), ListDecisions()):
        assert again.answer(question) == record.answer(question)
    with again._read() as connection:
        near = "SELECT count(*) FROM incidents WHERE ST_DWithin(place, geography(ST_MakePoint(longitude, latitude)), 1)"
        assert connection.scalar(text(near)) == 1
        assert connection.scalar(text("SELECT count(*) FROM events WHERE words @@ to_tsquery('simple', 'walked')")) == 1
    assert again.redeem_code("digest", "public", 1) == "south"


def test_sites_send_again_what_a_restored_hub_lacks(
    store: Store, record: SharedRecord, databases: list[SharedRecord], server: str, tmp_path: Path
) -> None:
    store.replication.begin("s1")
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        write_everything(store)
        wait_until_sent(store, record)
        copy = dump(address(record), tmp_path)
        store.save([replace(event(1), ended_ns=9 * SECOND), event(3)])
        wait_until_sent(store, record)
    databases.append(SharedRecord(restored(copy, server)))
    again = databases[1]
    assert len(again.answer(ListEvents())) == 2
    erase(store, Traces("pe-1", ("Ada",), "erased-1"))
    with telling(store, over(Wire(Intake(again, SystemClock())))):
        wait_until_sent(store, again)
    events = again.answer(ListEvents())
    assert [each.id for each in events] == [f"{NORTH}/{event(number).id}" for number in (3, 2, 1)]
    assert (events[2].ended_ns, events[1].person) == (9 * SECOND, ERASED_NAME)
    assert "Ada " not in "".join(rows(again, "events"))
    assert [(site.key, site.name) for site in again.sites()] == [(NORTH, "North gate")]
    assert again.site(NORTH).stream != "s1"


def test_who_was_erased_after_the_backup_is_erased_also_from_what_their_site_has_no_longer(
    store: Store, record: SharedRecord, databases: list[SharedRecord], server: str, tmp_path: Path
) -> None:
    """Neither of the two knows their names any more, but the backup does."""
    store.replication.begin("s1")
    with telling(store, over(Wire(Intake(record, SystemClock())))):
        write_everything(store)
        wait_until_sent(store, record)
        copy = dump(address(record), tmp_path)
        erase(store, Traces("pe-1", ("Ada",), "erased-1"))
        wait_until_sent(store, record)
    assert [(each.id, each.stage) for each in record.erasures.of_site(NORTH, 9)] == [(f"{NORTH}/erased-1", ErasureStage.DONE)]
    with closing(sqlite3.connect(tmp_path / "watchroom.db")) as site, site:
        site.execute("DELETE FROM events WHERE person_id = 'erased-1'")
    databases.append(SharedRecord(restored(copy, server)))
    again = databases[1]
    assert [event.person for event in again.answer(ListEvents()) if event.person] == ["Ada"], "as in the backup"
    with telling(store, over(Wire(Intake(again, SystemClock())))):
        wait_until_sent(store, again)
    (told,) = [event for event in again.answer(ListEvents()) if event.person]
    assert (told.person, told.person_id) == (ERASED_NAME, f"{NORTH}/erased-1") and "Ada" not in told.reason
    assert [each.stage for each in again.erasures.of_site(NORTH, 9)] == [ErasureStage.DONE]


def test_a_site_that_joined_after_the_backup_is_unknown_and_joins_anew(
    record: SharedRecord, databases: list[SharedRecord], server: str, tmp_path: Path
) -> None:
    copy = dump(address(record), tmp_path)
    record.add_site("south", "South")
    databases.append(SharedRecord(restored(copy, server)))
    assert [site.key for site in databases[1].sites()] == [NORTH]
    databases[1].put_code("digest", "south", "South", 10**18, AuditRow(1, "", "create_code"))
    assert databases[1].redeem_code("digest", "public", 1) == "south"
    assert databases[1].site("south") == SharedSite("south", "South", public_key="public")


def erase(store: Store, traces: Traces) -> None:
    """As the engine does: the names are forgotten when the record holds them no more."""
    store.begin_erasure(traces)
    store.pseudonymise(traces)
    store.forget_whom(traces)
    store.end_erasure(traces.pseudonym, 9)
