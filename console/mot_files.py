"""MOTChallenge text at the border: detections and truth in, track rows out.

Format: one row per box, `frame,id,left,top,width,height,confidence,…`; frames count from 1 (Leal-Taixé et al., "MOTChallenge 2015:
Towards a Benchmark for Multi-Target Tracking", arXiv 1504.01942). Positions are passed through as they are written.
"""

from collections.abc import Iterable, Iterator, Sequence
from configparser import ConfigParser, Error
from pathlib import Path

import numpy as np
import numpy.typing as npt

from console.skipped import Skipped
from engine.model.cameras.detection import Category, Detections
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import EnvironmentFault, InputError
from engine.model.value_class import dataclass

Rows = npt.NDArray[np.float64]
"""(N, 7) float64: frame, id, left, top, width, height, confidence."""

_FIELDS = 7
_LAST_FRAME = 10_000_000  # four days at 30 frames a second


@dataclass(frozen=True, slots=True)
class MotSequence:
    """One benchmark sequence: `detections` and `truth` are `Rows`; `size` is the picture's width and height in pixels."""

    name: str
    fps: float
    frames: int
    size: tuple[int, int]
    detections: Rows
    truth: Rows


def read_sequence(folder: Path) -> MotSequence:
    """A folder with `seqinfo.ini`, `det/det.txt` and `gt/gt.txt`.

    Raises:
        InputError: a file is damaged; names file and line or field.
        EnvironmentFault: a file is missing or cannot be read.
    """
    info = _sequence_info(folder / "seqinfo.ini")
    try:
        fps, frames = float(info["framerate"]), int(info["seqlength"])
        size = int(info["imwidth"]), int(info["imheight"])
    except (KeyError, ValueError) as error:
        raise InputError(str(folder / "seqinfo.ini"), f"is not a sequence description ({error})") from None
    return MotSequence(folder.name, fps, frames, size, read_rows(folder / "det" / "det.txt"), read_rows(folder / "gt" / "gt.txt"))


def _sequence_info(path: Path) -> dict[str, str]:
    parser = ConfigParser()
    try:
        parser.read_string(_text(path))
        return dict(parser["Sequence"])
    except (Error, KeyError) as error:
        raise InputError(str(path), f"is not a sequence description ({error})") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault("unreadable", f"{path} cannot be read: {error.strerror}. Check the path and its permissions.") from None
    except UnicodeDecodeError:
        raise InputError(str(path), "is not text; a MOTChallenge file was expected") from None


def read_rows(path: Path, skipped: Skipped | None = None) -> Rows:
    """Every row of a MOTChallenge file, in order of frame (rows of one frame keep their order).

    Args:
        skipped: takes lines that are not rows; without, one of them refuses the file, as the truth that a score rests on has to be whole.

    Raises:
        InputError: a line is not a row, or none is; names the file and the line.
        EnvironmentFault: the file is missing or cannot be read.
    """
    lines = enumerate(_text(path).splitlines(), start=1)
    read = [_read(line, path, number, skipped) for number, line in lines if line.strip()]
    rows = [row for row in read if row is not None]
    if skipped is not None and read and not rows:
        raise skipped.nothing_usable(str(path), path, "no row")
    table = np.array(rows, np.float64).reshape(-1, _FIELDS)
    return table[np.argsort(table[:, 0], kind="stable")]


def _read(line: str, path: Path, number: int, skipped: Skipped | None) -> list[float] | None:
    place = f"{path}:{number}"
    return _row(line, place) if skipped is None else skipped.read_or_skip(path, number, lambda: _row(line, place))


def _row(line: str, place: str) -> list[float]:
    fields = line.replace(",", " ").split()
    if len(fields) < _FIELDS:
        raise InputError(place, f"expected at least {_FIELDS} fields (frame,id,left,top,width,height,confidence), got {len(fields)}")
    try:
        values = [float(field) for field in fields[:_FIELDS]]
    except ValueError as error:
        raise InputError(place, f"holds no number where one was expected ({error})") from None
    if not np.isfinite(values).all():
        raise InputError(place, "holds a number that is not finite")
    if not 1 <= values[0] <= _LAST_FRAME or values[0] != int(values[0]):
        raise InputError(place, f"frames are whole numbers from 1 to {_LAST_FRAME}, got {fields[0][:20]}")
    return values


