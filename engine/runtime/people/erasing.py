"""Erasing a person everywhere: a job that goes on where it was left, also after a crash.

What is to be erased is noted first. Then they leave the pipeline, the settings and the clips; a new checkpoint is made and the journal and
all checkpoints before it are removed, since a replay of them would bring the person back; at last the record is rewritten and its file
made anew. The note loses their id and names before that, and goes at the very end. Continuous video goes where an event says that they were
in view. What is locked as evidence stays until it is not any more.
"""

import secrets
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault
from engine.model.history.timeline import ListSearches
from engine.model.people.person import Person, PersonErased
from engine.model.people.traces import Traces
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.pipeline.identities.roster import generated_name
from engine.recording.clips.clips import ClipRecorder
from engine.runtime import registry
from engine.runtime.chat.chat_side import asks_about
from engine.runtime.data_folder import DataFolder
from engine.runtime.footage.segment_side import SegmentSide
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.jobs.thread_result import ThreadResult
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.recorder.record import Record
from engine.runtime.side import Side
from engine.runtime.storage.clip_files import remove_files
from engine.runtime.supervisor import Supervisor
from engine.store.segments.segments import LATER_CLIP, LATER_JOURNAL

T = TypeVar("T")
_Keep = Callable[[int, dict[str, Any]], None]


class ErasesTraces(Protocol):
    def erase(self, traces: Traces) -> int:
        """How many were changed."""
        ...


