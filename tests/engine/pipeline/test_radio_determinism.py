"""The same numbered observations say the same, bit for bit: twice, from a checkpoint, from the journal, in another process."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.model.event import EventKind
from engine.model.observation import EngineStarted, Numbered, SettingsChanged
from engine.model.radio.radio import no_voxels
from engine.model.result import StepResult
from engine.model.time import SECOND, ManualClock
from engine.pipeline.pipeline import Pipeline
from engine.radio.explain import explain
from engine.recording.checkpoints import Checkpoints
from engine.recording.journal import Journal
from engine.runtime.recorder.recovery import recover, replay, storables
from engine.sources.simulated import room_positions
from engine.vision.tracking import Tracker
from tests.fakes.radio_runs import SETTINGS, SPACE, came, digest, in_order, later, new_pipeline, played, room_run

SEEDS, SECONDS, NODES = (4, 8, 5, 2, 7, 1), 30.0, 8  # two walkers
START = 3  # observations that a start enters
SHARES = (0.02, 0.3, 0.5, 0.55, 0.9)  # of the run, where its state is taken
SOON = (0.02, 0.55, 0.9)  # the others take as long again, by `make soak`
NEEDED = frozenset({EventKind.PRESENCE, EventKind.ZONE_VISIT, EventKind.ZONE_OCCUPIED, EventKind.CROSSING})


@dataclass(frozen=True, slots=True)
class Run:
    """What was observed and said, the pipeline after it, and by their share of it the states on the way, as JSON text."""

    observed: list[Numbered]
    pipeline: Pipeline
    said: list[StepResult]
    states: dict[float, str]


def taken(observed: list[Numbered]) -> Run:
    run, begin = Run(observed, new_pipeline(), [], {}), 0
    for share in SHARES:
        end = int(share * len(observed))
        run.said.extend(played(run.pipeline, observed[begin:end]))
        run.states[share] = json.dumps(run.pipeline.state(), allow_nan=False)
        begin = end
    run.said.extend(played(run.pipeline, observed[begin:]))
    return run


@pytest.fixture(scope="module")
def run() -> Run:
    """One with everything in it, or what follows would prove little: found, named, in zones, through the portal, open at the half."""
    for seed in SEEDS:
        run = taken(in_order(room_run(seed, SECONDS, nodes=NODES)))
        said = run.said
        blobs = [blob for result in said if result.radio is not None for blob in result.radio.blobs]
        before = {event.id: event for result in said[: len(said) // 2] for event in result.events}
        still = {event.kind for event in before.values() if event.ended_ns is None}
        kinds = {event.kind for result in said for event in result.events}
        if kinds >= NEEDED and still >= NEEDED - {EventKind.CROSSING} and any(blob.identity is not None for blob in blobs):
            return run
    raise AssertionError(f"in none of the rooms {SEEDS} happens enough")


@pytest.fixture(scope="module")
def observed(run: Run) -> list[Numbered]:
    return run.observed


@pytest.fixture(scope="module")
def said(run: Run) -> list[StepResult]:
    return run.said


def knowing(state: str) -> Pipeline:
    """A pipeline that knows what another told as JSON text."""
    made = new_pipeline()
    made.restore(json.loads(state))
    return made


def restored(pipeline: Pipeline) -> Pipeline:
    return knowing(json.dumps(pipeline.state(), allow_nan=False))


def test_twice_the_same(observed: list[Numbered], said: list[StepResult]) -> None:
    again = played(new_pipeline(), observed)
    assert digest(again) == digest(said)
    mine, theirs = ([each for r in results if r.radio for each in r.radio.evidence][::60] for results in (said, again))
    assert mine and list(map(explain, mine)) == list(map(explain, theirs))


def test_another_process_with_other_hashes_says_the_same() -> None:
    def told(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-m", "tests.fakes.radio_runs", str(SEEDS[0]), "8", "2"]
        root = Path(__file__).resolve().parents[3]
        return subprocess.run(command, env=environment, cwd=root, check=True, capture_output=True, text=True).stdout

    assert told("1") == told("2") == digest(played(new_pipeline(), in_order(room_run(SEEDS[0], 8, 2)))) + "\n"


@pytest.mark.parametrize("share", [pytest.param(share, marks=[] if share in SOON else [pytest.mark.soak]) for share in SHARES])
def test_a_checkpoint_changes_nothing(run: Run, share: float) -> None:
    middle = int(share * len(run.observed))
    second = knowing(run.states[share])
    assert digest(played(second, run.observed[middle:])) == digest(run.said[middle:])
    assert json.dumps(second.state()) == json.dumps(run.pipeline.state())


def test_a_checkpoint_between_any_two_observations_changes_nothing(observed: list[Numbered], said: list[StepResult]) -> None:
    """Over some ticks with somebody there: also between sightings, frames and their tick."""
    middle = next(place for place, result in enumerate(said) if result.radio is not None and result.radio.blobs)
    first = new_pipeline()
    played(first, observed[:middle])
    for place in range(middle, middle + 16):
        assert digest(played(restored(first), observed[place : place + 3])) == digest(said[place : place + 3]), place
        first.step(observed[place])


def test_a_checkpoint_of_a_checkpoint_is_the_same(run: Run) -> None:
    again, state = knowing(run.states[0.5]).state(), json.loads(run.states[0.5])
    for each in (again, state):
        del each["radio"]["fusion"]["links"]  # of the newest step; found anew at the next one
    assert json.dumps(again) == json.dumps(state)


def test_the_journal_alone_gives_the_same(observed: list[Numbered], said: list[StepResult], tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    for begin in range(0, len(observed), 50):
        journal.append(observed[begin : begin + 50])
    journal.close()
    journal = Journal(tmp_path / "journal")
    assert digest(replay(new_pipeline(), journal.read())) == digest(said)
    journal.close()


def test_recovery_from_a_checkpoint_and_the_journal_gives_the_same_ids(run: Run, tmp_path: Path) -> None:
    observed, pipeline, said = run.observed, run.pipeline, run.said
    middle, first = len(observed) // 2, knowing(run.states[0.5])
    Checkpoints(tmp_path / "checkpoints").save(first.number, first.state())
    journal = Journal(tmp_path / "journal")
    journal.append(observed)
    recovered = recover(new_pipeline, journal, Checkpoints(tmp_path / "checkpoints"), ManualClock(observed[-1].received_ns))
    journal.close()
    after = {value.id: value for result in said[middle:] for value in storables(result)}
    assert recovered.replayed == len(observed) - middle and recovered.next_number > observed[-1].number
    assert {value.id: value for value in recovered.values} == after
    assert recovered.pipeline.open_event_ids() == pipeline.open_event_ids() != frozenset()


@pytest.fixture(scope="module")
def restarted(run: Run) -> tuple[list[StepResult], StepResult, list[StepResult]]:
    """The run broken off, the engine started anew twenty seconds later, and what was said before, by that, and after."""
    middle = len(run.observed) // 2
    observed, before, pipeline = run.observed, run.said[:middle], knowing(run.states[0.5])
    rest = [numbered.observation for numbered in observed[middle:]]
    at_ns = observed[middle - 1].received_ns + 20 * SECOND
    back = came(room_positions(SPACE, NODES), at_ns)
    again = [EngineStarted(at_ns, "test"), SettingsChanged(at_ns, SETTINGS, "start"), *back, *later(rest, 20 * SECOND)]
    results = played(pipeline, in_order(again, observed[middle - 1].number + 1))
    return before, results[0], results[1:]


def test_a_restart_ends_presences_and_visits(restarted: tuple[list[StepResult], StepResult, list[StepResult]]) -> None:
    before, started, _ = restarted
    newest = {event.id: event for result in before for event in result.events}
    was_open = {event.id for event in newest.values() if event.ended_ns is None}
    assert {newest[event_id].kind for event_id in was_open} >= {EventKind.PRESENCE, EventKind.ZONE_VISIT, EventKind.ZONE_OCCUPIED}
    last_ns = max(result.radio.at_ns for result in before if result.radio is not None)
    ended = {event.id: event for event in started.events}
    assert ended.keys() == was_open and all(event.started_ns <= (event.ended_ns or 0) <= last_ns for event in ended.values())


def test_a_restart_follows_nobody_on(restarted: tuple[list[StepResult], StepResult, list[StepResult]]) -> None:
    before, _, after = restarted

    def blobs(results: list[StepResult]) -> set[tuple[str, int]]:
        return {(blob.id, blob.number) for result in results if result.radio is not None for blob in result.radio.blobs}

    old, new = blobs(before), blobs(after)
    assert old and new and not {blob_id for blob_id, _ in old} & {blob_id for blob_id, _ in new}
    assert max(number for _, number in old) < min(number for _, number in new)  # clients of the reference know blobs by number


def test_a_restart_loses_no_node_that_is_about_to_come_back(restarted: tuple[list[StepResult], StepResult, list[StepResult]]) -> None:
    _, _, after = restarted
    lost = [event for result in after for event in result.events if event.kind is EventKind.NODE_LOST]
    assert lost == []


def test_a_node_that_does_not_come_back_after_a_restart_is_told(observed: list[Numbered]) -> None:
    pipeline = new_pipeline()
    played(pipeline, observed[:100])
    at_ns = observed[99].received_ns + 3600 * SECOND
    again = [EngineStarted(at_ns, "test"), SettingsChanged(at_ns, SETTINGS, "start")]
    before = START + NODES  # what a start enters, and the nodes coming
    rest = [each for each in observed[before:] if each.received_ns < observed[before].received_ns + 20 * SECOND]
    again += later([each.observation for each in rest], at_ns - observed[before].received_ns)
    results = played(pipeline, in_order(again, observed[99].number + 1))
    lost = [event for result in results for event in result.events if event.kind is EventKind.NODE_LOST]
    assert len(lost) == NODES
    assert all(at_ns <= event.started_ns <= at_ns + SECOND and event.received_ns >= at_ns + 15 * SECOND for event in lost)


def test_where_nobody_looks_the_same_is_said_without_voxels() -> None:
    observed = in_order(room_run(SEEDS[0], 12))
    seen, unseen = played(new_pipeline(), observed), played(Pipeline(lambda _: Tracker(), pictured=False), observed)
    assert any(len(result.radio.voxels) for result in seen if result.radio is not None)
    assert not any(len(result.radio.voxels) for result in unseen if result.radio is not None)
    assert digest(map(without_voxels, seen)) == digest(unseen)


def without_voxels(result: StepResult) -> StepResult:
    return result if result.radio is None else replace(result, radio=replace(result.radio, voxels=no_voxels()))