def calibrated(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Scores of one detection file as confidences in 0–1, by this mapping:

    - all scores lie in 0–1: they are confidences already and pass unchanged;
    - all scores are the same (as files without scores write them): 1;
    - otherwise they are margins of unknown scale, negative ones included (DPM, ACF …), of which only the order is known: the score of
      rank r among N becomes 0.5 + 0.5 · r / N, with ties sharing the highest rank of theirs. The lower end is 0.5 because whoever
      published the file has already cut it at what they took for "rather a person than not".
    """
    if not len(scores) or (scores.min() >= 0 and scores.max() <= 1):
        return scores.astype(np.float32)
    if scores.min() == scores.max():
        return np.ones(len(scores), np.float32)
    rank = np.searchsorted(np.sort(scores), scores, side="right")
    return (0.5 + 0.5 * rank / len(scores)).astype(np.float32)


def by_frame(rows: Rows, frames: int | None = None) -> Iterator[Rows]:
    """The rows of frame 1, 2, … in turn, up to `frames` (default: the last frame that has a row); rows as `read_rows` sorts them."""
    last = frames if frames is not None else (int(rows[-1, 0]) if len(rows) else 0)
    edges = np.searchsorted(rows[:, 0], np.arange(1, last + 2))
    return (rows[edges[i] : edges[i + 1]] for i in range(last))


def detections_by_frame(rows: Rows, frames: int | None = None) -> Iterator[Detections]:
    """What a detector would have delivered for frame 1, 2, …: all of category person, confidences `calibrated` over the whole file."""
    table = rows.copy()
    table[:, 6] = calibrated(rows[:, 6])
    return (as_detections(part) for part in by_frame(table, frames))


def as_detections(rows: Rows) -> Detections:
    """Rows of one frame; their confidences must lie in 0–1 already."""
    return Detections.people(np.hstack([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]]), rows[:, 6])


class MotRows:
    """Collects the rows of an offline track file.

    A row is written only for people and only where the track was detected in that very frame: no coasted and no interpolated boxes. The
    first rows of a track, seen while it was still tentative, are held back and written once it is confirmed; those of a track that never
    is are dropped.
    """

    def __init__(self) -> None:
        self._rows: list[tuple[int, str, tuple[float, ...]]] = []
        self._numbers: dict[str, int] = {}

    def add(self, frame: int, at_ns: int, tracks: Iterable[Track]) -> None:
        """`tracks` as they stand after frame `frame` (from 1), taken at `at_ns`."""
        for track in tracks:
            if track.category is not Category.PERSON:
                continue
            if track.status is TrackStatus.CONFIRMED:
                self._numbers.setdefault(track.id, len(self._numbers) + 1)
            if track.last_seen_ns == at_ns and track.status in (TrackStatus.CONFIRMED, TrackStatus.TENTATIVE):
                left, top, right, bottom = track.box_xyxy
                self._rows.append((frame, track.id, (left, top, right - left, bottom - top, track.confidence)))

    def table(self) -> Rows:
        """Rows of all tracks confirmed so far, by frame, then id."""
        known = [(frame, self._numbers[name], *values) for frame, name, values in self._rows if name in self._numbers]
        return np.array(sorted(known), np.float64).reshape(-1, _FIELDS)

    def write(self, path: Path) -> None:
        """Raises: EnvironmentFault: the file cannot be written."""
        try:
            path.write_text("".join(f"{line}\n" for line in mot_lines(self.table())), encoding="utf-8")
        except OSError as error:
            raise EnvironmentFault("unwritable", f"{path} cannot be written: {error.strerror}. Choose another place.") from None


def mot_lines(rows: Rows) -> Sequence[str]:
    """Rows as MOTChallenge text."""
    return [f"{int(r[0])},{int(r[1])},{r[2]:.2f},{r[3]:.2f},{r[4]:.2f},{r[5]:.2f},{r[6]:.4f},-1,-1,-1" for r in rows.tolist()]
