"""Running: faster than `running_speed` for `running_s`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.model.alerts.decision import GateReading
from engine.model.event import EventKind, Severity
from engine.model.people.settings import ActivitySettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.vision.activities.body import Body
from engine.vision.activities.change import ActivityChange, Stage, all_passed, at_least, at_most
from engine.vision.activities.pace import ROUGH, Pace, pace

SLOWER = 0.8  # of the speed: who goes slower does not run any more
PAUSE_NS = SECOND * 7 // 10  # slower or unseen for so long ends it
TOLD = 0.5  # of the time that is asked for: shorter candidates leave no decision


@dataclass(frozen=True, slots=True)
class Runner:
    """`since_ns`: when they began, `fast_ns`: when they were last fast. `mean`, `rough`: over `looks`; `best`: speed."""

    track_id: str
    since_ns: int
    fast_ns: int
    looks: int
    mean: float
    best: float
    rough: float
    confidence: float
    raised: bool = False


@dataclass(frozen=True, slots=True)
class _Runners:
    runners: tuple[Runner, ...] = ()


class RunningWatch:
    """One camera's. Sans-IO, one thread."""

    def __init__(self) -> None:
        self._settings = ActivitySettings()
        self._runners: dict[str, Runner] = {}

    def configure(self, settings: ActivitySettings) -> None:
        self._settings = settings

    def see(self, at_ns: int, bodies: Mapping[str, Body], picture_width: int) -> list[ActivityChange]:
        changes: list[ActivityChange] = []
        for body in bodies.values():
            found = pace(body, picture_width) if body.last.at_ns == at_ns else None
            if found is not None:
                changes += self._watch_runner(body, found, at_ns)
        return changes

    def tick(self, now_ns: int) -> list[ActivityChange]:
        return [change for runner in tuple(self._runners.values()) for change in self._aged(runner, now_ns)]

    def state(self) -> Any:
        return to_plain(_Runners(tuple(self._runners.values())))

    def restore(self, state: Any) -> None:
        self._runners = {runner.track_id: runner for runner in read_as(_Runners, state, "running").runners}

    def _watch_runner(self, body: Body, found: Pace, at_ns: int) -> list[ActivityChange]:
        known = self._runners.get(body.id)
        least = self._settings.running_speed * (1.0 if known is None else SLOWER)
        if found.speed < least:
            return []
        runner = _again(known, found, at_ns) if known is not None else _first(body, found, at_ns)
        self._runners[body.id] = runner
        return [] if runner.raised else self._judged(runner, body, at_ns)

    def _judged(self, runner: Runner, body: Body, at_ns: int) -> list[ActivityChange]:
        gates = self._gates(runner)
        if not all_passed(gates):
            return []
        self._runners[runner.track_id] = replace(runner, raised=True)
        reason = f"Running for {_seconds(runner):.0f} s at {runner.mean:.1f} body heights a second."
        return [_running_change(Stage.RAISED, runner, at_ns, reason, gates, body)]

    def _aged(self, runner: Runner, now_ns: int) -> list[ActivityChange]:
        if now_ns - runner.fast_ns <= PAUSE_NS:
            return []
        del self._runners[runner.track_id]
        if runner.raised:
            return [_running_change(Stage.ENDED, runner, runner.fast_ns, "Not running any more.")]
        if _seconds(runner) < TOLD * self._settings.running_s:
            return []
        return [_running_change(Stage.REJECTED, runner, now_ns, "", self._gates(runner))]

    def _gates(self, runner: Runner) -> tuple[GateReading, ...]:
        return (
            at_least("speed", runner.mean, self._settings.running_speed, "body heights / s"),
            at_most("straight", runner.rough, ROUGH, "body heights"),
            at_least("lasts", _seconds(runner), self._settings.running_s, "s"),
        )


def _first(body: Body, found: Pace, at_ns: int) -> Runner:
    return Runner(body.id, at_ns, at_ns, 1, found.speed, found.speed, found.rough, body.confidence)


def _again(runner: Runner, found: Pace, at_ns: int) -> Runner:
    looks = runner.looks + 1
    mean = runner.mean + (found.speed - runner.mean) / looks
    rough = runner.rough + (found.rough - runner.rough) / looks
    return replace(runner, fast_ns=at_ns, looks=looks, mean=mean, rough=rough, best=max(runner.best, found.speed))


def _seconds(runner: Runner) -> float:
    return (runner.fast_ns - runner.since_ns) / SECOND


def _running_change(
    stage: Stage, runner: Runner, at_ns: int, reason: str, gates: tuple[GateReading, ...] = (), body: Body | None = None
) -> ActivityChange:
    return ActivityChange(
        kind=EventKind.RUNNING,
        stage=stage,
        key=runner.track_id,
        track_ids=(runner.track_id,),
        at_ns=at_ns,
        started_ns=runner.since_ns,
        severity=Severity.LOW,
        confidence=runner.confidence,
        reason=reason,
        gates=gates,
        box_xyxy=None if body is None else body.last.box,
    )
