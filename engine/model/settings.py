"""Configuration as small values. Parsed and checked once; acted on at run time. Credentials are never in here."""

from collections.abc import Sequence
from dataclasses import field, replace
from enum import StrEnum
from pathlib import PurePath
from typing import Annotated
from urllib.parse import urlsplit

from engine.model.accounts.access import AccessSettings
from engine.model.alerts.notify_settings import MOST_CHANNELS, ChannelSettings, WebhookSettings
from engine.model.alerts.settings import AlertSettings
from engine.model.cameras.picture_zone import PictureLine, PictureZone
from engine.model.capability import Capability
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.fire.fire import FireSettings
from engine.model.fire.smoke import Lookout
from engine.model.geometry import Polygon
from engine.model.history.chat import ChatSettings
from engine.model.incidents.atlas import AtlasSettings
from engine.model.incidents.report_page import ReportPageSettings
from engine.model.incidents.settings import IncidentSettings
from engine.model.people.settings import ActivitySettings, MicrophoneSettings, PeopleSettings
from engine.model.ptz.settings import PtzSettings
from engine.model.review.review import ReviewSettings
from engine.model.risk.map_settings import MapSettings
from engine.model.risk.risk import RiskSettings
from engine.model.setting import Setting, check_limits
from engine.model.site import BleDeviceSettings, Floor, NodeSettings, RadioSettings, SiteAnchor
from engine.model.upkeep import UpkeepSettings
from engine.model.value_class import dataclass

AUTO_PROVIDER = "auto"
PROVIDERS = (AUTO_PROVIDER, "cpu", "cuda", "tensorrt", "openvino", "directml", "coreml")
AUTO_DECODER, SOFTWARE_DECODER = "auto", "software"
DECODERS = (SOFTWARE_DECODER, AUTO_DECODER, "cuda", "d3d11va", "qsv", "vaapi", "videotoolbox")
HIGHEST_NUMBER = 9999  # of a camera; what can be typed and said


@dataclass(frozen=True, slots=True)
class CapabilitySettings:
    """What the engine does at all; a change holds from its next start on. The risk map and fire build on incidents."""

    incidents: Annotated[bool, Setting("Reports and incidents")] = True
    risk: Annotated[bool, Setting("Risk map")] = True
    fire: Annotated[bool, Setting("Fire weather and smoke")] = True
    radio: Annotated[bool, Setting("Radio sensing")] = True
    speech: Annotated[bool, Setting("Microphones")] = True
    gestures: Annotated[bool, Setting("Gestures")] = True

    @property
    def left_out(self) -> frozenset[Capability]:
        return frozenset(each for each in Capability if not getattr(self, each.value))


class CameraKind(StrEnum):
    FILE = "file"
    RTSP = "rtsp"
    MJPEG = "mjpeg"
    USB = "usb"
    FOLDER = "folder"
    SIMULATED = "simulated"


_SCHEMES = {
    "file": CameraKind.FILE,
    "rtsp": CameraKind.RTSP,
    "rtsps": CameraKind.RTSP,
    "http": CameraKind.MJPEG,
    "https": CameraKind.MJPEG,
    "usb": CameraKind.USB,
    "folder": CameraKind.FOLDER,
    "simulated": CameraKind.SIMULATED,
}


def camera_kind(url: str) -> CameraKind:
    """What kind of source a URL names: `rtsp://…`, `http://…`, `usb:0`, `folder:/pictures`, `simulated:yard`, `file:/a.mp4`, a bare path.

    Raises:
        InputError: empty, or a scheme that no source speaks (field `url`).
    """
    if not url.strip():
        raise InputError("url", "is empty; give a stream address, a file or a device")
    scheme = urlsplit(url.strip()).scheme.lower()
    if not scheme or len(scheme) == 1:  # a bare path; one letter is a Windows drive
        return CameraKind.FILE
    if scheme not in _SCHEMES:
        raise InputError("url", f"unknown scheme {scheme!r}; known are {', '.join(sorted(_SCHEMES))}")
    return _SCHEMES[scheme]


