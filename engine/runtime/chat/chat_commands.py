"""Commands and questions: the chat over the record, and its settings."""

from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from engine.history.claude.client import is_of_this_machine
from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.undo import RemovedKind
from engine.model.errors import InputError
from engine.model.history.briefing import Briefing, GetBriefing
from engine.model.history.chat import AskRecord, ChangeChat, ChatAnswer, ChatState, ForgetChat, GetChatState, ListChat, UnderstandQuestion
from engine.model.history.plan import QuestionPlan
from engine.model.history.query import Span
from engine.runtime.access.access_commands import AccessHost, may_give
from engine.runtime.access.handovers import shift_of
from engine.runtime.chat.chat_side import ChatSide
from engine.runtime.chat.claude_side import ClaudeSide
from engine.runtime.operations.spec import (
    Commands,
    CommandSpec,
    FinishUndo,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    any_session,
    audited,
    not_audited,
    nothing_to_undo,
    site_wide,
)
from engine.runtime.recorder.record import Record
from engine.runtime.settings.current_settings import current_settings
from engine.runtime.undoing import Removal, short_name

LONGEST_KEY = 500


class ChatHost(AccessHost, Protocol):
    """What these operations need of the engine."""

    @property
    def chat(self) -> ChatSide: ...

    @property
    def claude(self) -> ClaudeSide: ...

    @property
    def record(self) -> Record: ...


def _change_chat(engine: ChatHost, command: ChangeChat, session: Session) -> str:
    """Raises InputError, EnvironmentFault."""
    chat, key = command.chat, command.key
    check_address(chat.base_url)
    if key:
        check_key(key)
    if key is not None:
        engine.claude.key.keep(key)
    engine.update_settings(lambda now: replace(now, chat=chat), session.user.name)
    engine.claude.prepare()
    return ""


def check_address(url: str) -> None:
    """Encrypted, or of this very machine. Raises InputError."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("base_url", "is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.query or parts.fragment:
        raise InputError("base_url", "needs to look like https://host/path")
    if parts.username is not None or parts.password is not None:
        raise InputError("base_url", "must not hold a login. The key goes into its own field")
    if parts.scheme == "http" and not is_of_this_machine(url):
        raise InputError("base_url", "has to begin with https: questions and names of places would be read on the way")


def check_key(key: str) -> None:
    if len(key) > LONGEST_KEY or not all(33 <= ord(sign) < 127 for sign in key):
        raise InputError("key", f"has to be 1 to {LONGEST_KEY} plain signs without spaces")


def _chat_in_words(command: ChangeChat, _: str) -> str:
    chat, key = command.chat, command.key
    on = f"Language model on, {chat.model}, {chat.budget_usd:g} USD a day" if chat.claude else "Language model off"
    return on + ("" if key is None else "; key stored" if key else "; key forgotten")


def _forget_answer(engine: ChatHost, command: ForgetChat, session: Session) -> str:
    engine.chat.forget(command.answer_id, session)
    return command.answer_id


def _undo_forget(engine: ChatHost, command: ForgetChat, session: Session) -> FinishUndo:
    """Answers tell what their user saw then."""
    gone = engine.chat.stored_chats(session.user.id, command.answer_id)
    if not gone:
        return nothing_to_undo
    name, shown = short_name(gone[0].answer.question if command.answer_id else ""), may_give(engine, session.cameras)
    return lambda: Removal(RemovedKind.CHAT, command.answer_id, name, lambda: engine.chat.put_back(gone), shown)


def _ask_record(engine: ChatHost, question: AskRecord, session: Session, scope: Scope | None) -> ChatAnswer:
    if scope is None:
        return engine.chat.ask(question, session)
    return engine.chat.ask(question, session, scope.camera_ids, engine.record.store.within(scope).asked)


def _understand(engine: ChatHost, question: UnderstandQuestion, session: Session, scope: Scope | None) -> QuestionPlan:
    return engine.chat.understand(question, session, None if scope is None else scope.camera_ids)


def _get_briefing(engine: ChatHost, question: GetBriefing, session: Session, scope: Scope | None) -> Briefing:
    shift = Span(*shift_of(engine, session, question.handover_id))
    if scope is None:
        return engine.chat.brief(shift, session)
    return engine.chat.brief(shift, session, scope.camera_ids, engine.record.store.within(scope).asked)


def _list(engine: ChatHost, question: ListChat, session: Session, _: Scope | None) -> tuple[ChatAnswer, ...]:
    return engine.chat.chats_of_session(question, session)


def _get_state(engine: ChatHost, question: GetChatState, session: Session, _: Scope | None) -> ChatState:
    return engine.claude.state(question, session.user.name)


COMMANDS: Commands[ChatHost] = (
    CommandSpec(
        ChangeChat,
        handler=_change_chat,
        scope=site_wide,
        audit=audited(AuditVerb.CHANGE_CHAT, detail=_chat_in_words),
        undo=NotUndoable("the setting is changed back; a key that was replaced is not kept"),
        durable=True,
        current=current_settings,
    ),
    CommandSpec(
        ForgetChat, handler=_forget_answer, scope=any_session, audit=not_audited("a user's own questions"), undo=_undo_forget, durable=True
    ),
)
QUESTIONS: Questions[ChatHost] = (
    QuestionSpec(AskRecord, scope=QuestionScope.LIMITED, handler=_ask_record),
    QuestionSpec(UnderstandQuestion, scope=QuestionScope.LIMITED, handler=_understand),
    QuestionSpec(GetBriefing, scope=QuestionScope.LIMITED, handler=_get_briefing),
    QuestionSpec(ListChat, scope=QuestionScope.LIMITED, handler=_list),
    QuestionSpec(GetChatState, scope=QuestionScope.SITE_WIDE, handler=_get_state),
)
