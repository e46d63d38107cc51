"""From frames to what is shown."""

import json

from engine.fire.smoke.validation import PersistenceScorer, ScoreResult, do
from engine.fire.smoke.watch import SmokeWatch
from engine.model.fire.smoke import SmokeLabel, ValidationState
from engine.model.time import SECOND
from tests.fakes.smoke import NOW_NS, lookout, sequence, smoke


def work(watch: SmokeWatch, now_ns: int) -> list[str]:
    """What is news."""
    steps = [watch.scored(do(job, about, PersistenceScorer()), now_ns) for job, about in watch.due_jobs(now_ns)]
    return [each.id for step in steps for each in step.news]


def fed(seconds: range, confidence: float = 0.6) -> SmokeWatch:
    watch = SmokeWatch()
    for after_s in seconds:
        watch.take_frame(smoke(after_s, confidence), lookout("c1", azimuth=90))
    return watch


def test_p27_three_frames_begin_it_and_with_the_fourth_it_is_shown_once() -> None:
    watch = fed(range(0, 30, 10))
    assert watch.due_jobs(NOW_NS) == ()
    watch.take_frame(smoke(30, 0.6), lookout("c1", azimuth=90))
    (shown,) = work(watch, NOW_NS + 30 * SECOND)
    kept = watch.living()[0]
    assert (kept.id, kept.validation, kept.azimuth_deg) == (shown, ValidationState.VALIDATED, 87.0)
    watch.take_frame(smoke(60, 0.6), lookout("c1", azimuth=90))
    assert (watch.living()[0].validation, work(watch, NOW_NS + 60 * SECOND)) == (ValidationState.VALIDATED, [])


def test_weak_smoke_is_declined_in_the_end() -> None:
    watch = fed(range(0, 300, 10), 0.3)
    assert work(watch, NOW_NS) == []
    assert watch.living()[0].validation is ValidationState.EXHAUSTED


def test_a_scorer_that_never_answers_hides_nothing() -> None:
    watch = fed(range(0, 70, 10))
    assert watch.tick(NOW_NS + 100 * SECOND).news == ()
    assert [each.validation for each in watch.tick(NOW_NS + 1_000 * SECOND).news] == [ValidationState.UNAVAILABLE]
    assert watch.tick(NOW_NS + 2_000 * SECOND).news == ()


def test_labels_stay_and_what_was_deleted_is_forgotten() -> None:
    watch = fed(range(0, 70, 10))
    one = watch.living()[0]
    watch.amend(sequence("x", id=one.id, camera="c1", label=SmokeLabel.OTHER))
    watch.take_frame(smoke(70), None)
    assert (watch.living()[0].label, watch.living()[0].validation) == (SmokeLabel.OTHER, ValidationState.WAITING)
    watch.drop_sequence(one.id)
    assert (watch.living(), watch.due_jobs(NOW_NS)) == ((), ())
    assert watch.scored(ScoreResult(one.id, 4, 0.9), NOW_NS).news == ()


def test_a_restart_goes_on_where_it_was() -> None:
    before = fed(range(0, 60, 10))
    before.due_jobs(NOW_NS)
    after = SmokeWatch()
    after.restore(json.loads(json.dumps(before.state())))
    assert after.state() == before.state()
    assert len(work(after, NOW_NS)) == 1
