"""The set of cameras at work, kept in step with the settings."""

import threading
from collections.abc import Callable, Iterable

from engine.model.command import Credentials
from engine.model.errors import NotFound
from engine.model.settings import CameraSettings, Settings
from engine.runtime.cameras.camera import CameraParts, CameraUnit
from engine.runtime.cameras.inference import InferencePool
from engine.runtime.cameras.packets import PacketHub
from engine.runtime.cameras.pictures import HiddenBoxes, PictureHub, nobody_knows


class Cameras:
    """Starts, changes, replaces and stops camera units. Any thread; changes wait for one another."""

    def __init__(
        self,
        parts: CameraParts,
        pool: InferencePool,
        login: Callable[[CameraSettings], Credentials | None],
        hidden: HiddenBoxes = nobody_knows,
    ) -> None:
        """`hidden`: see `PictureHub`."""
        self._parts = parts
        self._hidden = hidden
        self._pool = pool
        self._login = login
        self._lock = threading.Lock()  # one change at a time
        self._units: dict[str, CameraUnit] = {}  # replaced as a whole, so that readers need no lock
        self._hubs: dict[str, PictureHub] = {}
        self._packets: dict[str, PacketHub] = {}
        self._stopped = False
        self._applied = Settings()

    def apply(self, settings: Settings) -> None:
        """Run exactly the configured cameras. A unit that reads as before is kept."""
        with self._lock:
            self._apply(settings)

    def restart(self, camera_id: str) -> None:
        """Close and open its streams, with the settings of now."""
        with self._lock:
            self._apply(self._applied, camera_id)

    def _apply(self, settings: Settings, renewed: str = "") -> None:
        """`renewed`: the camera whose unit is not kept."""
        if self._stopped:
            return
        self._applied = settings
        kept = {unit.settings.id: unit for unit in self._units.values() if _fits(unit, settings, renewed)}
        self._stop(unit for camera_id, unit in self._units.items() if camera_id not in kept)
        for camera_id in self._hubs.keys() - {camera.id for camera in settings.cameras}:
            del self._hubs[camera_id], self._packets[camera_id]
        before, units = self._units, {camera.id: kept.get(camera.id) or self._make(camera) for camera in settings.cameras}
        self._units = units
        for camera in settings.cameras:
            if before.get(camera.id) is units[camera.id]:
                units[camera.id].configure(camera)
                self._pool.put_camera(camera)
            else:
                self._pool.put_camera(camera)
                units[camera.id].start()

    def unit(self, camera_id: str) -> CameraUnit:
        unit = self.find(camera_id)
        if unit is None:
            raise NotFound(f"There is no camera {camera_id}.")
        return unit

    def find(self, camera_id: str) -> CameraUnit | None:
        return self._units.get(camera_id)

    def packets(self, camera_id: str) -> PacketHub:
        """Raises NotFound."""
        hub = self._packets.get(camera_id)
        if hub is None:
            raise NotFound(f"There is no camera {camera_id}.")
        return hub

    def all(self) -> tuple[CameraUnit, ...]:
        return tuple(self._units.values())

    def stop(self) -> None:
        """For good."""
        with self._lock:
            self._stopped = True
            self._stop(self._units.values())
            self._units = {}

    def _make(self, camera: CameraSettings) -> CameraUnit:
        hub = self._hubs.setdefault(camera.id, PictureHub(camera.id, lambda wanted: self._main_wanted(camera.id, wanted), self._hidden))
        return CameraUnit(camera, self._login(camera), self._parts, hub, self._packets.setdefault(camera.id, PacketHub()))

    def _stop(self, units: Iterable[CameraUnit]) -> None:
        """All at once; those that hang are waited for together. Until they are replaced, they are shown as they were."""
        stopping = tuple(units)
        for unit in stopping:
            unit.ask_to_stop()
        for unit in stopping:
            unit.stop()
            self._pool.remove_camera(unit.settings.id)

    def _main_wanted(self, camera_id: str, wanted: bool) -> None:
        unit = self.find(camera_id)
        if unit is not None:
            unit.main_wanted(wanted)


def _fits(unit: CameraUnit, settings: Settings, renewed: str) -> bool:
    camera = settings.camera(unit.settings.id)
    return camera is not None and camera.reads_like(unit.settings) and camera.id != renewed
