"""Five failed sign-ins in a row close a name for 30 s; each further one doubles that, up to 15 minutes. Kept in the record."""

import hashlib

from engine.model.errors import NotSignedIn
from engine.model.repository import AccountRepository, Lockout
from engine.model.time import SECOND, Clock

FREE_FAILURES = 5
FIRST_LOCK_S, LONGEST_LOCK_S = 30, 900
FORGET_AFTER_S = 24 * 3600


def lock_s(failures: int) -> int:
    """How long a name stays closed after so many failures in a row."""
    return 0 if failures < FREE_FAILURES else min(FIRST_LOCK_S << min(failures - FREE_FAILURES, 10), LONGEST_LOCK_S)


class LockoutGuard:
    """One name at a time through a door that remembers. Names are kept as hashes: some are passwords typed into the wrong field."""

    def __init__(self, repository: AccountRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock

    def charge(self, name: str) -> int:
        """Count an attempt as failed before it is checked, so that a crash or a second process gains nothing. Gives the failures in a row.

        Raises:
            NotSignedIn: the name is closed; `retry_after_s` says for how long.
        """
        key, now_ns = _key(name), self._clock.now_ns()
        known = self._repository.lockout(key)
        if known.until_ns > now_ns:
            self._refuse(key, known, now_ns)
        quiet = now_ns - known.until_ns > FORGET_AFTER_S * SECOND
        failures = 1 if quiet else known.failures + 1
        self._repository.set_lockout(key, Lockout(failures, now_ns + lock_s(failures) * SECOND))
        return failures

    def clear(self, name: str) -> None:
        self._repository.set_lockout(_key(name), Lockout(0, 0))

    def _refuse(self, key: str, known: Lockout, now_ns: int) -> None:
        longest_ns = LONGEST_LOCK_S * SECOND
        if known.until_ns - now_ns > longest_ns:  # the machine's clock was set back: do not lock for days
            self._repository.set_lockout(key, Lockout(known.failures, now_ns + longest_ns))
        left_s = min(known.until_ns - now_ns, longest_ns) / SECOND
        raise locked(left_s)


def locked(left_s: float) -> NotSignedIn:
    return NotSignedIn(f"Too many failed sign-ins under this name. Try again in {max(1, round(left_s))} s.", left_s)


def _key(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
