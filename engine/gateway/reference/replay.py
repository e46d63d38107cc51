"""`/api/replay/…`: its place is kept; replaying the record over HTTP comes with the investigation tools."""

from fastapi import APIRouter, HTTPException

from engine.gateway.reference.access import Reader

router = APIRouter(prefix="/api/replay", tags=["reference"])


@router.get("/sessions", summary="Replays that run; none can be started yet")
def sessions(port: Reader) -> list[str]:
    return []


@router.post("/{action}", status_code=501, summary="Not there yet")
def not_yet(port: Reader, action: str) -> None:
    raise HTTPException(501, "Replay over HTTP is not part of this version.")
