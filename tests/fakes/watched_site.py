"""A real engine on cameras of real RTSP servers, one of which is to fail while the other is left alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.model.event import Event, EventKind
from engine.model.health import CameraHealth, CameraState
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.runtime.added import Added
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.vision.models import ModelStore
from tests.fakes.rtsp import RtspServer
from tests.fakes.waiting import until

VICTIM, BESIDE = "victim", "beside"


class WatchedSite:
    """The engine, the server that is to fail, and what the engine says of both cameras."""

    def __init__(self, engine: Engine, server: RtspServer) -> None:
        self.engine = engine
        self.server = server

    def health(self, camera_id: str) -> CameraHealth:
        view = self.engine.snapshot(with_users=False).camera(camera_id)
        assert view is not None
        return view.health

    def wait_state(self, camera_id: str, state: CameraState, longest_s: float = 30.0) -> float:
        """Seconds until the camera is in this state."""
        began_s = time.monotonic()
        until(lambda: self.health(camera_id).state is state, f"{camera_id} is {state.value}", longest_s)
        return time.monotonic() - began_s

    def wait_pictures(self, camera_id: str, more: int, longest_s: float = 30.0) -> None:
        """Until so many more pictures have been decoded."""
        target = self.health(camera_id).pictures + more
        until(lambda: self.health(camera_id).pictures >= target, f"{camera_id} shows {more} more pictures", longest_s)

    def losses(self, camera_id: str) -> list[Event]:
        """Events of this camera being lost, newest first."""
        events = self.engine.snapshot(with_users=False).events
        return [event for event in events if event.kind is EventKind.CAMERA_LOST and event.camera_id == camera_id]


@contextmanager
def watched_site(folder: Path, video: Path, models: Path) -> Iterator[WatchedSite]:
    """Two cameras, each of a server of its own; both are live when this begins."""
    with RtspServer({"yard": video}) as failing, RtspServer({"yard": video}) as sound:
        cameras = (CameraSettings(VICTIM, "Victim", failing.url("yard")), CameraSettings(BESIDE, "Beside", sound.url("yard")))
        data = DataFolder(folder)
        with data.lock():
            engine = Engine(data, SystemClock(), ModelStore(models), Added(cameras))
            engine.start()
            try:
                site = WatchedSite(engine, failing)
                for camera in cameras:
                    site.wait_state(camera.id, CameraState.LIVE)
                yield site
            finally:
                engine.stop()
