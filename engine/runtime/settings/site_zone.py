"""The time zone of a site: that of its settings, which alerts and quiet hours are told by too."""

from zoneinfo import ZoneInfo

from engine.model.settings import Settings


def zone_of(settings: Settings) -> ZoneInfo:
    """`AlertSettings` takes no zone that does not exist."""
    return ZoneInfo(settings.alerts.time_zone)
