"""Times of a report, as people at the site read them: local, always with the zone's offset."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.model.time import MILLISECOND, SECOND


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """`zone`: an IANA name; UTC where this machine does not know it."""

    zone: str

    def clock(self, at_ns: int) -> str:
        """`14:03:27`."""
        return f"{self._local(at_ns):%H:%M:%S}"

    def moment(self, at_ns: int) -> str:
        """`21 Nov 14:03:27.120`."""
        return f"{self._local(at_ns):%d %b %H:%M:%S}.{at_ns % SECOND // MILLISECOND:03d}"

    def full(self, at_ns: int) -> str:
        """`Saturday 21 November 2026, 14:03:27 (UTC+01:00)`."""
        local = self._local(at_ns)
        offset = local.strftime("%z")
        return f"{local:%A %d %B %Y, %H:%M:%S} (UTC{offset[:3]}:{offset[3:5]})"

    def _local(self, at_ns: int) -> datetime:
        return datetime.fromtimestamp(at_ns // SECOND, self._zone())

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")
