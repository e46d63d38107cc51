"""Where in the world this machine says it stands: the IANA name of its time zone."""

import logging
import os
from collections.abc import Mapping
from zoneinfo import available_timezones

import tzlocal

log = logging.getLogger(__name__)

UNKNOWN = "UTC"


def machine_zone(environment: Mapping[str, str] = os.environ) -> str:
    """Such as `Europe/Stockholm`; `UTC` where it cannot be told. Reads small files, or the registry.

    A name without a continent (`CET`, `EST5EDT`) names no place: what it means there in summer is not guessed.
    """
    wanted = environment.get("TZ", "")
    name = _of_variable(wanted) if wanted else _configured()
    return name if "/" in name and name != "Etc/UTC" and name in available_timezones() else UNKNOWN


def _of_variable(text: str) -> str:
    """`Europe/Stockholm`, `:Europe/Stockholm`, or a file below a folder of zones, also by a link; anything else is a name of no zone."""
    name = text.removeprefix(":")
    return os.path.realpath(name).replace(os.sep, "/").rpartition("/zoneinfo/")[2] if os.path.isabs(name) else name


def _configured() -> str:
    """What Windows or macOS have chosen, or the files of Linux say; empty where there is none, or they contradict each other."""
    try:
        return tzlocal.get_localzone_name() or ""
    except (LookupError, OSError, ValueError) as error:  # zoneinfo's own is a KeyError
        log.warning("the time zone of this machine is not known: %s", error)
        return ""
