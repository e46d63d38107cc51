"""The sites of one console: asked alone, or beside each other."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as Several
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from engine.gateway.federation.calls import wait_until
from engine.gateway.federation.ids import split
from engine.gateway.federation.member import LOST_S, Member
from engine.gateway.federation.own_accounts import named_there
from engine.gateway.federation.rewriting import Elsewhere, Localiser, rewrite
from engine.gateway.federation.routing import choose_a_site, keys_in, one_site_at_a_time
from engine.model.command import Command
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn, SessionLapsed, WatchroomError
from engine.model.question_type import Question
from engine.model.sites import SiteReach, SiteState

T = TypeVar("T")
Asked: TypeAlias = Question[Any] | Command

ENDED = SiteReach.LAPSED, SiteReach.SIGNED_OUT


class Members:
    """Any thread.

    Args:
        home: key of the site whose session is the console's own; empty: none is.
    """

    def __init__(self, home: str) -> None:
        self.home = home
        self._lock = threading.Lock()
        self._by_key: Mapping[str, Member] = {}
        self._wanted: frozenset[str] | None = None

    def __iter__(self) -> Iterator[Member]:
        return iter(tuple(self._by_key.values()))

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._by_key)

    @property
    def shown_members(self) -> tuple[Member, ...]:
        """Those that are wanted; all where none of them is there, so that a choice of before never leaves nothing."""
        wanted, there = self._wanted, tuple(self)
        return (() if wanted is None else tuple(member for member in there if member.key in wanted)) or there

    def show(self, keys: Several[str] | None) -> None:
        """None: all, also those that are added later."""
        self._wanted = None if keys is None else frozenset(keys)

    def add(self, member: Member) -> None:
        """Raises InputError (`key`)."""
        with self._lock:
            if member.key in self._by_key:
                raise InputError("key", f"{member.key!r} is a site of this console already")
            self._by_key = {**self._by_key, member.key: member}
        member.start()

    def remove(self, keys: Several[str]) -> None:
        """Their sessions' feeds end, beside each other, as far as that takes no time."""
        gone = [self.get(key) for key in keys]
        with self._lock:
            self._by_key = {key: each for key, each in self._by_key.items() if key not in keys}
        closing = [member.begin_close() for member in gone]
        wait_until([each for each in closing if each is not None], time.monotonic() + LOST_S)
        for member in gone:
            member.close()

    def find(self, key: str) -> Member | None:
        return self._by_key.get(key)

    def get(self, key: str) -> Member:
        """Raises NotFound."""
        member = self._by_key.get(key)
        if member is None:
            raise NotFound(f"There is no site {key[:40]!r} on this console.")
        return member

    def site_of(self, id_: str, what: str) -> tuple[Member, str]:
        """Whose it is, and its id there. Raises NotFound."""
        found = split(id_)
        if found is None:
            raise NotFound(f"There is no {what} {id_[:80]!r} at any site.")
        return self.get(found[0]), found[1]

    def route(self, value: T) -> tuple[Member, T]:
        """Who a question or command concerns, and how it is said there. Raises InputError (`site`), NotFound."""
        keys = keys_in(value)
        if len(keys) != 1:
            raise one_site_at_a_time(value) if keys else choose_a_site(value)
        try:
            return self.get(keys[0]), rewrite(value, Localiser(keys[0]))
        except Elsewhere:
            raise one_site_at_a_time(value) from None

    @property
    def own(self) -> Member | None:
        """Whose user the console's own is: at home, or else at the first site that was reached."""
        connected = [member for member in self if member.connected]
        return next((member for member in connected if member.key == self.home), next(iter(connected), None))

    def localise(self, member: Member, value: T) -> T:
        """As the site understands it. Raises Elsewhere."""
        own = self.own
        if own is not None and own is not member and member.connected:
            value = named_there(value, own.port.session.user.name, member.port.session.user.name)
        return rewrite(value, Localiser(member.key))

    def check_home(self) -> None:
        """Raises SessionLapsed, NotSignedIn where the console's own session has ended: then it shows no site to anybody."""
        states = [member.view().state for member in self if self.home in ("", member.key)]
        if not states or any(state.reach not in ENDED for state in states):
            return
        if any(state.reach is SiteReach.LAPSED for state in states):
            raise SessionLapsed
        raise NotSignedIn(states[0].reason)

    def check_answers(self, found: Mapping[Member, Any]) -> None:
        """As `check_home`, as it was just learnt."""
        for member, answer in found.items():
            if member.key == self.home and isinstance(answer, NotSignedIn):
                raise answer

    def call(self, member: Member, work: Callable[[], T], within_s: float, files: bool = False, asked: Asked | None = None) -> T:
        """Raises what the work raises; a session that ended elsewhere than at home is an EnvironmentFault `signed_out`. `asked`: what
        something else may take for a site that is away."""
        self.check_home()
        check_reached(member, asked)
        try:
            return (member.files if files else member.calls).run(work, within_s)
        except NotSignedIn as error:
            member.look_now()
            if member.key == self.home or len(self._by_key) == 1:
                raise
            raise EnvironmentFault("signed_out", f"{member.name}: {error}") from None


def beside(
    members: Several[Member], work: Callable[[Member], Any], within_s: float, in_full: bool = False, asked: Asked | None = None
) -> dict[Member, Any]:
    """What each gives in time, or the error of it.

    Args:
        asked: as of `Members.call`.
        in_full: wait as long for one that lately did not answer in time as for the others: what it was told to do, it may do yet.
    """
    found: dict[Member, Any] = {}
    begun: dict[Member, Future[Any]] = {}
    now_s = time.monotonic()
    for member in members:
        try:
            check_reached(member, asked)
            begun[member] = member.calls.begin(lambda member=member: work(member))
        except WatchroomError as error:
            found[member] = error
    for member, future in begun.items():
        wait_until([future], now_s + (within_s if in_full else member.calls.patience_s(within_s)))
    for member, future in begun.items():
        try:
            found[member] = member.calls.result(future, 0.0)
        except Exception as error:  # noqa: BLE001 - a site's trouble, whatever it is: it is told, and the others' answers count
            found[member] = error
    return {member: found[member] for member in members}


def missing_of(found: Mapping[Member, Any], else_raise: bool = True) -> tuple[SiteState, ...]:
    """Who gave an error, with why and since when. Raises the first one where there is nothing else, if asked to."""
    errors = {member: each for member, each in found.items() if isinstance(each, Exception)}
    if else_raise and errors and len(errors) == len(found):
        first = next(iter(errors.values()))
        raise first if isinstance(first, WatchroomError) else EnvironmentFault("unreliable", "What the sites answer is not understood.")
    return tuple(_why_missing(member, error) for member, error in errors.items())


def check_reached(member: Member, asked: Asked | None = None) -> None:
    """Raises EnvironmentFault `unreachable` at once for a site that is known not to answer, unless something else takes what is asked."""
    state = member.view().state
    if not member.is_reached and (asked is None or not member.stands_in(asked)):
        raise EnvironmentFault("unreachable", state.reason or f"{member.name} is not connected yet.")


def _why_missing(member: Member, error: Exception) -> SiteState:
    words = str(error) if isinstance(error, WatchroomError) else f"What {member.name} answers is not understood."
    return replace(member.view().state, reason=words)
