"""`/api/v1/jobs`: how long work that a request began is going."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.schemas import Problem
from engine.model.command import CancelJob
from engine.model.errors import NotFound
from engine.model.snapshot import Job, JobState

router = APIRouter(prefix="/api/v1/jobs", tags=["now"])


class JobStateOut(BaseModel):
    id: str
    kind: str
    title: str
    state: JobState
    done: int
    total: int
    message: str = Field(description="what it does now, or how it ended; of an evidence pack then the pack's id")

    @classmethod
    def of(cls, job: Job) -> "JobStateOut":
        return cls(id=job.id, kind=job.kind, title=job.title, state=job.state, done=job.done, total=job.total, message=job.message)


@router.get("/{job_id}", summary="How a job is going, or went")
def job(port: PortOf, job_id: str) -> JobStateOut:
    """The last twenty that ended are still known."""
    found = next((each for each in port.snapshot().jobs if each.id == job_id), None)
    if found is None:
        raise NotFound(f"There is no job {job_id}.")
    return JobStateOut.of(found)


@router.delete("/{job_id}", status_code=202, summary="Cancel a job", responses={403: {"model": Problem}})
def cancel(port: PortOf, job_id: str) -> None:
    """For administrators."""
    port.command(CancelJob(job_id))
