"""`watchroom csi`: Wi-Fi channel state information that ESP32 tools wrote down."""

import argparse
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from console.help.help_texts import add_action
from console.skipped import Skipped
from engine.model.errors import EnvironmentFault, InputError
from engine.radio.links.motion_score import motion_scores
from engine.sources.node.csi_text import CsiRow, read_rows

Array = npt.NDArray[np.float64]

WRAP_US = 1 << 32
READY = 5  # frames of a kind, from which on their own score counts
LONGEST_GAP_US = 3_600_000_000  # a clock that jumps farther was set, not running


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    motion = add_action(commands, "motion", "score every frame of a recording in the CSI_DATA text format for motion")
    motion.add_argument("file", type=Path, metavar="FILE", help="lines of ESP32-CSI-Tool or esp-csi")
    motion.add_argument("--rate", type=float, default=100.0, metavar="HZ", help="frames a second where lines tell no time (default 100)")
    motion.add_argument("--json", action="store_true", help="print every frame's score as JSON")


def run(parsed: argparse.Namespace) -> int:
    if not 0.1 <= parsed.rate <= 10_000:
        raise InputError("rate", f"{parsed.rate} frames a second is outside 0.1 to 10000")
    skipped = Skipped()
    rows = _read(parsed.file, skipped)
    skipped.tell()
    t_s = times_s(rows, parsed.rate)
    scores = scores_of(rows, t_s)
    if parsed.json:
        print(json.dumps({"frames": _frames(rows, t_s, scores), "skipped": skipped.plain()}, separators=(",", ":")))
    else:
        print(_summary(rows, t_s, scores))
    return 0


def times_s(rows: Sequence[CsiRow], rate_hz: float) -> Array:
    """(N,) seconds since the first frame by the receivers' clock, which wraps after 71 minutes; by counting where it is not told.

    Steps backwards (a restart, lines out of order) and absurd ones count as one usual step.
    """
    told = [row.local_us for row in rows]
    steps = np.full(len(rows), 1e6 / rate_hz)
    if all(us is not None for us in told) and len(set(told)) > 1:
        steps = np.diff(np.array(told, np.float64), prepend=float(told[0] or 0))
        steps[steps < -WRAP_US / 2] += WRAP_US
        sound = (steps > 0) & (steps < LONGEST_GAP_US)
        usual = float(np.median(steps[sound])) if sound.any() else 1e6 / rate_hz
        steps[(steps < 0) | (steps >= LONGEST_GAP_US)] = usual
    steps[:1] = 0.0
    return np.cumsum(steps) / 1e6


def scores_of(rows: Sequence[CsiRow], t_s: Array) -> Array:
    """(N,) motion scores. Frames of different transmitters or kinds are compared with their like; a stray one gets the score before it."""
    scores = np.zeros(len(rows))
    ready = np.zeros(len(rows), np.bool_)
    kinds: dict[tuple[str, int, int], list[int]] = {}
    for place, row in enumerate(rows):
        kinds.setdefault((row.mac, len(row.iq), row.mode), []).append(place)
    for (_, width, _), places in kinds.items():
        if width:
            samples = np.stack([rows[place].iq for place in places]).astype(np.float32)
            scores[places] = motion_scores(t_s[places], np.hypot(samples[..., 0], samples[..., 1]))
            ready[places[READY - 1 :]] = True
    newest = np.maximum.accumulate(np.where(ready, np.arange(len(rows)), -1))
    return np.where(newest >= 0, scores[np.maximum(newest, 0)], 0.0)


def _read(file: Path, skipped: Skipped) -> list[CsiRow]:
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            return list(read_rows(lines, partial(skipped.add, file)))
    except FileNotFoundError:
        raise InputError("FILE", f"{file} does not exist") from None
    except OSError as error:
        raise EnvironmentFault("unreadable", f"{file} cannot be read: {error.strerror}.") from None


def _frames(rows: Sequence[CsiRow], t_s: Array, scores: Array) -> list[dict[str, Any]]:
    return [
        {"i": place, "t": round(at, 6), "score": round(score, 5)}
        for place, (at, score) in enumerate(zip(t_s.tolist(), scores.tolist(), strict=True))
    ]


def _summary(rows: Sequence[CsiRow], t_s: Array, scores: Array) -> str:
    low, middle, high = np.percentile(scores, [5, 50, 95])
    senders = len({row.mac for row in rows})
    return (
        f"{len(rows)} frames of {senders} transmitter(s) in {t_s[-1]:.1f} s; motion score {middle:.2f} (5 to 95 %: {low:.2f} to {high:.2f})"
    )
