"""What sessions tell the engine to do about accounts and tokens, carried out on the caller's thread."""

from dataclasses import replace

from engine.model.access import Session, within
from engine.model.access_command import (
    AccessCommand,
    ChangeAccess,
    ChangePassword,
    ChangeUser,
    ConfirmPassword,
    CreateToken,
    ResetPassword,
    RevokeToken,
    TokenView,
)
from engine.model.errors import InputError
from engine.model.time import SECOND
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.engine import Engine

_DAY_NS = 86_400 * SECOND


def tokens_for(engine: Engine, session: Session) -> tuple[TokenView, ...]:
    """Those that a session may know of. The caller has checked the verb."""
    cameras = engine.settings.cameras
    return tuple(token for token in engine.accounts.machine_tokens() if within(token.cameras, session.cameras, cameras))


def execute_access(engine: Engine, command: AccessCommand, session: Session) -> str:
    """Raises InputError, NotFound. The caller has checked the verb, and that nobody gives more than they have."""
    accounts, by = engine.accounts, session.user.name
    match command:
        case ChangeUser():
            return _change_user(engine, command)
        case ResetPassword(user_id, password):
            if user_id == session.user.id:
                raise InputError("user_id", "is your own account; change your password with the one you have")
            accounts.reset_password(user_id, password)
            return user_id
        case ChangePassword(current, password):
            _confirm(engine, session, current, "current")
            accounts.reset_password(session.user.id, password, but_session=session.id)
            return session.user.id
        case ConfirmPassword(password):
            return accounts.renew(session, password)
        case CreateToken():
            return _create_token(engine, command, by)
        case RevokeToken(token_id):
            accounts.revoke_token(token_id, by)
            return token_id
        case ChangeAccess(access):
            engine.update_settings(lambda now: replace(now, access=access), by)
            return ""


def _change_user(engine: Engine, change: ChangeUser) -> str:
    """Answers that they got under other limits are forgotten with the limits."""
    before = engine.accounts.user(change.user_id)
    engine.accounts.change_user(change.user_id, change.role, change.cameras)
    if before.cameras != engine.accounts.user(change.user_id).cameras:
        engine.chat.forget_user(change.user_id)
    return change.user_id


def _create_token(engine: Engine, wanted: CreateToken, by: str) -> str:
    """The token itself."""
    expires_ns = None if wanted.days is None else engine.clock.now_ns() + round(wanted.days * _DAY_NS)
    limits = TokenWanted(wanted.verbs, wanted.cameras, expires_ns, by)
    return engine.accounts.create_token(wanted.role, wanted.label.strip(), limits)


def _confirm(engine: Engine, session: Session, password: str, field: str) -> None:
    try:
        engine.accounts.confirm(session, password)
    except InputError as error:
        raise InputError(field, error.message) from None
