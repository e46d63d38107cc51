"""Which continuous video goes when: by age, by size, when the disk gets full; to the archive or for good."""

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from engine.model.cameras.segment import Keeping, Segment
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND, Clock, seconds_to_ns
from engine.recording.clips.masked_clips import remove_copies
from engine.recording.segments.archive import copy_checked
from engine.recording.segments.store import FOLDER
from engine.runtime.ports import SettingsSource
from engine.store.segments.segments import LATER_SEGMENT, Around, SegmentTable

log = logging.getLogger(__name__)

DAY_NS = 86_400 * SECOND
GIB = 1 << 30
MOST_AT_ONCE = 500
LATE_NS = 300 * SECOND  # segments and events come into the record a little later than they end
FIRST_LOOK_NS = 2 * DAY_NS  # events of before this start
_CLASSES = (Keeping.CONTINUOUS, Keeping.EVENT)


class SegmentKeeping:
    """One thread, beside `erase`. Files first, then rows, so that what could not be removed is tried again.

    Args:
        folder: the data folder. settings: asked at each run.
    """

    def __init__(self, folder: Path, table: SegmentTable, settings: SettingsSource, clock: Clock) -> None:
        self._folder, self._table, self._settings, self._clock = folder, table, settings, clock
        self._marked_ns: int | None = None
        self._first_ns = clock.now_ns() - FIRST_LOOK_NS
        self.archive_trouble: str | None = None
        self.stuck: frozenset[str] = frozenset()  # recordings that could not be removed at the last run

    def path(self, segment: Segment) -> Path:
        """Where its file is, or should be. The record says it whole of what is archived, since another archive may be chosen later;
        an archive that was moved as a whole is found where it is now."""
        archive = self._settings.now().recording.archive_folder
        path = (Path(archive) if segment.archived else self._folder) / segment.file
        moved = Path(archive, *path.parts[-4:])
        return moved if segment.archived and archive and not path.exists() and moved.is_file() else path

    def in_reach(self, segment: Segment) -> bool:
        """Whether the disk is there on which it is."""
        path = self.path(segment)
        return not segment.archived or (path.is_absolute() and path.parents[3].is_dir())

    def tidy(self) -> None:
        """Everything beyond its age or the size goes. Raises EnvironmentFault."""
        self._mark()
        self.stuck = frozenset()
        settings, now_ns = self._settings.now().recording, self._clock.now_ns()
        days = {Keeping.CONTINUOUS: settings.keep_segments_days, Keeping.EVENT: max(settings.keep_segments_days, settings.keep_clips_days)}
        for keeping in _CLASSES:
            self._let_go(self._oldest(keeping, now_ns - round(days[keeping] * DAY_NS)))
        beyond = self._stored_bytes() - round(settings.keep_segments_gib * GIB)
        for keeping in _CLASSES:
            beyond -= self._let_go(_until(beyond, self._oldest(keeping)))
        self.remove(self._table.segments_to_erase())

    def look_back(self, since_ns: int) -> None:
        """Segments that began then are new to the record."""
        self._marked_ns = None if self._marked_ns is None else min(self._marked_ns, since_ns)
        self._first_ns = min(self._first_ns, since_ns)

    def give(self, keeping: Keeping, most_bytes: int) -> int:
        """Of the disk, about so many bytes of the oldest, for good where the archive does not take them; how many it was. Raises
        EnvironmentFault."""
        with suppress(EnvironmentFault):  # a database that cannot grow must not keep files from going
            self._mark()
        freed = self._let_go(_until(most_bytes, self._oldest(keeping)))
        if not freed:  # an archive may have taken its time for that: what was locked meanwhile stays
            freed = sum(segment.size_bytes for segment in self.remove(_until(most_bytes, self._oldest(keeping))))
        return freed

    def size_bytes(self) -> int:
        """Of all that could be let go of. Raises EnvironmentFault."""
        return self._stored_bytes()

    def remove(self, segments: Iterable[Segment]) -> list[Segment]:
        """For good, also from the archive; those that are gone. The caller has seen that none is locked. Raises EnvironmentFault."""
        here = [segment for segment in segments if self.in_reach(segment)]
        gone = [segment for segment in here if _removed(self.path(segment)) and self._has_no_copy(segment)]
        self.stuck |= {segment.id for segment in here} - {segment.id for segment in gone}
        for begin in range(0, len(gone), MOST_AT_ONCE):
            ids = [segment.id for segment in gone[begin : begin + MOST_AT_ONCE]]
            self._table.remove(ids)
            self._table.erased(LATER_SEGMENT, ids)
        return gone

    def _has_no_copy(self, segment: Segment) -> bool:
        """With privacy areas burned in that were set later."""
        return remove_copies(self._folder, segment.id)

    def tidy_folders(self) -> None:
        """What an interrupted move left here though it is in the archive, and days that are empty. Raises EnvironmentFault."""
        archived = self._table.ids(archived_only=True)
        for path in (self._folder / FOLDER).glob("*/*/*.*"):
            segment = self._table.get(path.stem) if path.stem in archived else None
            if segment is not None and self.path(segment).is_file():
                _removed(path)
        for day in (self._folder / FOLDER).glob("*/*"):
            with suppress(OSError):  # not empty
                day.rmdir()

    @property
    def around(self) -> Around:
        settings = self._settings.now().recording
        return Around(seconds_to_ns(settings.before_s), seconds_to_ns(settings.after_s))

    def _mark(self) -> None:
        """Which of the newer ones show something going on, and which locks hold no longer."""
        now_ns = self._clock.now_ns()
        since_ns = self._first_ns if self._marked_ns is None else self._marked_ns
        self._table.expire_locks(now_ns)
        self._table.mark_eventful(self.around, since_ns - LATE_NS)
        self._marked_ns = now_ns

    def _oldest(self, keeping: Keeping, before_ns: int | None = None) -> list[Segment]:
        """Those that may go; none that shows what belongs to persons who are locked."""
        held = self._table.of_locked_persons(self.around) if keeping is Keeping.EVENT else ()
        return [each for each in self._table.oldest(keeping, MOST_AT_ONCE, before_ns) if not any(_shows(each, span) for span in held)]

    def _stored_bytes(self) -> int:
        sizes = self._table.sizes_here()
        return sum(sizes[keeping] for keeping in _CLASSES)

    def _let_go(self, segments: Sequence[Segment]) -> int:
        """Into the archive where there is one; else for good. How many bytes that freed here."""
        archive = self._settings.now().recording.archive_folder
        gone = self._archived(Path(archive), segments) if archive else self.remove(segments)
        return sum(segment.size_bytes for segment in gone)

    def _archived(self, archive: Path, segments: Sequence[Segment]) -> list[Segment]:
        done: list[Segment] = []
        try:
            for segment in segments:
                if self._move_to_archive(archive, segment):
                    done.append(segment)
        except EnvironmentFault as fault:
            self.archive_trouble = f"{fault} Until then recordings stay here, and go for good only when the disk gets full."
        else:
            self.archive_trouble = None if segments else self.archive_trouble
        return done

    def _move_to_archive(self, archive: Path, segment: Segment) -> bool:
        if not archive.is_dir():
            raise EnvironmentFault("archive_away", f"The archive {archive} cannot be reached. Connect its disk, or choose another folder.")
        if archive.resolve() == self._folder.resolve():
            raise EnvironmentFault("archive_here", "The archive is the data folder itself. Choose another folder, best on another disk.")
        source, target = self._folder / segment.file, archive / segment.file
        try:
            sha256 = copy_checked(source, target)
        except FileNotFoundError:
            self._table.remove([segment.id])  # nothing is left of it anywhere
            return False
        self._table.archive(segment.id, target.as_posix(), sha256)
        return _removed(source)


def _until(wanted_bytes: int, segments: Iterable[Segment]) -> list[Segment]:
    """The first ones, as many as make up so many bytes."""
    found: list[Segment] = []
    for segment in segments:
        if wanted_bytes <= 0:
            break
        wanted_bytes -= segment.size_bytes
        found.append(segment)
    return found


def _shows(segment: Segment, span: tuple[str, int, int]) -> bool:
    camera_id, since_ns, until_ns = span
    return segment.camera_id == camera_id and segment.started_ns < until_ns and segment.ended_ns > since_ns


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("the recording %s cannot be removed now: %s", path.name, error.strerror)
        return False
    return True
