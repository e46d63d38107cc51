"""`/api/v1/cameras/{camera_id}/zones`: the zones and lines of a camera's picture, and who is in them now."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import Problem
from engine.gateway.setting_schema import openapi_limits
from engine.model.cameras.picture_zone import CLASSES, LineDirection, PictureLine, PictureZone, ZoneCount
from engine.model.command import PutCamera
from engine.model.errors import InputError, NotFound
from engine.model.geometry import Point
from engine.model.settings import CameraSettings
from engine.model.snapshot import Snapshot
from engine.runtime.local import LocalPort

router = APIRouter(tags=["now"])
MOST_PLACES = 100  # of each kind, in one picture
Share = Annotated[float, Field(description="of the picture's width or height, 0 to 1, from the top left")]
Pair = tuple[Share, Share]
T = TypeVar("T", "ZoneIn", "LineIn")
P = TypeVar("P", PictureZone, PictureLine)


class ZoneIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(description="told apart from those of all other zones, lines and portals of the site")
    name: str = Field(json_schema_extra=openapi_limits(PictureZone, "name"))
    area: list[Pair] = Field(description="3 to 64 points; who stands between them is in the zone")
    classes: list[str] = Field(default=["person"], description=f"what counts: {', '.join(CLASSES)}")
    loiter_s: float = Field(
        default=0.0, description="whoever stays so long loiters; 0: nobody does", json_schema_extra=openapi_limits(PictureZone, "loiter_s")
    )
    most: int = Field(
        default=0, description="more at once are told as a crowd; 0: never", json_schema_extra=openapi_limits(PictureZone, "most")
    )
    occupied: bool = Field(default=False, description="from the first who enters until it is empty is an event, with the most at once")

    def read(self) -> PictureZone:
        return PictureZone(self.id, self.name, tuple(self.area), tuple(self.classes), self.loiter_s, self.most, self.occupied)


class LineIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    name: str = Field(json_schema_extra=openapi_limits(PictureLine, "name"))
    begin: Pair
    end: Pair
    classes: list[str] = Field(default=["person"], description=f"what counts: {', '.join(CLASSES)}")
    direction: LineDirection = Field(default=LineDirection.BOTH, description="that counts, looking from begin to end")

    def read(self) -> PictureLine:
        return PictureLine(self.id, self.name, self.begin, self.end, tuple(self.classes), self.direction)


class PlacesIn(BaseModel):
    """All zones and lines of a picture: those that are left out are removed."""

    model_config = ConfigDict(extra="forbid")
    zones: list[ZoneIn] = Field(default=[], max_length=MOST_PLACES)
    lines: list[LineIn] = Field(default=[], max_length=MOST_PLACES)


class ClassCountOut(BaseModel):
    class_: str = Field(serialization_alias="class")
    count: int


class NowOut(BaseModel):
    """Who is in a zone."""

    count: int
    classes: list[ClassCountOut]
    track_ids: list[str]
    known: bool = Field(description="false: the picture was not searched in the last seconds, and it is how it was then")

    @classmethod
    def of(cls, now: ZoneCount) -> "NowOut":
        classes = [ClassCountOut(class_=name, count=count) for name, count in now.of_class]
        return cls(count=now.count, classes=classes, track_ids=list(now.track_ids), known=now.known)


class ZoneOut(ZoneIn):
    model_config = ConfigDict(extra="ignore")
    now: NowOut | None = Field(description="null: nothing is counted, as while the camera is switched off")


class LineOut(LineIn):
    model_config = ConfigDict(extra="ignore")


class PlacesOut(BaseModel):
    zones: list[ZoneOut]
    lines: list[LineOut]

    @classmethod
    def of(cls, camera: CameraSettings, snapshot: Snapshot) -> "PlacesOut":
        return cls(zones=[_zone(zone, snapshot.zone(zone.id)) for zone in camera.zones], lines=[_line(line) for line in camera.lines])


@router.get("/api/v1/cameras/{camera_id}/zones", summary="Zones and lines of a camera's picture, and who is in them now")
def zones(port: PortOf, camera_id: str) -> PlacesOut:
    snapshot = port.snapshot()
    return PlacesOut.of(_camera(snapshot, camera_id), snapshot)


@router.put(
    "/api/v1/cameras/{camera_id}/zones",
    summary="Put other zones and lines in a camera's picture, all of them at once",
    responses={403: {"model": Problem}, 404: {"model": Problem}},
)
def put_zones(port: PortOf, camera_id: str, body: PlacesIn) -> PlacesOut:
    """What is open in a zone that is gone ends. For administrators. 422 names the field, such as `zones[1].area`."""
    camera = _camera(port.snapshot(), camera_id)
    zones, lines = _read_zones("zones", body.zones, ZoneIn.read), _read_zones("lines", body.lines, LineIn.read)
    _put(port, replace(camera, zones=zones, lines=lines))
    snapshot = port.snapshot()
    return PlacesOut.of(_camera(snapshot, camera_id), snapshot)


def _put(port: LocalPort, camera: CameraSettings) -> None:
    """What is wrong with ids in the whole site is named as it is in this camera's body."""
    try:
        port.command(PutCamera(camera))
    except InputError as error:
        raise InputError(error.field.partition("].")[2] if error.field.startswith("cameras[") else error.field, error.message) from None


def _read_zones(part: str, given: Sequence[T], read: Callable[[T], P]) -> tuple[P, ...]:
    found: list[P] = []
    for index, each in enumerate(given):
        try:
            found.append(read(each))
        except InputError as error:
            raise InputError(f"{part}[{index}].{error.field}", error.message) from None
    return tuple(found)


def _camera(snapshot: Snapshot, camera_id: str) -> CameraSettings:
    camera = snapshot.settings.camera(camera_id)
    if camera is None:
        raise NotFound(f"There is no camera {camera_id[:70]}.")
    return camera


def _zone(zone: PictureZone, now: ZoneCount | None) -> ZoneOut:
    return ZoneOut(
        id=zone.id,
        name=zone.name,
        area=_pairs(zone.area),
        classes=list(zone.classes),
        loiter_s=zone.loiter_s,
        most=zone.most,
        occupied=zone.occupied,
        now=None if now is None else NowOut.of(now),
    )


def _line(line: PictureLine) -> LineOut:
    classes = list(line.classes)
    return LineOut(id=line.id, name=line.name, begin=line.begin, end=line.end, classes=classes, direction=line.direction)


def _pairs(area: Sequence[Point]) -> list[Pair]:
    return [(x, y) for x, y in area]
