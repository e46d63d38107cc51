"""What is sent for reports: judged by its content, kept whole or not at all, and within its bounds."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.incidents.atlas.media import MIB, MediaRefused
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND, ManualClock
from engine.recording.clips.photos import cleaned
from engine.runtime.incidents import sent_media
from engine.runtime.incidents.sent_media import UNNAMED_NS, MediaShelf, recognised
from tests.fakes.media import jpeg, write_mp4

DAY_NS = 86_400 * SECOND


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_790_000_000 * SECOND)


@pytest.fixture
def shelf(tmp_path: Path, clock: ManualClock) -> Callable[..., MediaShelf]:
    return lambda days=30.0, **more: MediaShelf(tmp_path, clock, lambda: days, **more)


def photo(grey: int) -> bytes:
    return jpeg(np.full((32, 32, 4), grey, np.uint8))


def test_what_is_sent_is_there_after_a_restart_and_once_only(shelf: Callable[..., MediaShelf], tmp_path: Path) -> None:
    first = shelf()
    sent = first.put(photo(10), "u-1")
    assert first.put(photo(10), "u-1") == sent and len(list(tmp_path.iterdir())) == 2
    first.looked(sent.id, (1.0, 0.0), 1, "net/1")
    first.name([sent.id, "md-nobody"], "u-1")
    again = shelf()
    named = replace(sent.sendings[0], named=True)
    assert again.all() == (replace(sent, named=True, look=(1.0, 0.0), look_by="net/1", sendings=(named,)),)
    assert again.read(again.all()[0]).data == cleaned(photo(10), "image/jpeg")


def test_each_sender_sees_a_file_as_if_it_were_the_only_one(shelf: Callable[..., MediaShelf], clock: ManualClock, tmp_path: Path) -> None:
    kept = shelf(days=3.0)
    first = kept.put(photo(10), "u-1")
    kept.name([first.id], "u-1")
    clock.advance_to(clock.now_ns() + 2 * DAY_NS)
    second = kept.put(photo(10), "u-2")
    assert second.id == first.id and len(list(tmp_path.iterdir())) == 2
    assert (second.by, second.sent_ns, second.named) == ("u-1", first.sent_ns, True)
    own = second.as_of("u-2")
    assert (own.by, own.sent_ns, own.named, len(own.sendings)) == ("u-2", clock.now_ns(), False, 1)
    clock.advance_to(clock.now_ns() + 2 * DAY_NS)
    kept.tidy(clock.now_ns())
    assert [each.id for each in shelf().all()] == [first.id], "as long as the last one who sent it may expect"


def test_a_known_file_of_somebody_else_is_refused_as_an_unknown_one(
    shelf: Callable[..., MediaShelf], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = shelf()
    sent = kept.put(photo(10), "u-1")
    monkeypatch.setattr(sent_media, "RESERVE_BYTES", 1 << 60)
    for data in (photo(10), photo(60)):
        with pytest.raises(EnvironmentFault, match="Make room"):
            kept.put(data, "u-2")
    assert kept.put(photo(10), "u-1") == sent


def test_cards_of_before_are_read_and_many_senders_are_bounded(shelf: Callable[..., MediaShelf], tmp_path: Path) -> None:
    kept = shelf()
    sent = kept.put(photo(10), "u-1")
    card = tmp_path / f"{sent.id}.json"
    card.write_text(json.dumps({name: value for name, value in json.loads(card.read_bytes()).items() if name != "sendings"}))
    again = shelf()
    assert again.all() == (replace(sent, sendings=()),)
    for number in range(sent_media.MOST_SENDERS + 2):
        again.put(photo(10), f"t-{number}")
    assert len(again.all()[0].sendings) == sent_media.MOST_SENDERS and again.all()[0].sending_of("t-201") is not None


def test_content_decides_what_it_is(tmp_path: Path) -> None:
    video = write_mp4(tmp_path / "a.mp4", [np.zeros((32, 32, 4), np.uint8)] * 3).read_bytes()
    assert recognised(photo(1)).content_type == "image/jpeg"
    assert (recognised(video).kind, recognised(video).content_type) == ("video", "video/mp4")
    assert recognised(video + bytes(12 * MIB)).kind == "video"  # larger than a photo may be


@pytest.mark.parametrize(
    ("data", "status", "says"),
    [
        (b"", 400, "empty"),
        (b"text", 415, "neither a JPEG"),
        (b"RIFF\0\0\0\0WAVE", 415, "neither a JPEG"),
        (b"\xff\xd8\xff" + bytes(10 * MIB), 413, "photo may have 10"),
        (b"\0\0\0\x18ftypisom" + bytes(50 * MIB), 413, "video may have 50"),
    ],
)
def test_what_is_nothing_to_look_at_is_refused(shelf: Callable[..., MediaShelf], data: bytes, status: int, says: str) -> None:
    with pytest.raises(MediaRefused, match=says) as refused:
        shelf().put(data, "u-1")
    assert refused.value.status == status and not shelf().all()


def test_too_many_push_out_the_unnamed_and_then_the_oldest(shelf: Callable[..., MediaShelf], clock: ManualClock, tmp_path: Path) -> None:
    kept = shelf(most=(3, 1 << 20))
    ids = []
    for grey in (10, 60, 110, 160, 210):
        clock.advance_to(clock.now_ns() + SECOND)
        ids.append(kept.put(photo(grey), "u-1").id)
        if grey == 10:
            kept.name(ids)
    assert [each.id for each in kept.all()] == [ids[4], ids[3], ids[0]]
    assert len(list(tmp_path.iterdir())) == 6


def test_bytes_are_bounded_and_what_just_came_stays(shelf: Callable[..., MediaShelf], clock: ManualClock) -> None:
    kept = shelf(most=(100, 1))
    for grey in (10, 60):
        clock.advance_to(clock.now_ns() + SECOND)
        sent = kept.put(photo(grey), "u-1")
    assert kept.all() == (sent,)


def test_tidying_keeps_the_named_as_long_as_clips_and_the_others_a_day(
    shelf: Callable[..., MediaShelf], clock: ManualClock, tmp_path: Path
) -> None:
    kept = shelf(days=3.0)
    named, unnamed = kept.put(photo(10), "u-1"), kept.put(photo(60), "u-1")
    kept.name([named.id])
    (tmp_path / ".md-half.sent.1.part").write_bytes(b"left over")
    (tmp_path / "md-nobody.sent").write_bytes(b"no card")
    clock.advance_to(clock.now_ns() + UNNAMED_NS)
    kept.tidy(clock.now_ns())
    assert len(kept.all()) == 2 and len(list(tmp_path.iterdir())) == 4
    clock.advance_to(clock.now_ns() + SECOND)
    kept.tidy(clock.now_ns())
    assert [each.id for each in kept.all()] == [named.id] and kept.get(unnamed.id) is None
    clock.advance_to(clock.now_ns() + 2 * DAY_NS)
    kept.tidy(clock.now_ns())
    assert not kept.all() and not list(tmp_path.iterdir())


def test_a_broken_card_or_a_missing_file_is_forgotten(shelf: Callable[..., MediaShelf], clock: ManualClock, tmp_path: Path) -> None:
    kept = shelf()
    ids = [kept.put(photo(grey), "u-1").id for grey in (10, 60, 110, 160)]
    (tmp_path / f"{ids[0]}.json").write_bytes(b"{")
    (tmp_path / f"{ids[1]}.sent").unlink()
    card = json.loads((tmp_path / f"{ids[2]}.json").read_bytes())
    (tmp_path / f"{ids[2]}.json").write_text(json.dumps(card | {"id": "../../etc/passwd"}))
    again = shelf()
    assert [each.id for each in again.all()] == [ids[3]]
    again.tidy(clock.now_ns())
    assert sorted(path.stem for path in tmp_path.iterdir()) == [ids[3]] * 2


def test_a_nearly_full_disk_takes_nothing_more(shelf: Callable[..., MediaShelf], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sent_media, "RESERVE_BYTES", 1 << 60)
    with pytest.raises(EnvironmentFault, match="Make room"):
        shelf().put(photo(10), "u-1")
    assert not list(tmp_path.iterdir())


def test_what_is_removed_is_gone_for_good_and_may_be_sent_again(shelf: Callable[..., MediaShelf], tmp_path: Path) -> None:
    kept = shelf()
    first, second = kept.put(photo(1), "u-1"), kept.put(photo(2), "u-1")
    assert kept.remove(first.id) and not kept.remove(first.id) and not kept.remove("../md-1")
    assert kept.all() == shelf().all() == (second,) and len(list(tmp_path.iterdir())) == 2
    assert kept.put(photo(1), "u-2").by == "u-2"


def test_a_file_that_cannot_be_removed_now_is_told_and_goes_later(
    shelf: Callable[..., MediaShelf], clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = shelf()
    sent = kept.put(photo(1), "u-1")
    unlink = Path.unlink

    def held(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".sent":
            raise PermissionError(13, "A player holds it")
        unlink(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", held)
        with pytest.raises(EnvironmentFault) as fault:
            kept.remove(sent.id)
        assert fault.value.reason == "not_removed" and kept.get(sent.id) is None
    kept.tidy(clock.now_ns())
    assert shelf().all() == () and not list(kept._folder.iterdir())
