"""Commands: background jobs."""

from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.command import CancelJob
from engine.runtime.access.narrowing import shows_job
from engine.runtime.access.scopes import require_found
from engine.runtime.jobs.jobs import Jobs
from engine.runtime.operations.spec import Commands, CommandSpec, NotUndoable, not_audited, within_scope


class JobHost(Protocol):
    """What these operations need of the engine."""

    @property
    def jobs(self) -> Jobs: ...


def _cancel(engine: JobHost, command: CancelJob, _: Session) -> str:
    engine.jobs.cancel(command.job_id)
    return command.job_id


def _may_cancel(engine: JobHost, command: CancelJob, _: Session, scope: Scope) -> bool:
    is_shown = any(job.id == command.job_id and shows_job(job, scope) and job.by_id for job in engine.jobs.all())
    return require_found(is_shown, f"There is no job {command.job_id}.")


COMMANDS: Commands[JobHost] = (
    CommandSpec(
        CancelJob,
        handler=_cancel,
        scope=within_scope(_may_cancel),
        audit=not_audited("what a job did is in the audit where it matters"),
        undo=NotUndoable("the job is started again"),
        durable=False,
    ),
)
