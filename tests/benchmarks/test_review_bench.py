"""Rows an hour of a record, counted with and without grouping."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.history import review_rows
from engine.model.errors import InputError
from engine.model.time import SECOND, SystemClock
from engine.store.store import open_store
from tests.engine.store.records import event


def record(path: Path) -> Path:
    """Two people who overlap every two minutes, for an hour."""
    store = open_store(path, SystemClock())
    for number in range(0, 3_600, 120):
        first = replace(event(number, camera="yard"), ended_ns=(number + 20) * SECOND)
        store.save([first, replace(event(number + 1, camera="yard"), started_ns=(number + 10) * SECOND, ended_ns=(number + 30) * SECOND)])
    store.close()
    return path


def test_rows_of_a_record_with_and_without_grouping(tmp_path: Path) -> None:
    found = review_rows.run(record(tmp_path / "watchroom.db"))
    alone, *grouped = found["cases"]
    items = {(each["params"]["gap_s"], each["params"]["longest_min"]): each["metrics"]["items"] for each in grouped}
    assert alone["metrics"]["events"] == 60
    assert items[30.0, 5.0] == items[10.0, 15.0] == 30, "two people at once are one item, the next two are another"
    assert items[120.0, 5.0] == 10 and items[120.0, 15.0] == 4, "bridged by the gap, cut at the longest span"
    assert found["targets"][0]["met"]


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        review_rows.run(tmp_path / "none.db")
