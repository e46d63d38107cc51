import errno
import os
from pathlib import Path

import pytest

from engine.model.errors import EnvironmentFault
from engine.recording.checkpoints import Checkpoints


def state(number: int) -> dict[str, object]:
    return {"number": number, "tracks": [[0.1, 1 / 3, None], {"ä": True}], "baselines": {"cam-1": [1e-300] * 50}}


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    made = Checkpoints(tmp_path / "checkpoints")
    for number in (100, 200, 300):
        made.save(number, state(number))
    return made


def test_none_is_near_while_there_are_none(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path / "checkpoints").nearest(None) is None


@pytest.mark.parametrize(("wanted", "found"), [(None, 300), (300, 300), (299, 200), (1_000, 300), (100, 100)])
def test_the_nearest_before_comes_back_equal(checkpoints: Checkpoints, wanted: int | None, found: int) -> None:
    assert checkpoints.nearest(wanted) == (found, state(found))


def test_nothing_is_near_before_the_first(checkpoints: Checkpoints) -> None:
    assert checkpoints.nearest(99) is None


def test_every_flipped_byte_is_noticed_and_passed_over(checkpoints: Checkpoints, tmp_path: Path) -> None:
    newest = tmp_path / "checkpoints" / f"{300:020d}.json.z"
    good = newest.read_bytes()
    for at in range(0, len(good), 7):
        if 5 <= at < 8:
            continue  # spare bytes of the header
        newest.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert checkpoints.nearest(None) == (200, state(200)), at
    assert checkpoints.damaged == [newest.name]


@pytest.mark.parametrize("size", [0, 3, 47, 60])
def test_a_cut_file_is_passed_over(checkpoints: Checkpoints, tmp_path: Path, size: int) -> None:
    newest = tmp_path / "checkpoints" / f"{300:020d}.json.z"
    newest.write_bytes(newest.read_bytes()[:size])
    assert checkpoints.nearest(None) == (200, state(200))


def test_a_renamed_file_does_not_pass_for_another_number(checkpoints: Checkpoints, tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    (folder / f"{100:020d}.json.z").rename(folder / f"{400:020d}.json.z")
    assert checkpoints.nearest(None) == (300, state(300))


def test_pruning_keeps_the_newest(checkpoints: Checkpoints) -> None:
    assert checkpoints.prune(keep=2) == 200, "the oldest that is left"
    assert checkpoints.nearest(199) is None
    assert checkpoints.nearest(None) == (300, state(300))


def test_a_full_disk_is_a_fault_and_harms_nothing(checkpoints: Checkpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(EnvironmentFault) as caught:
            checkpoints.save(300, state(1))
    assert caught.value.reason == "disk_full"
    assert checkpoints.nearest(None) == (300, state(300))
    assert not list(tmp_path.rglob("*.part"))


def test_what_a_crash_left_half_written_is_removed(checkpoints: Checkpoints, tmp_path: Path) -> None:
    part = tmp_path / "checkpoints" / f"{400:020d}.json.z.part"
    part.write_bytes(b"half")
    assert Checkpoints(tmp_path / "checkpoints").nearest(None) == (300, state(300))
    assert not part.exists()


def test_old_ones_go_when_all_together_are_too_large_but_two_stay(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "checkpoints")
    for number in (100, 200, 300, 400):
        checkpoints.save(number, {"number": number})
    one = max(path.stat().st_size for path in (tmp_path / "checkpoints").iterdir())
    assert checkpoints.prune(keep=10, keep_bytes=3 * one) == 200
    assert checkpoints.prune(keep=10, keep_bytes=1) == 300
    assert checkpoints.newest(10) == (400, 300)
