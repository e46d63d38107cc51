"""Who may come in: people with passwords, operators with the PIN, and machines with tokens. Removing a user ends what they hold at once."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import chain, count

from engine.model.accounts.access import ROLE_VERBS, Grants, Role, Session, User, Verb, checked_grants, password_trouble
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.accounts.commands import TokenView
from engine.model.accounts.user_ref import BY_PROVIDER, VOUCHED
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn
from engine.model.repository import AccountRepository, StoredToken, StoredUser
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.access.attempts import Attempts
from engine.runtime.access.held_tokens import IDLE_NS, HeldTokens, Later, at_once, is_open
from engine.runtime.access.lockout import HERE, LONGEST_LOCK_S, Charged, Origin, in_session, locked
from engine.runtime.access.machine_tokens import TokenWanted, session_id, told_token, view_of
from engine.runtime.access.passwords import Passwords
from engine.runtime.access.user_names import check_unlike, checked_name, is_unlike, name_key

PIN_LENGTHS = range(4, 13)
_MACHINE = "machine:"
_PIN = f"{_MACHINE}pin"  # the user behind the PIN: an operator
_SHORTEST_ID = 4
_LISTED_S = 20.0
MOST_VOUCHED = 2_000
"""People of the hub that this site belongs to."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account as it can be put back: with their password's hash, and the tokens of machines that are theirs."""

    stored: StoredUser
    tokens: tuple[StoredToken, ...]


