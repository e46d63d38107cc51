"""The picture under the floor plan: one file in the data folder, named by its digest, and where it lies, in the settings."""

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

from engine.model.errors import EnvironmentFault, InputError
from engine.model.floor_image import FloorImage, FloorImageCommand, PutFloorImage
from engine.runtime.engine import Engine
from engine.runtime.given_picture import read_picture

_FOLDER = "floor"


def execute_floor_image(engine: Engine, command: FloorImageCommand, by: str) -> str:
    """The outcome is the digest. Raises InputError; EnvironmentFault `floor_image_unwritable`."""
    if not isinstance(command, PutFloorImage):
        _lay(engine, None, by)
        _keep_only(engine, "")
        return ""
    image = _given(engine, command)
    _lay(engine, image, by)
    _keep_only(engine, image.digest)
    return image.digest


def floor_image_text(engine: Engine) -> str:
    """The file as base64; empty where there is none, or it was taken away by hand."""
    image = engine.settings.floor.image
    file = None if image is None else _folder(engine) / image.digest
    return base64.b64encode(file.read_bytes()).decode("ascii") if file is not None and file.is_file() else ""


def _given(engine: Engine, command: PutFloorImage) -> FloorImage:
    if not command.picture:
        known = engine.settings.floor.image
        if known is None:
            raise InputError("picture", "is missing: there is none yet")
        return replace(known, metres_per_px=command.metres_per_px, left_m=command.left_m, bottom_m=command.bottom_m)
    height, width = read_picture(command.picture).shape[:2]
    data = base64.b64decode(command.picture)
    digest = hashlib.sha256(data).hexdigest()
    image = FloorImage(digest, width, height, command.metres_per_px, command.left_m, command.bottom_m)
    _write(_folder(engine) / digest, data)
    return image


def _lay(engine: Engine, image: FloorImage | None, by: str) -> None:
    engine.update_settings(lambda now: replace(now, floor=replace(now.floor, image=image)), by)


def _folder(engine: Engine) -> Path:
    return engine.data.path / _FOLDER


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all."""
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(data)
        part.replace(file)
    except OSError as error:
        message = f"The picture cannot be kept in {file.parent} ({error.strerror}). Make room or make the folder writable, and try again."
        raise EnvironmentFault("floor_image_unwritable", message) from error


def _keep_only(engine: Engine, digest: str) -> None:
    """Files of pictures that are no longer laid go."""
    folder = _folder(engine)
    for file in folder.iterdir() if folder.is_dir() else ():
        if file.name != digest:
            file.unlink(missing_ok=True)
