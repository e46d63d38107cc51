"""A real engine on cameras of real RTSP servers, one of which is to fail while the other is left alone."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from engine.model.command import Credentials
from engine.model.event import Event, EventKind
from engine.model.health import CameraHealth, CameraState
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.vision.models import ModelStore
from tests.fakes.http_login import Login
from tests.fakes.rtsp import Faults, RtspServer
from tests.fakes.waiting import until

VICTIM, BESIDE = "victim", "beside"


class WatchedSite:
    """The engine, the servers of its cameras, and what it says of them."""

    def __init__(self, engine: Engine, servers: dict[str, RtspServer]) -> None:
        self.engine = engine
        self.servers = servers

    @property
    def server(self) -> RtspServer:
        return self.servers[VICTIM]

    def health(self, camera_id: str) -> CameraHealth:
        view = self.engine.snapshot(with_users=False).camera(camera_id)
        assert view is not None
        return view.health

    def wait_state(self, camera_id: str, state: CameraState, longest_s: float = 30.0) -> float:
        """Seconds until the camera is in this state."""
        began_s = time.monotonic()
        until(lambda: self.health(camera_id).state is state, f"{camera_id} is {state.value}", longest_s)
        return time.monotonic() - began_s

    def wait_reason(self, camera_id: str, pattern: str, word: str) -> None:
        """Until what is said of the camera's state matches, with this word for it."""

        def says() -> bool:
            health = self.health(camera_id)
            return bool(re.search(pattern, health.reason)) and health.fault == word

        until(says, f"{camera_id} says {pattern}")

    def wait_pictures(self, camera_id: str, more: int, look: Callable[[], None] = lambda: None) -> None:
        """Until so many more pictures have been decoded. `look` is called again and again meanwhile."""
        target = self.health(camera_id).pictures + more

        def there() -> bool:
            look()
            return self.health(camera_id).pictures >= target

        until(there, f"{camera_id} shows {more} more pictures")

    def losses(self, camera_id: str) -> list[Event]:
        """Events of this camera being lost, newest first."""
        events = self.engine.snapshot(with_users=False).events
        return [event for event in events if event.kind is EventKind.CAMERA_LOST and event.camera_id == camera_id]


def heal(server: RtspServer) -> None:
    """Nothing goes wrong any more."""
    for name in Faults.__slots__:
        setattr(server.faults, name, getattr(Faults(), name))


@contextmanager
def watched_site(
    folder: Path, video: Path, models: Path, login: Login | None = None, failing: Sequence[str] = (VICTIM,)
) -> Iterator[WatchedSite]:
    """Cameras, each of a server of its own; all are live when this begins. `login`: those that are to fail ask for it, and it is known."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(RtspServer({"yard": video}, login if name != BESIDE else None)) for name in (*failing, BESIDE)}
        nobody = {"min_person_share": 1.0}  # is in the film: it is searched in a blink
        cameras = tuple(CameraSettings(name, name.capitalize(), server.url("yard"), **nobody) for name, server in servers.items())
        known = () if login is None else tuple((name, Credentials(login.user, login.password)) for name in failing)
        data = DataFolder(folder)
        with data.lock():
            engine = Engine(data, SystemClock(), ModelStore(models), CommandLineSettings(cameras, known))
            engine.start()
            try:
                site = WatchedSite(engine, servers)
                for camera in cameras:
                    site.wait_state(camera.id, CameraState.LIVE)
                yield site
            finally:
                engine.stop()
