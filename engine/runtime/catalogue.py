"""All operations. Loading it fails where a command or question has no specification, or two.

Those of capabilities that are left out are not imported; asking for one of them raises LeftOut.
"""

from collections.abc import Iterable, Mapping, Set
from contextlib import nullcontext
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol, TypeVar, get_args

from engine.model.accounts.access import Session
from engine.model.capability import Capability
from engine.model.command import Command
from engine.model.command_terms import NO_TERMS, CommandTerms
from engine.model.errors import BeyondCameras, InputError, LeftOut
from engine.model.plain_text import check_texts
from engine.model.question import AnyQuestion
from engine.model.question_type import Question
from engine.runtime import model_commands, undo_commands
from engine.runtime.access import access_commands, handovers
from engine.runtime.access.scopes import scope_of
from engine.runtime.access.shares import Shares
from engine.runtime.alerts import alert_commands, event_verdicts, rule_questions
from engine.runtime.cameras import camera_commands, floor_image, instant_replay, trail_questions
from engine.runtime.chat import chat_commands
from engine.runtime.evidence import evidence_commands
from engine.runtime.footage import segment_commands
from engine.runtime.health import sense_questions
from engine.runtime.jobs import commands as job_commands
from engine.runtime.keeping import upkeep_commands
from engine.runtime.messages import notify_commands, webhook_commands
from engine.runtime.operations.command_keys import CommandKeys
from engine.runtime.operations.conflicts import ConflictCheck
from engine.runtime.operations.execution import await_record, carry_out, perform
from engine.runtime.operations.spec import AuditEntry, CommandSpec, Pseudonym, QuestionScope, QuestionSpec
from engine.runtime.people import people_commands, purpose_operations
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.ptz import ptz_commands
from engine.runtime.replay import replay_commands
from engine.runtime.review import review_commands
from engine.runtime.search import record_questions, timeline_commands, timeline_questions
from engine.runtime.search.record_questions import RecordHost
from engine.runtime.settings import settings_commands

T = TypeVar("T")

S = TypeVar("S", CommandSpec[Any, Any], QuestionSpec[Any, Any, Any])


class OperationsHost(
    job_commands.JobHost,
    model_commands.ModelHost,
    undo_commands.UndoHost,
    handovers.HandoversHost,
    camera_commands.CameraHost,
    floor_image.FloorImageHost,
    instant_replay.ReplayHost,
    ptz_commands.PtzHost,
    event_verdicts.VerdictHost,
    chat_commands.ChatHost,
    evidence_commands.EvidenceHost,
    segment_commands.SegmentHost,
    upkeep_commands.UpkeepHost,
    notify_commands.NotifyHost,
    webhook_commands.WebhookHost,
    purpose_operations.PurposeHost,
    replay_commands.ReplayHost,
    review_commands.ReviewHost,
    timeline_commands.TimelineHost,
    rule_questions.RuleHost,
    timeline_questions.SearchHost,
    trail_questions.TrailHost,
    RecordHost,
    Protocol,
):
    """What all operations need of the engine. What those of a capability need besides, each names in its module."""

    @property
    def command_keys(self) -> CommandKeys: ...

    @property
    def conflict_check(self) -> ConflictCheck: ...

    @property
    def left_out(self) -> Set[Capability]: ...

    @property
    def password_shares(self) -> Shares: ...

    @property
    def people(self) -> PeopleSide: ...


def table(specs: Iterable[S], union: Any) -> dict[type, S]:
    """By kind. Raises TypeError where a kind stands twice, or (but for a union of None) is missing in the union or in the table."""
    found: dict[type, S] = {}
    for spec in specs:
        if spec.kind in found:
            raise TypeError(f"{spec.kind.__name__} is registered twice")
        found[spec.kind] = spec
    odd: set[type] = set() if union is None else set(get_args(union)) ^ found.keys()
    if odd:
        raise TypeError(f"registered without being in the model, or the other way round: {sorted(kind.__name__ for kind in odd)}")
    return found


