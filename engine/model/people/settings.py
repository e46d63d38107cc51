"""How people are recognised, listened to and watched. Biometric features are off until an admin states a purpose."""

from typing import Annotated

from engine.model.errors import InputError
from engine.model.setting import Setting, check_limits
from engine.model.site import Position, check_finite
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Recognition of persons, and how long they are kept.

    Attributes:
        biometrics: faces and spoken names are used; needs `purpose`, which is shown to everybody and kept in the audit.
        face_threshold: raw cosine from which two faces are the same person; None: as calibrated for the installed model.
        face_margin: a second candidate nearer than this makes the match ambiguous.
        blur_faces: faces are hidden in live pictures, clips and thumbnails, for every session that has not said why it has to see them.
        archive_days, erase_days: unseen for so long, a person is kept aside, and in the end erased.
        expected_names: what people may call themselves beside who is known; the built-in recogniser hears no other names.
    """

    biometrics: Annotated[bool, Setting("Recognise people by face and spoken name")] = False
    purpose: Annotated[
        str, Setting("Purpose", max_length=500, help="Required for biometric identification; recorded in the audit log.")
    ] = ""
    learn_names: Annotated[bool, Setting("Learn spoken names")] = True
    face_threshold: Annotated[
        float | None,
        Setting(
            "Match threshold",
            gt=0,
            lt=1,
            help="Empty: as measured for the installed model. Higher: fewer false matches, more unknown people.",
        ),
    ] = None
    face_margin: Annotated[
        float,
        Setting(
            "Margin to the next best match",
            ge=0,
            le=0.5,
            help="With a second person within this margin, the identity is uncertain and an operator is asked.",
        ),
    ] = 0.05
    blur_faces: Annotated[bool, Setting("Blur faces for users without the right to unmask")] = False
    archive_days: Annotated[float, Setting("Archive after", gt=0, le=3650, unit="days", help="Days unseen; restored when seen again.")] = (
        180.0
    )
    erase_days: Annotated[
        float,
        Setting("Erase after", gt=0, le=3650, unit="days", help="Days unseen. Faces, clips and names are then deleted, unless locked."),
    ] = 730.0
    expected_names: Annotated[tuple[str, ...], Setting("Expected names")] = ()

    def __post_init__(self) -> None:
        check_limits(self)
        if self.biometrics and len(self.purpose.strip()) < 8:
            raise InputError("purpose", "state in a sentence what people are recognised for")
        if not 0 < self.archive_days <= 3650 or not self.archive_days <= self.erase_days <= 3650:
            raise InputError("erase_days", "people are archived after more than 0 days, and erased after that, within 3650")
        if len(self.expected_names) > 200 or any(not name.strip() or len(name) > 120 for name in self.expected_names):
            raise InputError("expected_names", "needs at most 200 names of 1 to 120 characters")


@dataclass(frozen=True, slots=True)
class MicrophoneSettings:
    """One microphone: a device of this machine (`device`, empty for the usual one), or the sound of a camera (`camera_id`).

    `position`: where it stands, metres; None for a camera's own. Off until switched on; what it hears is never kept as sound.
    """

    id: Annotated[str, Setting("Id")]
    name: Annotated[str, Setting("Name", min_length=1, max_length=120)]
    device: Annotated[str, Setting("Device")] = ""
    camera_id: Annotated[str, Setting("Camera")] = ""
    position: Annotated[Position | None, Setting("Position")] = None
    enabled: Annotated[bool, Setting("Switched on")] = False

    def __post_init__(self) -> None:
        check_limits(self)
        if not self.id or len(self.id) > 64 or not all(c.isalnum() or c in "-_" for c in self.id):
            raise InputError("id", f"{self.id[:70]!r} may hold only letters, digits, - and _, at most 64")
        if self.device and self.camera_id:
            raise InputError("device", "a microphone is a device or a camera's sound, not both")
        if self.position is not None:
            check_finite("position", self.position)


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """What is worth saying about how people behave. Speeds are in body heights per second, so that they hold at any distance.

    `fall_still_s`: lying for so long makes a fall. `loiter_s`: in one spot for so long. `crowd`: so many at once. `fight_s`: for so long.
    """

    enabled: Annotated[bool, Setting("Detect falls, fights, running, loitering and crowds", central=True)] = True
    fall_still_s: Annotated[float, Setting("Fall: lying still for", unit="s", ge=0.2, le=3600, central=True)] = 2.0
    loiter_s: Annotated[float, Setting("Loitering: longer than", unit="s", ge=0.2, le=3600, step=10, central=True)] = 60.0
    loiter_radius: Annotated[float, Setting("Loitering: within", unit="body heights", ge=0.1, le=20, central=True)] = 1.5
    running_speed: Annotated[float, Setting("Running: faster than", unit="body heights a second", ge=0.1, le=20, central=True)] = 1.4
    running_s: Annotated[float, Setting("Running: duration", unit="s", ge=0.2, le=3600, central=True)] = 1.0
    crowd: Annotated[int, Setting("Crowd: people at once, at least", ge=2, le=1000, central=True)] = 10
    crowd_s: Annotated[float, Setting("Crowd: duration", unit="s", ge=0.2, le=3600, central=True)] = 5.0
    fight_s: Annotated[float, Setting("Fight: duration", unit="s", ge=0.2, le=3600, central=True)] = 1.5

    def __post_init__(self) -> None:
        check_limits(self)
