"""All operations. Importing it fails where a command or question has no specification, or two."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any, Protocol, TypeVar, get_args

from engine.model.access import Session
from engine.model.command import Command
from engine.model.errors import BeyondCameras, InputError
from engine.model.plain_text import check_texts
from engine.model.question import AnyQuestion
from engine.model.question_type import Question
from engine.runtime import job_commands, model_commands, undo_commands
from engine.runtime.access import access_commands, handovers
from engine.runtime.access.scopes import scope_of
from engine.runtime.access.shares import Shares
from engine.runtime.alerts import alert_commands, rule_questions
from engine.runtime.atlas import atlas_commands
from engine.runtime.cameras import camera_commands, floor_image
from engine.runtime.chat import chat_commands
from engine.runtime.evidence import evidence_commands
from engine.runtime.fire import fire_commands
from engine.runtime.footage import segment_commands
from engine.runtime.gestures import gesture_commands
from engine.runtime.incidents import incident_commands
from engine.runtime.keeping import upkeep_commands
from engine.runtime.messages import notify_commands, webhook_commands
from engine.runtime.operations.execution import carry_out
from engine.runtime.operations.spec import AuditEntry, CommandSpec, Pseudonym, Questions, QuestionScope, QuestionSpec
from engine.runtime.outlook import Outlook
from engine.runtime.people import people_commands
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.radio import radio_commands
from engine.runtime.record_questions import RECORD_QUESTIONS, RecordHost
from engine.runtime.replay import replay_commands
from engine.runtime.risk import risk_commands
from engine.runtime.search import timeline_commands, timeline_questions
from engine.runtime.settings import settings_commands
from engine.runtime.smoke import smoke_commands

T = TypeVar("T")

S = TypeVar("S", CommandSpec[Any, Any], QuestionSpec[Any, Any, Any])


class OperationsHost(
    job_commands.JobHost,
    model_commands.ModelHost,
    undo_commands.UndoHost,
    handovers.HandoversHost,
    atlas_commands.AtlasHost,
    camera_commands.CameraHost,
    floor_image.FloorImageHost,
    chat_commands.ChatHost,
    evidence_commands.EvidenceHost,
    fire_commands.FireHost,
    segment_commands.SegmentHost,
    gesture_commands.GestureHost,
    incident_commands.IncidentHost,
    upkeep_commands.UpkeepHost,
    notify_commands.NotifyHost,
    webhook_commands.WebhookHost,
    people_commands.PeopleHost,
    radio_commands.RadioHost,
    replay_commands.ReplayHost,
    risk_commands.RiskHost,
    timeline_commands.TimelineHost,
    smoke_commands.SmokeHost,
    rule_questions.RuleHost,
    timeline_questions.SearchHost,
    RecordHost,
    Protocol,
):
    """What all operations need of the engine."""

    @property
    def outlook(self) -> Outlook: ...

    @property
    def password_shares(self) -> Shares: ...

    @property
    def people(self) -> PeopleSide: ...


def table(specs: Iterable[S], union: Any) -> dict[type, S]:
    """By kind. Raises TypeError where a kind of the union is missing, stands twice, or is not in it."""
    found: dict[type, S] = {}
    for spec in specs:
        if spec.kind in found:
            raise TypeError(f"{spec.kind.__name__} is registered twice")
        found[spec.kind] = spec
    odd = set(get_args(union)) ^ found.keys()
    if odd:
        raise TypeError(f"registered without being in the model, or the other way round: {sorted(kind.__name__ for kind in odd)}")
    return found


_WITH_COMMANDS = (
    *(job_commands, model_commands, undo_commands, access_commands, handovers, alert_commands, atlas_commands, camera_commands),
    *(floor_image, chat_commands, evidence_commands, fire_commands, segment_commands, gesture_commands, incident_commands),
    *(upkeep_commands, notify_commands, webhook_commands, people_commands, radio_commands, replay_commands, risk_commands),
    *(timeline_commands, settings_commands, smoke_commands),
)
_WITH_QUESTIONS = (
    *(access_commands, handovers, rule_questions, atlas_commands, camera_commands, floor_image, chat_commands, evidence_commands),
    *(upkeep_commands, notify_commands, webhook_commands, replay_commands, risk_commands, timeline_questions, smoke_commands),
)
COMMANDS: dict[type, CommandSpec[OperationsHost, Any]] = table((spec for room in _WITH_COMMANDS for spec in room.COMMANDS), Command)
_QUESTIONS: Questions[OperationsHost] = (*RECORD_QUESTIONS, *(spec for room in _WITH_QUESTIONS for spec in room.QUESTIONS))
QUESTIONS: dict[type, QuestionSpec[OperationsHost, Any, Any]] = table(_QUESTIONS, AnyQuestion)


def command(engine: OperationsHost, given: Command, session: Session) -> str:
    """For a session that has the verb. Raises BeyondCameras, and what the command says."""
    spec = COMMANDS[type(given)]
    spec.scope(engine, given, session, scope_of(engine, session))
    _check_texts(given, spec)
    with engine.password_shares.reserve(session.user.id) if spec.hashes_password else nullcontext():
        return carry_out(engine, spec, given, session)


def execute(engine: OperationsHost, given: Command, session: Session) -> str:
    """As `command`, for who has checked the scope."""
    return carry_out(engine, COMMANDS[type(given)], given, session)


def audit_entries(given: Command, outcome: str, pseudonym: Pseudonym) -> tuple[AuditEntry, ...]:
    """What the audit keeps of a command that was carried out."""
    return COMMANDS[type(given)].audit.entries(given, outcome, pseudonym)


def ask(engine: OperationsHost, question: Question[T], session: Session) -> T:
    """For a session that has the verb. Raises BeyondCameras, and what the question says."""
    spec, scope = QUESTIONS[type(question)], scope_of(engine, session)
    if scope is not None and spec.scope is QuestionScope.SITE_WIDE:
        raise BeyondCameras(question.verb)
    return spec.handler(engine, question, session, scope)


def _check_texts(given: Command, spec: CommandSpec[OperationsHost, Any]) -> None:
    """Raises InputError naming the field that holds control characters, as the form of it does (`url` of a camera)."""
    try:
        check_texts(given, without=frozenset(spec.unchecked_text))
    except InputError as error:
        raise InputError(error.field.rpartition(".")[2], error.message) from None
