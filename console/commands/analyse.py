"""`watchroom analyse`: a video file through the pipeline as fast as it goes, or given boxes through the tracker."""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from console.analysis import extent, follow, follow_boxes
from console.mot_files import Rows, detections_by_frame, read_rows
from console.playback.footage import Footage, Look, open_footage
from console.progress import progress, step
from console.skipped import Skipped
from engine.model.cameras.detection import Detections
from engine.model.errors import EnvironmentFault, InputError

T = TypeVar("T")
_LARGEST = 65_536  # pixels an edge


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", nargs="?", type=Path, metavar="VIDEO", help="a video file")
    parser.add_argument("--detections", type=Path, metavar="DET", help="track these boxes (MOTChallenge text) instead of detecting")
    parser.add_argument("--fps", type=float, metavar="F", help="frame rate; needed where there is no video, otherwise the video's own")
    parser.add_argument(
        "--size", metavar="WxH", help="size of the picture that --detections lie in, pixels (default: the video's, or the boxes' extent)"
    )
    parser.add_argument("--mot", type=Path, metavar="OUT", help="write the tracks as MOTChallenge text")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write tracks and events as JSON (- for stdout)")
    parser.add_argument(
        "--detector", default="auto", metavar="ID", help="manifest id of the detector, hog, or auto (default): the best that is installed"
    )
    parser.add_argument("--fallback", action="store_true", help="where --detector cannot be used, take the next best with a warning")
    parser.add_argument("--smallest", type=float, default=0.12, metavar="SHARE", help="smallest person, as a share of the picture's height")
    parser.add_argument("--progress", action="store_true", help="report progress on stderr where that is no terminal, too")


def run(parsed: argparse.Namespace) -> int:
    """Raises InputError, naming option, file or line; EnvironmentFault: the model is not installed, a file cannot be read or written."""
    size, skipped = _size(parsed), Skipped()
    rows = read_rows(parsed.detections, skipped) if parsed.detections is not None else None
    footage = _footage(parsed) if parsed.video is not None else None
    source = rows if footage is None else footage
    if source is None:
        raise InputError("VIDEO", "is missing; give a video file, or boxes with --detections")
    fps = _frame_rate(parsed.fps, footage)
    with progress(parsed.progress):
        if isinstance(source, Footage):
            pictured = source.size
            analysis = follow(_with_progress(_looks(source, rows)), fps, parsed.smallest)
        else:
            pictured = size or extent(source)
            frames = int(source[-1, 0]) if len(source) else 0
            analysis = follow_boxes(_with_progress(detections_by_frame(source), frames), pictured, fps, parsed.smallest)
    if parsed.mot is not None:
        analysis.rows.write(parsed.mot)
    skipped.tell()
    report = analysis.report(fps) | {"size": list(pictured), "detector": _detector(footage, rows)}
    _say(report | {"skipped": skipped.plain()}, parsed.json)
    return 0


def _footage(parsed: argparse.Namespace) -> Footage:
    footage = open_footage(parsed.video, parsed.detector, parsed.smallest, parsed.detections is None, parsed.fallback)
    if footage.loaded is not None and footage.loaded.degraded_reason:
        print(f"watchroom: WARNING: {footage.loaded.degraded_reason}", file=sys.stderr)
    return footage


def _detector(footage: Footage | None, rows: Rows | None) -> dict[str, Any]:
    """What found the boxes: `digest` is the model file's SHA-256, `provider` what ran it; null where no model did."""
    loaded = footage.loaded if footage is not None else None
    if rows is not None or loaded is None:
        return {"name": "given", "model": None, "digest": None, "provider": None, "stand_in": False, "warning": None}
    return {
        "name": loaded.name,
        "model": loaded.file or None,
        "digest": loaded.digest or None,
        "provider": loaded.provider,
        "stand_in": loaded.stand_in,
        "warning": loaded.degraded_reason or None,
    }


def _size(parsed: argparse.Namespace) -> tuple[int, int] | None:
    if parsed.size is None:
        return None
    if parsed.video is not None:
        raise InputError("size", "is of use only without VIDEO, which has its own")
    found = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", parsed.size.strip())
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= width <= _LARGEST or not 1 <= height <= _LARGEST:
        raise InputError("size", f"{parsed.size[:40]!r} is no size; write width and height in pixels, such as 1920x1080")
    return width, height


def _frame_rate(given: float | None, footage: Footage | None) -> float:
    if given is not None and not 0 < given < 10_000:
        raise InputError("fps", f"{given} is no frame rate")
    fps = given or (footage.fps if footage is not None else 0.0)
    if not fps:
        raise InputError("fps", "is missing; boxes and some videos do not say how fast they were recorded: give --fps")
    return fps


def _looks(footage: Footage, rows: Rows | None) -> Iterator[Look]:
    """Frame by frame: what the video shows, with its own detections or, where there are any, the given ones."""
    given = None if rows is None else detections_by_frame(rows)
    for look in footage.looks():
        yield look if given is None else replace(look, detections=next(given, Detections.empty()))


def _with_progress(parts: Iterator[T], total: int = 0) -> Iterator[T]:
    number = 0
    for number, part in enumerate(parts, start=1):
        yield part
        step("frames", number, total)


def _say(report: dict[str, Any], target: Path | None) -> None:
    if target is None:
        people = sum(event["kind"] == "person" for event in report["events"])
        print(f"{report['frames']} frames, {len(report['tracks'])} tracks, {people} people", file=sys.stderr)
        return
    text = json.dumps(report, indent=1)
    if str(target) == "-":
        print(text)
        return
    try:
        target.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault("unwritable", f"{target} cannot be written: {error.strerror}.") from None
