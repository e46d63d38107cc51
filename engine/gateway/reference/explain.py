"""`/api/explain/…`: why a blob is where it is. The contributions add up to `fused_value`."""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Path

from engine.gateway.reference.access import Reader, Writer
from engine.model.question import ExplainBlob
from engine.model.radio.blob import BleMatch, BlobExplanation, FresnelZone, LinkContribution
from engine.model.time import MILLISECOND

router = APIRouter(prefix="/api/explain", tags=["reference"])
BlobKey = Annotated[str, Path(max_length=64)]


@router.post("/refresh", summary="Explain everybody anew; takes no data")
def refresh(port: Writer) -> dict[str, Any]:
    picture = port.snapshot().radio.picture
    numbers = [blob.number for blob in picture.blobs] if picture is not None else []
    return {"refreshed": len(numbers), "blob_ids": numbers, "timestamp_ms": picture.at_ns // MILLISECOND if picture is not None else 0}


@router.get("/{blob}", summary="Now")
def explain(port: Reader, blob: BlobKey) -> dict[str, Any]:
    return explanation_out(port.ask(ExplainBlob(blob, None)))


@router.get("/blob/{blob}/at/{ms}", summary="At a past time (epoch milliseconds): the nearest moment of the same blob within a minute")
def explain_at(port: Reader, blob: BlobKey, ms: Annotated[int, Path(ge=0, lt=1 << 43)]) -> dict[str, Any]:
    return explanation_out(port.ask(ExplainBlob(blob, ms * MILLISECOND)))


def explanation_out(explanation: BlobExplanation) -> dict[str, Any]:
    x, y, z = explanation.position
    links = [link_out(link) for link in explanation.links]
    return {
        "blob_id": explanation.number,
        "id": explanation.blob_id,
        "x": x,
        "y": y,
        "z": z,
        "confidence": explanation.confidence,
        "fused_value": explanation.fused_value,
        "timestamp_ms": explanation.at_ns // MILLISECOND,
        "contributing_links": [link for link in links if link["contributing"]],
        "all_links": links,
        "ble_match": match_out(explanation.identity),
        "fresnel_zones": [zone_out(zone) for zone in explanation.zones],
        "fresnel_intersection_volume": explanation.intersection_m3,
    }


def socket_form(explanation: BlobExplanation) -> dict[str, Any]:
    """As the dashboard's socket says it."""
    plain = explanation_out(explanation)
    x, y, z = explanation.position
    volumes = {zone.link: zone_m3(zone) for zone in explanation.zones}
    return {
        **plain,
        "type": "blob_explain",
        "blob_position": {"x": x, "y": y, "z": z},
        "fusion_score": explanation.fused_value,
        "per_link_contributions": [
            {
                **link,
                "contribution_pct": 100 * given.share,
                "combined_weight": given.weight,
                "learned_weight": given.weight,
                "fresnel_intersection_volume": volumes.get(given.link, 0.0),
            }
            for link, given in zip(plain["all_links"], explanation.links, strict=True)
        ],
    }


def link_out(link: LinkContribution) -> dict[str, Any]:
    return {
        "link_id": link.link,
        "node_mac": link.node_mac,
        "tx_mac": link.peer_mac,
        "rx_mac": link.node_mac,
        "peer_mac": link.peer_mac,
        "delta_rms": link.change,
        "activity": link.activity,
        "zone_number": link.zone,
        "weight": link.weight,
        "contributing": link.contributing,
        "contribution": link.contribution,
        "share": link.share,
        "value_without": link.without,
    }


def zone_out(zone: FresnelZone) -> dict[str, Any]:
    return {
        "link_id": zone.link,
        "center_pos": list(zone.center),
        "semi_axes": list(zone.semi_axes),
        "zone_number": zone.zone,
        "tx_pos": list(zone.tx),
        "rx_pos": list(zone.rx),
        "lambda": zone.wavelength_m,
    }


def zone_m3(zone: FresnelZone) -> float:
    """Of the ellipsoid out to the blob's zone of this link: what it leaves of space for the blob to be in."""
    return 4 / 3 * math.pi * math.prod(zone.semi_axes)


def match_out(match: BleMatch | None) -> dict[str, Any] | None:
    if match is None:
        return None
    return {
        "person_id": match.person_id,
        "person_label": match.person_name,
        "person_color": match.color,
        "device_addr": match.device,
        "device_mac": match.device,
        "confidence": match.confidence,
        "match_method": match.method,
        "reported_by_nodes": list(match.reported_by),
        "triangulation_pos": None if match.position is None else list(match.position),
        "triangulation_confidence": 0.0 if match.position is None else match.confidence,
    }
