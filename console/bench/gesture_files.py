"""Folders of recorded performances: MSR Action3D text and `.npy`; the label is the file's name up to the first underscore."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.model.errors import InputError
from engine.model.gesture import Take
from engine.vision.gestures.features import Movement
from engine.vision.gestures.parsing import as_take, parse_msr, parse_npy
from engine.vision.gestures.takes import check_stretch, whole

_TEXT_FPS, _ARRAY_FPS = 15.0, 30.0
_MOST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """`name` of the file; `take` as recorded; `movement` as matching sees it."""

    name: str
    label: str
    take: Take
    movement: Movement

    @property
    def parts(self) -> tuple[str, ...]:
        """Of the name: action, subject and take (`a01`, `s01`, `e01`) in MSR Action3D."""
        return tuple(Path(self.name).stem.split("_"))


@dataclass(frozen=True, slots=True)
class Answer:
    """`label` is None where no gesture was near enough."""

    query: str
    label: str | None
    score: float


def read_folder(folder: Path, option: str) -> list[Performance]:
    """All `.txt` and `.npy` files of a folder, in the order of their names.

    Raises:
        InputError: the folder or a file cannot be read or is none (field: the option); the message names the file.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".npy"))
    except OSError as error:
        raise InputError(option, f"{folder} cannot be read: {error.strerror}") from error
    if not paths:
        raise InputError(option, f"{folder} has no .txt or .npy file")
    found = [_performance(path, option) for path in paths]
    if len({one.take.landmarks.shape[1] for one in found}) > 1:
        raise InputError(option, f"{folder} mixes kinds of skeletons")
    return found


def write_answers(path: Path, answers: Sequence[Answer]) -> None:
    """
    Raises:
        InputError: cannot be written (field `out`).
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["query", "label", "score"])
            rows.writerows([answer.query, "null" if answer.label is None else answer.label, f"{answer.score:.4f}"] for answer in answers)
    except OSError as error:
        raise InputError("out", f"{path} cannot be written: {error.strerror}") from error


def _performance(path: Path, option: str) -> Performance:
    try:
        take = _take(path)
        check_stretch(take)
    except OSError as error:
        raise InputError(option, f"{path} cannot be read: {error.strerror}") from error
    except (InputError, UnicodeDecodeError) as error:
        raise InputError(option, f"{path.name}: {error}") from error
    return Performance(path.name, path.name.partition("_")[0], take, whole(take))


def _take(path: Path) -> Take:
    if path.suffix == ".npy":
        return as_take(parse_npy(path.read_bytes(), most_bytes=_MOST_BYTES), _ARRAY_FPS)
    return as_take(parse_msr(path.read_text(encoding="utf-8")), _TEXT_FPS)
