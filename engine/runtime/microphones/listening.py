"""Who listens to which camera. While nobody does, nothing is read or decoded; nothing is kept; each start and end is in the audit."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.cameras.sound import LONGEST_WAITING_S, SOUND_HZ, Samples, SoundState, check_listenable
from engine.model.errors import NotFound
from engine.model.health import CameraState
from engine.model.people.speech import SoundChunk
from engine.model.settings import CameraSettings, Settings
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.runtime.ports import AuditLog, SettingsSource
from engine.sources.microphone.capture import MicrophoneCapture
from engine.sources.microphone.protocol import SoundSource

UNHEARD_S = 10.0  # a listener that fetches nothing for so long is gone
_MOST_WAITING = round(LONGEST_WAITING_S * SOUND_HZ)
CHANGED = "The settings of this camera were changed. Start listening again."

CONNECTING = SoundState()

SourceOf = Callable[[CameraSettings], SoundSource]


class Ear:
    """One listener's slot (a SoundFeed): half a second at most, the newest stays."""

    def __init__(self, camera_id: str, session: Session, began_ns: int, leave: Callable[["Ear", str], None]) -> None:
        self.camera_id, self.session, self.began_ns = camera_id, session, began_ns
        self._leave = leave
        self._lock = threading.Lock()
        self._pieces: deque[Samples] = deque()
        self._waiting = 0
        self._taken_s = time.monotonic()
        self._state = SoundState()
        self.dropped = 0

    @property
    def state(self) -> SoundState:
        return self._state

    @property
    def over(self) -> bool:
        return self._state.ended

    @property
    def unheard(self) -> bool:
        return time.monotonic() - self._taken_s > UNHEARD_S

    def take(self) -> Samples:
        with self._lock:
            self._taken_s = time.monotonic()
            pieces, self._waiting = tuple(self._pieces), 0
            self._pieces.clear()
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)

    def put(self, samples: Samples) -> None:
        """On the capture thread."""
        with self._lock:
            if self.over:
                return
            self._pieces.append(samples)
            self._waiting += len(samples)
            while self._waiting > _MOST_WAITING and len(self._pieces) > 1:
                gone = len(self._pieces.popleft())
                self._waiting -= gone
                self.dropped += gone

    def tell(self, state: CameraState, reason: str) -> None:
        with self._lock:
            if not self.over:
                self._state = SoundState(state, reason)

    def end(self, why: str) -> bool:
        """False: it had ended already. What waits is forgotten."""
        with self._lock:
            if self.over:
                return False
            self._state = SoundState(CameraState.ENDED, why, ended=True)
            self._pieces.clear()
            self._waiting = 0
            return True

    def close(self) -> None:
        self._leave(self, "")


@dataclass(frozen=True, slots=True)
class _Line:
    """A camera that is listened to. `ears` is replaced as a whole."""

    camera: CameraSettings
    capture: MicrophoneCapture
    ears: tuple[Ear, ...] = ()
    told: SoundState = CONNECTING


