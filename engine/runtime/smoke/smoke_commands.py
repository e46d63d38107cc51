"""Commands and questions: smoke sequences and plumes."""

from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import InputError
from engine.model.fire.fire import FireRiskPolicy
from engine.model.fire.smoke import ListedPlume, SmokeFrame, SmokePage, SmokeSequence
from engine.model.fire.smoke_commands import LabelSmoke, MergeSmoke, RemoveSmoke, UnmatchSmoke
from engine.model.fire.smoke_questions import (
    UNLABELLED_H,
    CountPlumes,
    CountSmokeSequences,
    GetPlume,
    GetSmokeSequence,
    ListPlumes,
    ListSmokeSequences,
    PlumeView,
    SmokeFilter,
    SmokeSequenceView,
)
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock
from engine.runtime.fire.fire_side import FireSide
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
from engine.runtime.recorder.record import Record
from engine.runtime.smoke.smoke_keeping import SmokeKeeper
from engine.runtime.smoke.smoke_side import SmokeSide

HOUR_NS = 3600 * SECOND
AHEAD_NS, LATE_NS = 300 * SECOND, 7 * 24 * HOUR_NS  # of clocks that differ; of a device that was cut off for long


class SmokeHost(Protocol):
    """What these operations need of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def fire(self) -> FireSide: ...

    @property
    def record(self) -> Record: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def smoke(self) -> SmokeSide: ...

    @property
    def smoke_keeper(self) -> SmokeKeeper: ...


def _label(engine: SmokeHost, command: LabelSmoke, session: Session) -> str:
    return engine.smoke.label(command.sequence_id, command.label, session.user.name)


def _label_in_words(command: LabelSmoke, _: str) -> str:
    return "none" if command.label is None else command.label.value


def _unmatch(engine: SmokeHost, command: UnmatchSmoke, _: Session) -> str:
    return engine.smoke.unmatch(command.plume_id, command.sequence_id)


def _merge(engine: SmokeHost, command: MergeSmoke, _: Session) -> str:
    return engine.smoke.merge(command.plume_id, command.other_id)


def _remove_sequence(engine: SmokeHost, command: RemoveSmoke, _: Session) -> str:
    engine.smoke.remove(command.sequence_id)
    return command.sequence_id


def take_frame(engine: SmokeHost, frame: SmokeFrame) -> Future[tuple[str, ...]]:
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


def _list_plumes(engine: SmokeHost, question: ListPlumes, _: Session, __: Scope | None) -> tuple[ListedPlume, ...]:
    """Raises InputError."""
    return engine.smoke_keeper.plumes(page_of(engine, question))


def _list_sequences(engine: SmokeHost, question: ListSmokeSequences, _: Session, __: Scope | None) -> tuple[SmokeSequence, ...]:
    """Raises InputError."""
    return engine.record.store.smoke.sequences(page_of(engine, question))


def _count_plumes(engine: SmokeHost, question: CountPlumes, _: Session, __: Scope | None) -> int:
    return engine.record.store.smoke.count_plumes(page_of(engine, question))


def _count_sequences(engine: SmokeHost, question: CountSmokeSequences, _: Session, __: Scope | None) -> int:
    return engine.record.store.smoke.count_sequences(page_of(engine, question))


def page_of(engine: SmokeHost, question: SmokeFilter) -> SmokePage:
    """What the question asks of the record. A day has its own classes."""
    policy = engine.fire.policy(question.day, question.risk_score)
    since_ns, until_ns = None, None
    if question.day is not None:
        begin = datetime(question.day.year, question.day.month, question.day.day, tzinfo=UTC)
        since_ns, until_ns = _ns(begin), _ns(begin) + 24 * HOUR_NS
    elif question.unlabelled:
        since_ns = engine.clock.now_ns() - UNLABELLED_H * HOUR_NS
    return SmokePage(since_ns, until_ns, question.unlabelled, question.limit, question.before_id, question.offset, policy)


def _get_plume(engine: SmokeHost, question: GetPlume, _: Session, __: Scope | None) -> PlumeView:
    """Raises NotFound."""
    listed = engine.record.store.smoke.plume(question.plume_id)
    return PlumeView(listed, _banner(engine, listed.sequences))


def _get_sequence(engine: SmokeHost, question: GetSmokeSequence, _: Session, __: Scope | None) -> SmokeSequenceView:
    """Raises NotFound."""
    sequence = engine.record.store.smoke.sequence(question.sequence_id)
    return SmokeSequenceView(sequence, _banner(engine, (sequence,)))


def _banner(engine: SmokeHost, sequences: tuple[SmokeSequence, ...]) -> str:
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


COMMANDS: Commands[SmokeHost] = (
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
        handler=_remove_sequence,
        scope=site_wide,
        audit=audited(AuditVerb.REMOVE_SMOKE, "sequence_id"),
        undo=NotUndoable("its pictures are gone; the console asks first"),
        durable=True,
    ),
)
QUESTIONS: Questions[SmokeHost] = (
    QuestionSpec(ListPlumes, scope=QuestionScope.SITE_WIDE, handler=_list_plumes),
    QuestionSpec(ListSmokeSequences, scope=QuestionScope.SITE_WIDE, handler=_list_sequences),
    QuestionSpec(CountPlumes, scope=QuestionScope.SITE_WIDE, handler=_count_plumes),
    QuestionSpec(CountSmokeSequences, scope=QuestionScope.SITE_WIDE, handler=_count_sequences),
    QuestionSpec(GetPlume, scope=QuestionScope.SITE_WIDE, handler=_get_plume),
    QuestionSpec(GetSmokeSequence, scope=QuestionScope.SITE_WIDE, handler=_get_sequence),
)
