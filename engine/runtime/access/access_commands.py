"""Commands and questions: users, their passwords, machine tokens, and how long consoles stay unlocked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from engine.model.accounts.access import ROLE_VERBS, Grants, Role, Scope, Session, within
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.commands import (
    ChangeAccess,
    ChangePassword,
    ChangeUser,
    ConfirmPassword,
    CreateToken,
    ListTokens,
    ResetPassword,
    RevokeToken,
    TokenView,
)
from engine.model.accounts.undo import RemovedKind
from engine.model.command import CreateUser, RemoveUser
from engine.model.errors import InputError
from engine.model.history.timeline import ListSearches, SavedSearch
from engine.model.time import SECOND, Clock, to_iso
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.access.scopes import ScopesHost, check_given, check_holder, require_found, within_session
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import (
    OUTCOME,
    Commands,
    CommandSpec,
    FinishUndo,
    NotUndoable,
    Questions,
    QuestionScope,
    QuestionSpec,
    any_session,
    audited,
    audits_itself,
    nothing_to_undo,
    site_wide,
)
from engine.runtime.recorder.record import Record
from engine.runtime.settings.current_settings import current_settings
from engine.runtime.undoing import Removal, short_name
from engine.store.people.chat import KeptChat

_DAY_NS = 86_400 * SECOND


class StoredChats(Protocol):
    """What people asked, which goes with their account."""

    def forget_user(self, user_id: str) -> None: ...

    def stored_chats(self, user_id: str, answer_id: str = "") -> tuple[KeptChat, ...]: ...

    def put_back(self, gone: Sequence[KeptChat]) -> None:
        """Raises EnvironmentFault."""
        ...


class AccessHost(SettingsHost, ScopesHost, Protocol):
    """What these operations need of the engine."""

    @property
    def accounts(self) -> Accounts: ...

    @property
    def chat(self) -> StoredChats: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def record(self) -> Record: ...


def _create_user(engine: AccessHost, command: CreateUser, _: Session) -> str:
    return engine.accounts.create_user(command.name, command.role, command.password, command.cameras).id


def _check_new_user(engine: AccessHost, command: CreateUser, session: Session, _: Scope | None) -> None:
    check_given(engine, session, ROLE_VERBS[command.role], command.cameras)


def _change_user(engine: AccessHost, change: ChangeUser, _: Session) -> str:
    """Answers that they got under other limits are forgotten with the limits."""
    before = engine.accounts.user(change.user_id)
    engine.accounts.change_user(change.user_id, change.role, change.cameras)
    if before.cameras != engine.accounts.user(change.user_id).cameras:
        engine.chat.forget_user(change.user_id)
    return change.user_id


def _user_now(engine: AccessHost, change: ChangeUser) -> ChangeUser:
    """Raises NotFound."""
    user = engine.accounts.user(change.user_id)
    return ChangeUser(user.id, user.role, user.cameras)


def _check_changed_user(engine: AccessHost, command: ChangeUser, session: Session, _: Scope | None) -> None:
    check_given(engine, session, ROLE_VERBS[command.role], command.cameras)
    check_holder(engine, session, engine.accounts.user(command.user_id))


def _check_user(engine: AccessHost, command: ResetPassword | RemoveUser, session: Session, _: Scope | None) -> None:
    check_holder(engine, session, engine.accounts.user(command.user_id))


def _remove_user(engine: AccessHost, command: RemoveUser, session: Session) -> str:
    if command.user_id == session.user.id:
        raise InputError("user_id", "is your own account; another admin has to remove it")
    engine.accounts.remove_user(command.user_id)
    engine.chat.forget_user(command.user_id)
    for search in _own_searches(engine, command.user_id):
        engine.record.store.bookmarks.remove_search(search.id)
    return command.user_id


def _own_searches(engine: AccessHost, user_id: str) -> list[SavedSearch]:
    """That nobody else finds."""
    return [each for each in engine.record.store.answer(ListSearches()) if each.by_id == user_id and not each.shared]


def _undo_user(engine: AccessHost, command: RemoveUser, _: Session) -> FinishUndo:
    """Their password, their machines' tokens, their questions and searches come back; sessions do not: they sign in again."""
    gone, chats = engine.accounts.account(command.user_id), engine.chat.stored_chats(command.user_id)
    searches = _own_searches(engine, command.user_id)
    if gone is None:
        return nothing_to_undo

    def restore() -> None:
        engine.accounts.put_back(gone)
        engine.chat.put_back(chats)
        for search in searches:
            engine.record.store.bookmarks.save_search(search)

    user = gone.stored.user
    return lambda: Removal(RemovedKind.USER, command.user_id, short_name(user.name), restore, may_give(engine, user.cameras))


def may_give(engine: AccessHost, cameras: Grants | None) -> Callable[[Session], bool]:
    """Nobody brings back more than they have."""
    return lambda session: within(cameras, session.cameras, engine.settings.cameras)


def _reset_password(engine: AccessHost, command: ResetPassword, session: Session) -> str:
    if command.user_id == session.user.id:
        raise InputError("user_id", "is your own account; change your password with the one you have")
    engine.accounts.reset_password(command.user_id, command.password)
    return command.user_id


def _change_password(engine: AccessHost, command: ChangePassword, session: Session) -> str:
    _confirm(engine, session, command.current, "current")
    engine.accounts.reset_password(session.user.id, command.password, but_session=session.id)
    return session.user.id


def _confirm(engine: AccessHost, session: Session, password: str, field: str) -> None:
    try:
        engine.accounts.confirm(session, password)
    except InputError as error:
        raise InputError(field, error.message) from None


def _confirm_password(engine: AccessHost, command: ConfirmPassword, session: Session) -> str:
    return engine.accounts.renew(session, command.password)