MOST_MEGAPIXELS = 40.0  # 8K has 33; one such picture takes 60 MB


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """One camera as configured.

    Attributes:
        url: main stream, without credentials (those are in the secret store under `camera/<id>`).
        sub_url: smaller stream for the wall and detection; empty when there is none.
        transport: `tcp` or `udp`, RTSP only.
        paced: files play at their own speed; False reads as fast as possible.
        loop: files and folders start again at their end.
        masks: polygons in shares of the picture (0–1); motion inside is not looked at, people standing inside raise no event.
        min_person_share: height of the smallest person worth finding, as a share of the picture's height.
        group: of which it is one, as `Yard/North`; empty: of none. People may be let see groups, and the tree of cameras shows them.
        zones, lines: named places in the picture.
        privacy: polygons in shares of the picture (0–1) that nobody is shown: neither live nor in anything that is kept or handed out.
        privacy_size: of the picture that `privacy` was drawn on, pixels; (0, 0) where nobody knows. A picture that is upright where that
            was not, or the other way round, is covered whole.
        number: by which people call it and type it, on the wall and over the radio; stays its own. 0: it has none yet, and is given one
            when the settings are kept (`Settings.numbered`).
        max_megapixels: pictures with more pixels are not decoded: the camera is lost instead, with a reason that says both.
        decoder: what decodes its pictures, one of `DECODERS`. A device has to give the pictures of software first.
        onvif: address of the camera's ONVIF device service, without a login; empty: it is not steered. ptz: how it is.
        listen: whoever may see its live pictures may listen to its sound, too; needs `listen_purpose`, which is kept in the audit.
    """

    id: Annotated[str, Setting("Id")]
    name: Annotated[str, Setting("Name", min_length=1)]
    url: Annotated[str, Setting("Address", help="Main stream, without a login: logins are in the secret store.")]
    sub_url: Annotated[str, Setting("Sub-stream address", help="Optional. Smaller stream for the wall and for detection.")] = ""
    transport: Annotated[str, Setting("Transport", help="tcp or udp, for RTSP only.")] = "tcp"
    enabled: Annotated[bool, Setting("Switched on", help="A camera that is switched off is not connected.")] = True
    paced: Annotated[bool, Setting("Play files in real time", help="If off, files are read as fast as possible.")] = True
    loop: Annotated[bool, Setting("Loop files")] = True
    masks: Annotated[tuple[Polygon, ...], Setting("Masks", help="Areas without detection. People standing in one raise no event.")] = ()
    min_person_share: Annotated[
        float,
        Setting(
            "Smallest person, as a fraction of the picture height",
            ge=0.01,
            le=1,
            help="A smaller value detects people further away and takes more time.",
        ),
    ] = 0.12
    group: Annotated[str, Setting("Group", max_length=200, help="Optional. Yard/North is a subgroup of Yard.")] = ""
    privacy: Annotated[
        tuple[Polygon, ...], Setting("Privacy areas", help="Areas that are covered in live pictures, recordings and exports.")
    ] = ()
    privacy_size: Annotated[tuple[int, int], Setting("Picture size for which privacy areas were drawn")] = (0, 0)
    zones: Annotated[tuple[PictureZone, ...], Setting("Zones")] = ()
    lines: Annotated[tuple[PictureLine, ...], Setting("Lines")] = ()
    listen: Annotated[bool, Setting("Allow listening to its sound")] = False
    listen_purpose: Annotated[
        str, Setting("Purpose of listening", max_length=500, help="Required for listening; recorded in the audit log.")
    ] = ""
    number: Annotated[
        int, Setting("Number", ge=1, le=HIGHEST_NUMBER, unset=0, help="# and the number on the wall show this camera. 0: next free number.")
    ] = 0
    max_megapixels: Annotated[
        float,
        Setting(
            "Largest picture",
            unit="megapixels",
            ge=0.01,
            le=200,
            help="Larger frames are not decoded and the camera goes offline. 8K has 33 megapixels.",
        ),
    ] = MOST_MEGAPIXELS
    decoder: Annotated[
        str,
        Setting(
            "Decoder",
            help="software; auto: a device of this machine; or cuda, d3d11va, qsv, vaapi, videotoolbox. Damaged frames may be shown.",
        ),
    ] = SOFTWARE_DECODER
    onvif: Annotated[
        str,
        Setting(
            "ONVIF address",
            max_length=500,
            help="Optional. For PTZ, outputs and two-way talk, for example http://192.168.1.20/onvif/device_service.",
        ),
    ] = ""
    ptz: Annotated[PtzSettings, Setting("PTZ")] = field(default_factory=PtzSettings)

    def __post_init__(self) -> None:
        check_limits(self)
        if not self.id or not all(c.isalnum() or c in "-_" for c in self.id):
            raise InputError("id", f"{self.id!r} may hold only letters, digits, - and _")
        if self.transport not in ("tcp", "udp"):
            raise InputError("transport", f"{self.transport!r} is neither tcp nor udp")
        if self.decoder not in DECODERS:
            raise InputError("decoder", f"{self.decoder!r} is none of {', '.join(DECODERS)}")
        for name, polygons in (("masks", self.masks), ("privacy", self.privacy)):
            if any(not 0 <= value <= 1 for polygon in polygons for point in polygon for value in point):
                raise InputError(name, "points are shares of the picture, 0 to 1")
        if self.group != "/".join(part.strip() for part in self.group.split("/") if part.strip()):
            raise InputError("group", f"{self.group[:60]!r} is no name like Yard or Yard/North")
        if self.listen and len(self.listen_purpose.strip()) < 8:
            raise InputError("listen_purpose", "state in a sentence what people are listened to for")
        if self.onvif:
            check_onvif(self.onvif)
        camera_kind(self.url)
        if self.sub_url:
            try:
                camera_kind(self.sub_url)
            except InputError as error:
                raise InputError("sub_url", error.message) from None

    @property
    def kind(self) -> CameraKind:
        return camera_kind(self.url)

    @property
    def simulated(self) -> bool:
        return self.kind is CameraKind.SIMULATED

    @property
    def most_pixels(self) -> int:
        return round(self.max_megapixels * 1_000_000)

    def reads_like(self, other: "CameraSettings") -> bool:
        """Whether the same pictures come in the same way: name, number, group, areas, size of people, PTZ and who may listen change nothing
        about that."""
        alike = replace(self, name=other.name, number=other.number, group=other.group, min_person_share=other.min_person_share)
        alike = replace(alike, listen=other.listen, listen_purpose=other.listen_purpose)
        alike = replace(alike, privacy=other.privacy, privacy_size=other.privacy_size, onvif=other.onvif, ptz=other.ptz)
        return replace(alike, masks=other.masks, zones=other.zones, lines=other.lines) == other


