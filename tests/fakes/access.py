"""Accounts, tokens of machines and hand-overs for the console's tests, in memory."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.model.accounts.access import ROLE_VERBS
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
from engine.model.accounts.handover import Handover, ListHandovers, Read, ReadHandover, WriteHandover
from engine.model.command import Command
from engine.model.errors import InputError
from engine.model.question_type import Question
from tests.fakes.unanswered import UNANSWERED

if TYPE_CHECKING:
    from tests.fakes.engine import FakeEngine


@dataclass
class FakeAccess:
    tokens: tuple[TokenView, ...] = ()
    handovers: list[Handover] = field(default_factory=list)

    def answer(self, question: Question, user: str) -> Any:
        """UNANSWERED for other questions."""
        match question:
            case ListTokens():
                return self.tokens
            case ListHandovers(unread=unread):
                newest = [each for each in self.handovers[:1] if each.awaits(user)]
                return tuple(newest if unread else self.handovers[: question.limit])
            case _:
                return UNANSWERED

    def execute(self, engine: "FakeEngine", command: Command, by: str) -> str | None:
        """None for other commands."""
        match command:
            case ChangeUser(user_id, role, cameras):
                engine.users = tuple(replace(user, role=role, cameras=cameras) if user.id == user_id else user for user in engine.users)
                return user_id
            case ResetPassword(user_id, password):
                engine.passwords[next(user.name for user in engine.users if user.id == user_id)] = password
                return user_id
            case ChangePassword(current, password):
                _check(engine, by, current, "current")
                engine.passwords[by] = password
                return by
            case ConfirmPassword(password):
                _check(engine, by, password, "password")
                return "confirmed"
            case CreateToken(label, role, cameras, verbs, days):
                until_ns = None if days is None else engine.now_ns + round(days * 86_400) * 10**9
                made = TokenView(
                    f"{len(self.tokens):016x}", label, verbs or tuple(sorted(ROLE_VERBS[role])), cameras, by, engine.now_ns, until_ns, None
                )
                self.tokens = (made, *self.tokens)
                return f"secret-{made.id}"
            case RevokeToken(token_id):
                self.tokens = tuple(token for token in self.tokens if token.id != token_id)
                return token_id
            case ChangeAccess(access):
                engine.settings = replace(engine.settings, access=access)
                return "changed"
            case WriteHandover(text):
                made_one = Handover(f"ho-{len(self.handovers)}", engine.now_ns, by, text, by_id=f"user-{by}")
                self.handovers.insert(0, made_one)
                return made_one.id
            case ReadHandover(handover_id):
                read = Read(by, engine.now_ns)
                self.handovers = [replace(each, read=(*each.read, read)) if each.id == handover_id else each for each in self.handovers]
                return handover_id
            case _:
                return None


def _check(engine: "FakeEngine", user: str, password: str, field: str) -> None:
    if engine.passwords.get(user) != password:
        raise InputError(field, "is not right")
