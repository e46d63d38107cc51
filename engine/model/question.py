"""Typed questions about the record. Each names the verb it needs and the answer it gets."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import Verb
from engine.model.accounts.audit import AuditRow
from engine.model.accounts.commands import AccessQuestion
from engine.model.accounts.handover import ListHandovers
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision, Outcome, Stage
from engine.model.alerts.delivery import ChannelState, WebhookState
from engine.model.alerts.settings import AlertSettings, Rule
from engine.model.cameras.clip import Clip
from engine.model.cameras.floor_image import GetFloorImage
from engine.model.cameras.instant_replay import ReplayCamera
from engine.model.cameras.segment import SegmentQuestion
from engine.model.cameras.track import Sequence
from engine.model.cameras.trail import GetEventTrails, ListTrails
from engine.model.errors import InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.fire.smoke_questions import SmokeQuestion
from engine.model.history.briefing import GetBriefing
from engine.model.history.chat import ChatQuestion
from engine.model.history.evidence import EvidenceQuestion
from engine.model.history.finding import DescribeCamera, FindCameras, FindUsbCameras
from engine.model.history.replay import ReplayQuestion
from engine.model.history.timeline import DescribeLook, ListSearches, SearchAlike, SearchRecord, TimelineQuestion, TrackBack
from engine.model.incidents.atlas_call import MediaAnalysis, PatternAnswer
from engine.model.incidents.incident import Incident, IncidentCategory, IncidentCounts, IncidentState, IncidentStatus, Report
from engine.model.incidents.report_page import ReportPageQuestion
from engine.model.people.erasure import Erasure
from engine.model.people.purposes import PurposeQuestion
from engine.model.people.speech import SoundDevice
from engine.model.question_type import Question, RecordQuestion
from engine.model.radio.blob import BlobExplanation
from engine.model.radio.scanner_survey import FitSurvey
from engine.model.review.event_verdict import ListEventVerdicts
from engine.model.review.review import ReviewQuestion
from engine.model.risk.questions import AreaQuestion, RiskQuestion
from engine.model.sense_quality import ListSenseQuality
from engine.model.upkeep import UpkeepQuestion
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class ListEvents(RecordQuestion[tuple[Event, ...]]):
    """Newest first; `before_id` pages on from the last one got. Times are UTC ns, `since` inclusive, `until` exclusive, by start.

    `shadow`: those of gestures in shadow mode, which are left out otherwise.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 100
    before_id: str | None = None
    camera_id: str | None = None
    kinds: tuple[EventKind, ...] = ()
    person_id: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class ListDecisions(RecordQuestion[tuple[Decision, ...]]):
    """Newest first; `before_id` pages on. `stage`: only about events, or only about alerts. Times as for `ListEvents`."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 100
    before_id: str | None = None
    camera_id: str | None = None
    outcome: Outcome | None = None
    stage: Stage | None = None
    since_ns: int | None = None
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ListSequences(RecordQuestion[tuple[Sequence, ...]]):
    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 100
    before_id: str | None = None
    camera_id: str | None = None


@dataclass(frozen=True, slots=True)
class ListClips(RecordQuestion[tuple[Clip, ...]]):
    """Newest first; `before_id` pages on. Times UTC ns: those that begin at or after `since`, before `until`."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 100
    before_id: str | None = None
    event_id: str | None = None
    camera_id: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ExplainBlob(Question[BlobExplanation]):
    """Why a blob is (or was) where it is. `blob`: its id, or its number as text.

    `at_ns` None: now; otherwise the nearest moment of the same blob within 60 s. Raises NotFound.
    """

    verb: ClassVar[Verb] = Verb.SEE_LIVE
    blob: str
    at_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ListWebhooks(Question[tuple[WebhookState, ...]]):
    """How each webhook of the settings does, in their order."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class TestAtlas(Question[str]):
    """Which contract Atlas speaks; it is sent a text that says that it is a test. Takes as long as two calls. Raises EnvironmentFault."""

    __test__: ClassVar[bool] = False  # no test of pytest's
    verb: ClassVar[Verb] = Verb.ADMINISTER
    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not abs(self.latitude) <= 90:
            raise InputError("latitude", f"{self.latitude} is outside ±90")
        if not abs(self.longitude) <= 180:
            raise InputError("longitude", f"{self.longitude} is outside ±180")


@dataclass(frozen=True, slots=True)
class AskPatterns(Question[PatternAnswer]):
    """What Atlas sees happen again and again around a place. `available` False in the answer is not the same as none nearby.

    `radius_km` above 0 to 100. Empty categories: all.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    latitude: float
    longitude: float
    radius_km: float = 5.0
    categories: tuple[IncidentCategory, ...] = ()

    def __post_init__(self) -> None:
        if not abs(self.latitude) <= 90:
            raise InputError("latitude", f"{self.latitude} is outside ±90")
        if not abs(self.longitude) <= 180:
            raise InputError("longitude", f"{self.longitude} is outside ±180")
        if not 0 < self.radius_km <= 100:
            raise InputError("radius_km", f"{self.radius_km} is outside 0–100")


