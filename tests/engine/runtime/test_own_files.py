"""A camera that would read what the site itself keeps is refused, by whatever way its address says so."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.model.errors import InputError
from engine.model.health import CameraState
from engine.model.settings import CameraSettings, RecordingSettings, Settings
from engine.model.time import SystemClock
from engine.model.upkeep import UpkeepSettings
from engine.runtime.cameras.sources import make_capture
from engine.runtime.storage.own_files import OWN, check_not_own, own_folders, refuse_own
from engine.sources.simulated.stage import StageHere
from tests.fakes.capture_sink import RecordingSink
from tests.fakes.media import write_mp4


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("site/thumbnails", "site/segments", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "elsewhere" / "in").symlink_to(tmp_path / "site" / "segments")
    return tmp_path / "site"


@pytest.mark.parametrize(
    "address",
    ["folder:{0}/thumbnails?fps=2", "folder:{0}", "file:{0}/segments/a.mp4", "{0}/segments/a.mp4", "{0}/../elsewhere/in/a.mp4",
     "folder:{0}/../elsewhere/in", "file:///{0}/segments/b%2emp4", " {0}/segments/a.mp4", "\t{0}/segments/a.mp4 ",
     "\u00a0file:{0}/segments/a.mp4",
     "\u2003folder:{0}/thumbnails", "/proc/self/root{0}/segments/a.mp4"],
)  # fmt: skip
def test_what_lies_in_the_data_folder_is_no_camera(data: Path, address: str) -> None:
    with pytest.raises(InputError) as refused:
        check_not_own((data,), CameraSettings("a", "A", address.format(data)))
    assert refused.value.field == "url"
    with pytest.raises(InputError) as refused:
        check_not_own((data,), CameraSettings("a", "A", "usb:0", address.format(data)))
    assert refused.value.field == "sub_url"


@pytest.mark.parametrize("address", ["folder:{0}/../elsewhere", "{0}/../elsewhere/a.mp4", "rtsp://gate/site", "usb:0", "simulated:yard"])
def test_everything_else_is(data: Path, address: str) -> None:
    check_not_own((data,), CameraSettings("a", "A", address.format(data)))


def test_archive_and_backups_are_the_sites_own_too(data: Path) -> None:
    archive, backups = data.parent / "archive", data.parent / "backups"
    settings = Settings(recording=RecordingSettings(archive_folder=str(archive)), upkeep=UpkeepSettings(backup_folder=str(backups)))
    for path in (archive / "a.mp4", backups / "b" / "a.mp4"):
        with pytest.raises(InputError):
            check_not_own(own_folders(data, settings), CameraSettings("a", "A", str(path)))
    check_not_own(own_folders(data, settings), CameraSettings("a", "A", str(data.parent / "archived.mp4")))


def test_a_folder_is_known_under_another_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where letters' case makes no difference, and where it is mounted twice: no comparison of names finds it."""
    monkeypatch.setattr(Path, "is_relative_to", lambda *_: False)
    with pytest.raises(InputError):
        check_not_own((data,), CameraSettings("a", "A", str(data / "segments" / "a.mp4")))


@pytest.mark.parametrize("address", ["~nobody-of-that-name/a.mp4", "folder:~nobody-of-that-name/a", "file:///a%00b"])
def test_what_cannot_be_looked_at_is_refused_and_raises_nothing_else(data: Path, address: str) -> None:
    with pytest.raises(InputError):
        check_not_own((data,), CameraSettings("a", "A", address))


def test_a_link_that_leads_elsewhere_by_now_is_judged_when_it_is_opened(data: Path) -> None:
    """It was accepted while it led to a film of somebody's own."""
    link, film, kept = data.parent / "link.mp4", data.parent / "own.mp4", data / "segments" / "a.mp4"
    write_mp4(film, [np.full((64, 64, 4), 90, np.uint8)] * 10)
    kept.write_bytes(film.read_bytes())
    link.symlink_to(film)
    camera = CameraSettings("a", "A", str(link))
    check_not_own((data,), camera)
    clock = SystemClock()

    def watched() -> tuple[CameraState | None, str]:
        sink = RecordingSink()
        capture = make_capture(camera, "main", None, clock, sink, StageHere(), lambda path: refuse_own((data,), path))
        capture.start()
        sink.wait(lambda: sink.state in (CameraState.LIVE, CameraState.LOST), "it is live or lost")
        capture.stop()
        return sink.states[0 if sink.state is None else -1][0], " ".join(reason for _, reason in sink.states)

    assert watched()[0] is not CameraState.LOST
    link.unlink()
    link.symlink_to(kept)
    state, reason = watched()
    assert state is CameraState.LOST and OWN in reason


