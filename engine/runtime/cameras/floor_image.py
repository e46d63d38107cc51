"""Commands and questions: the picture under the floor plan. A file of the data folder, named by its digest."""

import base64
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.undo import RemovedKind
from engine.model.cameras.floor_image import FloorImage, GetFloorImage, PutFloorImage, RemoveFloorImage
from engine.model.errors import EnvironmentFault, InputError
from engine.runtime.data_folder import DataFolder
from engine.runtime.given_picture import read_picture
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import (
    AuditEntry,
    Commands,
    CommandSpec,
    FinishUndo,
    NotUndoable,
    Pseudonym,
    Questions,
    QuestionScope,
    QuestionSpec,
    audited_as,
    nothing_to_undo,
    site_wide,
)
from engine.runtime.undoing import Removal

_FOLDER = "floor"


class FloorImageHost(SettingsHost, Protocol):
    """What this needs of the engine."""

    @property
    def data(self) -> DataFolder: ...


def _put_image(engine: FloorImageHost, command: PutFloorImage, session: Session) -> str:
    """The outcome is the digest. Raises InputError; EnvironmentFault `floor_image_unwritable`."""
    image = _image_of_command(engine, command)
    _lay(engine, image, session.user.name)
    _keep_only(engine, image.digest)
    return image.digest


def _remove_image(engine: FloorImageHost, _: RemoveFloorImage, session: Session) -> str:
    _lay(engine, None, session.user.name)
    _keep_only(engine, "")
    return ""


def _undo_remove(engine: FloorImageHost, _: RemoveFloorImage, session: Session) -> FinishUndo:
    image, text = engine.settings.floor.image, _image_text(engine)
    if image is None or not text:
        return nothing_to_undo

    def restore() -> None:
        if engine.settings.floor.image is not None:
            raise InputError("", "Another picture lies under the plan now. Remove it first.")
        _put_image(engine, PutFloorImage(image.metres_per_px, image.left_m, image.bottom_m, text), session)

    return lambda: Removal(RemovedKind.FLOOR_IMAGE, image.digest, "", restore)


def _get(engine: FloorImageHost, _: GetFloorImage, __: Session, ___: Scope | None) -> str:
    return _image_text(engine)


def _image_text(engine: FloorImageHost) -> str:
    """The file as base64; empty where there is none, or it was taken away by hand."""
    image = engine.settings.floor.image
    file = None if image is None else _folder(engine) / image.digest
    return base64.b64encode(file.read_bytes()).decode("ascii") if file is not None and file.is_file() else ""


def _image_of_command(engine: FloorImageHost, command: PutFloorImage) -> FloorImage:
    if not command.picture:
        known = engine.settings.floor.image
        if known is None:
            raise InputError("picture", "is missing: there is none yet")
        return replace(known, metres_per_px=command.metres_per_px, left_m=command.left_m, bottom_m=command.bottom_m)
    height, width = read_picture(command.picture).shape[:2]
    data = base64.b64decode(command.picture)
    digest = hashlib.sha256(data).hexdigest()
    image = FloorImage(digest, width, height, command.metres_per_px, command.left_m, command.bottom_m)
    _write_image(_folder(engine) / digest, data)
    return image


def _lay(engine: FloorImageHost, image: FloorImage | None, by: str) -> None:
    engine.update_settings(lambda now: replace(now, floor=replace(now.floor, image=image)), by)


def _folder(engine: FloorImageHost) -> Path:
    return engine.data.path / _FOLDER


def _write_image(file: Path, data: bytes) -> None:
    """Whole or not at all."""
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(data)
        part.replace(file)
    except OSError as error:
        message = f"The picture cannot be kept in {file.parent} ({error.strerror}). Make room or make the folder writable, and try again."
        raise EnvironmentFault("floor_image_unwritable", message) from error


def _keep_only(engine: FloorImageHost, digest: str) -> None:
    """Files of pictures that are no longer laid go."""
    folder = _folder(engine)
    for file in folder.iterdir() if folder.is_dir() else ():
        if file.name != digest:
            file.unlink(missing_ok=True)


def _laid(_: PutFloorImage, outcome: str, __: Pseudonym) -> tuple[AuditEntry, ...]:
    return ((AuditVerb.CHANGE_SETTINGS, outcome, "picture of the floor plan"),)


def _removed(_: RemoveFloorImage, __: str, ___: Pseudonym) -> tuple[AuditEntry, ...]:
    return ((AuditVerb.CHANGE_SETTINGS, "", "picture of the floor plan removed"),)


COMMANDS: Commands[FloorImageHost] = (
    CommandSpec(
        PutFloorImage,
        handler=_put_image,
        scope=site_wide,
        audit=audited_as(_laid),
        undo=NotUndoable("the picture is removed, or another one laid"),
        durable=True,
        unchecked_text=("picture",),
    ),
    CommandSpec(RemoveFloorImage, handler=_remove_image, scope=site_wide, audit=audited_as(_removed), undo=_undo_remove, durable=True),
)
QUESTIONS: Questions[FloorImageHost] = (QuestionSpec(GetFloorImage, scope=QuestionScope.SITE_WIDE, handler=_get),)
