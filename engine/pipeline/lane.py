"""What every lane of the pipeline is: one concern that follows the observations of its subjects from step to step.

A lane knows no other lane. What it needs of one it finds in the step's output (`StepOutput`, filled by the lanes before it), or is given by
`engine.pipeline.lanes` as a narrow protocol of its own.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from engine.model.observation import Observation
from engine.model.people.traces import Traces
from engine.model.settings import Settings
from engine.pipeline.output import StepOutput


class Lane(Protocol):
    """Sans-IO; the engine thread only. Whoever derives from it does nothing, keeps nothing and has nothing open, until it says otherwise.

    Attributes:
        name: under which its state is in a checkpoint, and its bugs in the log.
        subjects: the kinds of observations that it takes, besides time, settings and starts.
    """

    name: str
    subjects: tuple[type[Observation], ...] = ()

    def take(self, seen: Observation, out: StepOutput) -> None:
        """One of its subjects was observed."""

    def tick(self, now_ns: int, out: StepOutput) -> None:
        """Time passed; the lanes before it have had their tick."""

    def conclude(self, seen: Observation, out: StepOutput) -> None:
        """The end of every step: all lanes have said what they say of it."""

    def configure(self, settings: Settings, at_ns: int, out: StepOutput) -> None:
        """Settings of now, from the start on. What they rule out is closed."""

    def begin_anew(self, at_ns: int, now_ns: int, out: StepOutput) -> None:
        """The engine ran until `at_ns` and starts again at `now_ns`, which is earlier where the clock was set back meanwhile: nobody is
        followed on."""

    def leave(self, at_ns: int, out: StepOutput) -> None:
        """The site does without this lane from now on: what is open ends."""
        self.begin_anew(at_ns, at_ns, out)

    def erase(self, traces: Traces, out: StepOutput) -> None:
        """Nothing that goes on tells of somebody who was erased."""

    def open_event_ids(self) -> frozenset[str]:
        return frozenset()

    def state(self) -> Mapping[str, Any]:
        """Everything that a later step depends on, as plain JSON data; empty: nothing."""
        return {}

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        """Go on from `state()` of an earlier one. Empty where a checkpoint is older than the lane."""
