"""The inference pool: which camera's newest frame the detector looks at next.

Fair and bounded: each camera has one slot with its newest frame, a camera is due when its interval has passed, and the one that has waited
longest relative to its interval goes first. The interval adapts so that inference takes a stated share of the machine.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.model.detection import Detections
from engine.model.errors import WatchroomError
from engine.model.frame import DecodedFrame
from engine.model.geometry import Floats
from engine.model.health import DetectorHealth
from engine.model.observation import DetectionsMade
from engine.model.settings import CameraSettings
from engine.runtime.rates import Rate, Smoothed

IDLE_S = 2.0  # a camera where nothing moves is still looked at this often: somebody may stand still
WHOLE_S = 2.0  # and the whole of its picture, where a detector is fast on parts only
BUDGET = 0.5  # of one core, per worker
MOST_FASTER = 2.0  # with time to spare a camera is looked at up to this many times its wanted rate


@dataclass(frozen=True, slots=True)
class PoolDetector:
    """A detector with what the screen says about it. `shared`: one instance serves every camera, and looks at whole pictures.

    `detect` takes a frame and the regions where something moves or lives, (N, 4) pixels, or None for all of it.
    """

    name: str
    detect: Callable[[DecodedFrame, Floats | None], Detections]
    shared: bool
    health: DetectorHealth


class Slot:
    """One camera's place in the pool. Guarded by the pool's condition."""

    def __init__(self, camera: CameraSettings) -> None:
        self.camera = camera
        self.frame: DecodedFrame | None = None
        self.regions_xyxy: Floats | None = None
        self.whole_s = 0.0
        self.looked_at: DecodedFrame | None = None
        self.active = False
        self.busy = False
        self.last_run_s = 0.0
        self.rate = Rate()

    def due_in(self, now_s: float, interval_s: float) -> float:
        """Seconds until this camera may be looked at again; infinite without a frame to look at."""
        if self.frame is None or self.busy:
            return float("inf")
        return self.last_run_s + (interval_s if self.active else IDLE_S) - now_s


class InferencePool:
    """Worker bodies for the supervisor, and the slots they serve.

    Args:
        load: makes the detector for a camera; called on worker threads; raises WatchroomError.
        on_detections: called on a worker thread; must return at once.
    """

    def __init__(
        self,
        load: Callable[[CameraSettings], PoolDetector],
        on_detections: Callable[[DetectionsMade], None],
        on_trouble: Callable[[str], None],
        workers: int,
        rate_hz: float,
    ) -> None:
        self._load = load
        self._on_detections = on_detections
        self._on_trouble = on_trouble
        self._workers = workers
        self.rate_hz = rate_hz
        self._changed = threading.Condition()
        self._slots: dict[str, Slot] = {}
        self._generation = 0
        self._cost_s = Smoothed(0.02)
        self._health = DetectorHealth()

    def put_camera(self, camera: CameraSettings) -> None:
        with self._changed:
            self._slots[camera.id] = Slot(camera)

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
        with self._changed:
            slot = self._slots.get(camera_id)
            if slot is not None:
                sooner = slot.frame is None or (active and not slot.active)  # otherwise a worker knows already when this camera is due
                slot.frame, slot.active, slot.regions_xyxy = frame, active, regions_xyxy
                if sooner:
                    self._changed.notify()

    def runs_hz(self, camera_id: str) -> float:
        slot = self._slots.get(camera_id)
        return 0.0 if slot is None else slot.rate.per_second()

    def looked_at(self, camera_id: str) -> DecodedFrame | None:
        """The frame that detections came from last, or the newest where there were none yet."""
        slot = self._slots.get(camera_id)
        return None if slot is None else slot.looked_at or slot.frame

    def health(self) -> DetectorHealth:
        known = self._health
        return DetectorHealth(known.name, known.basic, known.stand_in, known.degraded_reason, self._cost_s.value * 1000)

    def work(self, stopping: threading.Event) -> None:
        """Body of one worker thread."""
        detectors: dict[str, PoolDetector] = {}
        generation = self._generation
        while not stopping.is_set():
            taken = self._take()
            if generation != self._generation:
                generation = self._generation
                detectors.clear()
            if taken is not None:
                slot, frame = taken
                try:
                    self._look(slot, frame, detectors)
                finally:
                    slot.busy = False

    def interval_s(self) -> float:
        """Seconds between looks at one active camera, from what a look costs and how many cameras want one."""
        active = sum(slot.active for slot in self._slots.values())
        affordable_hz = self._workers * BUDGET / max(self._cost_s.value * max(active, 1), 1e-6)
        return 1.0 / min(max(affordable_hz, self.rate_hz), MOST_FASTER * self.rate_hz)

    def _take(self) -> tuple[Slot, DecodedFrame] | None:
        with self._changed:
            now_s = time.monotonic()
            interval_s = self.interval_s()
            due = min(self._slots.values(), key=lambda slot: slot.due_in(now_s, interval_s), default=None)
            wait_s = float("inf") if due is None else due.due_in(now_s, interval_s)
            if due is None or due.frame is None or wait_s > 0:
                self._changed.wait(min(max(wait_s, 0.0), 0.1))
                return None
            frame, due.frame = due.frame, None
            # Counted from when it was due, so that being a little late each time does not add up to a lower rate.
            due.busy, due.last_run_s = True, now_s - min(-wait_s, interval_s / 2)
            return due, frame

    def _look(self, slot: Slot, frame: DecodedFrame, detectors: dict[str, PoolDetector]) -> None:
        detector = self._detector(slot.camera, detectors)
        if detector is None:
            return
        started_s = time.perf_counter()
        found = detector.detect(frame, None if detector.shared else self._parts(slot))
        slot.looked_at = frame
        self._cost_s.add(time.perf_counter() - started_s)
        slot.rate.count()
        seen = DetectionsMade(slot.camera.id, frame.captured_ns, frame.index, frame.width, frame.height, found, detector.name)
        self._on_detections(seen)

    def _parts(self, slot: Slot) -> Floats | None:
        """Where to look on this frame; everywhere from time to time, and where nothing is known of any part."""
        now_s = time.monotonic()
        if slot.regions_xyxy is None or not len(slot.regions_xyxy) or now_s - slot.whole_s >= WHOLE_S:
            slot.whole_s = now_s
            return None
        return slot.regions_xyxy

    def _detector(self, camera: CameraSettings, detectors: dict[str, PoolDetector]) -> PoolDetector | None:
        key = f"{camera.id} {camera.min_person_share}"
        known = detectors.get("") or detectors.get(key)
        if known is not None:
            return known
        try:
            loaded = self._load(camera)
        except WatchroomError as error:
            self._on_trouble(f"People cannot be found on {camera.name}: {error}")
            return None
        detectors["" if loaded.shared else key] = loaded
        self._health = loaded.health
        return loaded
