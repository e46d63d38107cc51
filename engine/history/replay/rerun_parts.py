"""The record of a window run again in parts at once, from one checkpoint to the next, each part in a process of its own.

Every checkpoint in the window is the state that the live pipeline had there. A part that begins at one and ends at the next has to end in
that one's very state, or the parts are not one run: then the window is run in one go after all. So the result is the same as `rerun`'s,
digest and all.
"""

import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import Any

from engine.history.replay.digest import ResultDigest
from engine.history.replay.garbage import collect_seldom
from engine.history.replay.journal import Gap, JournalFolder
from engine.history.replay.meter import Meter
from engine.history.replay.rerun import LatestResults, Rerun, rerun
from engine.history.replay.run import ReplayRun
from engine.history.replay.start import Start, nearest_start, restored
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.pipeline import Pipeline
from engine.recording.checkpoints import checkpoint_numbers, sound_states


@dataclass(frozen=True, slots=True)
class Part:
    """From the state after observation `begin` (None: from before `since_ns`) to observation `end` (None: to `until_ns`)."""

    journal: Path
    checkpoints: Path
    since_ns: int
    until_ns: int
    begin: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class PartResult:
    """What a part said, what of it goes into the digest, and whether it ended in the state that the next begins with."""

    said: LatestResults
    digested: bytes
    meets: bool
    warm_ns: int
    missing: tuple[str, ...]
    observations: int
    warmed: int
    first_ns: int
    last_ns: int


def rerun_in_parts(
    journal: Path, checkpoints: Path, since_ns: int, until_ns: int, processes: int, on_progress: Callable[[int], None] = lambda at_ns: None
) -> Rerun:
    """As `rerun` without other settings, on so many processors. Told after each part: how far it is (UTC ns). Raises EnvironmentFault."""
    began_s = time.perf_counter()
    found = parts_of(journal, checkpoints, since_ns, until_ns)
    first = list(islice(found, 2))
    if processes < 2 or len(first) < 2:
        return rerun(journal, checkpoints, since_ns, until_ns, on_progress=on_progress)
    done: list[PartResult] = []
    said, digest = LatestResults(), ResultDigest()
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), collect_seldom) as pool:
        running = [pool.submit(run_part, part) for part in chain(first, found)]  # the first ones begin while others are looked for
        try:
            for each in (part.result() for part in running):
                done.append(replace(each, said=LatestResults(), digested=b""))
                said.merge_later(each.said)
                digest.add_bytes(each.digested)
                on_progress(each.last_ns)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if not all(each.meets for each in done):
        return rerun(journal, checkpoints, since_ns, until_ns, on_progress=on_progress)
    return _together(done, said, digest, time.perf_counter() - began_s)


def parts_of(journal: Path, checkpoints: Path, since_ns: int, until_ns: int) -> Iterator[Part]:
    """Between the checkpoints of the window that this build can read."""
    source = JournalFolder(journal)
    first, last = source.last_before(since_ns), source.last_before(until_ns)
    begin: int | None = None
    for number in sorted(number for number in checkpoint_numbers(checkpoints) if first < number <= last):
        if _usable(checkpoints, number):
            yield Part(journal, checkpoints, since_ns, until_ns, begin, number)
            begin = number
    yield Part(journal, checkpoints, since_ns, until_ns, begin, None)


def _usable(checkpoints: Path, number: int) -> bool:
    found = next(iter(sound_states(checkpoints, number)), None)
    return found is not None and found[0] == number and restored(found[1], pictured=False) is not None


def run_part(part: Part) -> PartResult:
    """In a process of its own."""
    gaps: list[Gap] = []
    source = JournalFolder(part.journal, gaps.append)
    start, meter = _part_start(part, source), Meter(lambda _: None)
    said, digest = LatestResults(), ResultDigest(keep=True)
    read = source.read_observations(start.from_number, part.until_ns, start.warm_ns)
    run = ReplayRun(start.pipeline, takewhile(lambda numbered: part.end is None or numbered.number <= part.end, read))
    for taken in run.until(part.since_ns):
        meter.took(taken.numbered)
    warmed = meter.count
    for taken in run.until(part.until_ns):
        meter.took(taken.numbered)
        said.take_result(taken.result)
        digest.add_result(taken.result)
    missing = (*start.missing, *(gap.sentence() for gap in gaps))
    meets = part.end is None or _state(start.pipeline) == _state_of(part.checkpoints, part.end)
    return PartResult(said, digest.digest_parts, meets, start.warm_ns, missing, meter.count - warmed, warmed, meter.first_ns, meter.last_ns)


def _part_start(part: Part, source: JournalFolder) -> Start:
    if part.begin is None:
        return nearest_start(source, partial(sound_states, part.checkpoints), part.since_ns, pictured=False)
    state = _state_of(part.checkpoints, part.begin)
    pipeline = restored(state, pictured=False)
    if pipeline is None:
        raise EnvironmentFault("checkpoint", f"Checkpoint {part.begin} was changed while it was read.")
    return Start(pipeline, part.begin + 1, int(state["now_ns"]))


def _state(pipeline: Pipeline) -> dict[str, Any]:
    """As a checkpoint would give it back."""
    return json.loads(json.dumps(pipeline.state()))


def _state_of(checkpoints: Path, number: int) -> dict[str, Any]:
    """Raises EnvironmentFault where it is gone."""
    found = next(iter(sound_states(checkpoints, number)), None)
    if found is None or found[0] != number:
        raise EnvironmentFault("checkpoint", f"Checkpoint {number} was removed while it was read. Try again.")
    return found[1]


def _together(done: list[PartResult], said: LatestResults, digest: ResultDigest, seconds: float) -> Rerun:
    span_s = (max(each.last_ns for each in done) - min(each.first_ns for each in done if each.first_ns)) / SECOND
    return Rerun(
        events=tuple(said.events.values()),
        decisions=tuple(said.decisions.values()),
        alerts=tuple(said.alerts.values()),
        warm_ns=done[0].warm_ns,
        missing=tuple(dict.fromkeys(sentence for each in done for sentence in each.missing)),
        observations=sum(each.observations for each in done),
        warmed=sum(each.warmed for each in done),
        seconds=seconds,
        ratio=span_s / seconds if seconds > 0 else 0.0,
        digest=digest.hex(),
    )
