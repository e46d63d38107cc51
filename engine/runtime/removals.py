"""Commands that remove something, and how each is taken back: looked at before it is carried out, while what goes is still there."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from engine.model.access import Grants, Session, within
from engine.model.access_command import RevokeToken
from engine.model.alert_command import ChangeAlerting
from engine.model.chat import ForgetChat
from engine.model.command import (
    ChangeSettings,
    PutCamera,
    RemoveAnchor,
    RemoveBleDevice,
    RemoveCamera,
    RemoveChannel,
    RemoveNode,
    RemoveUser,
    RemoveWebhook,
)
from engine.model.errors import EnvironmentFault, InputError
from engine.model.floor_image import FloorImage, PutFloorImage, RemoveFloorImage
from engine.model.people_command import RemoveGesture
from engine.model.segment import ListLocks, UnlockEvidence
from engine.model.settings import CameraSettings, Settings
from engine.model.time import to_iso
from engine.model.timeline import ListSearches, RemoveBookmark, RemoveSearch
from engine.model.undo import Gone
from engine.runtime.cameras.floor_image import execute_floor_image, floor_image_text
from engine.runtime.engine import Engine
from engine.runtime.notify.vault import PARTS
from engine.runtime.settings.lost_settings import Lost, lost
from engine.runtime.undoing import Removal

log = logging.getLogger(__name__)

Restore: TypeAlias = Callable[[], None]
Gather: TypeAlias = Callable[[], Removal | None]  # called once the command was carried out
_LONGEST_NAME = 60


def look(engine: Engine, command: object, session: Session) -> Gather:
    """What to call after the command: it tells what went, or None. A command that is refused has removed nothing: then do not call it."""
    looker = _LOOKERS.get(type(command))
    return _nothing if looker is None else looker(engine, command, session)


def _nothing() -> Removal | None:
    return None


def _settings(engine: Engine, command: object, session: Session) -> Gather:
    before, secret = engine.settings, _secret(engine, command)

    def gather() -> Removal | None:
        gone = lost(before, engine.settings)
        return replace(_removal(engine, gone, secret, session), shown=shown) if gone else None

    def shown(session: Session) -> bool:
        """As it is, and as it was: a group that it was in may be another now."""
        match command:
            case RemoveCamera(camera_id) | PutCamera(CameraSettings(id=camera_id)):
                states = [camera for now in (before, engine.settings) if (camera := now.camera(camera_id)) is not None]
                return all(session.sees(camera) for camera in states)
            case _:
                return False

    return gather


def _removal(engine: Engine, gone: tuple[Lost, ...], secret: Restore, session: Session) -> Removal:
    kinds = {each.kind for each in gone}
    first = gone[0].kind
    kind = first if len(kinds) == 1 or first in (Gone.CAMERA, Gone.NODE) else Gone.PARTS
    shown = gone[:1] if kind in (Gone.CAMERA, Gone.NODE) else gone

    def put_back(now: Settings) -> Settings:
        changed = now
        for each in gone:
            changed = each.put_back(changed)
        if changed == now:
            raise InputError("", "What was removed is there again: somebody has made it anew.")
        return changed

    def restore() -> None:
        put_back(engine.settings)  # refused before a secret is touched
        secret()
        engine.update_settings(put_back, session.user.name)

    return Removal(kind, gone[0].id, _short(", ".join(dict.fromkeys(each.name for each in shown if each.name))), restore)


def _secret(engine: Engine, command: object) -> Restore:
    """Brings back what was kept in the keyring for the thing that goes. A keyring that cannot be read keeps nothing from being removed."""
    try:
        return _found_secret(engine, command)
    except EnvironmentFault as fault:
        log.warning("a login could not be read, and would not come back with an undo: %s", fault)
        return _no_secret


def _no_secret() -> None:
    pass


def _found_secret(engine: Engine, command: object) -> Restore:
    match command:
        case RemoveCamera(camera_id):
            camera = engine.settings.camera(camera_id)
            login = None if camera is None else engine.logins.get(camera)
            return _no_secret if camera is None or login is None else lambda: engine.logins.put(camera, login)
        case RemoveWebhook(webhook_id):
            known = engine.messages.webhook_secret(webhook_id) or ""
            return lambda: engine.messages.keep_webhook_secret(webhook_id, known)
        case RemoveChannel(channel_id):
            own = [part for part in PARTS if part not in engine.messages.vault.from_environment(channel_id)]
            kept = {part: engine.messages.vault.get(channel_id, part) for part in own}
            return lambda: _keep(engine, channel_id, kept)
        case RemoveBleDevice(address):
            key = engine.radio.ble.key(address)
            return lambda: engine.radio.ble.keep_key(address, key)
        case RemoveNode(mac):
            generation = engine.radio.hub.tokens.generation(mac)
            return lambda: engine.radio.hub.tokens.reinstate(mac, generation)
        case _:
            return _no_secret


def _keep(engine: Engine, channel_id: str, secrets: dict[str, str]) -> None:
    for part, secret in secrets.items():
        engine.messages.vault.keep(channel_id, part, secret)


def _floor_image(engine: Engine, command: RemoveFloorImage, session: Session) -> Gather:
    image, text = engine.settings.floor.image, floor_image_text(engine)
    if image is None or not text:
        return _nothing

    def restore() -> None:
        if engine.settings.floor.image is not None:
            raise InputError("", "Another picture lies under the plan now. Remove it first.")
        execute_floor_image(engine, _laid_again(image, text), session.user.name)

    return lambda: Removal(Gone.FLOOR_IMAGE, image.digest, "", restore)


def _laid_again(image: FloorImage, text: str) -> PutFloorImage:
    return PutFloorImage(image.metres_per_px, image.left_m, image.bottom_m, text)


def _bookmark(engine: Engine, command: RemoveBookmark, session: Session) -> Gather:
    table = engine.record.store.bookmarks
    gone = table.get(command.bookmark_id)

    def shown(session: Session) -> bool:
        scope = session.scope(engine.settings.cameras)
        return scope is None or gone.camera_id in scope or (not gone.camera_id and gone.by_id == session.user.id)

    return lambda: Removal(Gone.BOOKMARK, gone.id, _short(gone.note), lambda: table.put(gone), shown)


def _search(engine: Engine, command: RemoveSearch, session: Session) -> Gather:
    searches = engine.record.store.answer(ListSearches()).searches
    gone = next((each for each in searches if each.id == command.search_id), None)
    if gone is None:
        return _nothing

    def restore() -> None:
        if any(each.name == gone.name for each in engine.record.store.answer(ListSearches()).searches):
            raise InputError("name", f"There is another search “{gone.name}” by now. Rename or forget it first.")
        engine.record.store.bookmarks.save_search(gone)

    return lambda: Removal(Gone.SEARCH, gone.id, _short(gone.name), restore, lambda session: gone.by_id == session.user.id)


def _lock(engine: Engine, command: UnlockEvidence, session: Session) -> Gather:
    """What retention removed in between does not come back."""
    gone = next((each for each in engine.record.store.answer(ListLocks()).locks if each.id == command.lock_id), None)
    if gone is None:
        return _nothing
    return lambda: Removal(Gone.LOCK, gone.id, _short(gone.reason), lambda: engine.segments.lock(gone))


def _gesture(engine: Engine, command: RemoveGesture, session: Session) -> Gather:
    side = engine.people.taught
    gone = next((each for each in side.gestures if each.id == command.gesture_id), None)
    return _nothing if gone is None else lambda: Removal(Gone.GESTURE, gone.id, _short(gone.label), lambda: side.put_back(gone))


def _token(engine: Engine, command: RevokeToken, session: Session) -> Gather:
    gone = engine.accounts.machine_token(command.token_id)
    if gone is None:
        return _nothing
    until = "" if gone.expires_ns is None else f" ({to_iso(gone.expires_ns)})"
    name, shown = _short(gone.label + until), _gives(engine, gone.cameras)
    return lambda: Removal(Gone.TOKEN, command.token_id, name, lambda: engine.accounts.put_back_token(gone), shown)


def _user(engine: Engine, command: RemoveUser, session: Session) -> Gather:
    """Their password, their machines' tokens and their questions come back; sessions do not: they sign in again."""
    gone, chats = engine.accounts.account(command.user_id), engine.chat.kept(command.user_id)
    if gone is None:
        return _nothing

    def restore() -> None:
        engine.accounts.put_back(gone)
        engine.chat.put_back(chats)

    user = gone.stored.user
    return lambda: Removal(Gone.USER, command.user_id, _short(user.name), restore, _gives(engine, user.cameras))


