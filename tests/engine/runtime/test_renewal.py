"""Damage that is found while the engine runs: the next start is sure to mend it, and whoever runs the site is told what to do."""

import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.question import ListEvents
from engine.model.settings import Settings
from engine.model.time import ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.runtime.data_folder import DataFolder
from engine.runtime.jobs.jobs import Jobs
from engine.runtime.keeping import renewal
from engine.runtime.keeping.backups import Backups
from engine.runtime.keeping.renewal import Renewal
from engine.runtime.recorder.record import Record
from engine.runtime.settings.site_settings import FixedSettings
from engine.runtime.supervisor import ErrorBook
from engine.vision.tracking import Tracker
from tests.engine.store import records
from tests.fakes.observations import START_NS
from tests.fakes.ports import TroubleOf


class Desk:
    """A record in use, with what looks after it."""

    def __init__(self, folder: Path) -> None:
        self.data, self.clock = DataFolder(folder), ManualClock(START_NS)
        self.troubles: list[str | None] = []
        self.told: list[str] = []
        self.record = self.opened()

    def opened(self) -> Record:
        return Record(self.data, self.clock, lambda: Pipeline(Tracker), TroubleOf(self.troubles.append))

    def backups(self) -> Backups:
        jobs, store = Jobs(ErrorBook(self.clock), self.clock), self.record.store
        return Backups(
            self.data,
            self.clock,
            FixedSettings(Settings()),
            self.record.writer,
            jobs,
            TroubleOf(self.troubles.append),
            look_through=store.look_through,
            free=lambda _: 1 << 40,
        )

    def renewal(self) -> Renewal:
        return Renewal(self.data, self.clock, FixedSettings(Settings()), lambda: self.record.store.damage, TroubleOf(self.told.append))

    def garble(self, table: str) -> None:
        """As a disk does that loses bits in silence, while the record is in use."""
        self.record.store.settle()
        with closing(sqlite3.connect(self.data.database)) as connection:
            pages = [row[0] for row in connection.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,))]
        with self.data.database.open("r+b") as file:
            for page in pages:
                file.seek((page - 1) * 4096)
                file.write(random.Random(page).randbytes(4096))

    def events(self) -> int:
        return len(self.record.store.answer(ListEvents(limit=5_000)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """With many events, and a copy of them."""
    desk = Desk(tmp_path / "site")
    desk.record.writer.start()
    desk.record.store.save([records.event(number) for number in range(3_000)])
    desk.backups().make(True, lambda: None)
    yield desk
    desk.record.close()


def meets_damage(desk: Desk) -> None:
    desk.garble("events")
    with pytest.raises(EnvironmentFault) as met:
        desk.events()
    assert met.value.reason == "database_damaged"


def test_nothing_is_said_of_a_record_that_is_sound(desk: Desk) -> None:
    renewing = desk.renewal()
    assert not renewing.look() and desk.told == [] and not renewing.wanted.is_set()


def test_damage_that_somebody_meets_is_mended_by_the_next_start_which_is_asked_for(desk: Desk) -> None:
    renewing = desk.renewal()
    meets_damage(desk)
    renewing.run(threading.Event())
    assert renewing.wanted.is_set()
    [told] = desk.told
    assert "is damaged" in told and "from the backup of 2023-11-14 22:13 UTC" in told and "Start Watchroom anew" in told
    assert "empty record" not in told and "Move the file" not in told
    desk.record.close()
    desk.record = desk.opened()
    assert desk.record.restored is not None and desk.events() == 3_000
    desk.record.writer.start()


def test_damage_that_a_look_from_outside_would_not_see_is_mended_too(desk: Desk) -> None:
    """An index that does not say what its table says: `quick_check` does not compare them."""
    desk.record.store._soundness.damage = "The database is damaged (an index)."  # pyright: ignore[reportPrivateUsage]
    assert desk.renewal().look()
    desk.record.close()
    desk.record = desk.opened()
    assert desk.record.restored is not None and desk.record.restored.reason == "The database is damaged (an index)."
    desk.record.writer.start()


def test_without_a_sound_copy_the_engine_is_not_ended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would not start again; one whose disk comes back counts."""
    monkeypatch.setattr(renewal, "AGAIN_S", 0.001)
    aside = shutil.move(desk.data.path / "backups", desk.data.path.parent / "backups")
    renewing, stopping = desk.renewal(), threading.Event()
    meets_damage(desk)
    assert renewing.look() and not renewing.wanted.is_set()
    assert "no sound backup" in desk.told[-1] and "before you end it" in desk.told[-1]
    assert not (desk.data.path / "restoring").exists()
    os.rename(aside, desk.data.path / "backups")
    renewing.run(stopping)
    assert renewing.wanted.is_set() and "Start Watchroom anew" in desk.told[-1]


def test_a_copy_finds_what_nobody_had_read(desk: Desk) -> None:
    """And the sentence is not that of a start, which knows of no engine that runs."""
    desk.garble("sequences")
    with pytest.raises(EnvironmentFault, match="is damaged") as refused:
        desk.backups().make(True, lambda: None)
    assert refused.value.reason == "database_damaged" and str(desk.data.database) in str(refused.value)
    assert "Move the file" not in str(desk.troubles[-1])
    assert desk.record.store.damage and desk.renewal().look()


def test_a_copy_that_alone_is_damaged_says_nothing_of_the_record(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(path: Path) -> str:
        raise EnvironmentFault("database_damaged", f"The database {path} is damaged (malformed). Nothing was changed. Move the file.")

    monkeypatch.setattr("engine.runtime.storage.backup_copy.checked_schema", spoilt)
    with pytest.raises(EnvironmentFault, match="Check that disk") as refused:
        desk.backups().make(True, lambda: None)
    assert refused.value.reason == "copy_damaged" and desk.record.store.damage == ""
