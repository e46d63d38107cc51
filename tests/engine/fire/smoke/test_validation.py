"""P27: which sequences are shown."""

import json
from collections.abc import Sequence

import pytest

from engine.fire.smoke.validation import PersistenceScorer, ScoreResult, Validator, Verdict, do
from engine.model.errors import EnvironmentFault, InputError
from engine.model.fire.smoke import SmokeFrame, SmokeSequence, ValidationState
from engine.model.time import SECOND
from tests.fakes.smoke import NOW_NS, frame, sequence, smoke


class Said:
    """Says what it is told to, one after the other; the last for good."""

    def __init__(self, *answers: float | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []

    def score(self, sequence: SmokeSequence, frames: Sequence[SmokeFrame]) -> float:
        self.asked.append(len(frames))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Bench:
    """A sequence that gets frames, ten seconds after each other."""

    def __init__(self, scorer: Said) -> None:
        self.validator = Validator()
        self.scorer = scorer
        self.sequence = sequence("a", validation=ValidationState.WAITING, score=None)
        self.now_ns = NOW_NS
        self.news = 0

    def frames(self, count: int) -> "Bench":
        for _ in range(count):
            self.now_ns += 10 * SECOND
            self.validator.attach(self.sequence, smoke((self.now_ns - NOW_NS) / SECOND))
            self.work()
        return self

    def work(self) -> None:
        for job in self.validator.due_jobs(self.now_ns):
            self.take(self.validator.take_result(do(job, self.sequence, self.scorer), self.sequence, self.now_ns))

    def wait(self, seconds: float) -> None:
        self.now_ns += round(seconds * SECOND)
        self.work()

    def take(self, verdict: Verdict | None) -> None:
        if verdict is not None:
            self.sequence = verdict.sequence
            self.news += verdict.is_news

    @property
    def state(self) -> ValidationState:
        return self.sequence.validation


DOWN = EnvironmentFault("scorer_down", "It does not answer.")


def test_p27_three_frames_wait_and_four_are_scored() -> None:
    bench = Bench(Said(0.9)).frames(3)
    assert (bench.state, bench.scorer.asked) == (ValidationState.WAITING, [])
    bench.frames(1)
    assert (bench.state, bench.scorer.asked, bench.news, bench.sequence.score) == (ValidationState.VALIDATED, [4], 1, 0.9)


def test_p27_045_is_no_and_0451_yes() -> None:
    assert Bench(Said(0.45)).frames(4).state is ValidationState.DECLINED
    assert Bench(Said(0.451)).frames(4).state is ValidationState.VALIDATED


def test_p27_it_is_scored_again_with_each_frame_and_ten_declined_are_final() -> None:
    bench = Bench(Said(0.2)).frames(9)
    assert bench.state is ValidationState.DECLINED
    bench.frames(5)
    assert (bench.state, bench.scorer.asked, bench.news) == (ValidationState.EXHAUSTED, [4, 5, 6, 7, 8, 9, 10], 0)
    assert not bench.state.is_shown


def test_p27_what_was_declined_may_be_validated_by_a_later_frame() -> None:
    bench = Bench(Said(0.2, 0.3, 0.6)).frames(10)
    assert (bench.state, bench.scorer.asked, bench.news) == (ValidationState.VALIDATED, [4, 5, 6], 1)


def test_p27_a_scorer_that_is_down_hides_nothing_and_is_asked_again() -> None:
    bench = Bench(Said(DOWN, DOWN, 0.8)).frames(4)
    assert (bench.state, bench.news, bench.state.is_shown) == (ValidationState.UNAVAILABLE, 1, True)
    bench.frames(1)
    assert bench.scorer.asked == [4]
    bench.wait(30)
    bench.wait(60)
    assert (bench.state, bench.scorer.asked, bench.news) == (ValidationState.VALIDATED, [4, 5, 5], 1)


def test_p27_what_is_shown_stays_shown_whatever_is_said_later() -> None:
    bench = Bench(Said(DOWN, 0.1)).frames(4)
    bench.wait(60)
    assert (bench.state, bench.sequence.score, bench.news) == (ValidationState.UNAVAILABLE, 0.1, 1)


@pytest.mark.parametrize("broken", [InputError("frames", "are none"), float("nan"), 1.2, -0.1])
def test_p27_five_errors_are_failed_and_visible(broken: float | Exception) -> None:
    bench = Bench(Said(broken)).frames(4)
    for _ in range(3):
        bench.wait(30)
    assert (bench.state, bench.sequence.attempts, bench.news) == (ValidationState.WAITING, 4, 0)
    bench.wait(29)
    assert bench.sequence.attempts == 4
    bench.wait(1)
    bench.wait(600)
    assert (bench.state, bench.sequence.attempts, bench.news, bench.state.is_shown) == (ValidationState.FAILED, 5, 1, True)


def test_p27_an_error_among_answers_is_tried_again() -> None:
    bench = Bench(Said(InputError("frames", "are none"), 0.9)).frames(4)
    bench.wait(30)
    assert (bench.state, bench.sequence.attempts) == (ValidationState.VALIDATED, 1)


def test_p27_after_a_restart_in_the_middle_of_a_job_it_is_done_and_told_once() -> None:
    bench = Bench(Said(0.9))
    for step in range(4):
        bench.validator.attach(bench.sequence, smoke(step))
    (lost,) = bench.validator.due_jobs(NOW_NS)
    assert bench.validator.due_jobs(NOW_NS + 119 * SECOND) == ()
    bench.validator, before = Validator(), bench.validator
    bench.validator.restore(json.loads(json.dumps(before.state())))
    bench.work()
    assert (bench.state, bench.news) == (ValidationState.VALIDATED, 1)
    bench.take(bench.validator.take_result(do(lost, bench.sequence, bench.scorer), bench.sequence, bench.now_ns))
    assert bench.news == 1


def test_a_job_that_nobody_brings_back_is_due_again() -> None:
    bench = Bench(Said(0.9))
    for step in range(4):
        bench.validator.attach(bench.sequence, smoke(step))
    assert len(bench.validator.due_jobs(NOW_NS)) == len(bench.validator.due_jobs(NOW_NS + 120 * SECOND)) == 1


def test_what_waits_for_a_score_for_too_long_is_shown() -> None:
    bench = Bench(Said(0.9))
    for step in range(4):
        bench.validator.attach(bench.sequence, smoke(step))
    assert bench.validator.overdue([bench.sequence], NOW_NS + 303 * SECOND) == ()
    for verdict in bench.validator.overdue([bench.sequence], NOW_NS + 304 * SECOND):
        bench.take(verdict)
    assert (bench.state, bench.news) == (ValidationState.UNAVAILABLE, 1)
    bench.wait(400)
    assert (bench.state, bench.news) == (ValidationState.VALIDATED, 1)


def test_a_result_that_nobody_waits_for_is_none() -> None:
    validator = Validator()
    assert validator.take_result(ScoreResult("sq-x", 4, 0.9), sequence("x"), NOW_NS) is None


def test_the_built_in_scorer_wants_it_there_in_most_frames() -> None:
    scorer, one = PersistenceScorer(), sequence("a")
    steady = [smoke(step, 0.6) for step in range(5)]
    assert scorer.score(one, steady) == pytest.approx(0.6)
    assert scorer.score(one, [*steady[:2], frame(3), frame(4), frame(5)]) == pytest.approx(0.24)
    elsewhere = [frame(step, (0.8, 0.8, 0.9, 0.9, 0.9)) for step in range(4)]
    assert scorer.score(one, elsewhere) == scorer.score(one, []) == 0.0


def test_jobs_are_bounded() -> None:
    validator = Validator()
    for number in range(5_000):
        validator.attach(sequence(f"{number}", validation=ValidationState.WAITING), smoke(number))
    assert len(validator.state()["jobs"]) == 4_096
