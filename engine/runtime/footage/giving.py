"""What of the data folder can be given up for room on the disk, in the order of `docs/administrator/maintenance.md`."""

from collections.abc import Callable
from pathlib import Path

from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import Keeping
from engine.recording.clips.masked_clips import give_copies
from engine.runtime.footage.free_space import Giver
from engine.runtime.footage.segment_keeping import SegmentKeeping
from engine.runtime.recorder.record import Record
from engine.runtime.storage.clip_files import remove_files

MOST_CLIPS = 200


def givers(folder: Path, record: Record, keeping: SegmentKeeping, give_backups: Callable[[int], int] = lambda most: 0) -> tuple[Giver, ...]:
    """What nobody misses first; what is locked as evidence, of persons who are locked, the two newest backups and the record itself
    never."""
    return (
        Giver("copies with hidden faces", lambda most: give_copies(folder, most)),
        Giver("older backups", give_backups),
        Giver("the log of observations", lambda most: _give_journal(record, most)),
        Giver("continuous recordings", lambda most: keeping.give(Keeping.CONTINUOUS, most)),
        Giver("continuous recordings of events", lambda most: keeping.give(Keeping.EVENT, most), late=True),
        Giver("clips of events", lambda most: _give_clips(folder, record, most), late=True),
    )


def _give_journal(record: Record, most_bytes: int) -> int:
    before = record.journal.size_bytes()
    record.fit_journal(max(0, before - most_bytes))
    return before - record.journal.size_bytes()


def _give_clips(folder: Path, record: Record, most_bytes: int) -> int:
    """The files at once, since the writer may be waiting for just this room; their rows when it comes to them."""
    chosen: list[Clip] = []
    left = most_bytes
    for clip in record.store.oldest_clips(MOST_CLIPS):
        if left <= 0:
            break
        chosen.append(clip)
        left -= clip.size_bytes
    removed = remove_files(folder, chosen)
    ids, event_ids = [clip.id for clip in removed], frozenset(clip.event_id for clip in removed)
    if removed:
        record.writer.run_in_order(lambda: record.store.remove_clips(ids))
        record.board.remove_clips(event_ids)
    return sum(clip.size_bytes for clip in removed)