def seen(data: Path, url: str) -> tuple[CameraState | None, str]:
    """The state that a camera comes to, and what was said of it."""
    camera, clock, sink = CameraSettings("a", "A", url, paced=False), SystemClock(), RecordingSink()
    capture = make_capture(camera, "main", None, clock, sink, StageHere(), lambda path: refuse_own((data,), path))
    capture.start()
    sink.wait(lambda: sink.state in (CameraState.LIVE, CameraState.LOST), "it is live or lost")
    capture.stop()
    return sink.states[-1][0], " ".join(reason for _, reason in sink.states)


def test_a_second_name_of_a_kept_file_is_that_file(data: Path) -> None:
    """No path leads from a hard link to the file's other name: it is known by device and inode."""
    kept, second = data / "segments" / "a.mp4", data.parent / "elsewhere" / "holiday.mp4"
    write_mp4(kept, [np.full((64, 64, 4), 90, np.uint8)] * 10)
    second.hardlink_to(kept)
    for url in (str(second), f"file:{second}"):
        with pytest.raises(InputError) as refused:
            check_not_own((data,), CameraSettings("a", "A", url))
        assert refused.value.field == "url" and OWN in str(refused.value)
    state, reason = seen(data, str(second))
    assert state is CameraState.LOST and OWN in reason


def test_a_file_with_several_names_of_its_own_is_played(data: Path) -> None:
    film, second = data.parent / "film.mp4", data.parent / "elsewhere" / "film.mp4"
    write_mp4(film, [np.full((64, 64, 4), 90, np.uint8)] * 10)
    second.hardlink_to(film)
    assert seen(data, str(second))[0] is CameraState.LIVE


@pytest.mark.parametrize("way", ["hardlink_to", "symlink_to"])
def test_no_picture_of_a_folder_is_one_that_is_kept(data: Path, way: str) -> None:
    kept, folder = data / "thumbnails" / "ev-1.jpg", data.parent / "pictures"
    folder.mkdir()
    assert cv2.imwrite(str(kept), np.full((64, 64, 3), 90, np.uint8)) and cv2.imwrite(
        str(folder / "1.jpg"), np.zeros((64, 64, 3), np.uint8)
    )
    assert seen(data, f"folder:{folder}?fps=50")[0] is CameraState.LIVE
    (folder / "1.jpg").unlink()
    getattr(folder / "2.jpg", way)(kept)
    state, reason = seen(data, f"folder:{folder}?fps=50")
    assert state is CameraState.LOST and OWN in reason


def test_a_file_is_judged_again_when_it_begins_anew(data: Path) -> None:
    """It is opened again for each round."""
    link, film, kept = data.parent / "link.mp4", data.parent / "own.mp4", data / "segments" / "a.mp4"
    write_mp4(film, [np.full((64, 64, 4), 90, np.uint8)] * 10)
    kept.write_bytes(film.read_bytes())
    link.symlink_to(film)
    clock, sink = SystemClock(), RecordingSink()
    camera = CameraSettings("a", "A", str(link), paced=True, loop=True)
    capture = make_capture(camera, "main", None, clock, sink, StageHere(), lambda path: refuse_own((data,), path))
    capture.start()
    sink.wait(lambda: sink.state is CameraState.LIVE, "it is live")
    link.unlink()
    link.symlink_to(kept)
    sink.wait(lambda: sink.state is CameraState.LOST, "it is lost at its second round")
    capture.stop()
    assert OWN in sink.states[-1][1]


def test_recordings_on_a_disk_that_a_link_leads_to_are_the_sites_own(data: Path) -> None:
    disk = data.parent / "disk"
    disk.mkdir()
    (data / "clips").symlink_to(disk)
    with pytest.raises(InputError, match=OWN):
        check_not_own((data,), CameraSettings("a", "A", str(disk / "a.mp4")))
