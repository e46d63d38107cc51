"""One site of several: its port, and its newest snapshot with its ids as they are beyond it."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from engine.gateway.federation.calls import SILENT, SiteCalls
from engine.gateway.federation.copied_alerts import CopiedAlerts
from engine.gateway.federation.doubles import ask_spare
from engine.gateway.federation.hub_intents import HubIntents, IntentKeeper
from engine.gateway.federation.ids import check_key
from engine.gateway.federation.older import OlderCopy
from engine.gateway.federation.rewriting import Memory, Oversized, Qualifier, rewrite
from engine.gateway.remote.looks import Looks
from engine.model.accounts.access import Verb
from engine.model.alerts.alert import Alert
from engine.model.alerts.intent import INTENT_COMMANDS
from engine.model.command import Command
from engine.model.command_terms import CommandTerms, new_key
from engine.model.errors import EnvironmentFault, NotSignedIn, PermissionDenied, SessionLapsed, WatchroomError
from engine.model.event import Severity
from engine.model.hub_copy import is_copied
from engine.model.people.erasure import Erasure
from engine.model.port import LOST_S, EnginePort, Link, LinkedPort
from engine.model.question import ListErasures
from engine.model.question_type import Question
from engine.model.sites import SiteReach, SiteState
from engine.model.snapshot import Snapshot, adrift
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass

log = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_S, MOVING_LOOK_S = 0.1, 0.05
"""Between two looks at a site's port; the second where whoever looks at all sites shows what moves."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 2.0
REFUSED_S = 5.0
"""A site that says too much, or nonsense, is looked at less often: reading that takes time from the others."""
FILES_AT_ONCE, FILES_WAITING = 2, 6
_NOT_HEARD = "unreachable", "outcome_unknown"  # why a command may not have reached the site


class Connect(Protocol):
    """Gives a site's port. Raises NotSignedIn where it may not be tried again by itself, EnvironmentFault where it may."""

    def __call__(self) -> EnginePort: ...


