"""What sessions tell the engine to do about smoke, and what they ask: carried out on the caller's thread."""

from concurrent.futures import Future
from datetime import UTC, datetime

from engine.model.errors import InputError
from engine.model.fire import FireRiskPolicy
from engine.model.question import Answer
from engine.model.smoke import SmokeFrame, SmokePage, SmokeSequence
from engine.model.smoke_command import LabelSmoke, MergeSmoke, RemoveSmoke, SmokeCommand, UnmatchSmoke
from engine.model.smoke_question import UNLABELLED_H, GetSmoke, ListSmoke, SmokeQuestion, SmokeRows
from engine.model.time import SECOND
from engine.runtime.engine import Engine

HOUR_NS = 3600 * SECOND
AHEAD_NS, LATE_NS = 300 * SECOND, 7 * 24 * HOUR_NS  # of clocks that differ; of a device that was cut off for long


def execute_smoke(engine: Engine, command: SmokeCommand, by: str) -> str:
    match command:
        case LabelSmoke(sequence_id, label):
            return engine.smoke.label(sequence_id, label, by)
        case UnmatchSmoke(plume_id, sequence_id):
            return engine.smoke.unmatch(plume_id, sequence_id)
        case MergeSmoke(plume_id, other_id):
            return engine.smoke.merge(plume_id, other_id)
        case RemoveSmoke(sequence_id):
            engine.smoke.remove(sequence_id)
            return sequence_id


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


def ask_smoke(engine: Engine, question: SmokeQuestion) -> Answer:
    """Raises InputError, NotFound, EnvironmentFault."""
    match question:
        case ListSmoke():
            return _listed(engine, question)
        case GetSmoke(rows, id):
            return _one(engine, rows, id)


def _listed(engine: Engine, question: ListSmoke) -> Answer:
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


def _one(engine: Engine, rows: SmokeRows, id: str) -> Answer:
    table = engine.record.store.smoke
    if rows is SmokeRows.SEQUENCES:
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
