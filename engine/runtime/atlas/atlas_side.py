"""Atlas as the engine uses it: what it is asked waits in the record and is sent one after the other; who waits for an answer is answered.

A classification by the words of the report is made at once (`words`), so that an incident never waits for the network. What Atlas says
replaces it when it comes, be it days later. Order is kept by sending one call at a time; an attempt whose outcome could not be written
before a crash is made again with the same idempotency key, so that Atlas counts it once.
"""

import asyncio
import concurrent.futures
import logging
import math
import threading
from collections.abc import Callable, Coroutine
from collections.abc import Sequence as Several
from dataclasses import replace
from typing import Any, TypeVar

from engine.incidents.atlas import media
from engine.incidents.atlas.anonymity import call_key, in_rollout
from engine.incidents.atlas.atlas_case import SOMEBODY, Around, Case, Verdict, case_json
from engine.incidents.atlas.client import AtlasClient, Pacing
from engine.incidents.atlas.environment import Overrides
from engine.incidents.atlas.fault import OFF, TIMEOUT, AtlasFault
from engine.incidents.atlas.figures import WEEK_S
from engine.incidents.atlas.transport import HttpTransport, Transport
from engine.incidents.classification import classified_here
from engine.model.errors import EnvironmentFault, InputError
from engine.model.incidents.atlas import AtlasHealth, AtlasSettings, AtlasState
from engine.model.incidents.atlas_call import WAITS, AtlasCall, AtlasCallKind, MediaAnalysis, PatternAnswer
from engine.model.incidents.incident import Incident, IncidentCategory
from engine.model.time import SECOND, Clock
from engine.runtime.atlas.atlas_address import atlas_address
from engine.runtime.atlas.atlas_key import AtlasKey
from engine.runtime.atlas.atlas_pulse import AtlasPulse
from engine.runtime.atlas.atlas_queue import AtlasQueue, AtlasStore, IncidentDesk
from engine.runtime.atlas.atlas_waiters import AtlasWaiters, Told
from engine.runtime.ports import SettingsSource, StoredSecret, Trouble
from engine.store.incidents.atlas import MOST_CALLS

log = logging.getLogger(__name__)

POLL_S = 0.2
FIGURES_S = 60.0
MOST_AHEAD = 2  # calls in the queue: behind more no answer is to be had in time
SWEEP_S, SWEEP_NS, MOST_SWEPT = 600.0, 24 * 3600 * SECOND, 1000
GRACE_S = 2.0  # beyond what a call may take, before its caller is let go
WAITING = f"{WAITS}."
SWITCHED_OFF = "Atlas is switched off."
SIMULATED = "Simulated incidents are not sent to Atlas."
NO_OVERRIDES, REAL_TIME = Overrides(), Pacing()
T = TypeVar("T")


