"""The time zone of a site: that of its settings, which alerts and quiet hours are told by too."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from engine.model.alerts.settings import AlertSettings
from engine.model.settings import Settings
from engine.runtime.settings.machine_zone import machine_zone


def zone_of(settings: Settings) -> ZoneInfo:
    """`AlertSettings` takes no zone that does not exist."""
    return ZoneInfo(settings.alerts.time_zone)


def with_zone(settings: Settings, name: str) -> Settings:
    """Raises InputError (`time_zone`)."""
    return replace(settings, alerts=replace(settings.alerts, time_zone=name))


def first_zone(settings: Settings) -> str:
    """Of a site that nobody asked about it: this machine's, unless its settings name one."""
    known = settings.alerts.time_zone
    return machine_zone() if known == AlertSettings().time_zone else known
