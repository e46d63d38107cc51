"""Back to where the engine was: the nearest checkpoint, then the journal through the same pipeline."""

import logging
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from typing import Any, Protocol

from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.observation import Numbered
from engine.model.question import ListSequences
from engine.model.repository import Repository, Storable
from engine.model.result import StepResult
from engine.model.review.review import ReviewItem
from engine.model.time import MILLISECOND, SECOND, Clock, to_iso
from engine.model.value_class import dataclass
from engine.pipeline.pipeline import Pipeline

log = logging.getLogger(__name__)

_SEARCHED = 1_000  # newest sequences of a camera
_KEPT_AT_ONCE = 2_000
_TOLD_EVERY = 5_000
# So much of the log is gone through before the site is watched again, at most: many times faster than live, it still takes minutes.
LONGEST_ANEW_NS = 300 * SECOND  # from the log's beginning, where no checkpoint can be used
LONGEST_TOLD_NS = 3600 * SECOND  # of what a record has to be told again


class JournalReader(Protocol):
    @property
    def last_number(self) -> int: ...
    @property
    def last_ns(self) -> int: ...

    def length_ns(self) -> int: ...
    def number_at(self, at_ns: int) -> int: ...
    def read(self, from_number: int = 0) -> Iterator[Numbered]: ...


class CheckpointReader(Protocol):
    def nearest(self, at_or_before: int | None = None) -> tuple[int, dict[str, Any]] | None: ...

    def newest(self, count: int) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True)
class Recovered:
    """Attributes:
    values: what the replayed steps said, newest by id, to be saved again in case the last commit was lost.
    forgot: no checkpoint could be used, and the log is too long to begin at its beginning: what was learned is learned anew.
    """

    pipeline: Pipeline
    next_number: int
    replayed: int
    values: tuple[Storable, ...]
    forgot: bool = False


def storables(result: StepResult) -> tuple[Storable, ...]:
    return (*result.people, *result.sequences, *result.decisions, *result.events, *result.alerts, *result.reviews)


def replay(pipeline: Pipeline, observations: Iterator[Numbered]) -> Iterator[StepResult]:
    """Each observation through the pipeline. A step that raised when it was live raises again here and is skipped again."""
    for numbered in observations:
        try:
            yield pipeline.step(numbered)
        except Exception:  # the same bug as when it was live, where it was reported
            log.exception("observation %d cannot be replayed", numbered.number)


def recover(make_pipeline: Callable[[], Pipeline], journal: JournalReader, checkpoints: CheckpointReader, clock: Clock) -> Recovered:
    """The pipeline as it was after the last journalled observation.

    Each run goes on at the current milliseconds, so that ids never come again: no engine takes in a thousand observations a second on
    average. The number after the last one would not do: what a full disk kept out of the journal has had its numbers too, and what came
    of it was told, and may be in the record.
    """
    pipeline = _from_checkpoint(make_pipeline, checkpoints)
    latest: dict[str, Storable] = {}
    replayed = 0
    if pipeline.number < 0 and journal.length_ns() > LONGEST_ANEW_NS:
        log.warning("no checkpoint can be used, and the log is too long to begin at its beginning: what was learned is learned anew")
        return Recovered(pipeline, _next_number(journal.last_number, clock), 0, (), forgot=True)
    for result in replay(pipeline, journal.read(pipeline.number + 1)):
        replayed += 1
        latest.update((value.id, value) for value in storables(result))
    last = max(journal.last_number, pipeline.number)
    return Recovered(pipeline, _next_number(last, clock), replayed, tuple(latest.values()))


def recover_since(
    make_pipeline: Callable[[], Pipeline],
    journal: JournalReader,
    checkpoints: CheckpointReader,
    clock: Clock,
    since: int,
    keep: Callable[[Sequence[Storable]], None],
) -> tuple[Recovered, bool]:
    """As `recover`, for a record that knows nothing after observation `since`: what was said since is given to `keep`, some at a time, and
    is not in `values`. True: a part of the log from then on is missing, or older than can be told in time, so that the record has a gap."""
    begin_at = max(since, journal.number_at(journal.last_ns - LONGEST_TOLD_NS))
    pipeline = _from_checkpoint(make_pipeline, checkpoints, begin_at)
    if pipeline.number < 0:
        pipeline = _from_oldest(make_pipeline, checkpoints)
    if pipeline.number < 0 and journal.length_ns() > LONGEST_TOLD_NS:
        log.warning("no checkpoint can be used, and the log is too long to be told from its beginning")
        return Recovered(pipeline, _next_number(max(journal.last_number, since), clock), 0, (), forgot=True), True
    begins = pipeline.number
    replayed, latest = 0, dict[str, Storable]()
    for numbered in journal.read(begins + 1):
        begins = numbered.number if begins < 0 else begins
        for result in replay(pipeline, iter((numbered,))):
            replayed += 1
            latest.update((value.id, value) for value in storables(result))
        if replayed % _TOLD_EVERY == 1:
            log.warning("telling the record again what came since its backup: %s, observation %d", to_iso(numbered.received_ns), replayed)
        if len(latest) >= _KEPT_AT_ONCE:
            keep(tuple(latest.values()))
            latest.clear()
    keep(tuple(latest.values()))
    last = max(journal.last_number, pipeline.number, since)
    gap = since > 0 and not 0 <= begins <= since + 1
    return Recovered(pipeline, _next_number(last, clock), replayed, ()), gap


def _next_number(last: int, clock: Clock) -> int:
    return max(last + 1, clock.now_ns() // MILLISECOND)


def _from_oldest(make_pipeline: Callable[[], Pipeline], checkpoints: CheckpointReader) -> Pipeline:
    for number in reversed(checkpoints.newest(1 << 30)):
        pipeline = _from_checkpoint(make_pipeline, checkpoints, number)
        if pipeline.number >= 0:
            return pipeline
    return make_pipeline()


def _from_checkpoint(make_pipeline: Callable[[], Pipeline], checkpoints: CheckpointReader, before: int | None = None) -> Pipeline:
    while (found := checkpoints.nearest(before)) is not None:
        number, state = found
        pipeline = make_pipeline()
        try:
            pipeline.restore(state)
            return pipeline
        except (ValueError, KeyError, TypeError, InputError) as error:
            log.warning("checkpoint %d is not usable (%s); trying an earlier one", number, error)
            before = number - 1
    return make_pipeline()


def ended_unseen(store: Repository, known: Set[str]) -> tuple[Event, ...]:
    """The open events of the record that the pipeline does not know, closed. The part of the journal that tells their end is lost."""
    return tuple(replace(event, ended_ns=_last_seen_ns(store, event)) for event in store.open_events() if event.id not in known)


def ended_reviews(store: Repository, known: Set[str]) -> tuple[ReviewItem, ...]:
    """Likewise the review items, by the ends of their events."""
    return tuple(replace(item, ended_ns=_last_end_ns(store, item)) for item in store.open_reviews() if item.id not in known)


def _last_end_ns(store: Repository, item: ReviewItem) -> int:
    events = [event for event_id in item.event_ids if (event := store.event(event_id)) is not None]
    return max([item.started_ns, *(event.ended_ns or event.started_ns for event in events)])


def _last_seen_ns(store: Repository, event: Event) -> int:
    """When the event's subject was last remembered to be there."""
    sequences = store.answer(ListSequences(limit=_SEARCHED, camera_id=event.camera_id))
    seen = [sequence.last_seen_ns for sequence in sequences if sequence.id == event.subject_id]
    return max([event.started_ns, *seen])
