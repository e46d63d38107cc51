"""Tidying by hand: what would go, counted first; then done, and what could not be. The schedule does the same, a little each minute."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

from engine.model.errors import EnvironmentFault
from engine.model.people.person import Person
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.model.upkeep import KeepBounds, TidyPart, TidyReport
from engine.model.value_class import dataclass
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.keeping.upkeep import DAY_NS, Upkeep, remove_file
from engine.runtime.people.people_keeping import Due, due
from engine.runtime.ports import SettingsSource, Trouble
from engine.runtime.recorder.record import Record
from engine.runtime.storage.clip_files import AT_ONCE, gone_clips

MOST_ROUNDS = 2_000
FLUSH_S = 60.0
SOUND_SHARE = 0.5  # where more files than this are missing, the disk is, and not the files


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows whose files are gone: clips (id, event), and segments."""

    clips: tuple[tuple[str, str], ...]
    segments: tuple[str, ...]
    trouble: str = ""


class Tidying:
    """Any thread; at most one job at a time.

    Args:
        folder: the data folder. persons: who is known now.
        trouble: what could not be done by hand. on_stuck: nor by the schedule. None: it could.
    """

    def __init__(
        self,
        folder: Path,
        upkeep: Upkeep,
        record: Record,
        settings: SettingsSource,
        persons: Callable[[], Iterable[Person]],
        jobs: Jobs,
        clock: Clock,
        trouble: Trouble,
        on_stuck: Trouble,
    ) -> None:
        self._on_stuck = on_stuck
        self._folder, self._upkeep, self._record, self._settings = folder, upkeep, record, settings
        self._persons, self._jobs, self._clock, self._trouble = persons, jobs, clock, trouble
        self._lock = threading.Lock()
        self.last: TidyReport | None = None

    def plan(self) -> TidyReport:
        """Counted, and nothing done. Raises EnvironmentFault, OSError."""
        missing = self.missing()
        failures = (missing.trouble,) if missing.trouble else ()
        return TidyReport(self._clock.now_ns(), True, tuple(part for part in self._parts(missing) if part.count), failures)

    def plan_for(self, bounds: KeepBounds) -> TidyReport:
        """What would go by its age or size were these in the settings; counted, and nothing done. Raises InputError, EnvironmentFault."""
        wanted = _bounded(self._settings.now(), bounds)
        parts = (*self._beyond(wanted), self._old_incidents(wanted.recording.keep_incidents_days))
        return TidyReport(self._clock.now_ns(), True, tuple(part for part in parts if part.count))

    def begin(self) -> str:
        """The job's id. Raises EnvironmentFault (`busy`)."""
        return self._jobs.start("tidy", "Clean up", lambda _, progress: _report_words(self.run(progress)), at_once=1)

    def run(self, progress: Progress) -> TidyReport:
        """Until nothing is left that can go. Raises EnvironmentFault, OSError, Cancelled."""
        with self._lock:
            self._upkeep.find_clips()
            planned = self.plan()
            before = sum(part.count for part in planned.parts)
            strays = self._upkeep.strays()
            missing = self.missing()
            self._forget_missing(missing)
            for path in strays:
                remove_file(path)
            left = planned
            for _ in range(MOST_ROUNDS):
                self._upkeep.tidy()
                self._await_writer(progress)
                now = self.plan()
                progress.at(max(0, before - sum(part.count for part in now.parts)), max(before, 1), "Removing what is too old")
                if _same(now, left):
                    break
                left = now
            failures = tuple(self._failures(missing))
            self.last = TidyReport(self._clock.now_ns(), False, tuple(_removed_parts(planned, left)), (*failures, *self._stuck()))
            self._trouble.tell(failures[0] if failures else None)
            return self.last

    def look_back(self) -> None:
        """Now and then: what the schedule could not remove is told for as long as it cannot."""
        self._on_stuck.tell(next(self._stuck(), None))

    def missing(self) -> Missing:
        """Rows without files. Where most files are gone, their disk is: nothing is said to be missing then, but that."""
        gone, clips = gone_clips(self._folder, self._record.store)
        segments = self._record.store.segments.files_here()
        lost = tuple(segment_id for segment_id, file in segments if not (self._folder / file).exists())
        if len(gone) + len(lost) > max(10, SOUND_SHARE * (clips + len(segments))):
            count = len(gone) + len(lost)
            return Missing(
                (), (), f"The files of {count:,} recordings are gone, most of all there are. Check the disk before anything else."
            )
        return Missing(tuple(gone), lost)

    def _parts(self, missing: Missing) -> Iterator[TidyPart]:
        yield from self._beyond(self._settings.now())
        strays = self._upkeep.strays()
        yield TidyPart("files that nothing in the record names", len(strays), sum(_bytes(path) for path in strays))
        yield TidyPart("entries of clips whose file is gone", len(missing.clips))
        yield TidyPart("entries of recordings whose file is gone", len(missing.segments))

    def _beyond(self, settings: Settings) -> Iterator[TidyPart]:
        """What is too old or too much."""
        now_ns, recording, people = self._clock.now_ns(), settings.recording, settings.recognition
        old = self._upkeep.old_clips(recording)
        bounds = f"older than {recording.keep_clips_days:g} days or beyond {recording.keep_clips_gib:g} GiB"
        yield TidyPart(f"clips {bounds}", len(old), sum(clip.size_bytes for clip in old))
        events = self._record.store.count_old_events(now_ns - round(recording.keep_events_days * DAY_NS))
        yield TidyPart(f"events older than {recording.keep_events_days:g} days", events)
        what = [due(person, people, now_ns) for person in self._persons()]
        yield TidyPart(f"people unseen for {people.archive_days:g} days, to be kept aside", what.count(Due.ARCHIVE))
        yield TidyPart(f"people unseen for {people.erase_days:g} days, to be erased", what.count(Due.ERASE))

    def _old_incidents(self, days: float) -> TidyPart:
        count = self._record.store.count_old_incidents(self._clock.now_ns() - round(days * DAY_NS))
        return TidyPart(f"closed incidents that nobody changed for {days:g} days", count)

    def _forget_missing(self, missing: Missing) -> None:
        record = self._record
        for begin in range(0, len(missing.clips), AT_ONCE):
            some = missing.clips[begin : begin + AT_ONCE]
            ids = [clip for clip, _ in some]
            record.writer.run_in_order(lambda ids=ids: record.store.remove_clips(ids))
            record.board.remove_clips(frozenset(event for _, event in some))
        for begin in range(0, len(missing.segments), AT_ONCE):
            record.store.segments.remove(missing.segments[begin : begin + AT_ONCE])

    def _await_writer(self, progress: Progress) -> None:
        """Until the writer came to it. Raises EnvironmentFault, Cancelled."""
        until_s = time.monotonic() + FLUSH_S
        while not self._record.writer.flush(0.2):
            progress.check()
            if time.monotonic() > until_s:
                raise EnvironmentFault("busy", "The record is too busy to tidy it now. What is too old goes by itself, later.")

    def _stuck(self) -> Iterator[str]:
        if self._upkeep.stuck:
            count = len(self._upkeep.stuck)
            yield f"{count:,} clips that are to go cannot be deleted; a player may hold them. It is tried again every minute."

    def _failures(self, missing: Missing) -> Iterator[str]:
        if missing.trouble:
            yield missing.trouble
        strays = len(self._upkeep.strays())
        if strays:
            yield f"{strays} files that nothing names cannot be deleted. Check the permissions of the data folder."


def _bounded(settings: Settings, bounds: KeepBounds) -> Settings:
    """Raises InputError."""
    given = asdict(bounds)
    people = {name: given.pop(name) for name in ("archive_days", "erase_days")}
    return replace(settings, recording=replace(settings.recording, **given), recognition=replace(settings.recognition, **people))


def _same(one: TidyReport, other: TidyReport) -> bool:
    return one.parts == other.parts


def _removed_parts(planned: TidyReport, left: TidyReport) -> Iterator[TidyPart]:
    still = {part.what: part for part in left.parts}
    for part in planned.parts:
        rest = still.get(part.what, TidyPart(part.what, 0))
        if part.count > rest.count:
            yield TidyPart(part.what, part.count - rest.count, max(0, part.size_bytes - rest.size_bytes))


def _report_words(report: TidyReport) -> str:
    parts = "; ".join(f"{part.count} {part.what}" for part in report.parts)
    return " ".join((f"Done: {parts}." if parts else "There was nothing to clean up.", *report.failures))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
