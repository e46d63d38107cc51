from pathlib import Path

import pytest

from engine.model.settings import Settings
from engine.model.time import ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.runtime.data_folder import DataFolder
from engine.runtime.recorder import record as module
from engine.runtime.recorder.record import Record
from engine.vision.tracking import Tracker
from tests.fakes.observations import START_NS, Walk, numbered, scene
from tests.fakes.observations import camera as fake_camera
from tests.fakes.ports import NO_TROUBLE


def test_journal_and_checkpoints_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "KEPT_CHECKPOINTS", 2)
    record = Record(DataFolder(tmp_path / "site"), ManualClock(START_NS), lambda: Pipeline(Tracker), NO_TROUBLE)
    record.journal._segment_bytes = 1  # a segment for each batch
    story = numbered(scene([Walk(1, 6)], 4), Settings(cameras=(fake_camera(),)))
    for start in range(0, len(story), 20):
        batch = story[start : start + 20]
        for item in batch:
            record.pipeline.step(item)
        record.journal.append(batch)
        record.save_checkpoint(record.pipeline.number, record.pipeline.state())
    kept = sorted(int(path.name.split(".")[0]) for path in (tmp_path / "site" / "checkpoints").glob("*.json.z"))
    assert len(kept) == 2
    assert story[0].number < record.journal.first_number <= kept[0] + 1, "enough is left to go on from the oldest checkpoint"
    state = record.pipeline.state()
    record.close()
    again = Record(DataFolder(tmp_path / "site"), ManualClock(START_NS), lambda: Pipeline(Tracker), NO_TROUBLE)
    assert again.pipeline.state() == state
    again.close()


def test_what_a_full_disk_kept_out_of_the_journal_has_had_its_numbers(tmp_path: Path):
    """Somebody comes while nothing can be journalled; their event is saved when it can be again, and then the engine is killed."""
    clock = ManualClock(START_NS)
    record = Record(DataFolder(tmp_path / "site"), clock, lambda: Pipeline(Tracker), NO_TROUBLE)
    story = numbered(scene([Walk(1, 6)], 6), Settings(cameras=(fake_camera(),)), record.next_number)
    results = [record.pipeline.step(item) for item in story]
    record.journal.append(story[:2])
    record.store.save([event for result in results for event in result.events])
    record.close()
    clock.advance_to(story[-1].received_ns)
    again = Record(DataFolder(tmp_path / "site"), clock, lambda: Pipeline(Tracker), NO_TROUBLE)
    known = {event.id for event in again.board.events()}
    assert known and again.next_number > story[-1].number
    anew = numbered(scene([Walk(1, 6)], 6), Settings(cameras=(fake_camera(),)), again.next_number)
    assert not known & {event.id for item in anew for event in again.pipeline.step(item).events}
    again.close()
