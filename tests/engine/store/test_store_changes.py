"""The indexes of words and of the timeline hold what the rows say, whatever changes them."""

import random
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.incidents.correlation import correlate
from engine.model.accounts.audit import AuditRow
from engine.model.alerts.alert import Alert, Note
from engine.model.alerts.decision import Outcome, Stage
from engine.model.event import Event, EventKind, Severity
from engine.model.history.timeline import Bookmark, ListSearches, SavedSearch, SearchFilter, SearchRecord
from engine.model.people.person import Person, PersonGone
from engine.model.people.traces import Traces
from engine.model.question import ListEvents
from engine.model.time import SECOND, ManualClock
from engine.store import Store, changes, open_store
from engine.store.search import text_index
from engine.store.search.text_index import words_of
from tests.engine.store.indexes import check_indexes
from tests.engine.store.records import decision, event, one_of_each
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.reports import report

FIRST_SCHEMA = Path(__file__).parent / "schema_0001.sql"
LATE_S, DAY = 1_790_000_000, 86_400 * SECOND


def late(number: int) -> Event:
    return replace(event(number), started_ns=(LATE_S + number) * SECOND, reason="Ada walked by", person="Ada", person_id="pe-1")


def everything(store: Store) -> None:
    store.save([*one_of_each(7), late(1), late(2), replace(late(3), shadow=True), replace(late(4), camera_id="", kind=EventKind.PRESENCE)])
    store.save([ALERT, replace(decision(9), stage=Stage.ALERT, reason="Ada is here"), Person("pe-1", "Ada", note="tall", created_ns=9)])
    store.add_audit(AuditRow(5 * SECOND, "ada", "view_clip"))
    store.bookmarks.put(Bookmark("bm-1", 5 * SECOND, "Ada again", "ben", 1))
    store.incidents.file([report(1), report(2, description="Ünlike anything")], correlate)
    store.save([event(100)])


def test_what_is_put_is_found_and_counted(store: Store, path: Path) -> None:
    everything(store)
    check_indexes(path)


def test_what_is_told_again_counts_once_as_it_is_now(store: Store, path: Path) -> None:
    everything(store)
    store.save(
        [replace(late(1), severity=Severity.CRITICAL, ended_ns=(LATE_S + 9) * SECOND, reason="Ada ran"), replace(late(2), shadow=True)]
    )
    store.save([replace(late(3), shadow=False), replace(late(4), started_ns=LATE_S * SECOND), late(5), replace(late(5), reason="Twice.")])
    store.save([replace(ALERT, severity=Severity.LOW, notes=(Note(1, "ben", "It was nothing"),)), decision(7, outcome=Outcome.REJECTED)])
    store.save([Person("pe-1", "Ada B", created_ns=9), Person("pe-2", "Bo", created_ns=9), PersonGone("pe-2")])
    store.bookmarks.put(Bookmark("bm-1", 6 * SECOND, "Somebody else", "ben", 1))
    check_indexes(path)


def test_retention_takes_out_what_goes(store: Store, path: Path) -> None:
    everything(store)
    store.save([decision(number, outcome=Outcome.REJECTED) for number in range(20, 40)])  # more than a day keeps
    check_indexes(path)
    assert store.remove_events((LATE_S + 2) * SECOND, 100)
    store.remove_past((LATE_S + 2) * SECOND)
    store.sweep_incidents(1 << 62, None, 100)
    store.bookmarks.remove("bm-1")
    check_indexes(path)


def test_erasing_takes_out_the_words(store: Store, path: Path) -> None:
    everything(store)
    store.pseudonymise(Traces("pe-1", ("Ada",), "gone-1"))
    store.save([PersonGone("pe-1")])
    assert store.bookmarks.get("bm-1").note == "Erased person again"
    check_indexes(path)


