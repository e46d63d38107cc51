"""Tiles from the site's map service, kept on disk: fetched when a map wants them, a few at a time, the newest wish first."""

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QUrl, Signal
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkDiskCache, QNetworkReply, QNetworkRequest

from engine import __version__
from engine.model.map_settings import MapSettings

_IN_MEMORY = 192  # of 256 KiB
_AT_ONCE = 6  # browsers ask for as many
_MOST_WISHES = 128
_AGAIN_MS = 60_000
_LARGEST = 1 << 20
_LARGEST_EDGE = 1024
_PATIENCE_MS = 10_000
_ON_DISK = 256 << 20
Key = tuple[int, int, int]


class NetworkTiles(QObject):
    """UI thread; `QNetworkAccessManager` has its own. A `TileSource` of the maps.

    Signals: changed: a tile came, or the service answers or fails now. What fails is asked for again after a minute, if it is still wanted.
    """

    changed = Signal()

    def __init__(self, settings: MapSettings, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._network = QNetworkAccessManager(self)
        cache = QNetworkDiskCache(self._network)
        cache.setCacheDirectory(str(folder))
        cache.setMaximumCacheSize(_ON_DISK)
        self._network.setCache(cache)
        self._stopped = False
        self._pictures: OrderedDict[Key, QImage] = OrderedDict()
        self._wishes: OrderedDict[Key, None] = OrderedDict()
        self._under_way: dict[Key, QNetworkReply] = {}
        self._failed_ms: dict[Key, int] = {}
        self._time = QElapsedTimer()
        self._time.start()
        self.trouble = ""

    @property
    def attribution(self) -> str:
        return self._settings.attribution

    @property
    def most_zoom(self) -> int:
        return self._settings.most_zoom

    def picture(self, zoom: int, column: int, row: int) -> QImage | None:
        key = (zoom, column, row)
        found = self._pictures.get(key)
        if found is not None:
            self._pictures.move_to_end(key)
        elif key not in self._under_way and self._time.elapsed() - self._failed_ms.get(key, -_AGAIN_MS) >= _AGAIN_MS:
            self._wish(key)
        return found

    def stop(self) -> None:
        """Ask for nothing more."""
        self._stopped = True
        self._wishes.clear()
        for reply in tuple(self._under_way.values()):
            reply.abort()

    def _wish(self, key: Key) -> None:
        if self._stopped:
            return
        self._wishes[key] = None
        self._wishes.move_to_end(key)
        while len(self._wishes) > _MOST_WISHES:
            self._wishes.popitem(last=False)
        self._ask()

    def _ask(self) -> None:
        while self._wishes and len(self._under_way) < _AT_ONCE:
            key, _ = self._wishes.popitem()
            zoom, column, row = key
            address = self._settings.tile_url.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
            request = QNetworkRequest(QUrl(address))
            request.setHeader(QNetworkRequest.KnownHeaders.UserAgentHeader, f"Watchroom/{__version__}")
            request.setAttribute(QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache)
            request.setTransferTimeout(_PATIENCE_MS)
            reply = self._network.get(request)
            self._under_way[key] = reply
            reply.downloadProgress.connect(lambda got, _, reply=reply: reply.abort() if got > _LARGEST else None)
            reply.finished.connect(lambda key=key, reply=reply: self._finished(key, reply))

    def _finished(self, key: Key, reply: QNetworkReply) -> None:
        self._under_way.pop(key, None)
        image = QImage.fromData(reply.readAll()) if reply.error() is QNetworkReply.NetworkError.NoError else QImage()
        usable = not image.isNull() and max(image.width(), image.height()) <= _LARGEST_EDGE
        if usable:
            self._pictures[key] = image
            self._failed_ms.pop(key, None)
            while len(self._pictures) > _IN_MEMORY:
                self._pictures.popitem(last=False)
        else:
            self._failed_ms[key] = self._time.elapsed()
        self._say("" if usable else self._reason(reply))
        reply.deleteLater()
        if not self._stopped:
            self._ask()
            self.changed.emit()

    def _say(self, trouble: str) -> None:
        self.trouble = trouble
        if len(self._failed_ms) > _MOST_WISHES * 8:
            self._failed_ms.clear()

    def _reason(self, reply: QNetworkReply) -> str:
        if reply.error() is QNetworkReply.NetworkError.OperationCanceledError:
            return self.tr("The map service sends more than a tile needs, or nothing for ten seconds.")
        if reply.error() is QNetworkReply.NetworkError.NoError:
            return self.tr("The map service sent something that is no picture.")
        return self.tr("The map service gives no tiles: {0}.").format(reply.errorString().rstrip("."))
