"""What the HTTP interface says, for people and programs: ISO-8601 times, names instead of numbers. OpenAPI is made from these."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from engine.gateway.live.fields import event_fields, optional_iso, track_fields
from engine.model.accounts.access import Session
from engine.model.alerts.alert import Disposition
from engine.model.alerts.cap import CapSeverity
from engine.model.alerts.decision import Decision, EvidencePart
from engine.model.cameras.clip import Clip
from engine.model.cameras.track import Track
from engine.model.event import Event
from engine.model.places import place_names
from engine.model.review.event_verdict import EventVerdict
from engine.model.risk.risk import RiskState
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import to_iso
from engine.model.vocabulary import own_release


class ForecastHealthOut(BaseModel):
    """When the forecast of incidents was learnt last, and how that ended; every night anew."""

    state: str = Field(description="`never`, `running`, `done`, `skipped` (no incidents), `failed` (the one before stays), `off`")
    started_at: str | None = Field(description="the last time it was begun")
    ended_at: str | None
    trained_at: str | None = Field(description="the forecast in force")
    next_at: str | None

    @classmethod
    def of(cls, risk: RiskState) -> "ForecastHealthOut":
        training = risk.training
        return cls(
            state=training.state.value if risk.enabled else "off",
            started_at=optional_iso(training.started_ns or None),
            ended_at=optional_iso(training.ended_ns or None),
            trained_at=optional_iso(training.trained_ns or None),
            next_at=optional_iso(training.next_ns or None) if risk.enabled else None,
        )


class HealthOut(BaseModel):
    status: str = Field(description="`ok`, or `trouble` when something needs a person")
    version: str
    cameras: int
    cameras_live: int
    uptime_s: float
    risk_forecast: ForecastHealthOut


class TrackOut(BaseModel):
    id: str
    number: int
    category: str
    status: str
    box: list[float] = Field(description="x1, y1, x2, y2 in pixels of the camera's frame")
    confidence: float
    max_conf: float
    first_seen: str
    last_seen: str

    @classmethod
    def of(cls, track: Track) -> "TrackOut":
        return cls(**track_fields(track))


class CameraOut(BaseModel):
    id: str
    name: str
    kind: str
    enabled: bool
    simulated: bool
    state: str
    reason: str
    fault: str = Field(description="one word for the reason of a camera that is lost, such as `credentials` or `timeout`; else empty")
    since: str
    last_picture: str | None
    fps: float
    detector_hz: float
    latency_ms: float
    pictures: int
    dropped: int
    reconnects: int
    width: int
    height: int
    codec: str
    clock_ahead_s: float | None = Field(description="the camera's own clock against the engine's; null where it does not say the time")
    decoder: str = Field(description="`software` or the device that decodes its pictures; empty for raw ones")
    decoder_reason: str = Field(description="why it is not what was set; else empty")

    @classmethod
    def of(cls, view: CameraView) -> "CameraOut":
        settings, health = view.settings, view.health
        return cls(
            id=settings.id,
            name=settings.name,
            kind=settings.kind.value,
            enabled=settings.enabled,
            simulated=settings.simulated,
            state=health.state.value,
            reason=health.reason,
            fault=health.fault,
            since=to_iso(health.since_ns),
            last_picture=optional_iso(health.last_picture_ns),
            fps=round(health.fps, 2),
            detector_hz=round(health.detector_hz, 2),
            latency_ms=round(health.latency_ms, 2),
            pictures=health.pictures,
            dropped=health.dropped,
            reconnects=health.reconnects,
            width=health.width,
            height=health.height,
            codec=health.codec,
            clock_ahead_s=health.clock_ahead_s,
            decoder=health.decoder,
            decoder_reason=health.decoder_reason,
        )


class VerdictIn(BaseModel):
    disposition: Disposition


class VerdictOut(BaseModel):
    event_id: str
    disposition: Disposition = Field(
        description="true: a true alarm; benign: genuine, no threat; false: a false alarm; unknown: undetermined"
    )
    by: str
    at: str

    @classmethod
    def of(cls, verdict: EventVerdict) -> "VerdictOut":
        return cls(event_id=verdict.event_id, disposition=verdict.disposition, by=verdict.by, at=to_iso(verdict.at_ns))


class EventOut(BaseModel):
    id: str
    kind: str
    camera_id: str
    subject_id: str
    severity: int = Field(description="1 minimal … 5 critical")
    cap_severity: CapSeverity
    state: str = Field(description="`open` while it lasts, then `closed`")
    started: str
    ended: str | None
    received: str
    confidence: float
    decision_id: str
    box: list[float] | None
    reason: str
    simulated: bool
    position: list[float] | None = Field(description="x, y, z in metres on the floor")
    zone_id: str = Field(description="of the zone, line or portal; empty: none")
    zone: str = Field(description="its name; its id where it has been removed")
    person_id: str = Field(description="of the person, empty: nobody known")
    person: str = Field(description="their name when the event last changed")
    named_by: str | None = Field(
        description="what the name rests on: operator, face, voice, gesture, ble (a phone tells who carries it), or reid (looks); "
        "null: nobody known, or an event of an older version"
    )
    gesture: str = Field(description="the name of the gesture; empty for other events")
    shadow: bool = Field(description="a gesture in shadow mode, which triggers nothing")
    level: int = Field(description="how often it was escalated")

    @classmethod
    def of(cls, event: Event, places: Mapping[str, str]) -> "EventOut":
        """`places`: names of zones, lines and portals, by id."""
        return cls(**event_fields(event, places))


class EventsOut(BaseModel):
    events: list[EventOut]
    next: str | None = Field(description="give it as `before` to page on; null at the end")


class GateOut(BaseModel):
    gate: str
    value: float
    threshold: float
    margin: float
    passed: bool
    unit: str


class EvidenceOut(BaseModel):
    source: str
    sensor_id: str
    label: str
    log_odds: float = Field(description="what it adds to the log odds (nats) that the candidate is true; the parts add up")

    @classmethod
    def of(cls, part: EvidencePart) -> "EvidenceOut":
        return cls(source=part.source, sensor_id=part.sensor_id, label=part.label, log_odds=part.log_odds)


class DecisionOut(BaseModel):
    id: str
    stage: str = Field(description="`event`: whether something happened; `alert`: whether that deserves an operator")
    candidate: str
    subject_id: str
    camera_id: str
    decided: str
    outcome: str
    gates: list[GateOut] = Field(description="in their order, also those behind the first that failed")
    failed_gate: str | None = Field(description="the first that failed, null where none did")
    flip: str = Field(description="the smallest change that would have turned it, as a sentence")
    event_id: str | None
    alert_id: str | None
    rule_id: str | None
    reason: str
    evidence: list[EvidenceOut]
    position: list[float] | None = Field(description="x, y, z in metres on the floor")
    zone_id: str | None

    @classmethod
    def of(cls, decision: Decision) -> "DecisionOut":
        gates = [
            GateOut(gate=g.gate, value=g.value, threshold=g.threshold, margin=g.margin, passed=g.passed, unit=g.unit)
            for g in decision.gates
        ]
        return cls(
            id=decision.id,
            stage=decision.stage.value,
            candidate=decision.candidate.value,
            subject_id=decision.subject_id,
            camera_id=decision.camera_id,
            decided=to_iso(decision.decided_ns),
            outcome=decision.outcome.value,
            gates=gates,
            failed_gate=next((gate.gate for gate in gates if not gate.passed), None),
            flip=decision.flip,
            event_id=decision.event_id,
            alert_id=decision.alert_id or None,
            rule_id=decision.rule_id or None,
            reason=decision.reason,
            evidence=[EvidenceOut.of(part) for part in decision.evidence],
            position=None if decision.position is None else list(decision.position),
            zone_id=decision.zone_id or None,
        )


class DecisionsOut(BaseModel):
    decisions: list[DecisionOut]
    next: str | None


class ClipOut(BaseModel):
    id: str
    event_id: str
    camera_id: str
    started: str
    ended: str
    sha256: str
    size_bytes: int
    codec: str
    width: int
    height: int
    transcoded: bool

    @classmethod
    def of(cls, clip: Clip) -> "ClipOut":
        return cls(
            id=clip.id,
            event_id=clip.event_id,
            camera_id=clip.camera_id,
            started=to_iso(clip.started_ns),
            ended=to_iso(clip.ended_ns),
            sha256=clip.sha256,
            size_bytes=clip.size_bytes,
            codec=clip.codec,
            width=clip.width,
            height=clip.height,
            transcoded=clip.transcoded,
        )


class ClipsOut(BaseModel):
    clips: list[ClipOut]
    next: str | None


class SnapshotCameraOut(CameraOut):
    tracks: list[TrackOut]


class SnapshotOut(BaseModel):
    number: int = Field(description="of the last observation taken in")
    at: str
    site_name: str
    cameras: list[SnapshotCameraOut]
    events: list[EventOut]
    troubles: list[str] = Field(description="what needs a person, worst first; empty means all is well")

    @classmethod
    def of(cls, snapshot: Snapshot) -> "SnapshotOut":
        cameras = [
            SnapshotCameraOut(**CameraOut.of(view).model_dump(), tracks=[TrackOut.of(track) for track in view.tracks])
            for view in snapshot.cameras
        ]
        places = place_names(snapshot.settings)
        return cls(
            number=snapshot.number,
            at=to_iso(snapshot.at_ns),
            site_name=snapshot.settings.site_name,
            cameras=cameras,
            events=[EventOut.of(event, places) for event in snapshot.events],
            troubles=list(snapshot.health.troubles),
        )


class SignIn(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=1000)


class HubWord(BaseModel):
    word: str = Field(min_length=1, max_length=1 << 14)


class SetUp(BaseModel):
    site_name: str = Field(min_length=1, max_length=200)
    admin_name: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=1000)
    code: str = Field(max_length=100, description="the one-time code shown on the engine's terminal")
    time_zone: str = Field("", max_length=100, description="of the site, such as Europe/Stockholm; empty: that of the engine's machine")


class SetUpNeeded(BaseModel):
    needed: bool


class EngineOut(BaseModel):
    """What a console of another version has to know before it asks; see `engine.model.vocabulary`."""

    version: str
    wire: int = Field(description="goes up when the port's answers or ways of asking change")
    least_console: int = Field(description="the lowest wire version of consoles that this engine serves well")
    features: list[str]
    vocabulary: str = Field(description="digest of /api/v1/port/vocabulary: which commands and questions are known, with which fields")

    @classmethod
    def here(cls) -> "EngineOut":
        return cls.model_validate(own_release(), from_attributes=True)


class SessionOut(BaseModel):
    user_id: str
    user: str
    role: str
    verbs: list[str]
    expires: str | None
    ends: str | None = Field(description="when it ends however much it is used; null: never")
    machine: str | None = Field(description="what a machine's token is for; null: somebody signed in")
    cameras: list[str] | None = Field(description="ids, and groups as group:Yard; null: all, and what no camera saw")
    engine: EngineOut = Field(default_factory=EngineOut.here)

    @classmethod
    def of(cls, session: Session) -> "SessionOut":
        return cls(
            user_id=session.user.id,
            user=session.user.name,
            role=session.user.role.value,
            verbs=sorted(session.verbs),
            expires=optional_iso(session.expires_ns),
            ends=optional_iso(session.ends_ns),
            machine=session.machine,
            cameras=None if session.cameras is None else list(session.cameras),
        )


class SignedIn(SessionOut):
    token: str = Field(description="send it as `Authorization: Bearer …`; it is shown only here")


class Problem(BaseModel):
    """Every refusal has this form."""

    error: str = Field(description="bad_input, not_found, not_signed_in, not_permitted, conflict, too_many_requests, unavailable or bug")
    message: str = Field(description="a sentence for a person")
    field: str | None = Field(default=None, description="what was wrong in the request, where one thing was")
    changed: list[str] | None = Field(default=None, description="of a conflict: what somebody else changed, as paths of fields")
    by: str | None = Field(default=None, description="of a conflict: who, where that is known")
    since: str | None = Field(default=None, description="of a conflict: when")
