"""The time zone of a site: as the settings have it, else the machine's."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.model.errors import InputError
from engine.model.settings import Settings

_LOCALTIME = Path("/etc/localtime")
_MARK = "zoneinfo/"


def zone_of(settings: Settings) -> ZoneInfo:
    """Raises InputError (`chat.time_zone`): there is no such zone. UTC where the machine does not say."""
    name = settings.chat.time_zone
    if not name:
        return _machine_zone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError("chat.time_zone", f"{name!r} is no time zone such as Europe/Stockholm") from None


def _machine_zone() -> ZoneInfo:
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked(), "UTC"):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def _linked() -> str:
    try:
        target = os.readlink(_LOCALTIME)
    except OSError:
        return ""
    return target.partition(_MARK)[2]
