"""The calls to Atlas that wait, sent one at a time in their order; and incidents that get what their words say."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from collections.abc import Sequence as Several
from typing import Protocol

from engine.incidents.atlas.atlas_case import Case, Verdict, read_case
from engine.incidents.atlas.client import AtlasClient, Pacing
from engine.incidents.atlas.fault import INTERNAL, MALFORMED, OPEN, REFUSED, AtlasFault
from engine.incidents.classification import classified, spoken_for
from engine.incidents.local_classifier import is_emergency
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.incidents.atlas_call import WAITS, AtlasCall, AtlasCallKind, AtlasCounts, AtlasTally
from engine.model.incidents.incident import EditIncidents, Incident, IncidentEdit
from engine.model.time import SECOND, Clock
from engine.runtime.atlas.atlas_pulse import AtlasPulse
from engine.runtime.atlas.atlas_waiters import AtlasWaiters

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
# A call that Atlas itself fails at must not hold up the others: after so many failures it goes behind them. One that never reaches Atlas
# keeps its place for ever.
PATIENCE = {MALFORMED: 5, INTERNAL: 20}
GIVEN_UP_NS = 24 * 3600 * SECOND
MOST_WORDS = 50  # incidents that get their words before the next call
MOST_COMING, MOST_TOGETHER = 20_000, 200


class AtlasStore(Protocol):
    """What is asked of the record (`engine.store.incidents.atlas.AtlasTable`). May raise EnvironmentFault."""

    def put(self, call: AtlasCall) -> bool: ...

    def put_all(self, calls: Several[AtlasCall]) -> None: ...

    def next(self) -> AtlasCall | None: ...

    def waiting(self) -> int: ...

    def has(self, incident_id: str, kind: AtlasCallKind) -> bool: ...

    def finish(self, seq: int, tally: AtlasTally, now_ns: int) -> None: ...

    def note_failure(self, seq: int, error: str, tally: AtlasTally, now_ns: int) -> None: ...

    def postpone(self, seq: int, error: str, tally: AtlasTally, now_ns: int) -> None: ...

    def note(self, tally: AtlasTally, now_ns: int) -> None: ...

    def unsaid(self, since_ns: int, waiting: bool, limit: int) -> tuple[Incident, ...]: ...

    def counts(self, since_ns: int) -> AtlasCounts: ...


class IncidentDesk(Protocol):
    """What is asked of the incidents. May raise EnvironmentFault."""

    def get(self, incident_id: str) -> Incident:
        """Raises NotFound."""
        ...

    def change(self, edit: EditIncidents) -> IncidentEdit:
        """Carry it out, and tell the pipeline."""
        ...

    def pseudonym(self, name: str) -> str:
        """Of who judged an incident."""
        ...


class AtlasQueue:
    """`work` on the loop; `put`, `put_soon` and `say_words` on any thread.

    Args:
        pulse: counts. waiters: told when Atlas was asked about their incident, whatever became of it, or will not be for now.
        verdict: of an operator on an incident, by a time.
    """

    def __init__(
        self,
        store: AtlasStore,
        incidents: IncidentDesk,
        client: AtlasClient,
        clock: Clock,
        pacing: Pacing,
        pulse: AtlasPulse,
        waiters: AtlasWaiters,
        verdict: Callable[[Incident, int], Verdict | None],
    ) -> None:
        self._store = store
        self._incidents = incidents
        self._client = client
        self._clock = clock
        self._pacing = pacing
        self._pulse = pulse
        self._waiters = waiters
        self._verdict = verdict
        self._coming: deque[AtlasCall] = deque(maxlen=MOST_COMING)
        self._wordless: deque[tuple[str, str]] = deque()  # incident, why it is not Atlas that speaks
        self._failures = 0
        self._again_s = 0.0  # no call before
        self.given_up: set[str] = set()  # incidents that nobody is asked about again before something is changed
        self.changed = threading.Event()
        self.waiting: int | None = None  # None: not known yet

    @property
    def pauses(self) -> bool:
        """A call failed a moment ago, and the next is not made yet."""
        return self._pacing.now_s() < self._again_s

    def put(self, call: AtlasCall) -> bool:
        is_new = self._store.put(call)
        self.waiting = self._store.waiting()
        return is_new

    def put_soon(self, call: AtlasCall) -> None:
        """In the record within a moment, with others. Returns at once."""
        self._coming.append(call)

    def say_words(self, incident_id: str, why: str) -> None:
        self._wordless.append((incident_id, why))

    async def work(self, poll_s: float) -> None:
        """Until it is cancelled."""
        while True:
            try:
                busy = await self.turn()
            except EnvironmentFault as fault:
                ending = fault.reason == "stopping"  # else the record cannot be written
                log.log(logging.INFO if ending else logging.WARNING, "Calls to Atlas wait: %s", fault)
                self._pause(None)
                busy = False
            if self.pauses:
                self._waiters.tell_all()  # nobody is asked about before the pause is over
            await asyncio.sleep(0 if busy else poll_s)

    async def turn(self) -> bool:
        """One step: words, or one call. False where there was nothing to do. May raise EnvironmentFault."""
        if self.changed.is_set():
            self.changed.clear()
            self._client.reset()
            self.given_up.clear()
            self._failures, self._again_s = 0, 0.0
        if self._coming:
            self._store_calls()
        if self._wordless:
            self._speak()
            return True
        if not self._client.is_on or self.waiting == 0 or self.pauses:
            return False
        call = self._store.next()
        if call is None:
            self.waiting = 0
            return False
        try:
            await self._send(call)
        finally:
            self._waiters.tell(call.incident_id)
        self.waiting = self._store.waiting()
        return True

    def _store_calls(self) -> None:
        several = [self._coming.popleft() for _ in range(min(len(self._coming), MOST_TOGETHER))]
        try:
            self._store.put_all(several)
        except EnvironmentFault:
            self._coming.extendleft(reversed(several))
            raise
        self.waiting = self._store.waiting()

    def _speak(self) -> None:
        for _ in range(min(MOST_WORDS, len(self._wordless))):
            incident_id, why = self._wordless[0]
            if self._is_silent(incident_id):
                self._note_reason(incident_id, why)
            self._wordless.popleft()

    def _is_silent(self, incident_id: str) -> bool:
        """Nobody has said anything about it, nor why nobody has."""
        try:
            return self._incidents.get(incident_id).classification is None
        except NotFound:
            return False

    def _note_reason(self, incident_id: str, why: str) -> None:
        now_ns = self._clock.now_ns()
        try:
            self._incidents.change(lambda load: spoken_for(load, incident_id, why, now_ns))
        except NotFound:
            log.info("The incident %s is gone", incident_id)

    async def _send(self, call: AtlasCall) -> None:
        try:
            await (self._classify(call) if call.kind is AtlasCallKind.CLASSIFY else self._feed_back(call))
        except NotFound:
            log.info("The incident %s is gone; Atlas is not asked about it", call.incident_id)
        except InputError as error:
            log.error("A call to Atlas makes no sense any more and is left out: %s", error)
        except AtlasFault as fault:
            self._on_call_failure(call, fault)
            return
        except EnvironmentFault:
            raise  # the record is in trouble; the call is made again with the same key
        except Exception as error:  # a fault of the program must not hold up the other calls
            log.exception("A call to Atlas failed")
            self._pause(None)
            self._store.postpone(call.seq, f"{type(error).__name__}: {error}", self._pulse.take_tally(), self._clock.now_ns())
            return
        self._failures = 0
        self._store.finish(call.seq, self._pulse.take_tally(), self._clock.now_ns())

    async def _classify(self, call: AtlasCall) -> None:
        incident = self._incidents.get(call.incident_id)
        prediction = await self._client.classify(read_case(Case, call.body), call.key)
        now_ns = self._clock.now_ns()
        said = prediction.as_classification(is_emergency(incident.description), now_ns)
        self._incidents.change(lambda load: classified(load, call.incident_id, said, now_ns))

    async def _feed_back(self, call: AtlasCall) -> None:
        """Where Atlas had said nothing when it was noted, it may have by now: its call was sent before."""
        verdict = read_case(Verdict, call.body) if call.body else self._verdict(self._incidents.get(call.incident_id), call.created_ns)
        if verdict is not None:
            await self._client.feedback(verdict, call.key)

    def _on_call_failure(self, call: AtlasCall, fault: AtlasFault) -> None:
        tally, now_ns = self._pulse.take_tally(), self._clock.now_ns()
        if fault.reason == OPEN:
            self._pause(fault.retry_after_s)
            self._store.note(tally, now_ns)
            return
        patience = PATIENCE.get(fault.reason)
        if fault.reason == REFUSED or (patience is not None and now_ns - call.created_ns >= GIVEN_UP_NS):
            log.warning("A call to Atlas is given up: %s", fault)
            self.given_up.add(call.incident_id)
            self._note_failure(call, f"Atlas gave no classification: {fault}")
            self._store.finish(call.seq, tally, now_ns)
            return
        self._pause(fault.retry_after_s)
        self._note_failure(call, f"{WAITS}, which does not work: {fault}")
        goes_back = patience is not None and (call.attempts + 1) % patience == 0
        (self._store.postpone if goes_back else self._store.note_failure)(call.seq, str(fault), tally, now_ns)

    def _note_failure(self, call: AtlasCall, why: str) -> None:
        """On the incident, once per reason."""
        if self._client.has_fallback and call.kind is AtlasCallKind.CLASSIFY and why != call.last_error:
            self._note_reason(call.incident_id, why)

    def _pause(self, asked_s: float | None) -> None:
        """Doubling, no less than Atlas asks for or its breaker lasts."""
        pause_s = min(FIRST_PAUSE_S * 2.0 ** min(self._failures, 10), LONGEST_PAUSE_S)
        self._failures += 1
        self._again_s = self._pacing.now_s() + max(pause_s, asked_s or 0.0, self._client.breaker.opens_in_s)
