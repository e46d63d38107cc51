"""Which file shows what: a camera's recorded files laid out on one clock, with what lies between them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise

from engine.model.time import EVER_NS, SECOND
from engine.model.value_class import dataclass

JOINED_NS = SECOND  # less than this between two files is how long a picture is shown, not a gap
_SEAM_NS = 2 * SECOND  # how much an end may reach into the next file: ends are guessed, beginnings are not


@dataclass(frozen=True, slots=True)
class FootageFile:
    """One recorded file. `started_ns`: UTC of its first picture; `ended_ns`: of the end of its last one.

    second_choice: shown only where no other file is, as clips are where there are segments.
    """

    id: str
    started_ns: int
    ended_ns: int
    second_choice: bool = False


class GapReason(StrEnum):
    NOT_RECORDED = "not_recorded"
    UNKNOWN = "unknown"  # it is not known yet what was recorded then
    DAMAGED = "damaged"  # recorded, and does not play
    UNREACHABLE = "unreachable"  # recorded, and cannot be had now


@dataclass(frozen=True, slots=True)
class FootageGap:
    """Nothing to show from `since_ns` to `until_ns` (exclusive). open_start, open_end: it may be longer; that is only how far is known."""

    since_ns: int
    until_ns: int
    reason: GapReason = GapReason.NOT_RECORDED
    message: str = ""
    open_start: bool = False
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is shown of a file: from `since_ns` to `until_ns`, exclusive."""

    since_ns: int
    until_ns: int
    file: FootageFile


class FootagePlan:
    """Immutable. What is known reaches from `known_since_ns` to `known_until_ns`, exclusive."""

    def __init__(self, files: Iterable[FootageFile] = (), known_since_ns: int = 0, known_until_ns: int = 0) -> None:
        self.known_since_ns, self.known_until_ns = known_since_ns, known_until_ns
        files = sorted(files, key=lambda file: (file.second_choice, file.started_ns, file.ended_ns))
        first = list(_in_turn(file for file in files if not file.second_choice))
        second = [piece for file in files if file.second_choice for piece in _beside(file, first)]
        ordered = sorted([*first, *second], key=lambda stretch: stretch.since_ns)
        self._stretches = list(_close_short_gaps(list(_apart(ordered))))
        self._starts = [stretch.since_ns for stretch in self._stretches]

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        return tuple(self._stretches)

    def at(self, at_ns: int) -> Stretch | FootageGap:
        """What covers a time."""
        place = bisect_right(self._starts, at_ns) - 1
        if place >= 0 and at_ns < self._stretches[place].until_ns:
            return self._stretches[place]
        return self._gap(place, at_ns)

    def _gap(self, place: int, at_ns: int) -> FootageGap:
        since_ns = self._stretches[place].until_ns if place >= 0 else None
        until_ns = self._starts[place + 1] if place + 1 < len(self._starts) else None
        if at_ns < self.known_since_ns:
            return _bounded(since_ns, until_ns, -EVER_NS, self.known_since_ns, GapReason.UNKNOWN)
        if at_ns >= self.known_until_ns:
            return _bounded(since_ns, until_ns, self.known_until_ns, EVER_NS, GapReason.UNKNOWN)
        return _bounded(since_ns, until_ns, self.known_since_ns, self.known_until_ns, GapReason.NOT_RECORDED)


def _bounded(since_ns: int | None, until_ns: int | None, from_ns: int, to_ns: int, reason: GapReason) -> FootageGap:
    """Between what lies before and after, where that is known."""
    open_start, open_end = since_ns is None or since_ns < from_ns, until_ns is None or until_ns > to_ns
    since_ns = from_ns if since_ns is None else max(since_ns, from_ns)
    until_ns = to_ns if until_ns is None else min(until_ns, to_ns)
    return FootageGap(since_ns, until_ns, reason, "", open_start, open_end)


def _in_turn(files: Iterable[FootageFile]) -> Iterator[Stretch]:
    """Each until the next begins. One that reaches far into the next, as after a clock was set back, is shown to its end."""
    before: FootageFile | None = None
    shown_ns = 0
    for file in files:
        if before is not None:
            until_ns = file.started_ns if before.ended_ns - file.started_ns < _SEAM_NS else before.ended_ns
            yield Stretch(shown_ns, min(before.ended_ns, until_ns), before)
            shown_ns = max(file.started_ns, min(before.ended_ns, until_ns))
        else:
            shown_ns = file.started_ns
        before = file
    if before is not None:
        yield Stretch(shown_ns, before.ended_ns, before)


def _beside(file: FootageFile, taken: list[Stretch]) -> Iterator[Stretch]:
    """The parts of a file that nothing else shows."""
    since_ns = file.started_ns
    for stretch in taken:
        if stretch.until_ns <= since_ns:
            continue
        if stretch.since_ns >= file.ended_ns:
            break
        yield Stretch(since_ns, stretch.since_ns, file)
        since_ns = stretch.until_ns
    yield Stretch(since_ns, file.ended_ns, file)


def _apart(ordered: list[Stretch]) -> Iterator[Stretch]:
    """Without those that begin within another: clips of two events of one time; without those of no length."""
    shown_ns: int | None = None
    for stretch in ordered:
        since_ns = stretch.since_ns if shown_ns is None else max(shown_ns, stretch.since_ns)
        if since_ns < stretch.until_ns:
            yield replace(stretch, since_ns=since_ns)
            shown_ns = stretch.until_ns


def _close_short_gaps(ordered: list[Stretch]) -> Iterator[Stretch]:
    for stretch, following in pairwise(ordered):
        apart_ns = following.since_ns - stretch.until_ns
        yield replace(stretch, until_ns=following.since_ns) if apart_ns < JOINED_NS else stretch
    yield from ordered[-1:]