class Erasing(Side):
    """Any thread begins; each person has a job of their own.

    Args:
        hand_over: of the core: gives the pipeline's state on the writer's thread.
        change_settings: as `Engine.update_settings`.
    """

    def __init__(
        self,
        data: DataFolder,
        clock: Clock,
        record: Record,
        people: PeopleSide,
        recorder: ClipRecorder,
        jobs: Jobs,
        hand_over: Callable[[_Keep], None],
        change_settings: Callable[[Callable[[Settings], Settings], str], None],
        segments: SegmentSide,
        packs: ErasesTraces,
        chats: ErasesTraces,
    ) -> None:
        self._data, self._clock, self._record, self._people = data, clock, record, people
        self._recorder, self._jobs, self._hand_over, self._change_settings = recorder, jobs, hand_over, change_settings
        self._segments = segments
        self._packs, self._chats = packs, chats
        self._lock = threading.Lock()  # guards _running
        self._running: dict[str, str] = {}  # jobs by pseudonym
        self._clipless: frozenset[str] = frozenset()
        self.begun: Callable[[], None] = lambda: None  # what was removed and could be put back may name them
        self.erased: Callable[[str], None] = lambda person_id: None  # copies of the record made before still hold them

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        self.resume()

    def begin(self, person: Person, reason: str, by: str) -> str:
        """The job's id. From here on it is certain that they are erased, whatever happens."""
        known = next((traces for traces in self._record.store.erasures() if traces.person_id == person.id), None)
        traces = known or Traces(person.id, (person.name, generated_name(person.id)), f"gone-{secrets.token_hex(6)}")
        if known is None:
            row = AuditRow(self._clock.now_ns(), by, AuditVerb.ERASE_PERSON, traces.pseudonym, traces.text(reason))
            self._record.store.begin_erasure(traces, row)
        self.begun()
        return self._start_job(traces, by)

    def resume(self) -> None:
        """Go on with what was begun and is not done, as after a crash, or where a file could not be removed."""
        for traces in self._record.store.erasures():
            self._start_job(traces, "upkeep")

    def keeps_clip(self, event_id: str) -> bool:
        """False for clips that become whole after what they show was erased."""
        return event_id not in self._clipless

    def clear_journal(self) -> None:
        """Once what was locked as evidence in it is not any more. Any thread; done when the writer comes to it."""

        def clear(number: int, state: dict[str, Any]) -> None:
            if self._record.begin_anew(number, state):
                self._record.store.segments.erased(LATER_JOURNAL, [LATER_JOURNAL])

        self._hand_over(clear)

    def _start_job(self, traces: Traces, by: str) -> str:
        with self._lock:
            if traces.pseudonym not in self._running:
                self._running[traces.pseudonym] = self._jobs.start("erase_person", "Erase a person", self._body(traces, by))
            return self._running[traces.pseudonym]

    def _body(self, traces: Traces, by: str) -> Callable[[str, Progress], str]:
        def work(_: str, progress: Progress) -> str:
            try:
                return self._erase(traces, by, progress)
            finally:
                with self._lock:
                    self._running.pop(traces.pseudonym, None)

        return work

    def _erase(self, traces: Traces, by: str, progress: Progress) -> str:
        stays: list[str] = []
        if traces.person_id:
            progress.at(0, 4, "Forgetting them")
            self._erase_person(traces, by)
            self.erased(traces.person_id)
            traces = self._with_former_names(traces, progress)
            progress.at(1, 4, "Deleting clips")
            stays += self._remove_footage(traces, progress)
            progress.at(2, 4, "Removing the log of observations")
            stays += self._begin_anew(progress)
            stays += self._rewrite(traces, progress)
        progress.at(3, 4, "Overwriting")
        self._in_order(self._record.store.scrub, progress)
        self._record.store.end_erasure(traces.pseudonym, self._clock.now_ns())
        locked = f" Locked as evidence, and erased when it is not any more: {', '.join(stays)}." if stays else ""
        return f"Erased. What happened stays in the record, as {traces.pseudonym}.{locked}"

    def _erase_person(self, traces: Traces, by: str) -> None:
        """Pipeline, record of persons and faces, photos, settings; purposes."""
        self._people.desk.enter(PersonErased(traces.person_id, traces.pseudonym), by, self._clock.now_ns())
        if traces.person_id in self._people.persons:
            self._record.store.end_erasure(traces.pseudonym, self._clock.now_ns())
            raise EnvironmentFault("locked", "They were locked meanwhile, so nothing of theirs was erased.")
        self._record.store.purposes.forget_person(traces.person_id)
        self._change_settings(registry.devices_freed(traces), by)
        self._data.settings.with_name(f"{self._data.settings.name}.bak").unlink(missing_ok=True)

    def _with_former_names(self, traces: Traces, progress: Progress) -> Traces:
        events = self._in_order(lambda: self._record.store.events_of(traces), progress)
        traces = traces.also(event.person for event in events if event.person_id == traces.person_id)
        self._record.store.begin_erasure(traces)
        return traces

    def _remove_footage(self, traces: Traces, progress: Progress) -> list[str]:
        """What of it stays, in words."""
        events = self._in_order(lambda: self._record.store.events_of(traces), progress)
        ids = [event.id for event in events]
        self._clipless |= frozenset(ids)
        now_ns = self._clock.now_ns()
        for event in events:
            if event.ended_ns is None:
                self._recorder.close_clip(event.id, now_ns)
        around = self._segments.keeping.around
        spans = [
            (event.camera_id, event.started_ns - around.before_ns, (event.ended_ns or now_ns) + around.after_ns)
            for event in events
            if event.camera_id
        ]
        store = self._record.store
        self._in_order(lambda: store.looks.erase(traces.person_id, spans), progress)
        self._in_order(lambda: store.trails.erase(spans), progress)
        clips = self._in_order(lambda: self._remove_files(ids), progress)
        recordings = self._segments.erase(spans)
        return [f"{what} ({count})" for count, what in ((clips, "clips"), (recordings, "recordings")) if count]

    def _remove_files(self, event_ids: list[str]) -> int:
        """How many stay because they are locked. The writer's thread. Raises EnvironmentFault where some of the others cannot be removed:
        their rows stay."""
        store = self._record.store
        known = store.clips_of_events(event_ids)
        locked = store.segments.held_clips([clip.id for clip in known])
        store.segments.erase_later(LATER_CLIP, tuple(locked))
        clips = [clip for clip in known if clip.id not in locked]
        removed = remove_files(self._data.path, clips)
        store.remove_clips([clip.id for clip in removed])
        self._record.board.remove_clips(frozenset(clip.event_id for clip in removed))
        for event_id in event_ids:
            (self._data.thumbnails / f"{event_id}.jpg").unlink(missing_ok=True)
        self._people.photos.keep_only(self._people.faces)
        if len(removed) < len(clips):
            raise EnvironmentFault(
                "clip_not_removed",
                f"{len(clips) - len(removed)} clips could not be deleted; a player may hold them. It is tried again every minute.",
            )
        return len(locked)

    def _begin_anew(self, progress: Progress) -> list[str]:
        kept = ThreadResult[bool]()
        self._hand_over(lambda number, state: kept.settle(lambda: self._record.begin_anew(number, state)))
        if kept.wait(progress):
            return []
        self._record.store.segments.erase_later(LATER_JOURNAL, [LATER_JOURNAL])
        return ["the log of observations"]

    def _rewrite(self, traces: Traces, progress: Progress) -> list[str]:
        """What of it stays, in words."""
        store = self._record.store
        self._in_order(lambda: store.pseudonymise(traces), progress)
        self._record.board.rewrite(traces.event)
        self._record.board.rewrite_reviews(traces)
        self._chats.erase(traces)  # only now can no new answer tell of them
        for search in store.answer(ListSearches()):
            if asks_about(traces, search.question):
                store.bookmarks.remove_search(search.id)
        packs = self._packs.erase(traces)  # nor a new pack
        self.begun()  # nor what was removed meanwhile, and could be put back
        store.forget_whom(traces)
        return [f"{packs} evidence packs"] if packs else []

    def _in_order(self, action: Callable[[], T], progress: Progress) -> T:
        """What it gives, on the writer's thread, once everything before is written. Raises what it raises."""
        awaited = ThreadResult[T]()
        self._record.writer.run_in_order(lambda: awaited.settle(action))
        return awaited.wait(progress)
