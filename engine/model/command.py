"""What a session can tell the engine to do. Each names the verb it needs. The outcome is an id (of a camera, job, user) or empty."""

from dataclasses import field
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Grants, Role, Verb
from engine.model.accounts.commands import AccessCommand
from engine.model.accounts.handover import HandoverCommand
from engine.model.accounts.undo import UndoRemoval
from engine.model.alerts.commands import AlertCommand, ChangeAtlas, ReportCommand
from engine.model.alerts.notify_settings import ChannelSettings, WebhookSettings
from engine.model.cameras.floor_image import FloorImageCommand
from engine.model.cameras.segment import SegmentCommand
from engine.model.fire.commands import FireCommand
from engine.model.fire.smoke import Lookout
from engine.model.fire.smoke_commands import SmokeCommand
from engine.model.history.chat import ChatCommand
from engine.model.history.evidence import EvidenceCommand
from engine.model.history.replay import ReplayCommand
from engine.model.history.timeline import TimelineCommand
from engine.model.incidents.filing import FilingCommand
from engine.model.incidents.report_page import ReportPageCommand, ReportPageSettings
from engine.model.incidents.settings import IncidentSettings
from engine.model.people.commands import PeopleCommand
from engine.model.people.settings import ActivitySettings, MicrophoneSettings, PeopleSettings
from engine.model.ptz.commands import PtzCommand
from engine.model.review.event_verdict import JudgeEvent
from engine.model.review.review import ReviewCommand, ReviewSettings
from engine.model.risk.commands import RiskCommand
from engine.model.risk.map_settings import MapSettings
from engine.model.risk.risk import RiskSettings
from engine.model.settings import CameraSettings, DetectionSettings, GateSettings, RecordingSettings
from engine.model.site import BleDeviceSettings, Floor, NodeSettings, RadioSettings, ScannerCalibration, SiteAnchor
from engine.model.upkeep import UpkeepCommand, UpkeepSettings
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Credentials:
    """A camera's login. Never shown: `repr` and logs carry no part of it."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PutCamera:
    """Add a camera, or change the one with this id. Credentials in the URL are moved to the secret store.

    `credentials` None leaves stored ones as they are, as long as scheme, host and port do: a login is never sent elsewhere.
    """

    verb: ClassVar[Verb] = Verb.ADMINISTER
    camera: CameraSettings = field(repr=False)
    credentials: Credentials | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RemoveCamera:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    camera_id: str


@dataclass(frozen=True, slots=True)
class RestartCamera:
    """Close a camera's streams and open them again; its settings and its past stay. Raises NotFound; EnvironmentFault `paused`."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    camera_id: str


@dataclass(frozen=True, slots=True)
class TestCamera:
    """Open a source for a moment without keeping it. Starts a job (kind `test_camera`); its picture is `job_picture(job id)`.

    `credentials` None: the stored ones of this camera id, where they were given for the same scheme, host and port.
    """

    __test__: ClassVar[bool] = False  # not a pytest class
    verb: ClassVar[Verb] = Verb.ADMINISTER
    camera: CameraSettings = field(repr=False)
    credentials: Credentials | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Replace parts of the settings; None leaves a part as it is. `time_zone`: of the site, an IANA name. Raises InputError."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    site_name: str | None = None
    detection: DetectionSettings | None = None
    gates: GateSettings | None = None
    recording: RecordingSettings | None = None
    floor: Floor | None = None
    radio: RadioSettings | None = None
    webhooks: tuple[WebhookSettings, ...] | None = None
    recognition: PeopleSettings | None = None
    microphones: tuple[MicrophoneSettings, ...] | None = None
    activities: ActivitySettings | None = None
    anchor: SiteAnchor | None = None
    risk: RiskSettings | None = None
    map: MapSettings | None = None
    lookouts: tuple[Lookout, ...] | None = None
    upkeep: UpkeepSettings | None = None
    incidents: IncidentSettings | None = None
    report_page: ReportPageSettings | None = None
    review: ReviewSettings | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class RemoveAnchor:
    """It is no longer known where on Earth the floor lies, until `ChangeSettings` says it again."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class InstallModels:
    """Starts a job (kind `install_models`). No `ids`: all that are missing; `folder`: files from there, not from the network."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    ids: tuple[str, ...] = ()
    folder: str = ""


@dataclass(frozen=True, slots=True)
class MeasureModels:
    """Starts a job (kind `measure_models`): which providers give the CPU's results, and how long they take. No `ids`: all models."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelJob:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    job_id: str


@dataclass(frozen=True, slots=True)
class CreateUser:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    name: str
    role: Role
    password: str = field(repr=False)
    cameras: Grants | None = None


@dataclass(frozen=True, slots=True)
class RemoveUser:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    user_id: str


@dataclass(frozen=True, slots=True)
class PutNode:
    """Name a node, place it, switch it on or off."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    node: NodeSettings


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Forget a node; its token is no longer accepted until it is provisioned anew."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    mac: str


