"""`/api/nodes`: a bare array of the nodes."""

from typing import Any

from fastapi import APIRouter

from engine.gateway.reference.access import Reader
from engine.model.errors import InputError, NotFound
from engine.model.radio.radio import NodeState, NodeView
from engine.model.site import read_mac
from engine.model.time import MILLISECOND

router = APIRouter(tags=["reference"])


@router.get("/api/nodes", summary="Nodes and how they are doing")
def nodes(port: Reader) -> list[dict[str, Any]]:
    return [node_out(node) for node in port.snapshot().radio.nodes]


@router.get("/api/nodes/{mac}", summary="One node")
def node(port: Reader, mac: str) -> dict[str, Any]:
    try:
        found = port.snapshot().radio.node(read_mac(mac))
    except InputError:
        found = None
    if found is None:
        raise NotFound(f"There is no node {mac[:40]}.")
    return node_out(found)


def node_out(node: NodeView) -> dict[str, Any]:
    """`status` is `online` also for unpaired nodes, which say so in `unpaired`; positions in metres, Z up, null when unknown."""
    x, y, z = node.position or (None, None, None)
    return {
        "mac": node.mac,
        "name": node.name or node.mac,
        "status": "offline" if node.state is NodeState.OFFLINE else "online",
        "unpaired": node.state is NodeState.UNPAIRED,
        "reason": node.reason,
        "role": node.role,
        "firmware_version": node.firmware,
        "chip": node.chip,
        "capabilities": list(node.capabilities),
        "pos_x": x,
        "pos_y": y,
        "pos_z": z,
        "position_source": node.position_source,
        "address": node.address,
        "channel": node.channel,
        "csi_rate_hz": round(node.rate_hz, 2),
        "configured_rate_hz": node.configured_hz,
        "frames": node.frames,
        "malformed_frames": node.malformed,
        "wifi_rssi_dbm": node.rssi_dbm,
        "temperature_c": node.temperature_c,
        "free_heap_bytes": node.free_heap_bytes,
        "uptime_ms": node.uptime_ms,
        "health": node.health,
        "last_seen_ms": node.last_seen_ns // MILLISECOND,
        "ota_state": node.update.value,
        "ota_progress_pct": node.update_percent,
        "ota_message": node.update_message,
        "simulated": node.simulated,
    }
