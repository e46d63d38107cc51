"""Candidates and events for alerts, and an alert lane that is driven by hand."""

from dataclasses import replace

from engine.alerts.candidate import Candidate
from engine.model.accounts.user_ref import NamedUser, UserRef
from engine.model.alerts.alert import Alert
from engine.model.alerts.commands import AlertEdit
from engine.model.alerts.decision import AlertFacts, Decision, Direction, EvidencePart
from engine.model.alerts.intent import Intent
from engine.model.alerts.settings import AlertSettings, Rule, SiteMode
from engine.model.cameras.track import Track
from engine.model.event import Event, EventKind, Severity
from engine.model.observation import AlertsEdited, AreaRiskKnown, IntentBrought, Tick
from engine.model.radio.fused import FusedPicture
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.site import Floor, Position, Zone
from engine.model.time import SECOND
from engine.pipeline.alerts.alerts import AlertLane
from engine.pipeline.alerts.subjects import SmokeSequences
from engine.pipeline.output import CameraView, StepOutput
from engine.vision.known_still import KnownStill

START_NS = 1_700_000_000 * SECOND
ANYTHING = Rule("anything", "Anything", repeat_s=60.0)


def candidate(
    kind: EventKind = EventKind.PERSON,
    severity: Severity = Severity.MODERATE,
    odds: float = 2.0,
    at_s: float = 0.0,
    camera_id: str = "door",
    subject_id: str = "tr-1",
    position: Position | None = None,
    zone_id: str = "",
    **facts: object,
) -> Candidate:
    known = AlertFacts(kind, severity, SiteMode.HOME, same_id=subject_id)
    return Candidate(
        replace(known, **facts),  # type: ignore[arg-type]
        (EvidencePart("camera", camera_id, "Camera: confidence 88%", odds),),
        subject_id,
        camera_id,
        START_NS + round(at_s * SECOND),
        position,
        zone_id,
        f"ev-{subject_id}",
        "A person.",
    )


def event(kind: EventKind = EventKind.PERSON, severity: Severity = Severity.MODERATE, **changes: object) -> Event:
    base = Event("", kind, "door", "tr-1", severity, START_NS, None, START_NS, 0.9, "de-1")
    return replace(base, **changes)  # type: ignore[arg-type]


def settings(*rules: Rule, cameras: tuple[str, ...] = ("door", "yard"), **alerts: object) -> Settings:
    """A hall of 10 × 10 m and a yard beside it."""
    return Settings(
        cameras=tuple(CameraSettings(name, name.capitalize(), f"rtsp://192.0.2.1/{name}") for name in cameras),
        floor=Floor((0.0, 0.0, 20.0, 10.0), zones=(Zone("hall", "Hall", 0, 0, 10, 10), Zone("yard", "Yard", 10, 0, 20, 10))),
        alerts=AlertSettings(rules=rules or (ANYTHING,), **alerts),  # type: ignore[arg-type]
    )


class Desk:
    """An alert lane with a clock: `say` events, `tick`, `do` what operators do. All that came of it is kept, newest by id."""

    def __init__(self, known: Settings | None = None) -> None:
        self.settings = known or settings()
        self.lane = AlertLane(self)
        self.reports: dict[str, tuple[EvidencePart, ...]] = {}
        self.smoke: dict[str, tuple[tuple[str, float | None], ...]] = {}
        self.now_ns = START_NS
        self.number = 1000
        self.alerts: dict[str, Alert] = {}
        self.decisions: dict[str, Decision] = {}
        self.results: list[StepResult] = []
        self.floor: FusedPicture | None = None
        self.anybody_known = False
        self.tracks: dict[str, Track] = {}
        self.over: tuple[Event, ...] = ()
        self.lane.configure(self.settings, self.now_ns, self.step())

    def step(self) -> StepOutput:
        self.number += 1
        return StepOutput(self.number, self.now_ns)

    def say(self, first: Event, *more: Event) -> Event:
        """Events without an id are new. Gives the first."""
        out = self.step()
        said = [each if each.id else self._begun(each, out.new_id("ev")) for each in (first, *more)]
        for each in said:
            out.event(each)
        self.lane.conclude(AreaRiskKnown(self.now_ns), out)  # a step of anything but time
        self._keep(out)
        return said[0]

    def _begun(self, each: Event, event_id: str) -> Event:
        started_ns = max(each.started_ns, self.now_ns)
        return replace(each, id=event_id, started_ns=started_ns, received_ns=self.now_ns)

    def tick(self, seconds: float = 0.1) -> None:
        """Time passes; one tick at its end."""
        self.now_ns += round(seconds * SECOND)
        out = self.step()
        out.fused = self.floor
        out.views = {
            name: CameraView(tuple(self.tracks.values()), (), KnownStill())
            for name in ("", *(camera.id for camera in self.settings.cameras))
        }
        self.lane.conclude(Tick(self.now_ns), out)
        self._keep(out)

    def raise_(self, each: Event) -> tuple[Event, Decision]:
        """It opens and is judged: the event as it was said, and the decision."""
        said = self.say(each)
        self.tick()
        return said, [decision for decision in self.decisions.values() if decision.event_id == said.id][-1]

    def do(self, edit: AlertEdit, by: UserRef = NamedUser("ada")) -> None:  # noqa: B008 (a frozen value)
        out = self.step()
        self.over = ()
        self.lane.take(AlertsEdited(self.now_ns, edit, by.name, by.id), out)
        self._keep(out)

    def bring(self, intent: Intent, *closed: Alert) -> None:
        """What was said at the hub."""
        out = self.step()
        self.over = ()
        self.lane.take(IntentBrought(self.now_ns, intent, closed), out)
        self._keep(out)

    def configure(self, **changes: object) -> None:
        self.settings = replace(self.settings, alerts=replace(self.settings.alerts, **changes))  # type: ignore[arg-type]
        self.lane.configure(self.settings, self.now_ns, self.step())

    def restarted(self) -> "Desk":
        """Another lane that goes on from this one's state."""
        other = Desk(self.settings)
        other.lane.restore(self.lane.state(), self.settings)
        other.now_ns, other.number, other.reports = self.now_ns, self.number, self.reports
        other.alerts, other.decisions = dict(self.alerts), dict(self.decisions)
        return other

    @property
    def open(self) -> list[Alert]:
        return list(self.lane.alerts)

    # what other lanes know

    def evidence(self, subject_id: str) -> tuple[EvidencePart, ...]:
        return self.reports.get(subject_id, ())

    def smoke_sequences(self, plume_id: str) -> SmokeSequences:
        return self.smoke.get(plume_id, ())

    def smoke_directions(self, plume_id: str) -> tuple[Direction, ...]:
        return ()

    def picture_zones(self, camera_id: str, track_id: str) -> tuple[str, ...]:
        return ()

    def has_persons(self) -> bool:
        return self.anybody_known

    def close_fall(self, fall: Event, at_ns: int, out: StepOutput) -> None:
        self.over = (*self.over, fall)

    def _keep(self, out: StepOutput) -> None:
        result = out.result()
        self.results.append(result)
        self.alerts.update((alert.id, alert) for alert in result.alerts)
        self.decisions.update((decision.id, decision) for decision in result.decisions)
