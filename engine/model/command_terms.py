"""How a command is sent: under which id, and from which state of things its sender made it."""

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from engine.model.errors import InputError
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import to_plain

IDEMPOTENCY_KEY = "Idempotency-Key"  # header of HTTP: draft-ietf-httpapi-idempotency-key-header; here without quotes
LONGEST_KEY = 200
FEATURE = "command_terms"  # of engines that obey them
KEPT_NS = 86_400 * SECOND  # how long an engine knows a command again by its id


@dataclass(frozen=True, slots=True)
class CommandTerms:
    """`key`: the command's own id, 1–200 visible ASCII characters; empty: it has none.

    Under one id an engine carries out one command of one user, and gives the same answer whenever it is sent again within a day, also after
    a restart. What was refused was not done, and may be sent again under its id. Another command under a used id: InputError (`key`).

    `basis`: what the command was made from: a command of its kind with the values that its sender saw, as plain data (`terms_from`). Where
    one of them is another by now, and the command would replace it, nothing is done, and Conflict says what it is. None: whatever it is.
    What a basis can be given for: `CommandSpec.current`.
    """

    key: str = ""
    basis: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if len(self.key) > LONGEST_KEY or any(not "!" <= character <= "~" for character in self.key):
            raise InputError("key", f"has to be at most {LONGEST_KEY} visible ASCII characters")


NO_TERMS = CommandTerms()


def terms_from(before: Any) -> CommandTerms:
    """Of a command that was made from what `before`, one of its kind, says."""
    return CommandTerms(basis=to_plain(before))


def new_key() -> str:
    return secrets.token_urlsafe(16)


class CommandState(StrEnum):
    BEGUN = "begun"
    ANSWERED = "answered"
    SECRET = "secret"  # noqa: S105 - answered, with a secret, which is not kept


@dataclass(frozen=True, slots=True)
class KeptCommand:
    """What is kept of a command that had an id.

    id: of user and command together. digest: what only this command has, and nobody can read. outcome: what it was answered with.
    """

    id: str
    user_id: str
    at_ns: int
    digest: str
    state: CommandState = CommandState.BEGUN
    outcome: str = ""
