"""Commands: fire weather."""

from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import InputError
from engine.model.fire.commands import ChangeFire, ImportFireWeather, RefreshFire
from engine.model.fire.fire import FireSettings
from engine.runtime.fire.fire_side import FireSide
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import OUTCOME, Commands, CommandSpec, NotUndoable, audited, not_audited, site_wide
from engine.runtime.settings.current_settings import current_settings

LONGEST_SECRET = 500


class FirePassword(Protocol):
    """Of the weather service. Both may raise EnvironmentFault."""

    def get(self) -> str | None: ...

    def keep(self, password: str) -> None: ...


class FireHost(SettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def fire(self) -> FireSide: ...

    @property
    def fire_password(self) -> FirePassword: ...


def check_fire(fire: FireSettings) -> None:
    """What the values by themselves do not say. Raises InputError."""
    _check_url("service_url", fire.service_url)
    _check_url("weather_url", fire.weather_url)
    if ":" in fire.login or not fire.login.isprintable() or len(fire.login) > LONGEST_SECRET:
        raise InputError("login", "must be plain signs without a colon, which HTTP Basic cannot carry")


def _change_fire(engine: FireHost, command: ChangeFire, session: Session) -> str:
    """Raises InputError, EnvironmentFault."""
    fire, password = command.fire, command.password
    check_fire(fire)
    if password is not None and len(password) > LONGEST_SECRET:
        raise InputError("password", f"is longer than {LONGEST_SECRET} signs")
    before = engine.settings.fire
    elsewhere = (_there(fire.service_url), fire.login) != (_there(before.service_url), before.login)
    if elsewhere and password is None and fire.service_url and engine.fire_password.get():
        raise InputError("password", "has to be entered again: it was given for another address or login")
    if password is not None:
        engine.fire_password.keep(password)
    engine.update_settings(lambda now: replace(now, fire=fire), session.user.name)
    engine.fire.refresh()
    return ""


def _check_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError(name, "is no address") from None
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.query or parts.fragment):
        raise InputError(name, "has to begin with https:// (or http:// in your own network), with a host, and nothing behind the path")
    if parts.username is not None or parts.password is not None:
        raise InputError(name, "must not hold a login. It goes into its own fields")


def _there(url: str) -> tuple[str, str]:
    """Scheme and host with port, to which a password is sent."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _import_weather(engine: FireHost, command: ImportFireWeather, _: Session) -> str:
    return engine.fire.take_csv(command.text)


def _refresh_fire(engine: FireHost, _: RefreshFire, __: Session) -> str:
    engine.fire.refresh()
    return ""


COMMANDS: Commands[FireHost] = (
    CommandSpec(
        ChangeFire,
        handler=_change_fire,
        scope=site_wide,
        audit=audited(AuditVerb.CHANGE_FIRE),
        undo=NotUndoable("the setting is changed back; a password that was replaced is not kept"),
        durable=True,
        current=current_settings,
    ),
    CommandSpec(
        ImportFireWeather,
        handler=_import_weather,
        scope=site_wide,
        audit=audited(AuditVerb.IMPORT_FIRE_WEATHER, detail=OUTCOME),
        undo=NotUndoable("another file takes its place"),
        durable=True,
        unchecked_text=("text",),
    ),
    CommandSpec(
        RefreshFire,
        handler=_refresh_fire,
        scope=site_wide,
        audit=not_audited("it only asks sooner"),
        undo=NotUndoable("it only asks sooner"),
        durable=False,
    ),
)
