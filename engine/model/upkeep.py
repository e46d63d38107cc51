"""What keeps an installation going: copies of the record, tidying, room on the disk, settings as a file, the log."""

from enum import StrEnum
from pathlib import PurePath
from typing import Annotated, ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.errors import InputError
from engine.model.question_type import Question
from engine.model.setting import Setting, check_limits
from engine.model.value_class import dataclass

LONGEST_SETTINGS = 4 << 20  # bytes of a file with settings
MOST_LOG_LINES = 2_000


@dataclass(frozen=True, slots=True)
class UpkeepSettings:
    """Attributes:
    backups: whether the record is copied by itself, every `backup_every_h` hours.
    keep_hourly, keep_daily: how many of the newest copies stay, and of how many days before the last one of each.
    keep_backups_gib: all copies together; the newest stays whatever its size.
    backup_folder: where they lie; empty: `backups` in the data folder. Best on another disk.
    """

    backups: Annotated[bool, Setting("Back up automatically")] = True
    backup_every_h: Annotated[float, Setting("Every", unit="h", ge=0.25, le=168, decimals=2)] = 1.0
    keep_hourly: Annotated[int, Setting("Keep the newest", ge=1, le=200)] = 24
    keep_daily: Annotated[int, Setting("Then one a day, for this many days", ge=0, le=400)] = 7
    keep_backups_gib: Annotated[float, Setting("Maximum size of all backups", unit="GiB", ge=0.1, le=100_000)] = 20.0
    backup_folder: Annotated[str, Setting("Folder of backups", help="Absolute path, best on another disk. Empty: in the data folder.")] = ""

    def __post_init__(self) -> None:
        check_limits(self)
        if self.backup_folder and not PurePath(self.backup_folder).is_absolute():
            raise InputError("backup_folder", f"{self.backup_folder!r} does not say where it is; write it from the root on")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the record that was read back and found sound.

    Attributes:
        name: of its folder. number: everything up to the observation of this number is in it. schema: of the database.
        sha256: of the copied database, hex. version: of the program that made it. asked: somebody wanted it now.
        before_upgrade: made because a newer version was about to change the record: the way back to the version before.
    """

    name: str
    made_ns: int
    number: int
    schema: str
    sha256: str
    size_bytes: int
    version: str
    asked: bool = False
    before_upgrade: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """The record was damaged and was put together again, or somebody went back to a copy of it (`asked`).

    Attributes:
        reason: what was wrong with it. aside: where the files it had are now, below the data folder.
        backup_ns: when the copy was made. replayed: observations of the log that came after it. gap: a part of the log was missing.
        clips: whose files were found without a row. carried: tables that could be read from the damaged file, and are as they were.
    """

    at_ns: int
    reason: str
    aside: str
    backup_name: str
    backup_ns: int
    replayed: int = 0
    gap: bool = False
    clips: int = 0
    carried: tuple[str, ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Growth:
    """One kind of what is kept: how much there is now, and how much more it is each day (less, where negative)."""

    name: str
    size_bytes: int
    bytes_a_day: float | None = None


@dataclass(frozen=True, slots=True)
class DiskForecast:
    """Attributes:
    days_left: until nothing is free if it goes on like this; None: it does not grow, or nobody knows yet.
    basis_s: how long it was watched for that. bounded: the limits of what is kept are reached before the disk is full.
    """

    free_bytes: int = 0
    total_bytes: int = 0
    growth: tuple[Growth, ...] = ()
    days_left: float | None = None
    basis_s: float = 0.0
    bounded: bool = False


@dataclass(frozen=True, slots=True)
class TidyPart:
    """`what` in words; how many of it are to go, or went, and how many bytes that is (0 where it takes next to nothing)."""

    what: str
    count: int
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class TidyReport:
    """`planned`: nothing was done yet. failures: sentences; what they tell of is tried again at the next run."""

    at_ns: int
    planned: bool
    parts: tuple[TidyPart, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventCount:
    kind: str
    day: int
    week: int
    all: int


@dataclass(frozen=True, slots=True)
class UpkeepView:
    """Attributes:
    backups: newest first. backup_trouble: a sentence, empty when all is well. due_ns: when the next is made by itself.
    restored: the last time the record had to be put together again. handles: open files and sockets, -1: not known here.
    schema: of the database. outbox: messages that wait. persons: known; archived of them: kept aside.
    """

    backups: tuple[Backup, ...] = ()
    backup_folder: str = ""
    backup_trouble: str = ""
    due_ns: int | None = None
    restored: Restored | None = None
    disk: DiskForecast = DiskForecast()
    tidied: TidyReport | None = None
    events: tuple[EventCount, ...] = ()
    handles: int = -1
    schema: str = ""
    outbox: int = 0
    persons: int = 0
    archived: int = 0
    losses: tuple[tuple[str, int], ...] = ()


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class LogLine:
    """Without secrets: what looks like one was taken out before it was kept."""

    at_ns: int
    level: LogLevel
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class SettingChange:
    """What an import would change: a field, and what it is and would be, as text; empty: it is not set."""

    field: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class GetUpkeep(Question[UpkeepView]):
    verb: ClassVar[Verb] = Verb.SEE_LIVE


@dataclass(frozen=True, slots=True)
class KeepBounds:
    """How long things are kept, and how much of them, where a plan can count what is beyond: fields of the settings of that name."""

    keep_clips_days: float
    keep_clips_gib: float
    keep_events_days: float
    keep_incidents_days: float
    archive_days: float
    erase_days: float


@dataclass(frozen=True, slots=True)
class PlanTidy(Question[TidyReport]):
    """What `TidyNow` would remove. With `bounds`: what would be too old or too much were these in the settings, and nothing else."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    bounds: KeepBounds | None = None


@dataclass(frozen=True, slots=True)
class ListLog(Question[tuple[LogLine, ...]]):
    """Newest first, of the program that runs now. `level`: the least; `contains`: in the source or the text, whatever its case."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    limit: int = 200
    level: LogLevel = LogLevel.INFO
    contains: str = ""


@dataclass(frozen=True, slots=True)
class GetDiagnostics(Question[str]):
    """A text to hand on to whoever helps: no secrets, no names."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class ExportSettings(Question[str]):
    """All settings as a file (TOML), without secrets."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class CompareSettings(Question[tuple[SettingChange, ...]]):
    """What importing this file would change. Nothing is changed."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    text: str


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """All settings as in this file. Secrets that the engine has stay; those of new cameras and channels have to be entered."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    text: str


@dataclass(frozen=True, slots=True)
class BackUpNow:
    """Starts a job (kind `backup`)."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class TidyNow:
    """Starts a job (kind `tidy`)."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


UpkeepQuestion: TypeAlias = GetUpkeep | PlanTidy | ListLog | GetDiagnostics | ExportSettings | CompareSettings
UpkeepCommand: TypeAlias = ImportSettings | BackUpNow | TidyNow