class Standby(IntentKeeper, Protocol):
    """Answers of the past in place of a site that cannot be reached, and keeps for it what is said about its alerts; ids are the site's.
    Raises as a port does, EnvironmentFault (`not_copied`) for what only the site knows."""

    def may(self, verb: Verb) -> bool: ...

    def ask(self, question: Question[T]) -> T: ...

    def clip_file(self, clip_id: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class SiteView:
    """What is known of a site now. The same object while nothing is new. `alerts`: open ones, newest first, of a site that this console has
    never reached, as its copy at a hub has them."""

    state: SiteState
    snapshot: Snapshot | None = None
    alerts: tuple[Alert, ...] = ()


class Member:
    """One site. A thread of its own looks at its port ten times a second, so that `view` never waits for it. Any thread.

    Args:
        connect: called on that thread until it gives a port.
        looks: at all sites. Where they show what moves this one is looked at twice as often, and so is told what moves.
        standby: its copy at a hub, asked while the site is away and about what it keeps no longer; None: there is none.
    """

    def __init__(
        self, key: str, name: str, connect: Connect, clock: Clock, looks: Looks | None = None, standby: Standby | None = None
    ) -> None:
        """Raises InputError (`key`)."""
        self.key, self.name = check_key(key), name
        self.calls = SiteCalls(key, name)
        self.files = SiteCalls(key, name, FILES_AT_ONCE, FILES_WAITING)
        self._connect, self._clock, self._looks = connect, clock, looks or Looks()
        self.standby = standby
        self.stood_for: Callable[[Any], Any] | None = None  # of a spare's part: asks the site that it records for
        self._intents = None if standby is None else HubIntents(key, standby)
        self._older = None if standby is None else OlderCopy(standby.ask, clock)
        self._copied = None if standby is None else CopiedAlerts(key, standby.ask, clock)
        self._port: EnginePort | None = None
        self._qualifier = Qualifier(key, Memory())
        self._source: Snapshot | None = None  # as the site gave it
        self._own: Snapshot | None = None  # that, with ids as they are beyond it
        self._view = SiteView(SiteState(key, name, since_ns=clock.now_ns()))
        self._hidden: SiteView | None = None
        self._looked_s = time.monotonic()
        self._ending = threading.Event()
        self._woken = threading.Event()
        self._looked = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"site-{key}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def port(self) -> EnginePort:
        """Raises EnvironmentFault while there is none."""
        port = self._port
        if port is None:
            raise EnvironmentFault("unreachable", self.view().state.reason or f"{self.name} is not connected yet.")
        return port

    @property
    def connected(self) -> bool:
        return self._port is not None

    @property
    def is_reached(self) -> bool:
        return self._port is not None and self.view().state.reach is not SiteReach.AWAY

    @property
    def standing_by(self) -> Standby | None:
        """What stands by for the site, while that is away."""
        return None if self.is_reached else self.standby

    def stands_in(self, asked: Question[Any] | Command) -> bool:
        """Whether what stands by takes this in place of the site."""
        return self.standing_by is not None and (is_copied(asked) or isinstance(asked, INTENT_COMMANDS))

    def may(self, verb: Verb) -> bool:
        """There, or at what stands by for it."""
        port, standby = self._port, self.standby
        if port is not None:
            return port.session.may(verb)
        return standby is not None and standby.may(verb)

    def ask(self, question: Question[T]) -> T:
        """The site, and what its copy at a hub has that is older; or what stands by for the site. Of a spare: without what its site tells.
        Raises what that raises."""
        return self._ask(question) if self.stood_for is None else cast("T", ask_spare(question, self._ask, self.stood_for))

    def _ask(self, question: Question[T]) -> T:
        standby = self.standing_by
        if standby is not None and is_copied(question):
            answer = standby.ask(question)
        elif self._older is not None:
            answer = self._older.ask(question, self.port.ask, None if self._source is None else self._source.settings)
        else:
            answer = self.port.ask(question)
        if isinstance(question, ListErasures) and self._intents is not None:
            return cast("T", (*self._intents.erasures(), *cast("tuple[Erasure, ...]", answer)))
        return answer

    def command(self, command: Command, terms: CommandTerms) -> str:
        """To the site. While that is away, what is said about its alerts is kept for it by what stands by: under the same id, so that
        nothing is done twice. Raises what that raises."""
        intents = self._intents
        if intents is None or not isinstance(command, INTENT_COMMANDS):
            return self.port.command(command, terms)
        terms = terms if terms.key else replace(terms, key=new_key())
        if self.is_reached:
            try:
                return self.port.command(command, terms)
            except EnvironmentFault as fault:
                if fault.reason not in _NOT_HEARD:
                    raise
        outcome = intents.say(command, terms)
        self.look_now()
        return outcome

    def waits_at_hub(self, id_: str) -> bool:
        """Whether this intent, or what was said about this alert, waits for the site to be told. `id_`: as the site has it."""
        return self._intents is not None and self._intents.waits(id_)

    def view(self) -> SiteView:
        """Returns at once."""
        view = self._view
        silent_s = time.monotonic() - self._looked_s
        if view.state.reach is SiteReach.ONLINE and silent_s > LOST_S + LOOK_S:
            view = self._fall_silent(silent_s)
        return view

    def hidden_view(self) -> SiteView:
        """Without its snapshot, of which the state tells the open alerts. The same object while that is nothing new."""
        view = self.view()
        try:
            severities = [alert.severity for alert in view.alerts] if view.snapshot is None else _open_severities(view.snapshot)
        except (TypeError, AttributeError) as error:
            view, severities = self.refuse(error), []
        state = replace(view.state, shown=False, open_alerts=len(severities), worst_alert=max(severities, default=None))
        if self._hidden is None or self._hidden.state != state:
            self._hidden = SiteView(state)
        return self._hidden

    def refuse(self, error: Exception) -> SiteView:
        """Nothing of it can be shown beside other sites."""
        self._own = self._source = None
        self._view = SiteView(self._become(*_what_is_wrong(error, self.name)).state)  # its own thread may have looked again meanwhile
        return self._view

    def look_now(self) -> None:
        """Soon, rather than after the usual pause; a site that was signed out of is tried again."""
        self._woken.set()

    def begin_close(self) -> "Future[None] | None":
        """End its port; whoever closes several waits for all at once."""
        self._ending.set()
        self._woken.set()
        port = self._port
        if port is None:
            return None
        closing: Future[None] = Future()
        threading.Thread(target=_close, args=(port, closing), name=f"site-{self.key}-close", daemon=True).start()
        return closing

    def close(self) -> None:
        """After `begin_close`, whether that is done or not."""
        self.calls.close()
        self.files.close()

    def wait_for_first_look(self, until_s: float) -> None:
        self._looked.wait(max(until_s - time.monotonic(), 0.0))

    def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._ending.is_set():
            if self._port is None and not self._connected():
                self._looked.set()
                self._woken.wait(None if self._view.state.reach is SiteReach.SIGNED_OUT else pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                pause_s = FIRST_PAUSE_S
                self._look()
                self._looked.set()
                self._woken.wait(self._pause_s())
            self._woken.clear()
            if self._intents is not None and self._copied is not None and self._look_at_hub(self._intents, self._copied):
                self._view = replace(self._view, snapshot=self._snapshot_in(self._view.state), alerts=self._alerts_at_hub())

    def _look_at_hub(self, intents: HubIntents, copied: CopiedAlerts) -> bool:
        """Whether something is to be shown otherwise than before."""
        away = self._view.state.reach is SiteReach.AWAY
        said = intents.look(away)
        return (away and self._own is None and copied.look()) or said

    def _alerts_at_hub(self) -> tuple[Alert, ...]:
        """With what was said of them there."""
        copied = None if self._copied is None else self._copied.snapshot
        if copied is None or self._intents is None or self._own is not None:
            return ()
        return self._intents.over(copied).alerts.alerts

    def _snapshot_in(self, state: SiteState) -> Snapshot | None:
        """As it is now, or was last, with what its hub keeps for the site."""
        own = self._own
        if own is None:
            return None
        shown = own if self._intents is None else self._intents.over(own)
        return shown if state.reach is SiteReach.ONLINE else adrift(shown, state.reason)

    def _pause_s(self) -> float:
        self._looks.count()
        if self._view.state.reach is SiteReach.REFUSED:
            return REFUSED_S
        return MOVING_LOOK_S if self._looks.moves else LOOK_S

    def _connected(self) -> bool:
        try:
            port = self._connect()
        except Exception as error:  # noqa: BLE001 - the top of this thread: whatever a site does, it is this site's trouble
            self._become(*_what_is_wrong(error, self.name))
            return False
        self._port = port
        if self._ending.is_set():
            port.close()
        return True

    def _look(self) -> None:
        try:
            self._look_at(self.port)
        except Exception as error:  # noqa: BLE001 - as above
            self._looked_s = time.monotonic()
            self._become(*_what_is_wrong(error, self.name))

    def _look_at(self, port: EnginePort) -> None:
        source, link = port.snapshot(), _link(port)
        if type(source) is not Snapshot:
            raise TypeError(f"a snapshot is {type(source).__name__}")
        if source is not self._source:
            self._qualifier.begin()
            self._own, self._source = rewrite(source, self._qualifier), source
        self._looked_s = time.monotonic()
        silent_s = 0.0 if link is None else self._looked_s - link.answered_s
        if silent_s > LOST_S:
            self._fall_silent(silent_s)
        else:
            self._take(link)

    def _take(self, link: Link | None) -> None:
        """What was just seen. Ages and delays are told in steps, so that a quiet site is not another one all the time."""
        before, own = self._view, self._own
        assert own is not None and self._source is not None
        now_ns, session = self._clock.now_ns(), self.port.session
        ahead_s = round((self._source.at_ns - now_ns) / SECOND, 1) + 0.0
        if before.state.clock_ahead_s is not None and abs(ahead_s - before.state.clock_ahead_s) < 0.5:
            ahead_s = before.state.clock_ahead_s
        state = SiteState(
            self.key,
            self.name,
            SiteReach.ONLINE,
            before.state.since_ns if before.state.reach is SiteReach.ONLINE else now_ns,
            version="" if link is None else link.version[:40],
            clock_ahead_s=ahead_s,
            latency_ms=None if link is None else _steady_ms(before.state.latency_ms, link.latency_ms),
            user=rewrite(session.user, Qualifier(self.key)),
            verbs=session.verbs,
            settings=own.settings,
        )
        shown = self._snapshot_in(state)
        if state != before.state or shown is not before.snapshot:
            self._view = SiteView(before.state if state == before.state else state, shown)

    def _fall_silent(self, silent_s: float) -> SiteView:
        return self._become(SiteReach.AWAY, SILENT.format(self.name), self._clock.now_ns() - round(silent_s * SECOND))

    def _become(self, reach: SiteReach, reason: str, since_ns: int | None = None) -> SiteView:
        before = self._view
        if (before.state.reach, before.state.reason) == (reach, reason):
            return before
        since = before.state.since_ns if before.state.reach is reach else (self._clock.now_ns() if since_ns is None else since_ns)
        copied = self.standby is not None and reach is SiteReach.AWAY
        state = replace(before.state, reach=reach, reason=reason, since_ns=since, copied=copied)
        self._view = SiteView(state, self._snapshot_in(state), self._alerts_at_hub() if reach is SiteReach.AWAY else ())
        return self._view


def _open_severities(snapshot: Snapshot) -> list[Severity]:
    return [Severity(alert.severity) for alert in snapshot.alerts.alerts if alert.open and not alert.shelved(snapshot.at_ns)]


def _close(port: EnginePort, closing: "Future[None]") -> None:
    try:
        port.close()
    finally:
        closing.set_result(None)


def _steady_ms(before: float | None, now: float | None) -> float | None:
    """As it was told before, unless it is another by a third and more than a few milliseconds."""
    if now is None:
        return before
    return before if before is not None and abs(now - before) <= max(5.0, before / 3) else max(1.0, float(round(now)))


def _link(port: EnginePort) -> Link | None:
    return port.link if isinstance(port, LinkedPort) else None


def _what_is_wrong(error: Exception, name: str) -> tuple[SiteReach, str]:
    match error:
        case SessionLapsed():
            return SiteReach.LAPSED, str(error)
        case NotSignedIn() | PermissionDenied():
            return SiteReach.SIGNED_OUT, str(error)
        case WatchroomError():
            return SiteReach.AWAY, str(error)
        case Oversized():
            return SiteReach.REFUSED, f"{name} says more at once than a site can have. Nothing new of it is shown."
        case _:
            log.warning("what the site %s says is not understood", name, exc_info=error)
            return SiteReach.REFUSED, f"What {name} says is not understood ({type(error).__name__}). Nothing new of it is shown."
