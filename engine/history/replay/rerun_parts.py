"""The record of a window run again in parts at once, from one checkpoint to the next, each part in a process of its own.

Every checkpoint in the window is the state that the live pipeline had there. A part that begins at one and ends at the next has to end in
that one's very state, or the parts are not one run: then the window is run in one go after all. So the result is the same as `rerun`'s,
digest and all. In which order, and what of it where: `engine.history.replay.part_queue`.
"""

import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from engine.history.replay.digest import ResultDigest
from engine.history.replay.garbage import collect_seldom
from engine.history.replay.journal import Gap, JournalFolder
from engine.history.replay.links import GivenLinks, LinksApart, LinkState, LinkTick, give_links, link_state, link_ticks, take_links_back
from engine.history.replay.meter import Meter
from engine.history.replay.part_queue import PartJob, PartQueue
from engine.history.replay.rerun import LatestResults, Rerun, rerun
from engine.history.replay.run import ReplayRun, stepped
from engine.history.replay.start import Start, nearest_start, restored
from engine.model.errors import EnvironmentFault
from engine.model.result import StepResult
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.pipeline.pipeline import Pipeline
from engine.recording.checkpoints import checkpoint_numbers, sound_states
from engine.vision.tracking import Tracker


@dataclass(frozen=True, slots=True)
class Part:
    """From the state after observation `begin` (None: from before `since_ns`) to observation `end` (None: to `until_ns`).

    `length`: observations in it, about.
    """

    journal: Path
    checkpoints: Path
    since_ns: int
    until_ns: int
    begin: int | None
    end: int | None
    length: int


@dataclass(frozen=True, slots=True)
class PartLinks:
    """What links say at each tick of a part, and what they know at its end."""

    ticks: tuple[LinkTick, ...]
    end: LinkState


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
    """As `rerun` without other settings, on so many processors, the caller's thread being on one of them.

    Told after each part: how far it is (UTC ns). Raises EnvironmentFault.
    """
    began_s = time.perf_counter()
    numbers = checkpoints_within(journal, checkpoints, since_ns, until_ns)
    if processes < 2 or not numbers:
        return rerun(journal, checkpoints, since_ns, until_ns, on_progress=on_progress)
    done: list[PartResult] = []
    said, digest = LatestResults(), ResultDigest()
    with ExitStack() as working:
        threads = working.enter_context(ThreadPoolExecutor(processes - 1, "replay-part"))
        pool = working.enter_context(ProcessPoolExecutor(processes - 1, multiprocessing.get_context("spawn"), collect_seldom))
        begun = [pool.submit(_ready) for _ in range(processes - 1)]  # they load what they need while parts are looked for
        parts = list(parts_of(journal, checkpoints, since_ns, until_ns))
        queue: PartQueue[Part, PartLinks, PartResult] = PartQueue(parts, [part.length for part in parts], processes)
        working.callback(queue.stop)
        for _ in begun:
            threads.submit(_work_in_pool, pool, queue)
        for each in _work_along(queue):
            done.append(replace(each, said=LatestResults(), digested=b""))
            said.merge_later(each.said)
            digest.add_bytes(each.digested)
            on_progress(each.last_ns)
    if not all(each.meets for each in done):
        return rerun(journal, checkpoints, since_ns, until_ns, on_progress=on_progress)
    return _together(done, said, digest, time.perf_counter() - began_s)


def _ready() -> None:
    """A process has loaded this module; most of the rest a pipeline loads."""
    restored(Pipeline(Tracker).state(), pictured=False)


def _work_in_pool(pool: ProcessPoolExecutor, queue: PartQueue[Part, PartLinks, PartResult]) -> None:
    """On a thread for each process of the pool, which only waits for that process."""
    while (job := queue.take()) is not None:
        try:
            queue.put(job, pool.submit(run_job, job).result())
        except BaseException as error:  # noqa: BLE001 - it is raised where the parts are put together
            queue.fail(error)


