"""Whether a sequence is news: a scorer looks at its frames together. What it declines raises no alert, and stays in the lists.

Three frames wait; four to ten are scored, again with each further frame, and a score above 0.45 validates. Ten that are declined are
final. A scorer that is down, or does not answer within 300 s, holds nothing back: the sequence is news, and says that nobody checked it.
One that fails five times leaves the sequence to an operator, as news too. What is news stays so, and is told once.

Nothing here waits or calls: jobs are asked for (`due_jobs`), done elsewhere, and their results come back (`take_result`). A job that nobody
brings back within 120 s, or that a restart cut off, is due again.
"""

import math
from collections.abc import Sequence
from dataclasses import field, replace
from typing import Any, Protocol

from engine.fire.smoke.sequences import overlap
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.fire.smoke import SCORE_ABOVE, SmokeFrame, SmokeSequence, ValidationState
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain

LEAST_FRAMES, MOST_FRAMES = 4, 10
MOST_ERRORS = 5
LEASE_NS, STALE_NS = 120 * SECOND, 300 * SECOND
RETRY_NS, LONGEST_RETRY_NS = 30 * SECOND, 3600 * SECOND
MOST_JOBS = 4_096
_DRIFT = 0.1
_FINAL = (ValidationState.VALIDATED, ValidationState.EXHAUSTED, ValidationState.FAILED)


class Scorer(Protocol):
    """Any thread; may take up to `LEASE_NS`."""

    def score(self, sequence: SmokeSequence, frames: Sequence[SmokeFrame]) -> float:
        """0–1. Raises EnvironmentFault where it is down; InputError where it cannot score these frames."""
        ...


class PersistenceScorer:
    """The built-in one: the mean confidence of what was seen there, over all frames, with those that show nothing as 0. What the candidate
    detector is sure of is temporal evidence already; what comes and goes, as fog banks and headlights do, scores low."""

    def score(self, sequence: SmokeSequence, frames: Sequence[SmokeFrame]) -> float:
        seen = [
            max((each.confidence for each in frame.boxes if overlap(each.box, sequence.best_box, _DRIFT)), default=0.0) for frame in frames
        ]
        return sum(seen) / len(seen) if seen else 0.0