@dataclass(frozen=True, slots=True)
class AnalyseMedia(Question[MediaAnalysis]):
    """What Atlas sees or hears. `kind`: photo, video or audio; `data`: the file as base64 text.

    Raises InputError for what may not be uploaded, EnvironmentFault where Atlas has no answer.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    kind: str
    data: str


@dataclass(frozen=True, slots=True)
class ListChannels(Question[tuple[ChannelState, ...]]):
    """How each way of telling people does: the webhooks, then the channels of the settings, in their order."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class ListSoundDevices(Question[tuple[SoundDevice, ...]]):
    """Microphones of the engine's machine, the usual one first. Raises EnvironmentFault where there is none, or no sound system."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class Called:
    """What a word of a search stands for: `ids` of the zones, cameras and rules, kinds of event, states and dispositions that have it in
    their name on the screen; severities; whether it is said of what is simulated."""

    word: str
    ids: tuple[str, ...]
    severities: tuple[Severity, ...] = ()
    simulated: bool = False

    @classmethod
    def of_words(cls, text: str, named: Iterable[tuple[str, str]], levels: Mapping[Severity, str], simulated: str) -> "tuple[Called, ...]":
        """What each word of a text is part of. `named`: ids, and what they are called; levels: severities; all in any case of letters."""
        plain = [(id_, name.lower()) for id_, name in named]
        return tuple(
            cls(
                word,
                tuple(dict.fromkeys(id_ for id_, name in plain if word in name)),
                tuple(level for level, name in levels.items() if word in name.lower()),
                word in simulated.lower(),
            )
            for word in text.lower().split()
        )


@dataclass(frozen=True, slots=True)
class AlertPage:
    """`next_id`: pages on where one question has looked through as many as it may."""

    alerts: tuple[Alert, ...] = ()
    next_id: str | None = None


@dataclass(frozen=True, slots=True)
class ListAlerts(RecordQuestion[AlertPage]):
    """Newest first; `before_id` pages on. `open`: only open ones, or only closed ones; None: all. `alert_id`: only this one.

    `text`: every word of it is in the reason, the person's name, the assignee or the rule's id, or `called` gives it another sense.
    camera_ids, kinds: any of these; empty: all. assignee: a name; assignee_id: a user, and where only the name of whom it is with is known,
    `assignee` counts. One question looks through so many alerts; then the answer's `next_id` pages on, also where it has none.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 100
    before_id: str | None = None
    open: bool | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    alert_id: str | None = None
    text: str = ""
    called: tuple[Called, ...] = ()
    min_severity: Severity = Severity.MINIMAL
    assignee: str | None = None
    zone_id: str | None = None
    camera_ids: tuple[str, ...] = ()
    kinds: tuple[EventKind, ...] = ()
    person_id: str | None = None
    rule_id: str | None = None
    assignee_id: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """`next_id`: as of AlertPage."""

    incidents: tuple[Incident, ...] = ()
    next_id: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentReports:
    """An incident with its reports whole, oldest first, at most ten thousand."""

    incident: Incident
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class ListIncidents(RecordQuestion[IncidentPage]):
    """Newest first by when they occurred; `before_id` pages on. `near`: latitude, longitude (degrees) and kilometres around it.

    Those that were merged into others are left out, except where `state` asks for them. threat_id: Atlas's. `text`: every word of it is in
    the description, or it is the number of one of its reports. One question looks through so many incidents, then the answer's `next_id`
    pages on, also where it has none.
    """

    verb: ClassVar[Verb] = Verb.SEE_PAST
    limit: int = 100
    before_id: str | None = None
    near: tuple[float, float, float] | None = None
    category: IncidentCategory | None = None
    status: IncidentStatus | None = None
    state: IncidentState | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    text: str = ""
    threat_id: str | None = None