def _work_along(queue: PartQueue[Part, PartLinks, PartResult]) -> Iterator[PartResult]:
    """What all say of their parts, in the order of these; meanwhile this thread does its share. Raises what went wrong."""
    while (job := queue.take()) is not None:
        queue.put(job, run_job(job))
        yield from queue.in_order()
    queue.wait()
    yield from queue.in_order()


def run_job(job: PartJob[Part, PartLinks]) -> PartResult | PartLinks:
    """In whatever process has nothing else to do."""
    return links_of_part(job.part) if job.links_only else run_part(job.part, job.links)


def checkpoints_within(journal: Path, checkpoints: Path, since_ns: int, until_ns: int) -> list[int]:
    """The numbers of those between two times, whether or not this build can read them."""
    source = JournalFolder(journal)
    first, last = source.last_before(since_ns), source.last_before(until_ns)
    return sorted(number for number in checkpoint_numbers(checkpoints) if first < number <= last)


def parts_of(journal: Path, checkpoints: Path, since_ns: int, until_ns: int) -> Iterator[Part]:
    """Between the checkpoints of the window that this build can read."""
    source = JournalFolder(journal)
    first, last = source.last_before(since_ns), source.last_before(until_ns)
    begin: int | None = None
    for number in sorted(number for number in checkpoint_numbers(checkpoints) if first < number <= last):
        if _usable(checkpoints, number):
            yield Part(journal, checkpoints, since_ns, until_ns, begin, number, number - (begin or first))
            begin = number
    yield Part(journal, checkpoints, since_ns, until_ns, begin, None, last - (begin or first))


def _usable(checkpoints: Path, number: int) -> bool:
    found = next(iter(sound_states(checkpoints, number)), None)
    return found is not None and found[0] == number and restored(found[1], pictured=False) is not None


def run_part(part: Part, links: PartLinks | None = None) -> PartResult:
    """`links`: what was made of its CSI elsewhere; None, or where these are not what it asks for: made here."""
    if links is not None:
        try:
            return _run_part(part, links)
        except LinksApart:
            pass
    return _run_part(part, None)


def _run_part(part: Part, links: PartLinks | None) -> PartResult:
    """Raises LinksApart."""
    gaps: list[Gap] = []
    source = JournalFolder(part.journal, gaps.append)
    start, meter = _part_start(part, source), Meter(lambda _: None)
    said, digest = LatestResults(), ResultDigest(keep=True)
    run = _run_from(start, part, source)
    given = None if links is None else give_links(run.pipeline, iter(links.ticks))
    for _ in _results(run, given, part.since_ns, meter):
        pass
    warmed = meter.count
    for result in _results(run, given, part.until_ns, meter):
        said.take_result(result)
        digest.add_result(result)
    if links is not None and given is not None:
        if given.apart:
            raise LinksApart
        take_links_back(run.pipeline, links.end)
    missing = (*start.missing, *(gap.sentence() for gap in gaps))
    meets = part.end is None or _state(start.pipeline) == _state_of(part.checkpoints, part.end)
    return PartResult(said, digest.digest_parts, meets, start.warm_ns, missing, meter.count - warmed, warmed, meter.first_ns, meter.last_ns)


def links_of_part(part: Part) -> PartLinks:
    source = JournalFolder(part.journal)
    run = _run_from(_part_start(part, source), part, source)
    return PartLinks(tuple(link_ticks(run)), link_state(run.pipeline))


def _run_from(start: Start, part: Part, source: JournalFolder) -> ReplayRun:
    read = source.read_observations(start.from_number, part.until_ns, start.warm_ns)
    return ReplayRun(start.pipeline, takewhile(lambda numbered: part.end is None or numbered.number <= part.end, read))


def _results(run: ReplayRun, given: GivenLinks | None, until_ns: int, meter: Meter) -> Iterator[StepResult]:
    while (numbered := run.peek(until_ns)) is not None:
        if given is not None:
            given.pass_over(numbered)
        result = stepped(run.pipeline, numbered).result
        meter.took(numbered)
        yield result


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