def _gives(engine: Engine, cameras: Grants | None) -> Callable[[Session], bool]:
    """Nobody brings back more than they have."""
    return lambda session: within(cameras, session.cameras, engine.settings.cameras)


def _chat(engine: Engine, command: ForgetChat, session: Session) -> Gather:
    """Answers tell what their user saw then."""
    gone = engine.chat.kept(session.user.id, command.answer_id)
    if not gone:
        return _nothing
    name = gone[0].answer.question if command.answer_id else ""
    return lambda: Removal(Gone.CHAT, command.answer_id, _short(name), lambda: engine.chat.put_back(gone), _gives(engine, session.cameras))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"


_OF_SETTINGS = (RemoveCamera, RemoveNode, RemoveBleDevice, RemoveWebhook, RemoveChannel, RemoveAnchor)
_THAT_MAY_DROP = (ChangeSettings, ChangeAlerting, PutCamera)
_LOOKERS: dict[type, Callable[[Engine, Any, Session], Gather]] = {
    **dict.fromkeys((*_OF_SETTINGS, *_THAT_MAY_DROP), _settings),
    RemoveFloorImage: _floor_image,
    RemoveBookmark: _bookmark,
    RemoveSearch: _search,
    UnlockEvidence: _lock,
    RemoveGesture: _gesture,
    RevokeToken: _token,
    RemoveUser: _user,
    ForgetChat: _chat,
}
UNDOABLE = frozenset(_LOOKERS)