def check_onvif(address: str) -> None:
    """Raises InputError (`onvif`)."""
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known or "@" in address or any(letter.isspace() for letter in address):
        raise InputError("onvif", f"{address[:60]!r} is no address like http://192.168.1.20/onvif/device_service, without a login")


@dataclass(frozen=True, slots=True)
class ModelProvider:
    """What runs one model. `model`: its id in the manifest. `provider`, `threads`: as in `DetectionSettings`, for this model."""

    model: Annotated[str, Setting("Model", min_length=1, max_length=100, help="Id, as watchroom models lists it.")]
    provider: Annotated[str, Setting("Inference provider", help="One of those for all models.")] = AUTO_PROVIDER
    threads: Annotated[int, Setting("CPU threads", ge=0, le=64, help="0: automatic.")] = 0

    def __post_init__(self) -> None:
        check_limits(self)
        _check_provider(self.provider)


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """`detector`: manifest id, or `auto` for the best installed. `rate_hz`: wanted detections per second and active camera.

    `provider`: what runs all models, one of `PROVIDERS`. `threads`: of the CPU, for one model; 0: as many as are worth it.
    `models`: those that something else runs.
    """

    detector: Annotated[str, Setting("Model", help="auto: the best installed model.")] = "auto"
    rate_hz: Annotated[float, Setting("Detections per second", ge=0.2, le=60, help="For each active camera.")] = 5.0
    provider: Annotated[
        str,
        Setting(
            "Inference provider",
            help="auto: the fastest on this machine. Otherwise cpu, cuda, tensorrt, openvino, directml or coreml. Applies to all models.",
        ),
    ] = AUTO_PROVIDER
    threads: Annotated[int, Setting("CPU threads of a model", ge=0, le=64, help="0: automatic.")] = 0
    models: Annotated[
        tuple[ModelProvider, ...], Setting("Providers of single models", help="Each model not listed runs as set for all models.")
    ] = ()

    def __post_init__(self) -> None:
        check_limits(self)
        _check_provider(self.provider)
        listed = [each.model for each in self.models]
        if len(set(listed)) < len(listed):
            raise InputError("models", "lists a model twice")

    def provider_of(self, model: str) -> ModelProvider:
        """What is set for a model, by its id."""
        return next((each for each in self.models if each.model == model), ModelProvider(model, self.provider, self.threads))


