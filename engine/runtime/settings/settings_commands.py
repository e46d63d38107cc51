"""Commands: parts of the settings."""

from dataclasses import fields, replace
from typing import Protocol

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.command import ChangeSettings, RemoveAnchor
from engine.model.errors import InputError
from engine.model.people.settings import PeopleSettings
from engine.model.settings import Settings
from engine.model.time import Clock
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import AuditEntry, Commands, CommandSpec, Pseudonym, audited_as, site_wide
from engine.runtime.ports import AuditLog
from engine.runtime.settings.current_settings import current_settings
from engine.runtime.settings.settings_undo import settings_undo
from engine.runtime.settings.site_zone import with_zone
from engine.vision.detector import check_choice
from engine.vision.models import ModelStore


class AuditedSettingsHost(SettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def audit(self) -> AuditLog: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def models(self) -> ModelStore: ...


def _change_settings(engine: AuditedSettingsHost, change: ChangeSettings, session: Session) -> str:
    if change.site_name is not None and not change.site_name.strip():
        raise InputError("site_name", "is empty")
    if change.detection is not None:
        check_choice(engine.models, change.detection)

    given = {part.name: value for part in fields(change) if (value := getattr(change, part.name)) is not None}
    zone = given.pop("time_zone", None)
    before = engine.settings.recognition
    engine.update_settings(lambda now: _with_floor_image(_in_zone(replace(now, **given), zone), now), session.user.name)
    note_recognition(engine, before, before if change.recognition is None else change.recognition, session.user.name)
    return ""


def _in_zone(settings: Settings, name: str | None) -> Settings:
    """Whoever is editing the rules, whose hours are meant in it, is told that they were changed meanwhile."""
    if name is None or name == settings.alerts.time_zone:
        return settings
    return with_zone(replace(settings, alerts=replace(settings.alerts, version=settings.alerts.version + 1)), name)


def _with_floor_image(changed: Settings, before: Settings) -> Settings:
    """Its picture is laid and taken away by commands of its own, which keep the file too."""
    return replace(changed, floor=replace(changed.floor, image=before.floor.image))


def note_recognition(engine: AuditedSettingsHost, before: PeopleSettings, now: PeopleSettings, by: str) -> None:
    if now != before:
        engine.audit.note(AuditRow(engine.clock.now_ns(), by, AuditVerb.CHANGE_RECOGNITION, detail=_recognition_in_words(before, now)))


def _recognition_in_words(before: PeopleSettings, now: PeopleSettings) -> str:
    """What the audit keeps of how people are recognised."""
    purpose = f"on, for: {now.purpose.strip()}" if now.biometrics else "off"
    hidden = "" if now.blur_faces == before.blur_faces else "; faces are hidden" if now.blur_faces else "; faces are not hidden any more"
    kept = f"; put aside after {now.archive_days:g} days unseen, erased after {now.erase_days:g}"
    same = (now.archive_days, now.erase_days) == (before.archive_days, before.erase_days)
    return purpose + hidden + ("" if same else kept)


def given_parts(command: object, without: str) -> str:
    """The names of the fields that are set."""
    return ", ".join(field.name for field in fields(command) if field.name != without and getattr(command, field.name) is not None)  # type: ignore[arg-type]


def _changed(command: ChangeSettings, _: str, __: Pseudonym) -> tuple[AuditEntry, ...]:
    """How people are recognised has a row of its own, with more in it."""
    parts = given_parts(command, "recognition")
    return ((AuditVerb.CHANGE_SETTINGS, "", parts),) if parts else ()


def _remove_anchor(engine: AuditedSettingsHost, _: RemoveAnchor, session: Session) -> str:
    engine.update_settings(lambda now: replace(now, anchor=None), session.user.name)
    return ""


def _anchor_removed(_: RemoveAnchor, __: str, ___: Pseudonym) -> tuple[AuditEntry, ...]:
    return ((AuditVerb.CHANGE_SETTINGS, "", "anchor removed"),)


CHANGE_SETTINGS = CommandSpec(
    ChangeSettings,
    handler=_change_settings,
    scope=site_wide,
    audit=audited_as(_changed),
    undo=settings_undo(),
    durable=True,
    current=current_settings,
)
COMMANDS: Commands[AuditedSettingsHost] = (
    CHANGE_SETTINGS,
    CommandSpec(
        RemoveAnchor, handler=_remove_anchor, scope=site_wide, audit=audited_as(_anchor_removed), undo=settings_undo(), durable=True
    ),
)
