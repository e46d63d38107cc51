"""The inference pool: which camera's newest frame the detector looks at next.

Fair and bounded: each camera has one slot with its newest frame, a camera is due when its interval has passed, and the one that is most
overdue goes first. The interval adapts so that inference takes a stated share of the machine.
"""

import threading
import time
from collections.abc import Callable

from engine.model.cameras.detection import Detections
from engine.model.cameras.frame import DecodedFrame
from engine.model.errors import WatchroomError
from engine.model.geometry import Floats
from engine.model.health import DetectorHealth
from engine.model.observation import DetectionsMade
from engine.model.settings import CameraSettings
from engine.model.value_class import dataclass
from engine.runtime.closer.rates import Rate, Smoothed
from engine.runtime.ports import Inbox, Trouble

IDLE_S = 2.0  # a camera where nothing moves is still looked at this often: somebody may stand still
WHOLE_S = 2.0  # and the whole of its picture, where a detector is fast on parts only
BUDGET = 0.5  # of one core, per worker
MOST_FASTER = 2.0  # with time to spare a camera is looked at up to this many times its wanted rate
FRESH_S = 1.0  # a camera that gave no frame for so long wants no looks
LATE_S = 3.0  # somebody crosses a picture in so much: where something moves, a look that comes later is too late
BEHIND_S = 10.0  # a camera is told to be behind for so long after a look that came too late
RETRY_S = 5.0  # a detector that could not be loaded is tried again after this


@dataclass(frozen=True, slots=True)
class PoolDetector:
    """A detector with what the screen says about it. `shared`: one instance serves every camera, and looks at whole pictures.

    `detect` takes a frame and the regions where something moves or lives, (N, 4) pixels, or None for all of it. `provider` gives what runs
    it now, a proper name.
    """

    name: str
    detect: Callable[[DecodedFrame, Floats | None], Detections]
    shared: bool
    health: DetectorHealth
    provider: Callable[[], str] = str  # empty


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A camera's newest frame, and where something moves or lives in it: (N, 4) pixels."""

    frame: DecodedFrame
    regions_xyxy: Floats
    offered_s: float


class Slot:
    """One camera's place in the pool. Guarded by the pool's condition."""

    def __init__(self, camera: CameraSettings) -> None:
        self.camera = camera
        self.waiting: Waiting | None = None
        self.looked_at: DecodedFrame | None = None
        self.active = False
        self.busy = False
        self.offered_s = 0.0
        self.active_since_s = 0.0
        self.late_s = float("-inf")  # when a look was too late, or still not there
        self.last_run_s = 0.0
        self.whole_s = 0.0
        self.rate = Rate()

    def offer(self, waiting: Waiting, active: bool) -> None:
        now_s = waiting.offered_s
        if active and not self.active:
            self.active_since_s = now_s
        self.waiting, self.active, self.offered_s = waiting, active, now_s
        if active and now_s - max(self.last_run_s, self.active_since_s) > LATE_S:
            self.late_s = now_s

    def due_in(self, now_s: float, interval_s: float) -> float:
        """Seconds until this camera may be looked at again; infinite without a frame to look at."""
        if self.waiting is None or self.busy:
            return float("inf")
        return self.last_run_s + (interval_s if self.active else IDLE_S) - now_s

    def take(self, now_s: float, late_s: float) -> Waiting:
        """Its frame, to be looked at now. `late_s` of its next interval have passed already, so that small delays do not add up."""
        waiting, self.waiting = self.waiting, None
        assert waiting is not None
        self.busy, self.last_run_s = True, now_s - late_s
        return waiting

    def parts(self, waiting: Waiting) -> Floats | None:
        """Where to look on this frame; everywhere from time to time, and where nothing is known of any part."""
        if not len(waiting.regions_xyxy) or waiting.offered_s - self.whole_s >= WHOLE_S:
            self.whole_s = waiting.offered_s
            return None
        return waiting.regions_xyxy


class _Detectors:
    """What one worker looks with: a shared detector, or one for each size of the smallest person."""

    def __init__(self, load: Callable[[CameraSettings], PoolDetector], trouble: Trouble) -> None:
        self._load = load
        self._trouble = trouble
        self._shared: PoolDetector | None = None
        self._by_share: dict[float, PoolDetector] = {}
        self._again_s = 0.0

    def for_camera(self, camera: CameraSettings) -> PoolDetector | None:
        """None while there is trouble."""
        known = self._shared or self._by_share.get(camera.min_person_share)
        if known is not None or time.monotonic() < self._again_s:
            return known
        try:
            loaded = self._load(camera)
        except WatchroomError as error:
            self._again_s = time.monotonic() + RETRY_S
            self._trouble.tell(f"People are not found: {error}")
            return None
        self._trouble.tell(None)
        if loaded.shared:
            self._shared = loaded
        else:
            self._by_share[camera.min_person_share] = loaded
        return loaded


