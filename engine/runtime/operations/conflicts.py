"""Commands made from a state of things that somebody else has changed since: refused, with what changed and by whom."""

import json
import threading
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, cast

from engine.model.accounts.audit import AuditRow
from engine.model.command import Command
from engine.model.errors import Conflict
from engine.model.wire import to_plain
from engine.runtime.operations.spec import AuditEntry, CommandSpec, Pseudonym

LOOKED_THROUGH = 300  # newest rows of the audit, for who changed it
LONGEST_VALUE = 80
_Plain = Mapping[str, Any]


class AuditReader(Protocol):
    def audit(self, limit: int) -> tuple[AuditRow, ...]: ...


class ConflictCheck:
    """Any thread. Commands of one kind that can conflict follow one another, so that none comes between the look and the change."""

    def __init__(self, record: AuditReader, pseudonym: Pseudonym) -> None:
        self._record, self._pseudonym = record, pseudonym
        self._locks: defaultdict[type, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def unchanged(self, host: Any, spec: CommandSpec[Any, Any], command: Command, basis: _Plain | None) -> Generator[None]:
        """While this lasts nothing changes what the command changes; `basis`: see `CommandTerms`. Raises Conflict, having done nothing."""
        if spec.current is None:
            yield
            return
        with self._locks[spec.kind]:
            if basis is not None:
                self._check(spec, command, basis, spec.current(host, command))
            yield

    def _check(self, spec: CommandSpec[Any, Any], command: Command, basis: _Plain, now: Command | None) -> None:
        if now is None:
            return
        wanted, there = to_plain(command), to_plain(now)
        changed = dict(_overwritten(basis, there, wanted))
        if changed:
            entries = spec.audit.entries(command, "", self._pseudonym)
            row = next((row for row in self._record.audit(LOOKED_THROUGH) if _tells_of(row, entries)), None)
            raise _conflict(changed, row)


def _overwritten(basis: _Plain, there: _Plain, wanted: _Plain, path: str = "") -> Iterator[tuple[str, Any]]:
    """Paths of what is other than the sender saw it, and would be other than it is; with what is there. What `basis` does not say, or says
    as None, was not seen; and what another version knows besides is not compared."""
    for name, seen in basis.items():
        if seen is None or name not in there:
            continue
        now, then = there[name], wanted.get(name)
        if isinstance(seen, dict) and isinstance(now, dict) and isinstance(then, dict):
            yield from _overwritten(cast("_Plain", seen), cast("_Plain", now), cast("_Plain", then), f"{path}{name}.")
        elif then is not None and not _same(seen, now) and not _same(then, now):
            yield f"{path}{name}", now


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _tells_of(row: AuditRow, entries: tuple[AuditEntry, ...]) -> bool:
    return any((row.verb, row.subject) == (verb, subject) for verb, subject, _ in entries)


def _conflict(changed: Mapping[str, Any], row: AuditRow | None) -> Conflict:
    what = ", ".join(f"{_words(path)}{_value(now)}" for path, now in changed.items())
    if row is None:
        message = f"This was changed in the meantime: {what}. Nothing was saved."
    else:
        message = f"This was changed by {row.by} in the meantime: {what}. Nothing was saved."
    return Conflict(next(iter(changed)), message, tuple(changed), row.by if row else "", row.at_ns if row else None)


def _words(path: str) -> str:
    return path.rpartition(".")[2].replace("_", " ")


def _value(now: Any) -> str:
    """What it is now, where that can be said in a line."""
    if now is None or isinstance(now, (dict, list)):
        return ""
    text = now if isinstance(now, str) else json.dumps(now)
    return f" (now {text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + '…'})"
