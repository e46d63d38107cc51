"""The numbered observations, in the order in which they entered: what a crash or a replay starts from.

Segment files `<first number>.chunks` in one folder, each a file of chunks (`engine.recording.chunks`). The store writer appends a batch
just before the database commits what was made of it, so every id in the database can be derived again from the journal.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from engine.model.observation import EngineStarted, Numbered
from engine.model.time import SECOND
from engine.model.value_class import dataclass
from engine.recording.chunks import Chunk, ChunkWriter, Span, first_span, scan
from engine.recording.files import fault, make_folder, sync_folder
from engine.recording.journal_text import VERSION, UnreadableText, read_batch, write_batch

_SUFFIX = ".chunks"


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of the journal that cannot be read back."""

    segment: str
    offset: int
    length: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Segment:
    first: int
    path: Path


class Journal:
    """One thread appends; any thread may prune, and read meanwhile.

    Attributes:
        cut_bytes: what opening cut from the end: the rest of a chunk that a crash left unfinished.
        last_number, first_number: of the observations kept; 0 while there are none.
    last_ns: when the last of them came (UTC ns); 0 while there is none.
        damage: every unreadable stretch that reading has met so far.
    """

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = 8 << 20,
        segment_ns: int = 3600 * SECOND,
        on_damage: Callable[[Damage], None] | None = None,
    ) -> None:
        """Open or create the journal in this folder. Raises EnvironmentFault.

        `segment_bytes`, `segment_ns`: a segment that has grown larger or older is followed by a new one.
        """
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._segment_ns = segment_ns
        self._on_damage = on_damage
        self._lock = threading.Lock()  # guards _segments, _writer and damage
        self.damage: list[Damage] = []
        self._begun_ns: dict[int, int] = {}  # of segments that were looked at, by their first number
        self.cut_bytes = 0
        self.last_number = self.last_ns = 0
        self._writer: ChunkWriter | None = None
        self._writer_since_ns = 0
        make_folder(folder)
        try:
            self._segments = _list_segments(folder)
            self._open_last()
        except OSError as error:
            raise fault(error, f"Could not open the journal in {folder}") from error

    @property
    def first_number(self) -> int:
        with self._lock:
            return self._segments[0].first if self._segments else 0

    def append(self, batch: Sequence[Numbered]) -> None:
        """Keep a batch of rising numbers; it is on the disk when this returns. An empty batch does nothing. What was shed before it came
        here is missing among the numbers, and told as damage when it is read.

        Raises:
            EnvironmentFault: `disk_full`, `read_only`, `io_error`. The journal is as before; the batch may be given again.
            ValueError: a bug: the numbers do not rise.
        """
        if not batch:
            return
        span = _span_of(batch)
        if span.first <= self.last_number:
            raise ValueError(f"observation {span.first} comes after {self.last_number}")
        payload = write_batch(batch)
        try:
            self._writer_for(span).append(span, payload, VERSION)
        except OSError as error:
            raise fault(error, "Could not write the journal of observations") from error
        self.last_number, self.last_ns = span.last, span.last_ns

    def read(self, from_number: int = 0) -> Iterator[Numbered]:
        """Everything kept from this number on, in order, as far as it was written when a segment's turn comes.

        What cannot be read is skipped, added to `damage` and told to `on_damage`. Raises EnvironmentFault when the disk fails.
        """
        expected: int | None = None
        for segment, size in self._segments_from(from_number):
            try:
                data = segment.path.read_bytes()[:size]
            except FileNotFoundError:
                continue  # pruned since
            except OSError as error:
                raise fault(error, f"Could not read the journal segment {segment.path.name}") from error
            for chunk in self._chunks(segment.path.name, data, expected):
                expected = chunk.span.last + 1
                if expected > from_number:
                    batch = self._batch(segment.path.name, chunk, data)
                    yield from (numbered for numbered in batch if numbered.number >= from_number)

    def prune(self, before_number: int) -> int:
        """Remove the segments that hold only observations before this number; the newest segment always stays. Returns how many."""
        with self._lock:
            keep = max((i for i, s in enumerate(self._segments) if i == 0 or s.first <= before_number), default=0)
            old, self._segments = self._segments[:keep], self._segments[keep:]
        for segment in old:
            segment.path.unlink(missing_ok=True)
        return len(old)

    def clear(self) -> None:
        """Remove all there is; numbers go on rising. The thread that appends. Raises OSError: then some of it is left, to be
        removed another time."""
        with self._lock:
            old, self._segments = self._segments, []
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        for done, segment in enumerate(old):
            try:
                segment.path.unlink(missing_ok=True)
            except OSError:
                with self._lock:
                    self._segments = old[done:]
                raise
        sync_folder(self._folder)

    def prune_size(self, most_bytes: int, keep_from: int) -> int:
        """Remove the oldest segments until what is left takes at most `most_bytes`, but none that holds `keep_from` or later numbers.
        Returns how many. Any thread. Raises OSError."""
        with self._lock:
            sizes = [_size(segment.path) for segment in self._segments]
            left, drop = sum(sizes), 0
            while drop + 1 < len(sizes) and left > most_bytes and self._segments[drop + 1].first <= keep_from:
                left -= sizes[drop]
                drop += 1
            old, self._segments = self._segments[:drop], self._segments[drop:]
        for segment in old:
            segment.path.unlink(missing_ok=True)
        return len(old)

    def number_at(self, at_ns: int) -> int:
        """The first number of the newest segment before any that begins later than a time (UTC ns); 0 where the oldest does. One that was
        begun while the clock was behind says nothing of those before it. Raises OSError."""
        number = 0
        for first, begun_ns in self._segment_starts():
            if begun_ns > at_ns:
                break
            number = first
        return number

    def first_during(self, since_ns: int, until_ns: int) -> int:
        """The first number of the oldest segment that may hold anything of a time (UTC ns); 0 where none does. Raises OSError."""
        begun = self._segment_starts()
        for (first, begun_ns), (_, after_ns) in zip(begun, [*begun[1:], (0, 0)], strict=False):
            goes_on = after_ns < begun_ns  # until when is not known: the clock was set back, or it is the last one
            if begun_ns <= until_ns and (goes_on or after_ns >= since_ns):
                return first
        return 0

    def _segment_starts(self) -> list[tuple[int, int]]:
        """First number and time (UTC ns) of each segment; not of those that are damaged there. Raises OSError."""
        with self._lock:
            segments = list(self._segments)
        for segment in segments:
            span = None if segment.first in self._begun_ns else first_span(segment.path)
            if span is not None:
                self._begun_ns[segment.first] = span.first_ns
        return [(segment.first, self._begun_ns[segment.first]) for segment in segments if segment.first in self._begun_ns]

    def length_ns(self) -> int:
        """From the oldest observation kept to the last; 0 where there is none. Raises OSError."""
        with self._lock:
            segments = list(self._segments)
        spans = (first_span(segment.path) for segment in segments)  # the first may be damaged
        return next((max(0, self.last_ns - span.first_ns) for span in spans if span is not None), 0)

    def size_bytes(self) -> int:
        with self._lock:
            segments = list(self._segments)
        return sum(_size(segment.path) for segment in segments)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open_last(self) -> None:
        """Go back to the newest segment that holds anything, mending it and removing empty ones behind it."""
        while self._segments:
            segment = self._segments[-1]
            writer = ChunkWriter(segment.path)
            self.cut_bytes += writer.cut_bytes
            if writer.found:
                self._writer = writer
                self._writer_since_ns = writer.found[0].span.first_ns
                self.last_number, self.last_ns = writer.found[-1].span.last, writer.found[-1].span.last_ns
                return
            writer.close()
            segment.path.unlink()
            self._segments.pop()

    def _writer_for(self, span: Span) -> ChunkWriter:
        writer = self._writer
        if writer is not None and not self._is_full(writer, span):
            return writer
        segment = _Segment(span.first, self._folder / f"{span.first:020d}{_SUFFIX}")
        fresh = ChunkWriter(segment.path)
        with self._lock:
            self._writer = fresh
            if segment not in self._segments:
                self._segments.append(segment)
        self._writer_since_ns = span.first_ns
        if writer is not None:
            writer.close()
        sync_folder(self._folder)
        return fresh

    def _is_full(self, writer: ChunkWriter, span: Span) -> bool:
        return writer.size > 0 and (writer.size >= self._segment_bytes or span.first_ns - self._writer_since_ns >= self._segment_ns)

    def _segments_from(self, from_number: int) -> Iterator[tuple[_Segment, int | None]]:
        """Segments that may hold the number or later ones, each with the bytes of it that are sound (None: all)."""
        with self._lock:
            segments = list(self._segments)
        for i, segment in enumerate(segments):
            if i + 1 < len(segments) and segments[i + 1].first <= from_number:
                continue
            with self._lock:
                live = self._writer is not None and self._writer.path == segment.path
                size = self._writer.size if live and self._writer is not None else None
            yield segment, size

    def _chunks(self, name: str, data: bytes, expected: int | None) -> Iterator[Chunk]:
        """The whole chunks of a segment; what lies between them, and numbers that are missing, is reported on the way."""
        end = 0
        for chunk in scan(data):
            gap = chunk.offset - end
            skipped = expected is not None and chunk.span.first > expected
            if gap or (skipped and not _begins_a_run(chunk, data)):
                self._report(Damage(name, end, gap, _missing(expected, chunk.span.first)))
            yield chunk
            end, expected = chunk.end, chunk.span.last + 1
        if end < len(data):
            self._report(Damage(name, end, len(data) - end, _missing(expected, None)))

    def _batch(self, name: str, chunk: Chunk, data: bytes) -> tuple[Numbered, ...]:
        numbers = f"observations {chunk.span.first} to {chunk.span.last}"
        try:
            batch = read_batch(chunk.payload(data), chunk.version)
        except UnreadableText as error:
            self._report(Damage(name, chunk.offset, chunk.end - chunk.offset, f"{numbers}: {error}"))
            return ()
        if len(batch) < chunk.span.count:
            reason = f"{chunk.span.count - len(batch)} of the {numbers} were left out when they could not be written in time"
            self._report(Damage(name, chunk.offset, 0, reason))
        return batch

    def _report(self, damage: Damage) -> None:
        with self._lock:
            if damage in self.damage:
                return
            self.damage.append(damage)
        if self._on_damage is not None:
            self._on_damage(damage)


def _list_segments(folder: Path) -> list[_Segment]:
    paths = [path for path in folder.glob(f"*{_SUFFIX}") if path.stem.isdecimal()]
    return sorted((_Segment(int(path.stem), path) for path in paths), key=lambda segment: segment.first)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _begins_a_run(chunk: Chunk, data: bytes) -> bool:
    """Every run of the engine leaves numbers out before its first: none is missing there."""
    try:
        return any(isinstance(first.observation, EngineStarted) for first in read_batch(chunk.payload(data), chunk.version)[:1])
    except UnreadableText:
        return False


def _missing(expected: int | None, following: int | None) -> str:
    first = "?" if expected is None else expected
    last = "?" if following is None else following - 1
    return f"observations {first} to {last} cannot be read"


def _span_of(batch: Sequence[Numbered]) -> Span:
    first, last = batch[0], batch[-1]
    if any(after.number <= before.number for before, after in pairwise(batch)):
        raise ValueError(f"observations {first.number} to {last.number} do not follow each other")
    return Span(first.number, last.number - first.number + 1, first.received_ns, last.received_ns)