def _check_provider(provider: str) -> None:
    """Raises InputError (`provider`)."""
    if provider not in PROVIDERS:
        raise InputError("provider", f"{provider!r} is none of {', '.join(PROVIDERS)}")


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Thresholds of the gates a sequence must pass to become an event."""

    min_confidence: Annotated[float, Setting("Minimum confidence", ge=0, le=1, decimals=2, step=0.05, central=True)] = 0.45
    min_seen_s: Annotated[float, Setting("Minimum duration", unit="s", ge=0, decimals=1, step=0.2, central=True)] = 0.6
    duplicate_s: Annotated[float, Setting("Suppress repeats for", unit="s", ge=0, decimals=1, central=True)] = 3.0

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """`before_s`, `after_s`: video around an event; `ring_mib`, `ring_s`: packets kept per camera; `longest_clip_s`: cut there.

    `keep_clips_days`, `keep_clips_gib`: the oldest clips beyond either are removed. `keep_journal_gib`: of the numbered observations,
    which a replay needs; radio nodes fill about a gibibyte in a few hours. `keep_events_days`: events, decisions and sequences older than
    this are removed, but not those with a clip, nor those of persons who are locked. `keep_incidents_days`: closed incidents that nobody
    changed for so long are removed, with the reports in them; open ones never.

    `continuous`: everything a camera sends is recorded too, in segments of about `segment_s`. `keep_segments_days`, `keep_segments_gib`:
    as for clips. `keep_free_gib`: of the disk, that recording leaves free. `archive_folder`: an absolute path to which segments move, with
    a checksum, before they would be removed; empty: they are removed.
    """

    enabled: Annotated[bool, Setting("Record clips of events")] = True
    before_s: Annotated[float, Setting("Before an event", unit="s", ge=0, le=600, central=True)] = 5.0
    after_s: Annotated[float, Setting("After an event", unit="s", ge=0, le=600, central=True)] = 5.0
    ring_mib: Annotated[int, Setting("Packet ring of each camera", unit="MiB", ge=1, le=64)] = 64
    ring_s: Annotated[float, Setting("Packet ring of each camera", unit="s", ge=0, le=600)] = 30.0
    longest_clip_s: Annotated[float, Setting("Longest clip", unit="s", ge=1, le=3600, help="Longer clips are cut.", central=True)] = 120.0
    keep_clips_days: Annotated[float, Setting("Maximum age of clips", unit="days", ge=0.04, le=3650)] = 30.0
    keep_clips_gib: Annotated[float, Setting("Maximum size of clips", unit="GiB", ge=0.1, le=100_000)] = 20.0
    keep_journal_gib: Annotated[
        float, Setting("Maximum size of the journal", unit="GiB", ge=0.05, le=100_000, help="Required to re-run with other settings.")
    ] = 5.0
    keep_events_days: Annotated[
        float, Setting("Maximum age of events", unit="days", ge=1, le=3650, help="Events with a clip are kept as long as the clip.")
    ] = 365.0
    keep_incidents_days: Annotated[
        float,
        Setting("Maximum age of closed incidents", unit="days", ge=30, le=3650, help="Since the last change. Open incidents are kept."),
    ] = 3 * 365.0
    continuous: Annotated[bool, Setting("Continuous recording")] = False
    segment_s: Annotated[float, Setting("New file every", unit="s", ge=5, le=600)] = 60.0
    keep_segments_days: Annotated[float, Setting("Maximum age of continuous video", unit="days", ge=0.04, le=3650)] = 7.0
    keep_segments_gib: Annotated[float, Setting("Maximum size of continuous video", unit="GiB", ge=0.1, le=100_000)] = 50.0
    keep_free_gib: Annotated[float, Setting("Keep free on the disk", unit="GiB", ge=0.1, le=100_000)] = 1.0
    archive_folder: Annotated[
        str, Setting("Archive expired video to", help="Absolute path. Empty: continuous video is deleted instead of archived.")
    ] = ""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.archive_folder and not PurePath(self.archive_folder).is_absolute():
            raise InputError("archive_folder", f"{self.archive_folder!r} does not say where it is; write it from the root on")


def _check_unique(part: str, key: str, values: Sequence[str]) -> None:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise InputError(f"{part}[{index}].{key}", f"{value!r} is used twice")
        seen.add(value)


def _check_kinds(webhooks: Sequence[WebhookSettings]) -> None:
    kinds = [kind.value for kind in EventKind]
    for index, webhook in enumerate(webhooks):
        unknown = next((kind for kind in webhook.kinds if kind not in kinds), None)
        if unknown is not None:
            raise InputError(f"webhooks[{index}].kinds", f"{unknown!r} is none of {', '.join(kinds)}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything configurable about one site."""

    site_name: Annotated[str, Setting("Site name", help="Shown in the title bar, in reports and in notifications.")] = "My site"
    cameras: Annotated[tuple[CameraSettings, ...], Setting("Cameras")] = ()
    detection: Annotated[DetectionSettings, Setting("Person detection")] = field(default_factory=DetectionSettings)
    gates: Annotated[GateSettings, Setting("Event thresholds")] = field(default_factory=GateSettings)
    recording: Annotated[RecordingSettings, Setting("Recording")] = field(default_factory=RecordingSettings)
    floor: Annotated[Floor, Setting("Floor")] = field(default_factory=Floor)
    radio: Annotated[RadioSettings, Setting("Radio")] = field(default_factory=RadioSettings)
    nodes: Annotated[tuple[NodeSettings, ...], Setting("Nodes")] = ()
    ble_devices: Annotated[tuple[BleDeviceSettings, ...], Setting("Bluetooth devices")] = ()
    webhooks: Annotated[tuple[WebhookSettings, ...], Setting("Webhooks")] = ()
    recognition: Annotated[PeopleSettings, Setting("People")] = field(default_factory=PeopleSettings)
    microphones: Annotated[tuple[MicrophoneSettings, ...], Setting("Microphones")] = ()
    activities: Annotated[ActivitySettings, Setting("Behaviour detection")] = field(default_factory=ActivitySettings)
    alerts: Annotated[AlertSettings, Setting("Alerts")] = field(default_factory=AlertSettings)
    atlas: Annotated[AtlasSettings, Setting("Atlas")] = field(default_factory=AtlasSettings)
    anchor: Annotated[SiteAnchor | None, Setting("Site location")] = None  # where on Earth the floor lies
    notifications: Annotated[tuple[ChannelSettings, ...], Setting("Notifications")] = ()  # with the webhooks: who is told of alerts
    risk: Annotated[RiskSettings, Setting("Risk map")] = field(default_factory=RiskSettings)
    fire: Annotated[FireSettings, Setting("Fire weather")] = field(default_factory=FireSettings)
    lookouts: Annotated[tuple[Lookout, ...], Setting("Lookouts")] = ()  # cameras that watch for smoke
    map: Annotated[MapSettings, Setting("Base map")] = field(default_factory=MapSettings)
    chat: Annotated[ChatSettings, Setting("Chat settings")] = field(default_factory=ChatSettings)
    access: Annotated[AccessSettings, Setting("Accounts")] = field(default_factory=AccessSettings)
    upkeep: Annotated[UpkeepSettings, Setting("Backups")] = field(default_factory=UpkeepSettings)
    incidents: Annotated[IncidentSettings, Setting("Report correlation")] = field(default_factory=IncidentSettings)
    capabilities: Annotated[CapabilitySettings, Setting("Capabilities")] = field(default_factory=CapabilitySettings)
    report_page: Annotated[ReportPageSettings, Setting("Report page")] = field(default_factory=ReportPageSettings)
    review: Annotated[ReviewSettings, Setting("Review items")] = field(default_factory=ReviewSettings)

    def __post_init__(self) -> None:
        _check_unique("cameras", "id", [camera.id for camera in self.cameras])
        _check_unique("nodes", "mac", [node.mac for node in self.nodes])
        _check_unique("ble_devices", "address", [device.address for device in self.ble_devices])
        _check_unique("microphones", "id", [microphone.id for microphone in self.microphones])
        _check_unique("lookouts", "camera_id", [lookout.camera_id for lookout in self.lookouts])
        _check_unique("webhooks", "id", [webhook.id for webhook in self.webhooks])
        _check_channels(self)
        _check_kinds(self.webhooks)
        _check_unique_places(self)
        _check_capabilities(self.capabilities)

    def camera_names(self) -> dict[str, str]:
        """By id: of cameras, and of lookouts that are none."""
        lookouts = {lookout.camera_id: lookout.name or lookout.camera_id for lookout in self.lookouts}
        return lookouts | {camera.id: camera.name for camera in self.cameras}

    def camera(self, camera_id: str) -> CameraSettings | None:
        return next((camera for camera in self.cameras if camera.id == camera_id), None)

    def with_camera(self, camera: CameraSettings) -> "Settings":
        """With this camera added, or replaced where the id exists (its place is kept, and its number where none is said)."""
        known = self.camera(camera.id)
        if known is None:
            return replace(self, cameras=(*self.cameras, camera))
        camera = camera if camera.number or not known.number else replace(camera, number=known.number)
        return replace(self, cameras=tuple(camera if c.id == camera.id else c for c in self.cameras))

    def without_camera(self, camera_id: str) -> "Settings":
        """Nor its lookout, nor who it is to a risk service: another camera may have its id one day, and stand elsewhere."""
        known = tuple(pair for pair in self.fire.service_ids if pair[0] != camera_id)
        return replace(
            self,
            cameras=tuple(c for c in self.cameras if c.id != camera_id),
            lookouts=tuple(lookout for lookout in self.lookouts if lookout.camera_id != camera_id),
            fire=self.fire if known == self.fire.service_ids else replace(self.fire, service_ids=known),
        )

    def numbered(self) -> "Settings":
        """With a number for every camera: those that have one keep it, the others get the next in order. The same value where all have."""
        given = _numbers([camera.number for camera in self.cameras])
        if given == [camera.number for camera in self.cameras]:
            return self
        return replace(self, cameras=tuple(replace(camera, number=n) for camera, n in zip(self.cameras, given, strict=True)))

    def node(self, mac: str) -> NodeSettings | None:
        return next((node for node in self.nodes if node.mac == mac), None)

    def ble_device(self, address: str) -> BleDeviceSettings | None:
        return next((device for device in self.ble_devices if device.address == address), None)


