"""The tokens of sessions and machines: random (256 bit), kept as SHA-256, and looked up on every call.

A session lasts 12 hours from its last use, so nobody is thrown out in the middle of a shift, and seven days at most: whoever proves their
password meanwhile is given another one. For seven days more, while it is in use, a token beyond that does for the count of alerts on the
lock screen it left behind, and for nothing else. What the record says of a token is remembered for two seconds, and forgotten with every
change made here: what another process revokes is over two seconds later. The session of somebody whom an identity provider signs in is
moved on by whoever asks the provider again, and by no use.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from engine.model.accounts.access import Session, User, common
from engine.model.accounts.user_ref import is_asked_about
from engine.model.errors import EnvironmentFault, NotFound, NotSignedIn, SessionLapsed
from engine.model.repository import AccountRepository, StoredToken
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.access.machine_tokens import session_id, verbs_of

IDLE_NS = 12 * 3600 * SECOND
LONGEST_NS = 7 * 24 * 3600 * SECOND
LAPSED_NS = 7 * 24 * 3600 * SECOND
REMEMBERED_S = 2.0
RETRY_S = 5.0  # how often it is tried to write what could not be
_RENEW_NS = 600 * SECOND  # how often at most the expiry of a session in use is written
_TOUCH_NS = 900 * SECOND  # how often at most it is written that a machine's token is used
_MOST_REMEMBERED = 1_000
Later = Callable[[Callable[[], None]], None]


def at_once(act: Callable[[], None]) -> None:
    """Where there is no other thread to write the record."""
    act()


@dataclass(frozen=True, slots=True)
class _Holder:
    """A token and whose it is, as the record said at a time of the monotonic clock."""

    token: StoredToken
    user: User
    read_s: float


class HeldTokens:
    """Any thread."""

    def __init__(self, repository: AccountRepository, clock: Clock, later: Later = at_once) -> None:
        """`later`: writes what nobody is to wait for."""
        self._repository = repository
        self._clock = clock
        self._later = later
        self._extending: set[str] = set()
        self._unwritten: dict[str, StoredToken] = {}  # of sessions that began while the record could not be written
        self._tried_s = 0.0  # when it was last tried to write those
        self._remembered: dict[str, _Holder] = {}  # replaced, never emptied: what is read during a change is noted in the old one

    def issue(self, wanted: StoredToken) -> tuple[str, StoredToken]:
        """`wanted`: all but its hash and time."""
        token = secrets.token_urlsafe(32)
        stored = replace(wanted, token_hash=_token_hash(token), created_ns=self._clock.now_ns())
        self._repository.add_token(stored)
        return token, stored

    def begin(self, user: User, lasts_ns: int = IDLE_NS) -> tuple[str, Session]:
        """A new session. A record that cannot be written does not keep anybody out: the session is in memory until it can."""
        now_ns, token = self._clock.now_ns(), secrets.token_urlsafe(32)
        stored = StoredToken(_token_hash(token), user.id, "session", now_ns, now_ns + lasts_ns)
        try:
            self._repository.add_token(stored)
        except EnvironmentFault:
            self._unwritten[stored.token_hash] = stored
            self._tried_s = time.monotonic()
        return token, _session(user, stored)

    def drop(self, user_id: str, but_session: str = "") -> None:
        """End what a user began while it could not be written, except one session."""
        for token in list(self._unwritten.values()):
            if token.user_id == user_id and session_id(token) != but_session:
                self._unwritten.pop(token.token_hash, None)
        self.forget()

    def session(self, token: str) -> Session:
        """The session of a token, its expiry moved on as soon as that is written. Raises NotSignedIn."""
        holder = self._holder(_token_hash(token))
        if holder is None:
            raise NotSignedIn("Not signed in, or signed out elsewhere. Sign in again.")
        now_ns = self._clock.now_ns()
        if _is_over(holder.token, now_ns):
            raise NotSignedIn("The session has ended. Sign in again.")
        if not is_open(holder.token, now_ns):
            raise SessionLapsed
        return self._used(holder)

    def lapsed(self, token: str) -> Session:
        """The session of a token of a person, also of one that is as old as one may become. It may do nothing: for the lock screen.

        Raises NotSignedIn.
        """
        holder = self._holder(_token_hash(token))
        if holder is None or holder.token.machine or _is_over(holder.token, self._clock.now_ns()):
            raise NotSignedIn("The session has ended. Sign in again.")
        return replace(self._used(holder), verbs=frozenset())

    def _used(self, holder: _Holder) -> Session:
        """Noted, as soon as that can be written."""
        if self._unwritten and time.monotonic() - self._tried_s >= RETRY_S:
            self._tried_s = time.monotonic()
            self._later(self._write_begun)
        self._touch(holder)
        if self._extend(holder.token):
            holder = self._holder(holder.token.token_hash) or holder
        return _session(holder.user, holder.token)

    def remembers(self, token: str) -> bool:
        """Whether `session` would answer at once, without the record."""
        holder = self._remembered.get(_token_hash(token))
        if holder is None or not _is_fresh(holder) or not is_open(holder.token, self._clock.now_ns()):
            return False
        return self._extended_ns(holder.token) is None and not self._is_to_touch(holder.token)

    def end(self, token: str) -> StoredToken | None:
        """Let nobody in with it any more. What it was; None: there was none."""
        begun = self._unwritten.pop(_token_hash(token), None)
        found = begun or self._repository.token(_token_hash(token))
        if begun is None:
            self._repository.remove_token(_token_hash(token))
        self.forget()
        return found

    def forget(self) -> None:
        """After every change of who holds what."""
        self._remembered = {}

    def owner(self, token: StoredToken) -> User | None:
        """Whose it is."""
        return next((stored.user for stored in self._repository.users() if stored.user.id == token.user_id), None)

    def _holder(self, token_hash: str) -> _Holder | None:
        remembered = self._remembered
        known = remembered.get(token_hash)
        if known is not None and _is_fresh(known):
            return known
        read_s = time.monotonic()
        found = self._unwritten.get(token_hash) or self._repository.token(token_hash)
        user = None if found is None else self.owner(found)
        if found is None or user is None:
            remembered.pop(token_hash, None)
            return None
        if len(remembered) >= _MOST_REMEMBERED:
            self.forget()
        holder = remembered[token_hash] = _Holder(found, user, read_s)
        return holder

    def _extend(self, token: StoredToken) -> bool:
        """Whether its expiry is written, or soon will be."""
        later_ns = self._extended_ns(token)
        if later_ns is None or token.token_hash in self._extending:
            return False
        self._extending.add(token.token_hash)
        self._later(partial(self._write_expiry, token.token_hash, later_ns))
        return True

    def _write_begun(self) -> None:
        """What is in memory only, if the record can be written again."""
        for begun in list(self._unwritten.values()):
            try:
                self._repository.add_token(begun)
            except EnvironmentFault:
                return
            except NotFound:  # its user is gone
                self._unwritten.pop(begun.token_hash, None)
            else:
                if self._unwritten.pop(begun.token_hash, None) is None:  # it was ended meanwhile
                    self._repository.remove_token(begun.token_hash)

    def _write_expiry(self, token_hash: str, expires_ns: int) -> None:
        """A disk that cannot be written does not end a session."""
        with suppress(EnvironmentFault):
            self._repository.extend_token(token_hash, expires_ns)
            self.forget()
        self._extending.discard(token_hash)

    def _extended_ns(self, token: StoredToken) -> int | None:
        """When it is to expire from now on; None where that is nearly as it was."""
        if token.expires_ns is None or token.machine or is_asked_about(token.user_id):
            return None
        later_ns = min(self._clock.now_ns() + IDLE_NS, _last_ns(token))
        return later_ns if later_ns - token.expires_ns >= _RENEW_NS else None

    def _touch(self, holder: _Holder) -> None:
        """Keep that it is in use, now and then. A disk that cannot be written keeps no machine out."""
        if self._is_to_touch(holder.token):
            remembered, used_ns = self._remembered, self._clock.now_ns()
            with suppress(EnvironmentFault):
                self._repository.touch_token(holder.token.token_hash, used_ns)
                if remembered.get(holder.token.token_hash) is holder:  # not what was forgotten meanwhile
                    remembered[holder.token.token_hash] = replace(holder, token=replace(holder.token, last_used_ns=used_ns))

    def _is_to_touch(self, token: StoredToken) -> bool:
        return token.machine and abs(self._clock.now_ns() - (token.last_used_ns or 0)) >= _TOUCH_NS


def is_open(token: StoredToken, now_ns: int) -> bool:
    """Whether it lets anybody in: of a person, not beyond its seven days."""
    return not _is_over(token, now_ns) and (token.machine or now_ns < token.created_ns + LONGEST_NS)


def _is_over(token: StoredToken, now_ns: int) -> bool:
    return token.expires_ns is not None and token.expires_ns <= now_ns


def _last_ns(token: StoredToken) -> int:
    """When it is over however much it is used."""
    return token.created_ns + LONGEST_NS + LAPSED_NS


def _is_fresh(holder: _Holder) -> bool:
    return time.monotonic() - holder.read_s <= REMEMBERED_S


def _session(user: User, token: StoredToken) -> Session:
    """When they signed in last is no part of who they are."""
    who = replace(user, last_sign_in_ns=None)
    cameras, verbs = common(user.cameras, token.cameras), verbs_of(token, user)
    if token.machine:
        return Session(session_id(token), who, verbs, token.expires_ns, cameras, token.expires_ns, token.label)
    ends_ns = token.created_ns + LONGEST_NS
    return Session(session_id(token), who, verbs, min(token.expires_ns or ends_ns, ends_ns), cameras, ends_ns)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
