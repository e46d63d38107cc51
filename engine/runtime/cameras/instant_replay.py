"""Instant replay: the packet ring of a camera, decoded for whoever asks and only while they ask."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from typing import Protocol

import numpy as np

from engine.model.accounts.access import Scope, Session
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.instant_replay import ReplayCamera, ReplayPart, ReplayPicture
from engine.model.errors import NotFound
from engine.model.geometry import Box
from engine.model.observation import Observation, Tick
from engine.model.port import PictureWant
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.time import SECOND, to_iso
from engine.model.value_class import dataclass
from engine.recording.clips.mosaic import hide
from engine.recording.footage.playback import ClipPicture
from engine.recording.jpeg import encode_jpeg
from engine.recording.ring import PacketRing
from engine.recording.ring_reader import RingReader, covering
from engine.recording.sightings import Sighting, people_near
from engine.runtime.audit.auditing import Views
from engine.runtime.cameras.clip_side import ClipSide
from engine.runtime.cameras.masking import Masking
from engine.runtime.cameras.pictures import fitted
from engine.runtime.operations.spec import Questions, QuestionScope, QuestionSpec
from engine.runtime.side import Side

IDLE_S = 10.0  # a decoder that nobody asks any more goes
MOST_OPEN = 32  # decoders; the one that waited longest makes room
WORK_S = 0.7  # of one answer; what is left comes with the next
HIDDEN_EVERY_NS = SECOND // 5  # between two pictures in which faces are looked for, which takes tens of ms each
AROUND_NS = SECOND // 2
QUALITY = 80

OFF = "Nothing is held for instant replay, because clips are not recorded. Switch on Record clips of events."
NOTHING_YET = "Nothing of this camera is held for instant replay yet."


@dataclass(slots=True)
class _Open:
    """One viewer's decoder of one camera. `last_ns`: of the picture that was sent last; decoding may be further."""

    reader: RingReader
    last_ns: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    asked_s: float = 0.0


Key = tuple[str, str]  # session id, camera id


class InstantReplay(Side):
    """Any thread. `steady`: seconds that only ever rise."""

    def __init__(self, clips: ClipSide, masking: Masking, steady: Callable[[], float] = time.monotonic) -> None:
        self._clips, self._masking, self._steady = clips, masking, steady
        self._lock = threading.Lock()  # guards _open
        self._open: dict[Key, _Open] = {}

    @property
    def decoders(self) -> int:
        """How many are open."""
        return len(self._open)

    def part(self, asked: ReplayCamera, session_id: str) -> ReplayPart:
        """Private areas are covered, and faces hidden where this session may not see them."""
        held = self._clips.recorder.ring(asked.camera_id)
        span_ns = held[0].span_ns() if held is not None else None
        if held is None or span_ns is None:
            self._drop((session_id, asked.camera_id))
            return ReplayPart(reason=NOTHING_YET if self._clips.recorder.settings.enabled else OFF)
        ring, encoded_here = held
        opened = self._decoder_of((session_id, asked.camera_id), ring)
        with opened.lock:
            hidden = self._masking.hides(session_id)
            cover = self._masking.cover_of_held(asked.camera_id, *span_ns, encoded_here)
            pictures = tuple(self._pictures(asked, covering(self._pictures_from(asked, opened, hidden), cover), hidden))
            opened.last_ns = pictures[-1].at_ns if pictures else opened.last_ns
            return ReplayPart(*span_ns, pictures)

    def on_step(self, result: StepResult, observation: Observation) -> None:
        if self._open and isinstance(observation, Tick):
            self._end_idle()

    def on_session_ended(self, session_id: str) -> None:
        for key in [key for key in tuple(self._open) if key[0] == session_id]:
            self._drop(key)

    def on_stop(self) -> None:
        with self._lock:
            self._open.clear()

    def _pictures_from(self, asked: ReplayCamera, opened: _Open, hidden: bool) -> Iterator[ClipPicture]:
        """With pauses between pictures where each is to be searched for faces."""
        goes_on = asked.after and asked.at_ns == opened.last_ns
        last_ns = opened.last_ns if goes_on else None
        for picture in opened.reader.on() if goes_on else opened.reader.pictures(asked.at_ns, asked.after):
            if last_ns is None or not hidden or picture.at_ns - last_ns >= HIDDEN_EVERY_NS:
                last_ns = picture.at_ns
                yield picture

    def _pictures(self, asked: ReplayCamera, shown: Iterator[ClipPicture], hidden: bool) -> Iterator[ReplayPicture]:
        until_s, want = self._steady() + WORK_S, PictureWant(asked.width, asked.height)
        for count, picture in enumerate(shown, start=1):
            pixels = picture.bgr(*fitted(*picture.size, want))
            if hidden:
                hide(pixels, self._faces(asked.camera_id, picture.at_ns, pixels))
            yield ReplayPicture(picture.at_ns, *picture.size, np.frombuffer(encode_jpeg(pixels, QUALITY), np.uint8))
            if count >= asked.pictures or self._steady() > until_s:
                return

    def _faces(self, camera_id: str, at_ns: int, pixels: Bytes2D) -> Sequence[Box]:
        seen: list[Sighting] = self._clips.people_between(camera_id, at_ns - AROUND_NS, at_ns + AROUND_NS)
        return self._masking.look(pixels, people_near(seen, at_ns, AROUND_NS))

    # decoders

    def _decoder_of(self, key: Key, ring: PacketRing) -> _Open:
        with self._lock:
            opened = self._open.pop(key, None)
            if opened is None or opened.reader.ring is not ring:  # another ring: what came before must not be seen again
                opened = _Open(RingReader(ring))
            opened.asked_s = self._steady()
            self._open[key] = opened
            while len(self._open) > MOST_OPEN:
                del self._open[next(iter(self._open))]
            return opened

    def _drop(self, key: Key) -> None:
        with self._lock:
            self._open.pop(key, None)

    def _end_idle(self) -> None:
        before_s = self._steady() - IDLE_S
        with self._lock:
            for key in [key for key, opened in self._open.items() if opened.asked_s < before_s]:
                del self._open[key]


class ReplayHost(Protocol):
    """What this needs of the engine."""

    @property
    def instant_replay(self) -> InstantReplay: ...

    @property
    def masking(self) -> Masking: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def views(self) -> Views: ...


def _replay(engine: ReplayHost, asked: ReplayCamera, session: Session, scope: Scope | None) -> ReplayPart:
    """In the audit once a session, camera and hour, as other recordings that are viewed. Raises NotFound."""
    if engine.settings.camera(asked.camera_id) is None or (scope is not None and asked.camera_id not in scope):
        raise NotFound(f"There is no camera {asked.camera_id}.")
    part = engine.instant_replay.part(asked, session.id)
    if part.pictures:
        footage = f"{asked.camera_id} {to_iso(part.pictures[0].at_ns)[:13]}Z"
        if not engine.masking.hides(session.id):
            engine.masking.note_seen(session, footage)
        engine.views.note_footage(session, footage)
    return part


QUESTIONS: Questions[ReplayHost] = (QuestionSpec(ReplayCamera, scope=QuestionScope.LIMITED, handler=_replay),)
