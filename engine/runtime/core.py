"""The engine thread: numbers what enters, runs it through the pipeline, and hands on what the pipeline says."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from engine.model.observation import DetectionsMade, FrameSeen, Numbered, Observation, Tick
from engine.model.repository import Storable
from engine.model.result import StepResult
from engine.model.time import SECOND, Clock
from engine.pipeline.pipeline import Pipeline
from engine.runtime.mailbox import Mailbox, Mark
from engine.runtime.recorder.recovery import storables
from engine.runtime.supervisor import ErrorBook

log = logging.getLogger(__name__)

TICK_NS = SECOND // 10
CHECKPOINT_NS = 60 * SECOND
CHECKPOINT_WORK_S = 2.5  # a start replays what came after the newest checkpoint, which takes about as long as it took then


class Writer(Protocol):
    @property
    def troubled(self) -> bool: ...

    def submit(self, numbered: Numbered | None, values: Sequence[Storable]) -> None: ...

    def run_in_order(self, action: Callable[[], None]) -> None: ...


class Core:
    """Owns the pipeline. `run` is the body of the thread `engine`; nothing else may touch the pipeline while it runs.

    Args (`gather` may be replaced while it runs, to watch what enters):
        save_checkpoint: keeps the state after the observation of a number, only until the next one where it is `passing`; called on the
            writer's thread.
        on_result: called on the engine thread after every step with the result and the observation; must return quickly.
        gather: what was collected since the tick before (radio frames of many nodes); it enters just before each tick.
    """

    def __init__(
        self,
        clock: Clock,
        mailbox: Mailbox,
        pipeline: Pipeline,
        next_number: int,
        writer: Writer,
        save_checkpoint: Callable[[int, dict[str, Any], bool], None],
        on_result: Callable[[StepResult, Observation], None],
        errors: ErrorBook,
        gather: Callable[[int], Sequence[Observation]] = lambda _: (),
    ) -> None:
        self.gather = gather
        self._clock = clock
        self._mailbox = mailbox
        self._pipeline = pipeline
        self._next_number = next_number
        self._writer = writer
        self._save = save_checkpoint
        self._on_result = on_result
        self._errors = errors
        self._taken: deque[Observation | Mark] = deque()  # kept here, so that a crash of the thread loses none of them
        self._last_received_ns = 0
        self._tick_ns = 0
        self._checkpoint_ns = 0
        self._worked_s = 0.0  # in the pipeline since the newest checkpoint
        self._asked: deque[Callable[[int, dict[str, Any]], None]] = deque()

    @property
    def number(self) -> int:
        """Of the last observation taken in."""
        return self._next_number - 1

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self._taken.extend(self._mailbox.take(TICK_NS / SECOND))
            self._enter_taken()
            self._keep_time()

    def finish(self) -> None:
        """After the thread has ended: take in what still waits and save a last checkpoint, so that the next start is short."""
        self._taken.extend(self._mailbox.take(0.0))
        self._enter_taken()
        self._save_checkpoint(self._clock.now_ns())

    def hand_over(self, keep: Callable[[int, dict[str, Any]], None]) -> None:
        """Give `keep`, soon and on the writer's thread, a number and the state after that observation, when it and all before it are
        journalled and none after it is. Any thread."""
        self._asked.append(keep)

    def _enter_taken(self) -> None:
        while self._taken:
            taken = self._taken.popleft()
            if isinstance(taken, Mark):
                taken.reached()
            else:
                self.enter(taken)

    def enter(self, observation: Observation) -> None:
        """Number one observation and run it. A bug in a step costs that observation only, now and in every replay."""
        now_ns = max(self._clock.now_ns(), self._last_received_ns)
        numbered = Numbered(self._next_number, now_ns, observation)
        self._last_received_ns = now_ns
        self._next_number += 1
        result = self._step_pipeline(numbered)
        self._writer.submit(numbered, storables(result))
        self._on_result(result, observation)

    def _step_pipeline(self, numbered: Numbered) -> StepResult:
        began_s = time.perf_counter()
        try:
            return self._pipeline.step(numbered)
        except Exception as error:  # noqa: BLE001 - one bad observation must not stop the watch
            self._errors.bug("pipeline", error)
            return StepResult(numbered.number)
        finally:
            self._worked_s += time.perf_counter() - began_s

    def _hand_over(self) -> None:
        while self._asked:
            keep, number, state = self._asked.popleft(), self.number, self._pipeline.state()
            self._writer.run_in_order(lambda keep=keep, number=number, state=state: keep(number, state))

    def _keep_time(self) -> None:
        self._hand_over()
        now_ns = self._clock.now_ns()
        if now_ns - self._tick_ns >= TICK_NS:
            self._tick_ns = now_ns
            for observation in self.gather(now_ns):
                self.enter(observation)
            self.enter(Tick(now_ns))
        if now_ns - self._checkpoint_ns >= CHECKPOINT_NS:
            self._save_checkpoint(now_ns)
        elif self._worked_s >= CHECKPOINT_WORK_S:
            self._save_checkpoint(now_ns, passing=True)

    def _save_checkpoint(self, now_ns: int, passing: bool = False) -> None:
        self._checkpoint_ns, self._worked_s = self._checkpoint_ns if passing else now_ns, 0.0
        if self._writer.troubled:  # it could not be written, and would hold its state in memory until it can
            return
        number, state = self.number, self._pipeline.state()
        self._writer.run_in_order(lambda: self._save(number, state, passing))


def seen_ns(observation: Observation) -> int:
    """The time the tracks of an observation's result refer to."""
    match observation:
        case FrameSeen() | DetectionsMade():
            return observation.occurred_ns
        case _:
            return 0
