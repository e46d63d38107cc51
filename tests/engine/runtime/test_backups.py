"""Copies of the record while it is written: whole or absent, read back, private, few enough, and without anybody who was erased."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.model.upkeep import Backup, UpkeepSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.jobs.jobs import Jobs
from engine.runtime.keeping.backups import AGAIN_NS, HOUR_NS, Backups, erased_marks, mark_of
from engine.runtime.storage.backup_folder import BackupFolder, beyond, check
from engine.runtime.supervisor import ErrorBook
from engine.store import open_store
from engine.store.database.backup import copy_database
from engine.store.store import Store
from tests.engine.store import records
from tests.fakes.observations import START_NS
from tests.fakes.ports import SettingsOf, TroubleOf

FREE = 1 << 40


@dataclass
class FakeWriter:
    committed_number: int = 7


@dataclass
class Desk:
    data: DataFolder
    store: Store
    clock: ManualClock = field(default_factory=lambda: ManualClock(START_NS))
    settings: Settings = field(default_factory=Settings)
    free: int = FREE
    pending: int = 0
    troubles: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.jobs = Jobs(ErrorBook(self.clock), self.clock)
        self.folder = self.data.path / "backups"
        self.restart()

    def restart(self, enough_from_ns: int = 0) -> None:
        self.backups = Backups(
            self.data,
            self.clock,
            SettingsOf(lambda: self.settings),
            FakeWriter(),
            self.jobs,
            TroubleOf(self.troubles.append),
            lambda: self.pending,
            lambda folder: self.free,
            enough_from_ns,
        )
        self.backups.known = self.backups.folder.all()

    def make(self) -> Backup:
        self.clock.advance_to(self.clock.now_ns() + SECOND)
        return self.backups.make(True, lambda: None)

    def look_after(self, ns: int) -> None:
        self.clock.advance_to(self.clock.now_ns() + ns)
        self.backups.look(threading.Event())

    def want(self, **changes: object) -> None:
        self.settings = replace(self.settings, upkeep=replace(self.settings.upkeep, **changes))  # pyright: ignore[reportArgumentType]

    def names(self) -> list[str]:
        return [backup.name for backup in self.backups.folder.all()]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("template") / "watchroom.db"
    open_store(path, ManualClock(START_NS)).close()
    return path.read_bytes()


@pytest.fixture
def desk(tmp_path: Path, template: bytes) -> Iterator[Desk]:
    data = DataFolder(tmp_path / "site")
    data.database.write_bytes(template)
    data.secrets.write_text('{"camera/a": "hunter2hunter2"}')
    data.settings.write_text('site_name = "Yard"\n')
    store = open_store(data.database, ManualClock(START_NS))
    yield Desk(data, store)
    store.close()


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM events").fetchone()[0]


def test_a_copy_is_sound_private_and_without_secrets(desk: Desk) -> None:
    desk.store.save([records.event(n) for n in range(50)])
    made = desk.make()
    folder = desk.folder / made.name
    check(folder, made)
    assert rows(folder / "watchroom.db") == 50 and made.number == 7
    assert {path.name for path in folder.iterdir()} == {"watchroom.db", "settings.toml", "backup.json"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    assert not any(b"hunter2" in path.read_bytes() for path in folder.iterdir())


def test_a_copy_is_of_one_moment_while_others_write(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write between two steps would make SQLite's copy start again, if nothing held its moment."""
    monkeypatch.setattr("engine.store.database.backup.PAGES_AT_ONCE", 4)
    desk.store.save([records.event(n) for n in range(200)])
    written = iter(range(200, 2000))
    steps = []

    def write() -> None:
        steps.append(1)
        desk.store.save([records.event(next(written))])

    made = desk.backups.make(True, write)
    assert rows(desk.folder / made.name / "watchroom.db") == 200
    assert 5 < len(steps) < 400 and rows(desk.data.database) == 200 + len(steps)


