"""What the HTTP interface says of replays."""

from typing import Any

from pydantic import BaseModel, Field

from engine.gateway.schemas import SnapshotOut, optional_iso
from engine.model.history.replay import FASTEST, SLOWEST, DifferenceKind, Different, ReplayDifference, ReplaySession, ReplayState
from engine.model.time import to_iso

TRIED = "other settings: `gates`, `radio`, `alerts`, `activities`, each whole as `settings.toml` has it; what is left out is as it was"


class ReplayIn(BaseModel):
    since: str
    until: str
    settings: dict[str, Any] = Field(default_factory=dict, description=TRIED)


class MoveIn(BaseModel):
    """What is left out stays."""

    seek: str | None = None
    playing: bool | None = None
    speed: float | None = Field(default=None, ge=SLOWEST, le=FASTEST)


class ChangeIn(BaseModel):
    settings: dict[str, Any] = Field(description=TRIED)


class JobOut(BaseModel):
    job_id: str


class ReplayOut(BaseModel):
    """`missing`: why the record of the window is not whole. `warm`: the checkpoint that what is shown began from; null: none."""

    id: str
    since: str
    until: str
    at: str
    state: ReplayState
    speed: float
    by: str
    warm: str | None
    missing: list[str]
    trouble: str

    @classmethod
    def of(cls, told: ReplaySession) -> "ReplayOut":
        return cls(
            id=told.id,
            since=to_iso(told.since_ns),
            until=to_iso(told.until_ns),
            at=to_iso(told.at_ns),
            state=told.state,
            speed=told.speed,
            by=told.by,
            warm=optional_iso(told.warm_ns or None),
            missing=list(told.missing),
            trouble=told.trouble,
        )


class ReplaysOut(BaseModel):
    replays: list[ReplayOut]


class ReplayPictureOut(BaseModel):
    """`snapshot`: null while the replay is on its way. `blobs`: as of `/api/blobs`, each with `replay` true."""

    replay: ReplayOut
    snapshot: SnapshotOut | None
    blobs: list[dict[str, Any]]


class DifferentOut(BaseModel):
    kind: DifferenceKind
    id: str
    at: str
    until: str | None
    what: str
    severity: int
    camera_id: str
    decision_id: str = Field(description="of the run that has it; in the record only where that is the run as it was")
    position: list[float] | None

    @classmethod
    def of(cls, found: Different) -> "DifferentOut":
        return cls(
            kind=found.kind,
            id=found.id,
            at=to_iso(found.at_ns),
            until=optional_iso(found.until_ns),
            what=found.what,
            severity=found.severity,
            camera_id=found.camera_id,
            decision_id=found.decision_id,
            position=None if found.position is None else list(found.position),
        )


class ChangedOut(BaseModel):
    field: str
    then: str
    tried: str


class DifferenceOut(BaseModel):
    """`same`: how many of each kind are in both runs; `unchanged`: those, 500 of each kind at most. `ratio`: seconds of record per second
    of work."""

    session_id: str
    gained: list[DifferentOut]
    lost: list[DifferentOut]
    same: dict[str, int]
    unchanged: list[DifferentOut]
    changed: list[ChangedOut]
    ratio: float
    missing: list[str]

    @classmethod
    def of(cls, found: ReplayDifference) -> "DifferenceOut":
        return cls(
            session_id=found.session_id,
            gained=[DifferentOut.of(each) for each in found.gained],
            lost=[DifferentOut.of(each) for each in found.lost],
            same={kind.value: count for kind, count in found.same},
            unchanged=[DifferentOut.of(each) for each in found.unchanged],
            changed=[ChangedOut(field=field, then=then, tried=tried) for field, then, tried in found.changed],
            ratio=round(found.ratio, 2),
            missing=list(found.missing),
        )