@dataclass(frozen=True, slots=True)
class GetIncident(RecordQuestion[IncidentReports]):
    """One incident with its reports whole, oldest first, at most ten thousand. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    incident_id: str


@dataclass(frozen=True, slots=True)
class CountIncidents(RecordQuestion[IncidentCounts]):
    """How many occurred, by category, severity, status and state. Times as for `ListEvents`."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    since_ns: int | None = None
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class GetDecision(RecordQuestion[Decision]):
    """Raises NotFound."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    decision_id: str


@dataclass(frozen=True, slots=True)
class WhyNothing(RecordQuestion[tuple[Decision, ...]]):
    """Decisions of any outcome about what was near a place of the floor (metres) around a time, nearest first."""

    verb: ClassVar[Verb] = Verb.SEE_PAST
    at_ns: int
    position: tuple[float, float] | None = None
    camera_id: str | None = None
    within_s: float = 60.0
    within_m: float = 5.0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """Alerts that would be gained, lost and the same, as decision ids; at most the newest thousand of each. `looked_at`: candidates."""

    looked_at: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrongLine:
    """`line` from 1, 0 where no line is to blame; `field`: `rules.<id or number>.<field>`, or `rules`."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class RulesText:
    """The same rules twice. Where something is wrong, `rules` is empty and `text` is what was given.

    `version`: of the rules in force, which a change of them has to name.
    """

    version: int
    text: str
    rules: tuple[Rule, ...] = ()
    wrong: tuple[WrongLine, ...] = ()


@dataclass(frozen=True, slots=True)
class TryRules(Question[RuleTrial]):
    """What other rules would have raised in the last hours, beside those in force."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    alerts: AlertSettings
    hours: float = 24.0


@dataclass(frozen=True, slots=True)
class PrintRules(Question[RulesText]):
    """Rules as text that a person edits; `rules` None: those in force."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    rules: tuple[Rule, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadRules(Question[RulesText]):
    """What a text says as rules, or what is wrong with it; nothing is changed. `ChangeAlerting` puts them in force."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    text: str


@dataclass(frozen=True, slots=True)
class ListAudit(RecordQuestion[tuple[AuditRow, ...]]):
    """Newest first; `before_seq` pages on from the last one got. Empty `verbs`: all."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    limit: int = 100
    before_seq: int | None = None
    verbs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListErasures(RecordQuestion[tuple[Erasure, ...]]):
    """Of people: those that are under way, and the others, newest first."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    limit: int = 100


AnyRecordQuestion: TypeAlias = (
    ListEvents
    | ListDecisions
    | ListSequences
    | ListClips
    | ListAlerts
    | GetDecision
    | WhyNothing
    | ListIncidents
    | GetIncident
    | CountIncidents
    | ListAudit
    | ListErasures
    | TimelineQuestion
    | ListSearches
    | SearchRecord
    | ListEventVerdicts
    | TrackBack
    | SegmentQuestion
)
RuleQuestion: TypeAlias = TryRules | PrintRules | ReadRules
AnyQuestion: TypeAlias = (
    AnyRecordQuestion
    | ExplainBlob
    | ListWebhooks
    | ListChannels
    | ListSoundDevices
    | GetFloorImage
    | GetEventTrails
    | ListTrails
    | ReplayCamera
    | AskPatterns
    | TestAtlas
    | AnalyseMedia
    | RuleQuestion
    | RiskQuestion
    | AreaQuestion
    | SmokeQuestion
    | EvidenceQuestion
    | ReplayQuestion
    | ChatQuestion
    | GetBriefing
    | SearchAlike
    | DescribeLook
    | PurposeQuestion
    | ReviewQuestion
    | FindCameras
    | FindUsbCameras
    | DescribeCamera
    | UpkeepQuestion
    | ListSenseQuality
    | FitSurvey
    | AccessQuestion
    | ListHandovers
    | ReportPageQuestion
)
