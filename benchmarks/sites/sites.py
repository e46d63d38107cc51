"""`bench sites`: what an engine tells a console elsewhere: bytes on the wire and the time to take a change in, of a site of a thousand idle
cameras and of the demo site, beside polls of all of now; and a console with the tiles of three sites, one of which falls silent.

Bytes are those of WebSocket messages with their heads, both ways; TLS and TCP add some 70 to each message. Times are the processor's.
"""

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.packet_feed import Source
from benchmarks.report import Case, at_least, at_most
from benchmarks.sites.busy import busy_site
from benchmarks.sites.idle import idle_site
from benchmarks.sites.several import several_sites
from engine.model.errors import InputError

IDLE_KIB_PER_MIN, TAKE_IN_MS, BUSY_MBIT = 20.0, 3.0, 0.3
FIRST_TILE_S, NOTICE_S, LEAST_RATE = 1.0, 2.0, 0.95


def run(video: Path, cameras: int = 1_000, minutes: float = 2.0, seconds: float = 60.0, tiles: int = 16) -> dict[str, Any]:
    """Measure.

    Args:
        video: what the tiles show, in H.264 or H.265.
        cameras: of the idle site. minutes: of its life, which is made up. seconds: of the demo site's, for each way of looking, and of
            the tiles. tiles: of each of three sites.

    Raises:
        InputError; EnvironmentFault: the engine did not start.
    """
    if not 1 <= cameras <= 10_000 or minutes <= 0 or seconds <= 0 or not 1 <= tiles <= 64:
        raise InputError("cameras", "takes 1 to 10,000 cameras, 1 to 64 tiles, and times above zero")
    idle, idle_polls = idle_site(cameras, minutes)
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder:
        moving, calm, busy_polls = busy_site(Path(folder), seconds)
    with tempfile.TemporaryDirectory(prefix="watchroom-bench-") as folder:
        shown, cut = several_sites(Path(folder), Source.of(video), tiles, seconds)
    return {
        "bench": "sites",
        "cases": [idle, moving, calm, shown, cut],
        "peers": [idle_polls, busy_polls],
        "targets": [
            at_most(f"{cameras} idle cameras: KiB a minute", IDLE_KIB_PER_MIN, _figure(idle, "kib_per_min")),
            at_most(f"{cameras} idle cameras: ms to take a change in, p95", TAKE_IN_MS, _figure(idle, "take_in_p95_ms")),
            at_most("demo site, moves shown: Mbit/s", BUSY_MBIT, _figure(moving, "mbit_per_s")),
            at_most("three sites: s to the first tile", FIRST_TILE_S, _figure(shown, "first_tile_s")),
            at_most("three sites: s until a silent one is told", NOTICE_S, _figure(cut, "told_s")),
            at_least("three sites: rate of the others meanwhile", LEAST_RATE, _figure(cut, "least_rate")),
        ],
    }


def _figure(of: Case, name: str) -> float:
    return of["metrics"][name]
