"""What HTTP says of smoke. OpenAPI is made from these."""

from pydantic import BaseModel, ConfigDict, Field

from engine.gateway.schemas import optional_iso
from engine.model.fire.smoke import Crossing, ListedPlume, SmokeLabel, SmokeSequence, ValidationState
from engine.model.time import to_iso


class DetectionIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    camera_id: str = Field(min_length=1, max_length=100)
    bboxes: str = Field(
        max_length=1_000,
        description="`[(xmin,ymin,xmax,ymax,confidence),...]`, shares of the picture 0–1, at most five; spaces, `1.0` and further decimals "
        "are normalised to three decimals. `[]`: the detector looked and saw no smoke",
    )
    recorded_at: str = Field(max_length=60, description="ISO-8601, when the picture was taken; without a zone it is UTC")
    view_id: str = Field(default="0", min_length=1, max_length=100, description="the pose of the camera")
    detector: str = Field(default="edge", min_length=1, max_length=100, description="what looked at it")


class DetectionOut(BaseModel):
    sequence_ids: list[str] = Field(description="that it is a picture of; none while too few pictures show smoke there")


class SequenceOut(BaseModel):
    id: str
    camera_id: str
    view_id: str
    started_at: str
    last_seen_at: str
    max_conf: float | None = Field(
        description="highest confidence of the primary box so far: it only rises, also when pictures or neighbours are deleted; "
        "null: unknown, and never left out"
    )
    frames: int = Field(description="with smoke in them")
    box: list[float] = Field(description="the surest one: xmin, ymin, xmax, ymax")
    azimuth_deg: float | None = Field(description="of the smoke, clockwise from north; null: nobody said where the camera looks")
    cone_deg: float | None
    detector: str
    experimental: bool = Field(description="its detector is not measured well enough to be relied upon")
    validation: ValidationState
    score: float | None
    label: SmokeLabel | None
    labelled_by: str | None
    plume_id: str | None
    simulated: bool

    @classmethod
    def of(cls, row: SmokeSequence) -> "SequenceOut":
        return cls(
            id=row.id,
            camera_id=row.camera_id,
            view_id=row.view_id,
            started_at=to_iso(row.started_ns),
            last_seen_at=to_iso(row.last_seen_ns),
            max_conf=row.max_conf,
            frames=row.frames,
            box=list(row.best_box),
            azimuth_deg=row.azimuth_deg,
            cone_deg=row.cone_deg,
            detector=row.detector,
            experimental=row.experimental,
            validation=row.validation,
            score=row.score,
            label=row.label,
            labelled_by=row.labelled_by or None,
            plume_id=row.plume_id or None,
            simulated=row.simulated,
        )


class PlaceOut(BaseModel):
    """Where bearings cross, with the ellipse in which it is with 95 %."""

    latitude: float
    longitude: float
    angle_deg: float = Field(description="at which they cross, 0–90; small angles say little about how far away it is")
    major_m: float = Field(description="half axes of the ellipse")
    minor_m: float
    turn_deg: float = Field(description="of the major one, clockwise from north")
    cep_m: float = Field(description="within this with 50 %")
    accurate: bool = Field(description="false: too uncertain to send somebody on it alone")

    @classmethod
    def of(cls, place: Crossing) -> "PlaceOut":
        return cls(
            latitude=place.latitude,
            longitude=place.longitude,
            angle_deg=place.angle_deg,
            major_m=place.major_m,
            minor_m=place.minor_m,
            turn_deg=place.turn_deg,
            cep_m=place.cep_m,
            accurate=place.accurate,
        )


class PlumeOut(BaseModel):
    id: str
    started_at: str
    last_seen_at: str
    place: PlaceOut | None = Field(description="null: the bearings of no two cameras cross")
    partial: bool = Field(description="the place rests on sequences that are not shown")
    incident_id: str | None
    simulated: bool
    sequences: list[SequenceOut] = Field(description="those that pass, oldest first")
    hidden: int = Field(description="sequences of it that do not pass")

    @classmethod
    def of(cls, row: ListedPlume) -> "PlumeOut":
        plume = row.plume
        return cls(
            id=plume.id,
            started_at=to_iso(plume.started_ns),
            last_seen_at=to_iso(plume.last_seen_ns),
            place=None if plume.place is None else PlaceOut.of(plume.place),
            partial=plume.partial,
            incident_id=plume.incident_id or None,
            simulated=plume.simulated,
            sequences=[SequenceOut.of(each) for each in row.sequences],
            hidden=row.hidden,
        )


class PlumesOut(BaseModel):
    plumes: list[PlumeOut]


class SequencesOut(BaseModel):
    sequences: list[SequenceOut]


class CountOut(BaseModel):
    count: int = Field(description="all that pass, on whatever page")


class OnePlumeOut(PlumeOut):
    banner: str | None = Field(description="why lists leave it out today; null: they do not")


class OneSequenceOut(SequenceOut):
    banner: str | None = Field(description="why lists leave it out today; null: they do not")


class LabelIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    label: SmokeLabel | None = Field(strict=False, description="null takes it back")


class JoinIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    other_id: str = Field(min_length=1, max_length=300)


class WatchOut(BaseModel):
    camera_id: str
    detector: str | None
    heard_at: str | None = Field(description="its last picture since the engine runs")
    silent_since: str | None = Field(description="null while it is heard")
    own: bool = Field(description="the engine looks itself")


class SmokeStatusOut(BaseModel):
    watches: list[WatchOut]
    left_out: int = Field(description="plumes of the last 24 hours that fire weather leaves out")
    dropped: int = Field(description="pictures refused since the start, as too many waited")
    trouble: str | None


def watch_out(camera_id: str, detector: str, heard_ns: int, silent_since_ns: int | None, own: bool) -> WatchOut:
    heard, silent = optional_iso(heard_ns or None), optional_iso(silent_since_ns)
    return WatchOut(camera_id=camera_id, detector=detector or None, heard_at=heard, silent_since=silent, own=own)
