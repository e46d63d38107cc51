"""The time zone of the Investigate page: the one that its user chose, else the site's, by which chat and alerts tell times too."""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from console.pages.investigate.words import screen_zone
from engine.model.settings import Settings
from widgets.look import shown_zone


class PageZone(tzinfo):
    """Follows both while widgets hold it. Without either: this machine's."""

    def __init__(self) -> None:
        self._site: ZoneInfo | None = None

    def set_site(self, settings: Settings) -> bool:
        """Whether times are told otherwise now."""
        before = self.zone.key
        self._site = ZoneInfo(settings.alerts.time_zone)  # settings take no zone that does not exist
        return self.zone.key != before

    @property
    def zone(self) -> ZoneInfo:
        return shown_zone() or self._site or screen_zone()

    @property
    def key(self) -> str:
        """Its IANA name."""
        return self.zone.key

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return self.zone.utcoffset(dt)

    def dst(self, dt: datetime | None) -> timedelta | None:
        return self.zone.dst(dt)

    def tzname(self, dt: datetime | None) -> str | None:
        return self.zone.tzname(dt)

    def fromutc(self, dt: datetime) -> datetime:
        zone = self.zone
        return zone.fromutc(dt.replace(tzinfo=zone)).replace(tzinfo=self)