class InferencePool:
    """Worker bodies for the supervisor, and the slots they serve.

    Args:
        load: makes the detector for a camera; called on worker threads; raises WatchroomError.
        inbox: gets what was detected. trouble: told while no detector can be loaded. Both from a worker thread.
    """

    def __init__(
        self, load: Callable[[CameraSettings], PoolDetector], inbox: Inbox, trouble: Trouble, workers: int, rate_hz: float
    ) -> None:
        self._load = load
        self._inbox = inbox
        self._trouble = trouble
        self._workers = workers
        self.rate_hz = rate_hz
        self._changed = threading.Condition()
        self._slots: dict[str, Slot] = {}
        self._generation = 0
        self._cost_s = Smoothed(0.02)
        self._health = DetectorHealth()

    def put_camera(self, camera: CameraSettings) -> None:
        """Serve this camera, or serve it with other settings from now on; where other parts are private, earlier pictures are forgotten."""
        with self._changed:
            known = self._slots.get(camera.id)
            if known is None or known.camera.privacy != camera.privacy:
                self._slots[camera.id] = Slot(camera)
            else:
                known.camera = camera

    def remove_camera(self, camera_id: str) -> None:
        with self._changed:
            self._slots.pop(camera_id, None)

    def reload(self) -> None:
        """Load detectors anew: models were installed or another was chosen."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def offer(self, camera_id: str, frame: DecodedFrame, active: bool, regions_xyxy: Floats) -> None:
        """The newest frame of a camera, on its capture thread. Replaces one that nobody has looked at.

        `active`: worth looking at often. `regions_xyxy` (N, 4) pixels: where something moves or lives.
        """
        now_s = time.monotonic()
        with self._changed:
            slot = self._slots.get(camera_id)
            if slot is not None:
                sooner = slot.waiting is None or (active and not slot.active)  # otherwise a worker knows already when this camera is due
                slot.offer(Waiting(frame, regions_xyxy, now_s), active)
                if sooner:
                    self._changed.notify()

    def runs_hz(self, camera_id: str) -> float:
        slot = self._slots.get(camera_id)
        return 0.0 if slot is None else slot.rate.per_second()

    def looked_at(self, camera_id: str) -> DecodedFrame | None:
        """The frame that detections came from last, or the newest where there were none yet."""
        slot = self._slots.get(camera_id)
        waiting = None if slot is None else slot.waiting
        return None if slot is None else slot.looked_at or (waiting and waiting.frame)

    def looked_ns(self, camera_id: str) -> int | None:
        """The time of the frame that was looked at last; None where there was none."""
        slot = self._slots.get(camera_id)
        return None if slot is None or slot.looked_at is None else slot.looked_at.captured_ns

    def is_behind(self, camera_id: str) -> bool:
        """Whether something moved there lately for longer than a detector took to look."""
        slot = self._slots.get(camera_id)
        return slot is not None and time.monotonic() - slot.late_s < BEHIND_S

    def health(self) -> DetectorHealth:
        known = self._health
        return DetectorHealth(known.name, known.basic, known.stand_in, known.degraded_reason, self._cost_s.value * 1000)

    def work(self, stopping: threading.Event) -> None:
        """Body of one worker thread."""
        detectors, generation = _Detectors(self._load, self._trouble), self._generation
        while not stopping.is_set():
            taken = self._take_frame()
            if generation != self._generation:
                detectors, generation = _Detectors(self._load, self._trouble), self._generation
            if taken is not None:
                slot, waiting = taken
                try:
                    self._detect(slot, waiting, detectors)
                finally:
                    slot.busy = False

    def interval_s(self) -> float:
        """Seconds between looks at one active camera, from what a look costs and how many cameras want one."""
        fresh_s = time.monotonic() - FRESH_S
        active = sum(slot.active and slot.offered_s > fresh_s for slot in self._slots.values())
        affordable_hz = self._workers * BUDGET / max(self._cost_s.value * max(active, 1), 1e-6)
        return 1.0 / min(max(affordable_hz, self.rate_hz), MOST_FASTER * self.rate_hz)

    def _take_frame(self) -> tuple[Slot, Waiting] | None:
        with self._changed:
            now_s = time.monotonic()
            interval_s = self.interval_s()
            due = min(self._slots.values(), key=lambda slot: slot.due_in(now_s, interval_s), default=None)
            wait_s = float("inf") if due is None else due.due_in(now_s, interval_s)
            if due is None or wait_s > 0:
                self._changed.wait(min(wait_s, 0.1))
                return None
            return due, due.take(now_s, late_s=min(-wait_s, interval_s / 2))

    def _detect(self, slot: Slot, waiting: Waiting, detectors: _Detectors) -> None:
        detector = detectors.for_camera(slot.camera)
        if detector is None:
            return
        frame = waiting.frame
        self._health = detector.health
        started_s = time.perf_counter()
        found = detector.detect(frame, None if detector.shared else slot.parts(waiting))
        slot.looked_at = frame
        self._cost_s.add(time.perf_counter() - started_s)
        slot.rate.count()
        by = detector.name, detector.provider()
        self._inbox.post(DetectionsMade(slot.camera.id, frame.captured_ns, frame.index, frame.width, frame.height, found, *by))
