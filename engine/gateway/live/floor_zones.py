"""`/api/v1/floor/zones`: the zones of the floor, and the people in each."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.model.site import Zone
from engine.model.snapshot import Snapshot

router = APIRouter(tags=["now"])


class FloorZoneOut(BaseModel):
    id: str
    name: str
    kind: str
    x0: float = Field(description="metres of the floor plan, X to the east")
    y0: float = Field(description="metres, Y to the north")
    x1: float
    y1: float
    people: int | None = Field(
        description="people in it now, by any sensor; null: not known, as nothing watches all of it, or somebody's place is not known"
    )
    people_ids: list[str] = Field(description="of those people: ids of `people.fused.tracks` in the snapshot")

    @classmethod
    def of(cls, zone: Zone, snapshot: Snapshot) -> "FloorZoneOut":
        fused = snapshot.people.fused
        now = None if fused is None else fused.zone(zone.id)
        return cls(
            id=zone.id,
            name=zone.name,
            kind=zone.kind,
            x0=zone.x0,
            y0=zone.y0,
            x1=zone.x1,
            y1=zone.y1,
            people=None if now is None else now.people,
            people_ids=[] if now is None else list(now.track_ids),
        )


class FloorZonesOut(BaseModel):
    at_ns: int = Field(description="when the people were located; 0: not yet, or radio and floor are not shown to this account")
    zones: list[FloorZoneOut]


@router.get("/api/v1/floor/zones", summary="Zones of the floor, and how many people are in each now")
def floor_zones(port: PortOf) -> FloorZonesOut:
    """The numbers are those of the Space page: each zone counts the people that stand in its outline, whichever sensor found them."""
    snapshot = port.snapshot()
    fused = snapshot.people.fused
    return FloorZonesOut(
        at_ns=0 if fused is None else fused.at_ns, zones=[FloorZoneOut.of(zone, snapshot) for zone in snapshot.settings.floor.zones]
    )
