"""What a session can tell the engine to do. Each names the verb it needs. The outcome is an id (of a camera, job, user) or empty."""

from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from engine.model.access import Role, Verb
from engine.model.settings import CameraSettings, DetectionSettings, GateSettings, RecordingSettings


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
    """Replace parts of the settings; None leaves a part as it is."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    site_name: str | None = None
    detection: DetectionSettings | None = None
    gates: GateSettings | None = None
    recording: RecordingSettings | None = None


@dataclass(frozen=True, slots=True)
class InstallModels:
    """Starts a job (kind `install_models`). No `ids`: all that are missing; `folder`: files from there, not from the network."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    ids: tuple[str, ...] = ()
    folder: str = ""


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


@dataclass(frozen=True, slots=True)
class RemoveUser:
    verb: ClassVar[Verb] = Verb.ADMINISTER
    user_id: str


Command: TypeAlias = PutCamera | RemoveCamera | TestCamera | ChangeSettings | InstallModels | CancelJob | CreateUser | RemoveUser
