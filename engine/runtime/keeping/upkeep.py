"""Keeps the data folder within its bounds: the oldest clips go, and the part of the journal that is too old or too much."""

import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.model.cameras.clip import Clip
from engine.model.people.traces import ERASED_NAME
from engine.model.question import ListClips
from engine.model.settings import RecordingSettings
from engine.model.time import SECOND, Clock
from engine.recording.clips.clip_rows import SUFFIX, kept_row
from engine.runtime.ports import SettingsSource
from engine.runtime.recorder.board import Board
from engine.runtime.recorder.record import Record
from engine.runtime.storage.clip_files import lost_clips, remove_files
from engine.store.incidents.keeping import Place
from engine.store.segments.segments import LATER_CLIP

log = logging.getLogger(__name__)

EVERY_S = 60.0
STRAYS_EVERY = 60  # runs between two looks for files that nobody knows
MOST_AT_ONCE = 200  # clips; the next run takes the next
MOST_PLANNED = 100_000
MOST_EVENTS_AT_ONCE = 2_000
MOST_INCIDENTS_AT_ONCE = 200  # looked at
STRAY_NS = 3600 * SECOND  # younger files may wait for their row
DAY_NS = 86_400 * SECOND
GIB = 1 << 30
RESERVE_BYTES = GIB >> 1  # of the disk, that the journal leaves free