_ROOMS: tuple[ModuleType, ...] = (
    *(job_commands, model_commands, undo_commands, access_commands, handovers, alert_commands, rule_questions, camera_commands),
    *(floor_image, chat_commands, evidence_commands, segment_commands, upkeep_commands, notify_commands, webhook_commands),
    *(
        people_commands,
        purpose_operations,
        replay_commands,
        timeline_commands,
        review_commands,
        timeline_questions,
        settings_commands,
        record_questions,
    ),
    *(trail_questions, instant_replay, ptz_commands, event_verdicts, sense_questions),
)
_ROOMS_OF: Mapping[Capability, tuple[str, ...]] = {
    Capability.INCIDENTS: (
        "engine.runtime.incidents.incident_commands",
        "engine.runtime.incidents.filing_commands",
        "engine.runtime.report_page.commands",
        "engine.runtime.atlas.atlas_commands",
    ),
    Capability.RISK: ("engine.runtime.risk.risk_commands",),
    Capability.FIRE: ("engine.runtime.fire.fire_commands", "engine.runtime.smoke.smoke_commands"),
    Capability.RADIO: ("engine.runtime.radio.radio_commands", "engine.runtime.radio.radio_questions"),
    Capability.GESTURES: ("engine.runtime.gestures.gesture_commands",),
}
COMMANDS: dict[type, CommandSpec[Any, Any]] = {}  # filled by `load`
QUESTIONS: dict[type, QuestionSpec[Any, Any, Any]] = {}


def load(left_out: Set[Capability] = frozenset()) -> None:
    """Before the first operation. Raises TypeError where nothing is left out and an operation has no specification, or two."""
    rooms = [*_ROOMS, *(import_module(name) for each, names in _ROOMS_OF.items() if each not in left_out for name in names)]
    commands = [spec for room in rooms for spec in getattr(room, "COMMANDS", ())]
    questions = [spec for room in rooms for spec in getattr(room, "QUESTIONS", ())]
    whole = not left_out & _ROOMS_OF.keys()
    COMMANDS.update(table(commands, Command if whole else None))
    QUESTIONS.update(table(questions, AnyQuestion if whole else None))


def command(engine: OperationsHost, given: Command, session: Session, terms: CommandTerms = NO_TERMS) -> str:
    """For a session that has the verb. Raises BeyondCameras, Conflict, what the command says, and what `CommandKeys.once` does."""
    spec = _spec(COMMANDS, engine, given)

    def carry_out_checked() -> str:
        spec.scope(engine, given, session, scope_of(engine, session))
        _check_texts(given, spec)
        share = engine.password_shares.reserve(session.user.id) if spec.hashes_password else nullcontext()
        with share, engine.conflict_check.unchanged(engine, spec, given, terms.basis):
            return perform(engine, spec, given, session)

    if terms.key:
        outcome = engine.command_keys.once(spec, given, session, terms.key, carry_out_checked)
    else:
        outcome = carry_out_checked()
    await_record(engine, spec)
    return outcome


def execute(engine: OperationsHost, given: Command, session: Session) -> str:
    """As `command`, for who has checked the scope."""
    return carry_out(engine, _spec(COMMANDS, engine, given), given, session)


def audit_entries(given: Command, outcome: str, pseudonym: Pseudonym) -> tuple[AuditEntry, ...]:
    """What the audit keeps of a command that was carried out."""
    return COMMANDS[type(given)].audit.entries(given, outcome, pseudonym)


def ask(engine: OperationsHost, question: Question[T], session: Session) -> T:
    """For a session that has the verb. Raises BeyondCameras, and what the question says."""
    spec, scope = _spec(QUESTIONS, engine, question), scope_of(engine, session)
    if scope is not None and spec.scope is QuestionScope.SITE_WIDE:
        raise BeyondCameras(question.verb)
    return spec.handler(engine, question, session, scope)


def _spec(specs: Mapping[type, S], engine: OperationsHost, operation: object) -> S:
    """Raises LeftOut."""
    spec = specs.get(type(operation))
    if spec is None:
        raise LeftOut(*sorted(engine.left_out))
    return spec


def _check_texts(given: Command, spec: CommandSpec[OperationsHost, Any]) -> None:
    """Raises InputError naming the field that holds control characters, as the form of it does (`url` of a camera)."""
    try:
        check_texts(given, without=frozenset(spec.unchecked_text))
    except InputError as error:
        raise InputError(error.field.rpartition(".")[2], error.message) from None
