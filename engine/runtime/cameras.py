"""The set of cameras at work, kept in step with the settings."""

import threading
from collections.abc import Callable

from engine.model.command import Credentials
from engine.model.errors import NotFound
from engine.model.settings import CameraSettings, Settings
from engine.runtime.camera import CameraParts, CameraUnit
from engine.runtime.inference import InferencePool


class Cameras:
    """Starts, replaces and stops camera units. Any thread; changes wait for one another."""

    def __init__(self, parts: CameraParts, pool: InferencePool, credentials: Callable[[str], Credentials | None]) -> None:
        self._parts = parts
        self._pool = pool
        self._credentials = credentials
        self._lock = threading.Lock()
        self._units: dict[str, CameraUnit] = {}

    def apply(self, settings: Settings, renewed: str = "") -> None:
        """Run exactly the configured cameras. A unit whose settings are unchanged is left alone, unless its id is `renewed`."""
        with self._lock:
            for camera_id in list(self._units):
                if settings.camera(camera_id) is None:
                    self._stop(camera_id)
            for camera in settings.cameras:
                running = self._units.get(camera.id)
                if running is None or running.settings != camera or camera.id == renewed:
                    self._stop(camera.id)
                    self._start(camera)
            self._units = {camera.id: self._units[camera.id] for camera in settings.cameras}

    def unit(self, camera_id: str) -> CameraUnit:
        unit = self._units.get(camera_id)
        if unit is None:
            raise NotFound(f"There is no camera {camera_id}.")
        return unit

    def find(self, camera_id: str) -> CameraUnit | None:
        return self._units.get(camera_id)

    def all(self) -> tuple[CameraUnit, ...]:
        return tuple(self._units.values())

    def stop(self) -> None:
        with self._lock:
            for camera_id in list(self._units):
                self._stop(camera_id)

    def _start(self, camera: CameraSettings) -> None:
        self._pool.put_camera(camera)
        unit = CameraUnit(camera, self._credentials(camera.id), self._parts)
        self._units[camera.id] = unit
        unit.start()

    def _stop(self, camera_id: str) -> None:
        unit = self._units.pop(camera_id, None)
        if unit is not None:
            unit.stop()
            self._pool.remove_camera(camera_id)
