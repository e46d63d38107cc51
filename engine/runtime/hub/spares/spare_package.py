"""What a site gives its spares: its settings as far as another machine can use them, and the secrets that these need."""

import json
from collections.abc import Callable
from dataclasses import replace

from engine.model.accounts.access import Role
from engine.model.alerts.notify_settings import ChannelKind
from engine.model.errors import InputError
from engine.model.history.chat import ChatSettings
from engine.model.incidents.atlas import AtlasSettings
from engine.model.settings import (
    AUTO_PROVIDER,
    SOFTWARE_DECODER,
    CameraKind,
    CameraSettings,
    CapabilitySettings,
    DetectionSettings,
    Settings,
)
from engine.model.time import SECOND
from engine.model.tolerant_wire import read_tolerantly
from engine.model.upkeep import UpkeepSettings
from engine.model.value_class import dataclass
from engine.model.wire import to_plain
from engine.runtime.messages.message_side import webhook_key
from engine.runtime.notify.vault import PARTS, channel_key
from engine.runtime.settings.logins import login_key

GOOD_NS = 30 * 86_400 * SECOND
"""A package of before that starts nothing: a site sends a new one every day, and a hub that keeps a withdrawal to itself gains no more."""
AGAIN_NS = 86_400 * SECOND
_AHEAD_NS = 3600 * SECOND  # of a site's clock
_ELSEWHERE = (CameraKind.RTSP, CameraKind.MJPEG, CameraKind.SIMULATED)
_CAPABILITIES = CapabilitySettings(incidents=False, risk=False, fire=False, radio=False, speech=False)
SpareSecrets = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SparePackage:
    """`made_ns`: by the site's clock. most_role: what people of the hub may be at the site, so at its spare too. secrets: each with its key
    in the secret store."""

    site: str
    made_ns: int
    most_role: Role
    settings: Settings
    secrets: SpareSecrets

    def __repr__(self) -> str:
        return f"SparePackage({self.site!r}, {self.made_ns})"

    def is_good(self, now_ns: int) -> bool:
        """Neither too old nor of a time to come."""
        return -_AHEAD_NS <= now_ns - self.made_ns <= GOOD_NS


def pack_package(package: SparePackage) -> bytes:
    return json.dumps(to_plain(package)).encode()


def read_package(data: bytes) -> SparePackage:
    """Of a neighbouring version, too: what is not known here is left out. Raises InputError (`package`)."""
    try:
        return read_tolerantly(SparePackage, json.loads(data))
    except (ValueError, TypeError, InputError) as error:
        raise InputError("package", f"cannot be read: {error}") from None


def secrets_of(settings: Settings, get: Callable[[str], str | None]) -> SpareSecrets:
    """`get`: of the secret store. May raise EnvironmentFault."""
    found = {key: get(key) for key in secret_keys(settings)}
    return tuple((key, secret) for key, secret in found.items() if secret)


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """Of cameras, and of who is told of alerts."""
    channels = [channel for channel in settings.notifications if channel.kind is not ChannelKind.WEBHOOK]
    return (
        *(login_key(camera.id) for camera in settings.cameras),
        *(channel_key(channel.id, part) for channel in channels for part in PARTS),
        *(webhook_key(webhook.id) for webhook in settings.webhooks),
    )


def for_spares(settings: Settings) -> Settings:
    """What a spare runs while it stands in: cameras that can be reached from elsewhere, with their zones, rules, recording, privacy and who
    is told. Without what belongs to the site's machine and house: radio nodes, microphones, files, known people, models and their devices.
    """
    return Settings(
        site_name=settings.site_name,
        cameras=tuple(_elsewhere(camera) for camera in settings.cameras),
        detection=DetectionSettings(rate_hz=settings.detection.rate_hz, provider=AUTO_PROVIDER),
        gates=settings.gates,
        recording=replace(settings.recording, archive_folder=""),
        floor=replace(settings.floor, image=None),
        webhooks=settings.webhooks,
        recognition=replace(settings.recognition, biometrics=False),
        activities=settings.activities,
        alerts=settings.alerts,
        atlas=AtlasSettings(),
        anchor=settings.anchor,
        notifications=settings.notifications,
        map=settings.map,
        chat=ChatSettings(),
        access=settings.access,
        upkeep=UpkeepSettings(),
        capabilities=replace(_CAPABILITIES, gestures=settings.capabilities.gestures),
        review=settings.review,
    )


def standing_by(settings: Settings) -> Settings:
    """The same while the spare only waits: no camera is connected and nobody is told anything."""
    cameras = tuple(replace(camera, enabled=False) for camera in settings.cameras)
    return replace(settings, cameras=cameras, webhooks=(), notifications=())


def forgotten(settings: Settings) -> Settings:
    """What is left at a spare that is allowed no longer: how long what it recorded is kept, and what of it nobody is shown."""
    cameras = tuple(
        CameraSettings(
            camera.id,
            camera.name,
            f"simulated:{camera.id}",
            enabled=False,
            number=camera.number,
            group=camera.group,
            privacy=camera.privacy,
            privacy_size=camera.privacy_size,
        )
        for camera in settings.cameras
    )
    waiting = standing_by(settings)
    return Settings(
        site_name=waiting.site_name,
        cameras=cameras,
        recording=waiting.recording,
        recognition=waiting.recognition,
        access=waiting.access,
        capabilities=waiting.capabilities,
    )


def _elsewhere(camera: CameraSettings) -> CameraSettings:
    return replace(camera, decoder=SOFTWARE_DECODER, enabled=camera.enabled and camera.kind in _ELSEWHERE)
