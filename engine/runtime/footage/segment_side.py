"""Continuous video of a running engine: recorded, found again after a crash, kept as long as it should be, locked, erased."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from engine.model.cameras.segment import EvidenceLock, Keeping, LockEvidence, Segment
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.settings import RecordingSettings
from engine.model.snapshot import Snapshot
from engine.model.time import SECOND, Clock, to_iso
from engine.recording.clips.clips import ClipRecorder
from engine.recording.files import remove_quietly
from engine.recording.segments.recorder import SegmentRecorder
from engine.recording.segments.recovery import checked, left_parts, recover, unlisted
from engine.recording.segments.store import started_of
from engine.runtime.footage.cut_files import CutFiles
from engine.runtime.footage.free_space import FreeSpace, free_bytes
from engine.runtime.footage.giving import givers
from engine.runtime.footage.segment_keeping import SegmentKeeping
from engine.runtime.ports import SettingsSource
from engine.runtime.recorder.record import Record
from engine.runtime.side import Side
from engine.runtime.storage.clip_files import remove_files
from engine.runtime.supervisor import Supervisor
from engine.runtime.troubles import Troubles
from engine.store.segments.segments import LATER_CLIP, LATER_SEGMENT, LATER_SPAN

log = logging.getLogger(__name__)

Span = tuple[str, int, int]  # camera, since, until (UTC ns)

LOOK_S = 1.0
TIDY_EVERY = 60  # looks
FOLDERS_EVERY = 3600
RECOVER_EVERY = 30  # where there is no room for it
SPAN_NS = 3600 * SECOND  # so long after it ended no new file can show anything of it
MOST_SPANS = 500
GIB = 1 << 30
ROOM_BYTES = 256 << 20  # made where a disk is full though it looks as if it were not, as with a quota


def footage_of(segment: Segment) -> str:
    """How the audit calls it: the camera, and the hour (UTC) in which it begins. Somebody who looks for something opens hundreds."""
    return f"{segment.camera_id} {to_iso(segment.started_ns)[:13]}Z"


def _written_span(span: Span) -> str:
    camera_id, since_ns, until_ns = span
    return f"{since_ns} {until_ns} {camera_id}"


def _read_span(text: str) -> Span:
    since_ns, until_ns, camera_id = text.split(" ", 2)
    return camera_id, int(since_ns), int(until_ns)


class SegmentSide(Side):
    """Any thread, where nothing else is said. `run` is for a thread of its own. `known_bytes`: of all that is on this disk, a minute ago.

    Args:
        folder: the data folder. free: bytes left on the disk of the data folder. ages: the time, for what goes by its age; None: `clock`.
    """

    def __init__(
        self,
        folder: Path,
        record: Record,
        clips: ClipRecorder,
        settings: SettingsSource,
        clock: Clock,
        troubles: Troubles,
        free: Callable[[Path], int] = free_bytes,
        ages: Clock | None = None,
    ) -> None:
        self._folder, self._record, self._settings, self._clock, self._troubles = folder, record, settings, clock, troubles
        self._table, self._ages = record.store.segments, ages or clock
        self.keeping = SegmentKeeping(folder, self._table, settings, self._ages)
        self._space = FreeSpace(
            self._keep_free, lambda: free(folder), givers(folder, record, self.keeping, lambda most: self.give_backups(most))
        )
        self.recorder = SegmentRecorder(
            folder, clips.rings, self._recording, self._on_segment_finished, troubles.of("continuous recording").tell, lambda: self._in_need
        )
        self._cut = CutFiles(folder, record, troubles.of("cut recordings"))
        self._in_need = False
        self._unwanted = tuple(_read_span(text) for text in self._table.to_erase(LATER_SPAN))
        self._left: list[Path] = []
        self._unlisted: list[Path] = []
        self._looks = self._recover_at = 0
        self.known_bytes = 0
        self.clear_journal: Callable[[], None] = lambda: None
        self.give_backups: Callable[[int], int] = lambda most: 0

    def on_open(self) -> None:
        self.start()

    def on_start(self, supervisor: Supervisor, now_ns: int) -> None:
        supervisor.start("recordings", self.run)

    def on_close(self) -> None:
        self.stop()

    def show(self, shown: Snapshot) -> Snapshot:
        health, known_bytes = shown.health, self.known_bytes
        return replace(shown, health=replace(health, segments_bytes=known_bytes, recordings_bytes=health.recordings_bytes + known_bytes))

    def start(self) -> None:
        """Raises EnvironmentFault."""
        self._left = left_parts(self._folder)
        self._unlisted = list(unlisted(self._folder, self._table.ids()))
        self._look_at_disk()
        self.recorder.start()

    def stop(self) -> None:
        """End every segment where it is and keep it; returns when that is done."""
        self.recorder.stop()

    def run(self, stopping: threading.Event) -> None:
        self._look_for_cut_files(stopping)
        while True:
            self.look(stopping)
            if stopping.wait(LOOK_S):
                return

    def _look_for_cut_files(self, stopping: threading.Event) -> None:
        try:
            self._cut.look(stopping)
        except (EnvironmentFault, OSError) as fault:
            log.warning("recordings that were cut short cannot be mended: %s", fault)

    def look(self, stopping: threading.Event) -> None:
        """One look at disk and files, and now and then at what may go."""
        try:
            self._look_at_disk()
            self._recover(stopping)
            if self._looks % TIDY_EVERY == 0:
                self.tidy()
            if self._looks % FOLDERS_EVERY == 0:
                self.keeping.tidy_folders()
        except (EnvironmentFault, OSError) as fault:
            self._troubles.tell("recordings", f"Old recordings cannot be tidied away. {fault}")
        else:
            self._troubles.tell("recordings", None)
        self._looks += 1

    def tidy(self) -> None:
        """Raises EnvironmentFault, OSError."""
        self.keeping.tidy()
        self.known_bytes = sum(self._table.sizes_here().values())
        self._erase_clips()
        self._forget_spans()
        if self._table.journal_to_erase() and self._record.held_number() is None:
            self.clear_journal()
        self._troubles.tell("archive", self.keeping.archive_trouble)
        stuck = f"{len(self.keeping.stuck)} recordings that are to go cannot be deleted. Check the permissions of their folder."
        self._troubles.tell("recordings that stay", f"{stuck} It is tried again every minute." if self.keeping.stuck else None)

    def get(self, segment_id: str) -> Segment:
        """Raises NotFound."""
        segment = self._table.get(segment_id)
        if segment is None:
            raise NotFound(f"There is no recording {segment_id}. It may have been removed since.")
        return segment

    def file(self, segment: Segment) -> Path:
        """As it was recorded, faces and all. Raises NotFound; EnvironmentFault `archive_away`: its disk is not there."""
        path = self.keeping.path(segment)
        if path.is_file():
            return path
        if not self.keeping.in_reach(segment):
            message = "This recording is in the archive, which cannot be reached. Connect its disk, or set the archive's folder."
            raise EnvironmentFault("archive_away", message)
        raise NotFound(f"The file of recording {segment.id} is gone.")

    def new_lock(self, command: LockEvidence, by: str) -> EvidenceLock:
        """Not kept yet. Raises InputError."""
        now_ns = self._clock.now_ns()
        if command.expires_ns is not None and command.expires_ns <= now_ns:
            raise InputError("expires", "is over already")
        return EvidenceLock(
            id=f"lk-{now_ns:016x}",
            since_ns=command.since_ns,
            until_ns=command.until_ns,
            reason=command.reason.strip(),
            by=by,
            created_ns=now_ns,
            camera_ids=tuple(dict.fromkeys(command.camera_ids)),
            expires_ns=command.expires_ns,
        )

    def lock(self, lock: EvidenceLock) -> None:
        """From now on what it names stays. Raises EnvironmentFault."""
        self._table.put_lock(lock)

    def unlock(self, lock_id: str) -> None:
        """Raises NotFound, EnvironmentFault."""
        self._table.remove_lock(lock_id)

    def erase(self, spans: Sequence[Span]) -> int:
        """What shows a camera between two times goes, also what becomes whole later; how many stay because they are locked. Those go when
        they are not any more. Raises EnvironmentFault: some could not be removed."""
        self._unwanted = tuple({*self._unwanted, *spans})
        self._table.erase_later(LATER_SPAN, [_written_span(span) for span in self._open_spans(spans)])
        found = self._table.overlapping(spans)
        locked = [segment.id for segment in found if segment.keeping is Keeping.LOCKED]
        self._table.erase_later(LATER_SEGMENT, locked)
        wanted = [segment for segment in found if segment.id not in locked]
        left = len(wanted) - len(self.keeping.remove(wanted))
        if left:
            raise EnvironmentFault(
                "clip_not_removed", f"{left} recordings could not be deleted; a player may hold them, or the archive is away."
            )
        return len(locked)

    def _keep_free(self) -> int:
        return round(self._recording().keep_free_gib * GIB)

    def _on_segment_finished(self, segment: Segment) -> None:
        """On the recorder's thread, or the one that recovers."""
        shown = any(span[0] == segment.camera_id and segment.started_ns < span[2] and segment.ended_ns > span[1] for span in self._unwanted)
        if shown and not self._is_locked(segment):
            remove_quietly(self._folder / segment.file)
            return
        self._record.writer.submit(None, (segment,))
        if shown:
            self._record.writer.run_in_order(lambda: self._table.erase_later(LATER_SEGMENT, [segment.id]))

    def _open_spans(self, spans: Sequence[Span]) -> frozenset[Span]:
        """Those of which a file that is not listed yet may show something."""
        over_ns = self._ages.now_ns() - SPAN_NS
        begun: dict[str, int] = {}
        for part in left_parts(self._folder):
            camera_id = part.parent.parent.name
            begun[camera_id] = min(begun.get(camera_id, over_ns), started_of(part) or 0)
        return frozenset(span for span in spans if self._unlisted or span[2] > begun.get(span[0], over_ns))

    def _forget_spans(self) -> None:
        """On the disk, where they are for the next start."""
        known = [_read_span(text) for text in self._table.to_erase(LATER_SPAN)]
        if known:
            over = [_written_span(span) for span in set(known) - self._open_spans(known)]
            self._table.erased(LATER_SPAN, over[:MOST_SPANS])

    def _is_locked(self, segment: Segment) -> bool:
        return any(since_ns < segment.ended_ns and until_ns > segment.started_ns for since_ns, until_ns in self._table.held_spans())

    def _recording(self) -> RecordingSettings:
        return self._settings.now().recording

    def _look_at_disk(self) -> None:
        gave = self._space.make_room()
        if gave:
            log.warning("the disk is nearly full; gave up: %s", ", ".join(gave))
        self._in_need = self._space.in_need
        settings = self._recording()
        sentence = f"The disk has less than half of the {settings.keep_free_gib:g} GiB left that recording is to leave free."
        paused = f"{sentence} Continuous recording pauses; clips of events go on. Free some space, or keep recordings for a shorter time."
        self._troubles.tell("free space", paused if self._in_need and settings.enabled and settings.continuous else None)

    def _recover(self, stopping: threading.Event) -> None:
        """What a crash, or a disk that was full, left as part files; and whole files that the record does not know, one at a look: after
        an older copy of the database was put back, there may be thousands."""
        self._left += self.recorder.orphans()
        if self._unlisted:
            self._on_segment_recovered(checked(self._folder, self._unlisted.pop()))
        while self._left and not stopping.is_set() and self._looks >= self._recover_at:
            try:
                self._on_segment_recovered(recover(self._folder, self._left[-1]))
            except EnvironmentFault as fault:
                self._recover_at = self._looks + RECOVER_EVERY
                if fault.reason == "disk_full" and self.keeping.give(Keeping.CONTINUOUS, ROOM_BYTES):
                    self._recover_at = self._looks + 1
                raise
            self._left.pop()

    def _on_segment_recovered(self, segment: Segment | None) -> None:
        if segment is not None:
            log.warning("recovered the recording %s%s", segment.id, f": {segment.damage}" if segment.damage else "")
            self._on_segment_finished(segment)
            self.keeping.look_back(segment.started_ns)

    def _erase_clips(self) -> None:
        """That were to be erased, and were locked then."""
        removed = remove_files(self._folder, self._table.clips_to_erase())
        if removed:
            ids = [clip.id for clip in removed]
            self._record.store.remove_clips(ids)
            self._table.erased(LATER_CLIP, ids)
            self._record.board.remove_clips(frozenset(clip.event_id for clip in removed))
