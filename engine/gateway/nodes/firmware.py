"""Firmware of nodes: uploaded and installed by admins, fetched by nodes."""

from typing import Annotated

from fastapi import APIRouter, Header, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from engine.gateway.nodes.door import AdminName, DoorOfNodes, Looking, NodeDoor
from engine.model.command import AddFirmware, UpdateNodes
from engine.model.errors import InputError, NotFound
from engine.model.radio.radio import Firmware
from engine.model.site import read_mac
from engine.model.time import MILLISECOND
from engine.sources.node.rollout import RolloutProgress

router = APIRouter(tags=["nodes"])


class WantedFirmware(BaseModel):
    version: str = Field("", max_length=40, description="of an uploaded firmware; empty: the newest")


class FirmwareOut(BaseModel):
    version: str
    filename: str
    sha256: str
    size_bytes: int
    uploaded_ms: int

    @classmethod
    def of(cls, firmware: Firmware) -> "FirmwareOut":
        uploaded_ms = firmware.uploaded_ns // MILLISECOND
        return cls(
            version=firmware.version,
            filename=firmware.file,
            sha256=firmware.sha256,
            size_bytes=firmware.size_bytes,
            uploaded_ms=uploaded_ms,
        )


class NodeProgress(BaseModel):
    mac: str
    state: str
    progress_pct: int | None
    message: str


class ProgressOut(BaseModel):
    """`halted`: why the update does not go on; empty otherwise."""

    version: str
    running: bool
    halted: str
    nodes: list[NodeProgress]

    @classmethod
    def of(cls, progress: RolloutProgress) -> "ProgressOut":
        nodes = [NodeProgress(mac=n.mac, state=n.state.value, progress_pct=n.percent, message=n.message) for n in progress.nodes]
        return cls(version=progress.version, running=progress.running, halted=progress.halted, nodes=nodes)


@router.get("/firmware/{file}", summary="A firmware file, for nodes", response_class=FileResponse)
def fetch(
    door: DoorOfNodes, file: str, x_spaxel_mac: Annotated[str, Header()] = "", x_spaxel_token: Annotated[str, Header()] = ""
) -> FileResponse:
    """To who holds a node's token; to anybody only while pairing is open. Everybody else finds nothing here."""
    if not _may_fetch(door, x_spaxel_mac, x_spaxel_token):
        raise NotFound("There is no such file.")
    firmware, path = door.firmware.file(file)
    headers = {"X-SHA256": firmware.sha256, "X-Firmware-Version": firmware.version}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


@router.get("/api/firmware", summary="Uploaded firmware, newest first")
def uploaded(door: Looking) -> list[FirmwareOut]:
    return [FirmwareOut.of(firmware) for firmware in door.firmware.all()]


@router.post("/api/firmware/upload", summary="Keep a firmware image (multipart field `firmware`)", status_code=201)
def upload(door: DoorOfNodes, admin: AdminName, firmware: UploadFile, version: str = "") -> FirmwareOut:
    added = door.firmware.add(firmware.file.read(), version, firmware.filename or "")
    door.note(AddFirmware(added.version, ""), added.version, admin)
    return FirmwareOut.of(added)


@router.get("/api/firmware/progress", summary="How the update of nodes is going")
def progress(door: Looking) -> ProgressOut:
    return ProgressOut.of(door.nodes.update_progress())


@router.post("/api/firmware/ota-all", summary="Update all connected nodes, one after the other", status_code=202)
def update_all(door: DoorOfNodes, admin: AdminName, body: WantedFirmware | None = None) -> ProgressOut:
    return _update(door, admin, body, ())


@router.post("/api/nodes/{mac}/ota", summary="Update one node", status_code=202)
def update_one(door: DoorOfNodes, admin: AdminName, mac: str, body: WantedFirmware | None = None) -> ProgressOut:
    return _update(door, admin, body, (read_mac(mac),))


def _update(door: NodeDoor, admin: str, body: WantedFirmware | None, macs: tuple[str, ...]) -> ProgressOut:
    firmware = door.firmware.version(body.version if body is not None else "")
    door.nodes.update(firmware, macs)
    door.note(UpdateNodes(firmware.version, macs), "", admin)
    return ProgressOut.of(door.nodes.update_progress())


def _may_fetch(door: NodeDoor, mac: str, token: str) -> bool:
    if not token:
        return door.nodes.pairing.is_open
    try:
        return door.nodes.tokens.check(read_mac(mac), token)
    except InputError:
        return False
