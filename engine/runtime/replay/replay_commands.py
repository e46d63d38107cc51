"""What sessions ask and tell of replays, carried out on the caller's thread."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from engine.model.access import Session, Verb
from engine.model.alert_command import ChangeAlerting
from engine.model.audit import AuditRow, AuditVerb
from engine.model.command import ChangeSettings, Command
from engine.model.errors import NotFound
from engine.model.question import Answer
from engine.model.replay import (
    ApplyReplay,
    ChangeReplay,
    GetDifference,
    GetReplay,
    ListReplays,
    MoveReplay,
    ReplayCommand,
    ReplayDifference,
    ReplayQuestion,
    ReplaySettings,
    StartReplay,
    StopReplay,
)
from engine.model.snapshot import Snapshot
from engine.runtime.engine import Engine

_MOST_CHANGES = 10  # single settings that the audit names


def ask_replay(engine: Engine, question: ReplayQuestion, session: Session) -> Answer:
    """Raises NotFound, EnvironmentFault."""
    match question:
        case ListReplays():
            return Answer(replays=engine.replays.list(session))
        case GetReplay(replay_id, picture):
            shown = engine.replays.picture(replay_id, session) if picture else None
            told = engine.replays.get(replay_id, session)
            return Answer(replays=(told,), replay_picture=None if shown is None else _for(engine, shown, session))
        case GetDifference(replay_id):
            return Answer(difference=engine.replays.difference(replay_id, session))


def execute_replay(engine: Engine, command: ReplayCommand, session: Session, execute: Callable[[Command], str]) -> str:
    """`execute` carries out what changes the settings in force, and leaves its own rows in the audit."""
    match command:
        case StartReplay():
            return engine.replays.start(command, session)
        case MoveReplay():
            return engine.replays.move(command, session)
        case ChangeReplay():
            return engine.replays.change(command, session)
        case StopReplay(replay_id):
            return engine.replays.stop(replay_id, session)
        case ApplyReplay(replay_id):
            return _apply(engine, replay_id, session, execute)


def _for(engine: Engine, shown: Snapshot, session: Session) -> Snapshot:
    """As this session may see it: where webhooks go is for admins only, and faces are hidden by the settings of now."""
    now = engine.settings
    hidden = replace(shown.settings.recognition, blur_faces=now.recognition.blur_faces)
    settings = replace(shown.settings, recognition=hidden)
    if not session.may(Verb.ADMINISTER):
        settings = replace(settings, webhooks=(), notifications=())
    until_ns = engine.masking.unmasked.until_ns(session.id, engine.clock.now_ns())
    return replace(shown, settings=settings, people=replace(shown.people, unmasked_until_ns=until_ns))


def _apply(engine: Engine, replay_id: str, session: Session, execute: Callable[[Command], str]) -> str:
    """The ordinary changes, rules first: those may be refused because somebody changed them meanwhile."""
    told = engine.replays.get(replay_id, session)
    difference = engine.replays.difference(replay_id, session)
    if told.settings.empty:
        raise NotFound("This replay tries no other settings.")
    row = AuditRow(engine.clock.now_ns(), session.user.name, AuditVerb.APPLY_REPLAY, replay_id, difference_in_words(difference))
    for command in commands_of(told.settings):
        execute(command)
    engine.audit.note(row)
    return replay_id


def commands_of(settings: ReplaySettings) -> tuple[Command, ...]:
    """What puts them in force."""
    rules = () if settings.alerts is None else (ChangeAlerting(settings.alerts),)
    if settings.gates is None and settings.radio is None and settings.activities is None:
        return rules
    return (*rules, ChangeSettings(gates=settings.gates, radio=settings.radio, activities=settings.activities))


def difference_in_words(difference: ReplayDifference) -> str:
    """What the audit keeps of a difference: the settings, and how many of each kind; no names."""
    gained, lost = (Counter(each.kind for each in found) for found in (difference.gained, difference.lost))
    counts = "; ".join(f"{kind.value}s +{gained[kind]} −{lost[kind]} ={same}" for kind, same in difference.same)
    changes = "; ".join(f"{name} {then} → {tried}" for name, then, tried in difference.changed[:_MOST_CHANGES])
    more = len(difference.changed) - _MOST_CHANGES
    return f"{changes}{f'; {more} more settings' if more > 0 else ''}. {counts}"
