import errno
import os
import random
import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.recording.chunks import MAGIC, ChunkWriter, Span, pack, scan


def span(first: int, count: int = 10) -> Span:
    return Span(first, count, first * 1_000, (first + count) * 1_000)


def payload(i: int) -> bytes:
    return random.Random(i).randbytes(50 + i * 7 % 200)


def whole(count: int) -> list[bytes]:
    return [pack(span(i * 10 + 1), payload(i)) for i in range(count)]


def test_what_is_appended_is_found_again(tmp_path: Path) -> None:
    writer = ChunkWriter(tmp_path / "a")
    for i in range(5):
        writer.append(span(i * 10 + 1), payload(i), version=i)
    writer.close()
    data = (tmp_path / "a").read_bytes()
    found = list(scan(data))
    assert [chunk.payload(data) for chunk in found] == [payload(i) for i in range(5)]
    assert [chunk.span for chunk in found] == [span(i * 10 + 1) for i in range(5)]
    assert [chunk.version for chunk in found] == list(range(5))
    assert [chunk.offset for chunk in found[1:]] + [len(data)] == [chunk.end for chunk in found]
    assert found[2].span.last == 30


def test_a_payload_that_looks_like_a_header_misleads_nobody() -> None:
    trap = pack(span(99), b"inner")
    broken_trap = trap[:-1] + b"X"
    data = pack(span(1), MAGIC + trap + broken_trap) + pack(span(11), b"next")
    assert [chunk.span.first for chunk in scan(data)] == [1, 11]


@given(count=st.integers(0, 6), cut=st.integers(0, 2_000))
def test_a_cut_costs_only_the_chunk_it_goes_through(count: int, cut: int) -> None:
    chunks = whole(count)
    data = b"".join(chunks)[:cut]
    found = list(scan(data))
    kept = 0
    while kept < count and sum(map(len, chunks[: kept + 1])) <= cut:
        kept += 1
    assert [chunk.end for chunk in found] == [sum(map(len, chunks[: i + 1])) for i in range(kept)]


@given(flips=st.sets(st.integers(0, 1_199), min_size=1, max_size=5), bit=st.integers(0, 7))
def test_flipped_bits_cost_only_the_chunks_they_hit(flips: set[int], bit: int) -> None:
    chunks = whole(8)
    data = bytearray(b"".join(chunks))
    hit: set[int] = set()
    for position in {flip % len(data) for flip in flips}:
        data[position] ^= 1 << bit
        ends = [sum(map(len, chunks[: i + 1])) for i in range(len(chunks))]
        hit.add(next(i for i, end in enumerate(ends) if position < end))
    assert [chunk.payload(bytes(data)) for chunk in scan(bytes(data))] == [payload(i) for i in range(8) if i not in hit]


def test_opening_cuts_the_unfinished_tail(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"".join(whole(3)) + whole(4)[3][:-5])
    writer = ChunkWriter(path)
    assert writer.cut_bytes == len(whole(4)[3]) - 5
    writer.append(span(31), payload(3))
    writer.close()
    assert path.read_bytes() == b"".join(whole(4))


def test_a_file_that_may_not_grow_keeps_its_whole_chunks(tmp_path: Path) -> None:
    """The kernel itself stops the write in the middle of a chunk (RLIMIT_FSIZE)."""
    path = tmp_path / "a"
    writer = ChunkWriter(path)
    writer.append(span(1), payload(0))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (writer.size + 40, before[1]))
    try:
        with pytest.raises(OSError) as caught:
            writer.append(span(11), payload(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.errno == errno.EFBIG
    assert path.read_bytes() == whole(1)[0]
    writer.append(span(11), payload(1))
    writer.close()
    assert path.read_bytes() == b"".join(whole(2))


def test_a_failure_that_cannot_be_mended_at_once_is_mended_by_the_next_append(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    writer = ChunkWriter(path)
    writer.append(span(1), payload(0))
    real_write = os.write

    def half(handle: int, data: memoryview) -> int:
        real_write(handle, bytes(data[:20]))
        raise OSError(errno.ENOSPC, "No space left on device")

    def refuse(handle: int, size: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        patch.setattr(os, "ftruncate", refuse)
        with pytest.raises(OSError, match="No space"):
            writer.append(span(11), payload(1))
    assert path.stat().st_size == writer.size + 20
    writer.append(span(11), payload(1))
    writer.close()
    assert path.read_bytes() == b"".join(whole(2))
