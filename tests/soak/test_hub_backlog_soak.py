"""Ten sites were cut off from their hub for an hour of full work; the line is back: how long until the hub has all of it.

As processes on one machine, of which sites, hub, NATS and a PostgreSQL that waits for its disk share the cores. Figures are printed and,
where `WATCHROOM_FIGURES` names a folder, written there as `hub_backlog.json`.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.history.postgres_server import free_port, programs, server
from engine.gateway.hub.enrolment import new_code
from engine.gateway.hub.joining import join
from engine.model.errors import WatchroomError
from engine.model.time import SECOND, SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.hub_keys import HubKeys
from engine.store import open_store
from engine.store.database.postgres import postgres_engine
from engine.store.shared.record import SharedRecord
from tests.engine.store.records import decision, event
from tests.fakes.killed_hub import Program
from tests.fakes.nats_server import nats_server
from tests.fakes.postgres import new_database
from tests.fakes.waiting import until

SITES, FACTS_AN_HOUR = 10, 24_000  # 420 facts a second of 63 sites, in an hour of one
_BATCH = 1_000
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_an_hour_of_ten_sites_is_told_when_the_line_is_back(tmp_path: Path, stack: ExitStack) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed on this machine (Debian: postgresql-15-postgis-3).")
    database = new_database(stack.enter_context(server()).url, "hub")
    own = tmp_path / "hub"
    own.mkdir()
    nats = stack.enter_context(nats_server(tmp_path / "nats", HubKeys.in_folder(own).server_settings(time.time_ns())))
    bind = f"127.0.0.1:{free_port()}"
    hub = Program("console", "hub", "run", "--data", str(own), "--nats", nats.url, "--bind", bind, "--postgres", database)
    record = SharedRecord(database)
    stack.callback(record.close)
    hub.start()
    stack.callback(hub.kill)
    folders = [tmp_path / f"site-{number}" for number in range(SITES)]
    for folder in folders:
        _join_and_work(folder, f"http://{bind}", new_code(record, SystemClock(), folder.name, folder.name.title()))
    nats.kill()
    tellers = [Program("tests.soak.hub_site", "0.001", str(folder)) for folder in folders]
    for teller in tellers:
        teller.start()
        stack.callback(teller.kill)
    time.sleep(20.0)  # all of them have started, and tried in vain
    began_s = time.monotonic()
    nats.start()
    wanted = [SITES * (FACTS_AN_HOUR // 2 + 4), SITES * FACTS_AN_HOUR // 2]  # and the four events that each site has written since
    first_s: list[float] = []

    def is_told() -> bool:
        counts = _counts(database)
        if sum(counts) and not first_s:
            first_s.append(time.monotonic() - began_s)
        return counts == wanted

    until(is_told, "all of it is told, and nothing more", 600)
    took_s = time.monotonic() - began_s
    told_s = took_s - first_s[0]
    facts = sum(wanted)
    figures = {"sites": SITES, "facts": facts, "took_s": round(took_s, 1), "told_s": round(told_s, 1), "per_s": round(facts / told_s)}
    print(f"\n{json.dumps(figures, indent=1)}")
    if os.environ.get("WATCHROOM_FIGURES"):
        (Path(os.environ["WATCHROOM_FIGURES"]) / "hub_backlog.json").write_text(json.dumps(figures, indent=1) + "\n")


def _join_and_work(folder: Path, url: str, code: str) -> None:
    """What an hour leaves: events that began and ended, and the decisions that raised them."""
    folder.mkdir()
    store = open_store(DataFolder(folder).database, SystemClock())

    def joins() -> bool:
        try:
            join(folder, store, url, code)
        except WatchroomError:
            return False
        return True

    until(joins, "it joins", 60)
    for first in range(0, FACTS_AN_HOUR // 2, _BATCH):
        numbers = range(first, first + _BATCH)
        store.save([event(number) for number in numbers])
        store.save([decision(number) for number in numbers])
        store.save([replace(event(number), ended_ns=(number + 9) * SECOND) for number in numbers])
    store.close()


def _counts(database: str) -> list[int]:
    engine = postgres_engine(database, reading=True)
    with engine.connect() as connection:
        found = [int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in ("events", "decisions")]
    engine.dispose()
    return found
