"""A forecast of incidents that could not be learnt, as an event: open from the first try that failed until one that does not fail."""

from collections.abc import Mapping
from typing import Any

from engine.alerts.gates import at_least
from engine.model.alerts.decision import CandidateKind
from engine.model.event import Event, EventKind, Severity
from engine.model.observation import ForecastTried, Observation
from engine.model.settings import Settings
from engine.pipeline.lane import Lane
from engine.pipeline.output import StepOutput
from engine.pipeline.spans import Spans, raised

SUBJECT = "risk forecast"


class ForecastLane(Lane):
    """A restart ends nothing: the forecast in force is as old as it was."""

    name = "forecast"
    subjects = (ForecastTried,)

    def __init__(self) -> None:
        self._failed = Spans()

    def take(self, seen: Observation, out: StepOutput) -> None:
        if isinstance(seen, ForecastTried):
            self._attempt(seen, out)

    def _attempt(self, told: ForecastTried, out: StepOutput) -> None:
        """One that fails again says so in the event that is open."""
        if not told.trouble:
            self._failed.end(SUBJECT, told.occurred_ns, out)
        elif SUBJECT in self._failed:
            self._failed.change(SUBJECT, out, reason=told.trouble)
        else:
            self._raise(told, out)

    @property
    def open_failure(self) -> Event | None:
        """What is open."""
        return self._failed.get(SUBJECT)

    def leave(self, at_ns: int, out: StepOutput) -> None:
        self._failed.end_all(at_ns, out)

    def open_event_ids(self) -> frozenset[str]:
        return self._failed.ids()

    def state(self) -> Mapping[str, Any]:
        return self._failed.state()

    def restore(self, state: Mapping[str, Any], settings: Settings) -> None:
        self._failed.restore(dict(state))

    def _raise(self, told: ForecastTried, out: StepOutput) -> None:
        at_ns, gates = told.occurred_ns, (at_least("failed", 1, 1),)
        kind, candidate = EventKind.FORECAST_FAILED, CandidateKind.ENGINE_FAULT
        event = raised(kind, candidate, SUBJECT, gates, at_ns, at_ns, out, severity=Severity.MODERATE, reason=told.trouble)
        self._failed.begin(SUBJECT, event, out)
