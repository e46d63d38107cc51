"""The picture of now: one frozen value that every view draws from."""

from dataclasses import field, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from engine.model.accounts.access import User
from engine.model.accounts.undo import Undoable
from engine.model.alerts.alert import AlarmLoad, Alert, AlertState
from engine.model.alerts.decision import Decision
from engine.model.alerts.settings import SiteMode
from engine.model.cameras.picture_zone import ZoneCount
from engine.model.cameras.track import Track
from engine.model.capability import Capability
from engine.model.event import Event
from engine.model.fire.fire import FireView
from engine.model.fire.smoke import SmokeView
from engine.model.health import CameraHealth, CameraState, EngineHealth
from engine.model.incidents.atlas import AtlasHealth
from engine.model.incidents.imported import ImportResult
from engine.model.incidents.incident import Incident
from engine.model.people.view import PeopleView
from engine.model.ptz.view import PtzView
from engine.model.radio.blob import RadioPicture
from engine.model.radio.radio import BleDeviceView, Firmware, NodeView, Pairing
from engine.model.review.event_verdict import EventVerdict
from engine.model.review.review import ReviewItem
from engine.model.risk.risk import RiskState
from engine.model.settings import CameraSettings, Settings
from engine.model.sites import SiteState
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One decoded picture. `pixels` is (H, W, 4) uint8 BGRA, C-contiguous, read-only; `frame_width/height` is the size tracks refer to."""

    camera_id: str
    captured_ns: int
    index: int
    frame_width: int
    frame_height: int
    pixels: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class CameraView:
    settings: CameraSettings
    health: CameraHealth
    tracks: tuple[Track, ...] = ()
    tracks_ns: int = 0  # the time the boxes refer to


class JobState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """Long work with progress. `message` says what it does now, or how it ended; `done` of `total` in bytes or steps; `result`: of an
    import, so far; `by_id`: the user who began it, where it is shown to them also if they are limited to some cameras; `fault`: of one that
    failed, the word for why (`errors.fault_word`); `started_ns`, `ended_ns`: 0 while not known, or not ended."""

    id: str
    kind: str
    title: str
    state: JobState
    done: int = 0
    total: int = 0
    message: str = ""
    result: ImportResult | None = None
    by_id: str = ""
    fault: str = ""
    started_ns: int = 0
    ended_ns: int = 0


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model of the manifest and what is installed for it. `variant` is `official`, `stand-in` or empty when not installed."""

    id: str
    role: str
    title: str
    licence: str
    url: str
    size_bytes: int
    installed: bool
    variant: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class RadioView:
    """The radio side of now. `picture` is without its evidence (ask `ExplainBlob`); `shedding`: frames dropped in the last second.

    `node_trouble`: why nodes could not reach the engine. `ble_trouble`: why the machine's own adapter does not listen. Both are sentences,
    empty when all is well or nobody asked for it. `walkers`: simulated people of the demo site, who can be made to fall.
    """

    picture: RadioPicture | None = None
    nodes: tuple[NodeView, ...] = ()
    devices: tuple[BleDeviceView, ...] = ()
    firmware: tuple[Firmware, ...] = ()
    pairing: Pairing = field(default_factory=Pairing)
    frames_hz: float = 0.0
    shedding: float = 0.0
    shed_level: int = 0
    step_ms: float = 0.0
    ble_trouble: str = ""
    node_trouble: str = ""
    walkers: int = 0

    def node(self, mac: str) -> NodeView | None:
        return next((node for node in self.nodes if node.mac == mac), None)


@dataclass(frozen=True, slots=True)
class AlertView:
    """The alerts of now: all that are open, newest first, with those that are shelved; the newest decisions that were held, newest first.

    `new_count`: open ones that nobody acknowledged. shadows: what rules on trial would have raised, newest first.
    """

    alerts: tuple[Alert, ...] = ()
    held: tuple[Decision, ...] = ()
    load: AlarmLoad = field(default_factory=AlarmLoad)
    mode: SiteMode = SiteMode.HOME
    shadows: tuple[Decision, ...] = ()

    @property
    def new_count(self) -> int:
        return sum(1 for alert in self.alerts if alert.state is AlertState.NEW)


