import errno
import os
import random
import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.errors import EnvironmentFault
from engine.model.observation import EngineStarted, Numbered, SettingsChanged, Tick
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND
from engine.recording.chunks import scan
from engine.recording.journal import Journal
from tests.engine.recording.observations import START_NS, numbered, plain


def fill(folder: Path, batches: int, size: int = 7, **options: int) -> list[Numbered]:
    journal = Journal(folder, **options)
    values = numbered(1, batches * size)
    for i in range(batches):
        journal.append(values[i * size : (i + 1) * size])
    journal.close()
    return values


def test_an_empty_journal_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append([])
    assert (journal.first_number, journal.last_number, journal.cut_bytes, list(journal.read())) == (0, 0, 0, [])
    journal.close()


def test_everything_comes_back_bit_for_bit_after_reopening(tmp_path: Path) -> None:
    values = fill(tmp_path, 20)
    journal = Journal(tmp_path)
    assert plain(list(journal.read())) == plain(values)
    assert (journal.first_number, journal.last_number, journal.cut_bytes, journal.damage) == (1, 140, 0, [])
    journal.append(numbered(141, 3))
    assert journal.last_number == 143
    journal.close()


def test_settings_and_starts_are_kept_too(tmp_path: Path) -> None:
    camera = CameraSettings("yard", "Höf „Süd“", "rtsp://10.0.0.1/s", masks=(((0.0, 0.0), (1.0, 0.0), (0.5, 0.5)),))
    values = [
        Numbered(1, START_NS, SettingsChanged(START_NS, Settings("Site", (camera,)), "root")),
        Numbered(2, START_NS, EngineStarted(START_NS, "0.1.0")),
    ]
    journal = Journal(tmp_path)
    journal.append(values)
    assert list(journal.read()) != [] and plain(list(journal.read())) == plain(values)
    journal.close()


def test_numbers_left_out_before_a_new_run_are_no_damage(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    journal = Journal(tmp_path)
    journal.append([Numbered(5000, START_NS + SECOND, EngineStarted(START_NS + SECOND, "0.1.0")), *numbered(5001, 3)])
    assert len(list(journal.read())) == 18 and journal.damage == []
    journal.append(numbered(6000, 3))
    assert len(list(journal.read())) == 21 and len(journal.damage) == 1
    journal.close()


@pytest.mark.parametrize("start", [0, 1, 7, 8, 69, 70, 71, 139, 140, 141])
def test_reading_may_start_anywhere(tmp_path: Path, start: int) -> None:
    values = fill(tmp_path, 20, segment_bytes=1_000)
    journal = Journal(tmp_path)
    assert [n.number for n in journal.read(start)] == [n.number for n in values if n.number >= start]
    journal.close()


def test_segments_follow_each_other_by_size_and_by_time(tmp_path: Path) -> None:
    fill(tmp_path / "size", 20, segment_bytes=1_000)
    fill(tmp_path / "time", 20, segment_ns=SECOND)
    assert len(list((tmp_path / "size").iterdir())) > 3
    assert len(list((tmp_path / "time").iterdir())) == 3
    for name in ("size", "time"):
        journal = Journal(tmp_path / name)
        assert [n.number for n in journal.read()] == list(range(1, 141))
        journal.close()


def test_pruning_takes_whole_old_segments_only(tmp_path: Path) -> None:
    fill(tmp_path, 20, segment_bytes=1_000)
    journal = Journal(tmp_path, segment_bytes=1_000)
    segments = len(list(tmp_path.iterdir()))
    assert journal.prune(1) == 0
    removed = journal.prune(70)
    assert 0 < removed < segments
    assert journal.first_number <= 70
    assert [n.number for n in journal.read(70)] == list(range(70, 141))
    assert journal.prune(10_000) == segments - removed - 1
    journal.append(numbered(141, 7))
    assert journal.last_number == 147
    journal.close()


def test_what_cannot_be_cleared_now_is_cleared_another_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 20, segment_bytes=1_000)
    journal = Journal(tmp_path, segment_bytes=1_000)
    held, remove = sorted(tmp_path.iterdir())[1], Path.unlink

    def in_use(path: Path, missing_ok: bool = False) -> None:
        if path == held:
            raise PermissionError(errno.EACCES, "in use")
        remove(path, missing_ok)

    with monkeypatch.context() as patch, pytest.raises(PermissionError):
        patch.setattr(Path, "unlink", in_use)
        journal.clear()
    assert held.exists() and held.name == f"{journal.first_number:020d}.chunks"
    journal.append(numbered(141, 7))
    assert [n.number for n in journal.read(141)] == list(range(141, 148))
    journal.clear()
    assert list(tmp_path.iterdir()) == [] and journal.first_number == 0
    journal.append(numbered(148, 2))
    assert journal.last_number == 149
    journal.close()


