"""Configuration as small values. Parsed and checked once; acted on at run time. Credentials are never in here."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePath
from urllib.parse import urlsplit

from engine.model.access import AccessSettings
from engine.model.alert_settings import AlertSettings
from engine.model.atlas import AtlasSettings
from engine.model.chat import ChatSettings
from engine.model.errors import InputError
from engine.model.event import EventKind
from engine.model.fire import FireSettings
from engine.model.geometry import Polygon
from engine.model.incident_settings import IncidentSettings
from engine.model.map_settings import MapSettings
from engine.model.notify_settings import MOST_CHANNELS, ChannelSettings, WebhookSettings
from engine.model.people_settings import ActivitySettings, MicrophoneSettings, PeopleSettings
from engine.model.picture_zone import PictureLine, PictureZone
from engine.model.risk import RiskSettings
from engine.model.site import BleDeviceSettings, Floor, NodeSettings, RadioSettings, SiteAnchor
from engine.model.smoke import Lookout
from engine.model.upkeep import UpkeepSettings

HIGHEST_NUMBER = 9999  # of a camera; what can be typed and said


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
LEAST_MEGAPIXELS, HIGHEST_MEGAPIXELS = 0.01, 200.0  # that can be set


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
        listen: whoever may see its live pictures may listen to its sound, too; needs `listen_purpose`, which is kept in the audit.
    """

    id: str
    name: str
    url: str
    sub_url: str = ""
    transport: str = "tcp"
    enabled: bool = True
    paced: bool = True
    loop: bool = True
    masks: tuple[Polygon, ...] = ()
    min_person_share: float = 0.12
    group: str = ""
    privacy: tuple[Polygon, ...] = ()
    privacy_size: tuple[int, int] = (0, 0)
    zones: tuple[PictureZone, ...] = ()
    lines: tuple[PictureLine, ...] = ()
    listen: bool = False
    listen_purpose: str = ""
    number: int = 0
    max_megapixels: float = MOST_MEGAPIXELS

    def __post_init__(self) -> None:
        if not self.id or not all(c.isalnum() or c in "-_" for c in self.id):
            raise InputError("id", f"{self.id!r} may hold only letters, digits, - and _")
        if not self.name.strip():
            raise InputError("name", "is empty")
        if self.transport not in ("tcp", "udp"):
            raise InputError("transport", f"{self.transport!r} is neither tcp nor udp")
        if not 0.01 <= self.min_person_share <= 1:
            raise InputError("min_person_share", f"{self.min_person_share} is outside 0.01–1")
        if not LEAST_MEGAPIXELS <= self.max_megapixels <= HIGHEST_MEGAPIXELS:
            raise InputError("max_megapixels", f"{self.max_megapixels} is outside {LEAST_MEGAPIXELS:g}–{HIGHEST_MEGAPIXELS:g}")
        if not 0 <= self.number <= HIGHEST_NUMBER:
            raise InputError("number", f"{self.number} is outside 1–{HIGHEST_NUMBER}")
        for name, polygons in (("masks", self.masks), ("privacy", self.privacy)):
            if any(not 0 <= value <= 1 for polygon in polygons for point in polygon for value in point):
                raise InputError(name, "points are shares of the picture, 0 to 1")
        if self.group != "/".join(part.strip() for part in self.group.split("/") if part.strip()) or len(self.group) > 200:
            raise InputError("group", f"{self.group[:60]!r} is no name like Yard or Yard/North, of at most 200 characters")
        if self.listen and len(self.listen_purpose.strip()) < 8:
            raise InputError("listen_purpose", "state in a sentence what people are listened to for")
        if len(self.listen_purpose) > 500:
            raise InputError("listen_purpose", "needs at most 500 characters")
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
        """Whether the same pictures come in the same way: name, number, group, areas, the size of people and who may listen change nothing
        about that."""
        alike = replace(self, name=other.name, number=other.number, group=other.group, min_person_share=other.min_person_share)
        alike = replace(alike, listen=other.listen, listen_purpose=other.listen_purpose)
        alike = replace(alike, privacy=other.privacy, privacy_size=other.privacy_size)
        return replace(alike, masks=other.masks, zones=other.zones, lines=other.lines) == other


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """`detector`: manifest id, or `auto` for the best installed. `rate_hz`: wanted detections per second and active camera."""

    detector: str = "auto"
    rate_hz: float = 5.0

    def __post_init__(self) -> None:
        if not 0.2 <= self.rate_hz <= 60:
            raise InputError("rate_hz", f"{self.rate_hz} is outside 0.2–60")


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Thresholds of the gates a sequence must pass to become an event."""

    min_confidence: float = 0.45
    min_seen_s: float = 0.6
    duplicate_s: float = 3.0

    def __post_init__(self) -> None:
        if not 0 <= self.min_confidence <= 1:
            raise InputError("min_confidence", f"{self.min_confidence} is outside 0–1")
        if self.min_seen_s < 0:
            raise InputError("min_seen_s", f"{self.min_seen_s} is negative")
        if self.duplicate_s < 0:
            raise InputError("duplicate_s", f"{self.duplicate_s} is negative")


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

    enabled: bool = True
    before_s: float = 5.0
    after_s: float = 5.0
    ring_mib: int = 64
    ring_s: float = 30.0
    longest_clip_s: float = 120.0
    keep_clips_days: float = 30.0
    keep_clips_gib: float = 20.0
    keep_journal_gib: float = 5.0
    keep_events_days: float = 365.0
    keep_incidents_days: float = 3 * 365.0
    continuous: bool = False
    segment_s: float = 60.0
    keep_segments_days: float = 7.0
    keep_segments_gib: float = 50.0
    keep_free_gib: float = 1.0
    archive_folder: str = ""

    def __post_init__(self) -> None:
        for name in ("before_s", "after_s", "ring_s"):
            if not 0 <= getattr(self, name) <= 600:
                raise InputError(name, f"{getattr(self, name)} is outside 0–600")
        if not 1 <= self.ring_mib <= 64:
            raise InputError("ring_mib", f"{self.ring_mib} is outside 1–64")
        if not 1 <= self.longest_clip_s <= 3600:
            raise InputError("longest_clip_s", f"{self.longest_clip_s} is outside 1–3600")
        if not 0.04 <= self.keep_clips_days <= 3650:
            raise InputError("keep_clips_days", f"{self.keep_clips_days} is outside 0.04–3650")
        if not 1 <= self.keep_events_days <= 3650:
            raise InputError("keep_events_days", f"{self.keep_events_days} is outside 1–3650")
        if not 30 <= self.keep_incidents_days <= 3650:
            raise InputError("keep_incidents_days", f"{self.keep_incidents_days} is outside 30–3650")
        if not 0.1 <= self.keep_clips_gib <= 100_000:
            raise InputError("keep_clips_gib", f"{self.keep_clips_gib} is outside 0.1–100000")
        if not 0.05 <= self.keep_journal_gib <= 100_000:
            raise InputError("keep_journal_gib", f"{self.keep_journal_gib} is outside 0.05–100000")
        if not 5 <= self.segment_s <= 600:
            raise InputError("segment_s", f"{self.segment_s} is outside 5–600")
        if not 0.04 <= self.keep_segments_days <= 3650:
            raise InputError("keep_segments_days", f"{self.keep_segments_days} is outside 0.04–3650")
        if self.archive_folder and not PurePath(self.archive_folder).is_absolute():
            raise InputError("archive_folder", f"{self.archive_folder!r} does not say where it is; write it from the root on")
        for name in ("keep_segments_gib", "keep_free_gib"):
            if not 0.1 <= getattr(self, name) <= 100_000:
                raise InputError(name, f"{getattr(self, name)} is outside 0.1–100000")


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

    site_name: str = "My site"
    cameras: tuple[CameraSettings, ...] = ()
    detection: DetectionSettings = field(default_factory=DetectionSettings)
    gates: GateSettings = field(default_factory=GateSettings)
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    floor: Floor = field(default_factory=Floor)
    radio: RadioSettings = field(default_factory=RadioSettings)
    nodes: tuple[NodeSettings, ...] = ()
    ble_devices: tuple[BleDeviceSettings, ...] = ()
    webhooks: tuple[WebhookSettings, ...] = ()
    recognition: PeopleSettings = field(default_factory=PeopleSettings)
    microphones: tuple[MicrophoneSettings, ...] = ()
    activities: ActivitySettings = field(default_factory=ActivitySettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    atlas: AtlasSettings = field(default_factory=AtlasSettings)
    anchor: SiteAnchor | None = None  # where on Earth the floor lies
    notifications: tuple[ChannelSettings, ...] = ()  # with the webhooks: who is told of alerts
    risk: RiskSettings = field(default_factory=RiskSettings)
    fire: FireSettings = field(default_factory=FireSettings)
    lookouts: tuple[Lookout, ...] = ()  # cameras that watch for smoke
    map: MapSettings = field(default_factory=MapSettings)
    chat: ChatSettings = field(default_factory=ChatSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    upkeep: UpkeepSettings = field(default_factory=UpkeepSettings)
    incidents: IncidentSettings = field(default_factory=IncidentSettings)

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
