"""How people are recognised, listened to and watched. Biometric features are off until an admin states a purpose."""

from dataclasses import dataclass

from engine.model.errors import InputError
from engine.model.site import Position, check_finite


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

    biometrics: bool = False
    purpose: str = ""
    learn_names: bool = True
    face_threshold: float | None = None
    face_margin: float = 0.05
    blur_faces: bool = False
    archive_days: float = 180.0
    erase_days: float = 730.0
    expected_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.biometrics and len(self.purpose.strip()) < 8:
            raise InputError("purpose", "state in a sentence what people are recognised for")
        if len(self.purpose) > 500:
            raise InputError("purpose", "needs at most 500 characters")
        if self.face_threshold is not None and not 0 < self.face_threshold < 1:
            raise InputError("face_threshold", f"{self.face_threshold} is outside 0–1")
        if not 0 <= self.face_margin <= 0.5:
            raise InputError("face_margin", f"{self.face_margin} is outside 0–0.5")
        if not 0 < self.archive_days <= 3650 or not self.archive_days <= self.erase_days <= 3650:
            raise InputError("erase_days", "people are archived after more than 0 days, and erased after that, within 3650")
        if len(self.expected_names) > 200 or any(not name.strip() or len(name) > 120 for name in self.expected_names):
            raise InputError("expected_names", "needs at most 200 names of 1 to 120 characters")


@dataclass(frozen=True, slots=True)
class MicrophoneSettings:
    """One microphone: a device of this machine (`device`, empty for the usual one), or the sound of a camera (`camera_id`).

    `position`: where it stands, metres; None for a camera's own. Off until switched on; what it hears is never kept as sound.
    """

    id: str
    name: str
    device: str = ""
    camera_id: str = ""
    position: Position | None = None
    enabled: bool = False

    def __post_init__(self) -> None:
        if not self.id or len(self.id) > 64 or not all(c.isalnum() or c in "-_" for c in self.id):
            raise InputError("id", f"{self.id[:70]!r} may hold only letters, digits, - and _, at most 64")
        if not self.name.strip() or len(self.name) > 120:
            raise InputError("name", "needs 1 to 120 characters")
        if self.device and self.camera_id:
            raise InputError("device", "a microphone is a device or a camera's sound, not both")
        if self.position is not None:
            check_finite("position", self.position)


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """What is worth saying about how people behave. Speeds are in body heights per second, so that they hold at any distance.

    `fall_still_s`: lying for so long makes a fall. `loiter_s`: in one spot for so long. `crowd`: so many at once. `fight_s`: for so long.
    """

    enabled: bool = True
    fall_still_s: float = 2.0
    loiter_s: float = 60.0
    loiter_radius: float = 1.5
    running_speed: float = 1.4
    running_s: float = 1.0
    crowd: int = 10
    crowd_s: float = 5.0
    fight_s: float = 1.5

    def __post_init__(self) -> None:
        for name in ("fall_still_s", "loiter_s", "running_s", "crowd_s", "fight_s"):
            if not 0.2 <= getattr(self, name) <= 3600:
                raise InputError(name, f"{getattr(self, name)} is outside 0.2–3600")
        for name in ("loiter_radius", "running_speed"):
            if not 0.1 <= getattr(self, name) <= 20:
                raise InputError(name, f"{getattr(self, name)} is outside 0.1–20")
        if not 2 <= self.crowd <= 1000:
            raise InputError("crowd", f"{self.crowd} is outside 2–1000")