def test_numbers_that_do_not_follow_are_a_bug(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(numbered(1, 5))
    with pytest.raises(ValueError, match="comes after"):
        journal.append(numbered(5, 2))
    with pytest.raises(ValueError, match="do not follow"):
        journal.append([*numbered(7, 2), *numbered(6, 1)])
    assert [n.number for n in journal.read()] == [1, 2, 3, 4, 5]
    journal.close()


def test_numbers_that_were_shed_are_missing_and_said(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([*numbered(1, 2), *numbered(5, 1), *numbered(7, 1)])
    journal.append(numbered(8, 2))
    assert [n.number for n in journal.read()] == [1, 2, 5, 7, 8, 9]
    assert [damage.reason for damage in journal.damage] == [
        "3 of the observations 1 to 7 were left out when they could not be written in time"
    ]
    journal.close()
    again = Journal(tmp_path)
    assert again.last_number == 9
    again.close()


def test_pruning_by_size_takes_the_oldest_but_nothing_that_is_needed(tmp_path: Path) -> None:
    fill(tmp_path, 40, segment_bytes=1_000)
    journal = Journal(tmp_path, segment_bytes=1_000)
    whole = journal.size_bytes()
    assert journal.prune_size(whole, 280) == 0
    assert journal.prune_size(whole // 2, 280) > 0
    assert 0 < journal.size_bytes() <= whole // 2
    first = journal.first_number
    assert journal.prune_size(0, first) == 0, "the segment that holds the number stays"
    journal.prune_size(0, 200)
    assert first < journal.first_number <= 200
    assert [n.number for n in journal.read(200)] == list(range(200, 281))
    assert journal.prune_size(0, 10_000) > 0
    journal.append(numbered(281, 2))
    assert journal.last_number == 282
    journal.close()


def test_a_segment_that_was_begun_while_the_clock_was_behind_says_nothing_of_those_before_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=1)
    times = [START_NS + 100 * SECOND, START_NS + 200 * SECOND, 5 * SECOND, START_NS + 300 * SECOND, START_NS + 400 * SECOND]
    for number, at_ns in enumerate(times, 1):
        journal.append([Numbered(number, at_ns, Tick(at_ns))])

    def number(seconds: int) -> int:
        return journal.number_at(START_NS + seconds * SECOND)

    def during(since: int, until: int) -> int:
        return journal.first_during(START_NS + since * SECOND, START_NS + until * SECOND)

    assert [number(seconds) for seconds in (50, 100, 150, 250, 350, 450)] == [0, 1, 1, 3, 4, 5]
    assert journal.number_at(10 * SECOND) == 0
    assert (during(150, 160), during(250, 260), during(450, 460)) == (1, 2, 2), "where it was set back, what is before may go on"
    assert journal.first_during(6 * SECOND, 7 * SECOND) == 3, "it holds what says that it is of then"
    assert journal.first_during(1 * SECOND, 2 * SECOND) == 0
    journal.close()


def test_a_torn_tail_is_cut_and_said(tmp_path: Path) -> None:
    fill(tmp_path, 20)
    segment = next(tmp_path.iterdir())
    segment.write_bytes(segment.read_bytes()[:-3])
    journal = Journal(tmp_path)
    assert journal.cut_bytes > 0
    assert journal.last_number == 133
    journal.append(numbered(134, 7))
    assert [n.number for n in journal.read()] == list(range(1, 141))
    assert journal.damage == []
    journal.close()


def test_a_crash_just_after_a_new_segment_was_made_leaves_no_trace(tmp_path: Path) -> None:
    fill(tmp_path, 20)
    (tmp_path / f"{141:020d}.chunks").write_bytes(b"WRch\x01half a header")
    journal = Journal(tmp_path)
    assert (journal.last_number, journal.cut_bytes) == (140, 18)
    assert len(list(tmp_path.iterdir())) == 1
    journal.close()


def test_damage_in_the_middle_is_passed_over_and_reported_once(tmp_path: Path) -> None:
    fill(tmp_path, 20)
    segment = next(tmp_path.iterdir())
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 0x40
    segment.write_bytes(data)
    told: list[object] = []
    journal = Journal(tmp_path, on_damage=told.append)
    got = [n.number for n in journal.read()]
    assert len(got) == 133 and got[0] == 1 and got[-1] == 140
    list(journal.read())
    assert len(journal.damage) == 1 and told == journal.damage
    lost = sorted(set(range(1, 141)) - set(got))
    assert journal.damage[0].reason == f"observations {lost[0]} to {lost[-1]} cannot be read"
    journal.close()


def test_a_batch_of_a_newer_version_is_reported_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, 2)
    with monkeypatch.context() as patch:
        patch.setattr("engine.recording.journal.VERSION", 9)
        journal = Journal(tmp_path)
        journal.append(numbered(15, 3))
        journal.close()
    journal = Journal(tmp_path)
    assert (journal.cut_bytes, journal.last_number) == (0, 17)
    assert [n.number for n in journal.read()] == list(range(1, 15))
    assert "observations 15 to 17: written in version 9" in journal.damage[0].reason
    journal.close()


@pytest.mark.parametrize(("code", "reason"), [(errno.ENOSPC, "disk_full"), (errno.EROFS, "read_only"), (errno.EIO, "io_error")])
def test_a_disk_that_refuses_is_a_fault_and_the_batch_can_be_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, reason: str
) -> None:
    journal = Journal(tmp_path, segment_bytes=200)
    journal.append(numbered(1, 7))

    def refuse(handle: int, data: memoryview) -> int:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        for _ in range(2):
            with pytest.raises(EnvironmentFault) as caught:
                journal.append(numbered(8, 7))
            assert caught.value.reason == reason
    assert journal.last_number == 7
    journal.append(numbered(8, 7))
    assert [n.number for n in journal.read()] == list(range(1, 15))
    assert journal.damage == []
    journal.close()


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EnvironmentFault, match="Could not create the folder"):
        Journal(tmp_path / "file" / "journal")


