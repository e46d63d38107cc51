"""Commands sent again under their id: carried out once, answered alike."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from engine.model.accounts.access import Session
from engine.model.command import Command
from engine.model.command_terms import KEPT_NS, CommandState, KeptCommand
from engine.model.errors import EnvironmentFault, InputError, WatchroomError
from engine.model.time import SECOND, Clock
from engine.model.wire import to_plain
from engine.runtime.operations.spec import CommandSpec

SECRET_NS = 120 * SECOND  # how long an answer that is a secret is in memory
MOST = 2_000  # answers in memory; older ones are in the record only


class KeptCommands(Protocol):
    """Of the record."""

    def begin(self, command: KeptCommand, kept_from_ns: int) -> None: ...

    def get(self, command_id: str) -> KeptCommand | None: ...

    def remove(self, command_id: str) -> None: ...


class AnswerWriter(Protocol):
    """The thread that writes."""

    def submit(self, numbered: None, values: Sequence[KeptCommand]) -> None: ...


class _Entry:
    """One command of this run of the engine. `outcome`: None until it is answered."""

    def __init__(self, kept: KeptCommand) -> None:
        self.kept = kept
        self.outcome: str | None = None
        self.ended = threading.Event()


class CommandKeys:
    """Any thread.

    That a command was begun is in the record before it is carried out, and its answer before it is given: one that is sent again is never
    done twice, and only where the engine ended in between it is not known what became of it. Commands of the moment (not `durable`) are
    known again until the engine ends, as what they do. While the record cannot be written all are.

    Args:
        digest: of a text, with a key of this site, so that nobody finds a password in it.
    """

    def __init__(self, table: KeptCommands, writer: AnswerWriter, clock: Clock, digest: Callable[[str], str]) -> None:
        self._table, self._writer, self._clock, self._digest = table, writer, clock, digest
        self._lock = threading.Lock()  # guards _entries
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def once(self, spec: CommandSpec[Any, Any], command: Command, session: Session, key: str, perform: Callable[[], str]) -> str:
        """What `perform` gives or gave. Waits where it is under way.

        Raises what `perform` raises; InputError (`key`): another command has this id; EnvironmentFault `outcome_unknown`: the engine ended
        while it was carried out, `answer_not_kept`: it was done, and its answer was a secret.
        """
        digest = self._digest(json.dumps(to_plain(command, tagged=True), sort_keys=True))
        given = KeptCommand(f"{session.user.id}:{key}", session.user.id, self._clock.now_ns(), digest)
        while True:
            entry, is_new = self._entry(given)
            if is_new:
                return self._carry_out(spec, entry, perform)
            _check_same(entry.kept, given)
            entry.ended.wait()
            if entry.outcome is not None:
                return entry.outcome

    def is_done(self, user_id: str, key: str) -> bool:
        """Whether a command of this user was carried out under this id, within a day. Raises EnvironmentFault."""
        command_id = f"{user_id}:{key}"
        with self._lock:
            entry = self._entries.get(command_id)
        if entry is not None:
            return entry.outcome is not None
        known = self._table.get(command_id)
        return known is not None and known.state is not CommandState.BEGUN

    def _entry(self, given: KeptCommand) -> tuple[_Entry, bool]:
        with self._lock:
            self._forget(given.at_ns)
            known = self._entries.get(given.id)
            if known is not None:
                return known, False
            entry = self._entries[given.id] = _Entry(given)
            return entry, True

    def _forget(self, now_ns: int) -> None:
        for entry_id, entry in tuple(self._entries.items()):
            secret = entry.kept.state is CommandState.SECRET
            over = len(self._entries) > MOST or now_ns - entry.kept.at_ns > (SECRET_NS if secret else KEPT_NS)
            if entry.ended.is_set() and over:
                del self._entries[entry_id]
            elif not secret:
                return

    def _carry_out(self, spec: CommandSpec[Any, Any], entry: _Entry, perform: Callable[[], str]) -> str:
        try:
            known = self._known_outcome(spec, entry.kept)
            entry.outcome = self._perform(spec, entry, perform) if known is None else known
            return entry.outcome
        finally:
            if entry.outcome is None:
                with self._lock:
                    del self._entries[entry.kept.id]
            entry.ended.set()

    def _known_outcome(self, spec: CommandSpec[Any, Any], given: KeptCommand) -> str | None:
        """Of an earlier run of the engine, or long ago in this one; None: it was not sent before."""
        if not spec.durable:
            return None
        known = None
        with suppress(EnvironmentFault):
            known = self._table.get(given.id)
        if known is None or given.at_ns - known.at_ns > KEPT_NS:
            return None
        _check_same(known, given)
        if known.state is CommandState.ANSWERED:
            return known.outcome
        raise _no_answer(known)

    def _perform(self, spec: CommandSpec[Any, Any], entry: _Entry, perform: Callable[[], str]) -> str:
        if not spec.durable:
            return self._answer(spec, entry, perform())
        with suppress(EnvironmentFault):  # what is done while the record cannot be written is done, also by those who send an id
            self._table.begin(entry.kept, entry.kept.at_ns - KEPT_NS)
        try:
            outcome = perform()
        except WatchroomError:
            with suppress(EnvironmentFault):
                self._table.remove(entry.kept.id)
            raise
        self._answer(spec, entry, outcome)
        self._writer.submit(None, (entry.kept,))
        return outcome

    def _answer(self, spec: CommandSpec[Any, Any], entry: _Entry, outcome: str) -> str:
        state, kept = (CommandState.SECRET, "") if spec.secret_outcome else (CommandState.ANSWERED, outcome)
        entry.kept = replace(entry.kept, state=state, outcome=kept)
        return outcome


def _check_same(known: KeptCommand, given: KeptCommand) -> None:
    if known.digest != given.digest:
        raise InputError("key", "was used for another command. Send each command under an id of its own.")


def _no_answer(known: KeptCommand) -> EnvironmentFault:
    if known.state is CommandState.SECRET:
        return EnvironmentFault("answer_not_kept", "This was done. Its answer was a secret, which is not kept: make another one.")
    return EnvironmentFault(
        "outcome_unknown",
        "The engine ended while it carried this out, and it is not known whether it was done. Look, and send it again if it was not.",
    )
