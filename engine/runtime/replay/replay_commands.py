"""Commands and questions: replays."""

from collections import Counter
from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import Scope, Session, Verb
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.alerts.commands import ChangeAlerting
from engine.model.command import ChangeSettings
from engine.model.errors import NotFound
from engine.model.history.replay import (
    ApplyReplay,
    ChangeReplay,
    GetDifference,
    GetReplay,
    ListReplays,
    MoveReplay,
    ReplayDifference,
    ReplaySession,
    ReplaySettings,
    ReplayView,
    StartReplay,
    StopReplay,
)
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.runtime.access.narrowing import Narrowing, narrow_difference
from engine.runtime.alerts.alert_commands import CHANGE_ALERTING, AlertHost
from engine.runtime.cameras.masking import Masking
from engine.runtime.operations.execution import ExecutionHost, carry_out
from engine.runtime.operations.spec import (
    Commands,
    CommandSpec,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    any_session,
    audits_itself,
    not_audited,
    site_wide,
)
from engine.runtime.replay.replay_side import ReplaySide
from engine.runtime.settings.settings_commands import CHANGE_SETTINGS, AuditedSettingsHost

_MOST_CHANGES = 10  # single settings that the audit names


class ReplayHost(ExecutionHost, AlertHost, AuditedSettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def masking(self) -> Masking: ...

    @property
    def narrowing(self) -> Narrowing: ...

    @property
    def replays(self) -> ReplaySide: ...

    @property
    def settings(self) -> Settings: ...


_CHANGE_ALERTING: CommandSpec[ReplayHost, ChangeAlerting] = CHANGE_ALERTING
_CHANGE_SETTINGS: CommandSpec[ReplayHost, ChangeSettings] = CHANGE_SETTINGS


def _list(engine: ReplayHost, _: ListReplays, session: Session, __: Scope | None) -> tuple[ReplaySession, ...]:
    return engine.replays.list(session)


def _get(engine: ReplayHost, question: GetReplay, session: Session, scope: Scope | None) -> ReplayView:
    """Raises NotFound."""
    shown = engine.replays.picture(question.session_id, session) if question.picture else None
    found = engine.replays.get(question.session_id, session)
    picture = None if shown is None else _for(engine, shown, session)
    if picture is not None and scope is not None:
        picture = engine.narrowing.narrow(picture, scope, session)
    return ReplayView(found, picture)


def _get_difference(engine: ReplayHost, question: GetDifference, session: Session, scope: Scope | None) -> ReplayDifference:
    """Raises NotFound, EnvironmentFault."""
    difference = engine.replays.difference(question.session_id, session)
    return difference if scope is None else narrow_difference(difference, scope)


def _start_replay(engine: ReplayHost, command: StartReplay, session: Session) -> str:
    return engine.replays.start(command, session)


def _move(engine: ReplayHost, command: MoveReplay, session: Session) -> str:
    return engine.replays.move(command, session)


def _change_replay(engine: ReplayHost, command: ChangeReplay, session: Session) -> str:
    return engine.replays.change(command, session)


def _stop(engine: ReplayHost, command: StopReplay, session: Session) -> str:
    return engine.replays.stop(command.session_id, session)


def _for(engine: ReplayHost, shown: Snapshot, session: Session) -> Snapshot:
    """As this session may see it: where webhooks go is for admins only, and faces are hidden by the settings of now."""
    now = engine.settings
    hidden = replace(shown.settings.recognition, blur_faces=now.recognition.blur_faces)
    settings = replace(shown.settings, recognition=hidden)
    if not session.may(Verb.ADMINISTER):
        settings = replace(settings, webhooks=(), notifications=())
    until_ns = engine.masking.unmasked.until_ns(session.id, engine.clock.now_ns())
    return replace(shown, settings=settings, people=replace(shown.people, unmasked_until_ns=until_ns))


def _apply(engine: ReplayHost, command: ApplyReplay, session: Session) -> str:
    """The ordinary changes, rules first: those may be refused because somebody changed them meanwhile."""
    replay_id = command.session_id
    told = engine.replays.get(replay_id, session)
    difference = engine.replays.difference(replay_id, session)
    if told.settings.empty:
        raise NotFound("This replay tries no other settings.")
    row = AuditRow.of(engine.clock.now_ns(), session.user, AuditVerb.APPLY_REPLAY, replay_id, difference_in_words(difference))
    for change in commands_of(told.settings):
        if isinstance(change, ChangeAlerting):
            carry_out(engine, _CHANGE_ALERTING, change, session)
        else:
            carry_out(engine, _CHANGE_SETTINGS, change, session)
    engine.audit.note(row)
    return replay_id


def commands_of(settings: ReplaySettings) -> tuple[ChangeAlerting | ChangeSettings, ...]:
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


_OWN = not_audited("a replay is its user's own, and changes nothing")
_ENDS = NotUndoable("a replay ends with its session")
COMMANDS: Commands[ReplayHost] = (
    CommandSpec(StartReplay, handler=_start_replay, scope=any_session, audit=_OWN, undo=_ENDS, durable=False),
    CommandSpec(MoveReplay, handler=_move, scope=any_session, audit=_OWN, undo=_ENDS, durable=False),
    CommandSpec(ChangeReplay, handler=_change_replay, scope=any_session, audit=_OWN, undo=_ENDS, durable=False),
    CommandSpec(StopReplay, handler=_stop, scope=any_session, audit=_OWN, undo=_ENDS, durable=False),
    CommandSpec(
        ApplyReplay,
        handler=_apply,
        scope=site_wide,
        audit=audits_itself("with the difference, beside the rows of the changes"),
        undo=NotUndoable("the settings are changed back"),
        durable=True,
    ),
)
QUESTIONS: Questions[ReplayHost] = (
    QuestionSpec(ListReplays, scope=QuestionScope.LIMITED, handler=_list),
    QuestionSpec(GetReplay, scope=QuestionScope.LIMITED, handler=_get),
    QuestionSpec(GetDifference, scope=QuestionScope.LIMITED, handler=_get_difference),
)
