"""A database that cannot be used is refused with a sentence that names it, and left as it was. A disk that fills up is a fault."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as sql_event

from engine.model.errors import EnvironmentFault
from engine.model.question import ListEvents
from engine.model.time import ManualClock
from engine.store import open_store
from tests.engine.store.records import event

CLOCK = ManualClock(0)


def refusal(path: Path) -> EnvironmentFault:
    with pytest.raises(EnvironmentFault) as refused:
        open_store(path, CLOCK)
    assert str(path) in str(refused.value) or str(path.parent) in str(refused.value)
    return refused.value


def filled(path: Path) -> Path:
    store = open_store(path, CLOCK)
    store.save([event(n) for n in range(3000)])
    store.close()
    return path


def _garble_middle(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + b"\x5a" * 9000 + content[middle + 9000 :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda content: content[: len(content) // 2],
    "garbled inside": _garble_middle,
    "not a database": lambda _content: b"I am a shopping list. " * 500,
    "header gone": lambda content: bytes(100) + content[100:],
    "half a page": lambda content: content[:1000],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_refused_and_not_touched(path: Path, damage: str) -> None:
    path.write_bytes(DAMAGES[damage](filled(path).read_bytes()))
    before = path.read_bytes()
    fault = refusal(path)
    assert fault.reason == "database_damaged"
    assert "Nothing was changed" in str(fault)
    assert path.read_bytes() == before


def test_a_damaged_log_beside_a_sound_database_loses_no_committed_page(path: Path) -> None:
    """SQLite stops reading the log at the first frame whose checksum is wrong."""
    filled(path)
    Path(f"{path}-wal").write_bytes(b"\x00\x01" * 8000)
    store = open_store(path, CLOCK)
    assert len(store.answer(ListEvents(limit=5000))) == 3000
    store.close()


def test_another_programs_database_is_refused_and_not_touched(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    other.close()
    before = path.read_bytes()
    assert refusal(path).reason == "database_foreign"
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused_and_not_touched(path: Path) -> None:
    filled(path)
    newer = sqlite3.connect(path)
    newer.execute("UPDATE alembic_version SET version_num = '0999'")
    newer.commit()
    newer.close()
    before = path.read_bytes()
    fault = refusal(path)
    assert fault.reason == "database_newer"
    assert "0999" in str(fault)
    assert path.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    fault = refusal(tmp_path / "absent" / "watchroom.db")
    assert fault.reason == "database_unreachable"
    assert "Create it" in str(fault)


def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir()
    assert refusal(path).reason == "read_only"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another account can reach (pytest's own are closed to it)."""
    folder = Path(tempfile.mkdtemp(prefix="watchroom-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def ordinary_account() -> Iterator[None]:
    """Permissions do not bind root: where the tests run as root, give that up for the length of a test."""
    if not hasattr(os, "geteuid"):
        pytest.skip("File permissions are tested on POSIX systems only.")
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    yield
    os.seteuid(was)


def test_a_read_only_file_is_refused(open_folder: Path, ordinary_account: None) -> None:
    path = filled(open_folder / "watchroom.db")
    path.chmod(0o444)
    fault = refusal(path)
    assert fault.reason == "read_only"
    assert "writable" in str(fault)


def test_a_read_only_folder_is_refused(open_folder: Path, ordinary_account: None) -> None:
    folder = open_folder / "data"
    folder.mkdir()
    path = filled(folder / "watchroom.db")
    folder.chmod(0o555)
    assert refusal(path).reason == "read_only"
    folder.chmod(0o755)


@pytest.fixture
def page_limit() -> Iterator[Callable[[int], None]]:
    """Says how many pages databases may have: SQLite then fails as it does on a full disk."""
    opened: list[sqlite3.Connection] = []

    def note(connection: sqlite3.Connection, _record: Any) -> None:
        opened.append(connection)

    def limit(pages: int) -> None:
        for connection in opened:
            connection.execute(f"PRAGMA max_page_count={pages}")

    sql_event.listen(Engine, "connect", note)
    yield limit
    sql_event.remove(Engine, "connect", note)


def test_a_full_disk_is_a_fault_and_what_was_saved_stays(page_limit: Callable[[int], None], path: Path) -> None:
    store = open_store(path, CLOCK)
    store.save([event(1)])
    page_limit(1)
    with pytest.raises(EnvironmentFault) as full:
        store.save([event(n) for n in range(2, 5000)])
    assert full.value.reason == "disk_full"
    assert store.answer(ListEvents()) == (event(1),)
    page_limit(100_000)
    store.save([event(2)])
    assert store.answer(ListEvents()) == (event(2), event(1))
    store.close()


def test_a_lock_held_too_long_is_a_fault(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.database.connection._WRITE_PRAGMAS", ("journal_mode=WAL", "busy_timeout=10"))
    store = open_store(path, CLOCK)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentFault) as locked:
        store.save([event(1)])
    assert locked.value.reason == "database_locked"
    other.execute("ROLLBACK")
    other.close()
    store.save([event(1)])
    assert store.event(event(1).id) == event(1)
    store.close()