def test_searches_for_somebody_erased_are_gone(store: Store) -> None:
    whose = (SearchFilter("Ada"), SearchFilter(person_id="pe-1"), SearchFilter("Adamant", person_id="pe-2"))
    for number, wanted in enumerate(whose):
        store.bookmarks.save_search(SavedSearch(f"se-{number}", f"Search {number}", "ben", wanted))
    store.bookmarks.save_search(SavedSearch("se-9", "Where is Ada", "ben", SearchFilter()))
    for number, question in enumerate(("when was Ada last here?", "when was pe-1 last here?", "falls yesterday"), 10):
        store.bookmarks.save_search(SavedSearch(f"se-{number}", f"Question {number}", "ben", SearchFilter(), question=question))
    store.pseudonymise(Traces("pe-1", ("Ada",), "gone-1"))
    assert [each.id for each in store.answer(ListSearches())] == ["se-12", "se-2"]


def test_after_an_erasure_no_byte_of_the_file_tells(store: Store, path: Path) -> None:
    store.save([replace(late(number), reason=f"Quixotania {number}", person="Quixotania") for number in range(50)])
    store.save([replace(late(number), reason="Somebody else", person="") for number in range(50, 90)])
    store.remove_events((LATE_S + 20) * SECOND, 100)
    store.pseudonymise(Traces("pe-1", ("Quixotania",), "gone-1"))
    store.scrub()
    check_indexes(path)
    store.close()
    data = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"quixotania" not in data.lower() and b"somebody" in data.lower()


def test_many_of_one_millisecond_keep_apart(store: Store, path: Path) -> None:
    same = [replace(late(number), started_ns=LATE_S * SECOND) for number in range(300)]
    store.save(same[:200])
    store.save([*same[100:], *(replace(each, reason="Changed") for each in same[:50])])
    check_indexes(path)


def test_any_order_of_acts_leaves_the_indexes_right(store: Store, path: Path) -> None:
    chance = random.Random(5)
    for step in range(60):
        some = [chance.randrange(40) for _ in range(chance.randrange(1, 6))]
        act = chance.randrange(6)
        if act < 4:
            kinds, severities = list(EventKind), list(Severity)
            store.save(
                [
                    replace(
                        event(number, camera=chance.choice(("yard", "gate", "")), kind=chance.choice(kinds)),
                        severity=chance.choice(severities),
                        started_ns=(LATE_S + 7 * number) * SECOND + chance.randrange(2) * 3 * DAY,
                        ended_ns=chance.choice((None, 1 << 60)),
                        reason=f"Step {chance.randrange(9)}",
                        person=chance.choice(("", "Ada", "Bo")),
                        shadow=chance.random() < 0.2,
                    )
                    for number in some
                ]
            )
        elif act == 4:
            store.remove_events((LATE_S + 7 * some[0]) * SECOND + 2 * DAY, 3)
        else:
            store.pseudonymise(Traces(f"pe-{step}", (chance.choice(("Ada", "Bo")),), f"gone-{step}"))
    check_indexes(path)


def test_the_words_of_an_event_are_those_of_its_view(store: Store, path: Path) -> None:
    told = [
        replace(late(1), reason="Größer — “ß” 你好 'quoted' \\ \t", zone_id="küche", label="wave", camera_id="c/1 ü"),
        late(2),
        event(3),
    ]
    store.save(told)
    with closing(sqlite3.connect(path)) as connection:
        kept = {row[1]: row for row in connection.execute("SELECT 'event', id, at_ns, words, marks FROM found_event")}
    assert kept == {each.id: words_of(each) for each in told}


