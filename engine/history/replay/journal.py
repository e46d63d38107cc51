"""The journal of a folder, read only: for replays beside a running engine, and for what was copied out of one.

Nothing is mended and nothing is locked: the thread that writes may append, and upkeep may prune, while this reads. What cannot be read is
told as a `Gap`, with the times between which something is missing.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from engine.model.observation import EngineStarted, Numbered
from engine.model.time import SECOND, to_iso
from engine.model.value_class import dataclass
from engine.recording.chunks import Chunk, Span, first_span, scan
from engine.recording.files import fault
from engine.recording.journal_text import UnreadableText, read_batch

_SUFFIX = ".chunks"
_PAUSE_NS = 2 * SECOND  # a shorter stop of the engine is not worth a sentence


@dataclass(frozen=True, slots=True)
class Gap:
    """Something between two times (UTC ns) that is not in the journal, or cannot be read."""

    since_ns: int
    until_ns: int
    reason: str

    def sentence(self) -> str:
        return f"{to_iso(self.since_ns)} – {to_iso(self.until_ns)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class _Place:
    """A chunk of the segment whose bytes are `data`."""

    data: bytes
    chunk: Chunk


class JournalFolder:
    """What a folder of journal segments holds now. One thread.

    Args:
        on_gap: told of each gap once, as reading meets it.
    """

    def __init__(self, folder: Path, on_gap: Callable[[Gap], None] = lambda _: None) -> None:
        self._folder = folder
        self._on_gap = on_gap
        self._told: set[Gap] = set()

    def reach(self) -> tuple[int, int] | None:
        """When the first and the last observation were received (UTC ns); None where there are none. Raises EnvironmentFault."""
        segments = self._segments()
        first = next((span for _, path in segments if (span := _first_span(path)) is not None), None)
        last = next((place.chunk.span for _, path in reversed(segments) for place in reversed(self._chunk_places(path))), None)
        return None if first is None or last is None else (first.first_ns, last.last_ns)

    def holds(self, since_ns: int, until_ns: int) -> bool:
        """Whether anything between two times may be in it. Raises EnvironmentFault."""
        reach = self.reach()
        return reach is not None and reach[1] >= since_ns and reach[0] < until_ns

    def last_before(self, at_ns: int) -> int:
        """A number such that it and all before it were received before a time: of the last chunk that ended by then; 0 where none did."""
        segments = self._segments()
        for index in range(len(segments) - 1, -1, -1):
            first, path = segments[index]
            head = _first_span(path)
            if head is not None and head.first_ns < at_ns:
                ended = [place.chunk.span.last for place in self._chunk_places(path) if place.chunk.span.last_ns < at_ns]
                return ended[-1] if ended else first - 1
        return segments[0][0] - 1 if segments else 0

    def begins_whole(self) -> bool:
        """Whether the journal begins with the start of an engine."""
        first = next((place for _, path in self._segments() for place in self._chunk_places(path)), None)
        return first is not None and self._began_run(first) is not None

    def run_before(self, number: int) -> int | None:
        """The first number of the newest run of the engine that begins at or before a number; None where none does."""
        found: int | None = None
        expected: int | None = None
        for first, path in self._segments():
            if first > number:
                break
            for place in self._chunk_places(path):
                span = place.chunk.span
                if span.first <= number and span.first != expected and self._began_run(place) is not None:
                    found = span.first
                expected = span.last + 1
        return found

    def read_observations(self, from_number: int, until_ns: int, known_ns: int = 0) -> Iterator[Numbered]:
        """From a number on, in order, up to a time (exclusive). Memory: one segment. Raises EnvironmentFault when the disk fails.

        `known_ns`: when the observation before that number was received; 0: nobody knows.
        """
        expected = from_number
        for place in self._places_from(from_number):
            span = place.chunk.span
            if span.first_ns >= until_ns:
                self._check_end(place, expected, known_ns, until_ns)
                return
            batch = self._batch(place, known_ns)
            self._check(batch, span, expected, known_ns)
            expected, known_ns = span.last + 1, span.last_ns
            yield from (numbered for numbered in batch if numbered.number >= from_number and numbered.received_ns < until_ns)

    def chunks(self, from_number: int, until_ns: int) -> Iterator[bytes]:
        """The very bytes of the chunks that `read_observations` would read."""
        for place in self._places_from(from_number):
            if place.chunk.span.first_ns >= until_ns:
                return
            yield place.data[place.chunk.offset : place.chunk.end]

    def _check(self, batch: tuple[Numbered, ...], span: Span, expected: int, known_ns: int) -> None:
        """Tell what is missing before and in a chunk."""
        started = batch[0].observation if batch and batch[0].number == span.first else None
        if isinstance(started, EngineStarted):
            if known_ns and span.first_ns - known_ns > _PAUSE_NS:
                self._report_gap_once(Gap(known_ns, span.first_ns, "the engine did not run."))
        elif 0 < expected < span.first:  # 0: wherever the journal begins
            self._report_gap(expected, known_ns, span.first_ns, span)
        if batch and len(batch) < span.count:
            left_out = span.count - len(batch)
            self._report_gap_once(Gap(span.first_ns, span.last_ns, f"{left_out} observations were left out: the disk was too slow then."))

    def _check_end(self, following: _Place, expected: int, known_ns: int, until_ns: int) -> None:
        if following.chunk.span.first > expected and self._began_run(following) is None:
            self._report_gap(expected, known_ns, until_ns, following.chunk.span)

    def _report_gap(self, expected: int, known_ns: int, until_ns: int, span: Span) -> None:
        count = span.first - expected
        self._report_gap_once(Gap(known_ns or until_ns, until_ns, f"{count:,} observations are damaged or were removed to make room."))

    def _batch(self, place: _Place, known_ns: int) -> tuple[Numbered, ...]:
        span = place.chunk.span
        try:
            return read_batch(place.chunk.payload(place.data), place.chunk.version)
        except UnreadableText as error:
            self._report_gap_once(Gap(known_ns or span.first_ns, span.last_ns, f"{span.count} observations cannot be read: {error}."))
            return ()

    def _began_run(self, place: _Place) -> EngineStarted | None:
        batch = self._batch(place, 0)
        started = batch[0].observation if batch else None
        return started if isinstance(started, EngineStarted) else None

    def _report_gap_once(self, gap: Gap) -> None:
        if gap not in self._told:
            self._told.add(gap)
            self._on_gap(gap)

    def _places_from(self, number: int) -> Iterator[_Place]:
        """Chunks that hold the number or later ones."""
        segments = self._segments()
        for index, (_, path) in enumerate(segments):
            if index + 1 == len(segments) or segments[index + 1][0] > number:
                data = _bytes(path)
                yield from (_Place(data, chunk) for chunk in scan(data, number))

    def _segments(self) -> list[tuple[int, Path]]:
        """(first number, path), oldest first."""
        try:
            found = [path for path in self._folder.iterdir() if path.name.endswith(_SUFFIX)]
        except OSError as error:
            raise fault(error, f"Could not read the journal in {self._folder}") from error
        return sorted((int(path.stem), path) for path in found if path.stem.isdecimal())

    def _chunk_places(self, path: Path) -> list[_Place]:
        data = _bytes(path)
        return [_Place(data, chunk) for chunk in scan(data)]


def _first_span(path: Path) -> Span | None:
    try:
        return first_span(path)
    except OSError:  # pruned since
        return None


def _bytes(path: Path) -> bytes:
    """Of a segment; none where it was pruned meanwhile. Raises EnvironmentFault."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise fault(error, f"Could not read the journal segment {path.name}") from error
