"""The smoke watch of the running engine: pictures of edge devices and of the own cameras in, what is known of smoke out.

One thread takes in what waits, all of it as one: whoever sent a picture is answered once it is in the record. What operators do is carried
out on their thread, between two of these.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import field

from engine.model.errors import EnvironmentFault
from engine.model.fire.fire import FireRiskPolicy
from engine.model.fire.smoke import SmokeFrame, SmokeLabel, SmokePage, SmokeView, SmokeWatchState
from engine.model.settings import Settings
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.ports import SettingsSource, Trouble
from engine.runtime.smoke.smoke_keeping import DAY_NS, EVERYTHING, SmokeKeeper
from engine.runtime.smoke.smoke_lookouts import OwnLookouts
from engine.store.fire.smoke import SmokeTable

MOST_WAITING, MOST_AT_ONCE = 512, 64
POLL_S = 0.25
SHOWN = 100
VIEW_NS, TICK_NS = 30 * SECOND, 5 * SECOND
SILENT_NS = 900 * SECOND  # an edge device sends a picture at least every ten minutes, with smoke or without
OWN_SILENT_NS = 60 * SECOND
_Attached = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Waiting:
    frame: SmokeFrame
    answer: "Future[_Attached]" = field(default_factory=lambda: Future[_Attached]())


@dataclass(frozen=True, slots=True)
class _LookoutReport:
    detector: str
    at_ns: int
    own: bool


class SmokeSide:
    """Thread `smoke` (`run`). The other methods are for any thread; `label`, `unmatch` and `remove` take as long as some commits.

    Args:
        policy: what lists leave out today. on_trouble: a sentence while smoke cannot be kept, None when it is again.
    """

    def __init__(
        self,
        keeper: SmokeKeeper,
        table: SmokeTable,
        settings: SettingsSource,
        policy: Callable[[], FireRiskPolicy],
        clock: Clock,
        on_trouble: Trouble,
        own: OwnLookouts | None = None,
    ) -> None:
        self._keeper = keeper
        self._table = table
        self._settings = settings
        self._policy = policy
        self._clock = clock
        self._on_trouble = on_trouble
        self.own = own or OwnLookouts()
        self.own.configure(settings.now())
        self.working = threading.Lock()  # held by whoever uses the keeper
        self._lock = threading.Lock()  # guards _queue, _closed and _dropped
        self._queue: deque[_Waiting] = deque()
        self._closed = False
        self._dropped = 0
        self._woken = threading.Event()
        self._opened = False
        self._heard: dict[str, _LookoutReport] = {}
        self._started_ns = clock.now_ns()
        self._ticked_ns = 0
        self._trouble = ""
        self._shown = SmokeView()
        self._shown_ns = 0
        self._shown_by: FireRiskPolicy | None = None
        self._changed = False

    def put(self, frame: SmokeFrame) -> "Future[tuple[str, ...]]":
        """The sequences it is a picture of, once it is kept; then or now EnvironmentFault: it is not, and is to be sent again."""
        waiting = _Waiting(frame)
        with self._lock:
            if self._closed:
                raise _stopping()
            if len(self._queue) >= MOST_WAITING:
                self._dropped += 1
                raise EnvironmentFault("busy", "Too many pictures of smoke wait to be kept. Send it again in a moment.")
            self._queue.append(waiting)
        self._woken.set()
        return waiting.answer

    def configure(self, settings: Settings) -> None:
        self.own.configure(settings)

    def view(self) -> SmokeView:
        shown, now_ns = self._shown, self._clock.now_ns()
        watches = tuple(self._state(lookout.camera_id, now_ns) for lookout in self._settings.now().lookouts)
        return SmokeView(shown.plumes, shown.left_out, watches, self._dropped, self._trouble)

    def label(self, sequence_id: str, label: SmokeLabel | None, by: str) -> str:
        """See `SmokeKeeper`, as for the next three."""
        return self._act(lambda: self._keeper.label(sequence_id, label, by))

    def unmatch(self, plume_id: str, sequence_id: str) -> str:
        return self._act(lambda: self._keeper.unmatch(plume_id, sequence_id))

    def merge(self, plume_id: str, other_id: str) -> str:
        return self._act(lambda: self._keeper.merge(plume_id, other_id))

    def remove(self, sequence_id: str) -> None:
        def confirm_removal() -> str:
            self._keeper.remove(sequence_id)
            return ""

        self._act(confirm_removal)

    def close(self) -> None:
        """Nothing is taken any more; whoever waits is told so."""
        with self._lock:
            self._closed = True
            left, self._queue = self._queue, deque()
        for waiting in left:
            waiting.answer.set_exception(_stopping())

    def run(self, stopping: threading.Event) -> None:
        """The thread's body."""
        while not stopping.is_set():
            self.turn()
            self._woken.wait(POLL_S)
            self._woken.clear()
        self.close()

    def turn(self) -> None:
        """Take in what waits; keep what could not be kept before."""
        waiting = self._next_batch()
        own = self.own.look(self._elsewhere())
        try:
            with self.working:
                self._open_keeper()
                self._take_frames(waiting, own)
                self._tick()
            self._publish_view()
            self._report_trouble("")
        except EnvironmentFault as fault:
            self._report_trouble(f"Smoke is watched for, but cannot be kept: {fault}")
            _refuse(waiting, fault)
        finally:
            _refuse(waiting, _stopping())  # those that nobody has answered
        if len(waiting) == MOST_AT_ONCE:
            self._woken.set()

    def _open_keeper(self) -> None:
        if not self._opened:
            self._keeper.open()
            self._opened = self._changed = True

    def _take_frames(self, waiting: Sequence[_Waiting], own: Sequence[SmokeFrame]) -> None:
        now_ns = self._clock.now_ns()
        self._heard |= {each.camera_id: _LookoutReport(each.detector, now_ns, own=True) for each in own}
        self._heard |= {each.frame.camera_id: _LookoutReport(each.frame.detector, now_ns, own=False) for each in waiting}
        frames = (*(each.frame for each in waiting), *own)
        if not frames:
            return
        attached = self._keeper.take(frames)
        self._changed |= any(attached)
        for each, ids in zip(waiting, attached, strict=False):
            each.answer.set_result(ids)

    def _tick(self) -> None:
        now_ns = self._clock.now_ns()
        if now_ns - self._ticked_ns >= TICK_NS:
            self._ticked_ns = now_ns
            self._keeper.tick()

    def _next_batch(self) -> tuple[_Waiting, ...]:
        with self._lock:
            return tuple(self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE)))

    def _elsewhere(self) -> frozenset[str]:
        """Cameras that an edge device speaks for: two detectors on one picture would be one smoke twice."""
        now_ns = self._clock.now_ns()
        return frozenset(camera_id for camera_id, heard in self._heard.items() if not heard.own and now_ns - heard.at_ns < SILENT_NS)

    def _act(self, act: Callable[[], str]) -> str:
        with self.working:
            self._open_keeper()
            try:
                return act()
            finally:
                self._changed = True
                self._woken.set()

    def _publish_view(self) -> None:
        now_ns, policy = self._clock.now_ns(), self._policy()
        if not self._changed and policy == self._shown_by and now_ns - self._shown_ns < VIEW_NS:
            return
        self._changed = False
        page = SmokePage(since_ns=now_ns - DAY_NS, limit=SHOWN, policy=policy)
        plumes = self._keeper.plumes(page)
        everything = SmokePage(since_ns=page.since_ns, policy=EVERYTHING)
        left_out = self._table.count_plumes(everything) - self._table.count_plumes(page)
        if plumes == self._shown.plumes:
            plumes = self._shown.plumes  # the same one as before: nothing has to be drawn anew
        self._shown, self._shown_ns, self._shown_by = SmokeView(plumes, max(0, left_out)), now_ns, policy

    def _report_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._on_trouble.tell(trouble or None)

    def _state(self, camera_id: str, now_ns: int) -> SmokeWatchState:
        heard = self._heard.get(camera_id)
        own = heard.own if heard else camera_id in self.own.camera_ids
        since_ns = heard.at_ns if heard else self._started_ns
        silent = now_ns - since_ns >= (OWN_SILENT_NS if own else SILENT_NS)
        return SmokeWatchState(camera_id, heard.detector if heard else "", heard.at_ns if heard else 0, since_ns if silent else None, own)


def _refuse(waiting: Sequence[_Waiting], fault: EnvironmentFault) -> None:
    for each in waiting:
        if not each.answer.done():
            each.answer.set_exception(fault)


def _stopping() -> EnvironmentFault:
    return EnvironmentFault("stopping", "The engine stops. Send it again when it is back.")
