"""How an id says which site it is of: `<key>/<id>`, where the key is what this console calls the site.

No key holds a `/`, so the first one ends it whatever follows: a site that says another one's ids has them below its own key.
"""

import hashlib
import re
from enum import StrEnum

from engine.model.errors import InputError

SEPARATOR = "/"
LONGEST_ID = 200
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_PLAIN = re.compile(rf"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]{{1,{LONGEST_ID}}}")


class IdKind(StrEnum):
    """What the texts of a field are."""

    OWN = "own"  # ids within a site; empty: none
    GRANT = "grant"  # ids of cameras, and groups as `group:Yard`, which are no ids
    SENSOR = "sensor"  # ids of sensors, some after what kind they are: `microphone:<id>`
    SENSE = "sense"  # ids, and other words among them
    CITED = "cited"  # ids, and queries, which are JSON objects
    PLACE = "place"  # where a page goes on: see `pages`
    NONE = "none"  # no ids of a site: the same everywhere, or unique within what they belong to


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def check_key(key: str) -> str:
    """Raises InputError (`key`)."""
    if not is_key(key):
        raise InputError("key", f"{key[:40]!r} is no key of a site: 1 to 32 of a–z, 0–9 and -, not - first")
    return key


def qualified(key: str, local: str) -> str:
    """Empty where it is. An id that no engine gives (control characters, endless) becomes a short one that stands for nothing there."""
    if not local:
        return local
    if not _PLAIN.fullmatch(local):
        local = f"?{hashlib.sha256(local.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return f"{key}{SEPARATOR}{local}"


def split(text: str) -> tuple[str, str] | None:
    """Key and id; None where no site is said."""
    key, separator, local = text.partition(SEPARATOR)
    return (key, local) if separator and _KEY.fullmatch(key) else None


def site_key(text: str) -> str:
    """Whose id it is; empty where no site is said."""
    found = split(text)
    return "" if found is None else found[0]
