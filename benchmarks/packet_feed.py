"""Live tiles of a console elsewhere: engine and slow line as processes of their own, and this process as the console, without a screen.

`cases` gives rows and targets for whoever includes them.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import av

from benchmarks import report
from engine.gateway.remote.calls import Caller
from engine.gateway.remote.feed import RemoteFeed
from engine.gateway.remote.loop import RemoteLoop
from engine.model.cameras.frame import PACKET_CODECS
from engine.model.errors import EnvironmentFault
from engine.model.port import PictureFeed, PictureWant
from engine.model.time import SECOND, SystemClock

_START_S = 120.0
SETTLE_S = 3.0
WANT = PictureWant(480, 270)
_TILES, _RATE_BIT_S, _DELAY_S = 16, 20e6, 0.04


@dataclass(frozen=True, slots=True)
class Source:
    """What the cameras show. `bit_s`, `fps`: of each."""

    path: Path
    bit_s: float
    fps: float

    @classmethod
    def of(cls, path: Path) -> "Source":
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            sizes = [packet.size for packet in container.demux(stream) if packet.dts is not None]
            seconds = len(sizes) / float(stream.average_rate or 25)
        return cls(path, sum(sizes) * 8 / seconds, len(sizes) / seconds)


@dataclass(slots=True)
class Tile:
    """One feed and what it showed. `first_s`: from its beginning to its first picture."""

    began_s: float
    first_s: float | None = None
    pictures: int = 0
    late_ms: list[float] = field(default_factory=list[float])
    feed: PictureFeed | None = None

    def on_picture(self) -> None:
        """On the port's thread."""
        if self.first_s is None:
            self.first_s = time.perf_counter() - self.began_s
        picture = self.feed.latest() if self.feed is not None else None
        if picture is not None:
            self.pictures += 1
            self.late_ms.append((SystemClock().now_ns() - picture.captured_ns) / (SECOND / 1000))


class ChildProcess:
    """A child that says one line when it is ready, and ends when its input does."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        root = Path(__file__).resolve().parents[1]
        pipe = subprocess.PIPE
        log = subprocess.DEVNULL
        self._ends_by_signal = environment is not None
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True, cwd=root, env=environment)
        assert self._process.stdout is not None, "a pipe"
        self.line = self._process.stdout.readline().strip()
        if not self.line:
            raise EnvironmentFault("not_started", f"A process of this bench did not start: {command[2]}.")

    def pause(self) -> None:
        """It does nothing any more, and nobody is told, until `resume`."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def ask(self) -> str:
        """A line for a line."""
        assert self._process.stdin is not None and self._process.stdout is not None, "pipes"
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def end(self) -> str:
        """What it said last."""
        if self._ends_by_signal:
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            return self._process.communicate(timeout=30)[0]
        self._process.kill()
        return ""


@contextmanager
def running_engine(folder: Path, source: Source, cameras: int) -> Generator[tuple[str, str]]:
    """Address and token."""
    token = folder / "token"
    shown = [word for number in range(cameras) for word in ("--camera", f"c{number}={source.path}")]
    command = [sys.executable, "-m", "console", "engine", "--data", str(folder / "data"), "--bind", "127.0.0.1:0"]
    environment = {**os.environ, "WATCHROOM_MODELS": str(folder / "models")}
    process = ChildProcess([*command, "--token-file", str(token), *shown], environment)
    try:
        yield json.loads(process.line)["http"], token.read_text().strip()
    finally:
        process.end()


def _tiles(loop: RemoteLoop, url: str, token: str, count: int, codecs: frozenset[str]) -> list[Tile]:
    tiles: list[Tile] = []
    for number in range(count):
        tile = Tile(time.perf_counter())
        tile.feed = RemoteFeed(loop, url, token, True, f"c{number}", WANT, tile.on_picture, codecs=codecs)
        tiles.append(tile)
    return tiles


def wait_for_pictures(tiles: list[Tile]) -> None:
    until_s = time.perf_counter() + _START_S
    while any(tile.first_s is None for tile in tiles):
        if time.perf_counter() > until_s:
            raise EnvironmentFault("no_pictures", "Some cameras of this bench gave no picture.")
        time.sleep(0.01)


