"""What leaves the engine without what is not to be seen in it: faces, for sessions that may not see them, and for everybody what lies under
privacy areas that were set after it was recorded."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditRow
from engine.model.cameras.clip import Clip
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.privacy import Cover
from engine.model.cameras.segment import Segment
from engine.model.errors import EnvironmentFault, NotFound, WatchroomError
from engine.model.geometry import Box
from engine.model.settings import DetectionSettings, Settings
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.recording.clips.masked_clips import Masked, MaskedClips, Original, of_clip
from engine.recording.clips.masked_still import masked_still
from engine.runtime.cameras.unmasking import Unmasked
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.ports import AuditLog, SettingsSource
from engine.runtime.side import Side
from engine.vision.faces.hiding import HiddenPlaces, load_hidden_places
from engine.vision.models import ModelStore

_KEPT_STILLS = 400
_STEPS = 100
SMALLEST_PERSON = 0.12  # of a picture's height, in what is left of cameras that are gone
ENCODED_HERE = frozenset(
    {"vp9", "mpeg4"}
)  # of video; older recordings are mpeg4; what came as packets holds everything that the camera saw

_FAILED = {True: "Faces could not be hidden in this clip", False: "Private parts could not be covered in this recording"}

Covers = Callable[[str, int, int], Cover]
"""What is private now of a camera's picture, and was not burned all the time between two times."""


@dataclass(slots=True)
class _Making:
    """A copy being made, of a clip or segment. `wanted_by`: sessions; with the last one that leaves it is given up."""

    of: str
    job_id: str = ""
    wanted_by: set[str] = field(default_factory=set[str])
    done: threading.Event = field(default_factory=threading.Event)
    trouble: str = "It was cancelled."


