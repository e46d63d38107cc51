"""What a change of the settings was made from: the same change with the values that are there."""

from dataclasses import fields
from typing import TypeVar, cast

from engine.model.accounts.commands import ChangeAccess
from engine.model.alerts.commands import ChangeAtlas
from engine.model.command import ChangeSettings, Command, PutCamera, PutChannel, PutNode, PutWebhook
from engine.model.fire.commands import ChangeFire
from engine.model.history.chat import ChangeChat
from engine.model.settings import Settings

C = TypeVar("C", bound=Command)


def as_it_was(command: C, settings: Settings) -> C | None:
    """The command of its kind that would change nothing about these settings, without secrets. None: what it changes is not there, or is
    not in the settings."""
    return cast("C | None", _as_it_was(command, settings))


def _as_it_was(command: Command, settings: Settings) -> Command | None:
    match command:
        case ChangeSettings():
            return _parts(command, settings)
        case ChangeAccess():
            return ChangeAccess(settings.access)
        case ChangeAtlas():
            return ChangeAtlas(settings.atlas)
        case ChangeChat():
            return ChangeChat(settings.chat)
        case ChangeFire():
            return ChangeFire(settings.fire)
        case _:
            return _thing(command, settings)


def _parts(command: ChangeSettings, settings: Settings) -> ChangeSettings:
    """Those that it changes."""
    given = {part.name for part in fields(command) if getattr(command, part.name) is not None} - {"time_zone"}
    zone = None if command.time_zone is None else settings.alerts.time_zone
    return ChangeSettings(**{name: getattr(settings, name) for name in given}, time_zone=zone)


def _thing(command: Command, settings: Settings) -> Command | None:
    match command:
        case PutCamera(camera=camera):
            known = settings.camera(camera.id)
            return None if known is None else PutCamera(known)
        case PutNode(node=node):
            return next((PutNode(each) for each in settings.nodes if each.mac == node.mac), None)
        case PutChannel(channel=channel):
            return next((PutChannel(each) for each in settings.notifications if each.id == channel.id), None)
        case PutWebhook(webhook=webhook):
            return next((PutWebhook(each) for each in settings.webhooks if each.id == webhook.id), None)
        case _:
            return None
