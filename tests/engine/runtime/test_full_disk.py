"""A real disk that gets full, bit by bit, under a whole engine: what goes, in which order, what goes on, and what comes back by itself."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from engine.model.cameras.clip import Clip
from engine.model.cameras.segment import LockEvidence
from engine.model.event import Event, EventKind
from engine.model.health import CameraState
from engine.model.observation import Observation
from engine.model.question import ListEvents
from engine.model.settings import CameraSettings
from engine.model.snapshot import JobState
from engine.model.upkeep import BackUpNow
from engine.runtime.storage.backup_folder import BackupFolder
from tests.fakes.observations import START_NS, Walk, scene
from tests.fakes.people_site import PeopleSite, people_site
from tests.fakes.waiting import until

pytestmark = pytest.mark.soak

MIB = 1 << 20
DISK_MIB = 256
KEEP_MIB = 0.1 * 1024  # the least that can be asked for


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, in memory. Only where this account may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this account may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


class Ballast:
    """Another program that fills the disk."""

    def __init__(self, folder: Path) -> None:
        self._path, self._folder = folder / "ballast", folder

    def leave(self, mib: float) -> None:
        missing = round(free_mib(self._folder) - mib) * MIB
        if missing > 0:
            with self._path.open("ab") as file:
                file.write(bytes(missing))

    def fill(self) -> None:
        """To the last byte."""
        with open(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "ab", buffering=0) as file:
            try:
                while file.write(bytes(64 << 10)):
                    pass
            except OSError:
                return

    def go(self) -> None:
        self._path.unlink(missing_ok=True)


def free_mib(folder: Path) -> float:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize / MIB


def clip_of(site: PeopleSite, number: int, age_s: float) -> Clip:
    """12 MiB of video, with an event."""
    event = site.keep_event(number, "", "")
    clip = replace(site.keep_clip(event, number, round(age_s * 1e9)), size_bytes=12 * MIB)
    (site.engine.data.path / clip.file).write_bytes(bytes(12 * MIB))
    site.engine.record.writer.submit(None, (clip,))
    site.flush()
    return clip


def walked(site: PeopleSite) -> None:
    """Somebody walks through the picture of the camera `door`, now."""
    shift_ns = site.engine.clock.now_ns() - START_NS
    for seen in scene([Walk(1, 5)], 7):
        site.engine.mailbox.post(moved(seen, shift_ns))


def moved(seen: Observation, shift_ns: int) -> Observation:
    times = {
        each.name: getattr(seen, each.name) + shift_ns for each in fields(seen) if each.name.endswith("_ns") and getattr(seen, each.name)
    }
    return replace(seen, **times)


def people_seen(site: PeopleSite) -> list[Event]:
    return [event for event in site.engine.snapshot(True).events if event.kind is EventKind.PERSON and event.camera_id == "door"]


def test_what_goes_first_what_never_and_what_goes_on(disk: Path, tmp_path: Path) -> None:
    with people_site(disk / "site", tmp_path / "models") as site:
        engine, ballast = site.engine, Ballast(disk)

        def recording(now: object) -> object:
            return replace(now, recording=replace(now.recording, keep_free_gib=0.1))  # type: ignore[attr-defined]

        engine.update_settings(recording, "test")  # type: ignore[arg-type]
        yard = CameraSettings("yard", "Yard", "simulated:yard")
        engine.update_settings(lambda now: now.with_camera(yard), "test")
        until(lambda: engine.sight.cameras.unit("yard").health().state is CameraState.LIVE, "the camera is live")
        clips = [clip_of(site, number, age_s) for number, age_s in ((1, 400), (2, 300), (3, 200), (4, 100))]
        oldest = clips[0]
        site.tell(LockEvidence(oldest.started_ns - 1, oldest.ended_ns + 1, "theft"))
        copies = BackupFolder(engine.data.path)
        for count in range(1, 5):
            assert site.job(site.tell(BackUpNow())).state is JobState.DONE
            until(lambda count=count: len(copies.all()) == count, "the copy is there")
            until_next_second(site)

        def there() -> list[bool]:
            return [(engine.data.path / clip.file).exists() for clip in clips]

        # Less than is to be left free: copies of the record go, but for the two newest; no clip does.
        ballast.leave(0.75 * KEEP_MIB)
        until(lambda: len(copies.all()) == 2, "older copies went")
        assert all(there())
        # Less than half of it: the oldest clips that are not locked, and no more than are needed.
        ballast.leave(0.5 * KEEP_MIB - 6)
        until(lambda: there() == [True, False, True, True], "the oldest clip that is not locked went")
        until(lambda: free_mib(disk) >= 0.5 * KEEP_MIB, "there is half of what is to be free")

        # To the last byte, again and again, until nothing can go any more.
        def full() -> bool:
            ballast.fill()
            return there() == [True, False, False, False] and free_mib(disk) < 1

        until(full, "nothing is left to give")
        assert len(copies.all()) == 2
        pictures = engine.sight.cameras.unit("yard").health().pictures
        known = len(people_seen(site))
        walked(site)
        until(lambda: len(people_seen(site)) > known, "somebody is told of though the disk is full")
        until(lambda: engine.sight.cameras.unit("yard").health().pictures > pictures + 10, "the live view goes on")
        ballast.fill()
        assert site.job(site.tell(BackUpNow())).state is JobState.FAILED
        until(lambda: any("disk" in said for said in engine.snapshot(True).health.troubles), "it is said")
        assert there()[0], "what is locked is never lost"

        # Room again: all that waited is written, without a restart.
        ballast.go()
        newest = people_seen(site)[0].id
        until(lambda: newest in {event.id for event in engine.record.store.answer(ListEvents(limit=50))}, "it is written")
        until(lambda: not engine.record.writer.troubled and engine.record.writer.backlog < 50, "nothing waits any more")
        assert site.job(site.tell(BackUpNow())).state is JobState.DONE
        until(lambda: not any("backed up" in said or "free" in said for said in engine.snapshot(True).health.troubles), "all is well")


def until_next_second(site: PeopleSite) -> None:
    """Copies are named by the second."""
    second = site.engine.clock.now_ns() // 10**9
    until(lambda: site.engine.clock.now_ns() // 10**9 > second, "a second is over")
