"""The tiles of a wall: one per camera, and one more for the hot tile, which shows the same pictures with a zoom of its own.

A camera that stands small in a corner has a tile for that, too.
"""

from collections.abc import Collection, Iterator

from engine.model.snapshot import CameraView, Picture
from widgets.wall.tile import Tile
from widgets.wall.tile_replay import TileReplay


class WallTiles:
    """By camera id. Pixels are shared between the tiles of one, not copied."""

    def __init__(self) -> None:
        self._own: dict[str, Tile] = {}
        self._hot: Tile | None = None
        self._small: dict[str, Tile] = {}

    def get(self, camera_id: str, hot: bool = False) -> Tile | None:
        own = self._own.get(camera_id)
        if not hot or own is None:
            return own
        if self._hot is None or self._hot.view.settings.id != camera_id:
            self._hot = own.twin()
        return self._hot

    def small(self, camera_id: str) -> Tile | None:
        """The one that stands in corners; however many, they show the same."""
        own = self._own.get(camera_id)
        if own is not None and camera_id not in self._small:
            self._small[camera_id] = own.twin()
        return self._small.get(camera_id)

    def keep_small(self, ids: Collection[str]) -> None:
        """Those of all other cameras go."""
        self._small = {camera_id: tile for camera_id, tile in self._small.items() if camera_id in ids}

    def ids(self) -> tuple[str, ...]:
        return tuple(self._own)

    def names(self) -> dict[str, str]:
        return {camera_id: tile.view.settings.name for camera_id, tile in self._own.items()}

    def keep_cameras(self, ids: tuple[str, ...]) -> None:
        self._own = {camera_id: self._own[camera_id] for camera_id in ids}
        self.keep_small(ids)

    def of_camera(self, camera_id: str) -> Iterator[Tile]:
        """Its tiles: none, or one to three."""
        own, hot = self._own.get(camera_id), self._hot
        if own is not None:
            yield own
            if hot is not None and hot.view.settings.id == camera_id:
                yield hot
            if camera_id in self._small:
                yield self._small[camera_id]

    def set_view(self, view: CameraView, now_ns: int) -> bool:
        """True when the camera must be painted for it now."""
        camera_id = view.settings.id
        if camera_id not in self._own:
            self._own[camera_id] = Tile(view)
        return any([_apply_view(tile, view, now_ns) for tile in self.of_camera(camera_id)])

    def set_picture(self, camera_id: str, picture: Picture, now_ns: int) -> bool:
        """False for a camera that is not known."""
        tiles = tuple(self.of_camera(camera_id))
        for tile in tiles:
            _show_tile_picture(tile, picture, now_ns)
        return bool(tiles)

    def set_replay(self, camera_id: str, replay: TileReplay | None, now_ns: int) -> None:
        for tile in self.of_camera(camera_id):
            tile.set_replay(replay)
            tile.refresh(now_ns)

    def begin_asking(self, camera_id: str, now_ns: int) -> None:
        """It comes on the screen."""
        for tile in self.of_camera(camera_id):
            tile.begin_asking(now_ns)
            tile.refresh(now_ns)

    def refresh(self, camera_id: str, now_ns: int) -> bool:
        return any([tile.refresh(now_ns) for tile in self.of_camera(camera_id)])


def _show_tile_picture(tile: Tile, picture: Picture, now_ns: int) -> None:
    tile.set_picture(picture, now_ns)
    if not tile.chrome.status.live:
        tile.refresh(now_ns)


def _apply_view(tile: Tile, view: CameraView, now_ns: int) -> bool:
    state_changed = tile.view.health.state is not view.health.state or tile.view.settings != view.settings
    paint = tile.set_view(view, now_ns)
    anew = (state_changed or not tile.chrome.status.text) and tile.refresh(now_ns)
    return paint or anew
