"""Undo of commands that take something out of the settings: looked at before they are carried out, while what goes is still there."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from engine.model.accounts.access import Session
from engine.model.accounts.undo import RemovedKind
from engine.model.command import Command
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import CameraSettings, Settings
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import FinishUndo, UndoPolicy
from engine.runtime.settings.lost_settings import DroppedSetting, dropped_settings
from engine.runtime.undoing import Removal, short_name

log = logging.getLogger(__name__)
C = TypeVar("C", bound=Command)
S = TypeVar("S", bound=SettingsHost)
Restore: TypeAlias = Callable[[], None]


def no_secret(_engine: SettingsHost, _command: Any) -> Restore | None:
    return None


def no_camera(_command: Any) -> str:
    return ""


def settings_undo(secret: Callable[[S, C], Restore | None] = no_secret, camera_id: Callable[[C], str] = no_camera) -> UndoPolicy[S, C]:
    """`secret`: brings back what the keyring kept for the thing that goes. `camera_id`: of the one camera that the command is about:
    a session that is limited to some cameras may take it back."""

    def prepare(engine: S, command: C, session: Session) -> FinishUndo:
        before, restore_secret = engine.settings, _readable(secret, engine, command)

        def is_visible(session: Session) -> bool:
            """As it is, and as it was: a group that it was in may be another now."""
            states = _states(camera_id(command), before, engine.settings)
            return bool(camera_id(command)) and all(session.sees(camera) for camera in states)

        def finish() -> Removal | None:
            gone = dropped_settings(before, engine.settings)
            return replace(_removal(engine, gone, restore_secret, session), shown=is_visible) if gone else None

        return finish

    return prepare


def _states(camera_id: str, *several: Settings) -> list[CameraSettings]:
    return [camera for now in several if (camera := now.camera(camera_id)) is not None]


def _readable(secret: Callable[[S, C], Restore | None], engine: S, command: C) -> Restore | None:
    """A keyring that cannot be read keeps nothing from being removed."""
    try:
        return secret(engine, command)
    except EnvironmentFault as fault:
        log.warning("a login could not be read, and would not come back with an undo: %s", fault)
        return None


def _removal(engine: SettingsHost, gone: tuple[DroppedSetting, ...], restore_secret: Restore | None, session: Session) -> Removal:
    kinds = {each.kind for each in gone}
    first = gone[0].kind
    kind = first if len(kinds) == 1 or first in (RemovedKind.CAMERA, RemovedKind.NODE) else RemovedKind.PARTS
    shown = gone[:1] if kind in (RemovedKind.CAMERA, RemovedKind.NODE) else gone

    def put_back(now: Settings) -> Settings:
        changed = now
        for each in gone:
            changed = each.put_back(changed)
        if changed == now:
            raise InputError("", "What was removed is there again: somebody has made it anew.")
        return changed

    def restore() -> None:
        put_back(engine.settings)  # refused before a secret is touched
        if restore_secret is not None:
            restore_secret()
        engine.update_settings(put_back, session.user.name)

    return Removal(kind, gone[0].id, short_name(", ".join(dict.fromkeys(each.name for each in shown if each.name))), restore)
