"""Commands and questions: smoke sequences and plumes."""

from concurrent.futures import Future
from datetime import UTC, datetime

from engine.model.access import Scope, Session
from engine.model.audit import AuditVerb
from engine.model.errors import InputError
from engine.model.fire import FireRiskPolicy
from engine.model.question import Answer
from engine.model.smoke import SmokeFrame, SmokePage, SmokeSequence
from engine.model.smoke_command import LabelSmoke, MergeSmoke, RemoveSmoke, UnmatchSmoke
from engine.model.smoke_question import UNLABELLED_H, GetSmoke, ListSmoke, SmokeRows
from engine.model.time import SECOND
from engine.runtime.engine import Engine
from engine.runtime.operations.spec import (
    OUTCOME,
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    audited,
    site_wide,
)

HOUR_NS = 3600 * SECOND
AHEAD_NS, LATE_NS = 300 * SECOND, 7 * 24 * HOUR_NS  # of clocks that differ; of a device that was cut off for long


def _label(engine: Engine, command: LabelSmoke, session: Session) -> str:
    return engine.smoke.label(command.sequence_id, command.label, session.user.name)


def _label_in_words(command: LabelSmoke, _: str) -> str:
    return "none" if command.label is None else command.label.value


def _unmatch(engine: Engine, command: UnmatchSmoke, _: Session) -> str:
    return engine.smoke.unmatch(command.plume_id, command.sequence_id)


def _merge(engine: Engine, command: MergeSmoke, _: Session) -> str:
    return engine.smoke.merge(command.plume_id, command.other_id)


def _remove(engine: Engine, command: RemoveSmoke, _: Session) -> str:
    engine.smoke.remove(command.sequence_id)
    return command.sequence_id


def take_frame(engine: Engine, frame: SmokeFrame) -> Future[tuple[str, ...]]:
    """See `SmokeSide.put`. Raises InputError for a camera or view that nobody knows, and for times that cannot be."""
    lookout = next((each for each in engine.settings.lookouts if each.camera_id == frame.camera_id), None)
    if lookout is None and engine.settings.camera(frame.camera_id) is None:
        raise InputError("camera_id", f"{frame.camera_id[:80]!r} is neither a camera nor a lookout of this site")
    if lookout is not None and lookout.view(frame.view_id) is None:
        known = ", ".join(view.id for view in lookout.views)
        raise InputError("view_id", f"{frame.view_id[:80]!r} is no view of this lookout; known are {known[:200]}")
    late_ns = engine.clock.now_ns() - frame.captured_ns
    if late_ns < -AHEAD_NS:
        raise InputError("recorded_at", f"is {-late_ns / SECOND:.0f} s ahead of the clock here. Set the device's clock")
    if late_ns > LATE_NS:
        raise InputError("recorded_at", f"is more than {LATE_NS // (24 * HOUR_NS)} days ago")
    return engine.smoke.put(frame)


def _list(engine: Engine, question: ListSmoke, _: Session, __: Scope | None) -> Answer:
    """Raises InputError."""
    page, table = page_of(engine, question), engine.record.store.smoke
    if question.count:
        plumes = question.rows is SmokeRows.PLUMES
        return Answer(count=table.count_plumes(page) if plumes else table.count_sequences(page))
    if question.rows is SmokeRows.PLUMES:
        return Answer(plumes=engine.smoke_keeper.plumes(page))
    return Answer(smoke=table.sequences(page))


def page_of(engine: Engine, question: ListSmoke) -> SmokePage:
    """What the question asks of the record. A day has its own classes."""
    policy = engine.fire.policy(question.day, question.risk_score)
    since_ns, until_ns = None, None
    if question.day is not None:
        begin = datetime(question.day.year, question.day.month, question.day.day, tzinfo=UTC)
        since_ns, until_ns = _ns(begin), _ns(begin) + 24 * HOUR_NS
    elif question.unlabelled:
        since_ns = engine.clock.now_ns() - UNLABELLED_H * HOUR_NS
    return SmokePage(since_ns, until_ns, question.unlabelled, question.limit, question.before_id, question.offset, policy)


def _get(engine: Engine, question: GetSmoke, _: Session, __: Scope | None) -> Answer:
    """Raises NotFound."""
    table, id = engine.record.store.smoke, question.id
    if question.rows is SmokeRows.SEQUENCES:
        sequence = table.sequence(id)
        return Answer(smoke=(sequence,), banner=_banner(engine, (sequence,)))
    listed = table.plume(id)
    return Answer(plumes=(listed,), banner=_banner(engine, listed.sequences))


def _banner(engine: Engine, sequences: tuple[SmokeSequence, ...]) -> str:
    """Why lists leave it out, empty where they do not."""
    policy = engine.fire.policy()
    if any(policy.keeps(each.camera_id, each.max_conf) for each in sequences):
        return ""
    best = max(sequences, key=lambda each: each.max_conf or 0.0)
    weather, least = _class_of(policy, best.camera_id), policy.threshold(best.camera_id)
    asks = f"the fire weather at camera {best.camera_id} is {weather}, in which smoke needs a confidence of {least:.2f}"
    return f"Lists leave it out today: {asks}; it has {best.max_conf or 0.0:.2f}."


def _class_of(policy: FireRiskPolicy, camera_id: str) -> str:
    known = policy.override or dict(reversed(policy.classes)).get(camera_id)
    return "unknown" if known is None else known.value.replace("_", " ")


def _ns(moment: datetime) -> int:
    return round(moment.timestamp()) * SECOND


COMMANDS: Commands = (
    CommandSpec(
        LabelSmoke,
        handler=_label,
        scope=site_wide,
        audit=audited(AuditVerb.LABEL_SMOKE, "sequence_id", _label_in_words),
        undo=NotUndoable("it is labelled again"),
        durable=True,
    ),
    CommandSpec(
        UnmatchSmoke,
        handler=_unmatch,
        scope=site_wide,
        audit=audited(AuditVerb.UNMATCH_SMOKE, "sequence_id", "plume_id"),
        undo=NotUndoable("the plumes are merged instead"),
        durable=True,
    ),
    CommandSpec(
        MergeSmoke,
        handler=_merge,
        scope=site_wide,
        audit=audited(AuditVerb.MERGE_SMOKE, OUTCOME, "other_id"),
        undo=NotUndoable("the sequence is unmatched instead"),
        durable=True,
    ),
    CommandSpec(
        RemoveSmoke,
        handler=_remove,
        scope=site_wide,
        audit=audited(AuditVerb.REMOVE_SMOKE, "sequence_id"),
        undo=NotUndoable("its pictures are gone; the console asks first"),
        durable=True,
    ),
)
QUESTIONS: Questions = (
    QuestionSpec(ListSmoke, scope=QuestionScope.SITE_WIDE, handler=_list),
    QuestionSpec(GetSmoke, scope=QuestionScope.SITE_WIDE, handler=_get),
)
