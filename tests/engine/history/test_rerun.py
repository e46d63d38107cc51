"""The record runs again from files alone, and says the same, bit for bit."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.history.replay.rerun import Rerun, copy_stretch, rerun
from engine.history.replay.rerun_parts import PartLinks, links_of_part, parts_of, rerun_in_parts, run_part
from engine.model.observation import EngineStarted, Numbered
from engine.model.radio.radio import CsiBatch
from engine.model.time import SECOND
from engine.recording.checkpoints import Checkpoints
from engine.recording.journal import Journal
from tests.fakes.kept_run import BATCH, KeptRun, keep_run, room_with_camera
from tests.fakes.observations import Walk

SECONDS = 8.0


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> KeptRun:
    return keep_run(tmp_path_factory.mktemp("kept"), room_with_camera(SECONDS, [Walk(5.0, 7.5)]), 50, segment_bytes=20_000)


@pytest.fixture(scope="module")
def window(kept: KeptRun) -> tuple[int, int]:
    """Its last three seconds."""
    last_ns = kept.observed[-1].received_ns
    return last_ns - 3 * SECOND, last_ns + 1


@pytest.fixture(scope="module")
def again(kept: KeptRun, window: tuple[int, int]) -> Rerun:
    return rerun(kept.journal, kept.checkpoints, *window)


def test_three_times_the_same_as_live(kept: KeptRun, window: tuple[int, int], again: Rerun) -> None:
    runs = [again, *(rerun(kept.journal, kept.checkpoints, *window) for _ in range(2))]
    assert runs[0].events and runs[0].decisions
    for run in runs:
        assert list(run.events) == kept.events(*window)
        assert list(run.decisions) == kept.decisions(*window)
        assert list(run.alerts) == kept.alerts(*window)
        assert run.missing == ()
        assert run.digest == runs[0].digest
    assert window[0] - 5 * SECOND < again.warm_ns < window[0]
    assert 0 < again.warmed < len(kept.observed) / 2


def test_without_checkpoints_it_begins_with_the_run(kept: KeptRun, window: tuple[int, int], again: Rerun, tmp_path: Path) -> None:
    without = rerun(kept.journal, tmp_path / "none", *window)
    assert without.warm_ns == 0 and without.missing == ()
    assert without.digest == again.digest
    assert without.warmed > again.warmed


def test_a_checkpoint_of_another_version_is_passed_over(kept: KeptRun, window: tuple[int, int], again: Rerun, tmp_path: Path) -> None:
    there, mixed = Checkpoints(kept.checkpoints), Checkpoints(tmp_path)
    numbers = [number for number in there.newest(100) if number < kept.number_at(window[0])]
    assert len(numbers) > 2
    for number in numbers:
        found = there.nearest(number)
        assert found is not None
        mixed.save(number, found[1] | {"version": 1} if number == numbers[0] else found[1])
    run = rerun(kept.journal, tmp_path, *window)
    assert [sentence for sentence in run.missing if "another version" in sentence]
    assert run.digest == again.digest


def test_a_copied_stretch_gives_the_same(kept: KeptRun, window: tuple[int, int], tmp_path: Path) -> None:
    since_ns, until_ns = window[0], window[0] + 3 * SECOND
    copy_stretch(kept.journal, kept.checkpoints, since_ns, until_ns, tmp_path / "journal", tmp_path / "checkpoints")
    copied = rerun(tmp_path / "journal", tmp_path / "checkpoints", since_ns, until_ns)
    original = rerun(kept.journal, kept.checkpoints, since_ns, until_ns)
    assert (copied.digest, copied.decisions, copied.missing) == (original.digest, original.decisions, ())
    size = sum(path.stat().st_size for path in (tmp_path / "journal").iterdir())
    assert size < 0.7 * sum(path.stat().st_size for path in kept.journal.iterdir())


def test_one_byte_of_radio_changes_the_digest(kept: KeptRun, window: tuple[int, int], again: Rerun, tmp_path: Path) -> None:
    """Though its chunk is written anew, with right sums."""
    at = max(place for place, numbered in enumerate(kept.observed[:-20]) if isinstance(numbered.observation, CsiBatch))
    changed = [*kept.observed[:at], _one_byte_changed(kept.observed[at]), *kept.observed[at + 1 :]]
    journal = Journal(tmp_path / "journal")
    for begin in range(0, len(changed), BATCH):
        journal.append(changed[begin : begin + BATCH])
    journal.close()
    assert rerun(tmp_path / "journal", kept.checkpoints, *window).digest != again.digest


def _one_byte_changed(numbered: Numbered) -> Numbered:
    batch = numbered.observation
    assert isinstance(batch, CsiBatch)
    iq = batch.iq.copy()
    iq[0, 20, 0] ^= 16
    return replace(numbered, observation=replace(batch, iq=iq))


def test_a_missing_segment_is_told(kept: KeptRun, window: tuple[int, int], tmp_path: Path) -> None:
    segments = sorted(kept.journal.iterdir())
    assert len(segments) > 4
    for segment in (*segments[:-3], segments[-1]):
        (tmp_path / segment.name).write_bytes(segment.read_bytes())
    run = rerun(tmp_path, kept.checkpoints, *window)
    assert [sentence for sentence in run.missing if "damaged or were removed" in sentence]


def test_a_damaged_chunk_is_told_with_its_times(kept: KeptRun, window: tuple[int, int], tmp_path: Path) -> None:
    for segment in kept.journal.iterdir():
        (tmp_path / segment.name).write_bytes(segment.read_bytes())
    last = sorted(tmp_path.iterdir())[-2]
    data = bytearray(last.read_bytes())
    data[len(data) // 2] ^= 1
    last.write_bytes(data)
    run = rerun(tmp_path, kept.checkpoints, *window)
    assert len(run.missing) == 1 and "2026-" in run.missing[0] and "damaged" in run.missing[0]


def test_a_pause_of_the_engine_is_told(kept: KeptRun, tmp_path: Path) -> None:
    first, last = kept.observed[0], kept.observed[-1]
    journal = Journal(tmp_path)
    journal.append(kept.observed[:40])
    started_ns = last.received_ns + 60 * SECOND
    journal.append([Numbered(last.number + 1_000, started_ns, EngineStarted(started_ns, "test"))])
    journal.close()
    run = rerun(tmp_path, tmp_path / "none", first.received_ns, started_ns + 1)
    assert len(run.missing) == 1 and "did not run" in run.missing[0]


def test_it_can_be_ended(kept: KeptRun, window: tuple[int, int]) -> None:
    def enough(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rerun(kept.journal, kept.checkpoints, *window, on_progress=enough)


def test_in_parts_it_says_the_same(kept: KeptRun, window: tuple[int, int], again: Rerun) -> None:
    assert len(list(parts_of(kept.journal, kept.checkpoints, *window))) > 2
    run = rerun_in_parts(kept.journal, kept.checkpoints, *window, processes=2)
    assert (run.digest, run.events, run.decisions, run.alerts, run.missing) == (
        again.digest,
        again.events,
        again.decisions,
        again.alerts,
        (),
    )
    assert (run.observations, run.warmed, run.warm_ns) == (again.observations, again.warmed, again.warm_ns)


def test_parts_that_do_not_meet_are_run_in_one_go(kept: KeptRun, window: tuple[int, int], again: Rerun, tmp_path: Path) -> None:
    """A checkpoint within the window that is not what the live pipeline knew there."""
    there, mixed = Checkpoints(kept.checkpoints), Checkpoints(tmp_path)
    last = max(number for number in there.newest(100) if number < kept.observed[-60].number)
    for number in there.newest(100):
        found = there.nearest(number)
        assert found is not None
        mixed.save(number, found[1] | {"now_ns": found[1]["now_ns"] + 1} if number == last else found[1])
    run = rerun_in_parts(kept.journal, tmp_path, *window, processes=2)
    assert run.digest == again.digest and run.events == again.events


def test_a_part_says_the_same_by_links_that_were_made_elsewhere(kept: KeptRun, window: tuple[int, int]) -> None:
    """And by links that were not: it makes its own then."""
    part = next(part for part in parts_of(kept.journal, kept.checkpoints, *window) if part.begin is not None and part.end is not None)
    links, whole = links_of_part(part), run_part(part)
    assert len(links.ticks) > 10
    given = run_part(part, links)
    assert whole.meets and given.meets and whole.digested and given.digested == whole.digested
    without = run_part(part, PartLinks((), links.end))
    assert without.meets and without.digested == whole.digested


def test_a_part_that_ends_with_other_links_does_not_meet_the_next(kept: KeptRun, window: tuple[int, int]) -> None:
    part = next(part for part in parts_of(kept.journal, kept.checkpoints, *window) if part.begin is not None and part.end is not None)
    shorter = replace(part, end=(part.end or 0) - 20)
    assert not run_part(part, PartLinks(links_of_part(part).ticks, links_of_part(shorter).end)).meets
