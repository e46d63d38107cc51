"""A console over three sites with tiles of each: one engine, seen through three lines, so that what is left of the machine is for the
console. One line then falls silent, as a cable that is pulled: nothing is closed and nobody is told."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.packet_feed import SETTLE_S, WANT, ChildProcess, Source, Tile, pictures_so_far, running_engine, wait_for_pictures
from benchmarks.report import Case, case
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.remote.port import RemoteDoor
from engine.model.errors import EnvironmentFault
from engine.model.health import CameraState
from engine.model.sites import SiteReach

KEYS = ("a", "b", "c")
SILENT = "b"
_LONGEST_S, _LOOK_S = 120.0, 0.01


class _Console:
    """Three sites, `tiles` cameras each, all of them shown."""

    def __init__(self, engine: tuple[str, str], lines: dict[str, ChildProcess], tiles: int) -> None:
        self._engine, self._count = engine, tiles
        self.port = FederatedPort(
            Site(key, key, partial(RemoteDoor(f"http://127.0.0.1:{line.line}").enter, engine[1])) for key, line in lines.items()
        )
        self.tiles: dict[str, list[Tile]] = {key: [] for key in lines}

    def open(self) -> float:
        """Seconds until all sites are shown; then their tiles are opened."""
        began_s = time.perf_counter()
        self._wait(lambda: sum(view.health.state is CameraState.LIVE for view in self.port.snapshot().cameras) == 3 * self._count)
        took_s = time.perf_counter() - began_s
        for view in self.port.snapshot().cameras:
            tile = Tile(time.perf_counter())
            tile.feed = self.port.watch(view.settings.id, WANT, tile.on_picture)
            self.tiles[view.settings.id.partition("/")[0]].append(tile)
        wait_for_pictures(self.shown)
        return took_s

    @property
    def shown(self) -> list[Tile]:
        return [tile for tiles in self.tiles.values() for tile in tiles]

    def wait_reach(self, reach: SiteReach) -> float:
        """Seconds until it is told of the silent one."""
        began_s = time.perf_counter()
        self._wait(lambda: any(site.key == SILENT and site.reach is reach for site in self.port.snapshot().sites))
        return time.perf_counter() - began_s

    def _wait(self, holds: Callable[[], bool]) -> None:
        until_s = time.perf_counter() + _LONGEST_S
        while not holds():
            if time.perf_counter() > until_s:
                raise EnvironmentFault("not_reached", "A site of this bench was not reached.")
            time.sleep(_LOOK_S)

    def rates(self, keys: tuple[str, ...], seconds: float) -> tuple[float, float]:
        """The least share that a tile of these sites shows of what the engine got, and processor time per second."""
        tiles = [tile for key in keys for tile in self.tiles[key]]
        made, before, cpu_s, began_s = pictures_so_far(self._engine, self._count), _shown(tiles), time.process_time(), time.perf_counter()
        time.sleep(seconds)
        cpu = (time.process_time() - cpu_s) / (time.perf_counter() - began_s)
        after = _shown(tiles)
        made = [late - early for late, early in zip(pictures_so_far(self._engine, self._count), made, strict=True)]
        shares = [(late - early) / max(count, 1) for late, early, count in zip(after, before, made * len(keys), strict=True)]
        return min(shares), cpu

    def close(self) -> None:
        for tile in self.shown:
            if tile.feed is not None:
                tile.feed.close()
        self.port.close()


def _shown(tiles: list[Tile]) -> list[int]:
    return [tile.pictures for tile in tiles]


def several_sites(folder: Path, source: Source, tiles: int, seconds: float) -> tuple[Case, Case]:
    """All of them shown, and one of them silent meanwhile."""
    with ExitStack() as stack:
        engine = stack.enter_context(running_engine(folder, source, tiles))
        lines: dict[str, ChildProcess] = {}
        for key in KEYS:
            lines[key] = ChildProcess(_line_to(engine[0]))
            stack.callback(lines[key].end)
        console = _Console(engine, lines, tiles)
        stack.callback(console.close)
        sites_s = console.open()
        firsts = [tile.first_s or 0.0 for tile in console.shown]
        time.sleep(SETTLE_S)
        least, cpu = console.rates(KEYS, seconds)
        params = {"sites": len(KEYS), "tiles": tiles, "camera_mbit_s": round(source.bit_s / 1e6, 3), "camera_fps": round(source.fps, 1)}
        metrics = {"sites_s": sites_s, "first_tile_s": min(firsts), "all_tiles_s": max(firsts), "least_rate": least, "console_cpu": cpu}
        shown = case(f"{len(KEYS)} sites, {tiles} {'tile' if tiles == 1 else 'tiles'} each", params, _rounded(metrics))
        return shown, case(f"{len(KEYS)} sites, one silent", params, _rounded(_while_silent(console, lines[SILENT], seconds)))


def _while_silent(console: _Console, line: ChildProcess, seconds: float) -> dict[str, float]:
    line.pause()
    try:
        told_s = console.wait_reach(SiteReach.AWAY)
        least, cpu = console.rates(tuple(key for key in KEYS if key != SILENT), seconds)
    finally:
        line.resume()
    return {"told_s": told_s, "back_s": console.wait_reach(SiteReach.ONLINE), "least_rate": least, "console_cpu": cpu}


def _line_to(url: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.slow_line", url.rpartition(":")[2], "1e9", "0"]


def _rounded(metrics: dict[str, float]) -> dict[str, float]:
    return {name: round(figure, 3) for name, figure in metrics.items()}
