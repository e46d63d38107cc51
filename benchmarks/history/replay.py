"""Figures of replay: a window of a record run again at full speed, three times, held against what the pipeline said when it was live."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.history.replay_record import CAMERAS, NODES, RATE_HZ, WALKERS, Record, keep
from engine.history.replay.digest import ResultDigest
from engine.history.replay.garbage import seldom_collected
from engine.history.replay.player import ReplayPlayer
from engine.history.replay.rerun import Rerun, rerun
from engine.history.replay.rerun_parts import rerun_in_parts
from engine.history.replay.window import Window
from engine.model.history.replay import ReplaySettings
from engine.model.settings import GateSettings
from engine.model.time import SECOND
from engine.recording.checkpoints import sound_states
from engine.runtime.replay.replay_process import worked_out

RUNS = 3
TARGET_RATIO, TARGET_PARTS, TARGET_TRIED, TARGET_SEEK_MS = 20.0, 35.0, 12.0, 200
_SEEKS = 9

Progress = Callable[[str], None]


def run(minutes: float = 10.0, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Some minutes: the record is made first, by a pipeline as live as can be.

    Returns:
        `{"bench", "cases", "targets"}` of the bench contract.
    """
    with tempfile.TemporaryDirectory() as folder:
        progress("making the record")
        record = keep(Path(folder), minutes)
        params = {"nodes": NODES, "rate_hz": RATE_HZ, "walkers": WALKERS, "cameras": len(CAMERAS), "minutes": minutes}
        again, cpu_s = _again(record, progress)
        progress("in parts")
        parts = _in_parts(record, again[0])
        progress("with other settings")
        tried = _tried(record)
        progress("seeking")
        seeks = _seeks(record)
    same = _as_live(record, again)
    full = {
        "ratio": round(min(each.ratio for each in again), 2),
        "ratio_per_cpu_second": round(60 * minutes * RUNS / cpu_s, 2),
        "identical": int(len({each.digest for each in again}) == 1),
        "as_live": int(same),
        "events": len(again[0].events),
        "decisions": len(again[0].decisions),
        "observations": again[0].observations,
    }
    cases = [report.case("full speed, three times", params, full), report.case("as it was and tried", params, tried)]
    cases.insert(1, report.case("full speed, in parts between checkpoints", params, parts))
    cases.append(report.case("seek into the window", params, seeks))
    targets = [
        report.at_least("full speed: ratio", TARGET_RATIO, full["ratio"]),
        report.at_least("in parts: ratio", TARGET_PARTS, parts["ratio"]),
        report.at_least("in parts: identical", 1, parts["identical"]),
        report.at_least("full speed: identical", 1, full["identical"]),
        report.at_least("full speed: as_live", 1, full["as_live"]),
        report.at_least("with other settings: ratio", TARGET_TRIED, tried["ratio"]),
        report.at_most("seek, states kept: p95_ms", TARGET_SEEK_MS, seeks["kept_p95_ms"]),
    ]
    return {"bench": "replay", "cases": cases, "peers": [], "targets": targets}


def _again(record: Record, progress: Progress) -> tuple[list[Rerun], float]:
    began_s = time.process_time()
    again: list[Rerun] = []
    for number in range(RUNS):
        progress(f"full speed, {number + 1} of {RUNS}")
        with seldom_collected():  # as `watchroom evidence verify` does, and every process of replay
            again.append(rerun(record.journal, record.checkpoints, record.since_ns, record.until_ns))
    return again, time.process_time() - began_s


def _in_parts(record: Record, again: Rerun) -> dict[str, Any]:
    """On all processors."""
    processes = report.usable_cores()
    with seldom_collected():
        done = rerun_in_parts(record.journal, record.checkpoints, record.since_ns, record.until_ns, processes)
    return {"ratio": round(done.ratio, 2), "processes": processes, "identical": int(done.digest == again.digest)}


def _as_live(record: Record, again: list[Rerun]) -> bool:
    """Everything that was said, and every number of radio behind it."""
    digest = ResultDigest()
    for result in record.said:
        digest.add_result(result)
    return all(each.digest == digest.hex() and not each.missing for each in again)


def _tried(record: Record) -> dict[str, Any]:
    """As the engine works it out: each run in a process of its own, and what links say, for both, in a third."""
    other = ReplaySettings(gates=replace(GateSettings(), min_seen_s=3.0))
    found = worked_out("bench", Window(record.journal, record.checkpoints, record.since_ns, record.until_ns, other), lambda _: None)
    counts = {f"same_{kind.value}s": count for kind, count in found.same}
    return {"ratio": round(found.ratio, 2), "gained": len(found.gained), "lost": len(found.lost), **counts}


def _seeks(record: Record) -> dict[str, Any]:
    """To moments all over the window: into a session that has only begun, and into one that has kept its states."""
    span_ns = min(record.until_ns - record.since_ns, 60 * SECOND)
    places = [record.since_ns + span_ns * (7 * turn % _SEEKS) // _SEEKS for turn in range(1, _SEEKS)]
    player = ReplayPlayer(record.journal, _states(record), lambda _: (), record.since_ns, record.since_ns + span_ns, ReplaySettings())
    first_ms = _took_ms(player, record.since_ns)
    fresh = [_took_ms(player, place) for place in places]
    while player.fill(lambda: None):
        pass
    kept = [_took_ms(player, place) for place in places]
    return {
        "start_ms": round(first_ms, 1),
        "fresh_p95_ms": round(sorted(fresh)[-1], 1),
        "kept_p50_ms": round(sorted(kept)[len(kept) // 2], 1),
        "kept_p95_ms": round(sorted(kept)[-1], 1),
    }


def _took_ms(player: ReplayPlayer, at_ns: int) -> float:
    began_s = time.perf_counter()
    player.seek(at_ns)
    return 1000 * (time.perf_counter() - began_s)


def _states(record: Record) -> Callable[[int], Any]:
    return lambda number: sound_states(record.checkpoints, number)