def pictures_so_far(engine: tuple[str, str], cameras: int) -> list[int]:
    """How many the engine got of each camera so far; asked past the line, for as long as a busy machine needs to answer."""
    until_s = time.perf_counter() + _START_S
    with Caller(*engine, verify=False) as caller:
        while True:
            try:
                snapshot = caller.json("GET", "/api/v1/port/snapshot")["snapshot"]
                break
            except EnvironmentFault:
                if time.perf_counter() > until_s:
                    raise
    counts = {view["settings"]["id"]: int(view["health"]["pictures"]) for view in snapshot["cameras"]}
    return [counts[f"c{number}"] for number in range(cameras)]


def _measure(
    engine: tuple[str, str], source: Source, tiles: int, seconds: float, line: tuple[float, float], codecs: frozenset[str] = PACKET_CODECS
) -> dict[str, float]:
    """Over a line of so many bits a second and so much delay each way. What the engine itself got of a camera counts as its rate: a busy
    machine reads files late."""
    port = engine[0].rpartition(":")[2]
    process = ChildProcess([sys.executable, "-m", "benchmarks.slow_line", port, str(line[0]), str(line[1])])
    loop = RemoteLoop("bench")
    try:
        shown = _tiles(loop, f"http://127.0.0.1:{process.line}", engine[1], tiles, codecs)
        wait_for_pictures(shown)
        time.sleep(SETTLE_S)
        made, before = pictures_so_far(engine, tiles), [tile.pictures for tile in shown]
        late_from, carried = [len(tile.late_ms) for tile in shown], int(process.ask())
        cpu_s, began_s = time.process_time(), time.perf_counter()
        time.sleep(seconds)
        took_s, cpu_s, carried = time.perf_counter() - began_s, time.process_time() - cpu_s, int(process.ask()) - carried
        after = [tile.pictures for tile in shown]
        made = [late - early for late, early in zip(pictures_so_far(engine, tiles), made, strict=True)]
        rates = [(late - early) / max(count, 1) for late, early, count in zip(after, before, made, strict=True)]
        late_ms = [each for tile, start in zip(shown, late_from, strict=True) for each in tile.late_ms[start:]]
    finally:
        loop.close()
        process.end()
    bit_s, camera_bit_s = carried * 8 / took_s / tiles, source.bit_s / source.fps * sum(made) / took_s / tiles
    return {
        "tile_mbit_s": round(bit_s / 1e6, 3),
        "of_camera": round(bit_s / camera_bit_s, 2),
        "camera_fps": round(sum(made) / took_s / tiles, 1),
        "first_s": round(max(tile.first_s or 0.0 for tile in shown), 2),
        "least_rate": round(min(rates), 2),
        "delay_p95_ms": round(quantiles(late_ms, n=20)[18], 0) if len(late_ms) > 1 else 0.0,
        "console_cpu": round(cpu_s / took_s, 2),
    }


def cases(video: Path, seconds: float, tiles: int = _TILES) -> tuple[list[report.Case], list[dict[str, Any]]]:
    """Rows of one and of all tiles, as packets and as pictures (what consoles of before get), and the targets of packets."""
    source = Source.of(video)
    found: list[report.Case] = []
    with TemporaryDirectory(prefix="watchroom-bench-") as name, running_engine(Path(name), source, tiles) as engine:
        _measure(engine, source, tiles, 0.1, (1e9, 0.0))  # every camera is there
        for transport, count, line in (
            ("packets", 1, (1e9, 0.0)),
            ("packets", tiles, (_RATE_BIT_S, _DELAY_S)),
            ("pictures", 1, (1e9, 0.0)),
            ("pictures", tiles, (_RATE_BIT_S, _DELAY_S)),
        ):
            codecs = PACKET_CODECS if transport == "packets" else frozenset[str]()
            metrics = _measure(engine, source, count, seconds, line, codecs)
            params = {"transport": transport, "tiles": count, "line_mbit_s": line[0] / 1e6, "delay_ms": line[1] * 1000}
            found.append(report.case(f"{transport}, {count} tiles", {**params, "camera_mbit_s": round(source.bit_s / 1e6, 3)}, metrics))
    one, many = found[0]["metrics"], found[1]["metrics"]
    return found, [
        report.at_most("tile ÷ camera bitrate", 1.2, one["of_camera"]),
        report.at_most("first picture, s", 1.0, one["first_s"]),
        report.at_most(f"first picture of {tiles} tiles over the line, s", 1.0, many["first_s"]),
        report.at_least(f"rate of {tiles} tiles over the line", 0.95, many["least_rate"]),
    ]


def run(video: Path, seconds: float, tiles: int) -> dict[str, Any]:
    rows, targets = cases(video, seconds, tiles)
    return {"bench": "packet_feed", "cases": rows, "targets": targets}
