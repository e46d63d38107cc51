"""What is asked and told about who may come in: accounts, tokens of machines, one's own password."""

from dataclasses import field
from typing import ClassVar, TypeAlias

from engine.model.accounts.access import AccessSettings, Grants, Role, Verb
from engine.model.errors import InputError
from engine.model.question_type import Question
from engine.model.value_class import dataclass

LONGEST_LABEL = 80
LONGEST_TOKEN_DAYS = 3650.0


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token without the token. `id`: as the audit names it. last_used_ns: to the quarter of an hour; None: not yet.

    `cameras` None: all. expires_ns None: good until it is revoked. `by`: who made it, empty where that is not known.
    """

    id: str
    label: str
    verbs: tuple[Verb, ...]
    cameras: Grants | None
    by: str
    created_ns: int
    expires_ns: int | None
    last_used_ns: int | None


@dataclass(frozen=True, slots=True)
class ListTokens(Question[tuple[TokenView, ...]]):
    """Tokens of machines, newest first; not the sessions of people. A limited admin sees those that are limited to cameras of theirs."""

    verb: ClassVar[Verb] = Verb.ADMINISTER


@dataclass(frozen=True, slots=True)
class ChangeUser:
    """Another role, other cameras; open sessions go on with those. Raises NotFound; InputError for the last admin who sees all."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    user_id: str
    role: Role
    cameras: Grants | None = None


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """Somebody else's; they are signed out everywhere. Raises NotFound, InputError (`password`)."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    user_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """One's own; other sessions of theirs end. Raises InputError: `current` is not right (or closed for a while), `password`."""

    verb: ClassVar[Verb] = Verb.SEE_LIVE
    current: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmPassword:
    """That whoever sits here is who signed in. The outcome is the token of a new session, whose seven days begin now; what was of the one
    before is its own. That one is left to be signed out. See `EnginePort.confirm`, which does all of it.

    The PIN does for an operator, where one is set, and then the outcome is empty: it carries nobody beyond the seven days. Raises
    InputError (`password`): not right, or closed for a while.
    """

    verb: ClassVar[Verb] = Verb.SEE_LIVE
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CreateToken:
    """For a machine. The outcome is the token itself, which is told this once. No `verbs`: all of the role.

    Raises InputError; BeyondCameras where more is given than the session has.
    """

    verb: ClassVar[Verb] = Verb.ADMINISTER
    label: str
    role: Role
    cameras: Grants | None = None
    verbs: tuple[Verb, ...] = ()
    days: float | None = None

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise InputError("label", "is empty; say which machine it is for")
        if len(self.label) > LONGEST_LABEL or not self.label.isprintable():
            raise InputError("label", f"needs at most {LONGEST_LABEL} printable characters")
        if self.days is not None and not 0 < self.days <= LONGEST_TOKEN_DAYS:
            raise InputError("days", f"{self.days} is outside 0–{LONGEST_TOKEN_DAYS:g}")


@dataclass(frozen=True, slots=True)
class RevokeToken:
    """It is good no longer, at once. Raises NotFound."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    token_id: str


@dataclass(frozen=True, slots=True)
class ChangeAccess:
    """When consoles of this site lock, and pages of which origins may ask."""

    verb: ClassVar[Verb] = Verb.ADMINISTER
    access: AccessSettings


AccessQuestion: TypeAlias = ListTokens
AccessCommand: TypeAlias = ChangeUser | ResetPassword | ChangePassword | ConfirmPassword | CreateToken | RevokeToken | ChangeAccess
