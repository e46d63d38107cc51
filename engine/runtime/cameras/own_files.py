"""What the site itself has recorded is no camera: as one it would show faces and private parts that are hidden otherwise."""

from pathlib import Path

from engine.model.errors import InputError
from engine.model.settings import CameraKind, CameraSettings, camera_kind
from engine.sources.camera.file import file_path
from engine.sources.camera.folder import folder_address


def check_not_own(data: Path, camera: CameraSettings) -> None:
    """Raises InputError (`url`, `sub_url`): it lies in the data folder."""
    own = data.resolve()
    for field, url in (("url", camera.url), ("sub_url", camera.sub_url)):
        path = _path(url)
        if path is not None and path.resolve().is_relative_to(own):
            raise InputError(field, "lies in the data folder of this site; what it recorded is watched on Investigate")


def _path(url: str) -> Path | None:
    match camera_kind(url) if url else None:
        case CameraKind.FILE:
            return file_path(url)
        case CameraKind.FOLDER:
            return folder_address(url)[0].expanduser()
        case _:
            return None
