"""`/api/v1/incidents/import`: files of reports, filed by a job that is looked at, and can be stopped."""

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import Problem
from engine.model.accounts.access import Verb
from engine.model.command import CancelJob
from engine.model.errors import NotFound
from engine.model.incidents.imported import ImportResult, RefusedRow
from engine.model.snapshot import Job, JobState
from engine.runtime.access.scopes import check_verb
from engine.runtime.incidents.importing import KIND, LISTED
from engine.runtime.local import LocalPort

router = APIRouter(prefix="/api/v1", tags=["incidents"])
JOBS = "/incidents/imports"
_FORMS = {"text/csv": "csv", "application/geo+json": "geojson", "application/json": "geojson"}
_FILE = {"schema": {"type": "string", "format": "binary"}}
_FILES = {"requestBody": {"required": True, "content": {kind: _FILE for kind in _FORMS}}}


class RefusedRowOut(BaseModel):
    place: str = Field(description="“line 3” of a CSV file, “feature 3” of GeoJSON")
    field: str | None
    message: str

    @classmethod
    def of(cls, row: RefusedRow) -> "RefusedRowOut":
        return cls(place=row.place, field=row.field or None, message=row.message)


class ImportOut(BaseModel):
    """All counts are of what was filed so far, and final once the job has ended."""

    id: str
    state: JobState
    done: int = Field(description="reports that were filed or refused by the record, of `total`; both 0 while the file is read")
    total: int
    message: str = Field(description="what it does now, or how it ended")
    kept: int = Field(description="reports that are in the record now and were not before")
    began: int = Field(description="of these, those that began an incident")
    joined: int
    duplicates: int = Field(description="by a reporter who is among those of the incident already")
    known: int = Field(description="reports that were in the record already, and changed nothing")
    left_out: int
    refused: list[RefusedRowOut] = Field(description=f"what is wrong with those left out: the first {LISTED}")

    @classmethod
    def of(cls, job: Job) -> "ImportOut":
        now = job.result or ImportResult()
        return cls(
            id=job.id,
            state=job.state,
            done=job.done,
            total=job.total,
            message=job.message,
            kept=now.kept,
            began=now.began,
            joined=now.joined,
            duplicates=now.duplicates,
            known=now.known,
            left_out=now.left_out,
            refused=[RefusedRowOut.of(row) for row in now.refused],
        )


@router.post(
    "/incidents/import",
    status_code=202,
    summary="File the reports of a CSV or GeoJSON file; what is wrong is named line by line, the others are kept",
    openapi_extra=_FILES,
    responses={415: {"model": Problem, "description": "neither CSV nor GeoJSON"}},
)
async def import_reports(request: Request, port: PortOf, response: Response) -> ImportOut:
    """20 MB and 100,000 reports at most, two files at once. Starts a job, whose address is in the header `Location`: look there until its
    state is no longer `running`. The same file again changes nothing, also after it was stopped."""
    form = _FORMS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if form is None:
        raise HTTPException(415, f"Send the file as one of {', '.join(_FORMS)}.")
    job_id = await run_in_threadpool(port.import_reports, await request.body(), form)
    response.headers["Location"] = f"/api/v1{JOBS}/{job_id}"
    return ImportOut.of(await run_in_threadpool(_job, port, job_id))


@router.get(JOBS, summary="Files that are being filed, and the last that were; newest first")
def imports(port: PortOf) -> list[ImportOut]:
    return [ImportOut.of(job) for job in reversed(_jobs(port))]


@router.get(f"{JOBS}/{{job_id}}", summary="How the filing of a file goes, or went")
def import_job(port: PortOf, job_id: str) -> ImportOut:
    return ImportOut.of(_job(port, job_id))


@router.delete(f"{JOBS}/{{job_id}}", status_code=202, summary="Stop it; what was filed stays")
def stop_import(port: PortOf, job_id: str) -> ImportOut:
    """It may still be running when this answers. One that has ended is left as it is."""
    _job(port, job_id)
    port.command(CancelJob(job_id))
    return ImportOut.of(_job(port, job_id))


def _jobs(port: LocalPort) -> list[Job]:
    check_verb(port.session, Verb.ADMINISTER)
    return [job for job in port.snapshot().jobs if job.kind == KIND]


def _job(port: LocalPort, job_id: str) -> Job:
    found = next((job for job in _jobs(port) if job.id == job_id), None)
    if found is None:
        raise NotFound(f"There is no import {job_id[:80]!r}; the last twenty jobs are remembered, until the engine is restarted.")
    return found
