"""A crowd: at least `crowd` people at once on one camera for `crowd_s`; over when there are a fifth fewer for as long."""

from dataclasses import replace
from typing import Any

from engine.model.alerts.decision import GateReading
from engine.model.event import EventKind, Severity
from engine.model.people.settings import ActivitySettings
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.vision.activities.change import ActivityChange, Stage, all_passed, at_least

FEWER = 0.8  # of the number: fewer than that is no crowd any more
BLINK_NS = SECOND // 2  # one who is missed for a moment does not begin the wait anew
TOLD = 0.5


@dataclass(frozen=True, slots=True)
class Gathering:
    """`many_ns`: when there were last enough; `held_ns`: when there were last enough for it to go on; `most`: at once so far."""

    key: str
    since_ns: int
    many_ns: int
    held_ns: int
    most: int
    raised: bool = False


@dataclass(frozen=True, slots=True)
class _CrowdState:
    gathering: Gathering | None = None


class CrowdWatch:
    """One camera's. Sans-IO, one thread."""

    def __init__(self) -> None:
        self._settings = ActivitySettings()
        self._now: Gathering | None = None

    def configure(self, settings: ActivitySettings) -> None:
        self._settings = settings

    def see(self, at_ns: int, count: int) -> list[ActivityChange]:
        """`count`: confirmed people on this picture."""
        if count >= self._settings.crowd:
            before = self._now or Gathering(f"crowd@{at_ns}", at_ns, at_ns, at_ns, count)
            self._now = replace(before, many_ns=at_ns, held_ns=at_ns, most=max(before.most, count))
        elif self._now is not None and count >= FEWER * self._settings.crowd:
            self._now = replace(self._now, held_ns=at_ns)
        return self._judged(at_ns)

    def tick(self, now_ns: int) -> list[ActivityChange]:
        here = self._now
        if here is None:
            return []
        if here.raised:
            over = now_ns - here.held_ns > self._settings.crowd_s * SECOND
            return self._over(here, Stage.ENDED, here.held_ns) if over else []
        if now_ns - here.many_ns <= BLINK_NS:
            return []
        told = here.many_ns - here.since_ns >= TOLD * self._settings.crowd_s * SECOND
        changes = self._over(here, Stage.REJECTED, now_ns)
        return changes if told else []

    def state(self) -> Any:
        return to_plain(_CrowdState(self._now))

    def restore(self, state: Any) -> None:
        self._now = read_as(_CrowdState, state, "crowd").gathering

    def _judged(self, at_ns: int) -> list[ActivityChange]:
        here = self._now
        if here is None or here.raised or not all_passed(self._crowd_gates(here)):
            return []
        self._now = replace(here, raised=True)
        return [self._crowd_change(here, Stage.RAISED, at_ns, f"{here.most} people at once; from {self._settings.crowd} on it is a crowd.")]

    def _over(self, here: Gathering, stage: Stage, at_ns: int) -> list[ActivityChange]:
        self._now = None
        return [self._crowd_change(here, stage, at_ns, f"There were up to {here.most} people at once." if here.raised else "")]

    def _crowd_gates(self, here: Gathering) -> tuple[GateReading, ...]:
        return (
            at_least("people", here.most, self._settings.crowd),
            at_least("lasts", (here.many_ns - here.since_ns) / SECOND, self._settings.crowd_s, "s"),
        )

    def _crowd_change(self, here: Gathering, stage: Stage, at_ns: int, reason: str) -> ActivityChange:
        return ActivityChange(
            EventKind.CROWD, stage, here.key, (), at_ns, here.since_ns, Severity.MODERATE, 1.0, reason, self._crowd_gates(here)
        )
