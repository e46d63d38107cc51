import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine._opencv import cv2
from engine.model.cameras.frame import Bytes2D
from engine.model.cameras.privacy import Cover
from engine.recording.clips.masked_still import Part, covered_still, masked_still, part_of, people_of, subject_of
from engine.recording.clips.thumbnails import WIDTH, EventThumbnails, crop, shown_part
from engine.recording.jpeg import decode_picture, encode_jpeg
from tests.engine.recording.streams import RawFrame, seen

EVENT = "ev-00000000002a-0"


@pytest.fixture
def thumbnails(tmp_path: Path) -> Iterator[EventThumbnails]:
    made = EventThumbnails(tmp_path / "thumbnails")
    yield made
    made.stop()


def decoded(data: bytes | None) -> Bytes2D:
    assert data is not None
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def test_a_picture_is_made_and_read_back(thumbnails: EventThumbnails) -> None:
    thumbnails.start()
    thumbnails.take(EVENT, RawFrame(1, 77, 0, 640, 360), None)
    thumbnails.stop()
    picture = decoded(thumbnails.read(EVENT))
    assert picture.shape == (270, WIDTH, 3)
    assert seen(picture) == (1, 77)


def test_a_newer_picture_replaces_one_that_waits_and_those_of_other_events_stay(thumbnails: EventThumbnails) -> None:
    for event, index in ((EVENT, 1), ("ev-2", 2), (EVENT, 3)):
        thumbnails.take(event, RawFrame(0, index, 0), None)
    thumbnails.start()
    thumbnails.stop()
    assert seen(decoded(thumbnails.read(EVENT))) == (0, 3)
    assert seen(decoded(thumbnails.read("ev-2"))) == (0, 2)


def test_too_many_waiting_are_dropped_and_counted(thumbnails: EventThumbnails) -> None:
    for number in range(70):
        thumbnails.take(f"ev-{number}", RawFrame(0, 0, 0), None)
    assert thumbnails.dropped == 6
    thumbnails.start()
    thumbnails.stop()
    assert thumbnails.read("ev-5") is None
    assert thumbnails.read("ev-6") is not None


@pytest.mark.parametrize("name", ["", "nobody", "../journal/1", "..", "a/b", "a\\b", "a\0b", "ä", "x" * 5_000])
def test_any_text_may_be_asked_for(thumbnails: EventThumbnails, name: str) -> None:
    (Path(thumbnails._folder).parent / "secret.jpg").write_bytes(b"secret")
    thumbnails.take(name, RawFrame(0, 0, 0), None) if not name.isascii() or "/" in name else None
    assert thumbnails.read(name) is None


def test_a_frame_that_cannot_be_converted_or_a_full_disk_ends_nothing(thumbnails: EventThumbnails, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Semaphore(0)
    real_fsync = os.fsync

    def refuse_once(handle: int) -> None:
        monkeypatch.setattr(os, "fsync", real_fsync)
        tried.release()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse_once)
    thumbnails.start()
    thumbnails.take("ev-full", RawFrame(0, 1, 0), None)
    assert tried.acquire(timeout=60)
    thumbnails.take("ev-empty", RawFrame(0, 2, 0, 0, 0), None)
    thumbnails.take("ev-good", RawFrame(0, 3, 0), None)
    thumbnails.stop()
    assert thumbnails.failed == 2
    assert seen(decoded(thumbnails.read("ev-good"))) == (0, 3)
    assert sorted(p.name for p in thumbnails._folder.iterdir()) == ["ev-good.jpg"]


@given(
    width=st.integers(1, 2_000),
    height=st.integers(1, 1_200),
    left=st.floats(-100, 2_000),
    top=st.floats(-100, 1_200),
    wide=st.floats(0, 2_000),
    high=st.floats(0, 1_200),
)
def test_a_crop_lies_inside_and_holds_what_it_can_of_the_box(
    width: int, height: int, left: float, top: float, wide: float, high: float
) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    part = crop(picture, (left, top, left + wide, top + high))
    assert part.shape[0] > 0 and part.shape[1] > 0


