"""Tiles from the site's map service, kept on disk: fetched when a map wants them, a few at a time, the newest wish first."""

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QBuffer, QElapsedTimer, QIODevice, QObject, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader

from console.courier import Listener
from console.maps.tile_calls import Key, Outcome, TileCalls, tile_url
from console.maps.tile_shelf import StoredTile, TileShelf
from engine.model.errors import EnvironmentFault
from engine.model.risk.map_settings import MapSettings
from engine.runtime.outbound.getting import TIMEOUT, TOO_LARGE, Got
from engine.runtime.outbound.outward import AddressRefused, Resolver, resolve
from widgets.maps.map_tiles import TileName
from widgets.maps.map_view import MapView
from widgets.translation import tr

_IN_MEMORY = 192  # of 256 KiB
_AT_ONCE = 6  # browsers ask for as many
_MOST_WISHES = 128
_AGAIN_MS = 60_000
_LARGEST_EDGE = 1024
_UNCHANGED = 304


class NetworkTiles(QObject):
    """UI thread; a `TileSource` of the maps. The service is asked on a thread of its own, at addresses that were judged (`TileCalls`).

    Signals: changed: a tile came, or the service answers or fails now. What fails is asked for again after a minute, if it is still wanted.
    """

    changed = Signal()

    def __init__(self, settings: MapSettings, folder: Path, parent: QObject | None = None, resolver: Resolver = resolve) -> None:
        super().__init__(parent)
        self._settings = settings
        self._shelf = TileShelf(folder, self)
        self._listener = Listener(self._take_all, self)
        self._calls = TileCalls(self._listener.bell, settings, resolver)
        self._soon = QTimer(self, singleShot=True, interval=0)  # files are not read while a map paints
        self._soon.timeout.connect(self._ask)
        self._stopped = self._refused = False
        self._pictures: OrderedDict[Key, QImage] = OrderedDict()
        self._wishes: OrderedDict[Key, None] = OrderedDict()
        self._under_way: dict[Key, StoredTile | None] = {}  # with what is on disk and may be old
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

    @property
    def themed(self) -> bool:
        return False

    def covers(self, view: MapView) -> bool:
        return True

    def names(self, view: MapView) -> tuple[TileName, ...]:
        """They stand in the pictures."""
        return ()

    @property
    def lasting_trouble(self) -> str:
        """What is to be said beside the map: somebody has to act, or nothing comes at all."""
        return self.trouble if self._refused or not self._pictures else ""

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
        self._soon.stop()
        self._wishes.clear()
        self._under_way.clear()
        self._calls.close()
        self._listener.close()

    def _wish(self, key: Key) -> None:
        if self._stopped:
            return
        self._wishes[key] = None
        self._wishes.move_to_end(key)
        while len(self._wishes) > _MOST_WISHES:
            self._wishes.popitem(last=False)
        self._soon.start()

    def _ask(self) -> None:
        """A few at a time from disk too, so that the screen stays free."""
        found = 0
        while self._wishes and len(self._under_way) < _AT_ONCE and found < _AT_ONCE:
            key, _ = self._wishes.popitem()
            kept = self._shelf.find(tile_url(self._settings, key))
            if kept is not None and kept.fresh and self._show(key, kept.content):
                found += 1
            else:
                self._under_way[key] = kept
                self._calls.ask(key, tile_url(self._settings, key), {} if kept is None else kept.asking())
        if found:
            self._soon.start()
            self.changed.emit()

    def _take_all(self) -> None:
        while self._calls.came:
            key, outcome = self._calls.came.popleft()
            self._take(key, outcome)
        self._soon.start()
        self.changed.emit()

    def _take(self, key: Key, outcome: Outcome) -> None:
        kept = self._under_way.pop(key)
        if isinstance(outcome, Got) and outcome.status == _UNCHANGED and kept is not None:
            outcome = Got(200, {**kept.told, **outcome.headers}, kept.content)
        self._refused = isinstance(outcome, AddressRefused)
        if isinstance(outcome, Got) and outcome.status == 200 and self._show(key, outcome.content):
            self._shelf.keep(tile_url(self._settings, key), outcome)
            self.trouble = ""
        else:
            self._fail(key)
            self.trouble = self._reason(outcome)

    def _show(self, key: Key, content: bytes) -> bool:
        """Whether it is a tile."""
        image = image_of(content)
        if image is None:
            return False
        self._pictures[key] = image
        self._failed_ms.pop(key, None)
        while len(self._pictures) > _IN_MEMORY:
            self._pictures.popitem(last=False)
        return True

    def _fail(self, key: Key) -> None:
        if len(self._failed_ms) > _MOST_WISHES * 8:
            self._failed_ms.clear()
        self._failed_ms[key] = self._time.elapsed()

    def _reason(self, outcome: Outcome) -> str:
        if isinstance(outcome, AddressRefused):
            return refusal_text(outcome)
        if isinstance(outcome, EnvironmentFault):
            if outcome.reason in (TIMEOUT, TOO_LARGE):
                return self.tr("The map service exceeds the size or the time limit of 10 s.")
            return self.tr("No tiles from the map service: {0}.").format(str(outcome).rstrip("."))
        if 300 <= outcome.status < 400:
            return self.tr("The map service redirects ({0}); redirects are not followed. Enter the final address.").format(outcome.status)
        if outcome.status != 200:
            return self.tr("No tiles from the map service: status {0}.").format(outcome.status)
        return self.tr("The map service sent an invalid picture.")


def refusal_text(refused: AddressRefused) -> str:
    """Why no tile is asked for, with the field that leads there and what can be done."""
    text = (
        tr(
            "Map service: the tile address leads to {0}, in your own network or on this computer. If this is "
            "intended, select “Allow a map service in your own network”."
        )
        if refused.may_be_allowed
        else tr("Map service: the tile address leads to {0}, which is not allowed. Enter another address.")
    )
    return text.format(refused.address)


def image_of(content: bytes) -> QImage | None:
    """None for what is no picture, or one that is far larger than a tile; such a one is not unpacked."""
    buffer = QBuffer()
    buffer.setData(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > _LARGEST_EDGE:
        return None
    image = reader.read()
    return None if image.isNull() else image
