"""Looks are made beside the reports: what fails, takes too long or is not there leaves a sentence and no look."""

import threading
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.frame import Bytes2D
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.time import SystemClock
from engine.runtime.incidents import report_looks
from engine.runtime.incidents.report_looks import BUG, NOT_INSTALLED, NOTHING_SEEN, TOO_BUSY, TOO_LONG, Looked, ReportLooks
from engine.runtime.incidents.sent_media import MediaShelf
from tests.fakes.media import jpeg, write_mp4


@dataclass
class GreyLooker:
    """A picture looks like its grey; `hold` makes it wait, `error` fail."""

    name: str = "grey/1"
    error: Exception | None = None
    hold: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.hold.set()

    def look(self, picture_bgr: Bytes2D) -> tuple[float, ...] | None:
        assert self.hold.wait(60)
        if self.error is not None:
            raise self.error
        grey = float(picture_bgr.mean()) / 255
        return (grey, round(1 - grey, 3)) if grey > 0.02 else None


@pytest.fixture
def shelf(tmp_path: Path) -> MediaShelf:
    return MediaShelf(tmp_path, SystemClock(), lambda: 30.0)


@pytest.fixture
def looker() -> GreyLooker:
    return GreyLooker()


@pytest.fixture
def looks(shelf: MediaShelf, looker: GreyLooker) -> Iterator[ReportLooks]:
    looks, stopping = ReportLooks(shelf, lambda: looker), threading.Event()
    thread = threading.Thread(target=looks.run, args=(stopping,))
    thread.start()
    yield looks
    stopping.set()
    looker.hold.set()
    thread.join()


def photo(grey: int) -> bytes:
    return jpeg(np.full((32, 32, 4), grey, np.uint8))


def looked(looks: ReportLooks, *media_ids: str) -> Looked:
    assert not wait(looks.begin(media_ids), 30).not_done
    return looks.looked(media_ids)


def test_all_pictures_that_a_report_names_are_looked_at_and_once_only(looks: ReportLooks, shelf: MediaShelf) -> None:
    ids = [shelf.put(photo(grey), "u").id for grey in (51, 204)]
    found = looked(looks, *ids, ids[0])
    assert (found.count, found.by, found.trouble) == (2, "grey/1", "")
    assert found.look == pytest.approx((0.2, 0.8, 0.8, 0.2), abs=0.02)
    assert looks.begin(ids) == ()  # they are known now, after a restart too
    assert looks.looked(ids) == found


def test_a_video_is_looked_at_in_several_places(looks: ReportLooks, shelf: MediaShelf, tmp_path: Path) -> None:
    pictures = [np.full((32, 32, 4), 10 + 12 * index, np.uint8) for index in range(20)]
    video = shelf.put(write_mp4(tmp_path / "fades.mp4", pictures).read_bytes(), "u")
    found = looked(looks, video.id)
    assert found.count == 4 and found.look[0::2] == pytest.approx([(10 + 12 * at) / 255 for at in (0, 5, 10, 15)], abs=0.03)


def test_what_was_never_sent_is_named(looks: ReportLooks, shelf: MediaShelf) -> None:
    sent = shelf.put(photo(51), "u")
    found = looked(looks, sent.id, "../../a.jpg")
    assert found.count == 1 and found.look and "'../../a.jpg'" in found.trouble and "/api/v1/media" in found.trouble


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (EnvironmentFault("model_damaged", "The file is damaged. Install it again."), "The file is damaged. Install it again."),
        (NotFound("The model yolox-nano is not installed."), NOT_INSTALLED),
        (ZeroDivisionError("a bug"), BUG),
    ],
)
def test_whatever_fails_is_a_sentence_and_the_next_picture_is_looked_at(
    looks: ReportLooks, shelf: MediaShelf, looker: GreyLooker, error: Exception, says: str
) -> None:
    sent = shelf.put(photo(51), "u")
    looker.error = error
    assert looked(looks, sent.id) == Looked(trouble=says)
    looker.error = None
    assert looked(looks, sent.id).count == 1  # tried again for the next report


def test_damaged_and_empty_pictures_have_no_look(looks: ReportLooks, shelf: MediaShelf) -> None:
    damaged, blank = shelf.put(photo(51)[:120], "u"), shelf.put(photo(0), "u")
    half_video = shelf.put(b"\0\0\0\x18ftypisom" + bytes(500), "u")
    assert "cannot be read" in looked(looks, damaged.id).trouble or "neither" in looked(looks, damaged.id).trouble
    assert looked(looks, half_video.id).trouble.startswith("What was sent")
    assert looked(looks, blank.id) == Looked(trouble=NOTHING_SEEN)


def test_a_file_that_is_gone_is_no_bug(looks: ReportLooks, shelf: MediaShelf, tmp_path: Path) -> None:
    sent = shelf.put(photo(51), "u")
    (tmp_path / f"{sent.id}.sent").unlink()
    assert "cannot be read" in looked(looks, sent.id).trouble


def test_nobody_waits_longer_than_they_want(looks: ReportLooks, shelf: MediaShelf, looker: GreyLooker) -> None:
    slow = shelf.put(photo(51), "u")
    looker.hold.clear()
    (begun,) = looks.begin([slow.id])
    assert looks.looked([slow.id]) == Looked(trouble=TOO_LONG) and not begun.done()
    assert not begun.cancel() and looks.begin([slow.id]) == (begun,)  # others wait for the same
    looker.hold.set()
    assert looked(looks, slow.id).count == 1


def test_too_many_that_wait_are_not_waited_for(
    looks: ReportLooks, shelf: MediaShelf, looker: GreyLooker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_looks, "MOST_WAITING", 1)
    first, second = (shelf.put(photo(grey), "u").id for grey in (51, 204))
    looker.hold.clear()
    looks.begin([first])
    assert looked(looks, second) == Looked(trouble=TOO_BUSY)
    looker.hold.set()
    assert looked(looks, first).count == 1
    assert looked(looks, second).count == 1


def test_looks_of_two_models_are_not_mixed(looks: ReportLooks, shelf: MediaShelf, looker: GreyLooker) -> None:
    old = shelf.put(photo(51), "u").id
    looked(looks, old)
    looker.name = "grey/2"
    new = shelf.put(photo(204), "u").id
    found = looked(looks, old, new)
    assert (found.count, found.by) == (1, "grey/2") and "different models" in found.trouble


def test_new_models_are_loaded(shelf: MediaShelf) -> None:
    lookers = iter([GreyLooker("grey/1"), GreyLooker("grey/2")])
    looks, stopping = ReportLooks(shelf, lambda: next(lookers)), threading.Event()
    thread = threading.Thread(target=looks.run, args=(stopping,))
    thread.start()
    assert looked(looks, shelf.put(photo(51), "u").id).by == "grey/1"
    looks.reload()
    assert looked(looks, shelf.put(photo(204), "u").id).by == "grey/2"
    stopping.set()
    thread.join()
