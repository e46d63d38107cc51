"""The audit's chain: whole whoever writes it, and told where it is not."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model.accounts.audit import AuditFault, AuditRow
from engine.model.errors import EnvironmentFault, InputError
from engine.model.people.traces import Traces
from engine.model.question import ListAudit
from engine.model.time import ManualClock
from engine.store import Store, open_store
from engine.store.database.connection import looking_engine
from engine.store.people.audit import BEFORE_FIRST, LONGEST_TEXT, chained, row_hash
from engine.store.people.audit_check import check_chain

CLOCK = ManualClock(0)
ROWS = 9
Rows = list[AuditRow]


def row(number: int) -> AuditRow:
    return AuditRow(1_790_000_000 * 10**9 + number * 10**9, "ada", "put_camera", f"camera-{number}", f"détail {number}")


def rows_of(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT at_ns, by, verb, subject, detail, seq, hash FROM audit ORDER BY seq").fetchall()
    return [AuditRow(*values) for values in found]


def put(path: Path, rows: Rows) -> None:
    """Instead of what is there, as somebody with an editor would."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM audit")
        values = [(r.at_ns, r.by, r.verb, r.subject, r.detail, r.seq, r.hash) for r in rows]
        connection.executemany("INSERT INTO audit (at_ns, by, verb, subject, detail, seq, hash) VALUES (?,?,?,?,?,?,?)", values)
        connection.commit()


def made_anew(rows: Rows) -> Rows:
    """With hashes that fit, as somebody who knows how would."""
    made: Rows = []
    for each in rows:
        made.append(chained(each, made[-1] if made else None))
    return made


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    path = tmp_path_factory.mktemp("whole") / "watchroom.db"
    store = open_store(path, CLOCK)
    store.add_audit(*map(row, range(1, ROWS + 1)))
    store.close()
    return rows_of(path)


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoiled") / "watchroom.db"
    open_store(path, CLOCK).close()
    return path


def test_rows_follow_one_another_without_gaps(store: Store, path: Path) -> None:
    for number in (1, 2):
        store.add_audit(row(number))
    store.add_audit(row(3), row(4))
    kept = rows_of(path)
    assert [r.seq for r in kept] == [1, 2, 3, 4]
    before = BEFORE_FIRST
    for each in kept:
        assert each.hash == row_hash(each, before) and replace(each, seq=0, hash="") == row(each.seq)
        before = each.hash
    assert store.audit() == tuple(reversed(kept)) and store.audit_end() == kept[-1]
    assert check_chain(path, {4: {kept[-1].hash}}).proven == 4


def test_the_hash_is_what_the_document_says() -> None:
    """So that anybody can verify it with other tools."""
    import hashlib

    line = '["watchroom audit 1",1,5,"ada","sign_in","us-1","d\\u00e9j\\u00e0","' + "0" * 64 + '"]'
    assert row_hash(AuditRow(5, "ada", "sign_in", "us-1", "déjà", 1), BEFORE_FIRST) == hashlib.sha256(line.encode()).hexdigest()


def test_all_or_none_are_kept_and_a_failed_one_takes_no_number(store: Store, path: Path) -> None:
    store.add_audit(row(1))
    with pytest.raises(Exception, match="NOT NULL"):
        store.add_audit(row(2), AuditRow(None, "ada", "sign_in"))  # type: ignore[arg-type]
    store.add_audit(row(3))
    assert [(r.seq, r.subject) for r in rows_of(path)] == [(1, "camera-1"), (2, "camera-3")]


def test_text_that_cannot_be_stored_is_kept_as_far_as_it_can(store: Store, path: Path) -> None:
    store.add_audit(AuditRow(1, "a\ud800b", "sign_in", "\0", "x" * 5000), row(2))
    kept = store.audit()[1]
    assert (kept.by, kept.subject, kept.detail) == ("a?b", "\0", "x" * LONGEST_TEXT)
    assert check_chain(path, {}).fault is None


