"""`/api/blobs`: a bare array of who is there, Z up; empty when nobody is."""

from typing import Any

from fastapi import APIRouter

from engine.gateway.reference.access import Reader
from engine.model.radio.blob import Blob
from engine.model.snapshot import RadioView
from engine.model.time import MILLISECOND

router = APIRouter(tags=["reference"])


@router.get("/api/blobs", summary="Who is there now")
@router.get("/ws/node/api/blobs", include_in_schema=False)  # where one public simulator asks
def blobs(port: Reader) -> list[dict[str, Any]]:
    return [blob_out(blob) for blob in shown_blobs(port.snapshot().radio)]


def shown_blobs(radio: RadioView) -> tuple[Blob, ...]:
    return () if radio.picture is None else radio.picture.blobs


def blob_out(blob: Blob) -> dict[str, Any]:
    """Metres, X east, Y north, Z up; `sigma` is the standard deviation along each axis."""
    x, y, z = (round(v, 3) for v in blob.position)
    vx, vy, vz = (round(v, 3) for v in blob.velocity)
    sigma = [round(max(blob.covariance[i][i], 0.0) ** 0.5, 3) for i in range(3)]
    return {
        "id": blob.number,
        "blob_id": blob.id,
        "x": x,
        "y": y,
        "z": z,
        "vx": vx,
        "vy": vy,
        "vz": vz,
        "weight": round(blob.confidence, 4),
        "confidence": round(blob.confidence, 4),
        "fused_value": blob.fused_value,
        "sigma": sigma,
        "status": blob.status.value,
        "posture": blob.posture.value,
        "still": blob.still,
        "since_ms": blob.since_ns // MILLISECOND,
        "updated_ms": blob.updated_ns // MILLISECOND,
        "zones": list(blob.zone_ids),
        "trail": [[round(x, 2), round(y, 2)] for _, x, y in blob.trail],
        "simulated": blob.simulated,
        **_identity(blob),
    }


def _identity(blob: Blob) -> dict[str, Any]:
    match = blob.identity
    if match is None:
        return {"person": "", "person_id": "", "identityResolved": False}
    return {
        "person": match.person_name,
        "person_id": match.person_id,
        "person_label": match.person_name,
        "person_color": match.color,
        "personName": match.person_name,
        "assignedColor": match.color,
        "identityResolved": True,
        "identity_confidence": round(match.confidence, 4),
        "identity_source": "ble",
        "ble_device": match.device,
    }