@dataclass(frozen=True, slots=True)
class SetPairing:
    """Let nodes without a token in for some minutes, or stop that."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    open: bool
    minutes: float = 10.0


@dataclass(frozen=True, slots=True)
class ProvisionNode:
    """Make a token for a node. The outcome is the provisioning JSON (one line) to be sent to it over its serial port."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    mac: str
    wifi_ssid: str = ""
    wifi_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class IdentifyNode:
    """Let its lamp blink."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    mac: str
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class RebootNode:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    mac: str


@dataclass(frozen=True, slots=True)
class AddFirmware:
    """Keep a firmware image. `data` is the file's bytes (an ESP32 image), as base64 text."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    version: str
    data: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UpdateNodes:
    """Install a firmware version on these nodes, one after the other (kind `update_nodes`); none given: all that have another."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    version: str
    macs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PutBleDevice:
    """Register a device, or change it. `irk`: 32 hex digits, for devices with private addresses; None leaves a stored one as it is."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    device: BleDeviceSettings
    irk: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RemoveBleDevice:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    address: str


@dataclass(frozen=True, slots=True)
class CalibrateScanner:
    """Use this path loss for a scanner; None: the usual one again."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    scanner: str
    calibration: ScannerCalibration | None


@dataclass(frozen=True, slots=True)
class PutWebhook:
    """Add a webhook, or change the one with this id. `secret`: for signing; None leaves a stored one as it is, "" forgets it."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    webhook: WebhookSettings = field(repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RemoveWebhook:
    """Its secret is forgotten too, and what waits for it is not sent."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    webhook_id: str


@dataclass(frozen=True, slots=True)
class TestWebhook:
    """Post a message of the type `test` once, without keeping anything. Starts a job (kind `test_webhook`).

    `secret` None: signed with the stored one of this webhook's id, where there is one.
    """

    __test__: ClassVar[bool] = False  # not a pytest class
    verb: ClassVar[Verb] = Verb.ADMINISTER
    webhook: WebhookSettings = field(repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChannelSecrets:
    """What only a channel itself may know. `password` is the token of ntfy. None leaves a stored one as it is, "" forgets it."""

    url: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PutChannel:
    """Add a way to tell people of alerts, or change the one with this id (its kind stays). Webhooks have `PutWebhook`.

    A stored password is never sent elsewhere: a new host, port, protection or user, or a new address of ntfy, needs it again.
    """

    verb: ClassVar[Verb] = Verb.ADMINISTER
    channel: ChannelSettings
    secrets: ChannelSecrets = field(default_factory=ChannelSecrets, repr=False)


@dataclass(frozen=True, slots=True)
class RemoveChannel:
    """Its secrets are forgotten too, and what waits for it is not sent."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    channel_id: str


@dataclass(frozen=True, slots=True)
class TestChannel:
    """Send one message that says it is a test, without keeping anything. Starts a job (kind `test_channel`).

    Secrets that are None: the stored ones of this channel's id, as for `PutChannel`.
    """

    __test__: ClassVar[bool] = False  # not a pytest class
    verb: ClassVar[Verb] = Verb.ADMINISTER
    channel: ChannelSettings
    secrets: ChannelSecrets = field(default_factory=ChannelSecrets, repr=False)


@dataclass(frozen=True, slots=True)
class SimulateFall:
    """On the demo site, let somebody fall and lie for some seconds: for trying out, and for learning what a fall looks like. Answers who
    falls, where and when, as a `StagedFall` in text."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    lies_s: float = 30.0


RadioCommand: TypeAlias = (
    PutNode
    | RemoveNode
    | SetPairing
    | ProvisionNode
    | IdentifyNode
    | RebootNode
    | AddFirmware
    | UpdateNodes
    | PutBleDevice
    | RemoveBleDevice
    | CalibrateScanner
    | SimulateFall
)
WebhookCommand: TypeAlias = PutWebhook | RemoveWebhook | TestWebhook
ChannelCommand: TypeAlias = PutChannel | RemoveChannel | TestChannel
Command: TypeAlias = (
    PutCamera
    | RemoveCamera
    | RestartCamera
    | TestCamera
    | ChangeSettings
    | RemoveAnchor
    | FloorImageCommand
    | PtzCommand
    | InstallModels
    | MeasureModels
    | CancelJob
    | CreateUser
    | RemoveUser
    | AccessCommand
    | HandoverCommand
    | RadioCommand
    | WebhookCommand
    | ChannelCommand
    | PeopleCommand
    | AlertCommand
    | JudgeEvent
    | ReportCommand
    | FilingCommand
    | ReportPageCommand
    | ChangeAtlas
    | FireCommand
    | RiskCommand
    | SmokeCommand
    | SegmentCommand
    | EvidenceCommand
    | TimelineCommand
    | ReviewCommand
    | ReplayCommand
    | ChatCommand
    | UpkeepCommand
    | UndoRemoval
)