def test_one_is_made_soon_after_the_start_and_then_each_hour(desk: Desk) -> None:
    desk.look_after(0)
    assert desk.names() == []
    desk.look_after(60 * SECOND)
    assert len(desk.names()) == 1
    desk.look_after(HOUR_NS - SECOND)
    assert len(desk.names()) == 1
    desk.look_after(SECOND)
    assert len(desk.names()) == 2
    desk.want(backups=False)
    desk.look_after(2 * HOUR_NS)
    assert len(desk.names()) == 2


def test_one_is_made_at_once_where_those_of_before_are_not_enough_any_more(desk: Desk) -> None:
    """What came between the last copy and the damage is in the log only, which may be damaged next, or in the database only."""
    desk.look_after(60 * SECOND)
    assert len(desk.names()) == 1
    desk.restart(enough_from_ns=desk.clock.now_ns() + 1)
    desk.look_after(5 * SECOND)
    assert len(desk.names()) == 2
    desk.look_after(HOUR_NS - SECOND)
    assert len(desk.names()) == 2


def test_the_newest_and_the_last_of_each_day_before_them_stay() -> None:
    made = [Backup(f"b{hour}", hour * HOUR_NS, 0, "", "", 1 << 20, "") for hour in range(24 * 20)][::-1]
    gone = set(beyond(made, UpkeepSettings()))
    kept = [backup for backup in made if backup not in gone]
    assert [each.name for each in kept[:24]] == [each.name for each in made[:24]]
    assert [each.made_ns // HOUR_NS for each in kept[24:]] == [24 * day + 23 for day in range(18, 11, -1)]
    small = UpkeepSettings(keep_backups_gib=0.1)
    large = [replace(each, size_bytes=60 << 20) for each in made]
    assert len(large) - len(beyond(large, small)) == 1
    assert len(beyond([replace(made[0], size_bytes=1 << 40)], small)) == 0, "the newest always stays"


def test_copies_lie_in_the_chosen_folder_which_other_sites_may_use_too(desk: Desk, tmp_path: Path) -> None:
    chosen = tmp_path / "disk"
    chosen.mkdir()
    others = BackupFolder(DataFolder(tmp_path / "other").path, str(chosen))
    others.finish(others.begin(START_NS), Backup(others.begin(START_NS).name.removesuffix(".part"), 1, 0, "", "", 1, ""))
    (chosen / "family photos").mkdir()
    desk.want(backup_folder=str(chosen), keep_hourly=1, keep_daily=0)
    desk.make(), desk.make()
    assert len(desk.names()) == 1 and len(others.all()) == 1 and (chosen / "family photos").is_dir()
    desk.want(backup_folder=str(tmp_path / "unplugged"))
    with pytest.raises(EnvironmentFault, match="cannot be reached"):
        desk.make()
    assert desk.backups.trouble and desk.troubles[-1]


def test_a_full_disk_leaves_nothing_half_made_and_is_told_until_it_works_again(desk: Desk) -> None:
    desk.free = 100 << 20
    with pytest.raises(EnvironmentFault, match="does not fit"):
        desk.make()
    assert list(desk.folder.iterdir()) == [] and "does not fit" in str(desk.troubles[-1])
    desk.free = FREE
    desk.look_after(AGAIN_NS)
    assert len(desk.names()) == 1 and desk.troubles[-1] is None


def test_a_disk_that_fills_up_on_the_way_leaves_nothing_half_made(desk: Desk) -> None:
    """A real limit on the size of files, in a process of its own."""
    desk.store.save([records.event(n) for n in range(2000)])
    code = (
        "import resource, signal, sys; from pathlib import Path; from engine.store.database.backup import copy_database\n"
        "from engine.model.errors import EnvironmentFault\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "try: copy_database(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except EnvironmentFault as fault: print(fault.reason)\n"
    )
    target = desk.folder.parent / "copy.db"
    done = subprocess.run([sys.executable, "-c", code, str(desk.data.database), str(target)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("disk_full", "disk_error")
    assert rows(desk.data.database) == 2000


def test_a_process_that_is_killed_while_copying_leaves_nothing_that_counts(desk: Desk) -> None:
    desk.store.save([records.event(n) for n in range(500)])
    part = desk.backups.folder.begin(START_NS)
    code = (
        "import sys, time; from pathlib import Path; from engine.store.database import backup\n"
        "backup.PAGES_AT_ONCE = 1\n"
        "def wait(): print('copying', flush=True); time.sleep(60)\n"
        "backup.copy_database(Path(sys.argv[1]), Path(sys.argv[2]), wait)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(desk.data.database), str(part / "watchroom.db")], stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline().strip() == b"copying"
    child.send_signal(signal.SIGKILL)
    child.wait(120)
    child.stdout.close()
    assert desk.names() == [] and part.exists()
    made = desk.make()
    assert desk.names() == [made.name] and not part.exists()
    assert rows(desk.folder / made.name / "watchroom.db") == 500


def test_who_was_erased_is_in_no_copy_once_a_newer_one_is_there(desk: Desk) -> None:
    old = desk.make()
    desk.backups.erased("p-1")
    desk.pending = 1
    desk.look_after(AGAIN_NS)
    assert old.name in desk.names() and erased_marks(desk.data.path) == (mark_of("p-1"),), "it is not done yet"
    desk.pending = 0
    desk.look_after(AGAIN_NS)
    assert len(desk.names()) == 1 and old.name not in desk.names()
    assert erased_marks(desk.data.path) == ()


def test_who_was_erased_is_in_no_copy_in_a_folder_of_before_either(desk: Desk, tmp_path: Path) -> None:
    """That is not connected for a while: who was erased is known until it is, and no copy is made for that again and again."""
    former, away = tmp_path / "former", tmp_path / "away"
    former.mkdir()
    desk.make()
    desk.want(backup_folder=str(former))
    desk.make()
    desk.want(backup_folder="")
    former.rename(away)
    desk.backups.erased("p-1")
    desk.look_after(AGAIN_NS)
    made = desk.names()
    assert len(made) == 1 and erased_marks(desk.data.path) == (mark_of("p-1"),)
    desk.look_after(AGAIN_NS)
    assert desk.names() == made
    away.rename(former)
    desk.look_after(HOUR_NS)
    assert len(desk.names()) == 2 and list(former.iterdir()) == [] and erased_marks(desk.data.path) == ()


def test_a_copy_that_is_half_removed_does_not_count_as_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.make()

    def held(path: Path, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            raise PermissionError(13, "A scanner holds it")

    desk.backups.erased("p-1")
    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", held)
        desk.look_after(AGAIN_NS)
    assert len(desk.names()) == 1 and erased_marks(desk.data.path) and desk.troubles[-1]
    assert len(list(desk.folder.iterdir())) == 2, "one of them in part"
    desk.look_after(HOUR_NS)
    assert erased_marks(desk.data.path) == () and {path.name for path in desk.folder.iterdir()} == set(desk.names())


def test_a_copy_made_when_the_clock_was_ahead_does_not_put_off_the_next(desk: Desk) -> None:
    desk.make()
    desk.clock = ManualClock(START_NS - 400 * 24 * HOUR_NS)
    desk.restart()
    assert desk.backups.due_ns is not None and desk.backups.due_ns <= desk.clock.now_ns() + AGAIN_NS
    desk.look_after(AGAIN_NS)
    assert len(desk.names()) == 2


def test_a_full_disk_takes_the_older_copies(desk: Desk) -> None:
    made = [desk.make() for _ in range(4)]
    assert desk.backups.give(1) == made[0].size_bytes
    assert desk.backups.give(1 << 50) == made[1].size_bytes
    assert desk.names() == [made[3].name, made[2].name]


def test_a_note_of_somebody_else_is_no_copy(desk: Desk) -> None:
    made = desk.make()
    note = desk.folder / made.name / "backup.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), "name": "../../else"}))
    assert desk.names() == []


def test_what_keeps_going_may_end_it(desk: Desk) -> None:
    with pytest.raises(KeyboardInterrupt):
        desk.backups.make(True, _interrupt)
    assert list(desk.folder.iterdir()) == []


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_a_copy_never_replaces_a_file(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "there.db"
    target.write_text("mine")
    with pytest.raises(FileExistsError):
        copy_database(desk.data.database, target)
    assert target.read_text() == "mine" and os.path.exists(desk.data.database)
