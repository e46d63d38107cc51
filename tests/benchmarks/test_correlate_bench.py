"""The record that the bench fills is one that the desk could have written, on either database, and its figures are whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from benchmarks.incidents import correlate as bench
from benchmarks.incidents.correlate_rows import fill_postgres, fill_sqlite, make_past, report
from engine.incidents.correlation import correlate
from engine.model.question import GetIncident, ListIncidents
from engine.model.time import SystemClock
from engine.store import open_store
from engine.store.database.postgres import open_incidents, postgres_engine
from tests.fakes.postgres import postgres_or_skip

PAST = make_past(1_000, np.random.default_rng(1))


def test_what_is_filled_in_is_what_the_desk_would_have_written(tmp_path: Path) -> None:
    open_store(tmp_path / "full.db", SystemClock()).close()
    fill_sqlite(tmp_path / "full.db", PAST)
    full, filed = open_store(tmp_path / "full.db", SystemClock()), open_store(tmp_path / "filed.db", SystemClock())
    said = [report(number, *PAST.places[number].tolist(), float(PAST.at_s[number])) for number in range(5)]
    for each in said:
        filed.incidents.file([each], correlate)
    for number in range(5):
        assert full.answer(GetIncident(f"in-p{number}")) == filed.answer(GetIncident(f"in-p{number}"))
    assert len(full.answer(ListIncidents(limit=10_000)).incidents) == 1_000
    near = full.incidents.near(report(0, *PAST.places[7].tolist(), float(PAST.at_s[7]), "new"))
    assert "in-p7" in {each.incident.id for each in near}
    full.close()
    filed.close()
    with closing(sqlite3.connect(tmp_path / "full.db")) as connection:
        assert connection.execute("SELECT rtreecheck('incident_places')").fetchone()[0] == "ok"


def test_postgresql_is_filled_with_the_same(tmp_path: Path) -> None:
    open_store(tmp_path / "full.db", SystemClock()).close()
    fill_sqlite(tmp_path / "full.db", PAST)
    store = open_store(tmp_path / "full.db", SystemClock())
    with postgres_or_skip() as url:
        reading, writing = postgres_engine(url, reading=True), postgres_engine(url)
        try:
            table = open_incidents(reading, writing)
            fill_postgres(url, PAST)
            assert table.answer(ListIncidents(limit=10_000)) == store.answer(ListIncidents(limit=10_000))
            assert table.answer(GetIncident("in-p7")) == store.answer(GetIncident("in-p7"))
        finally:
            reading.dispose()
            writing.dispose()
            store.close()


def test_its_figures_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LOOKS", 40), ("WARM", 4), ("FILED_ALONE", 3), ("FILED_TOGETHER", 10), ("LISTS", 2)):
        monkeypatch.setattr(bench, name, value)
    result = bench.run(1_000)
    ours, filed, listed = result["cases"]
    assert (ours["params"]["incidents"], ours["params"]["reports"]) == (1_000, 40)
    assert 5 < ours["metrics"]["joined"] < 40 and ours["metrics"]["ratio_to_bare"] > 0
    assert filed["metrics"]["together_per_s"] > 0 and listed["metrics"]["20_km_p50_ms"] > 0
    assert [peer["name"] for peer in result["peers"]] == ["bare index, SQLite"]
    assert [(target["metric"], target["target"]) for target in result["targets"]] == [("SQLite correlation p99_ms", 5.0)]
