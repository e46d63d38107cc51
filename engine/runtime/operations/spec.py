"""Specifications of commands and questions: everything that the engine has to know of one operation, in one place.

A specification without a policy cannot be made, so that a forgotten scope, audit row or undo fails when the program is imported.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, fields
from enum import Enum, auto
from functools import reduce
from typing import Any, Generic, TypeAlias, TypeVar

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.command import Command
from engine.model.errors import BeyondCameras
from engine.model.question_type import Question
from engine.model.value_class import dataclass
from engine.runtime.undoing import Removal

C = TypeVar("C", bound=Command)
Q = TypeVar("Q", bound=Question[Any])
H = TypeVar("H", contravariant=True)  # what the operation needs of the engine
T = TypeVar("T")

AuditEntry: TypeAlias = tuple[AuditVerb, str, str]  # verb, subject, detail
Pseudonym: TypeAlias = Callable[[str], str]
FinishUndo: TypeAlias = Callable[[], Removal | None]  # called once the command was carried out
UndoPolicy: TypeAlias = Callable[[H, C, Session], FinishUndo]
ScopeRule: TypeAlias = Callable[[H, C, Session, Scope | None], None]
OUTCOME = "outcome"  # as the subject of an audit row: the id that the handler gave


@dataclass(frozen=True, slots=True)
class AuditPolicy(Generic[C]):
    """Audit rows of a command that was carried out: ids and words, no names, no free text, no secrets.

    `names`: fields of the command that the rows are made of. `reason`: why there are no rows, where there are none.
    """

    entries: Callable[[C, str, Pseudonym], tuple[AuditEntry, ...]]
    names: tuple[str, ...] = ()
    reason: str = ""


def audited(
    verb: AuditVerb, subject: str = "", detail: str | Callable[[C, str], str] = "", *, pseudonymous: bool = False
) -> AuditPolicy[C]:
    """One row. `subject`: the path of a field (`camera.id`), OUTCOME, or empty. `detail`: likewise, or made of command and outcome.
    `pseudonymous`: ids of persons and devices stand under their pseudonyms."""

    def entries(command: C, outcome: str, pseudonym: Pseudonym) -> tuple[AuditEntry, ...]:
        hide = pseudonym if pseudonymous else str
        words = detail(command, outcome) if callable(detail) else _value(command, outcome, detail)
        return ((verb, hide(_value(command, outcome, subject)), words),)

    paths = (subject, detail) if isinstance(detail, str) else (subject,)
    return AuditPolicy(entries, tuple(path.partition(".")[0] for path in paths if path not in ("", OUTCOME)))


def audited_as(entries: Callable[[C, str, Pseudonym], tuple[AuditEntry, ...]]) -> AuditPolicy[C]:
    """Several rows, or none where nothing changed."""
    return AuditPolicy(entries)


def audits_itself(reason: str) -> AuditPolicy[Any]:
    """The handler writes the row: before it acts, or with what only it knows."""
    return AuditPolicy(_no_entries, reason=reason)


def not_audited(reason: str) -> AuditPolicy[Any]:
    return AuditPolicy(_no_entries, reason=reason)


def _no_entries(_command: Any, _outcome: str, _pseudonym: Pseudonym) -> tuple[AuditEntry, ...]:
    return ()


def _value(command: Any, outcome: str, path: str) -> str:
    if path in ("", OUTCOME):
        return outcome if path else ""
    return str(reduce(getattr, path.split("."), command))


@dataclass(frozen=True, slots=True)
class NotUndoable:
    """The undo policy of a command that cannot be taken back, with the reason."""

    reason: str

    def __call__(self, host: object, command: Any, session: Session) -> FinishUndo:
        return nothing_to_undo


def nothing_to_undo() -> Removal | None:
    return None


def site_wide(_host: object, command: Command, _session: Session, scope: Scope | None) -> None:
    """It concerns others, or the site: no session that is limited to some cameras may. Raises BeyondCameras."""
    if scope is not None:
        raise BeyondCameras(command.verb)


def any_session(_host: object, _command: Command, _session: Session, _scope: Scope | None) -> None:
    """It concerns the session's own things; the handler keeps to them."""


def within_scope(allowed: Callable[[H, C, Session, Scope], bool]) -> ScopeRule[H, C]:
    """`allowed` is asked for limited sessions only. It raises NotFound for what such a session may not know of."""

    def check(host: H, command: C, session: Session, scope: Scope | None) -> None:
        if scope is not None and not allowed(host, command, session, scope):
            raise BeyondCameras(command.verb)

    return check


@dataclass(frozen=True, slots=True)
class CommandSpec(Generic[H, C]):
    """One command.

    Attributes:
        handler: carries it out on the caller's thread; gives the id that it made or concerned, or an empty string.
        scope: raises where the session may not, whatever its verbs.
        undo: called before the handler, while what goes is still there.
        durable: the caller is answered once the record holds it. False: it ends with the engine, or with the session.
        current: the command of its kind that would change nothing now, or None where what it changes is not there; so that a sender may
            say from what it was made (`CommandTerms.basis`). None: it cannot conflict.
        unchecked_text: fields that may hold control characters: contents of files, and passwords, which only go through a hash.
        secret_outcome: the answer is a secret (a token), which is not kept with the command's id.
        hashes_password: it takes as long as a sign-in, so that one user has few of them at once.
    """

    kind: type[C]
    _: KW_ONLY
    handler: Callable[[H, C, Session], str]
    scope: ScopeRule[H, C]
    audit: AuditPolicy[C]
    undo: UndoPolicy[H, C]
    durable: bool
    current: Callable[[H, C], C | None] | None = None
    unchecked_text: tuple[str, ...] = ()
    hashes_password: bool = False
    secret_outcome: bool = False

    def __post_init__(self) -> None:
        known = {field.name for field in fields(self.kind)}
        unknown = [name for name in (*self.audit.names, *self.unchecked_text) if name not in known]
        if unknown:
            raise TypeError(f"{self.kind.__name__} has no field {unknown[0]}")


class QuestionScope(Enum):
    """What a session that is limited to some cameras gets."""

    SITE_WIDE = auto()  # nothing: BeyondCameras
    LIMITED = auto()  # what its cameras saw, and its own: the handler is given the scope


@dataclass(frozen=True, slots=True)
class QuestionSpec(Generic[H, Q, T]):
    """One question. `handler` is given the scope of a limited session; where the question is SITE_WIDE that is always None."""

    kind: type[Q]
    _: KW_ONLY
    scope: QuestionScope
    handler: Callable[[H, Q, Session, Scope | None], T]


Commands: TypeAlias = tuple[CommandSpec[H, Any], ...]
Questions: TypeAlias = tuple[QuestionSpec[H, Any, Any], ...]