def test_it_is_asked_for_by_verb_and_page_by_page(store: Store) -> None:
    store.add_audit(*(replace(row(n), verb="sign_in" if n % 2 else "sign_out") for n in range(1, 8)))
    assert [r.seq for r in store.answer(ListAudit(2))] == [7, 6]
    assert [r.seq for r in store.answer(ListAudit(2, before_seq=6))] == [5, 4]
    assert [r.seq for r in store.answer(ListAudit(2, before_seq=6, verbs=("sign_out",)))] == [4, 2]
    assert [r.seq for r in store.answer(ListAudit(verbs=("sign_in", "sign_out")))] == [7, 6, 5, 4, 3, 2, 1]
    assert store.answer(ListAudit(verbs=("export",))) == ()
    for wrong in (ListAudit(0), ListAudit(before_seq=-1), ListAudit(before_seq=1 << 63), ListAudit(verbs=("sign_in",) * 40_000)):
        with pytest.raises(InputError):
            store.answer(wrong)


def test_an_erasure_begins_together_with_its_row_or_not_at_all(store: Store) -> None:
    traces = Traces("pe-1", ("Ada",), "gone-1")
    with pytest.raises(Exception, match="NOT NULL"):
        store.begin_erasure(traces, AuditRow(None, "ada", "erase_person"))  # type: ignore[arg-type]
    assert store.erasures() == () and store.audit() == ()
    store.begin_erasure(traces, AuditRow(1, "ada", "erase_person", "gone-1"))
    assert store.erasures() == (traces,) and [r.subject for r in store.audit()] == ["gone-1"]


def test_rows_from_before_the_chain_are_chained_in_their_order(path: Path) -> None:
    open_store(path, CLOCK).close()
    put(path, [replace(row(n), seq=n) for n in (1, 2, 3)])
    store = open_store(path, CLOCK)
    store.add_audit(row(4))
    store.close()
    assert rows_of(path) == made_anew([row(n) for n in (1, 2, 3, 4)])
    assert check_chain(path, {}).fault is None


def test_rows_without_a_hash_are_not_taken_into_a_chain_that_is_there(path: Path) -> None:
    store = open_store(path, CLOCK)
    store.add_audit(row(1), row(2))
    store.close()
    put(path, [replace(rows_of(path)[0], detail="another", hash=""), rows_of(path)[1]])
    open_store(path, CLOCK).close()
    found = check_chain(path, {})
    assert (found.fault, found.seq) == (AuditFault.INSERTED, 1)


def change(rows: Rows) -> Rows:
    return [replace(r, detail="nothing") if r.seq == 4 else r for r in rows]


def remove(rows: Rows) -> Rows:
    return [r for r in rows if r.seq != 4]


def remove_and_close_up(rows: Rows) -> Rows:
    return [replace(r, seq=seq) for seq, r in enumerate(remove(rows), 1)]


def swap(rows: Rows) -> Rows:
    return [replace(r, seq={4: 5, 5: 4}.get(r.seq, r.seq)) for r in rows]


def swap_far(rows: Rows) -> Rows:
    return [replace(r, seq={4: 8, 8: 4}.get(r.seq, r.seq)) for r in rows]


def swap_without_hashes(rows: Rows) -> Rows:
    return [replace(rows[{3: 7, 7: 3}.get(i, i)], seq=r.seq, hash=r.hash) for i, r in enumerate(rows)]


def move_to_the_end(rows: Rows) -> Rows:
    return [replace(r, seq=20) if r.seq == 4 else r for r in rows]


def insert(rows: Rows) -> Rows:
    late = [replace(r, seq=r.seq + 1) if r.seq >= 4 else r for r in rows]
    return [*late, replace(row(99), seq=4, hash="f" * 64)]


def insert_before_the_first(rows: Rows) -> Rows:
    return [*rows, replace(row(99), seq=0, hash="f" * 64)]


