"""An engine with its gateway, running on one data folder."""

import gc
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from console.folders import default_data, demo_data
from engine import __version__
from engine.gateway.border.bind import Bind
from engine.model.capability import Capability
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault
from engine.model.settings import CameraSettings, RecordingSettings
from engine.model.time import Clock, SystemClock
from engine.model.value_class import dataclass
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.command_line_settings import CommandLineSettings, SiteRadio
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.health.log_file import log_kept
from engine.runtime.local import LocalDoor
from engine.runtime.settings.machine_zone import machine_zone
from engine.sources.node.hub import NodeHub
from engine.sources.simulated import (
    DEMO_CAMERAS,
    SimulatedNodes,
    SimulatedTown,
    Stage,
    demo_floor,
    demo_nodes,
    demo_people,
    demo_phones,
    demo_walkers,
)
from engine.vision.models import ModelStore

if TYPE_CHECKING:
    from engine.gateway.server import GatewayServer

log = logging.getLogger(__name__)

DEMO_RECORDING = RecordingSettings(keep_clips_gib=1.0, keep_journal_gib=0.5)  # simulated pictures are worth no more of somebody's disk
COLLECTED_AFTER = 10_000  # objects made, instead of Python's 700: nearly all that a request or a step makes is gone by then
_ELSEWHERE = "192.0.2.1"  # kept for documents (RFC 5737): nobody
SWITCH_INTERVAL_S = 0.001  # Python's 5 ms lets a few busy threads hold the screen's thread up for whole frames


def demo_added(
    cameras: tuple[CameraSettings, ...] = DEMO_CAMERAS, credentials: tuple[tuple[str, Credentials], ...] = ()
) -> CommandLineSettings:
    """The demo site: its cameras and perhaps others, its floor, nodes, people and phones, and the town around it.

    Nobody sets it up: its days are this machine's.
    """

    def nodes(hub: NodeHub, clock: Clock, stage: Stage) -> Callable[[threading.Event], None]:
        return SimulatedNodes(clock, hub, stage.air()).run

    radio = SiteRadio(demo_floor(), demo_nodes(), demo_people(), demo_phones(), demo_walkers(), nodes)
    return CommandLineSettings(cameras, credentials, "Demo site", DEMO_RECORDING, radio, town=SimulatedTown(), time_zone=machine_zone())


@dataclass(frozen=True, slots=True)
class Site:
    """`url` is empty where the gateway could not be started. `setup_code` is needed to set the site up over HTTP."""

    engine: Engine
    door: LocalDoor
    url: str
    setup_code: str


@contextmanager
def running(
    folder: Path, bind: Bind, added: CommandLineSettings, gateway_needed: bool, gateway_after: threading.Event | None = None
) -> Iterator[Site]:
    """Lock the folder, start engine and gateway, stop both at the end. What is logged meanwhile is kept in the folder too.

    Args:
        gateway_needed: whether a taken port is an error; a console works without its gateway, and says so.
        gateway_after: the gateway is loaded and started once this is set, on a thread of its own; `url` is empty then.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    data = DataFolder(folder, parents=folder in (default_data(), demo_data()))
    with data.lock(), log_kept(data.logs / "watchroom.log"):
        engine = Engine(data, SystemClock(), ModelStore(), added)
        door, code = LocalDoor(engine), SetupCode()
        serving = _Serving(engine, door, code, bind, gateway_needed)
        if gateway_after is None:
            serving.load()
        engine.start()
        try:
            with serving.until_end(gateway_after), _seldom_collected():
                yield Site(engine, door, serving.url, code.text if door.needs_setup() else "")
        finally:
            engine.stop()


class _Serving:
    """The gateway of one engine: loaded before the engine runs, or, where a screen is waited for, after that is there."""

    def __init__(self, engine: Engine, door: LocalDoor, code: SetupCode, bind: Bind, needed: bool) -> None:
        self._engine, self._door, self._code, self._bind, self._needed = engine, door, code, bind, needed
        self._gateway: GatewayServer | None = None
        self._over = False
        self.url = ""

    def load(self) -> "GatewayServer":
        self._gateway = _gateway(self._door, self._code, self._bind, with_nodes=Capability.RADIO not in self._engine.left_out)
        return self._gateway

    @contextmanager
    def until_end(self, after: threading.Event | None) -> Iterator[None]:
        waiting: threading.Thread | None = None
        try:
            if after is None:
                self._serve()
            else:
                waiting = threading.Thread(target=self._serve_after, args=(after,), name="gateway")
                waiting.start()
            yield
        finally:
            if after is not None and waiting is not None:
                self._over = True
                after.set()
                waiting.join()
            if self._gateway is not None:
                self._gateway.stop()

    def _serve_after(self, after: threading.Event) -> None:
        after.wait()
        if not self._over:
            self._serve()

    def _serve(self) -> None:
        self.url = _serve(self._engine, self._gateway or self.load(), self._bind, self._needed)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """What an engine is made of lives as long as it does. Looking through all of that for garbage takes a tenth of a second and more, in
    which no thread does anything: it stays out of it."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _freeze_loaded() -> None:
    """What was loaded meanwhile stays, too."""
    gc.freeze()


def _gateway(door: LocalDoor, code: SetupCode, bind: Bind, with_nodes: bool) -> "GatewayServer":
    """What serves live pictures is loaded before the engine runs, all other routes later."""
    from engine.gateway.server import GatewayServer

    return GatewayServer(door, code, bind, __version__, door if with_nodes else None, on_loaded=_freeze_loaded)


def _serve(engine: Engine, gateway: "GatewayServer", bind: Bind, needed: bool) -> str:
    try:
        gateway.start()
    except EnvironmentFault as error:
        if needed:
            raise
        log.warning("no HTTP interface: %s", error)
        engine.troubles.tell("gateway", f"Other machines cannot reach this engine: {error}")
        return ""
    engine.hub.gateway_port = urlsplit(gateway.url).port or 0
    if Capability.INCIDENTS not in engine.left_out:
        engine.report_page.own_address = _address_for_phones(gateway.url, bind)
    return gateway.url


def _address_for_phones(url: str, bind: Bind) -> str:
    """By the first name that was given, or else by the address that this machine has in its network."""
    parts = urlsplit(url)
    host = bind.names[0] if bind.names else _own_ip() if parts.hostname in ("0.0.0.0", "::") else ""
    return f"{parts.scheme}://{host}:{parts.port}" if host else url


def _own_ip() -> str:
    """Of the interface by which others are reached; nothing is sent. Empty without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((_ELSEWHERE, 9))
        except OSError:
            return ""
        return str(asking.getsockname()[0])
