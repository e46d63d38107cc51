"""`/ws/dashboard`: a snapshot, then ten times a second what has changed, and explanations on request."""

import asyncio
import json
from contextlib import suppress
from typing import Any, cast

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from engine.gateway.reference.access import listening
from engine.gateway.reference.ble import device_out
from engine.gateway.reference.blobs import blob_out, shown_blobs
from engine.gateway.reference.events import NAMES, moments, newest
from engine.gateway.reference.explain import socket_form
from engine.gateway.reference.nodes import node_out
from engine.gateway.until_one_ends import until_one_ends
from engine.model.accounts.access import Verb
from engine.model.errors import EnvironmentFault, NotFound, NotSignedIn, PermissionDenied, WatchroomError
from engine.model.event import Event
from engine.model.question import ExplainBlob
from engine.model.settings import Settings
from engine.model.snapshot import Snapshot
from engine.model.time import MILLISECOND
from engine.runtime.access.scopes import check_verb
from engine.runtime.local import LocalPort
from engine.sources.node.messages import printable

router = APIRouter()
PERIOD_S = 0.1
MOST_CLIENTS = 10
POLICY = 1008
LARGEST_REQUEST = 4096
LONGEST_ID = 64


class Dashboards:
    """How many are connected; on the network loop."""

    def __init__(self) -> None:
        self.connected = 0


@router.websocket("/ws/dashboard")
async def dashboard(socket: WebSocket) -> None:
    """Refused with 401 before the handshake, with 503 when ten are connected; closed with 1008 when the session has ended."""
    counted: Dashboards = socket.app.state.dashboards
    port, subprotocol = await asyncio.to_thread(listening, socket)
    check_verb(port.session, Verb.SEE_LIVE)
    if counted.connected >= MOST_CLIENTS:
        raise EnvironmentFault("busy", f"{MOST_CLIENTS} dashboards are connected already. Close one, or try again later.")
    counted.connected += 1
    try:
        await socket.accept(subprotocol)
        await _serve(socket, port)
    finally:
        counted.connected -= 1


async def _serve(socket: WebSocket, port: LocalPort) -> None:
    lock = asyncio.Lock()
    ended = await until_one_ends(_send_changes(socket, port, lock), _answer(socket, port, lock))
    if any(isinstance(end, (NotSignedIn, PermissionDenied)) for end in ended):
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(POLICY, "The session has ended.")
    for end in ended:
        if isinstance(end, Exception) and not isinstance(end, (RuntimeError, WebSocketDisconnect, WatchroomError)):
            raise end


async def _send_changes(socket: WebSocket, port: LocalPort, lock: asyncio.Lock) -> None:
    """The first picture, then what differs."""
    snapshot = await asyncio.to_thread(port.snapshot)
    before = sections(snapshot)
    first = {"type": "snapshot", "timestamp_ms": snapshot.at_ns // MILLISECOND, **before}
    known = {event.id: event for event in snapshot.events}
    await _send(socket, lock, first | {"events": newest(port)})
    while True:
        await asyncio.sleep(PERIOD_S)
        snapshot = await asyncio.to_thread(port.snapshot)
        now = sections(snapshot)
        changed = {name: part for name, part in now.items() if part != before[name]}
        events = fresh(snapshot.events, known, snapshot.settings)
        if changed or events:
            await _send(socket, lock, {"timestamp_ms": snapshot.at_ns // MILLISECOND, **changed, **({"events": events} if events else {})})
        before, known = now, {event.id: event for event in snapshot.events}


async def _answer(socket: WebSocket, port: LocalPort, lock: asyncio.Lock) -> None:
    """Clients may ask why a blob is where it is; whatever else they say is ignored."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        wanted = wanted_blob(message.get("text"))
        if wanted is None:
            continue
        try:
            answer = socket_form(await asyncio.to_thread(port.ask, ExplainBlob(wanted)))
        except NotFound as error:
            answer = {"type": "blob_explain", "blob_id": wanted, "error": str(error)}
        await _send(socket, lock, answer)


def wanted_blob(text: str | None) -> str | None:
    """The id in `{"type": "request_explain", "blob_id": N}`; None for anything else."""
    if text is None or len(text) > LARGEST_REQUEST:
        return None
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    said = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
    blob = said.get("blob_id") if said.get("type") == "request_explain" else None
    return printable(str(blob), LONGEST_ID) if isinstance(blob, (int, str)) and not isinstance(blob, bool) else None


def sections(snapshot: Snapshot) -> dict[str, Any]:
    radio = snapshot.radio
    links = () if radio.picture is None else radio.picture.links
    return {
        "nodes": [node_out(node) for node in radio.nodes],
        "links": [{"link_id": link.link, "health": round(link.health, 3), "rate_hz": round(link.rate_hz, 1)} for link in links],
        "motion_states": [
            {"link_id": link.link, "motion_detected": link.motion, "delta_rms": round(link.change, 5), "activity": round(link.activity, 2)}
            for link in links
        ],
        "blobs": [blob_out(blob) for blob in shown_blobs(radio)],
        "ble_devices": [device_out(view) for view in radio.devices],
        "triggers": [],
        "zones": [
            {"id": zone.id, "name": zone.name, "x": zone.x0, "y": zone.y0, "z": zone.z0, "type": zone.kind}
            | {"w": zone.x1 - zone.x0, "d": zone.y1 - zone.y0, "h": zone.z1 - zone.z0}
            for zone in snapshot.settings.floor.zones
        ],
        "portals": [
            {"id": portal.id, "name": portal.name, "a": list(portal.a), "b": list(portal.b), "height": portal.height_m}
            for portal in snapshot.settings.floor.portals
        ],
    }


def fresh(events: tuple[Event, ...], known: dict[str, Event], settings: Settings) -> list[dict[str, Any]]:
    """What began or ended since the last look."""
    changed = [event for event in events if event.kind in NAMES and known.get(event.id) != event]
    told = {row["id"] for row in moments([known[event.id] for event in changed if event.id in known], settings)}
    return [row for row in moments(changed, settings) if row["id"] not in told]


async def _send(socket: WebSocket, lock: asyncio.Lock, message: dict[str, Any]) -> None:
    async with lock:
        await socket.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