class Upkeep:
    """Thread `upkeep` decides; the writer's thread removes: files first, then rows, so that what could not be removed is tried again.

    Args:
        settings: asked at each run. also: runs at each run too, on the thread `upkeep`. wanted: False for an event whose clips were
            erased since the engine started.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        record: Record,
        board: Board,
        settings: SettingsSource,
        also: Callable[[], None] = lambda: None,
        wanted: Callable[[str], bool] = lambda event_id: True,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._record = record
        self._board = board
        self._settings = settings
        self._also, self._wanted = also, wanted
        self._runs = 0
        self._swept: Place | None = None  # incidents up to here, on the writer's thread
        self._found: frozenset[str] = frozenset()  # clips that had lost their row
        self.stuck: frozenset[str] = frozenset()  # clips whose files could not be removed at the last run

    def run(self, stopping: threading.Event) -> None:
        while not stopping.wait(EVERY_S):
            self.tidy()

    def tidy(self) -> None:
        """One run. What is to be removed is gone once the writer has come to it. Raises EnvironmentFault, OSError."""
        settings = self._settings.now().recording
        self._record.fit_journal(self._journal_bytes(round(settings.keep_journal_gib * GIB)))
        if self._record.writer.troubled:  # rows wait in memory: their files would look like strays
            return
        before_ns = self._clock.now_ns() - round(settings.keep_clips_days * DAY_NS)
        run_in_order = self._record.writer.run_in_order
        run_in_order(lambda: self._remove_clips(before_ns, round(settings.keep_clips_gib * GIB)))
        journal_ns = min(before_ns, self._clock.now_ns() - DAY_NS)
        run_in_order(lambda: self._record.forget_before(journal_ns))
        run_in_order(lambda: self._record.store.remove_finished_deliveries(before_ns))
        events_ns = self._clock.now_ns() - round(settings.keep_events_days * DAY_NS)
        run_in_order(lambda: self._remove_events(events_ns))
        incidents_ns = self._clock.now_ns() - round(settings.keep_incidents_days * DAY_NS)
        run_in_order(lambda: self._sweep_incidents(incidents_ns))
        self._also()
        if self._runs % STRAYS_EVERY == 0:
            self.find_clips()
            self._remove_strays(before_ns)
        self._runs += 1

    def _journal_bytes(self, most_bytes: int) -> int:
        """What the journal may take: where the disk is nearly full it makes room for events and clips, which matter more."""
        free = shutil.disk_usage(self._folder).free
        return min(most_bytes, max(0, self._record.journal.size_bytes() - (RESERVE_BYTES - free)))

    def find_clips(self) -> None:
        """Enter whole clips whose row was lost, as in a crash just after they were made. Raises EnvironmentFault."""
        old = set(_files_older(self._folder / "clips", self._clock.now_ns() - STRAY_NS))
        for event, clip in lost_clips(self._folder, self._record.store, lambda path: path in old or path.with_suffix(SUFFIX).exists()):
            log.warning("the record did not know the clip %s; it is listed again", clip.id)
            self._found |= {clip.id}
            self._record.writer.submit(None, (clip,))
            self._board.add_clip(clip)
            if event.person == ERASED_NAME or not self._wanted(event.id):
                self._record.store.segments.erase_later(LATER_CLIP, (clip.id,))

    def old_clips(self, settings: RecordingSettings, limit: int = MOST_PLANNED) -> list[Clip]:
        """Those that are too old or too much by these settings, oldest first. Any thread. Raises EnvironmentFault."""
        before_ns = self._clock.now_ns() - round(settings.keep_clips_days * DAY_NS)
        return self._beyond(before_ns, round(settings.keep_clips_gib * GIB), limit)

    def strays(self) -> list[Path]:
        """Files of clips and pictures that no row names, and that are old enough not to wait for one. Any thread. Raises
        EnvironmentFault."""
        before_ns = self._clock.now_ns() - round(self._settings.now().recording.keep_clips_days * DAY_NS)
        return self._stray_files(before_ns)

    def _beyond(self, before_ns: int, most_bytes: int, limit: int = MOST_AT_ONCE) -> list[Clip]:
        store = self._record.store
        left = store.clips_size_bytes()
        found: list[Clip] = []
        for clip in store.oldest_clips(limit):
            if clip.ended_ns >= before_ns and left <= most_bytes:
                break
            left -= clip.size_bytes
            found.append(clip)
        return found

    def _remove_clips(self, before_ns: int, most_bytes: int) -> None:
        """Chosen here, not before: what was locked until the writer came to this stays. A clip whose file cannot be removed now (a player
        may hold it, on Windows) stays in the record, for a later run."""
        store, clips = self._record.store, self._beyond(before_ns, most_bytes)
        removed = remove_files(self._folder, clips)
        self.stuck = frozenset(clip.id for clip in clips) - {clip.id for clip in removed}
        if not removed:
            return
        store.remove_clips([clip.id for clip in removed])
        event_ids = {clip.event_id for clip in removed}
        self._board.remove_clips({e for e in event_ids if not store.answer(ListClips(limit=1, event_id=e))})

    def _remove_events(self, before_ns: int) -> None:
        ids = self._record.store.remove_events(before_ns, MOST_EVENTS_AT_ONCE)
        self._board.remove(frozenset(ids))
        for event_id in ids:
            remove_file(self._folder / "thumbnails" / f"{event_id}.jpg")
        self._record.store.remove_past(before_ns)
        self._record.store.smoke.forget(before_ns, MOST_EVENTS_AT_ONCE)
        for table in (self._record.store.watching, self._record.store.looks, self._record.store.trails):
            table.forget(before_ns)

    def _sweep_incidents(self, before_ns: int) -> None:
        """Open ones, which stay, are not looked at again before all others were."""
        self._swept = self._record.store.sweep_incidents(before_ns, self._swept, MOST_INCIDENTS_AT_ONCE).after

    def _remove_strays(self, before_ns: int) -> None:
        """Clips and their pictures without a row, and pictures of events too old; then the days that are empty."""
        for path in self._stray_files(before_ns):
            remove_file(path)
        _remove_empty_days(self._folder / "clips", self._clock.now_ns() - STRAY_NS)

    def _stray_files(self, before_ns: int) -> list[Path]:
        stray_ns = self._clock.now_ns() - STRAY_NS
        clips = list(_files_older(self._folder / "clips", stray_ns))
        pictures = list(_files_older(self._folder / "thumbnails", stray_ns))
        known = self._record.store.clip_ids() | self._found
        known |= self._locked_clip_ids(path for path in clips if path.stem not in known)
        old = set(_files_older(self._folder / "thumbnails", before_ns))
        found = [path for path in clips if path.stem not in known]
        return found + [path for path in pictures if path.stem not in known and (path.stem.startswith("cl-") or path in old)]

    def _locked_clip_ids(self, paths: Iterable[Path]) -> frozenset[str]:
        """Ids of clips that no row names and that are of a time that is locked as evidence, as it says beside them."""
        spans = self._record.store.segments.held_spans()
        rows = (kept_row(path) for path in paths) if spans else ()
        clips = [row for row in rows if row is not None]
        return frozenset(clip.id for clip in clips if any(since <= clip.ended_ns and until > clip.started_ns for since, until in spans))


def _files_older(folder: Path, before_ns: int) -> Iterator[Path]:
    for path in folder.rglob("*"):
        try:
            if path.is_file() and path.stat().st_mtime_ns < before_ns:
                yield path
        except OSError:
            continue  # gone meanwhile


def _remove_empty_days(clips: Path, before_ns: int) -> None:
    for day in clips.iterdir():
        try:
            if day.is_dir() and day.stat().st_mtime_ns < before_ns:
                day.rmdir()
        except OSError:
            continue  # not empty


def remove_file(path: Path) -> None:
    """What cannot be removed now (a player may hold it, on Windows) is a stray at a later run."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
