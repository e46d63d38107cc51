import threading

import pytest

from engine.model.errors import EnvironmentFault, NotFound
from engine.model.snapshot import JobState
from engine.model.time import ManualClock
from engine.runtime.jobs.jobs import KEPT, Jobs, Progress
from engine.runtime.supervisor import ErrorBook
from tests.fakes.waiting import until

NOW_NS = 1_767_600_000_000_000_000


@pytest.fixture
def jobs():
    jobs = Jobs(ErrorBook(ManualClock()), ManualClock(NOW_NS))
    yield jobs
    jobs.stop()


def ended(jobs: Jobs, job_id: str):
    until(lambda: next(job for job in jobs.all() if job.id == job_id).state is not JobState.RUNNING, "the job ends")
    return next(job for job in jobs.all() if job.id == job_id)


def test_progress_shows_and_the_end_has_a_message(jobs: Jobs):
    go = threading.Event()

    def body(job_id: str, progress: Progress) -> str:
        progress.at(3, 10, f"{job_id} at work")
        go.wait(20)
        return "all done"

    job_id = jobs.start("test", "A test", body)
    until(lambda: jobs.all()[0].done == 3, "progress shows")
    assert jobs.all()[0].message == f"{job_id} at work" and jobs.all()[0].ended_ns == 0
    go.set()
    assert (ended(jobs, job_id).state, ended(jobs, job_id).message) == (JobState.DONE, "all done")
    assert (ended(jobs, job_id).started_ns, ended(jobs, job_id).ended_ns) == (NOW_NS, NOW_NS)


def test_a_cancelled_job_stops_at_its_next_step(jobs: Jobs):
    def body(_: str, progress: Progress) -> str:
        while True:
            progress.at(1, 2)

    job_id = jobs.start("test", "Endless", body)
    jobs.cancel(job_id)
    assert ended(jobs, job_id).state is JobState.CANCELLED
    jobs.cancel(job_id)
    with pytest.raises(NotFound):
        jobs.cancel("job-99")


def test_failures_say_what_the_world_did_but_not_what_the_bug_was(jobs: Jobs):
    def refused(_: str, __: Progress) -> str:
        raise EnvironmentFault("disk_full", "The disk is full.")

    def broken(_: str, __: Progress) -> str:
        return str({}["secret-key"])

    full = ended(jobs, jobs.start("test", "Refused", refused))
    assert (full.message, full.fault) == ("The disk is full.", "disk_full")
    job = ended(jobs, jobs.start("test", "Broken", broken))
    assert job.state is JobState.FAILED and "secret-key" not in job.message and job.fault == "bug"


def test_old_jobs_are_forgotten(jobs: Jobs):
    for _ in range(KEPT + 10):
        ended(jobs, jobs.start("test", "Short", lambda *_: ""))
    assert len(jobs.all()) <= KEPT + 1
