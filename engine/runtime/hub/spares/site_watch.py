"""Watches the lease of one site for a spare, and has its engine stand in and hand back. A connection of its own, on a thread of its own."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.time import Clock
from engine.runtime.hub.member_link import MemberLink
from engine.runtime.hub.membership import Membership
from engine.runtime.hub.nats_carrier import NatsCarrier
from engine.runtime.hub.spares.lease import RENEWAL_S, Lease, LeaseState, Standing
from engine.runtime.hub.spares.lease_judge import JudgeTimes, LeaseJudge, Verdict
from engine.runtime.hub.spares.lease_line import LeaseLine
from engine.runtime.hub.spares.spare_package import SparePackage
from engine.runtime.hub.spares.stand_in_engine import StandInEngine

log = logging.getLogger(__name__)

TICK_S = 0.25
AFTER_FAILURE_S = 30.0
NO_LEASE = (
    "This site has no lease yet: nobody would notice that it fails. Check that its engine runs, reaches its hub and allows this spare."
)
STARTED, STOPPED = "its lease was not renewed", "the spare was stopped, or is allowed no longer"
RETURNED = "it records again, another spare does, or it was stopped on purpose"


class Places:
    """For how many sites the spare may stand in at a time. Any thread."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most, self._taken, self._lock = most, 0, threading.Lock()

    def take(self) -> bool:
        """Whether there was one."""
        with self._lock:
            if self._taken >= self._most():
                return False
            self._taken += 1
            return True

    def free(self) -> None:
        with self._lock:
            self._taken -= 1


