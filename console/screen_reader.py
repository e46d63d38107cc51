"""Answers and snapshots of the engine with its sentences in the language on screen, and times in them by the clock of the site.

This is where they turn, on their way through the bridge, and nowhere else: whoever shows a value shows what it holds. `SPOKEN` names the
fields that hold sentences. Refusals turn where they become text (`console.words`), for they are also told apart by what they hold.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from engine.model.accounts.audit import AuditRow, AuditVerdict
from engine.model.accounts.handover import OpenItem
from engine.model.alerts.alert import AlarmLoad, Alert
from engine.model.alerts.decision import Decision, EvidencePart
from engine.model.alerts.delivery import ChannelState, Delivery, WebhookState
from engine.model.cameras.instant_replay import ReplayPart
from engine.model.cameras.segment import Segment
from engine.model.cameras.sound import SoundState
from engine.model.event import Event
from engine.model.fire.fire import FireDay, FireRisk, FireView
from engine.model.fire.smoke import SmokeView
from engine.model.health import CameraHealth, DetectorHealth, EngineHealth, ErrorNote, ModelRun, TriedProvider
from engine.model.history.chat import ChatAnswer, ChatState, Sentence
from engine.model.history.evidence import Pack
from engine.model.history.replay import Different, ReplayDifference, ReplaySession
from engine.model.history.timeline import LaneSpan, LookDescription, LookHits, SearchHit, UncomparedSite, Watched
from engine.model.incidents.atlas import AtlasHealth
from engine.model.incidents.atlas_call import AtlasCall, MediaAnalysis, PatternAnswer
from engine.model.incidents.imported import RefusedRow
from engine.model.incidents.incident import Classification, Correlation, Corroboration, Filed, Incident, Report
from engine.model.people.view import MicrophoneView, PeopleView, TakeView
from engine.model.ptz.view import PtzView
from engine.model.radio.blob import RadioPicture
from engine.model.radio.fused import Assertion, FusedIdentity, FusedPicture
from engine.model.radio.radio import NodeView
from engine.model.risk.risk import RiskState, Training
from engine.model.sites import SiteState
from engine.model.snapshot import Job, ModelEntry, RadioView
from engine.model.upkeep import Growth, Restored, SettingChange, TidyPart, TidyReport, UpkeepView
from engine.recording.pack.combined import MissingPart, PartEntry
from engine.recording.pack.manifest import Manifest
from engine.runtime.evidence.verify import PackVerdict, RerunVerdict
from engine.runtime.evidence.verify_combined import CombinedVerdict, PartVerdict
from widgets.answer_text import translate_answer
from widgets.engine_text import translate_engine_text
from widgets.look import look_number
from widgets.translation import LANGUAGES, WRITTEN_IN, language_on_screen, spoken_in

SPOKEN: Mapping[type, tuple[str, ...]] = {
    AlarmLoad: ("holding",),
    Alert: ("reason", "procedure"),
    Assertion: ("detail",),
    AtlasCall: ("last_error",),
    AtlasHealth: ("reason",),
    AuditRow: ("detail",),
    AuditVerdict: ("message",),
    CameraHealth: ("reason", "decoder_reason"),
    ChannelState: ("last_error",),
    ChatAnswer: ("degraded_reason",),
    ChatState: ("trouble",),
    Classification: ("degraded_reason",),
    CombinedVerdict: ("wrong",),
    Correlation: ("reason",),
    Corroboration: ("look_trouble",),
    Decision: ("reason", "flip"),
    Delivery: ("last_error",),
    DetectorHealth: ("degraded_reason",),
    Different: ("what",),
    EngineHealth: ("troubles",),
    ErrorNote: ("component", "message"),
    Event: ("reason",),
    EvidencePart: ("label",),
    Filed: ("reason",),
    FireDay: ("reason",),
    FireRisk: ("trouble",),
    FireView: ("trouble",),
    FusedIdentity: ("conflict",),
    FusedPicture: ("trouble",),
    Growth: ("name",),
    Incident: ("category_reason",),
    Job: ("title", "message"),
    LaneSpan: ("reason",),
    LookDescription: ("note",),
    LookHits: ("banner",),
    OpenItem: ("what",),
    Manifest: ("missing",),
    MediaAnalysis: ("degraded_reason",),
    MicrophoneView: ("trouble",),
    MissingPart: ("reason",),
    ModelEntry: ("trouble",),
    ModelRun: ("reason",),
    NodeView: ("reason", "update_message"),
    Pack: ("missing",),
    PackVerdict: ("wrong", "unrun"),
    PartEntry: ("missing",),
    PartVerdict: ("wrong",),
    PatternAnswer: ("reason", "recommendations"),
    PeopleView: ("face_trouble", "pose_trouble", "looks_trouble", "speech_trouble", "recogniser"),
    PtzView: ("trouble",),
    SiteState: ("reason",),
    TriedProvider: ("refusal",),
    RadioPicture: ("trouble",),
    RadioView: ("ble_trouble", "node_trouble"),
    RefusedRow: ("place", "message"),
    ReplayDifference: ("missing",),
    ReplayPart: ("reason",),
    ReplaySession: ("missing", "trouble"),
    Report: ("look_trouble",),
    RerunVerdict: ("missing",),
    Restored: ("reason",),
    RiskState: ("trouble",),
    SearchHit: ("text", "reason"),
    Sentence: ("text",),
    Segment: ("damage",),
    SettingChange: ("now", "then"),
    SmokeView: ("trouble",),
    SoundState: ("reason",),
    TakeView: ("trouble",),
    TidyPart: ("what",),
    TidyReport: ("failures",),
    Training: ("trouble",),
    UpkeepView: ("backup_trouble",),
    UncomparedSite: ("reason",),
    Watched: ("reason",),
    WebhookState: ("last_error",),
}
T = TypeVar("T")


class Interpreter:
    """Remembers what it turned last: most of a snapshot is the same values as of the one before."""

    def __init__(self) -> None:
        self._look = WRITTEN_IN, -1
        self._kept: dict[int, tuple[object, object]] = {}  # by the id of what came, which is kept too so that no other has it
        self._keeping: dict[int, tuple[object, object]] = {}

    def turned(self, value: T) -> T:
        """The same value where nothing in it is written otherwise on this screen."""
        look = language_on_screen(), look_number()  # the zone of the site among it
        if look != self._look:
            self._look, self._kept = look, {}
        self._keeping = {}
        turned = self._any(value)
        self._kept, self._keeping = self._keeping, {}
        return turned

    def _any(self, value: Any) -> Any:
        if isinstance(value, tuple):
            turned = tuple(map(self._any, value))
            return turned if any(map(_differs, turned, value)) else value
        return self._object(value) if is_dataclass(value) and speaks(type(value)) else value

    def _object(self, value: Any) -> Any:
        known = self._keeping.get(id(value)) or self._kept.get(id(value))
        if known is None:
            known = value, _turned_fields(value, self._any)
        self._keeping[id(value)] = known
        return known[1]


def _differs(one: object, other: object) -> bool:
    return one is not other


def _turned_fields(value: Any, turned: Callable[[Any], Any]) -> Any:
    if isinstance(value, Sentence):
        return value if (text := translate_answer(value)) == value.text else replace(value, text=text)
    is_asked = isinstance(value, ChatAnswer) and value.language in LANGUAGES
    with spoken_in(value.language) if is_asked else nullcontext():  # an answer is in the language of its question
        changed = {name: words for name in SPOKEN.get(type(value), ()) if (words := _words(before := getattr(value, name))) != before}
        changed |= {name: part for name in _ways_on(type(value)) if (part := turned(before := getattr(value, name))) is not before}
    return replace(value, **changed) if changed else value


def _words(part: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return translate_engine_text(part) if isinstance(part, str) else tuple(map(translate_engine_text, part))


def speaks(kind: type) -> bool:
    """Whether values of this kind hold sentences, or such values in turn."""
    return kind in SPOKEN or bool(_ways_on(kind))


@lru_cache(None)
def _ways_on(kind: type) -> tuple[str, ...]:
    """The fields behind which there are more sentences."""
    return tuple(name for name, hint in _hints(kind).items() if any(_reaches(part, (kind,)) for part in _classes(hint)))


def _reaches(kind: type, from_: tuple[type, ...]) -> bool:
    if kind in SPOKEN:
        return True
    return kind not in from_ and any(_reaches(part, (*from_, kind)) for hint in _hints(kind).values() for part in _classes(hint))


@lru_cache(None)
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)} if is_dataclass(kind) else {}


def _classes(hint: Any) -> tuple[type, ...]:
    """Dataclasses within tuples and unions."""
    if parts := get_args(hint):
        return tuple(kind for part in parts for kind in _classes(part))
    return (hint,) if isinstance(hint, type) and not isinstance(hint, UnionType) and is_dataclass(hint) else ()
