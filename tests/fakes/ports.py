"""What a side is given in place of the engine around it: see engine/runtime/ports.py. Each is made of a function or a list of the test."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.model.accounts.audit import AuditRow
from engine.model.observation import Observation
from engine.model.settings import Settings


@dataclass(frozen=True)
class SettingsOf:
    """They may be others at each call."""

    read: Callable[[], Settings]

    def now(self) -> Settings:
        return self.read()


@dataclass(frozen=True)
class InboxOf:
    take: Callable[[Observation], object]

    def post(self, observation: Observation) -> None:
        self.take(observation)


@dataclass(frozen=True)
class TroubleOf:
    take: Callable[[str | None], object]

    def tell(self, sentence: str | None) -> None:
        self.take(sentence)


@dataclass(frozen=True)
class SecretOf:
    read: Callable[[], str | None]

    def get(self) -> str | None:
        return self.read()


def run_at_once(action: Callable[[], None]) -> None:
    action()


@dataclass(frozen=True)
class WriterOf:
    """By default what is submitted is done at once."""

    take: Callable[[Callable[[], None]], object] = run_at_once
    troubled: bool = False

    def run_in_order(self, action: Callable[[], None]) -> None:
        self.take(action)


NO_TROUBLE = TroubleOf(lambda _: None)
NO_INBOX = InboxOf(lambda _: None)


@dataclass(frozen=True)
class AuditOf:
    """Rows of both kinds."""

    take: Callable[[AuditRow], object]

    def note(self, *rows: AuditRow) -> None:
        for row in rows:
            self.take(row)

    def keep(self, row: AuditRow) -> None:
        self.take(row)