@dataclass(frozen=True, slots=True)
class IncidentView:
    """The newest 200 incidents that are open, newest first, and how Atlas does."""

    incidents: tuple[Incident, ...] = ()
    atlas: AtlasHealth = field(default_factory=AtlasHealth)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of now.

    `events` are the newest 200, newest first; a view compares ids and `ended_ns` to see what changed. `clip_events`: the ids among
    them that have a whole clip. verdicts: what operators said of them. replay_id: of the replay that this is a picture of; empty:
    it is now.
    zones: how many are in each zone of cameras' pictures. undoable: what this session removed and may take back, newest first.
    left_out: what this run of the engine does without. reviews: the newest 200 review items, newest first; reviewed: the ids of those
    that the session's user has reviewed. ptz: of cameras with an ONVIF address. sites: of a console over several, each as it is reached.
    """

    number: int
    at_ns: int
    settings: Settings
    cameras: tuple[CameraView, ...] = ()
    events: tuple[Event, ...] = ()
    clip_events: frozenset[str] = frozenset()
    health: EngineHealth = field(default_factory=EngineHealth)
    jobs: tuple[Job, ...] = ()
    models: tuple[ModelEntry, ...] = ()
    users: tuple[User, ...] = ()
    radio: RadioView = field(default_factory=RadioView)
    people: PeopleView = field(default_factory=PeopleView)
    alerts: AlertView = field(default_factory=AlertView)
    incidents: IncidentView = field(default_factory=IncidentView)
    risk: RiskState = field(default_factory=RiskState)
    fire: FireView = field(default_factory=FireView)
    smoke: SmokeView = field(default_factory=SmokeView)
    replay_id: str = ""
    zones: tuple[ZoneCount, ...] = ()
    undoable: tuple[Undoable, ...] = ()
    left_out: tuple[Capability, ...] = ()
    reviews: tuple[ReviewItem, ...] = ()
    reviewed: frozenset[str] = frozenset()
    ptz: tuple[PtzView, ...] = ()
    verdicts: tuple[EventVerdict, ...] = ()
    sites: tuple[SiteState, ...] = ()

    def site(self, key: str) -> SiteState | None:
        return next((site for site in self.sites if site.key == key), None)

    def settings_at(self, key: str) -> Settings:
        """Those of the site of this key, where they are known; else what is told of all."""
        site = self.site(key)
        return self.settings if site is None or site.settings is None else site.settings

    @property
    def several_sites(self) -> bool:
        """Whether it is of more than one."""
        return sum(site.shown for site in self.sites) > 1

    @property
    def faces_hidden(self) -> bool:
        """Whether faces are hidden from this session now."""
        return self.settings.recognition.blur_faces and (self.people.unmasked_until_ns or 0) <= self.at_ns

    def zone(self, zone_id: str) -> ZoneCount | None:
        """Who is in a zone of a camera's picture."""
        return next((count for count in self.zones if count.zone_id == zone_id), None)

    def ptz_of(self, camera_id: str) -> PtzView | None:
        return next((view for view in self.ptz if view.camera_id == camera_id), None)

    def camera(self, camera_id: str) -> CameraView | None:
        return next((view for view in self.cameras if view.settings.id == camera_id), None)


def adrift(snapshot: Snapshot, why: str) -> Snapshot:
    """The last snapshot where there is no newer one to be had: no camera of it is live, and the reason comes first."""
    cameras = tuple(_as_lost(view, why) if view.health.state is CameraState.LIVE else view for view in snapshot.cameras)
    health = replace(snapshot.health, troubles=(why, *snapshot.health.troubles))
    return replace(snapshot, cameras=cameras, health=health)


def _as_lost(view: CameraView, why: str) -> CameraView:
    return replace(view, health=replace(view.health, state=CameraState.LOST, reason=why, fps=0.0), tracks=())
