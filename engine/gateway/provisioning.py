"""`POST /api/provision`: a node's token and what else it has to know, as simulators and set-up tools of the reference ask for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from engine.gateway.node_door import Pairing
from engine.model.site import read_mac

router = APIRouter(tags=["nodes"])


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
    port = (request.scope.get("server") or ("", None))[1]
    return door.provisioner.document(mac, asked.wifi_ssid, asked.wifi_pass, asked.ms_ip, port, asked.debug)
