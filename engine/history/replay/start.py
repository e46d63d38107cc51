"""Where a replay begins: the nearest checkpoint that this build can read, else the start of a run of the engine."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from engine.history.replay.journal import JournalFolder
from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.pipeline.pipeline import Pipeline
from engine.vision.tracking import Tracker

log = logging.getLogger(__name__)

States = Iterable[tuple[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Start:
    """A pipeline, and the first observation that it has not taken in. `warm_ns`: the time of the checkpoint, 0 where there was none.

    missing: why it may know less than the live one did, as sentences.
    """

    pipeline: Pipeline
    from_number: int
    warm_ns: int
    missing: tuple[str, ...] = ()


def new_pipeline(pictured: bool = True) -> Pipeline:
    """As the engine makes it. A step that fails here failed when it was live, where it was reported.

    `pictured`: as for `Pipeline`; whoever only wants to know what is said needs no voxels.
    """
    return Pipeline(Tracker, _failed_again, pictured)


def nearest_start(journal: JournalFolder, states: Callable[[int], States], since_ns: int, pictured: bool = True) -> Start:
    """The newest checkpoint that holds nothing received at or after `since_ns`; else the newest start of a run before it; else the first
    observation there is.

    Args:
        states: gives checkpoints at or before a number, newest first. pictured: as for `Pipeline`.
    """
    before = journal.last_before(since_ns)
    unusable = 0
    for number, state in states(before):
        pipeline = restored(state, pictured)
        if pipeline is not None:
            return Start(pipeline, number + 1, int(state["now_ns"]), _passed_over(unusable))
        unusable += 1
    return _from_a_run(journal, before, unusable, pictured)


def restored(state: dict[str, Any], pictured: bool = True) -> Pipeline | None:
    """A pipeline that goes on from a checkpoint; None where this build cannot."""
    try:
        return pipeline_of(state, pictured)
    except (ValueError, KeyError, TypeError, InputError) as error:
        log.info("a replay cannot begin at a checkpoint: %s", error)
        return None


def pipeline_of(state: dict[str, Any], pictured: bool = True) -> Pipeline:
    """A pipeline that goes on from the state of one of this build."""
    pipeline = new_pipeline(pictured)
    pipeline.restore(state)
    return pipeline


def _from_a_run(journal: JournalFolder, before: int, unusable: int, pictured: bool) -> Start:
    if journal.begins_whole() and unusable == 0:
        return Start(new_pipeline(pictured), 0, 0)
    run = journal.run_before(before + 1)
    why = "no checkpoint from before is left" if unusable == 0 else f"{unusable} checkpoints are of another version of Watchroom"
    begun = "It began with the start of the engine before" if run is not None else "It began in the middle of a run"
    return Start(new_pipeline(pictured), run or 0, 0, (f"{begun}, since {why}: what was learnt until then is not known.",))


def _passed_over(unusable: int) -> tuple[str, ...]:
    if not unusable:
        return ()
    return (f"{unusable} later checkpoints are of another version of Watchroom; an earlier one was used.",)


def _failed_again(who: str, error: Exception) -> None:
    log.info("%s fails in a replay too: %s", who, error)
