"""Which packets of a camera's ring go into which file of its continuous video."""

from collections.abc import Iterator
from pathlib import Path

from engine.model.cameras.segment import Segment
from engine.model.time import SECOND
from engine.recording.clips.clip_file import ClipFile, shown_ns
from engine.recording.clips.cut import continues
from engine.recording.ring import PacketRing, RingPacket
from engine.recording.segments.store import begin_segment, made_segment

_LONGEST_NS = 3000 * SECOND  # where no keyframe comes; the record counts on less than an hour
_USUAL_NS = SECOND // 25


class SegmentCut:
    """Follows one ring. A segment ends at the first keyframe after its time; a reconnection, a pause, lost packets or another picture size
    end it where they are, and the next begins at the next keyframe: what is missing between is a gap. One thread.

    Args:
        folder: the data folder. not_before_ns: what was recorded up to then already.
    """

    def __init__(self, folder: Path, camera_id: str, ring: PacketRing, not_before_ns: int) -> None:
        self.ring = ring
        self.ended_ns = not_before_ns
        self._folder, self._camera_id = folder, camera_id
        self._cursor: int | None = None
        self._file: ClipFile | None = None
        self._last: RingPacket | None = None
        self._step_ns = _USUAL_NS
        self._keyframe_at_ns, self._longest_group_ns = 0, 0

    def advance(self, segment_ns: int) -> Iterator[Segment]:
        """Write what has come since the last call; yields segments that are whole. Raises EnvironmentFault: what was being written stays a
        part file, and it goes on at the next keyframe."""
        if self._cursor is None:
            self._cursor = self.ring.keyframe_at(self.ended_ns)
        for kept in [] if self._cursor is None else self.ring.read(self._cursor):
            self._cursor = kept.number + 1
            yield from self._take_packet(kept, segment_ns)

    def finish(self) -> Iterator[Segment]:
        """No more packets come. Raises EnvironmentFault."""
        if self._file is not None:
            yield self._whole(self._file, self._file.ended_ns + self._step_ns)

    def leave(self) -> Path | None:
        """Give up on what is being written, which stays a part file; gives the name that it was to have."""
        file, self._file = self._file, None
        if file is None:
            return None
        if not file.pictures:
            file.abandon()
            return None
        file.leave()
        self.ended_ns = max(self.ended_ns, file.ended_ns)
        return file.path

    def _take_packet(self, kept: RingPacket, segment_ns: int) -> Iterator[Segment]:
        at_ns = shown_ns(kept.packet, kept.stream)
        if self._file is not None and self._last is not None:
            if not continues(self._file, self._last, kept) or at_ns - self._file.started_ns >= _LONGEST_NS:
                yield self._whole(self._file, self._file.ended_ns + self._step_ns)
            elif kept.packet.keyframe and at_ns - self._file.started_ns >= segment_ns:
                yield self._whole(self._file, at_ns)
        if self._file is None and kept.packet.keyframe and at_ns > self.ended_ns:
            self._file = begin_segment(self._folder, self._camera_id, at_ns, kept.stream)
            self._keyframe_at_ns, self._longest_group_ns = at_ns, 0
        if self._file is not None:
            self._write_packet(self._file, kept, at_ns)

    def _write_packet(self, file: ClipFile, kept: RingPacket, at_ns: int) -> None:
        if kept.packet.keyframe:
            self._end_group(at_ns)
            self._keyframe_at_ns = at_ns
        if self._last is not None and self._last.number == kept.number - 1:
            self._step_ns = max(1, min(kept.packet.captured_ns - self._last.packet.captured_ns, SECOND))
        self._last = kept
        file.write(kept.packet)

    def _whole(self, file: ClipFile, ended_ns: int) -> Segment:
        self._end_group(ended_ns)
        file.finish()  # where this fails, the file is still there to be left
        self._file = None
        self.ended_ns = file.ended_ns
        return made_segment(self._folder, self._camera_id, file, ended_ns, self._longest_group_ns)

    def _end_group(self, at_ns: int) -> None:
        self._longest_group_ns = max(self._longest_group_ns, at_ns - self._keyframe_at_ns)
