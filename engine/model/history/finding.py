"""Cameras that are found on the network, and what one says of itself."""

from typing import ClassVar

from engine.model.accounts.access import Verb
from engine.model.command import Credentials
from engine.model.question_type import Question
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """What answered a search by ONVIF. `address`: of its device service. name, hardware: as it says; empty where it says nothing."""

    address: str
    host: str
    name: str = ""
    hardware: str = ""


@dataclass(frozen=True, slots=True)
class FoundStream:
    """One that a camera offers. `url` is without a login. `codec`: as ONVIF names it (H264, H265, JPEG). width, height, fps 0: not said."""

    name: str
    url: str
    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0


@dataclass(frozen=True, slots=True)
class CameraDescription:
    """What a camera says of itself, the largest stream first."""

    address: str
    maker: str = ""
    model: str = ""
    firmware: str = ""
    streams: tuple[FoundStream, ...] = ()


@dataclass(frozen=True, slots=True)
class FindCameras(Question[tuple[FoundCamera, ...]]):
    """Ask the networks that this machine is in which cameras are there (ONVIF, WS-Discovery). Takes some seconds."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class DescribeCamera(Question[CameraDescription]):
    """Ask one camera for its streams (ONVIF, profiles T and S). `address`: as found, or its host.

    Raises:
        InputError: `address`, or `password` where the camera wants another login. EnvironmentFault: it does not answer, not by ONVIF, or
            not of pictures (`no_media`).
    """

    address: str
    credentials: Credentials | None = None
    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class FoundUsb:
    """A camera on USB of the engine's machine. `url`: with a name that stays, where the system has one. `name`: as it calls itself."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class FindUsbCameras(Question[tuple[FoundUsb, ...]]):
    """Which cameras are on USB of the engine's machine.

    Raises:
        EnvironmentFault: `not_listed`, engines on this system cannot tell.
    """

    verb: ClassVar[Verb] = Verb.ADMINISTER