def _create_token(engine: AccessHost, wanted: CreateToken, session: Session) -> str:
    """The token itself."""
    expires_ns = None if wanted.days is None else engine.clock.now_ns() + round(wanted.days * _DAY_NS)
    limits = TokenWanted(wanted.verbs, wanted.cameras, expires_ns, session.user.name)
    return engine.accounts.create_token(wanted.role, wanted.label.strip(), limits)


def _check_new_token(engine: AccessHost, command: CreateToken, session: Session, _: Scope | None) -> None:
    check_given(engine, session, command.verbs or ROLE_VERBS[command.role], command.cameras)


def _revoke_token(engine: AccessHost, command: RevokeToken, session: Session) -> str:
    engine.accounts.revoke_token(command.token_id, session.user.name)
    return command.token_id


def _check_token(engine: AccessHost, command: RevokeToken, session: Session, _: Scope | None) -> None:
    held = next((each for each in engine.accounts.machine_tokens() if each.id == command.token_id), None)
    is_shown = held is not None and within_session(engine, session, held.cameras)
    require_found(is_shown, f"There is no token {command.token_id[:80]!r}.")


def _undo_token(engine: AccessHost, command: RevokeToken, _: Session) -> FinishUndo:
    gone = engine.accounts.machine_token(command.token_id)
    if gone is None:
        return nothing_to_undo
    until = "" if gone.expires_ns is None else f" ({to_iso(gone.expires_ns)})"
    name, shown = short_name(gone.label + until), may_give(engine, gone.cameras)
    return lambda: Removal(RemovedKind.TOKEN, command.token_id, name, lambda: engine.accounts.put_back_token(gone), shown)


def _change_access(engine: AccessHost, command: ChangeAccess, session: Session) -> str:
    engine.update_settings(lambda now: replace(now, access=command.access), session.user.name)
    return ""


def _list_tokens(engine: AccessHost, _: ListTokens, session: Session, __: Scope | None) -> tuple[TokenView, ...]:
    """Those that the session may know of."""
    return tuple(token for token in engine.accounts.machine_tokens() if within_session(engine, session, token.cameras))


def _grants_in_words(role: Role, cameras: Grants | None) -> str:
    return role.value if cameras is None else f"{role.value}; cameras {', '.join(cameras) or 'none'}"


def _user_in_words(command: CreateUser | ChangeUser, _: str) -> str:
    return _grants_in_words(command.role, command.cameras)


def _access_in_words(command: ChangeAccess, _: str) -> str:
    access = command.access
    origins = f"; pages of {', '.join(access.origins)} may ask" if access.origins else ""
    told = ", ".join(f"{each.account} {each.priority}" for each in access.ptz_priorities)
    priorities = f"; PTZ priorities {told}" if told else ""
    return f"consoles lock after {access.idle_lock_min:g} min{origins}{priorities}"


COMMANDS: Commands[AccessHost] = (
    CommandSpec(
        CreateUser,
        handler=_create_user,
        scope=_check_new_user,
        audit=audited(AuditVerb.CREATE_USER, OUTCOME, _user_in_words),
        undo=NotUndoable("the user is removed instead"),
        durable=True,
        unchecked_text=("password",),
        hashes_password=True,
    ),
    CommandSpec(
        ChangeUser,
        handler=_change_user,
        scope=_check_changed_user,
        audit=audited(AuditVerb.CHANGE_USER, "user_id", _user_in_words),
        undo=NotUndoable("the user is changed again"),
        durable=True,
        current=_user_now,
    ),
    CommandSpec(
        RemoveUser, handler=_remove_user, scope=_check_user, audit=audited(AuditVerb.REMOVE_USER, "user_id"), undo=_undo_user, durable=True
    ),
    CommandSpec(
        ResetPassword,
        handler=_reset_password,
        scope=_check_user,
        audit=audited(AuditVerb.RESET_PASSWORD, "user_id"),
        undo=NotUndoable("the password before is not kept"),
        durable=True,
        unchecked_text=("password",),
        hashes_password=True,
    ),
    CommandSpec(
        ChangePassword,
        handler=_change_password,
        scope=any_session,
        audit=audited(AuditVerb.CHANGE_PASSWORD, OUTCOME),
        undo=NotUndoable("the password before is not kept"),
        durable=True,
        unchecked_text=("password", "current"),
        hashes_password=True,
    ),
    CommandSpec(
        ConfirmPassword,
        handler=_confirm_password,
        scope=any_session,
        audit=audits_itself("the accounts keep who signed in and who failed"),
        undo=NotUndoable("the session goes on"),
        durable=False,  # confirmed whatever becomes of the disk
        unchecked_text=("password",),
        hashes_password=True,
        secret_outcome=True,
    ),
    CommandSpec(
        CreateToken,
        handler=_create_token,
        scope=_check_new_token,
        audit=audits_itself("the accounts keep which token was made"),
        undo=NotUndoable("the token is revoked instead"),
        durable=True,
        secret_outcome=True,
    ),
    CommandSpec(
        RevokeToken,
        handler=_revoke_token,
        scope=_check_token,
        audit=audits_itself("the accounts keep which token was revoked"),
        undo=_undo_token,
        durable=True,
    ),
    CommandSpec(
        ChangeAccess,
        handler=_change_access,
        scope=site_wide,
        audit=audited(AuditVerb.CHANGE_ACCESS, detail=_access_in_words),
        undo=NotUndoable("the setting is changed back"),
        durable=True,
        current=current_settings,
    ),
)
QUESTIONS: Questions[AccessHost] = (QuestionSpec(ListTokens, scope=QuestionScope.LIMITED, handler=_list_tokens),)