def insert_that_fits(rows: Rows) -> Rows:
    """The one put in follows what is before it; what comes after does not follow it."""
    return [*rows[:3], chained(row(99), rows[2]), *(replace(r, seq=r.seq + 1) for r in rows[3:])]


TAMPERED: list[tuple[Callable[[Rows], Rows], AuditFault, int]] = [
    (change, AuditFault.CHANGED, 4),
    (remove, AuditFault.REMOVED, 4),
    (remove_and_close_up, AuditFault.CHANGED, 4),
    (swap, AuditFault.REORDERED, 4),
    (swap_far, AuditFault.REORDERED, 4),
    (swap_without_hashes, AuditFault.REORDERED, 4),
    (move_to_the_end, AuditFault.REORDERED, 4),
    (insert, AuditFault.INSERTED, 4),
    (insert_before_the_first, AuditFault.INSERTED, 0),
    (insert_that_fits, AuditFault.CHANGED, 5),
]


@pytest.mark.parametrize(("how", "fault", "seq"), TAMPERED, ids=[how.__name__ for how, _, _ in TAMPERED])
def test_the_first_row_that_is_not_as_it_was_is_named(
    how: Callable[[Rows], Rows], fault: AuditFault, seq: int, whole: Rows, spoiled: Path
) -> None:
    put(spoiled, how(whole))
    found = check_chain(spoiled, {})
    assert (found.fault, found.seq) == (fault, seq)


@pytest.mark.parametrize("value", ["text", b"\xff", "12", 1.5])
@pytest.mark.parametrize("column", ["at_ns", "by", "verb", "subject", "detail", "hash"])
def test_anything_may_stand_in_a_changed_row(column: str, value: object, whole: Rows, spoiled: Path) -> None:
    put(spoiled, whole)
    with closing(sqlite3.connect(spoiled)) as connection:
        connection.execute(f"UPDATE audit SET {column} = ? WHERE seq = 3", (value,))
        connection.execute(f"UPDATE audit SET {column} = CAST(x'fffe80' AS TEXT) WHERE seq = 7")
        connection.commit()
    found = check_chain(spoiled, {})
    assert (found.fault, found.seq) == (AuditFault.CHANGED, 3)


def test_heads_see_what_hashes_cannot(whole: Rows, spoiled: Path) -> None:
    heads = {3: {whole[2].hash}, 7: {whole[6].hash}}
    put(spoiled, whole)
    assert check_chain(spoiled, heads).fault is None
    put(spoiled, whole[:5])
    cut = check_chain(spoiled, heads)
    assert (cut.fault, cut.seq, cut.proven) == (AuditFault.CUT_TAIL, 6, 3)
    put(spoiled, made_anew(change(whole)))
    anew = check_chain(spoiled, heads)
    assert (anew.fault, anew.seq, anew.proven) == (AuditFault.REWRITTEN, 4, 3)
    put(spoiled, [])
    assert (check_chain(spoiled, heads).fault, check_chain(spoiled, {}).fault) == (AuditFault.CUT_TAIL, None)


@st.composite
def tampering(draw: st.DrawFn) -> Callable[[Rows], Rows]:
    """What somebody might do to the rows: some edits in any order, with hashes made anew from some row on, or not."""
    place = st.integers(0, ROWS - 1)
    edits = draw(st.lists(st.tuples(st.sampled_from(["change", "remove", "insert", "swap", "cut"]), place, place), min_size=1, max_size=4))
    anew, renumber = draw(st.booleans()), draw(st.booleans())

    def tamper(rows: Rows) -> Rows:
        changed = list(rows)
        for what, i, j in edits:
            _edit(changed, what, i, j)
        if renumber or anew:
            changed = [replace(r, seq=seq) for seq, r in enumerate(changed, 1)]
        return made_anew(changed) if anew else list({r.seq: r for r in changed}.values())

    return tamper


