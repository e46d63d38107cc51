"""What is kept of an event that a camera saw: a small picture at once, and a clip with where people were in it once it is whole."""

import logging
from collections.abc import Callable
from pathlib import Path

from engine.model.cameras.clip import Clip
from engine.model.errors import NotFound
from engine.model.event import Event, EventKind
from engine.model.observation import DetectionsMade
from engine.recording.clips.clip_rows import keep_row
from engine.recording.clips.clips import ClipRecorder
from engine.recording.clips.thumbnails import EventThumbnails
from engine.recording.sightings import Sighting, Sightings
from engine.runtime.basis import Basis
from engine.runtime.cameras.in_view import InView
from engine.runtime.cameras.inference import InferencePool
from engine.runtime.storage.clip_files import recover_clips, remove_files

log = logging.getLogger(__name__)


class ClipSide:
    """`take` and `note_people` on the engine thread, all else on any.

    Attributes:
        wanted: False for an event whose clip, now that it is whole, is not to be kept.
    """

    def __init__(self, basis: Basis, pool: InferencePool, in_view: InView) -> None:
        """Raises EnvironmentFault."""
        self._folder, self._record = basis.data.path, basis.record
        self._pool, self._in_view = pool, in_view
        self._sightings = Sightings()
        self.thumbnails = EventThumbnails(basis.data.thumbnails)
        trouble, settings = basis.troubles.of("recording"), basis.settings.now().recording
        self.recorder = ClipRecorder(self._folder, basis.clock, self._on_clip_finished, trouble.tell, settings)
        self.wanted: Callable[[str], bool] = lambda event_id: True

    def start(self) -> None:
        """Raises EnvironmentFault."""
        for clip in recover_clips(self._folder, self._record.store):
            log.warning("the clip %s was being written when the engine was killed, and is whole again", clip.id)
            self._record.board.add_clip(clip)
        self.recorder.start()
        self.thumbnails.start()

    def stop(self) -> None:
        self.recorder.stop()
        self.thumbnails.stop()

    def get(self, clip_id: str) -> Clip:
        """Raises NotFound, also where its file is gone."""
        clip = self._record.store.clip(clip_id)
        if clip is None or not (self._folder / clip.file).is_file():
            raise NotFound(f"There is no clip {clip_id}.")
        return clip

    def file(self, clip_id: str) -> Path:
        """The clip as it was recorded, faces and all: for the engine itself, and for those who may see them. Raises NotFound."""
        return self._folder / self.get(clip_id).file

    def take(self, event: Event) -> None:
        """An event of a camera that is new or changed."""
        if event.ended_ns is None or event.kind is EventKind.GESTURE:  # which is told once, when it is over
            self._take_thumbnail(event)
            if self.recorder.settings.enabled:
                self.recorder.open_clip(event.id, event.camera_id, event.started_ns)
        if event.ended_ns is not None:
            self.recorder.close_clip(event.id, event.ended_ns)

    def note_people(self, seen: DetectionsMade) -> None:
        """Who is in view, for hiding faces in clips later."""
        at_ns, people = self._in_view.people_seen(seen)
        self._sightings.note(seen.camera_id, at_ns, people)

    def people_between(self, camera_id: str, since_ns: int, until_ns: int) -> list[Sighting]:
        """Who was in view lately. Any thread."""
        return self._sightings.between(camera_id, since_ns, until_ns)

    def _take_thumbnail(self, event: Event) -> None:
        frame = self._pool.looked_at(event.camera_id)
        if frame is not None:
            people = self._in_view.people_at(event.camera_id, frame.captured_ns)
            subject = self._in_view.track_at(event.camera_id, event.subject_id, frame.captured_ns)
            self.thumbnails.take(event.id, frame, event.box_xyxy, people, subject)

    def _on_clip_finished(self, clip: Clip) -> None:
        """On the recording thread."""
        if not self.wanted(clip.event_id):
            remove_files(self._folder, (clip,))
            return
        self._sightings.keep(self._folder, clip)
        keep_row(self._folder, clip)
        self._record.writer.submit(None, (clip,))
        self._record.board.add_clip(clip)