def test_a_reader_beside_the_writer_sees_only_whole_batches(tmp_path: Path) -> None:
    journal = Journal(tmp_path, segment_bytes=2_000)
    done = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not done.is_set():
            numbers = [n.number for n in journal.read()]
            assert numbers == list(range(1, len(numbers) + 1))
            seen.append(len(numbers))

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(60):
        journal.append(numbered(i * 5 + 1, 5))
    done.set()
    reader.join()
    assert [n.number for n in journal.read()] == list(range(1, 301))
    assert seen == sorted(seen) and all(count % 5 == 0 for count in seen)
    assert journal.damage == []
    journal.close()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    fill(folder, 20, segment_bytes=1_000)
    return folder


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["flip", "cut", "zero", "insert", "lose"]))
def test_random_damage_never_raises_and_costs_only_what_it_touched(sound: Path, tmp_path: Path, seed: int, kind: str) -> None:
    chance = random.Random(seed)
    folder = tmp_path / "journal"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(sound, folder)
    victim = chance.choice(sorted(folder.iterdir()))
    touched = _damage(victim, kind, chance)
    journal = Journal(folder)
    got = list(journal.read())
    kept = {n.number for n in numbered(1, 140)} - touched
    assert kept <= {n.number for n in got}
    assert plain(got) == plain([n for n in numbered(1, 140) if n.number in {g.number for g in got}])
    lost = {n.number for n in numbered(1, 140)} - {n.number for n in got}
    at_an_end = kind == "lose" and (1 in lost or 140 in lost)  # cannot be told from a journal that is shorter
    assert not lost or at_an_end or journal.cut_bytes or journal.damage
    journal.append(numbered(journal.last_number + 1, 4))
    journal.close()


def _damage(path: Path, kind: str, chance: random.Random) -> set[int]:
    """Harm a segment; returns the numbers that may be lost."""
    data = bytearray(path.read_bytes())
    chunks = list(scan(bytes(data)))
    at = chance.randrange(len(data))
    end = min(len(data), at + chance.randrange(1, 40))
    if kind == "flip":
        end = at + 1
        data[at] ^= 1 << chance.randrange(8)
    elif kind == "cut":
        end = len(data)
        del data[at:]
    elif kind == "zero":
        data[at:end] = bytes(end - at)
    elif kind == "insert":
        end = at + 1
        data[at:at] = chance.randbytes(30)
    path.write_bytes(data)
    if kind == "lose":
        path.unlink()
        at, end = 0, 1 << 40
    return {n for c in chunks if c.offset < end and at < c.end for n in range(c.span.first, c.span.last + 1)}