def _edit(rows: Rows, what: str, i: int, j: int) -> None:
    if not rows:
        return
    i, j = i % len(rows), j % len(rows)
    match what:
        case "change":
            rows[i] = replace(rows[i], detail=rows[i].detail + "!")
        case "remove":
            del rows[i]
        case "insert":
            rows.insert(i, replace(row(100 + i), seq=20 + i, hash="0" * 64))
        case "swap":
            rows[i], rows[j] = replace(rows[j], seq=rows[i].seq), replace(rows[i], seq=rows[j].seq)
        case _:
            del rows[i:]


@given(tamper=tampering())
@settings(deadline=None)
def test_whatever_is_done_to_signed_rows_is_found(tamper: Callable[[Rows], Rows], whole: Rows, spoiled: Path) -> None:
    heads = {4: {whole[3].hash}, ROWS: {whole[-1].hash}}
    put(spoiled, tamper(whole))
    now = rows_of(spoiled)
    found = check_chain(spoiled, heads)
    assert (found.fault is None) == (now[:ROWS] == whole and check_chain(spoiled, {}).fault is None)
    if found.fault is not None:
        same = next((i for i, (a, b) in enumerate(zip(now, whole, strict=False)) if a != b), min(len(now), ROWS))
        assert found.proven <= same, "nothing is called proven that is not as it was"


WRITES = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from engine.model.accounts.audit import AuditRow
from engine.model.time import ManualClock
from engine.store import open_store

store = open_store(Path(sys.argv[1]), ManualClock(0))
print("ready", flush=True)
sys.stdin.readline()
for number in range(15):
    store.add_audit(AuditRow(number, "process", "sign_in", str(number)))
store.close()
"""


def test_threads_and_another_process_write_one_chain(store: Store, path: Path) -> None:
    root = str(Path(__file__).parents[3])

    def write(name: str) -> None:
        for number in range(15):
            store.add_audit(AuditRow(number, name, "sign_in", str(number)))

    threads = [threading.Thread(target=write, args=(f"thread-{n}",)) for n in range(3)]
    with subprocess.Popen(
        [sys.executable, "-c", WRITES, str(path), root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "ready\n"
        for thread in threads:
            thread.start()
        other.communicate("go\n")
        for thread in threads:
            thread.join()
    assert other.returncode == 0
    found = check_chain(path, {})
    assert (found.rows, found.fault) == (60, None)
    kept = rows_of(path)
    for name in ("process", "thread-0", "thread-1", "thread-2"):
        assert [r.subject for r in kept if r.by == name] == [str(n) for n in range(15)]


def test_looking_leaves_no_trace_beside_the_file(path: Path) -> None:
    store = open_store(path, CLOCK)
    store.add_audit(row(1))
    assert check_chain(path, {}).rows == 1, "beside an engine that has it open"
    store.close()
    before = {name: (path.parent / name).read_bytes() for name in os.listdir(path.parent)}
    path.chmod(0o400)
    assert check_chain(path, {}).rows == 1
    assert {name: (path.parent / name).read_bytes() for name in os.listdir(path.parent)} == before
    assert before.keys() == {path.name, f"{path.name}-closed"}


def test_a_record_that_is_opened_while_it_is_looked_at_is_looked_at_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(path, CLOCK).close()
    opened: list[Store] = []

    def open_first(at: Path) -> object:
        engine = looking_engine(at)
        if not opened:
            opened.append(open_store(path, CLOCK))
            opened[0].add_audit(row(1))
        return engine

    monkeypatch.setattr("engine.store.people.audit_check.looking_engine", open_first)
    assert check_chain(path, {}).rows == 1
    opened[0].close()


def test_a_file_that_is_no_record_or_an_old_one_says_so(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(EnvironmentFault) as refused:
        check_chain(path, {})
    assert refused.value.reason == "database_damaged"
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript((Path(__file__).parent / "schema_0002.sql").read_text("utf-8"))
    with pytest.raises(EnvironmentFault) as refused:
        check_chain(old, {})
    assert refused.value.reason == "database_older"
