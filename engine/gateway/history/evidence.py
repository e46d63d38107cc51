"""`/api/v1/evidence`: packs and cases over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.clip_response import FILE, file_response
from engine.gateway.history.record import iso_query
from engine.gateway.schemas import Problem
from engine.model.errors import InputError
from engine.model.history.evidence import (
    Case,
    HiddenRegion,
    ListCases,
    ListPacks,
    MakePack,
    Pack,
    PackRequest,
    PutCase,
    Redaction,
    RemovePack,
)
from engine.model.time import to_iso

router = APIRouter(prefix="/api/v1/evidence", tags=["evidence"])
_REFUSED: dict[int | str, dict[str, Any]] = {403: {"model": Problem}}
_Id = Annotated[str, Field(max_length=100)]


class RegionIn(BaseModel):
    """Points in shares of the picture, 0 to 1."""

    camera_id: _Id
    outline: Annotated[list[tuple[float, float]], Field(min_length=3, max_length=100)]


class PackIn(BaseModel):
    """`since`, `until`: ISO-8601 with zone, a day apart at most. `raw`: with the record that the pack can be run again from."""

    since: str
    until: str
    title: Annotated[str, Field(max_length=200)]
    note: str = ""
    camera_ids: list[_Id] = []
    person_ids: list[_Id] = []
    case_id: _Id = ""
    redaction: Redaction = Redaction.NONE
    hidden: list[RegionIn] = []
    raw: bool = True

    def request(self) -> PackRequest:
        since_ns, until_ns = iso_query("since", self.since), iso_query("until", self.until)
        if since_ns is None or until_ns is None:
            raise InputError("since", "is missing")
        return PackRequest(
            since_ns,
            until_ns,
            self.title,
            self.note,
            tuple(self.camera_ids),
            tuple(self.person_ids),
            self.case_id,
            self.redaction,
            tuple(HiddenRegion(region.camera_id, tuple(region.outline)) for region in self.hidden),
            self.raw,
        )


class PackOut(BaseModel):
    id: str
    title: str
    note: str
    since: str
    until: str
    camera_ids: list[str]
    person_ids: list[str]
    case_id: str
    redaction: Redaction
    by: str
    created: str
    size_bytes: int
    manifest_sha256: str
    missing: list[str] = Field(description="what could not go in")

    @classmethod
    def of(cls, pack: Pack) -> "PackOut":
        request = pack.request
        return cls(
            id=pack.id,
            title=request.title,
            note=request.note,
            since=to_iso(request.since_ns),
            until=to_iso(request.until_ns),
            camera_ids=list(request.camera_ids),
            person_ids=list(request.person_ids),
            case_id=request.case_id,
            redaction=request.redaction,
            by=pack.by,
            created=to_iso(pack.created_ns),
            size_bytes=pack.size_bytes,
            manifest_sha256=pack.manifest_sha256,
            missing=list(pack.missing),
        )


class PacksOut(BaseModel):
    packs: list[PackOut]


class JobOut(BaseModel):
    job_id: str


class CaseIn(BaseModel):
    title: Annotated[str, Field(max_length=200)]
    note: Annotated[str, Field(max_length=5000)] = ""
    case_id: _Id = ""
    closed: bool = False


class CaseOut(BaseModel):
    id: str
    title: str
    note: str
    by: str
    created: str
    closed: bool

    @classmethod
    def of(cls, case: Case) -> "CaseOut":
        return cls(id=case.id, title=case.title, note=case.note, by=case.by, created=to_iso(case.created_ns), closed=case.closed)


class CasesOut(BaseModel):
    cases: list[CaseOut]


class CaseMade(BaseModel):
    id: str


@router.get("/packs", summary="Evidence packs, newest first", responses=_REFUSED)
def packs(port: PortOf, case: Annotated[str, Query(max_length=100, description="only of this case")] = "") -> PacksOut:
    return PacksOut(packs=[PackOut.of(pack) for pack in port.ask(ListPacks(case))])


@router.post("/packs", status_code=202, summary="Make an evidence pack", responses=_REFUSED)
def make(port: PortOf, body: PackIn) -> JobOut:
    """Starts a job; its closing message is the pack's id. Kept in the audit before anything leaves."""
    return JobOut(job_id=port.command(MakePack(body.request())))


@router.get("/packs/{pack_id}/file", summary="The pack as a zip", **FILE)
def pack_file(request: Request, port: PortOf, pack_id: str) -> Response:
    """Each request is kept in the audit."""
    path = port.pack_file(pack_id)
    if path.is_dir():
        raise InputError("pack_id", "this pack was made as a folder; take it from the engine's machine")
    return file_response(path, request)


@router.delete("/packs/{pack_id}", status_code=204, summary="Remove a pack", responses=_REFUSED)
def remove(port: PortOf, pack_id: str) -> None:
    port.command(RemovePack(pack_id))


@router.get("/cases", summary="Cases, newest first", responses=_REFUSED)
def cases(port: PortOf) -> CasesOut:
    return CasesOut(cases=[CaseOut.of(case) for case in port.ask(ListCases())])


@router.put("/cases", summary="Add a case, or change one", responses=_REFUSED)
def put_case(port: PortOf, body: CaseIn) -> CaseMade:
    return CaseMade(id=port.command(PutCase(body.title, body.note, body.case_id, body.closed)))
