"""`/api/replay/…`: its place is kept; replaying the record over HTTP comes with the investigation tools."""

from fastapi import APIRouter

from engine.gateway.reference.access import Reader
from engine.model.errors import NotFound

router = APIRouter(prefix="/api/replay", tags=["reference"])


@router.get("/sessions", summary="Replays that run; none can be started yet")
def sessions(port: Reader) -> list[str]:
    return []


@router.post("/{action}", status_code=404, summary="Not there yet")
def not_yet(port: Reader, action: str) -> None:
    raise NotFound("Replay over HTTP is not part of this version.")
