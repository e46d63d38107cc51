"""Five failed attempts in a row from one place close a name to that place for 30 s; each further one doubles that, up to 15 minutes. What
strangers try is counted by name as well, wherever they come from: beyond fifty the name is closed to all of them. Kept in the record.

Whoever sits at the machine, or goes on with a session, is no stranger: nobody from elsewhere can keep them out. A record that cannot be
written keeps nobody out either: what could not be written is counted in memory until it can.
"""

import hashlib
import ipaddress
import threading
from collections import OrderedDict

from engine.model.errors import EnvironmentFault, NotSignedIn
from engine.model.repository import AccountRepository, Lockout
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass

FREE_FAILURES, FREE_ANYWHERE = 5, 50
FIRST_LOCK_S, LONGEST_LOCK_S = 30, 900
FORGET_AFTER_S = 24 * 3600
MOST_IN_MEMORY = 10_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an attempt comes from. `stranger`: anybody may come from there."""

    place: str = "here"
    stranger: bool = False


HERE = Origin()


def from_address(address: str) -> Origin:
    """Of somebody at a network address. Whoever has one of IPv6 has 2⁶⁴ of them: those are one place."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return Origin(address[:100], stranger=True)
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or ipaddress.IPv6Network((found, 64), strict=False)
    return Origin(str(found), stranger=True)


def in_session(session_id: str) -> Origin:
    """Of somebody who holds a session, and shows that it is theirs."""
    return Origin(f"session {session_id}")


@dataclass(frozen=True, slots=True)
class Charged:
    """An attempt that was counted as failed. `failures`: in a row, from this place. `closed_s`: for how long it is closed if it fails."""

    failures: int
    closed_s: int


def lock_s(failures: int, free: int = FREE_FAILURES) -> int:
    """How long it stays closed after so many failures in a row."""
    return 0 if failures < free else min(FIRST_LOCK_S << min(failures - free, 10), LONGEST_LOCK_S)


class LockoutGuard:
    """One attempt at a time through a door that remembers. Names are kept as hashes: some are passwords typed into the wrong field."""

    def __init__(self, repository: AccountRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock
        self._lock = threading.Lock()  # guards the next
        self._unwritten: OrderedDict[str, Lockout] = OrderedDict()

    def charge(self, name: str, origin: Origin = HERE) -> Charged:
        """Count an attempt as failed before it is checked, so that a crash or a second process gains nothing.

        Raises:
            NotSignedIn: the name is closed to this place; `retry_after_s` says for how long.
        """
        counted = [(_lockout_key(name, origin), FREE_FAILURES), *([(_lockout_key(name), FREE_ANYWHERE)] if origin.stranger else [])]
        known = [self._current_lockout(key) for key, _ in counted]
        for (key, _), lockout in zip(counted, known, strict=True):
            self._check_open(key, lockout)
        failures = [self._fail(key, lockout, free) for (key, free), lockout in zip(counted, known, strict=True)]
        return Charged(failures[0], max(lock_s(each, free) for each, (_, free) in zip(failures, counted, strict=True)))

    def clear(self, name: str, origin: Origin = HERE) -> None:
        """They have shown who they are."""
        self._write_lockout(_lockout_key(name, origin), Lockout(0, 0))
        if origin.stranger:
            self._write_lockout(_lockout_key(name), Lockout(0, 0))

    def clear_all(self, name: str) -> None:
        """From everywhere. Raises EnvironmentFault."""
        key = _lockout_key(name)
        with self._lock:
            for each in [each for each in self._unwritten if each.startswith(key)]:
                del self._unwritten[each]
        self._repository.forget_lockouts(key)

    def _fail(self, key: str, known: Lockout, free: int) -> int:
        now_ns = self._clock.now_ns()
        quiet = now_ns - known.until_ns > FORGET_AFTER_S * SECOND
        failures = 1 if quiet else known.failures + 1
        self._write_lockout(key, Lockout(failures, now_ns + lock_s(failures, free) * SECOND))
        return failures

    def _current_lockout(self, key: str) -> Lockout:
        with self._lock:
            unwritten = self._unwritten.get(key)
        return unwritten or self._repository.lockout(key)

    def _write_lockout(self, key: str, lockout: Lockout) -> None:
        """In memory where it cannot be in the record: a full disk is no reason to keep people out, nor to let anybody guess."""
        try:
            self._repository.set_lockout(key, lockout)
        except EnvironmentFault:
            with self._lock:
                self._unwritten[key] = lockout
                self._unwritten.move_to_end(key)
                while len(self._unwritten) > MOST_IN_MEMORY:
                    self._unwritten.popitem(last=False)
        else:
            with self._lock:
                self._unwritten.pop(key, None)

    def _check_open(self, key: str, known: Lockout) -> None:
        now_ns, longest_ns = self._clock.now_ns(), LONGEST_LOCK_S * SECOND
        if known.until_ns <= now_ns:
            return
        if known.until_ns - now_ns > longest_ns:  # the machine's clock was set back: do not lock for days
            self._write_lockout(key, Lockout(known.failures, now_ns + longest_ns))
        raise locked(min(known.until_ns - now_ns, longest_ns) / SECOND)


def locked(left_s: float) -> NotSignedIn:
    return NotSignedIn(f"Too many failed sign-ins under this name. Try again in {max(1, round(left_s))} s.", left_s)


def _lockout_key(name: str, origin: Origin | None = None) -> str:
    """Of a name wherever it is tried from, or of one from one place."""
    return _hash(name) if origin is None else f"{_hash(name)}:{_hash(origin.place)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