def old_record(path: Path, rows: int) -> None:
    """Of before there was an index."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_SCHEMA.read_text("utf-8"))
        (row,) = connection.execute("SELECT * FROM events").fetchall()
        names = [column[1] for column in connection.execute("PRAGMA table_info(events)")]
        for number in range(rows):
            changed = dict(zip(names, row, strict=True)) | {"id": f"ev-{number:05}", "started_ns": (LATE_S + number) * SECOND}
            connection.execute(f"INSERT INTO events VALUES ({','.join('?' * len(names))})", list(changed.values()))
        connection.commit()


@pytest.mark.parametrize("step", [3, 1000])
def test_an_old_record_is_counted_at_once_and_its_words_are_put_by_and_by(path: Path, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_index, "STEP", step)
    old_record(path, 10)
    store = open_store(path, ManualClock(0))
    changed = replace(event(5), id="ev-00005", started_ns=(LATE_S + 5) * SECOND, reason="Changed before its turn", ended_ns=1)
    store.save([changed, replace(event(6), id="ev-00006", started_ns=LATE_S * SECOND), late(99)])
    store.remove_events((LATE_S + 3) * SECOND, 2)
    lefts = []
    while (left := store.put_waiting_words()) is not None:
        lefts.append(left)
    assert lefts == sorted(lefts, reverse=True)
    check_indexes(path)
    store.close()


def test_the_words_of_a_large_batch_are_put_by_and_by_and_stay_right_meanwhile(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_MOST_WORDS", 3)
    monkeypatch.setattr(text_index, "STEP", 4)
    store = open_store(path, ManualClock(0))
    store.save([late(1), late(2)])
    store.save([late(number) for number in range(10, 20)])
    store.save([late(number) for number in range(30, 36)])
    store.save([replace(late(12), reason="Changed before its turn", ended_ns=1), replace(late(33), reason="Changed"), late(99)])
    store.remove_events((LATE_S + 11) * SECOND, 3)
    assert store.answer(SearchRecord(SearchFilter("turn"))).hits != ()
    lefts = []
    while (left := store.put_waiting_words()) is not None:
        lefts.append(left)
    assert lefts == sorted(lefts, reverse=True) and len(lefts) == 5
    assert lefts[-1] == 0
    check_indexes(path)
    store.close()


def test_words_are_put_in_the_order_of_their_keys(store: Store, path: Path) -> None:
    """In another one the full text would write out all that it has gathered, row by row."""
    keys: list[int] = []
    with store._write() as connection:
        driver = changes.driver_of(connection)
        driver.set_trace_callback(lambda said: keys.extend(map(int, re.findall(r"\((\d+), 'seen'", said))))
        text_index.put(driver, [("event", f"ev-{at}", at * SECOND, "seen", "hevent") for at in (5, 3, 3, 9, 1)])
        driver.set_trace_callback(None)
    assert len(keys) == 5 and keys == sorted(keys)


def test_where_no_words_wait_nothing_is_written(store: Store, path: Path) -> None:
    store.save([late(1)])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # who wanted to write would have to wait for it
        assert store.put_waiting_words() is None


def test_what_was_told_and_not_entered_is_entered_at_the_next_start(path: Path) -> None:
    store = open_store(path, ManualClock(0))
    store.save([late(1)])
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE events SET reason = 'Put by another program'")
        connection.commit()
    open_store(path, ManualClock(0)).close()
    check_indexes(path)


def alert_of(number: int) -> Alert:
    return replace(ALERT, id=f"al-{number}", raised_ns=number * SECOND)


def test_alerts_of_a_swept_incident_leave_the_indexes(store: Store, path: Path) -> None:
    store.save([alert_of(1), alert_of(2)])
    store.save([replace(alert_of(1), reason="Another one")])
    check_indexes(path)


def test_large_batches_are_kept_as_they_are_and_counted(store: Store, path: Path) -> None:
    """More than one statement takes, with every optional part there and missing, and numbers as detectors give them."""
    chance, kinds, severities = random.Random(3), list(EventKind), list(Severity)
    told = [
        replace(
            late(number),
            kind=chance.choice(kinds),
            severity=chance.choice(severities),
            started_ns=(LATE_S + chance.randrange(90 * 86_400)) * SECOND,
            box_xyxy=chance.choice((None, (0.1 + 0.2, 1e-7, 1e22, chance.random()), (1.0, 2.0, 3.0, 4.0))),
            position=chance.choice((None, (chance.random(), -2.5, 0.0))),
            candidates=chance.choice(((), (("pe-1", 0.5), ("pe-2", 1 / 3)))),
            shadow=number % 7 == 0,
        )
        for number in range(1_100)
    ]
    store.save(told[:600])
    store.save(told[400:])
    store.save([replace(told[1], id="ev-numpy", box_xyxy=(np.float32(0.1), np.float64(0.1), 1.0, 2.0))])
    kept = {each.id: each for each in store.answer(ListEvents(limit=2_000, shadow=None))}
    assert kept.pop("ev-numpy").box_xyxy == (float(np.float32(0.1)), 0.1, 1.0, 2.0)
    assert kept == {each.id: each for each in told}
    while store.put_waiting_words() is not None:
        pass
    check_indexes(path)
