"""A camera that would read what the site itself keeps is refused, by whatever way its address says so."""

from pathlib import Path

import pytest

from engine.model.errors import InputError
from engine.model.settings import CameraSettings
from engine.runtime.cameras.own_files import check_not_own


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("site/thumbnails", "site/segments", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "elsewhere" / "in").symlink_to(tmp_path / "site" / "segments")
    return tmp_path / "site"


@pytest.mark.parametrize(
    "address",
    ["folder:{0}/thumbnails?fps=2", "folder:{0}", "file:{0}/segments/a.mp4", "{0}/segments/a.mp4", "{0}/../elsewhere/in/a.mp4",
     "folder:{0}/../elsewhere/in", "file:///{0}/segments/b%2emp4"],
)  # fmt: skip
def test_what_lies_in_the_data_folder_is_no_camera(data: Path, address: str) -> None:
    with pytest.raises(InputError) as refused:
        check_not_own(data, CameraSettings("a", "A", address.format(data)))
    assert refused.value.field == "url"
    with pytest.raises(InputError) as refused:
        check_not_own(data, CameraSettings("a", "A", "usb:0", address.format(data)))
    assert refused.value.field == "sub_url"


@pytest.mark.parametrize("address", ["folder:{0}/../elsewhere", "{0}/../elsewhere/a.mp4", "rtsp://gate/site", "usb:0", "simulated:yard"])
def test_everything_else_is(data: Path, address: str) -> None:
    check_not_own(data, CameraSettings("a", "A", address.format(data)))