class Accounts:
    """Any thread. Signing in and making users take about 0.1 s each, a few at once; nothing else waits for a password to be checked."""

    def __init__(
        self,
        repository: AccountRepository,
        clock: Clock,
        passwords: Passwords | None = None,
        note: Callable[[AuditRow], None] = lambda _: None,
        later: Later = at_once,
        check_limits: Callable[[Grants | None], Grants | None] = checked_grants,
    ) -> None:
        """`later`: writes what nobody is to wait for: the screen is among those who ask for their session. check_limits: of what accounts
        are limited to; raises InputError (`cameras`)."""
        self._repository = repository
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._note = note
        self._check_limits = check_limits
        self.session_ended: Callable[[str], None] = lambda _: None  # told the id of a session that was signed out
        self.session_renewed: Callable[[str, str], None] = lambda _, __: None  # told the ids of a session and of the one that it goes on as
        self._attempts = Attempts(repository, clock)
        self._lock = threading.RLock()  # never held while a password is hashed
        self._listed: tuple[User, ...] | None = None
        self._listed_s = 0.0
        self._next_unknown_ns = 0
        self._held = HeldTokens(repository, clock, later)

    def needs_setup(self) -> bool:
        """True while no person is an admin."""
        return not self._admin_ids()

    def users(self) -> tuple[User, ...]:
        """People, by name; machines are not listed. Read now and then, and after each change: snapshots ask for it many times a second.

        Where they cannot be read it is who was there before; EnvironmentFault where that is not known either.
        """
        listed = self._listed
        if listed is not None and time.monotonic() - self._listed_s <= _LISTED_S:
            return listed
        with self._lock:
            self._listed_s = time.monotonic()
            try:
                open_now = self._sessions()
                self._listed = tuple(replace(stored.user, sessions=open_now[stored.user.id]) for stored in self._people())
            except EnvironmentFault:
                if listed is None:
                    raise
                return listed
            return self._listed

    def user(self, user_id: str) -> User:
        """A person. Raises NotFound."""
        found = next((user for user in self.users() if user.id == user_id), None)
        if found is None:
            raise NotFound(f"There is no user {user_id[:80]!r}.")
        return found

    def id_of(self, name: str) -> str:
        """Of the user, also a machine, who has this name now; empty where nobody has, or where they cannot be read."""
        with suppress(EnvironmentFault):
            return next((stored.user.id for stored in self._repository.users() if stored.user.name == name), "")
        return ""

    def user_by_name(self, name: str) -> User:
        """A person by their name, as they may type it when they sign in. Raises NotFound."""
        stored = self._stored_user(name_key(name))
        if stored is None:
            raise NotFound(f"There is no account {name[:60]!r}.")
        return stored.user

    def create_user(self, name: str, role: Role, password: str, cameras: Grants | None = None) -> User:
        """Raises InputError: `name` (empty, too long, taken, like another's), `password` (see `password_trouble`), `cameras`."""
        name = checked_name(name)
        _check_password(name, password)
        cameras = self._check_limits(cameras)
        self._check_unlike(name)
        hashed = self._passwords.hash(password)
        with self._lock:
            return self._add_person(name, role, hashed, cameras)

    def change_user(self, user_id: str, role: Role, cameras: Grants | None) -> None:
        """What is open of theirs goes on with that. Raises NotFound; InputError for the last admin who sees all (`role`), `cameras`."""
        cameras = self._check_limits(cameras)
        with self._lock:
            if self._admin_ids() == [user_id] and (role is not Role.ADMIN or cameras is not None):
                raise InputError("role", "This is the last admin who sees all. Make another one first.")
            self._repository.change_user(self.user(user_id).id, role, cameras)
            self._changed()

    def reset_password(self, user_id: str, password: str, but_session: str = "", by: str = "") -> None:
        """Their sessions end, except one, and a name that was closed for failed sign-ins is open. Raises NotFound, InputError (`password`).

        `by`: who it is written down of; empty: the caller does that.
        """
        user = self.user(user_id)
        if user_id.startswith((VOUCHED, BY_PROVIDER)):
            raise InputError("password", f"{user.name} has none here: a hub, or its identity provider, signs them in.")
        _check_password(user.name, password)
        hashed = self._passwords.hash(password)
        with self._lock:
            self._repository.set_password_hash(user_id, hashed)
            self._attempts.clear_all(name_key(user.name))
            self._held.drop(user_id, but_session)
            for token in self._repository.tokens():
                if token.user_id == user_id and session_id(token) != but_session:
                    self._repository.remove_token(token.token_hash)
                    self.session_ended(session_id(token))
            self._changed()
        if by:
            self._note(AuditRow(self._clock.now_ns(), by, AuditVerb.RESET_PASSWORD, user_id))

    def renew(self, session: Session, password: str) -> str:
        """The token of a new session of the same user, whose seven days begin now; the one before is left to be signed out.

        Empty where the PIN was given, which lets an operator go on and carries nobody further. Raises InputError (`password`) as `confirm`
        does.
        """
        if not self.confirm(session, password, pin_too=True) or session.machine is not None:
            return ""
        token, begun = self._held.begin(session.user)
        self._listed = None
        self.session_renewed(session.id, begun.id)
        self._audit(session.user, AuditVerb.SIGN_IN, f"session {begun.id}, by the password again")
        return token

    def confirm(self, session: Session, password: str, *, pin_too: bool = False) -> bool:
        """That this is the password of a session's user. Failures count as those of signing in do, but for this session alone: what others
        try under the name keeps nobody out of what they are at.

        `pin_too`: the PIN does too, for operators; then False. Raises InputError (`password`).
        """
        user, origin = session.user, in_session(session.id)
        key = name_key(user.name)
        try:
            with self._attempts.one(key, origin) as charged:
                by_password = self._is_password(user, password)
                if not (by_password or (pin_too and user.role is Role.OPERATOR and self._is_pin(password))):
                    self._tell_unlock(user, charged)
                    raise InputError("password", _wrong(charged.closed_s))
                self._attempts.clear(key, origin)
        except NotSignedIn as closed:
            raise InputError("password", str(closed)) from None
        return by_password

    def _is_password(self, user: User, password: str) -> bool:
        stored = self._checked(next((each for each in self._people() if each.user.id == user.id), None), password)
        return stored is not None and self._stands(stored)

    def _is_pin(self, pin: str) -> bool:
        if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_LENGTHS):
            return False
        stored = self._checked(self._pin_user(), pin)
        return stored is not None and self._stands(stored)

    def _tell_unlock(self, user: User, charged: Charged) -> None:
        if charged.closed_s:
            self._audit(user, AuditVerb.UNLOCK_CLOSED, f"{charged.failures} failed, closed for {charged.closed_s} s")

    def create_first_admin(self, name: str, password: str) -> User:
        """Raises InputError also when there is an admin already (field empty), however many try at once."""
        self._check_not_set_up()
        name = checked_name(name)
        _check_password(name, password)
        hashed = self._passwords.hash(password)
        with self._lock:
            self._check_not_set_up()
            admin = self._add_person(name, Role.ADMIN, hashed)
        self._audit(admin, AuditVerb.SET_UP)
        return admin

    def remove_user(self, user_id: str) -> None:
        """Ends their sessions too. Raises NotFound; InputError (field `user_id`) for the last admin."""
        with self._lock:
            if self._admin_ids() == [user_id]:
                raise InputError("user_id", "The last admin who sees all cannot be removed. Make another one first.")
            self._remove_user(user_id)

    def account(self, user_id: str) -> Account | None:
        """All that is kept of a person but their sessions; None: there is none."""
        stored = next((each for each in self._people() if each.user.id == user_id), None)
        if stored is None:
            return None
        return Account(stored, tuple(token for token in self._repository.tokens() if token.user_id == user_id and token.machine))

    def put_back(self, account: Account) -> None:
        """Somebody who was removed, under the same id; they sign in again. Raises InputError: the name is somebody else's by now."""
        with self._lock:
            if self._stored_user(name_key(account.stored.user.name)) is not None:
                raise InputError("name", f"{account.stored.user.name!r} is taken by another account now.")
            self._repository.add_user(account.stored)
            for token in account.tokens:
                self._repository.add_token(token)
            self._changed()

    def sign_in(self, name: str, password: str, origin: Origin = HERE) -> tuple[str, Session]:
        """A token for this session, shown to nobody else, and what it may do. Also while the record cannot be written: then it is kept as
        soon as it can be.

        Raises:
            NotSignedIn: wrong name or password, told alike and after the same time; or closed for `retry_after_s` after five failures from
                there.
        """
        key = name_key(name)
        self._passwords.warm_up()
        with self._attempts.one(key, origin) as charged:
            stored = self._checked(self._stored_user(key), password)
            with self._lock:
                if stored is None or not self._stands(stored):
                    self._tell_closed(self._stored_user(key), charged)
                    raise _not_let_in(charged.closed_s)
                self._attempts.clear(key, origin)
                return self._open_session(stored.user, charged.failures - 1)

    def enter_vouched(self, vouched: User, lasts_ns: int = IDLE_NS, by: str = "hub") -> tuple[str, Session]:
        """A session of somebody whom the site's hub, or a hub's identity provider, vouches for, as who they are now. They have an account
        here that has no password which anybody knows; their name is made another, with `by`, where somebody else has it.

        `lasts_ns`: until when it is, unless it is used (of `BY_PROVIDER`: unless `vouch_again`).
        """
        name = self.admit_vouched(vouched, by).name
        with self._lock:
            self._take_limits(vouched)
            self._changed()
            return self._open_session(replace(vouched, name=name), 0, lasts_ns)

    def admit_vouched(self, vouched: User, by: str = "hub") -> User:
        """`vouched` by the name of their account here, which is made where there is none; one that is there stays as it is. Raises
        EnvironmentFault (`full`)."""
        hashed = "" if self._of_id(vouched.id) is not None else self._passwords.hash(secrets.token_urlsafe())
        with self._lock:
            known = self._of_id(vouched.id)
            if known is None:
                self._check_room(vouched)
                known = StoredUser(replace(vouched, name=self._free_name(vouched, by)), hashed)
                self._repository.add_user(known)
                self._changed()
            return replace(vouched, name=known.user.name)

    def _check_room(self, vouched: User) -> None:
        """Whoever vouches fills nobody's list of accounts. Raises EnvironmentFault (`full`)."""
        there = sum(stored.user.id.startswith(VOUCHED) for stored in self._repository.users())
        if vouched.id.startswith(VOUCHED) and there >= MOST_VOUCHED:
            raise EnvironmentFault("full", f"The hub has vouched for {MOST_VOUCHED:,} people here, which is as many as are kept.")

    def vouch_again(self, vouched: User, until_ns: int | None, session: str = "") -> None:
        """What is open of somebody who is vouched for goes on as who they are now. Raises NotFound.

        `until_ns`: until when; None: as long as before. session: its id, where that is for one alone.
        """
        with self._lock:
            self._take_limits(vouched)
            for token in self._open_tokens():
                if token.user_id == vouched.id and session in ("", session_id(token)) and until_ns is not None:
                    self._repository.extend_token(token.token_hash, until_ns)
            self._changed()

    def end_session(self, session: str) -> None:
        """By its id; an unknown one is no error."""
        found = self.open_token(session)
        if found is not None:
            self._repository.remove_token(found.token_hash)
            self._changed()
            self.session_ended(session)
            self._note(AuditRow(self._clock.now_ns(), "", AuditVerb.SIGN_OUT, found.user_id, f"session {session}"))

    def open_token(self, session: str) -> StoredToken | None:
        """That of a person's session, by its id; None: it is over."""
        return next((token for token in self._open_tokens() if session_id(token) == session), None)

    def _open_tokens(self) -> list[StoredToken]:
        """Of people."""
        now_ns = self._clock.now_ns()
        return [token for token in self._repository.tokens() if not token.machine and is_open(token, now_ns)]

    def _take_limits(self, vouched: User) -> None:
        """Raises NotFound."""
        known = self._of_id(vouched.id)
        if known is None:
            raise NotFound(f"There is no user {vouched.id[:80]!r}.")
        if (known.user.role, known.user.cameras) != (vouched.role, vouched.cameras):
            self._repository.change_user(vouched.id, vouched.role, vouched.cameras)
            limits = "everything" if vouched.cameras is None else ", ".join(vouched.cameras) or "nothing"
            self._note(AuditRow(self._clock.now_ns(), "", AuditVerb.CHANGE_USER, vouched.id, f"{vouched.role.value}; {limits}"))

    def _of_id(self, user_id: str) -> StoredUser | None:
        return next((stored for stored in self._repository.users() if stored.user.id == user_id), None)

    def _free_name(self, vouched: User, by: str) -> str:
        try:
            name = checked_name(vouched.name)
        except InputError:
            name = "Somebody"
        taken = [stored.user.name for stored in self._repository.users()]
        names = chain((name, f"{name} ({by})"), (f"{name} ({by} {number})" for number in count(2)))
        return next(each for each in names if is_unlike(each, taken))

    def session(self, token: str) -> Session:
        """The session of a token, its expiry moved on. Raises NotSignedIn."""
        return self._held.session(token)

    def lapsed(self, token: str) -> Session:
        """Of a person, also beyond its seven days; it may do nothing. Raises NotSignedIn."""
        return self._held.lapsed(token)

    def remembers(self, token: str) -> bool:
        """Whether `session` would answer at once, without the record."""
        return self._held.remembers(token)

    def sign_out(self, token: str) -> None:
        """End a session or revoke a machine's token; an unknown one is no error."""
        found = self._held.end(token)
        if found is None:
            return
        self.session_ended(session_id(found))
        user = self._held.owner(found)
        if user is not None:
            self._audit(user, AuditVerb.SIGN_OUT, f"session {session_id(found)}")

    def pin_configured(self) -> bool:
        return self._pin_user() is not None

    def set_pin(self, pin: str, by: str) -> None:
        """Set or change the PIN; sessions that it opened end. `by`: who does. Raises InputError (field `pin`)."""
        if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_LENGTHS):
            raise InputError("pin", f"has to be {PIN_LENGTHS.start} to {PIN_LENGTHS.stop - 1} digits")
        hashed = self._passwords.hash(pin)
        with self._lock:
            before = self._pin_user()
            if before is not None:
                self._remove_user(before.user.id)
            user = self._add_user(_PIN, Role.OPERATOR, hashed)
        self._note(AuditRow(self._clock.now_ns(), by, AuditVerb.SET_PIN, user.id))

    def sign_in_with_pin(self, pin: str) -> tuple[str, Session]:
        """An operator's session, whoever set the PIN. Raises NotSignedIn; wrong PINs lock it as wrong passwords lock a name."""
        with self._attempts.one(_PIN) as charged:
            stored = self._checked(self._pin_user(), pin)
            with self._lock:
                if stored is None or not self._stands(stored):
                    self._tell_closed(self._pin_user(), charged)
                    raise locked(charged.closed_s) if charged.closed_s else NotSignedIn("The PIN is not right.")
                self._attempts.clear(_PIN)
                return self._open_session(stored.user, charged.failures - 1)

    def create_token(self, owner: Role | User, label: str, wanted: TokenWanted | None = None) -> str:
        """A token for a machine: with the verbs of a role, or of a user and gone with them. Raises InputError: `cameras`, `verbs`."""
        wanted = wanted or TokenWanted()
        cameras = self._check_limits(wanted.cameras)
        with self._lock:
            user = self._machine(owner) if isinstance(owner, Role) else owner
        verbs = tuple(verb for verb in Verb if verb in wanted.verbs) or None
        if verbs is not None and not set(verbs) <= ROLE_VERBS[user.role]:
            raise InputError("verbs", f"are more than the role {user.role.value} has")
        made = StoredToken("", user.id, label, 0, wanted.expires_ns, True, verbs, cameras, wanted.by)
        token, stored = self._held.issue(made)
        self._note(
            AuditRow(stored.created_ns, wanted.by or user.name, AuditVerb.CREATE_TOKEN, session_id(stored), told_token(stored, user))
        )
        return token

    def machine_tokens(self) -> tuple[TokenView, ...]:
        """Newest first, those that have expired too, until somebody signs in."""
        users = {stored.user.id: stored.user for stored in self._repository.users()}
        return tuple(
            view_of(token, users[token.user_id]) for token in self._repository.tokens() if token.machine and token.user_id in users
        )

    def revoke_token(self, token_id: str, by: str) -> None:
        """Of a machine, by its id, or by the beginning of it where no other begins so. Raises NotFound."""
        found = self.machine_token(token_id)
        if found is None:
            raise NotFound(f"There is no token {token_id[:80]!r}.")
        self._repository.remove_token(found.token_hash)
        self._held.forget()
        self.session_ended(session_id(found))
        self._note(AuditRow(self._clock.now_ns(), by, AuditVerb.REVOKE_TOKEN, session_id(found), found.label))

    def machine_token(self, token_id: str) -> StoredToken | None:
        """By its id, or by the beginning of it where no other begins so."""
        found = [
            token
            for token in self._repository.tokens()
            if token.machine and len(token_id) >= _SHORTEST_ID and session_id(token).startswith(token_id)
        ]
        return found[0] if len(found) == 1 else None

    def put_back_token(self, token: StoredToken) -> None:
        """One that was revoked: the machine that holds it is let in again. Raises NotFound: its user is gone."""
        self._repository.add_token(token)
        self._held.forget()

    def _people(self) -> list[StoredUser]:
        return [stored for stored in self._repository.users() if not stored.user.name.startswith(_MACHINE)]

    def _pin_user(self) -> StoredUser | None:
        return next((stored for stored in self._repository.users() if stored.user.name == _PIN), None)

    def _admin_ids(self) -> list[str]:
        """Who may do everything, with a password of this site: those who see all cameras."""
        admins = (stored.user for stored in self._people() if stored.user.role is Role.ADMIN and stored.user.cameras is None)
        return [user.id for user in admins if not user.id.startswith((VOUCHED, BY_PROVIDER))]

    def _sessions(self) -> Counter[str]:
        return Counter(token.user_id for token in self._open_tokens())

    def _changed(self) -> None:
        """Who there is, or what they hold."""
        self._listed = None
        self._held.forget()

    def _remove_user(self, user_id: str) -> None:
        self._repository.remove_user(user_id)
        self._changed()

    def _check_not_set_up(self) -> None:
        if not self.needs_setup():
            raise InputError("", "This site is already set up. Sign in instead.")

    def _check_unlike(self, name: str) -> None:
        check_unlike(name, (stored.user.name for stored in self._people() if name_key(stored.user.name) != name_key(name)))

    def _add_person(self, name: str, role: Role, password_hash: str, cameras: Grants | None = None) -> User:
        self._check_unlike(name)
        return self._add_user(name, role, password_hash, cameras)

    def _add_user(self, name: str, role: Role, password_hash: str, cameras: Grants | None = None) -> User:
        user = User(f"us-{secrets.token_hex(8)}", name, role, cameras)
        self._repository.add_user(StoredUser(user, password_hash))
        self._listed = None
        return user

    def _machine(self, role: Role) -> User:
        """The user without a password behind all machine tokens of a role; made when first needed, perhaps by another process."""
        name = f"{_MACHINE}{role.value}"
        with suppress(InputError):
            self._add_user(name, role, "")
        return next(stored.user for stored in self._repository.users() if stored.user.name == name)

    def _checked(self, stored: StoredUser | None, password: str) -> StoredUser | None:
        """The user, if the password was theirs when it was asked for. Takes the same time whether there is one or not."""
        right = self._passwords.check(None if stored is None else stored.password_hash, password)
        if stored is None or not right:
            return None
        return self._hashed_anew(stored, password) if self._passwords.outdated(stored.password_hash) else stored

    def _hashed_anew(self, stored: StoredUser, password: str) -> StoredUser:
        hashed = self._passwords.hash(password)
        with self._lock, suppress(EnvironmentFault):  # the next time
            if self._stands(stored):
                self._repository.set_password_hash(stored.user.id, hashed)
                return replace(stored, password_hash=hashed)
        return stored

    def _stands(self, stored: StoredUser) -> bool:
        """There is still that user, with that password: it may have changed while it was being checked."""
        return any(each.user.id == stored.user.id and each.password_hash == stored.password_hash for each in self._repository.users())

    def _stored_user(self, key: str) -> StoredUser | None:
        return next((stored for stored in self._people() if name_key(stored.user.name) == key), None)

    def _open_session(self, user: User, failures: int, lasts_ns: int = IDLE_NS) -> tuple[str, Session]:
        """`failures`: how often it was tried before with a wrong password."""
        now_ns = self._clock.now_ns()
        with suppress(EnvironmentFault):
            self._repository.remove_expired_tokens(now_ns)
        token, session = self._held.begin(user, lasts_ns)
        with suppress(EnvironmentFault):
            self._repository.set_last_sign_in(user.id, now_ns)
        self._listed = None
        before = f", after {failures} failed" if failures else ""
        self._audit(user, AuditVerb.SIGN_IN, f"session {session.id}{before}")
        return token, session

    def _audit(self, user: User, verb: AuditVerb, detail: str = "") -> None:
        self._note(AuditRow.of(self._clock.now_ns(), user, verb, user.id, detail))

    def _tell_closed(self, aimed_at: StoredUser | None, charged: Charged) -> None:
        """Once a door closes, not for each guess. What was typed as a name that nobody has is not kept (some are passwords), and told of
        once in a while only, however many names are tried."""
        closed_s, now_ns = charged.closed_s, self._clock.now_ns()
        if not closed_s or (aimed_at is None and now_ns < self._next_unknown_ns):
            return
        if aimed_at is None:
            self._next_unknown_ns = now_ns + LONGEST_LOCK_S * SECOND
        detail = f"{charged.failures} failed, closed for {closed_s} s" if aimed_at is not None else "under names that nobody has"
        subject = "" if aimed_at is None else aimed_at.user.id
        self._note(AuditRow(now_ns, "", AuditVerb.SIGN_IN_CLOSED, subject, detail))


def _wrong(closed_for_s: int) -> str:
    return str(locked(closed_for_s)) if closed_for_s else "is not right"


def _check_password(name: str, password: str) -> None:
    """Raises InputError (field `password`)."""
    trouble = password_trouble(name, password)
    if trouble:
        raise InputError("password", trouble)


def _not_let_in(closed_for_s: int) -> NotSignedIn:
    return locked(closed_for_s) if closed_for_s else NotSignedIn("The name or the password is not right.")
