"""Replay: the record through the same pipeline again, as it was or with other settings, and what came out differently."""

from enum import StrEnum
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.alerts.decision import Decision
from engine.model.alerts.settings import AlertSettings
from engine.model.errors import InputError
from engine.model.people.settings import ActivitySettings
from engine.model.question_type import Question
from engine.model.settings import GateSettings
from engine.model.site import RadioSettings
from engine.model.snapshot import Snapshot
from engine.model.value_class import dataclass

SLOWEST, FASTEST = 0.1, 32.0


class ReplayState(StrEnum):
    PREPARING = "preparing"  # from the checkpoint to the moment asked for
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"  # the window is over
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """What is tried instead of what was in force; None leaves a part as it was then."""

    gates: GateSettings | None = None
    radio: RadioSettings | None = None
    alerts: AlertSettings | None = None
    activities: ActivitySettings | None = None

    @property
    def empty(self) -> bool:
        return self.gates is None and self.radio is None and self.alerts is None and self.activities is None


@dataclass(frozen=True, slots=True)
class ReplaySession:
    """One replay. `until_ns` exclusive; `at_ns`: how far it is, in the time of the record.

    warm_ns: of the checkpoint that what is shown began from (0: the very beginning of the record). trouble: why it failed.
    missing: why the record of the window is not whole (pruned, damaged, another build), as sentences.
    """

    id: str
    since_ns: int
    until_ns: int
    at_ns: int
    state: ReplayState
    speed: float
    by: str
    settings: ReplaySettings
    warm_ns: int = 0
    missing: tuple[str, ...] = ()
    trouble: str = ""


class DifferenceKind(StrEnum):
    ALERT = "alert"
    EVENT = "event"
    BLOB = "blob"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Different:
    """One thing that only one of two runs has, or that both have, as the first said it. `decision_id`: in that run, which says why."""

    kind: DifferenceKind
    id: str
    at_ns: int
    until_ns: int | None
    what: str
    severity: int = 0
    camera_id: str = ""
    decision_id: str = ""
    position: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """What other settings gained, lost and left as it was, in one window; each list oldest first. `same`: how many of each kind;
    `unchanged`: those, as far as they are not too many.

    `changed`: the settings that differ, as (field, then, tried). ratio: seconds of record per second of work. decisions: those that
    `gained` and `lost` name, each of the run that made it; what was tried alone is in no record.
    """

    session_id: str
    gained: tuple[Different, ...]
    lost: tuple[Different, ...]
    same: tuple[tuple[DifferenceKind, int], ...]
    changed: tuple[tuple[str, str, str], ...]
    ratio: float
    missing: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    unchanged: tuple[Different, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplayView:
    """`picture`: what is on screen at the session's moment, where it was asked for."""

    session: ReplaySession
    picture: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class GetReplay(Question[ReplayView]):
    """A session; `picture` adds what is on screen at its moment as a Snapshot of then. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    session_id: str
    picture: bool = False


@dataclass(frozen=True, slots=True)
class ListReplays(Question[tuple[ReplaySession, ...]]):
    """Those that are going on."""

    verb: ClassVar[Verb] = Verb.SEE_PAST


@dataclass(frozen=True, slots=True)
class GetDifference(Question[ReplayDifference]):
    """Of a session whose settings were changed, once its job has ended. Raises NotFound; EnvironmentFault `not_ready`."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    session_id: str


@dataclass(frozen=True, slots=True)
class StartReplay:
    """Begin a session, paused at `since_ns`. The outcome is its id. One session each for at most eight at once.

    Raises InputError where nothing of the window is in the record.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    since_ns: int
    until_ns: int
    settings: ReplaySettings = ReplaySettings()

    def __post_init__(self) -> None:
        if self.until_ns <= self.since_ns:
            raise InputError("until", "is not later than since")


@dataclass(frozen=True, slots=True)
class MoveReplay:
    """Seek, play, pause, change speed: what is None stays. Seeking back starts again from the checkpoint before. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    session_id: str
    seek_ns: int | None = None
    playing: bool | None = None
    speed: float | None = None

    def __post_init__(self) -> None:
        if self.speed is not None and not SLOWEST <= self.speed <= FASTEST:
            raise InputError("speed", f"{self.speed} is outside {SLOWEST}–{FASTEST}")


@dataclass(frozen=True, slots=True)
class ChangeReplay:
    """Try other settings: the window runs again at full speed, as it was and with these. The outcome is a job (kind `replay`)."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    session_id: str
    settings: ReplaySettings


@dataclass(frozen=True, slots=True)
class StopReplay:
    verb: ClassVar[Verb] = Verb.SEE_PAST
    session_id: str


@dataclass(frozen=True, slots=True)
class ApplyReplay:
    """Put the settings of a session in force; the audit keeps the difference they made. Raises NotFound, EnvironmentFault `not_ready`."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    session_id: str


ReplayQuestion: TypeAlias = GetReplay | ListReplays | GetDifference
ReplayCommand: TypeAlias = StartReplay | MoveReplay | ChangeReplay | StopReplay | ApplyReplay
