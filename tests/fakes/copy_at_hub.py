"""What stands by for a site that is away: knows what its engine does, and keeps what is said about its alerts."""

from pathlib import Path
from typing import Any

from engine.model.accounts.access import Verb
from engine.model.alerts.intent import Intent, IntentCommand
from engine.model.command_terms import CommandTerms
from tests.fakes.engine import FakeEngine


class CopyAtHub:
    def __init__(self, engine: FakeEngine) -> None:
        self._port = engine.port()
        self.kept: list[Intent] = []
        self.clips: dict[str, Path] = {}

    def may(self, verb: Verb) -> bool:
        return verb is Verb.ACKNOWLEDGE

    def ask(self, question: Any) -> Any:
        return self._port.ask(question)

    def clip_file(self, clip_id: str) -> Path:
        return self.clips[clip_id]

    def intend(self, command: IntentCommand, terms: CommandTerms) -> Intent:
        self.kept.append(Intent(terms.key, command, 10, "Ben", "hub-7"))
        return self.kept[-1]

    def intents(self) -> tuple[Intent, ...]:
        return tuple(self.kept)
