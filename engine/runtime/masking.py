"""Faces in what leaves the engine: whose session may see them, and pictures and clips for those that may not."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from engine.model.access import Session
from engine.model.audit import AuditRow
from engine.model.clip import Clip
from engine.model.errors import EnvironmentFault, NotFound, WatchroomError
from engine.model.frame import Bytes2D
from engine.model.geometry import Box
from engine.model.time import Clock
from engine.recording.masked_clips import MaskedClips
from engine.recording.masked_still import masked_still
from engine.runtime.jobs import Jobs, Progress
from engine.runtime.unmasking import Unmasked
from engine.vision.faces.hiding import HiddenPlaces

_KEPT_STILLS = 400
_STEPS = 100


@dataclass(slots=True)
class _Making:
    """A copy being made. `wanted_by`: sessions; with the last one that leaves it is given up."""

    job_id: str = ""
    wanted_by: set[str] = field(default_factory=set[str])
    done: threading.Event = field(default_factory=threading.Event)
    trouble: str = "It was cancelled."


class Masking:
    """Any thread.

    Args:
        folder: the data folder. hiding: whether faces are hidden at this site now. load: what looks for faces; may take a second.
        audit: keeps for good who saw what.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        jobs: Jobs,
        hiding: Callable[[], bool],
        load: Callable[[], HiddenPlaces],
        audit: Callable[[AuditRow], None],
    ) -> None:
        """Raises EnvironmentFault."""
        self._clips = MaskedClips(folder)
        self._clock, self._jobs, self._hiding, self._load, self._audit = clock, jobs, hiding, load, audit
        self.unmasked = Unmasked()
        self._lock = threading.Lock()  # guards _making and _stills
        self._making: dict[str, _Making] = {}
        self._stills: OrderedDict[bytes, bytes] = OrderedDict()
        self._looking = threading.Lock()  # guards _places: one look at a time
        self._places: HiddenPlaces | None = None
        self._turn = threading.Lock()  # one clip at a time: live video goes first

    def hides(self, session_id: str) -> bool:
        """Whether this session gets pictures with hidden faces. Quick: asked for every live picture."""
        return self._hiding() and self.unmasked.until_ns(session_id, self._clock.now_ns()) is None

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
        made = masked_still(jpeg, self._look)
        with self._lock:
            self._stills[key] = made
            while len(self._stills) > _KEPT_STILLS:
                self._stills.popitem(last=False)
        return made

    def forget_stills(self) -> None:
        with self._lock:
            self._stills.clear()

    def prepare(self, clip: Clip, session_id: str) -> str:
        """The job that makes the copy of a clip; empty where there is one already."""
        return "" if self._ready(clip) is not None else self._begun(clip, session_id).job_id

    def leave(self, clip_id: str, session_id: str) -> None:
        """This session does not wait for the copy any more; nobody does: it is given up."""
        with self._lock:
            making = self._making.get(clip_id)
            if making is None:
                return
            making.wanted_by.discard(session_id)
            given_up = not making.wanted_by
        if given_up:
            self._jobs.cancel(making.job_id)

    def clip_file(self, clip: Clip, session_id: str, wait_s: float | None = None) -> Path | None:
        """The copy with hidden faces, made where there is none; None where that takes longer than `wait_s`.

        Raises EnvironmentFault: it cannot be made, or was given up. NotFound: the clip was deleted meanwhile.
        """
        path = self._ready(clip)
        if path is not None:
            return path
        making = self._begun(clip, session_id)
        if not making.done.wait(wait_s):
            return None
        path = self._ready(clip)
        if path is None:
            raise EnvironmentFault("not_masked", f"Faces could not be hidden in this clip, so it is not shown. {making.trouble}")
        return path

    def note_seen(self, session: Session, clip_id: str) -> None:
        """A clip is about to be shown with its faces where faces are hidden: kept once per session and unmasking.

        Raises what `audit` raises; then it must not be shown.
        """
        if self._hiding() and not self.unmasked.saw(session.id, clip_id):
            self._audit(AuditRow(self._clock.now_ns(), session.user.name, "see_faces", clip_id, "the clip as it was recorded"))
            self.unmasked.note(session.id, clip_id)

    def look(self, picture_bgr: Bytes2D, people: Sequence[Box] = ()) -> tuple[Box, ...]:
        """What has to be hidden in a picture, in shares of it, whoever asks. See `HiddenPlaces.look`."""
        return self._look(picture_bgr, people)

    def _ready(self, clip: Clip) -> Path | None:
        return self._clips.ready(clip, self._how())

    def _how(self) -> str:
        with self._places_ready() as places:
            return places.how

    def _look(self, picture_bgr: Bytes2D, people: Sequence[Box]) -> tuple[Box, ...]:
        with self._places_ready() as places:
            return places.look(picture_bgr, people)

    @contextmanager
    def _places_ready(self) -> Generator[HiddenPlaces]:
        with self._looking:
            if self._places is None:
                self._places = self._load()
            yield self._places

    def _begun(self, clip: Clip, session_id: str) -> _Making:
        """The copy that is being made, or is from now on."""
        with self._lock:
            making = self._making.get(clip.id)
            if making is None:
                making = self._making[clip.id] = _Making()
                making.wanted_by.add(session_id)
                making.job_id = self._jobs.start("mask_clip", "Hide faces in a clip", self._body(clip, making))
            making.wanted_by.add(session_id)
            return making

    def _body(self, clip: Clip, making: _Making) -> Callable[[str, Progress], str]:
        def work(_: str, progress: Progress) -> str:
            try:
                return self._made(clip, progress)
            except WatchroomError as error:
                making.trouble = str(error)
                raise
            finally:
                with self._lock:
                    self._making.pop(clip.id, None)
                making.done.set()

        return work

    def _made(self, clip: Clip, progress: Progress) -> str:
        progress.at(0, _STEPS, "Waiting for another clip")
        while not self._turn.acquire(timeout=0.1):
            progress.check()
        try:
            progress.at(0, _STEPS, "Looking for faces")
            made = self._clips.make(clip, self._how(), self._look, lambda share: progress.at(round(share * _STEPS), _STEPS, "Hiding faces"))
        finally:
            self._turn.release()
        if made is None:
            raise NotFound("The clip was deleted meanwhile.")
        return "Faces are hidden in it."