class Masking(Side):
    """Any thread.

    Args:
        folder: the data folder. settings: say whether faces are hidden. load: what looks for faces; may take a second.
        audit: is told who saw what. covers: see there.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        jobs: Jobs,
        settings: SettingsSource,
        load: Callable[[], HiddenPlaces],
        audit: AuditLog,
        covers: Covers,
    ) -> None:
        """Raises EnvironmentFault."""
        self._folder, self._covers = folder, covers
        self._clips = MaskedClips(folder)
        self._clock, self._jobs, self._settings, self._load, self._audit = clock, jobs, settings, load, audit
        self.unmasked = Unmasked()
        self._detection: DetectionSettings | None = None
        self._lock = threading.Lock()  # guards _making and _stills
        self._making: dict[Path, _Making] = {}
        self._stills: OrderedDict[bytes, bytes] = OrderedDict()
        self._looking = threading.Lock()  # guards _places: one look at a time
        self._places: HiddenPlaces | None = None
        self._turn = threading.Lock()  # one clip at a time: live video goes first

    def hides(self, session_id: str) -> bool:
        """Whether this session gets pictures with hidden faces. Quick: asked for every live picture."""
        return self._settings.now().recognition.blur_faces and self.unmasked.until_ns(session_id, self._clock.now_ns()) is None

    def on_settings(self, settings: Settings) -> None:
        before, self._detection = self._detection, settings.detection
        if before is not None and settings.detection != before:
            self.reload()

    def on_models_changed(self) -> None:
        self.reload()

    def on_session_renewed(self, session_id: str, renewed_id: str) -> None:
        self.unmasked.renew(session_id, renewed_id)

    def reload(self) -> None:
        """Models were installed, or another detector was chosen."""
        with self._looking:
            self._places = None
        self.forget_stills()

    def still(self, jpeg: bytes) -> bytes:
        """A small picture or one of a camera test with hidden faces. Some 50 ms the first time."""
        key = hashlib.blake2b(jpeg, digest_size=16).digest()
        with self._lock:
            known = self._stills.get(key)
        if known is not None:
            return known
        made = masked_still(jpeg, self._find_places)
        with self._lock:
            self._stills[key] = made
            while len(self._stills) > _KEPT_STILLS:
                self._stills.popitem(last=False)
        return made

    def forget_stills(self) -> None:
        with self._lock:
            self._stills.clear()

    def cover_of_clip(self, clip: Clip) -> Cover:
        """What is still to be seen in it and is private now."""
        return self._cover(clip.camera_id, clip.started_ns, clip.ended_ns, clip.transcoded)

    def cover_of_segment(self, segment: Segment) -> Cover:
        return self._cover(segment.camera_id, segment.started_ns, segment.ended_ns, segment.codec in ENCODED_HERE)

    def cover_of_held(self, camera_id: str, since_ns: int, until_ns: int, encoded_here: bool) -> Cover:
        """The same of what is held in memory."""
        return self._cover(camera_id, since_ns, until_ns, encoded_here)

    def covers_picture(self, camera_id: str, since_ns: int, until_ns: int) -> bool:
        """Whether a picture that was taken between two times may show what is private now."""
        return bool(self._covers(camera_id, since_ns, until_ns))

    def prepare(self, clip: Clip, session_id: str) -> str:
        """The job that makes the copy of a clip; empty where there is one already, or where none is needed."""
        how, original = self._how(clip, session_id), of_clip(self._folder, clip)
        return (
            ""
            if not how or self._clips.ready(original, how) is not None
            else self._copy_in_progress(original, how, clip.id, session_id).job_id
        )

    def leave(self, clip_id: str, session_id: str) -> None:
        """This session does not wait for the copy any more; nobody does: it is given up."""
        given_up: list[str] = []
        with self._lock:
            for making in self._making.values():
                if making.of == clip_id and session_id in making.wanted_by:
                    making.wanted_by.discard(session_id)
                    given_up += [] if making.wanted_by else [making.job_id]
        for job_id in given_up:
            self._jobs.cancel(job_id)

    def clip_file(self, clip: Clip, session_id: str, wait_s: float | None = None) -> Path | None:
        """The clip as this session may see it: the file itself, or the copy, made where there is none; None where that takes longer than
        `wait_s`.

        Raises EnvironmentFault: it cannot be made, or was given up. NotFound: the clip was deleted meanwhile.
        """
        how, original = self._how(clip, session_id), of_clip(self._folder, clip)
        return self._file(original, how, clip.id, session_id, wait_s) if how else original.file

    def segment_file(self, segment: Segment, file: Path, session_id: str, wait_s: float | None = None) -> Path | None:
        """The same of continuous video, for a session that may see faces. `file`: where it is, here or in the archive."""
        cover = self.cover_of_segment(segment)
        if not cover:
            return file
        return self._file(Original(segment.id, file), Masked(cover=cover), segment.id, session_id, wait_s)

    def note_seen(self, session: Session, clip_id: str) -> None:
        """A clip is about to be shown with its faces where faces are hidden: kept once per session and unmasking.

        Raises what `audit` raises; then it must not be shown.
        """
        if self._settings.now().recognition.blur_faces and not self.unmasked.saw(session.id, clip_id):
            self._audit.keep(AuditRow.of(self._clock.now_ns(), session.user, "see_faces", clip_id, "the clip as it was recorded"))
            self.unmasked.note(session.id, clip_id)

    def look(self, picture_bgr: Bytes2D, people: Sequence[Box] = ()) -> tuple[Box, ...]:
        """What has to be hidden in a picture, in shares of it, whoever asks. See `HiddenPlaces.look`."""
        return self._find_places(picture_bgr, people)

    def _cover(self, camera_id: str, since_ns: int, until_ns: int, encoded_here: bool) -> Cover:
        """Packets are never burned, whatever is known of the time when they came."""
        return self._covers(camera_id, since_ns, until_ns) if encoded_here else self._covers(camera_id, 0, until_ns)

    def _how(self, clip: Clip, session_id: str) -> Masked:
        cover = self.cover_of_clip(clip)
        if not self.hides(session_id):
            return Masked(cover=cover)
        with self._places_ready() as places:
            return Masked(places.how, cover)

    def _file(self, original: Original, how: Masked, of: str, session_id: str, wait_s: float | None) -> Path | None:
        path = self._clips.ready(original, how)
        if path is not None:
            return path
        making = self._copy_in_progress(original, how, of, session_id)
        if not making.done.wait(wait_s):
            return None
        path = self._clips.ready(original, how)
        if path is None:
            raise EnvironmentFault("not_masked", f"{_FAILED[bool(how.finder)]}, so it is not shown. {making.trouble}")
        return path

    def _find_places(self, picture_bgr: Bytes2D, people: Sequence[Box]) -> tuple[Box, ...]:
        with self._places_ready() as places:
            return places.look(picture_bgr, people)

    @contextmanager
    def _places_ready(self) -> Generator[HiddenPlaces]:
        with self._looking:
            if self._places is None:
                self._places = self._load()
            yield self._places

    def _copy_in_progress(self, original: Original, how: Masked, of: str, session_id: str) -> _Making:
        """The copy that is being made, or is from now on."""
        path = self._clips.path(original, how)
        with self._lock:
            making = self._making.get(path)
            if making is None:
                making = self._making[path] = _Making(of)
                making.wanted_by.add(session_id)
                title = "Hide faces in a clip" if how.finder else "Cover private parts of a recording"
                making.job_id = self._jobs.start("mask_clip", title, self._body(original, how, making))
            making.wanted_by.add(session_id)
            return making

    def _body(self, original: Original, how: Masked, making: _Making) -> Callable[[str, Progress], str]:
        def work(_: str, progress: Progress) -> str:
            try:
                return self._make_copy(original, how, progress)
            except WatchroomError as error:
                making.trouble = str(error)
                raise
            finally:
                with self._lock:
                    self._making.pop(self._clips.path(original, how), None)
                making.done.set()

        return work

    def _make_copy(self, original: Original, how: Masked, progress: Progress) -> str:
        progress.at(0, _STEPS, "Waiting for another clip")
        while not self._turn.acquire(timeout=0.1):
            progress.check()
        doing = "Hiding faces" if how.finder else "Covering private parts"
        try:
            progress.at(0, _STEPS, "Looking for faces" if how.finder else doing)
            made = self._clips.make(original, how, self._find_places, lambda share: progress.at(round(share * _STEPS), _STEPS, doing))
        finally:
            self._turn.release()
        if made is None:
            raise NotFound("The clip was deleted meanwhile." if how.finder else "The recording was deleted meanwhile.")
        return "Faces are hidden in it." if how.finder else "Private parts are covered in it."


def load_places(models: ModelStore, settings: Settings) -> HiddenPlaces:
    """What looks for faces in what cameras recorded. May take a second."""
    smallest = min((camera.min_person_share for camera in settings.cameras), default=SMALLEST_PERSON)
    return load_hidden_places(models, settings.detection, smallest)
