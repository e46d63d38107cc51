"""Simulated cameras as sources: the world's pictures at a steady rate, at the clock's time."""

import threading

from engine.model.cameras.frame import StreamInfo
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, Clock
from engine.sources.camera.picture import ArrayPicture
from engine.sources.camera.protocol import FrameSource, Reading
from engine.sources.simulated.plan import DEMO, CameraPlan
from engine.sources.simulated.stage import Eye, Stage, StageHere

FPS = 15
WORLD_EPOCH_NS = 1_767_225_600 * SECOND  # 2026-01-01T00:00:00Z: every sensor of the demo site counts world time from here
SCHEME = "simulated:"

DEMO_CAMERAS: tuple[CameraSettings, ...] = tuple(
    CameraSettings(camera.id, camera.name, SCHEME + camera.id, min_person_share=camera.min_person_share) for camera in DEMO.cameras
)

_LONGEST_WAIT_S = 0.02  # between looks at the clock, which need not run like the machine's


def world_time_s(time_ns: int) -> float:
    """World time of a moment on the clock; all sensors of the site use it, so they see the same moment."""
    return (time_ns - WORLD_EPOCH_NS) / SECOND


class SimulatedSource:
    """One simulated camera. Used by one thread, except `interrupt`.

    Pictures fall on the same 15 Hz grid of clock times for every camera. One that comes too late is left out, not made up for.
    """

    def __init__(self, plan: CameraPlan, clock: Clock, stage: Stage) -> None:
        self._plan = plan
        self._stage = stage
        self._clock = clock
        self._camera: Eye | None = None
        self._stop = threading.Event()
        self._last_tick = -1
        self._index = 0

    def open(self) -> StreamInfo:
        """Takes about a tenth of a second."""
        self._camera = self._stage.eye(self._plan)
        self._last_tick = self._tick()
        return StreamInfo("", *self._plan.size, float(FPS), time_base=(1, FPS))

    def read(self) -> Reading:
        """Waits for the next point of the grid and draws it.

        Raises:
            EnvironmentFault: `interrupted`; or its stage's.
        """
        camera = self._camera
        if camera is None:
            raise EnvironmentFault("interrupted", "The simulated camera is closed.")
        self._wait()
        self._last_tick = self._tick()
        captured_ns = self._time_ns(self._last_tick)
        frame = ArrayPicture(camera.render(world_time_s(captured_ns)), captured_ns, self._index)
        self._index += 1
        return Reading(frames=(frame,))

    def interrupt(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self._camera = None

    def _wait(self) -> None:
        due_ns = self._time_ns(self._last_tick + 1)
        while not self._stop.is_set():
            left_s = (due_ns - self._clock.now_ns()) / SECOND
            if left_s <= 0:
                return
            self._stop.wait(min(left_s, _LONGEST_WAIT_S))
        raise EnvironmentFault("interrupted", "The simulated camera was told to stop.")

    def _tick(self) -> int:
        """The latest grid point that has passed."""
        return (self._clock.now_ns() - WORLD_EPOCH_NS) * FPS // SECOND

    @staticmethod
    def _time_ns(tick: int) -> int:
        return WORLD_EPOCH_NS - (-tick * SECOND // FPS)  # rounded up, so that `_tick` of it gives the tick back


def simulated_source(url: str, clock: Clock, stage: Stage | None = None) -> FrameSource:
    """The source that a URL such as `simulated:yard` names, not yet open. `stage`: the one that all sensors of the site share.

    Raises:
        InputError: no such camera (field `url`).
    """
    name = url.strip().lower().removeprefix(SCHEME)
    plan = DEMO.camera(name)
    if plan is None:
        known = ", ".join(SCHEME + camera.id for camera in DEMO.cameras)
        raise InputError("url", f"there is no simulated camera {name!r}; known are {known}")
    return SimulatedSource(plan, clock, stage or StageHere())