@dataclass(frozen=True, slots=True)
class ScoreJob:
    sequence_id: str
    frames: tuple[SmokeFrame, ...]


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """What became of a job. `score` None: it was not scored, for `trouble`; `is_down`: the scorer did not answer at all."""

    sequence_id: str
    frames: int
    score: float | None
    trouble: str = ""
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`is_news`: it is shown from now on."""

    sequence: SmokeSequence
    is_news: bool


@dataclass(slots=True)
class _Job:
    frames: list[SmokeFrame] = field(default_factory=list[SmokeFrame])
    scored: int = 0  # frames in the last score
    waits_since_ns: int | None = None
    leased_until_ns: int = 0
    retry_ns: int = 0
    tries: int = 0  # in a row that found it down


class Validator:
    """One thread."""

    def __init__(self) -> None:
        self._jobs: dict[str, _Job] = {}

    def attach(self, sequence: SmokeSequence, frame: SmokeFrame) -> None:
        """A frame of a sequence, with smoke or without; those after the tenth do not count."""
        if sequence.validation in _FINAL:
            self._jobs.pop(sequence.id, None)
            return
        job = self._jobs.pop(sequence.id, None) or _Job()
        self._jobs[sequence.id] = job  # the one that was fed last is the last to go
        if len(self._jobs) > MOST_JOBS:
            del self._jobs[next(iter(self._jobs))]
        if len(job.frames) < MOST_FRAMES:
            job.frames.append(frame)
        if len(job.frames) >= LEAST_FRAMES and len(job.frames) > job.scored and job.waits_since_ns is None:
            job.waits_since_ns = frame.captured_ns

    def due_jobs(self, now_ns: int) -> tuple[ScoreJob, ...]:
        """Jobs to do now; each is leased."""
        found = {key: job for key, job in self._jobs.items() if _is_due(job, now_ns)}
        for job in found.values():
            job.leased_until_ns = now_ns + LEASE_NS
        return tuple(ScoreJob(key, tuple(job.frames)) for key, job in found.items())

    def take_result(self, result: ScoreResult, sequence: SmokeSequence, now_ns: int) -> Verdict | None:
        """`sequence`: the one it is about, as it is now. None: nobody waits for it any more."""
        job = self._jobs.get(result.sequence_id)
        if job is None or sequence.validation in _FINAL:
            return None
        job.leased_until_ns = 0
        if result.is_down:
            return self._down(job, sequence, now_ns)
        if result.score is None or not (math.isfinite(result.score) and 0 <= result.score <= 1):
            return self._retry_or_fail(job, sequence, now_ns)
        return self._scored(job, sequence, result.score, result.frames, now_ns)

    def overdue(self, sequences: Sequence[SmokeSequence], now_ns: int) -> tuple[Verdict, ...]:
        """Those of the sequences that the scorer has left waiting for too long: shown as they are."""
        late = [each for each in sequences if (job := self._jobs.get(each.id)) and _is_late(job, now_ns) and not each.validation.is_shown]
        return tuple(_verdict(each, ValidationState.UNAVAILABLE) for each in late)

    def drop_jobs(self, sequence_id: str) -> None:
        self._jobs.pop(sequence_id, None)

    def state(self) -> dict[str, Any]:
        return {"jobs": [[key, _plain(job)] for key, job in self._jobs.items()]}

    def restore(self, state: dict[str, Any]) -> None:
        """What was leased is due again: whoever had it is gone."""
        self._jobs = {key: _job(plain) for key, plain in state["jobs"]}

    def _down(self, job: _Job, sequence: SmokeSequence, now_ns: int) -> Verdict:
        job.tries += 1
        job.retry_ns = now_ns + min(RETRY_NS << min(job.tries - 1, 10), LONGEST_RETRY_NS)
        return _verdict(sequence, ValidationState.UNAVAILABLE)

    def _retry_or_fail(self, job: _Job, sequence: SmokeSequence, now_ns: int) -> Verdict:
        job.retry_ns = now_ns + RETRY_NS
        tried = replace(sequence, attempts=sequence.attempts + 1)
        if tried.attempts < MOST_ERRORS:
            return Verdict(tried, False)
        self.drop_jobs(sequence.id)
        return _verdict(tried, ValidationState.FAILED)

    def _scored(self, job: _Job, sequence: SmokeSequence, score: float, frames: int, now_ns: int) -> Verdict:
        job.tries, job.retry_ns, job.scored = 0, 0, max(job.scored, frames)
        job.waits_since_ns = now_ns if len(job.frames) > job.scored else None
        scored = replace(sequence, score=score)
        if score > SCORE_ABOVE:
            self.drop_jobs(sequence.id)
            return _verdict(scored, ValidationState.VALIDATED)
        is_last = frames >= MOST_FRAMES
        if is_last:
            self.drop_jobs(sequence.id)
        if sequence.validation.is_shown:
            return Verdict(scored, False)
        return _verdict(scored, ValidationState.EXHAUSTED if is_last else ValidationState.DECLINED)


def do(job: ScoreJob, sequence: SmokeSequence, scorer: Scorer) -> ScoreResult:
    """Have a job scored; whatever the scorer says on purpose becomes a result. Any thread."""
    try:
        return ScoreResult(job.sequence_id, len(job.frames), scorer.score(sequence, job.frames))
    except EnvironmentFault as fault:
        return ScoreResult(job.sequence_id, len(job.frames), None, str(fault), True)
    except WatchroomError as error:
        return ScoreResult(job.sequence_id, len(job.frames), None, str(error))


def _verdict(sequence: SmokeSequence, state: ValidationState) -> Verdict:
    return Verdict(replace(sequence, validation=state), state.is_shown and not sequence.validation.is_shown)


def _is_due(job: _Job, now_ns: int) -> bool:
    waits = len(job.frames) >= LEAST_FRAMES and len(job.frames) > job.scored
    return waits and job.leased_until_ns <= now_ns and job.retry_ns <= now_ns


def _is_late(job: _Job, now_ns: int) -> bool:
    return job.waits_since_ns is not None and now_ns - job.waits_since_ns > STALE_NS


def _plain(job: _Job) -> dict[str, Any]:
    return {
        "frames": [to_plain(each) for each in job.frames],
        "scored": job.scored,
        "waits_since_ns": job.waits_since_ns,
        "retry_ns": job.retry_ns,
        "tries": job.tries,
    }


def _job(plain: dict[str, Any]) -> _Job:
    frames = [read_as(SmokeFrame, each) for each in plain["frames"]]
    return _Job(frames, plain["scored"], plain["waits_since_ns"], 0, plain["retry_ns"], plain["tries"])
