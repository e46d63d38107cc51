"""Tiles on disk, for as long as their service lets them be kept."""

import time
from email.utils import mktime_tz, parsedate_tz
from pathlib import Path

from PySide6.QtCore import QByteArray, QDateTime, QObject, QUrl
from PySide6.QtNetwork import QNetworkCacheMetaData, QNetworkDiskCache

from engine.model.value_class import dataclass
from engine.runtime.outbound.getting import Got

_ON_DISK = 256 << 20
_UNSAID_S = 86_400  # where the service says nothing
_LONGEST_S = 366 * 86_400
_TOLD = ("etag", "last-modified")


@dataclass(frozen=True, slots=True)
class StoredTile:
    """fresh: there is no need to ask. told: `etag` and `last-modified`, where the service gave them."""

    content: bytes
    fresh: bool
    told: dict[str, str]

    def asking(self) -> dict[str, str]:
        """Headers with which the service says whether it is still the same (304)."""
        asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        return {header: self.told[name] for name, header in asked.items() if name in self.told}


class TileShelf:
    """UI thread."""

    def __init__(self, folder: Path, parent: QObject) -> None:
        self._cache = QNetworkDiskCache(parent)
        self._cache.setCacheDirectory(str(folder))
        self._cache.setMaximumCacheSize(_ON_DISK)

    def find(self, url: str) -> StoredTile | None:
        about = self._cache.metaData(QUrl(url))
        device = self._cache.data(QUrl(url)) if about.isValid() else None
        if device is None:
            return None
        content = bytes(device.readAll().data())
        device.close()
        device.deleteLater()
        return StoredTile(content, QDateTime.currentDateTimeUtc() < about.expirationDate(), _validator_headers(about))

    def keep(self, url: str, got: Got) -> None:
        """As long as the answer says."""
        about = QNetworkCacheMetaData()
        about.setUrl(QUrl(url))
        about.setSaveToDisk("no-store" not in got.headers.get("cache-control", "").lower())
        about.setExpirationDate(QDateTime.currentDateTimeUtc().addSecs(_lasts_s(got)))
        told = {"content-length": str(len(got.content))}  # Qt gives nothing back that has no header
        told |= {name: value for name, value in got.headers.items() if name in _TOLD and value.isascii()}
        about.setRawHeaders([(QByteArray(name.encode()), QByteArray(value.encode())) for name, value in told.items()])
        device = self._cache.prepare(about)
        if device is not None:
            device.write(got.content)
            self._cache.insert(device)


def _validator_headers(about: QNetworkCacheMetaData) -> dict[str, str]:
    told = {bytes(name.data()).decode("latin-1").lower(): bytes(value.data()).decode("latin-1") for name, value in about.rawHeaders()}
    return {name: told[name] for name in _TOLD if told.get(name, "").isascii() and name in told}


def _lasts_s(got: Got) -> int:
    """How long it may be used without asking (RFC 9111)."""
    for rule in got.headers.get("cache-control", "").lower().split(","):
        name, _, value = rule.strip().partition("=")
        if name in ("no-cache", "no-store"):
            return 0
        if name == "max-age":
            return min(int(value), _LONGEST_S) if value.isascii() and value.isdecimal() and len(value) < 12 else 0
    return _until_expiry_s(got) if "expires" in got.headers else _UNSAID_S


def _until_expiry_s(got: Got) -> int:
    """By the service's own clock where it tells that. What is no date (`0` is usual) means that it is old already."""
    expires, now = (_seconds(got.headers.get(name, "")) for name in ("expires", "date"))
    if expires is None:
        return 0
    return max(0, min(expires - (int(time.time()) if now is None else now), _LONGEST_S))


def _seconds(date: str) -> int | None:
    """Of a date in HTTP, since 1970."""
    parsed = parsedate_tz(date)
    try:
        return None if parsed is None else mktime_tz(parsed)
    except (OverflowError, ValueError):
        return None
