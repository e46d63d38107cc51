"""What a session can tell the engine to do about alerts and incidents."""

from dataclasses import field
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.alerts.alert import AlertState, Disposition
from engine.model.alerts.settings import AlertSettings, SiteMode
from engine.model.event import Severity
from engine.model.incidents.atlas import AtlasSettings
from engine.model.incidents.incident import IncidentCategory, IncidentState
from engine.model.value_class import dataclass

LONGEST_SHELF_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class ChangeAlert:
    """Take an alert, or several, a step on: acknowledge, begin, close. `disposition` is needed to close."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    alert_ids: tuple[str, ...]
    state: AlertState
    disposition: Disposition | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShelveAlert:
    """Out of sight until a time, and what is like it too; `seconds` 0 takes it back."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    alert_ids: tuple[str, ...]
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AssignAlert:
    """To a user by id or, where that is empty, by name; to nobody where both are."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    alert_ids: tuple[str, ...]
    assignee: str
    assignee_id: str = ""


@dataclass(frozen=True, slots=True)
class NoteAlert:
    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    alert_id: str
    text: str


@dataclass(frozen=True, slots=True)
class DoStep:
    """A step of the procedure is done, or was not."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    alert_id: str
    step: int
    done: bool = True


@dataclass(frozen=True, slots=True)
class SeeAlert:
    """The user has it open."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    alert_id: str


@dataclass(frozen=True, slots=True)
class PromoteHeld:
    """Raise what was held. The outcome is the alert's id."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    decision_id: str


@dataclass(frozen=True, slots=True)
class SetSiteMode:
    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    mode: SiteMode


@dataclass(frozen=True, slots=True)
class ChangeAlerting:
    """Replace rules and modes as a whole; `alerts.version` has to be the one that was changed, and rises by one."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    alerts: AlertSettings


@dataclass(frozen=True, slots=True)
class ChangeAtlas:
    """`key` None leaves a stored one as it is, "" forgets it."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    atlas: AtlasSettings
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class MergeIncidents:
    """`gone_id` was the same as `kept_id`; every report is kept whole, and it can be split again."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    kept_id: str
    gone_id: str


@dataclass(frozen=True, slots=True)
class SplitIncident:
    """These reports are of another occurrence. The outcome is its id."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    incident_id: str
    report_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeepApart:
    """Two incidents that were offered as perhaps the same are two occurrences; they are not offered to each other any more."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    incident_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class ValidateIncident:
    """Say what it really was. Goes to Atlas as feedback. `validated_by`: who looked into it, where that is not who says so."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    incident_id: str
    actual_category: IncidentCategory
    validated_by: str = ""


@dataclass(frozen=True, slots=True)
class EditIncident:
    """None leaves a part as it is. What is set here, nothing automatic changes again."""

    verb: ClassVar[Verb] = Verb.ACKNOWLEDGE
    incident_id: str
    category: IncidentCategory | None = None
    severity: Severity | None = None
    description: str | None = None
    state: IncidentState | None = None


@dataclass(frozen=True, slots=True)
class ImportReports:
    """Starts a job (kind `import_reports`). `data`: the file as base64 text, at most 20 MB of it. `format`: `csv` or `geojson`."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    data: str = field(repr=False)
    format: str


AlertEdit: TypeAlias = ChangeAlert | ShelveAlert | AssignAlert | NoteAlert | DoStep | SeeAlert | PromoteHeld  # the pipeline's to carry out
AlertCommand: TypeAlias = AlertEdit | SetSiteMode | ChangeAlerting
ReportCommand: TypeAlias = MergeIncidents | SplitIncident | KeepApart | ValidateIncident | EditIncident | ImportReports
