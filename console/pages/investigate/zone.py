"""The time zone of the Investigate page: the site's, by its name."""

from datetime import datetime, timedelta, tzinfo

from widgets.look import site_zone, site_zone_name


class PageZone(tzinfo):
    """Calendars and the timeline ask for it by its name."""

    @property
    def key(self) -> str:
        """Its IANA name."""
        return site_zone_name()

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return site_zone().utcoffset(dt)

    def dst(self, dt: datetime | None) -> timedelta | None:
        return site_zone().dst(dt)

    def tzname(self, dt: datetime | None) -> str | None:
        return site_zone().tzname(dt)

    def fromutc(self, dt: datetime) -> datetime:
        zone = site_zone()
        return zone.fromutc(dt.replace(tzinfo=zone)).replace(tzinfo=self)
