"""Continuous video of a data folder with small files for its segments, and the side of the engine that keeps it."""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.model.cameras.segment import ListSegments, LockEvidence, Segment
from engine.model.event import Event
from engine.model.settings import RecordingSettings, Settings
from engine.model.time import SECOND, Clock, ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.recording.clips.clips import ClipRecorder
from engine.recording.segments.store import segment_id, segment_path
from engine.runtime.data_folder import DataFolder
from engine.runtime.footage.segment_side import SegmentSide
from engine.runtime.recorder.record import Record
from engine.runtime.supervisor import ErrorBook
from engine.runtime.troubles import Troubles
from engine.vision.tracking import Tracker
from tests.engine.store import records
from tests.fakes.observations import START_NS
from tests.fakes.ports import NO_TROUBLE, SettingsOf

DAY_NS = 86_400 * SECOND
MINUTE_NS = 60 * SECOND
MIB = 1 << 20
GIB = 1 << 30
NOW_NS = START_NS + 100 * DAY_NS


class Told(Troubles):
    """Also what is over."""

    def __init__(self, sentences: dict[str, str | None], clock: Clock) -> None:
        super().__init__(ErrorBook(clock))
        self._all = sentences

    def tell(self, part: str, sentence: str | None) -> None:
        super().tell(part, sentence)
        self._all[part] = sentence


@dataclass
class SegmentDesk:
    """`free`: bytes left on the disk without what the desk's files claim to take (`claimed` bytes for each byte they have)."""

    folder: Path
    settings: RecordingSettings = field(default_factory=RecordingSettings)
    disk_bytes: int = 1_000 * GIB
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW_NS))
    troubles: dict[str, str | None] = field(default_factory=dict[str, str | None])

    def __post_init__(self) -> None:
        data = DataFolder(self.folder)
        self.record = Record(data, ManualClock(START_NS), lambda: Pipeline(Tracker), NO_TROUBLE)
        self.record.writer.start()
        clips = ClipRecorder(self.folder, self.clock, lambda _: None, lambda _: None, self.settings)
        told = Told(self.troubles, self.clock)
        self.side = SegmentSide(
            self.folder, self.record, clips, SettingsOf(lambda: Settings(recording=self.settings)), self.clock, told, self.free
        )
        self.table = self.record.store.segments

    def close(self) -> None:
        self.record.close()

    def free(self, _: Path) -> int:
        clips = sum(row.size_bytes for row in self.record.store.oldest_clips(1_000) if (self.folder / row.file).exists())
        here = [each for each in self.listed() if not each.archived and (self.folder / each.file).exists()]
        return self.disk_bytes - sum(each.size_bytes for each in here) - clips

    def keep(self, age_ns: int, mib: int = 1, camera: str = "yard", long_ns: int = MINUTE_NS) -> Segment:
        """A minute that ended so long ago, with its row and a small file."""
        started_ns = NOW_NS - age_ns - long_ns
        path = segment_path(camera, started_ns, ".mp4")
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(f"{camera} {started_ns}".encode() * 1_000)
        made = Segment(segment_id(camera, started_ns), camera, started_ns, started_ns + long_ns, path.as_posix(), mib * MIB, "h264", 96, 64)
        self.record.store.save([made])
        return made

    def event(self, number: int, age_ns: int, long_ns: int = 5 * SECOND, camera: str = "yard", person_id: str = "") -> Event:
        started_ns = NOW_NS - age_ns
        event = records.event(number, camera=camera)
        event = replace(event, started_ns=started_ns, received_ns=started_ns, ended_ns=started_ns + long_ns, person_id=person_id)
        self.record.store.save([event])
        return event

    def lock(self, since_ns: int, until_ns: int, *cameras: str, expires_ns: int | None = None) -> str:
        lock = self.side.new_lock(LockEvidence(since_ns, until_ns, "a theft", cameras, expires_ns), "ada")
        self.side.lock(lock)
        return lock.id

    def tidy(self) -> None:
        self.side.tidy()
        assert self.record.writer.flush(20)

    def look(self) -> None:
        self.side.look(threading.Event())
        assert self.record.writer.flush(20)

    def listed(self) -> tuple[Segment, ...]:
        return self.record.store.answer(ListSegments(0, NOW_NS + DAY_NS))

    def left(self) -> set[str]:
        """Ids of those that are listed; each has its file, and there is no file beside them."""
        listed = self.listed()
        files = {path.stem for path in (self.folder / "segments").rglob("*.*")}
        assert files == {each.id for each in listed if not each.archived}
        return {each.id for each in listed}


def ids(*segments: Segment) -> set[str]:
    return {segment.id for segment in segments}
