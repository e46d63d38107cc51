"""`POST /api/provision`: a node's token and what else it has to know, as simulators and set-up tools of the reference ask for it."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from engine.gateway.border.shown_token import given_token
from engine.gateway.nodes.door import NodeDoor, Pairing, check
from engine.model.accounts.access import Verb
from engine.model.command import ProvisionNode
from engine.model.errors import NotSignedIn
from engine.model.site import read_mac

router = APIRouter(tags=["nodes"])
ANYBODY = "anybody"  # who is noted where pairing is open and nobody has to say who they are


class ProvisionIn(BaseModel):
    """Everything may be left out. `ms_ip`: IPv4 address of this engine, where it is not found by mDNS."""

    mac: Annotated[str, Field(max_length=40)] = ""
    wifi_ssid: Annotated[str, Field(max_length=64)] = ""
    wifi_pass: Annotated[str, Field(max_length=64)] = ""
    ms_ip: Annotated[str, Field(max_length=64)] = ""
    debug: bool = False


@router.post("/api/provision", summary="Provision a node: while pairing is open, or as an admin")
def provision(request: Request, door: Pairing, body: ProvisionIn | None = None) -> dict[str, Any]:
    asked = body or ProvisionIn()
    mac = read_mac(asked.mac) if asked.mac else ""
    if mac and _is_taken(door, mac):
        _check_admin(door, given_token(request), mac)
    port = (request.scope.get("server") or ("", None))[1]
    document = door.provisioner.document(mac, asked.wifi_ssid, asked.wifi_pass, asked.ms_ip, port, asked.debug)
    door.note(ProvisionNode(mac), "", _whose(door, given_token(request)))
    return document


def _whose(door: NodeDoor, token: str) -> str:
    """An admin's name; while pairing is open it may be anybody."""
    with suppress(NotSignedIn):
        return door.enter(token).session.user.name if token else ANYBODY
    return ANYBODY


def _is_taken(door: NodeDoor, mac: str) -> bool:
    """While pairing is open for some minutes, passers-by are not given the token that a node already uses: it is good for ever. A bench,
    where simulators come again and again, is open for as long as it runs."""
    return door.nodes.pairing.state.until_ns is not None and door.nodes.has_token(mac)


def _check_admin(door: NodeDoor, token: str, mac: str) -> None:
    """Raises NotSignedIn, PermissionDenied."""
    if not token:
        raise NotSignedIn(f"Node {mac} has its token already. Sign in as an admin to provision it again, or remove it first.")
    check(door, token, Verb.ADMINISTER)
