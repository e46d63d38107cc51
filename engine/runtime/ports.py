"""What a side needs of the engine around it, by role. The engine's own parts fulfil these, and so does whatever a test has instead."""

from collections.abc import Callable
from typing import Protocol

from engine.model.accounts.audit import AuditRow
from engine.model.observation import Observation
from engine.model.settings import Settings


class SettingsSource(Protocol):
    def now(self) -> Settings:
        """They may be others at the next call."""
        ...


class Inbox(Protocol):
    def post(self, observation: Observation) -> None:
        """Enter it; the engine thread takes it in later. Returns at once."""
        ...


class WriterQueue(Protocol):
    def run_in_order(self, action: Callable[[], None]) -> None:
        """On the writer's thread, after all that was submitted before. Returns at once."""
        ...


class RecordWriter(WriterQueue, Protocol):
    @property
    def troubled(self) -> bool:
        """Nothing can be written at the moment."""
        ...


class Trouble(Protocol):
    def tell(self, sentence: str | None) -> None:
        """One part of the engine is in trouble, or (None) no longer."""
        ...


class StoredSecret(Protocol):
    def get(self) -> str | None:
        """None where there is none. Raises EnvironmentFault."""
        ...


class AuditLog(Protocol):
    def note(self, *rows: AuditRow) -> None:
        """Kept soon."""
        ...

    def keep(self, row: AuditRow) -> None:
        """Kept when this returns. Raises EnvironmentFault."""
        ...
