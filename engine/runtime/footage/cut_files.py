"""After a power cut, or on a failing disk, files may be shorter than the record says. Looked for once after each start: nothing half is
listed then, and what is left of it can be played."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from engine.model.cameras.clip import Clip
from engine.recording.clips.clip_mending import is_cut, mended
from engine.recording.clips.clip_rows import keep_row
from engine.recording.clips.masked_clips import remove_copies
from engine.recording.files import remove_quietly
from engine.recording.segments.recovery import mended_segment
from engine.runtime.ports import Trouble
from engine.runtime.recorder.record import Record
from engine.runtime.storage.clip_files import remove_files

log = logging.getLogger(__name__)

MOST = 100_000  # clips and recordings looked at
SOUND_SHARE = 0.5  # where more than this are cut, the disk is to be looked at before anything is written to it
FEW = 10


class CutFiles:
    """One thread. What is locked as evidence, or in the archive, is left as it is: its hash tells.

    Args:
        folder: the data folder. trouble: a sentence for whoever runs the site.
    """

    def __init__(self, folder: Path, record: Record, trouble: Trouble) -> None:
        self._folder, self._record, self._trouble = folder, record, trouble

    def look(self, stopping: threading.Event) -> None:
        """Takes as long as asking for the size of each file, and reading those that are cut. Raises EnvironmentFault, OSError."""
        clips = self._record.store.oldest_clips(MOST)
        segments = self._record.store.segments.sizes_of_files(MOST)
        cut_clips = [clip for clip in clips if is_cut(self._folder, clip)]
        cut_segments = [(segment_id, path) for segment_id, path, size in self._here(segments) if path.stat().st_size != size]
        count, whole = len(cut_clips) + len(cut_segments), len(clips) + len(segments)
        if not count:
            return
        if count > max(FEW, SOUND_SHARE * whole):
            self._trouble.tell(f"The files of {count:,} recordings are not as long as they were, most of all there are. Check the disk.")
            return
        for clip in cut_clips:
            if not stopping.is_set():
                self._mend(clip)
        for segment_id, path in cut_segments:
            if not stopping.is_set():
                self._look_at(segment_id, path)
        self._trouble.tell(
            f"{count:,} recordings were cut short by a power failure or a failing disk. What is left of them is kept. Check the disk and "
            "its power supply."
        )

    def _here(self, segments: tuple[tuple[str, str, int], ...]) -> Iterator[tuple[str, Path, int]]:
        for segment_id, file, size in segments:
            path = self._folder / file
            if path.exists():
                yield segment_id, path, size

    def _mend(self, clip: Clip) -> None:
        left = mended(self._folder, clip)
        remove_copies(self._folder, clip.sha256)
        log.warning("the clip %s was cut short; %s", clip.id, "nothing of it is left" if left is None else "what is left of it is kept")
        if left is not None:
            keep_row(self._folder, left)
            self._record.writer.submit(None, (left,))
            return
        for gone in remove_files(self._folder, (clip,)):
            self._record.store.remove_clips([gone.id])
            self._record.board.remove_clips(frozenset({gone.event_id}))

    def _look_at(self, segment_id: str, path: Path) -> None:
        segment = mended_segment(self._folder, path)
        log.warning("the recording %s was cut short; %s", segment_id, "nothing of it is left" if segment is None else "the rest is kept")
        if segment is not None:
            self._record.store.segments.cut(segment)
        elif remove_quietly(path):
            self._record.store.segments.remove([segment_id])