def _check_capabilities(capabilities: CapabilitySettings) -> None:
    for name in ("risk", "fire"):
        if getattr(capabilities, name) and not capabilities.incidents:
            raise InputError(f"capabilities.{name}", "needs incidents, which are left out. Set it to false too, or incidents to true")


def _numbers(known: Sequence[int]) -> list[int]:
    """Instead of 0, and of what an earlier one has already, numbers above all others; as long as there are such, else the lowest free."""
    taken = set(known) - {0}
    above = max(taken, default=0) + 1
    free = iter([n for n in (*range(above, HIGHEST_NUMBER + 1), *range(1, above)) if n not in taken])
    numbers: list[int] = []
    for number in known:
        numbers.append(number if number and number not in numbers else next(free, 0))
    return numbers


def _check_unique_places(settings: Settings) -> None:
    """Rules and the record know a place by its id alone."""
    taken = {place.id for place in (*settings.floor.zones, *settings.floor.portals)}
    for index, camera in enumerate(settings.cameras):
        for part, places in (("zones", camera.zones), ("lines", camera.lines)):
            for number, place in enumerate(places):
                if place.id in taken:
                    raise InputError(f"cameras[{index}].{part}[{number}].id", f"{place.id!r} is used twice")
                taken.add(place.id)


def _check_channels(settings: Settings) -> None:
    ids = [channel.id for channel in settings.notifications]
    _check_unique("notifications", "id", ids)
    if len(ids) > MOST_CHANNELS:
        raise InputError("notifications", f"are {len(ids)}; at most {MOST_CHANNELS} are taken")
    both = next((webhook.id for webhook in settings.webhooks if webhook.id in ids), None)
    if both is not None:
        raise InputError(f"notifications[{ids.index(both)}].id", f"{both!r} is the name of a webhook already")