class Listening:
    """Any thread. Each session listens to one camera at a time."""

    def __init__(self, clock: Clock, settings: SettingsSource, source: SourceOf, audit: AuditLog) -> None:
        self._clock, self._settings, self._source, self._audit = clock, settings, source, audit
        self._lock = threading.RLock()
        self._lines: dict[str, _Line] = {}
        self._ending: list[MicrophoneCapture] = []

    @property
    def cameras(self) -> tuple[str, ...]:
        """That are listened to."""
        return tuple(self._lines)

    def listen(self, camera_id: str, session: Session) -> Ear:
        """The caller has checked that this session may see the camera. Raises NotFound, EnvironmentFault."""
        camera = self._listenable(camera_id)
        self.end_session(session.id)
        ear = Ear(camera_id, session, self._clock.now_ns(), self._leave)
        self._audit.keep(AuditRow.of(ear.began_ns, session.user, AuditVerb.LISTEN, camera_id, f"session {session.id}"))
        with self._lock:
            self._ending = [capture for capture in self._ending if capture.running]
            line = self._lines.get(camera_id) or self._started(camera)
            ear.tell(line.told.state, line.told.reason)
            self._lines[camera_id] = replace(line, ears=(*line.ears, ear))
        if self._settings.now().camera(camera_id) != camera:  # it was changed while this began
            self.settle(self._settings.now())
        return ear

    def settle(self, settings: Settings) -> None:
        """Whoever listens to what may not be listened to any more, or comes from elsewhere now, is cut off."""
        for camera_id, line in tuple(self._lines.items()):
            now = settings.camera(camera_id)
            if now is None or not (now.listen and now.enabled and now.reads_like(line.camera)):
                for ear in line.ears:
                    self._leave(ear, CHANGED)

    def end_session(self, session_id: str) -> None:
        for line in tuple(self._lines.values()):
            for ear in line.ears:
                if ear.session.id == session_id:
                    self._leave(ear, "")

    def stop(self) -> None:
        """For good: nothing reads when this returns."""
        for line in tuple(self._lines.values()):
            for ear in line.ears:
                self._leave(ear, "")
        with self._lock:
            ending, self._ending = self._ending, []
        for capture in ending:
            capture.stop()

    def _listenable(self, camera_id: str) -> CameraSettings:
        camera = self._settings.now().camera(camera_id)
        if camera is None:
            raise NotFound(f"There is no camera {camera_id}.")
        check_listenable(camera)
        return camera

    def _started(self, camera: CameraSettings) -> _Line:
        spread = _Spread(self, camera.id)
        capture = MicrophoneCapture(f"of-{camera.id}", lambda: self._open_source(camera), spread, called=f"The sound of {camera.id}")
        line = self._lines[camera.id] = _Line(camera, capture)
        capture.start()
        return line

    def _open_source(self, camera: CameraSettings) -> SoundSource:
        """On the capture thread, once per attempt."""
        self.drop_unheard(camera.id)
        return self._source(camera)

    def _leave(self, ear: Ear, why: str) -> None:
        """Also on the capture thread, hence without waiting for it."""
        if not ear.end(why):
            return
        now_ns = self._clock.now_ns()
        with self._lock:
            line = self._lines.get(ear.camera_id)
            left = tuple(each for each in line.ears if each is not ear) if line is not None else ()
            if line is not None and left:
                self._lines[ear.camera_id] = replace(line, ears=left)
            elif line is not None:
                del self._lines[ear.camera_id]
                self._ending.append(line.capture)
                line.capture.ask_to_stop()
        detail = f"session {ear.session.id}, {max(now_ns - ear.began_ns, 0) / 1e9:.0f} s"
        self._audit.note(AuditRow.of(now_ns, ear.session.user, AuditVerb.STOP_LISTENING, ear.camera_id, detail))

    def ears(self, camera_id: str) -> tuple[Ear, ...]:
        line = self._lines.get(camera_id)
        return line.ears if line is not None else ()

    def drop_unheard(self, camera_id: str) -> None:
        for ear in self.ears(camera_id):
            if ear.unheard:
                self._leave(ear, "")

    def tell(self, camera_id: str, state: SoundState) -> None:
        with self._lock:
            line = self._lines.get(camera_id)
            if line is not None:
                self._lines[camera_id] = replace(line, told=state)
        for ear in self.ears(camera_id):
            ear.tell(state.state, state.reason)


class _Spread:
    """From one camera's capture thread to its listeners."""

    def __init__(self, listening: Listening, camera_id: str) -> None:
        self._listening, self._camera_id = listening, camera_id

    def on_sound(self, chunk: SoundChunk) -> None:
        for ear in self._listening.ears(self._camera_id):
            ear.put(chunk.samples)
        self._listening.drop_unheard(self._camera_id)

    def on_state(self, microphone_id: str, state: CameraState, reason: str) -> None:
        self._listening.tell(self._camera_id, SoundState(state, reason))
