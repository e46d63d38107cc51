"""The site's own cameras as lookouts: the newest picture of each is looked at once a second at most, on the thread of the smoke watch."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Protocol

from engine.model.cameras.frame import DecodedFrame
from engine.model.fire.smoke import SmokeFrame
from engine.model.settings import CameraKind, Settings, camera_kind
from engine.model.value_class import dataclass
from engine.vision.smoke import SmokeDetector

EVERY_S = 1.0


class LooksForSmoke(Protocol):
    """One view of a camera; one thread, pictures in their order."""

    def frame(self, camera_id: str, view_id: str, frame: DecodedFrame) -> SmokeFrame: ...


@dataclass(slots=True)
class _Slot:
    view_id: str
    made_for: tuple[object, ...]
    simulated: bool
    detector: LooksForSmoke
    waiting: DecodedFrame | None = None
    taken_s: float = -EVERY_S


class OwnLookouts:
    """Cameras of the settings that are lookouts with one view: of one that turns, nobody here knows which way it looks.

    `offer` on capture threads, returns at once; `look` on one thread; `configure` on any.
    """

    def __init__(self, make: Callable[[], LooksForSmoke] = SmokeDetector) -> None:
        self._make = make
        self._slots: Mapping[str, _Slot] = {}
        self._configuring = threading.Lock()

    @property
    def camera_ids(self) -> Collection[str]:
        return self._slots.keys()

    def configure(self, settings: Settings) -> None:
        """What stays the same goes on; a camera that looks elsewhere learns its scene anew."""
        with self._configuring:
            before, now = self._slots, dict[str, _Slot]()
            for lookout in settings.lookouts:
                camera = settings.camera(lookout.camera_id)
                if camera is None or not camera.enabled or len(lookout.views) != 1:
                    continue
                made_for = camera.url, camera.sub_url, lookout.views[0].id, lookout.views[0].azimuth_deg, camera.privacy
                known = before.get(camera.id)
                simulated = camera_kind(camera.url) is CameraKind.SIMULATED
                if known is None or known.made_for != made_for:
                    known = _Slot(lookout.views[0].id, made_for, simulated, self._make())
                now[camera.id] = known
            self._slots = now

    def offer(self, camera_id: str, frame: DecodedFrame) -> None:
        """The newest frame of a camera; it replaces one that nobody has looked at."""
        slot = self._slots.get(camera_id)
        if slot is not None and time.monotonic() - slot.taken_s >= EVERY_S:
            slot.waiting = frame

    def look(self, but: Collection[str] = ()) -> tuple[SmokeFrame, ...]:
        """What is seen in the frames that wait. `but`: cameras that others look for smoke with."""
        found = (self._detect_in_slot(camera_id, slot) for camera_id, slot in self._slots.items() if camera_id not in but)
        return tuple(frame for frame in found if frame is not None)

    def _detect_in_slot(self, camera_id: str, slot: _Slot) -> SmokeFrame | None:
        frame, slot.waiting = slot.waiting, None
        if frame is None:
            return None
        slot.taken_s = time.monotonic()
        seen = slot.detector.frame(camera_id, slot.view_id, frame)
        return replace(seen, simulated=slot.simulated)
