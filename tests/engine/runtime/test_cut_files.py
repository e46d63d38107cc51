"""Recordings whose files a power cut made shorter: what is left of each is a whole one, and what is left of nothing is not listed."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import av
import numpy as np
import pytest

from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import EvidenceLock, Keeping, ListSegments, Segment
from engine.model.question import ListClips
from engine.model.time import SECOND, ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.recording.clips.clip_rows import found_clip, keep_row, row_beside
from engine.recording.files import sha256_of
from engine.recording.footage.playback import ClipReader
from engine.recording.new_video import begin_video
from engine.recording.segments.store import first_bad_ns, read_segment, segment_path
from engine.runtime.data_folder import DataFolder
from engine.runtime.footage.cut_files import FEW, CutFiles
from engine.runtime.recorder.record import Record
from engine.vision.tracking import Tracker
from tests.engine.store import records
from tests.fakes.observations import START_NS
from tests.fakes.ports import NO_TROUBLE, TroubleOf

PICTURES, FPS = 40, 10
LENGTH_NS = PICTURES * SECOND // FPS


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As clips are: the index comes first."""
    return written(tmp_path_factory.mktemp("video") / "clip.mp4", growing=False)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As continuous video is: the index of the whole comes last."""
    return written(tmp_path_factory.mktemp("video") / "recording.mp4", growing=True)


def written(path: Path, growing: bool) -> Path:
    dice = np.random.default_rng(1)
    file, made = begin_video(path, "mp4", growing=growing)
    with file, made as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for _ in range(PICTURES):
            picture = dice.integers(0, 255, (64, 96, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@dataclass
class Desk:
    folder: Path
    video: Path
    grown: Path
    troubles: list[str | None] = field(default_factory=list[str | None])

    def __post_init__(self) -> None:
        self.record = Record(DataFolder(self.folder), ManualClock(START_NS), lambda: Pipeline(Tracker), NO_TROUBLE)
        self.record.writer.start()

    def clip(self, number: int) -> Clip:
        listed = records.clip(number)
        path = self.folder / listed.file
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.video, path)
        ended_ns = listed.started_ns + LENGTH_NS
        clip = replace(listed, sha256=sha256_of(path), size_bytes=path.stat().st_size, ended_ns=ended_ns)
        keep_row(self.folder, clip)
        self.record.store.save([records.event(number), clip])
        return clip

    def segment(self, minute: int) -> Segment:
        path = self.folder / segment_path("yard", START_NS + minute * 60 * SECOND, ".mp4")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.grown, path)
        segment = read_segment(self.folder, path)
        assert segment is not None
        self.record.store.save([segment])
        return segment

    def cut(self, file: str, share: float) -> None:
        path = self.folder / file
        with path.open("r+b") as opened:
            opened.truncate(round(path.stat().st_size * share))

    def look(self) -> None:
        CutFiles(self.folder, self.record, TroubleOf(self.troubles.append)).look(threading.Event())
        assert self.record.writer.flush(20)

    def clips(self) -> dict[str, Clip]:
        return {clip.id: clip for clip in self.record.store.answer(ListClips(limit=100))}

    def segments(self) -> dict[str, Segment]:
        found = self.record.store.answer(ListSegments(0, START_NS * 2, (), 100))
        return {segment.id: segment for segment in found}


@pytest.fixture
def desk(tmp_path: Path, video: Path, grown: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "site", video, grown)
    yield desk
    desk.record.close()


def test_nothing_is_done_to_what_is_whole(desk: Desk) -> None:
    clips, segments = [desk.clip(1), desk.clip(2)], [desk.segment(1)]
    desk.look()
    assert desk.clips() == {clip.id: clip for clip in clips} and list(desk.segments()) == [segments[0].id]
    assert desk.troubles == []


def test_what_is_left_of_a_clip_is_a_whole_clip(desk: Desk) -> None:
    clip, other = desk.clip(1), desk.clip(2)
    desk.cut(clip.file, 0.6)
    desk.look()
    left = desk.clips()[clip.id]
    path = desk.folder / left.file
    assert (left.sha256, left.size_bytes) == (sha256_of(path), path.stat().st_size) and first_bad_ns(path) is None
    assert left.started_ns == clip.started_ns and SECOND < left.ended_ns - left.started_ns < LENGTH_NS - SECOND
    assert desk.clips()[other.id] == other
    assert desk.troubles and "1 recordings were cut short" in (desk.troubles[0] or "")
    assert found_clip(desk.folder, path, records.event(1)) == left, "the row beside it is the new one"
    desk.look()
    assert desk.clips()[clip.id] == left, "once"


@pytest.mark.parametrize("share", [0.0, 0.001])
def test_where_nothing_is_left_nothing_is_listed(desk: Desk, share: float) -> None:
    clip, segment = desk.clip(1), desk.segment(1)
    desk.cut(clip.file, share)
    desk.cut(segment.file, share)
    desk.look()
    assert desk.clips() == {} and desk.segments() == {}
    assert not (desk.folder / clip.file).exists() and not row_beside(desk.folder, clip).exists()
    assert not (desk.folder / segment.file).exists()


def test_a_recording_is_listed_as_long_as_it_is_and_says_where_it_is_damaged(desk: Desk) -> None:
    segment = desk.segment(1)
    desk.cut(segment.file, 0.5)
    desk.look()
    left = desk.segments()[segment.id]
    path = desk.folder / segment.file
    assert left.size_bytes == path.stat().st_size
    assert first_bad_ns(path) is None or left.damage
    assert left.started_ns == segment.started_ns and SECOND < left.ended_ns - left.started_ns < LENGTH_NS - SECOND
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames > FPS, "any player plays it"
    desk.look()
    assert desk.segments()[segment.id] == left, "once"


def test_a_locked_recording_that_is_cut_stays_as_it_is_and_plays(desk: Desk) -> None:
    segment = desk.segment(1)
    desk.record.store.segments.put_lock(EvidenceLock("lk-1", segment.started_ns, segment.ended_ns, "theft", "Ada", 3))
    desk.cut(segment.file, 0.6)
    before = (desk.folder / segment.file).read_bytes()
    desk.look()
    assert desk.segments() == {segment.id: replace(segment, keeping=Keeping.LOCKED)} and (desk.folder / segment.file).read_bytes() == before
    with ClipReader(desk.folder / segment.file) as reader:
        assert FPS < len(list(reader.pictures())) < PICTURES


def test_evidence_is_left_as_it_is(desk: Desk) -> None:
    clip = desk.clip(1)
    desk.record.store.segments.put_lock(EvidenceLock("lk-1", clip.started_ns, clip.ended_ns, "theft", "Ada", 3))
    desk.cut(clip.file, 0.5)
    before = (desk.folder / clip.file).read_bytes()
    desk.look()
    assert desk.clips()[clip.id] == clip and (desk.folder / clip.file).read_bytes() == before


def test_where_most_are_cut_the_disk_is_and_nothing_is_written(desk: Desk) -> None:
    clips = [desk.clip(number) for number in range(1, FEW + 3)]
    for clip in clips:
        desk.cut(clip.file, 0.5)
    desk.look()
    assert desk.clips() == {clip.id: clip for clip in clips}
    assert "Check the disk" in (desk.troubles[0] or "")


@pytest.mark.parametrize("row_left", [1.0, 0.1, None], ids=["row whole", "row cut", "row gone"])
def test_a_clip_that_a_lost_record_does_not_know_is_found_mended(desk: Desk, row_left: float | None) -> None:
    clip = desk.clip(1)
    desk.cut(clip.file, 0.6)
    row = row_beside(desk.folder, clip)
    if row_left is None:
        row.unlink()
    else:
        desk.cut(row.relative_to(desk.folder).as_posix(), row_left)
    found = found_clip(desk.folder, desk.folder / clip.file, records.event(1))
    assert found is not None and (found.event_id, found.file) == (clip.event_id, clip.file)
    assert found.sha256 == sha256_of(desk.folder / clip.file) != clip.sha256 and first_bad_ns(desk.folder / clip.file) is None
