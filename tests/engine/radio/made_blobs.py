"""Blobs as fusion gives them, made by hand: for tests of what is concluded from them."""

from engine.model.radio.blob import Blob, BlobStatus, Covariance
from engine.model.site import Position
from engine.model.time import MILLISECOND, SECOND

START_NS = 1_790_000_000 * SECOND
TICK_NS = 100 * MILLISECOND


def spread(sigma_m: float, sigma_z_m: float = 0.4) -> Covariance:
    return (sigma_m**2, 0.0, 0.0), (0.0, sigma_m**2, 0.0), (0.0, 0.0, sigma_z_m**2)


def blob(
    position: Position,
    *,
    blob_id: str = "bl-1",
    sigma_m: float = 0.2,
    sigma_z_m: float = 0.4,
    status: BlobStatus = BlobStatus.CONFIRMED,
    velocity: Position = (0.0, 0.0, 0.0),
    confidence: float = 0.9,
    still: bool = False,
) -> Blob:
    return Blob(
        id=blob_id,
        number=1,
        status=status,
        position=position,
        covariance=spread(sigma_m, sigma_z_m),
        velocity=velocity,
        confidence=confidence,
        fused_value=1.0,
        since_ns=START_NS,
        updated_ns=START_NS,
        still=still,
    )