def test_a_person_is_in_the_middle_of_the_crop() -> None:
    picture = np.zeros((720, 1_280, 3), np.uint8)
    picture[300:450, 600:660] = 255
    part = crop(picture, (600, 300, 660, 450))
    assert part.shape[1] / part.shape[0] == pytest.approx(16 / 9, abs=0.02)
    assert int((part[:, :, 0] > 0).sum()) == 150 * 60
    rows, columns = np.nonzero(part[:, :, 0])
    assert rows.mean() == pytest.approx(part.shape[0] / 2, abs=2)
    assert columns.mean() == pytest.approx(part.shape[1] / 2, abs=2)


def test_a_small_picture_says_what_part_of_the_frame_it_shows_and_is_covered_there(tmp_path: Path) -> None:
    frame = RawFrame(2, 3, 0, 160, 96)
    thumbnails = EventThumbnails(tmp_path)
    thumbnails.start()
    thumbnails.take("ev-1", frame, (10.0, 10.0, 40.0, 30.0), [(10.0, 10.0, 40.0, 30.0)])
    thumbnails.stop()
    jpeg = thumbnails.read("ev-1")
    assert jpeg is not None
    part = part_of(jpeg)
    assert part == Part((frame.width, frame.height), shown_part(frame.width, frame.height, (10.0, 10.0, 40.0, 30.0)))
    x0, _, x1, _ = part.box_xyxy
    right = ((x0 + x1) / 2 / frame.width, 1.0)
    cover = Cover(((right, (1.0, 1.0), (1.0, 0.0), (right[0], 0.0)),))
    covered = covered_still(jpeg, cover)
    assert covered is not None and people_of(covered) == people_of(jpeg) and part_of(covered) == part
    plain, hidden = decode_picture(jpeg), decode_picture(covered)
    width = plain.shape[1]
    assert hidden[:, width // 2 + 2 :].max() < 75
    left = np.abs(hidden[:, : width // 2 - 12].astype(int) - plain[:, : width // 2 - 12])
    assert left.mean() < 6, "the rest stays as it was"
    assert covered_still(plain_jpeg(plain), cover) is None


@pytest.mark.parametrize("note", [b"part [1, 2]", b"part x", b"part [9, 9, 5, 5, 5, 9]", b"people [[0, 0, 1, 1]]", b"part"])
def test_a_damaged_note_of_the_part_is_none(note: bytes) -> None:
    jpeg = plain_jpeg(np.zeros((20, 30, 3), np.uint8))
    noted = jpeg[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]
    assert part_of(noted) is None and part_of(jpeg) is None and part_of(b"\xff\xd8\xff\xfe\x00\x00") is None


def plain_jpeg(picture: Bytes2D) -> bytes:
    return encode_jpeg(picture)


def test_a_picture_says_where_its_subject_is_also_once_faces_are_hidden(thumbnails: EventThumbnails) -> None:
    thumbnails.start()
    thumbnails.take(EVENT, RawFrame(1, 77, 0, 640, 360), (200, 100, 240, 200), [(200, 100, 240, 200)], (200, 100, 240, 200))
    thumbnails.stop()
    jpeg = thumbnails.read(EVENT)
    assert jpeg is not None
    part, subject = part_of(jpeg), subject_of(jpeg)
    assert part is not None and subject is not None
    (x0, y0, x1, y1), (left, top, right, bottom) = part.box_xyxy, subject
    assert (x0 + left * (x1 - x0), y0 + top * (y1 - y0)) == pytest.approx((200, 100), abs=0.1)
    assert (x0 + right * (x1 - x0), y0 + bottom * (y1 - y0)) == pytest.approx((240, 200), abs=0.1)
    hidden = masked_still(jpeg, lambda picture, people: ())
    assert (part_of(hidden), subject_of(hidden), people_of(hidden)) == (part, subject, None)


@given(st.binary(max_size=300))
def test_any_note_of_a_subject_is_read_or_passed_over(note: bytes) -> None:
    segment = b"subject " + note
    jpeg = b"\xff\xd8\xff\xfe" + (len(segment) + 2).to_bytes(2, "big") + segment + b"\xff\xd9"
    box = subject_of(jpeg)
    assert box is None or len(box) == 4
