"""Every id that the pipeline makes carries the engine of its run, also in a replay; a journal of before gives the ids of before."""

import json
import re
from collections.abc import Iterable, Iterator

from engine.model.ids import number_of, without_engine
from engine.model.observation import EngineStarted, Numbered
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.time import SECOND
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker
from tests.fakes.observations import START_NS, Walk, camera, numbered, scene

SETTINGS = Settings(cameras=(camera(),))
ONE, OTHER = "dfa9c0de", "b0000001"


def story(engine_id: str, seconds: int = 14) -> list[Numbered]:
    seen = numbered(scene([Walk(1, 6)], seconds), SETTINGS)
    begun = Numbered(0, START_NS, EngineStarted(START_NS, "test", engine_id=engine_id))
    return [begun, *(Numbered(each.number + 1, each.received_ns, each.observation) for each in seen)]


def run(observations: Iterable[Numbered], pipeline: Pipeline) -> list[StepResult]:
    return [pipeline.step(each) for each in observations]


def ids_in(results: Iterable[StepResult]) -> Iterator[str]:
    for result in results:
        yield from (each.id for each in (*result.events, *result.decisions, *result.sequences, *result.alerts, *result.reviews))
        yield from (reference for event in result.events for reference in (event.decision_id, event.subject_id))
        yield from (track.id for _, tracks in result.tracks for track in tracks)


def test_all_of_a_run_carry_its_engine() -> None:
    ids = set(ids_in(run(story(ONE), Pipeline(Tracker))))
    assert {each.partition("-")[0] for each in ids} == {"ev", "de", "tk", "rv"}
    assert all(re.fullmatch(f"[a-z]+-{ONE}-[0-9a-f]{{12}}-[0-9a-f]+", each) for each in ids)


def test_two_engines_share_none() -> None:
    one, other = (set(ids_in(run(story(engine_id), Pipeline(Tracker)))) for engine_id in (ONE, OTHER))
    assert one and not one & other and {number_of(each) for each in one} == {number_of(each) for each in other}


def test_a_journal_of_before_gives_the_ids_of_before() -> None:
    before, now = run(story(""), Pipeline(Tracker)), run(story(ONE), Pipeline(Tracker))
    assert list(ids_in(before)) == [without_engine(each) for each in ids_in(now)]


def test_a_replay_from_any_checkpoint_gives_the_same() -> None:
    live, pipeline = [], Pipeline(Tracker)
    checkpoints = {0: json.dumps(pipeline.state())}
    told = story(ONE)
    for index, each in enumerate(told, 1):
        live.append(pipeline.step(each))
        if index % 40 == 0:
            checkpoints[index] = json.dumps(pipeline.state())
    for index, state in checkpoints.items():
        again = Pipeline(Tracker)
        again.restore(json.loads(state))
        assert list(ids_in(run(told[index:], again))) == list(ids_in(live[index:]))


def test_a_record_of_before_goes_on_with_the_engine_from_its_next_start() -> None:
    pipeline = Pipeline(Tracker)
    old = story("", 4)
    before = set(ids_in(run(old, pipeline)))
    state = json.loads(json.dumps(pipeline.state()))
    del state["engine_id"]
    pipeline = Pipeline(Tracker)
    pipeline.restore(state)
    at_ns, number = START_NS + 4 * SECOND, old[-1].number + 1
    ended = pipeline.step(Numbered(number, at_ns, EngineStarted(at_ns, "test", engine_id=ONE)))
    open_before = {event.id for event in ended.events}
    assert open_before and open_before <= before, "what was open ends under the id that it has"
    rest = [Numbered(number + 1 + index, each.received_ns, each.observation) for index, each in enumerate(story(ONE)[60:])]
    assert all(f"-{ONE}-" in each for each in ids_in(run(rest, pipeline)) if each not in before)