class SiteWatch(MemberLink):
    """`run` until it is over; it hands back then. `membership`: of what the spare records for the site. address: of the site. package: the
    newest that the site sent; engine: that stands in."""

    def __init__(
        self,
        membership: Membership,
        folder: Path,
        clock: Clock,
        address: str,
        package: Callable[[], SparePackage],
        engine: StandInEngine,
        places: Places,
        times: JudgeTimes | None = None,
    ) -> None:
        super().__init__(membership, folder, clock, self._tell)
        self._site_address, self._package, self._engine, self._places = address, package, engine, places
        self._judge = LeaseJudge(times)
        self._number = 0  # of what was said last about who stands in
        self._acting: asyncio.Task[None] | None = None  # while the engine begins
        self._said_s = self._followed_s = self._failed_s = -AFTER_FAILURE_S
        self._sentence: str | None = None
        self.stands = False

    def run(self, over: Callable[[], bool]) -> None:
        try:
            super().run(over)
        finally:
            if self.stands:  # NATS was away when it ended
                self.stands = False
                self._engine.hand_back(STOPPED)
                self._places.free()

    async def _work(self, carrier: NatsCarrier) -> bool:
        ended = asyncio.create_task(carrier.wait_ended())
        line = LeaseLine(carrier, self._site_address)
        try:
            await line.listen(self._hear_site)
            await self._read_last(line)
            self._tell(None)
            while not (ended.done() or self._is_over):
                await self._tick(line)
                await asyncio.sleep(TICK_S)
        except EnvironmentFault as fault:
            self._tell(str(fault))
        finally:
            ended.cancel()
            self._judge.line_lost()
            if self._is_over and self.stands:
                await self._hand_back(line, STOPPED)
            await carrier.close()
        return False

    async def _read_last(self, line: LeaseLine) -> None:
        """What was kept before this line. Raises EnvironmentFault."""
        lease = await line.last_lease()
        if lease is not None:
            self._judge.know_site(lease)
        self._number = -1
        await self._follow(line)

    async def _follow(self, line: LeaseLine) -> None:
        """Who stands in, as the server keeps it. Raises EnvironmentFault."""
        before, self._followed_s = self._number, time.monotonic()
        standing, self._number = await line.last_standing()
        if standing is None or standing.spare == self._membership.site:
            self._judge.no_other()
        elif before < 0:  # from before this line
            self._judge.know_other(standing)
        elif self._number != before:
            self._judge.hear_other(standing, time.monotonic_ns())

    def _hear_site(self, lease: Lease) -> None:
        self._judge.hear_site(lease, time.monotonic_ns())

    async def _tick(self, line: LeaseLine) -> None:
        if not await line.is_good():
            self._judge.line_lost()
            return
        now_ns = time.monotonic_ns()
        self._judge.line_good(now_ns)
        self._look_for_lease(now_ns)
        self._judge.mine_live = self._engine.live_count()[1] if self.stands else 0
        try:
            if time.monotonic() - self._followed_s >= RENEWAL_S:
                await self._follow(line)
            match self._judge.verdict(now_ns, self.stands):
                case Verdict.START:
                    await self._start(line)
                case Verdict.HAND_BACK:
                    await self._hand_back(line, RETURNED)
                case Verdict.WAIT:
                    pass
            if self.stands and time.monotonic() - self._said_s >= RENEWAL_S:
                await self._renew(line)
        except WatchroomError as error:
            self._tell(str(error))

    def _look_for_lease(self, now_ns: int) -> None:
        if self._judge.misses_lease(now_ns):
            self._tell(NO_LEASE)
        elif self._sentence == NO_LEASE:
            self._tell(None)

    async def _start(self, line: LeaseLine) -> None:
        """Raises WatchroomError: it cannot be begun now."""
        if time.monotonic() - self._failed_s < AFTER_FAILURE_S:
            return
        if not self._package().is_good(self._clock.now_ns()):
            self._tell(
                "The settings that this site sealed are too old, or from a time to come. Check that it reaches its hub, and both clocks."
            )
            return
        if not self._places.take():
            self._tell("This spare stands in for as many sites as it may already.")
            return
        if not await self._claim(line):
            self._places.free()
            return
        self._tell(None)
        self.stands = True
        self._acting = asyncio.create_task(self._begin(line))

    async def _claim(self, line: LeaseLine) -> bool:
        """Of several spares one succeeds."""
        try:
            await self._follow(line)
            if self._judge.verdict(time.monotonic_ns(), stands=False) is not Verdict.START:
                return False
            return await self._say(line, LeaseState.HELD)
        except EnvironmentFault as fault:
            self._tell(str(fault))
            return False

    async def _begin(self, line: LeaseLine) -> None:
        log.warning("%s: standing in, because %s", self._membership.site, STARTED)
        try:
            await asyncio.to_thread(self._engine.take_over, STARTED)
        except WatchroomError as error:
            log.exception("%s: the engine of the spare cannot stand in", self._membership.site)
            self._failed_s = time.monotonic()
            self._acting = None
            await self._hand_back(line, str(error))
            self._tell(str(error))

    async def _hand_back(self, line: LeaseLine, why: str) -> None:
        if self._acting is not None:
            await asyncio.wait([self._acting])
        if not self.stands:  # it could not begin
            return
        self.stands = False
        log.warning("%s: handing back, because %s", self._membership.site, why)
        try:
            await asyncio.to_thread(self._engine.hand_back, why)
            await self._say(line, LeaseState.GIVEN_UP)
        except WatchroomError as error:
            log.warning("%s: %s", self._membership.site, error)
        finally:
            self._places.free()

    async def _renew(self, line: LeaseLine) -> None:
        """Also where what NATS kept is gone; not where another spare stands in now. Raises EnvironmentFault."""
        if self._judge.other_stands or await self._say(line, LeaseState.HELD):
            return
        await self._follow(line)
        if not self._judge.other_stands:
            await self._say(line, LeaseState.HELD)

    async def _say(self, line: LeaseLine, state: LeaseState) -> bool:
        """Unless another has said something meanwhile. Raises EnvironmentFault."""
        self._said_s = time.monotonic()
        cameras, live = self._engine.live_count()
        number = await line.say(Standing(state, cameras, live, self._membership.site), self._number)
        if number is None:
            return False
        self._number = number
        return True

    def _tell(self, sentence: str | None) -> None:
        if sentence != self._sentence:
            self._sentence = sentence
            if sentence is not None:
                log.warning("%s: %s", self._membership.site, sentence)