class AtlasSide:
    """Thread `atlas` (`run`) sends. The other methods may be called on any thread: `enqueue` and `feedback` take as long as one
    transaction, `patterns` and `analyse` as long as Atlas does (`timeout_s` at most, more for a large upload), `health` no time.

    Args:
        store: the queue. settings: those that are stored; the environment goes before them. secret: the stored key.
        trouble: a sentence while Atlas is wanted and does not work, None when it does again.
        names: of people who are known here, which never leave.
    """

    def __init__(
        self,
        store: AtlasStore,
        incidents: IncidentDesk,
        settings: SettingsSource,
        secret: StoredSecret,
        clock: Clock,
        trouble: Trouble,
        overrides: Overrides = NO_OVERRIDES,
        transport: Transport | None = None,
        pacing: Pacing = REAL_TIME,
        names: Callable[[], Several[str]] = tuple,
    ) -> None:
        overrides.apply_to(settings.now().atlas)  # raises InputError here rather than later
        self._store = store
        self._stored = settings
        self._clock = clock
        self._overrides = overrides
        self._pacing = pacing
        self._incidents = incidents
        self._names = names
        self._key = AtlasKey(overrides.key, secret)
        self._pulse = AtlasPulse(clock, trouble, overrides.names)
        sending = transport or HttpTransport(atlas_address)
        self._client = AtlasClient(self, sending, clock, self._pulse.attempted, pacing)
        self._waiters = AtlasWaiters()
        self._queue = AtlasQueue(store, incidents, self._client, clock, pacing, self._pulse, self._waiters, self._verdict)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._figures_s = self._swept_s = -math.inf

    def settings(self) -> AtlasSettings:
        """Those that hold. What the environment makes senseless is switched off."""
        stored = self._stored.now().atlas
        try:
            return self._overrides.apply_to(stored)
        except InputError:
            return replace(stored, enabled=False)

    def key(self) -> str | None:
        return self._key()

    def words(self, incident: Incident) -> Incident:
        """The incident with what its words say and why it is not Atlas that says so; unclassified where only Atlas may say it. Pure and
        quick: for the transaction that files it."""
        if self._is_for_atlas_only(incident):
            return incident
        return classified_here(incident, self._why_words(incident), self._clock.now_ns())

    def enqueue(self, incident: Incident) -> bool:
        """Have it classified: by its words at once where nobody has yet, and by Atlas when its turn comes. Again after its description has
        changed. True where a call waits now that did not before. May raise EnvironmentFault."""
        call = self._asking(incident)
        return call is not None and self._queue.put(call)

    def enqueue_soon(self, incident: Incident) -> None:
        """`enqueue` for whoever must not wait or fail: noted with others within a moment; after a crash before that, a sweep finds it."""
        try:
            call = self._asking(incident)
        except EnvironmentFault as fault:  # who is known here cannot be read, so that nobody's name could be masked: the sweep asks later
            log.warning("Atlas is not asked about %s yet: %s", incident.id, fault)
            return
        if call is not None:
            self._queue.put_soon(call)

    def expected(self, incident: Incident, told: Told) -> float | None:
        """For how long, in seconds, it is worth waiting for what Atlas says of an incident that was filed just now; None: it is not, as
        Atlas is off, does not work or has too much to do.

        `told`: called on another thread once Atlas was asked, or will not be for now; `let_go` it where nobody waits any more.
        """
        works = self.health().state is AtlasState.WORKING and self._loop is not None and not self._queue.pauses
        if not (works and self._is_wanted(incident)) or (self._queue.waiting or 0) > MOST_AHEAD:
            return None
        if not self._waiters.add(incident.id, told):
            return None
        if self._queue.pauses:  # since a moment ago: who came after all were told would be told no more
            self._waiters.drop(incident.id, told)
            return None
        return self.settings().timeout_s

    def let_go(self, incident: Incident, told: Told) -> None:
        self._waiters.drop(incident.id, told)

    def changed(self, incident: Incident) -> None:
        """`enqueue` for whoever must not fail: there are new words."""
        try:
            self.enqueue(incident)
        except EnvironmentFault as fault:
            log.warning("The new words of %s are not in the queue for Atlas: %s", incident.id, fault)

    def feedback(self, incident: Incident) -> bool:
        """Tell Atlas what an operator said it was (`validated_category`), where Atlas has said or will say something about it.

        May raise EnvironmentFault."""
        if not incident.validated_category or incident.simulated:
            return False
        verdict = self._verdict(incident, self._clock.now_ns())
        if verdict is None and not self._store.has(incident.id, AtlasCallKind.CLASSIFY):
            return False
        body = "" if verdict is None else case_json(verdict)
        return self._queue.put(self._call(incident, AtlasCallKind.FEEDBACK, body, incident.validated_category, str(incident.revision)))

    def judged(self, incident: Incident) -> None:
        """`feedback` for whoever must not fail of it."""
        try:
            self.feedback(incident)
        except EnvironmentFault as fault:
            log.warning("What %s really was is not told to Atlas: %s", incident.id, fault)

    def check(self, settings: AtlasSettings) -> None:
        """Raises InputError where the environment makes such settings senseless."""
        self._overrides.apply_to(settings)

    def patterns(
        self, latitude: float, longitude: float, radius_km: float = 5.0, categories: tuple[IncidentCategory, ...] = ()
    ) -> PatternAnswer:
        """What happens again and again around a place. Not available is not the same as none nearby."""
        around = Around(latitude, longitude, radius_km, categories=categories)
        try:
            return self._answer(lambda: self._client.patterns(around), self.settings().timeout_s)
        except EnvironmentFault as fault:
            return PatternAnswer(False, reason=str(fault))

    def detect_contract(self, latitude: float, longitude: float) -> str:
        """Which contract Atlas speaks, `planned` or `real`. Raises AtlasFault."""
        return self._answer(lambda: self._client.detect_contract(latitude, longitude), 2 * self.settings().timeout_s)

    def analyse(self, kind: str, data: bytes) -> MediaAnalysis:
        """What is to be seen or heard in a `photo`, `video` or `audio`.

        Raises:
            MediaRefused (an InputError with the `status` 400, 413 or 415), InputError: before anything is sent.
            AtlasFault: Atlas has no answer; the sentence is a `degraded_reason`.
        """
        checked = media.checked(kind, data)
        longest_s = self.settings().timeout_s + len(data) / media.MIB
        finding = self._answer(lambda: self._client.analyse(checked), longest_s)
        return finding.as_analysis(kind, self._clock.now_ns())

    def health(self) -> AtlasHealth:
        return self._pulse.health

    def configure(self) -> None:
        """Settings or key were changed."""
        self._key.forget()
        self._pulse.forget()
        self._queue.changed.set()

    def run(self, stopping: threading.Event) -> None:
        """The thread's body. What is under way when `stopping` is set counts as not attempted."""
        asyncio.run(self._main(stopping))

    async def _main(self, stopping: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        await self._sweep_now_and_then()
        work = self._loop.create_task(self._queue.work(POLL_S))
        try:
            while not stopping.is_set() and not work.done():
                await self._check_state()
                await asyncio.sleep(POLL_S)
            if work.done():
                work.result()  # raises what it failed of
        finally:
            self._loop = None
            self._waiters.tell_all()
            await _cancel_all()

    async def _check_state(self) -> None:
        """At how Atlas does: its state each time, figures once a minute."""
        await self._sweep_now_and_then()
        if self._pacing.now_s() - self._figures_s >= FIGURES_S:
            self._figures_s = self._pacing.now_s()
            await self.count()
        self._pulse.show(self.settings().enabled, self._client.breaker, self._queue.waiting, self._key.is_there)

    async def _sweep_now_and_then(self) -> None:
        if self._pacing.now_s() - self._swept_s >= SWEEP_S:
            self._swept_s = self._pacing.now_s()
            self._key.try_again()
            await self.sweep()

    async def sweep(self) -> None:
        """Incidents of the last day that a crash, or a queue that was full, kept from being asked about are asked about now."""
        since_ns, enabled = self._clock.now_ns() - SWEEP_NS, self.settings().enabled
        try:
            if self._store.waiting() + MOST_SWEPT > MOST_CALLS:
                return  # what is dropped would only drop others
            for incident in await asyncio.to_thread(self._store.unsaid, since_ns, enabled, MOST_SWEPT):
                if incident.id not in self._queue.given_up:
                    self.enqueue_soon(incident)
        except EnvironmentFault:
            return  # the record is in trouble, and says so itself

    async def count(self) -> None:
        """Anew from the record, beside the loop for as long as it takes."""
        try:
            self._store.note(self._pulse.take_tally(), self._clock.now_ns())
            counts = await asyncio.to_thread(self._store.counts, self._clock.now_ns() - WEEK_S * SECOND)
        except EnvironmentFault:
            return  # the record is in trouble, and says so itself
        self._pulse.count(counts)

    def _why_words(self, incident: Incident) -> str:
        settings = self.settings()
        if not settings.enabled:
            return SWITCHED_OFF
        if incident.simulated:
            return SIMULATED
        if self._is_wanted(incident):
            return WAITING
        return f"Atlas is asked about {settings.rollout_percent} % of incidents only."

    def _is_wanted(self, incident: Incident) -> bool:
        settings = self.settings()
        return settings.enabled and not incident.simulated and in_rollout(incident.id, settings.rollout_percent)

    def _is_for_atlas_only(self, incident: Incident) -> bool:
        return not self.settings().fallback_enabled and self._is_wanted(incident)

    def _asking(self, incident: Incident) -> AtlasCall | None:
        """What has to be asked, None where it must not be; the words speak meanwhile."""
        if incident.classification is None and not self._is_for_atlas_only(incident):
            self._queue.say_words(incident.id, self._why_words(incident))
        if not self._is_wanted(incident):
            return None
        case = Case.from_incident(incident, self.settings().coordinate_digits, self._names())
        return self._call(incident, AtlasCallKind.CLASSIFY, case_json(case), case.text)

    def _verdict(self, incident: Incident, at_ns: int) -> Verdict | None:
        """What was said of it by `at_ns`. May raise EnvironmentFault."""
        if not incident.validated_category:
            return None
        by = self._incidents.pseudonym(incident.validated_by) if incident.validated_by else SOMEBODY
        return Verdict.from_incident(incident, IncidentCategory(incident.validated_category), by, at_ns)

    def _call(self, incident: Incident, kind: AtlasCallKind, body: str, *told: str) -> AtlasCall:
        return AtlasCall(call_key(incident, kind, *told), kind, incident.id, body, self._clock.now_ns())

    def _answer(self, ask: Callable[[], Coroutine[Any, Any, T]], longest_s: float) -> T:
        """Asked on the loop, waited for here. Raises AtlasFault."""
        loop = self._loop
        if loop is None or not loop.is_running():
            raise AtlasFault(OFF, "Atlas cannot be asked: the engine is starting or ending.")
        future = asyncio.run_coroutine_threadsafe(ask(), loop)
        try:
            return future.result(longest_s + GRACE_S)
        except concurrent.futures.TimeoutError:
            future.cancel()
            raise AtlasFault(TIMEOUT, f"Atlas had no answer within {longest_s:.3g} s.") from None
        except concurrent.futures.CancelledError:
            raise AtlasFault(OFF, "Atlas cannot be asked: the engine is ending.") from None


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
